/* Layers of a draft, made of Ansible's variables. */
#include "forms/hostvars/layers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "forms/hostvars/template.h"
#include "forms/hostvars/words.h"

struct single {
	struct single *next;
	enum target target;
	const struct layer *layer;
};

static void *take_room(struct model *model, size_t len)
{
	void *room = secrets_room(&model->arena, len);

	model->draft->no_memory |= room == NULL;
	return room;
}

/* ---- what variables say */

/* true and false as Ansible knows them, NULL for anything else. */
static const char *as_boolean(const char *text)
{
	static const char *const on[] = {"yes", "on", "1",  "true",
					 "t",   "y",  "1.0"};
	static const char *const off[] = {"no", "off", "0",  "false",
					  "f",  "n",   "0.0"};

	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++) {
		if (strcasecmp(on[i], text) == 0)
			return "true";
		if (strcasecmp(off[i], text) == 0)
			return "false";
	}
	return NULL;
}

/* The value of an option of ssh's in "NAME=VALUE" or "NAME VALUE", NULL: it is
 * another. */
static const char *option_value(const char *option, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(option, name, len) != 0 ||
	    strchr("= \t", option[len]) == NULL || option[len] == '\0')
		return NULL;
	return option + len + strspn(option + len, "= \t");
}

/* What one option says for a target; next is the word behind it. */
static const char *args_option(enum target target, const char *word,
			       const char *next)
{
	const char *name = target == TARGET_JUMP ? "ProxyJump" : "ProxyCommand";

	if (strncmp(word, "-o", 2) == 0)
		return option_value(word[2] != '\0' ? word + 2 : next, name);
	if (target == TARGET_JUMP && strncmp(word, "-J", 2) == 0)
		return word[2] != '\0' ? word + 2 : next;
	return NULL;
}

/* Find the way in among the arguments of ssh's. */
static const char *args_way(struct model *model, enum target target,
			    const char *args)
{
	size_t len = strlen(args);
	char *word = malloc(2 * (len + 1)), *next;
	const char *found = NULL;

	if (word == NULL) {
		model->draft->no_memory = true;
		return NULL;
	}
	next = word + len + 1;
	if (words_next(&args, word) != 1)
		*word = '\0';
	while (*word != '\0' && found == NULL) {
		if (words_next(&args, next) != 1)
			*next = '\0';
		found = args_option(target, word, next);
		if (found == NULL)
			memmove(word, next, strlen(next) + 1);
	}
	if (found != NULL)
		found = *found != '\0'
				? draft_text(model->draft, found, strlen(found))
				: NULL;
	free(word);
	return found;
}

enum saying text_says(struct model *model, enum known known, enum target target,
		      const char *value, const char **text)
{
	*text = value;
	if (target == TARGET_ENABLE)
		*text = as_boolean(value);
	else if (known == VAR_SSH_ARGS || known == VAR_COMMON_ARGS ||
		 known == VAR_EXTRA_ARGS)
		*text = args_way(model, target, value);
	return *text != NULL ? SAYS_TEXT : SAYS_NOTHING;
}

enum saying variable_says(struct model *model, const struct variable *variable,
			  enum target target, const char **text,
			  unsigned *flags)
{
	if ((variable->flags & VARIABLE_NULL) != 0)
		return SAYS_NOTHING;
	if ((variable->flags & (SAID_VAULT | VARIABLE_VAULT_INI)) != 0 ||
	    template_is(variable))
		return SAYS_MORE;
	*flags = variable->flags & 0xff;
	if ((*flags & SAID_JSON) != 0) {
		*text = *variable->text == '[' ? "list" : "mapping";
		return SAYS_TEXT;
	}
	return text_says(model, (enum known)variable->known, target,
			 variable->text, text);
}

/* ---- segments */

