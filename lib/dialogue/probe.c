/* Probe a device that no platform file describes. */
#include "dialogue/probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dialogue/arrival.h"
#include "platform/draft.h"
#include "terminal/line.h"

#define NONSENSE "show netfan" /* it only shows, wherever it is known */
#define LINES_MAX 8 /* of a refusal */
#define STEP_MS 10000 /* for a step that may fail */

struct probe_result {
	struct platform platform; /* its parts are those that follow */
	struct platform_prompts prompts;
	struct platform_enable enable;
	struct platform_pager pager;
	struct platform_question greetings[ARRIVAL_GREETINGS_MAX];
	char *paging_off[1];
	char *errors[1];
	struct patterns *patterns;
	char note[sizeof(((struct nf_error *)0)->message)];
};

/* Commands that switch paging off, each for its own session alone. */
static const char *const paging_off[] = {
	"terminal length 0",
	"no page",
	"no paging",
	"screen-length 0 temporary",
	"screen-length disable",
	"terminal pager 0",
	"set cli screen-length 0",
	"terminal datadump",
	"terminal more disable",
	"disable clipaging",
	"skip-page-display",
	"environment no more",
	"paginate false",
};

/* What nearly all devices with a privileged mode have. */
static char enable_command[] = "enable";
static char enable_password[] = "(?i)^.{0,64}password: ?$";

/* ---- asking */

/* The first lines of an output, and how many there were. */
struct first_lines {
	char lines[LINES_MAX][PATTERNS_LINE_MAX + 1];
	size_t len; /* of the line at hand */
	size_t nlines;
};

static int take_lines(void *arg, const uint8_t *bytes, size_t len,
		      int64_t *waited_ms)
{
	struct first_lines *output = arg;

	(void)waited_ms;
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n') {
			output->nlines++;
			output->len = 0;
		} else if (output->nlines < LINES_MAX &&
			   output->len < PATTERNS_LINE_MAX && bytes[i] != 0) {
			output->lines[output->nlines][output->len++] =
				(char)bytes[i];
		}
	}
	return 0;
}

/* Send a command for its output, which is to be freed. NULL with *err set. */
static struct first_lines *ask(struct cli *cli, const char *command,
			       int64_t deadline_ms, struct nf_error *err)
{
	struct first_lines *output = calloc(1, sizeof(*output));
	const struct output_sink sink = {
		.emit = take_lines, .arg = output, .bytes_max = UINT64_MAX};
	struct output_counts counts;

	if (output == NULL) {
		(void)error_set(err, NF_SYSTEM, "no memory for an answer");
		return NULL;
	}
	if (cli_command(cli, command, &sink, &deadline_ms, &counts, err) == 0)
		return output;
	free(output);
	return NULL;
}

/* ---- errors and paging */

/* Find how the device refuses a command: 1 when it prints something for an
 * unknown one, 0 when nothing, -1. */
static int probe_error(struct probe_result *result, struct cli *cli,
		       const struct credentials *credentials,
		       int64_t deadline_ms, struct nf_error *err)
{
	struct first_lines *output = ask(cli, NONSENSE, deadline_ms, err);
	size_t n;

	if (output == NULL)
		return -1;
	n = output->nlines;
	for (size_t i = 0; i < n && i < LINES_MAX && result->errors[0] == NULL;
	     i++) {
		if (!redact_finds(credentials, output->lines[i]))
			result->errors[0] =
				draft_error(output->lines[i], NONSENSE);
	}
	result->platform.errors_count = result->errors[0] != NULL;
	free(output);
	return n > 0;
}

/* Find the command that switches paging off. Empty output means accepted: this
 * device prints an error for unknown commands. */
static int probe_paging(struct probe_result *result, struct cli *cli,
			int64_t deadline_ms, struct nf_error *err)
{
	for (size_t i = 0; i < sizeof(paging_off) / sizeof(paging_off[0]);
	     i++) {
		struct first_lines *output =
			ask(cli, paging_off[i], deadline_ms, err);
		size_t n;

		if (output == NULL)
			return -1;
		n = output->nlines;
		free(output);
		if (n > 0)
			continue;
		result->paging_off[0] = (char *)(uintptr_t)paging_off[i];
		result->platform.paging_off_count = 1;
		return 0;
	}
	return 0;
}

/* ---- prompts and enable */

static int no_memory(struct nf_error *err)
{
	return error_set(err, NF_SYSTEM, "no memory for a platform");
}

static char last_of(const char *prompt)
{
	size_t len = trimmed((const uint8_t *)prompt, strlen(prompt));

	return len > 0 ? prompt[len - 1] : '\0';
}

/* Go on with the platform as far as it is known. */
static int set_platform(struct probe_result *result, struct cli *cli,
			int64_t deadline_ms, struct nf_error *err)
{
	struct patterns *patterns, *before = result->patterns;
	int rc;

	if (patterns_new(&patterns, &result->platform, NULL, err) == -1)
		return -1;
	result->patterns = patterns;
	rc = cli_set_platform(cli, patterns, NULL, deadline_ms, err);
	patterns_free(before);
	return rc;
}

