/* Devices of Ansible's inventories. */
#include "forms/hostvars/devices.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/hostvars/chain.h"
#include "forms/hostvars/template.h"
#include "yaml/fault.h"

#define WHY_MAX 320

/* A value of a device. */
struct value {
	struct variable *variable; /* NULL: there is none */
	const char *text;
	unsigned flags;
	bool made; /* it is this host's alone */
	bool plain; /* it is what a full layer says of the variable */
};

/* A host that a device is made of. */
struct making {
	struct model *model;
	const struct model_host *host;
	struct chain *chain;
	struct segment *files, *own; /* of the host's variables */
	struct variable *of[VAR_OTHER];
	struct value values[NTARGETS];
	const char *skip;
	const char *why_not; /* the kind of what is left out */
	char kind[64];
};

/* ---- variables of a host */

static struct variable *last_of(const struct variables *vars, const char *name)
{
	struct variable *found = NULL;

	for (struct variable *at = vars->first; at != NULL; at = at->next) {
		if (strcmp(at->name, name) == 0)
			found = at;
	}
	return found;
}

static struct variable *find_variable(void *arg, const char *name)
{
	struct making *making = arg;
	struct variable *found = last_of(&making->host->file_vars, name);

	if (found == NULL)
		found = last_of(&making->host->vars, name);
	return found != NULL
		       ? found
		       : chain_variable(making->chain, making->model, name);
}

static void overlay(struct making *making, const struct variables *vars)
{
	for (struct variable *at = vars->first; at != NULL; at = at->next) {
		if (at->known != VAR_OTHER)
			making->of[at->known] = at;
	}
}

/* Say why a host cannot be asked; the first reason stands. */
static void NF_PRINTF(4, 5) skip(struct making *making, uint32_t file,
				 size_t line, const char *fmt, ...)
{
	const struct draft *draft = making->model->draft;
	char what[384], label[LABEL_MAX];
	struct nf_error err;
	va_list args;

	if (making->skip != NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	fault_label(label, making->host->name, NULL, 0);
	(void)fault(&err, draft_file(draft, file)->path, line, "%s: %s", label,
		    what);
	making->skip = draft_text(making->model->draft, err.message,
				  strlen(err.message));
}

/* Fill in the text of a variable: 1, 0 when it cannot be had. */
static int fill(struct making *making, struct variable *variable,
		struct template_value *value)
{
	const struct template_scope scope = {.model = making->model,
					     .host = making->host->name,
					     .find = find_variable,
					     .arg = making};
	char why[WHY_MAX];

	if (template_fill(&scope, variable, value, why, sizeof(why)) == 1)
		return 1;
	skip(making, variable->file, variable->line, "%s %s", variable->name,
	     why);
	return 0;
}

/* The text of a variable that decides something, NULL: it has none. */
static const char *decide(struct making *making, enum known known)
{
	struct variable *variable = making->of[known];
	struct template_value value;

	if (variable == NULL || (variable->flags & VARIABLE_NULL) != 0 ||
	    fill(making, variable, &value) == 0)
		return NULL;
	return value.text;
}

/* ---- is it for us */

/* A plugin's name without its collection. */
static const char *short_name(const char *name)
{
	const char *point = strrchr(name, '.');

	return point != NULL ? point + 1 : name;
}

/* Is a connection one to a command line? */
static bool is_cli(const char *connection)
{
	static const char *const names[] = {"network_cli", "ssh",
					    "paramiko",    "paramiko_ssh",
					    "libssh",      "smart"};

	connection = short_name(connection);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], connection) == 0)
			return true;
	}
	return false;
}

static bool is_ours(struct making *making)
{
	const char *connection = decide(making, VAR_CONNECTION);
	const char *os;

	if (connection != NULL && !is_cli(connection)) {
		(void)snprintf(making->kind, sizeof(making->kind), "%.*s",
			       fault_shown(short_name(connection)),
			       short_name(connection));
		making->why_not = making->kind;
		return false;
	}
	os = decide(making, VAR_NETWORK_OS);
	if ((os != NULL && *os != '\0') || making->skip != NULL)
		return true;
	/* A file that nobody can read may have it. */
	if (making->host->locked != NULL ||
	    (making->chain->locked != NULL && !making->chain->all_locked))
		return true;
	making->why_not = "without ansible_network_os";
	return false;
}