/* Choose the variable of a segment that says each target. */
static void choose(struct segment *segment)
{
	const struct variable *of[VAR_OTHER] = {0};
	const struct variable *at = segment->first;

	for (size_t i = 0; i < segment->n; i++, at = at->next) {
		if (at->known != VAR_OTHER)
			of[at->known] = at;
	}
	for (unsigned target = 0; target < NTARGETS; target++) {
		const enum known *from = target_sources((enum target)target);

		for (; *from != VAR_OTHER && segment->says[target] == NULL;
		     from++) {
			if (of[*from] != NULL)
				segment->says[target] = of[*from];
		}
	}
}

struct segment *segments_make(struct model *model, const struct variables *vars,
			      const char *group)
{
	const struct variable *at = vars->first;
	struct segment *newest = NULL;

	while (at != NULL) {
		struct segment *segment = take_room(model, sizeof(*segment));

		if (segment == NULL)
			return NULL;
		*segment = (struct segment){.next = newest,
					    .file = at->file,
					    .group = group,
					    .first = at};
		for (; at != NULL && at->file == segment->file; at = at->next)
			segment->n++;
		choose(segment);
		newest = segment;
	}
	return newest;
}

/* Texts of variables that are passwords somewhere are not data's to tell. */
static void say_data(struct model *model, struct pen *pen,
		     const struct variable *variable)
{
	unsigned flags = variable->flags & 0xff;

	if ((flags & SAID_VAULT) != 0 ||
	    template_is_secret(model, variable->name))
		pen_say_data(pen, variable->name, "***", variable->line,
			     flags & SAID_VAULT);
	else
		pen_say_data(pen, variable->name, variable->text,
			     variable->line, flags);
}

void segment_say_data(struct model *model, struct pen *pen,
		      const struct segment *segment)
{
	const struct variable *at = segment->first;

	for (size_t i = 0; i < segment->n; i++, at = at->next) {
		if (at->known == VAR_OTHER)
			say_data(model, pen, at);
	}
}

/* End the layer of a segment, which is its group's, if it has one. */
static const struct layer *end_layer(struct pen *pen,
				     const struct segment *segment)
{
	const struct layer *layer = pen_layer(pen, segment->file);

	if (segment->group != NULL)
		draft_name_layer(pen->draft, layer, segment->group);
	pen_release(pen);
	return layer;
}

const struct layer *segment_bare(struct model *model, struct segment *segment)
{
	struct pen pen = {.draft = model->draft};

	if (segment->bare != NULL)
		return segment->bare;
	segment_say_data(model, &pen, segment);
	segment->bare = end_layer(&pen, segment);
	return segment->bare;
}

const struct layer *segment_full(struct model *model, struct segment *segment)
{
	struct pen pen = {.draft = model->draft};

	if (segment->full != NULL)
		return segment->full;
	for (unsigned i = 0; i < NTARGETS; i++) {
		const struct variable *said = segment->says[i];
		const char *text;
		unsigned flags;

		if (said != NULL && variable_says(model, said, (enum target)i,
						  &text, &flags) == SAYS_TEXT)
			pen_say(&pen, target_key((enum target)i), text,
				said->line, flags);
	}
	segment_say_data(model, &pen, segment);
	segment->full = end_layer(&pen, segment);
	return segment->full;
}

/* ---- single values */

const struct layer *variable_layer(struct model *model,
				   struct variable *variable, const char *group,
				   enum target target, const char *text,
				   unsigned flags)
{
	struct pen pen = {.draft = model->draft};
	struct single *single = variable->singles;
	const struct layer *layer;

	while (single != NULL && single->target != target)
		single = single->next;
	if (single != NULL)
		return single->layer;
	pen_say(&pen, target_key(target), text, variable->line, flags);
	layer = pen_layer(&pen, variable->file);
	pen_release(&pen);
	if (group != NULL)
		draft_name_layer(model->draft, layer, group);
	single = take_room(model, sizeof(*single));
	if (single == NULL)
		return layer;
	*single = (struct single){
		.next = variable->singles, .target = target, .layer = layer};
	variable->singles = single;
	return layer;
}