static int probe_prompt(struct probe_result *result, const char *prompt,
			struct nf_error *err)
{
	enum platform_mode mode =
		last_of(prompt) == '#' ? PLATFORM_PRIVILEGED : PLATFORM_USER;

	result->prompts.of[mode] = draft_prompt(prompt, '\0');
	return result->prompts.of[mode] != NULL ? 0 : no_memory(err);
}

/*
 * Find what enable leads to, from a prompt that ends in '>'. A device that
 * refuses ends the probe, as it may be asking for the secret again.
 */
static int probe_enable(struct probe_result *result, struct cli *cli,
			const struct credentials *credentials,
			int64_t deadline_ms, struct nf_error *err)
{
	char **privileged = &result->prompts.of[PLATFORM_PRIVILEGED];

	if (!credentials_enable(credentials) || last_of(cli_prompt(cli)) != '>')
		return 0;
	*privileged = draft_prompt(cli_prompt(cli), '#');
	if (*privileged == NULL)
		return no_memory(err);
	result->enable = (struct platform_enable){.command = enable_command,
						  .password = enable_password};
	result->platform.enable = &result->enable;
	if (set_platform(result, cli, deadline_ms, err) == -1)
		return -1;
	if (cli_enable(cli, credentials, deadline_ms, err) == 0)
		return 0;
	result->platform.enable = NULL;
	free(*privileged);
	*privileged = NULL;
	return -1;
}

/* ---- all of it */

static void take_questions(struct probe_result *result, const struct cli *cli)
{
	const struct platform_pager *pager = cli_pager(cli);
	unsigned n;
	const struct platform_question *greetings = cli_greetings(cli, &n);

	memcpy(result->greetings, greetings, n * sizeof(*greetings));
	result->platform.greeting_count = n;
	if (pager == NULL)
		return;
	result->pager = *pager;
	result->platform.pager_count = 1;
}

static int64_t step_deadline(const struct cli *cli, int64_t deadline_ms)
{
	int64_t end = cli_now_ms(cli) + STEP_MS;

	return end < deadline_ms ? end : deadline_ms;
}

/* Take all steps. No paging commands are tried where unknown commands print
 * nothing: empty output proves nothing there. */
static int probe_steps(struct probe_result *result, struct cli *cli,
		       const struct credentials *credentials,
		       int64_t deadline_ms, struct nf_error *err)
{
	int reports = probe_error(result, cli, credentials,
				  step_deadline(cli, deadline_ms), err);

	if (reports == -1)
		return -1;
	if (reports == 1 &&
	    probe_paging(result, cli, deadline_ms - STEP_MS, err) == -1)
		return -1;
	if (probe_enable(result, cli, credentials,
			 step_deadline(cli, deadline_ms), err) == -1)
		return -1;
	if (result->platform.enable == NULL || reports == 0 ||
	    result->platform.paging_off_count > 0)
		return 0;
	return probe_paging(result, cli, deadline_ms - STEP_MS, err);
}

/* Keep what was found, wherever the probe ended. */
static int probe_all(struct probe_result *result, struct cli *cli,
		     const struct credentials *credentials, int64_t deadline_ms,
		     struct nf_error *err)
{
	int rc;

	if (probe_prompt(result, cli_prompt(cli), err) == -1)
		return -1;
	rc = probe_steps(result, cli, credentials, deadline_ms, err);
	take_questions(result, cli);
	if (rc == 0)
		rc = set_platform(result, cli, deadline_ms, err);
	if (rc == 0 || err->code == NF_SYSTEM)
		return rc;
	memcpy(result->note, err->message, sizeof(result->note));
	return 0;
}

static struct probe_result *probe_result_new(const struct cli *cli)
{
	const struct platform *neutral = cli_platform(cli);
	struct probe_result *result = calloc(1, sizeof(*result));

	if (result == NULL)
		return NULL;
	result->platform = (struct platform){
		.name = "result",
		.enter = (char *)(uintptr_t)cli_enter(cli),
		.columns = neutral->columns,
		.prompts = &result->prompts,
		.greeting = result->greetings,
		.pager = &result->pager,
		.paging_off = result->paging_off,
		.errors = result->errors,
		.logout = neutral->logout,
	};
	return result;
}

int probe_device(struct probe_result **out, struct cli *cli,
		 const struct credentials *credentials, int64_t deadline_ms,
		 struct nf_error *err)
{
	*out = probe_result_new(cli);
	if (*out == NULL)
		return no_memory(err);
	return probe_all(*out, cli, credentials, deadline_ms, err);
}

void probe_result_free(struct probe_result *result)
{
	if (result == NULL)
		return;
	patterns_free(result->patterns);
	for (int mode = 0; mode < PLATFORM_NMODES; mode++)
		free(result->prompts.of[mode]);
	free(result->errors[0]);
	free(result);
}

const char *probe_result_note(const struct probe_result *result)
{
	return result->note;
}

const struct platform *probe_result_platform(const struct probe_result *result)
{
	return &result->platform;
}
