/* Detection: which platform a device has. */
#include "platform/detect.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* ---- until it is known */

static void add_lists(struct platform *out, const struct platform *from)
{
	/* Not a command that leads out of a shell: any shell would run it. */
	for (unsigned i = 0; i < from->greeting_count; i++) {
		if (!patterns_is_shell(&from->greeting[i]))
			out->greeting[out->greeting_count++] =
				from->greeting[i];
	}
	if (from->login_answers_count > 0)
		memcpy(out->login_answers + out->login_answers_count,
		       from->login_answers,
		       from->login_answers_count *
			       sizeof(*from->login_answers));
	out->login_answers_count += from->login_answers_count;
	if (from->pager_count > 0)
		memcpy(out->pager + out->pager_count, from->pager,
		       from->pager_count * sizeof(*from->pager));
	out->pager_count += from->pager_count;
}

int detect_neutral(struct platform *out, const struct platform *base,
		   const struct platform *const *all, size_t n)
{
	size_t ngreetings = base->greeting_count, npagers = base->pager_count;
	size_t nanswers = base->login_answers_count;

	for (size_t i = 0; i < n; i++) {
		ngreetings += all[i]->greeting_count;
		npagers += all[i]->pager_count;
		nanswers += all[i]->login_answers_count;
	}
	*out = *base;
	out->tries_enter = true;
	out->greeting = calloc(ngreetings + 1, sizeof(*out->greeting));
	out->pager = calloc(npagers + 1, sizeof(*out->pager));
	out->login_answers = calloc(nanswers + 1, sizeof(*out->login_answers));
	out->greeting_count = out->pager_count = out->login_answers_count = 0;
	if (out->greeting == NULL || out->pager == NULL ||
	    out->login_answers == NULL) {
		detect_neutral_release(out);
		return -1;
	}
	add_lists(out, base);
	for (size_t i = 0; i < n; i++) {
		if (all[i]->detect != NULL)
			add_lists(out, all[i]);
	}
	return 0;
}

void detect_neutral_release(struct platform *neutral)
{
	free(neutral->greeting);
	free(neutral->pager);
	free(neutral->login_answers);
	*neutral = (struct platform){0};
}

/* ---- which one it is */

static const struct platform_detect *signs(const struct detect *detect,
					   size_t i)
{
	return patterns_platform(detect->candidates[i])->detect;
}

int detect_begin(struct detect *detect, struct patterns *const *candidates,
		 size_t n, struct nf_error *err)
{
	*detect = (struct detect){.candidates = candidates, .n = n, .found = n};
	detect->out = calloc(n > 0 ? n : 1, sizeof(*detect->out));
	if (detect->out == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for platforms");
	for (size_t i = 0; i < n; i++)
		detect->out[i] = signs(detect, i) == NULL;
	return 0;
}

void detect_end(struct detect *detect)
{
	free(detect->out);
	*detect = (struct detect){0};
}

static void found(struct detect *detect, size_t place, const uint8_t *line,
		  size_t len)
{
	if (len > DETECT_EVIDENCE)
		len = DETECT_EVIDENCE;
	memcpy(detect->evidence, line, len);
	detect->evidence[len] = '\0';
	detect->found = place;
}

void detect_banner(struct detect *detect, const uint8_t *line, size_t len)
{
	for (size_t i = 0; i < detect->n && detect->found == detect->n; i++) {
		if (!detect->out[i] &&
		    patterns_banner(detect->candidates[i], line, len))
			found(detect, i, line, len);
	}
}

/* The prompt decides over the banner, which anybody can write. */
void detect_prompt(struct detect *detect, const char *prompt)
{
	for (size_t i = 0; i < detect->n; i++)
		detect->out[i] |= !patterns_prompt(detect->candidates[i],
						   (const uint8_t *)prompt,
						   strlen(prompt));
	if (detect->found < detect->n && detect->out[detect->found])
		detect->found = detect->n;
}

/* Count the remaining candidates that have this command. */
static size_t count_asking(const struct detect *detect, const char *command)
{
	size_t count = 0;

	for (size_t i = 0; i < detect->n; i++)
		count += !detect->out[i] &&
			 strcmp(signs(detect, i)->command, command) == 0;
	return count;
}

/* Rule out the candidates of this command: its output matched none of them. */
static void rule_out(struct detect *detect, const char *command)
{
	for (size_t i = 0; i < detect->n; i++)
		detect->out[i] |=
			signs(detect, i) != NULL &&
			strcmp(signs(detect, i)->command, command) == 0;
}

const char *detect_ask(struct detect *detect)
{
	size_t most = 0;

	if (detect->found < detect->n)
		return NULL;
	if (detect->asked != NULL)
		rule_out(detect, detect->asked);
	detect->asked = NULL;
	for (size_t i = 0; i < detect->n; i++) {
		size_t count =
			detect->out[i]
				? 0
				: count_asking(detect,
					       signs(detect, i)->command);

		if (count <= most)
			continue;
		most = count;
		detect->asked = signs(detect, i)->command;
	}
	return detect->asked;
}

void detect_output(struct detect *detect, const uint8_t *line, size_t len)
{
	if (detect->asked == NULL)
		return;
	for (size_t i = 0; i < detect->n && detect->found == detect->n; i++) {
		if (!detect->out[i] &&
		    strcmp(signs(detect, i)->command, detect->asked) == 0 &&
		    patterns_evidence(detect->candidates[i], line, len))
			found(detect, i, line, len);
	}
}

const char *detect_evidence(const struct detect *detect)
{
	return detect->found < detect->n ? detect->evidence : "";
}

size_t detect_found(const struct detect *detect)
{
	return detect->found;
}