/* ---- values */

static bool is_wanted(const struct making *making, enum target target)
{
	const struct value *enable = &making->values[TARGET_ENABLE];

	return target != TARGET_SECRET || enable->text == NULL ||
	       strcmp(enable->text, "true") == 0;
}

/* Take the value of a variable for a target: false when it says nothing. */
static bool take_value(struct making *making, enum target target,
		       struct variable *variable)
{
	struct value *value = &making->values[target];
	struct template_value filled;
	enum saying saying = variable_says(making->model, variable, target,
					   &value->text, &value->flags);

	*value = (struct value){.variable = variable,
				.text = value->text,
				.flags = value->flags,
				.plain = saying == SAYS_TEXT};
	if (saying == SAYS_MORE && fill(making, variable, &filled) == 1) {
		value->variable = filled.variable;
		value->flags = filled.flags;
		value->made = filled.made;
		saying = text_says(making->model, (enum known)variable->known,
				   target, filled.text, &value->text);
	}
	if (saying == SAYS_TEXT)
		return true;
	*value = (struct value){0};
	return false;
}

static void find_value(struct making *making, enum target target)
{
	const enum known *from = target_sources(target);

	for (; *from != VAR_OTHER; from++) {
		struct variable *variable = making->of[*from];

		if (variable != NULL &&
		    (variable->flags & VARIABLE_NULL) == 0 &&
		    take_value(making, target, variable))
			return;
	}
}

/* Privileges are had by enable, or not at all. */
static void find_values(struct making *making)
{
	const char *method = decide(making, VAR_BECOME_METHOD);
	bool enable =
		method == NULL || strcmp(short_name(method), "enable") == 0;

	for (unsigned target = 0; target < NTARGETS; target++) {
		if (!enable &&
		    (target == TARGET_ENABLE || target == TARGET_SECRET))
			continue;
		if (is_wanted(making, (enum target)target))
			find_value(making, (enum target)target);
	}
}

/* ---- layers */

/* Is it a variable of the host's own layer? */
static bool is_own(const struct making *making, const struct variable *variable)
{
	const struct variable *at = making->own->first;

	for (size_t i = 0; i < making->own->n; i++, at = at->next) {
		if (at == variable)
			return true;
	}
	return false;
}

/* The group of a variable that says that target; NULL: it is a host's. */
static const char *group_of(const struct making *making,
			    const struct variable *variable, enum target target)
{
	const struct chain *chain = making->chain;

	for (size_t i = 0; i < chain->nsegments; i++) {
		if (chain->segments[i]->says[target] == variable)
			return chain->segments[i]->group;
	}
	return NULL;
}

static const struct layer *value_layer(struct making *making,
				       enum target target)
{
	const struct value *value = &making->values[target];
	struct pen pen = {.draft = making->model->draft};
	const struct layer *layer;

	if (!value->made)
		return variable_layer(making->model, value->variable,
				      group_of(making, value->variable, target),
				      target, value->text, value->flags);
	pen_say(&pen, target_key(target), value->text, value->variable->line,
		value->flags);
	layer = pen_layer(&pen, value->variable->file);
	pen_release(&pen);
	return layer;
}

/* Do the full layers of the groups say what is left, and nothing else? */
static bool groups_say(const struct making *making, const bool *said)
{
	for (unsigned target = 0; target < NTARGETS; target++) {
		const struct value *value = &making->values[target];
		const struct variable *says = making->chain->says[target];

		if (said[target])
			continue;
		if (value->variable != says ||
		    (says != NULL && (!value->plain || value->made)))
			return false;
	}
	return true;
}

/* The layers behind a host's own, where the groups' do not say it all. */
static const struct draft_list *list_layers(struct making *making,
					    const bool *said)
{
	const struct chain *chain = making->chain;
	struct model *model = making->model;
	const void **list;
	size_t n = 0, room = NTARGETS + chain->nsegments;
	const struct draft_list *made;

	for (const struct segment *at = making->files; at != NULL;
	     at = at->next)
		room++;
	for (const struct segment *at = making->own; at != NULL; at = at->next)
		room++;
	list = calloc(room, sizeof(const void *));
	if (list == NULL) {
		model->draft->no_memory = true;
		return NULL;
	}
	for (unsigned target = 0; target < NTARGETS; target++) {
		if (!said[target] && making->values[target].variable != NULL)
			list[n++] = value_layer(making, (enum target)target);
	}
	for (struct segment *at = making->files; at != NULL; at = at->next)
		list[n++] = segment_bare(model, at);
	for (struct segment *at = making->own; at != NULL; at = at->next)
		list[n++] = segment_bare(model, at);
	for (size_t i = 0; i < chain->nsegments; i++)
		list[n++] = segment_bare(model, chain->segments[i]);
	made = draft_list(model->draft, list, n);
	free(list);
	return made;
}

/* Write the host's own layer: its name, and its variables where they are of one
 * file, the inventory's. What is in it is marked as said. */
static const struct layer *write_own(struct making *making, bool *said)
{
	struct model *model = making->model;
	const struct model_host *host = making->host;
	struct pen pen = {.draft = model->draft};
	const struct layer *layer;

	pen_say(&pen, KEY_NAME, host->name, host->line, 0);
	if (making->values[TARGET_HOST].text == NULL) {
		pen_say(&pen, KEY_HOST, host->name, host->line, 0);
		said[TARGET_HOST] = true;
	}
	if (making->own != NULL && making->own->next == NULL &&
	    making->files == NULL && making->own->file == host->file) {
		for (unsigned i = 0; i < NTARGETS; i++) {
			const struct value *value = &making->values[i];

			if (value->variable == NULL ||
			    !is_own(making, value->variable))
				continue;
			pen_say(&pen, target_key((enum target)i), value->text,
				value->variable->line, value->flags);
			said[i] = true;
		}
		segment_say_data(model, &pen, making->own);
		making->own = NULL; /* no other layer has to say it */
	}
	layer = pen_layer(&pen, host->file);
	pen_release(&pen);
	return layer;
}

static void add_device(struct making *making)
{
	struct draft_device device = {.groups = making->chain->names,
				      .skip = making->skip,
				      .line = making->host->line};
	bool said[NTARGETS] = {false};

	device.own = write_own(making, said);
	if (making->own == NULL && making->files == NULL &&
	    groups_say(making, said))
		device.behind = making->chain->full;
	else
		device.behind = list_layers(making, said);
	(void)draft_add_device(making->model->draft, &device);
}

/* ---- all of them */

static void tell_lock(struct making *making)
{
	const char *locked = making->host->locked != NULL
				     ? making->host->locked
				     : making->chain->locked;

	if (locked != NULL)
		skip(making, making->host->file, making->host->line,
		     "not all of its variables are known: %s", locked);
}

static int make_device(struct model *model, struct chain_set *chains,
		       const struct model_host *host)
{
	struct making making = {.model = model, .host = host};

	making.chain = chain_set_find(chains, host->membership);
	if (making.chain == NULL)
		return fault_memory(model->reading->err, model->reading->name);
	making.own = segments_make(model, &host->vars, NULL);
	making.files = segments_make(model, &host->file_vars, NULL);
	memcpy(making.of, making.chain->of, sizeof(making.of));
	overlay(&making, &host->vars);
	overlay(&making, &host->file_vars);
	if (!is_ours(&making)) {
		reading_leave_out(model->reading, making.why_not, host->name);
		return 0;
	}
	if (making.chain->too_many)
		skip(&making, host->file, host->line,
		     "it is in more than %d groups", CHAIN_GROUPS_MAX);
	tell_lock(&making);
	find_values(&making);
	add_device(&making);
	return 0;
}

/* Tell the draft which groups there are. */
static void draw_groups(struct model *model)
{
	for (size_t i = GROUP_UNGROUPED + 1; i < model->ngroups; i++) {
		const struct model_group *group = &model->groups[i];
		struct draft_group *drawn =
			draft_group(model->draft, group->name);

		drawn->defined = true;
		drawn->file = group->file;
		drawn->line = group->line;
		for (uint32_t k = 0; k < group->children.n; k++)
			draft_group_child(
				model->draft, group->name,
				model->groups[group->children.at[k]].name);
	}
}

int devices_make(struct model *model)
{
	struct chain_set chains;
	int rc = chain_set_init(&chains, model);

	template_mark_secrets(model);
	for (size_t i = 0; rc == 0 && i < model->nhosts; i++)
		rc = make_device(model, &chains, &model->hosts[i]);
	if (rc == 0)
		draw_groups(model);
	chain_set_release(&chains);
	return rc;
}
