/* What Ansible's inventory says. */
#include "forms/hostvars/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "forms/hostvars/vault.h"
#include "yaml/fault.h"

/* Room for one more of n elements, which grow by doubling. */
static bool grow(struct model *model, void *pointer, size_t n, size_t size)
{
	void **at = pointer;
	void *grown;

	if (n != 0 && (n < 4 || (n & (n - 1)) != 0))
		return true;
	grown = reallocarray(*at, n != 0 ? n * 2 : 4, size);
	if (grown == NULL) {
		model->draft->no_memory = true;
		return false;
	}
	*at = grown;
	return true;
}

static void keep_name(struct model *model, struct textmap *map,
		      const char *name, size_t place)
{
	if (textmap_add(map, name, place) == NULL)
		model->draft->no_memory = true;
}

static uint32_t find_place(const struct textmap *map, const char *name)
{
	const struct textmap_entry *found =
		textmap_find(map, name, strlen(name));

	return found != NULL ? (uint32_t)found->value : MODEL_NONE;
}

/* ---- groups */

uint32_t model_find_group(const struct model *model, const char *name)
{
	return find_place(&model->group_places, name);
}

uint32_t model_group(struct model *model, const struct reading *reading,
		     const char *name, size_t line)
{
	uint32_t found = model_find_group(model, name);

	if (found != MODEL_NONE)
		return found;
	name = draft_text(model->draft, name, strlen(name));
	if (!grow(model, &model->groups, model->ngroups,
		  sizeof(*model->groups)))
		return MODEL_NONE;
	model->groups[model->ngroups] =
		(struct model_group){.name = name,
				     .file = reading->file,
				     .line = (uint32_t)line, /* < 2^32 */
				     .priority = 1};
	keep_name(model, &model->group_places, name, model->ngroups);
	return (uint32_t)model->ngroups++;
}

static void add_place(struct model *model, struct places *places,
		      uint32_t place)
{
	if (grow(model, &places->at, places->n, sizeof(*places->at)))
		places->at[places->n++] = place;
}

/* The value of a pair, a dummy without memory. */
static uint32_t *pair(struct model *model, struct pairs *pairs, uint32_t one,
		      uint32_t two)
{
	static uint32_t none;
	uint32_t *value = pairs_at(pairs, one, two);

	if (value != NULL)
		return value;
	model->draft->no_memory = true;
	none = 0;
	return &none;
}

void model_nest(struct model *model, uint32_t parent, uint32_t child)
{
	uint32_t *nested = pair(model, &model->nested, parent, child);

	if (*nested != MODEL_NONE)
		return;
	*nested = 0;
	add_place(model, &model->groups[parent].children, child);
	add_place(model, &model->groups[child].parents, parent);
}

/* ---- hosts */

uint32_t model_find_host(const struct model *model, const char *name)
{
	return find_place(&model->host_places, name);
}

int model_host(struct model *model, const struct reading *reading,
	       const char *name, const char *port, size_t line, uint32_t *host)
{
	*host = model_find_host(model, name);
	if (*host != MODEL_NONE)
		return 0;
	if (model->nhosts == MODEL_HOSTS_MAX)
		return reading_fault(reading, line,
				     "more than %zu hosts: check the ranges",
				     MODEL_HOSTS_MAX);
	name = draft_text(model->draft, name, strlen(name));
	if (!grow(model, &model->hosts, model->nhosts, sizeof(*model->hosts)))
		return fault_memory(reading->err, reading->name);
	model->hosts[model->nhosts] =
		(struct model_host){.name = name,
				    .file = reading->file,
				    .line = (uint32_t)line}; /* < 2^32 */
	keep_name(model, &model->host_places, name, model->nhosts);
	*host = (uint32_t)model->nhosts++;
	if (port != NULL)
		model_say(model, reading, &model->hosts[*host].vars,
			  &(struct variable){.name = known_name(VAR_PORT),
					     .text = port,
					     .line = (uint32_t)line});
	return 0;
}

void model_join(struct model *model, uint32_t host, uint32_t group)
{
	uint32_t *member = pair(model, &model->members, host, group);
	uint32_t *next;

	if (*member != MODEL_NONE)
		return;
	*member = 0;
	next = pair(model, &model->next_membership,
		    model->hosts[host].membership, group);
	if (*next == MODEL_NONE) {
		if (!grow(model, &model->memberships, model->nmemberships,
			  sizeof(*model->memberships)))
			return;
		model->memberships[model->nmemberships] = (struct membership){
			.without = model->hosts[host].membership,
			.group = group};
		*next = (uint32_t)model->nmemberships++; /* a line each */
	}
	model->hosts[host].membership = *next;
}

/* ---- variables */

struct variables *model_host_vars(struct model *model, uint32_t host)
{
	uint32_t group = model_find_group(model, model->hosts[host].name);

	return group != MODEL_NONE ? &model->groups[group].vars
				   : &model->hosts[host].vars;
}

static const struct textmap_entry *find_name(struct model *model,
					     const char *name)
{
	const struct textmap_entry *found =
		textmap_find(&model->names, name, strlen(name));

	if (found != NULL)
		return found;
	name = draft_text(model->draft, name, strlen(name));
	return textmap_add(&model->names, name, known_find(name));
}

void model_say(struct model *model, const struct reading *reading,
	       struct variables *vars, const struct variable *variable)
{
	const struct textmap_entry *name = find_name(model, variable->name);
	const char *text = secrets_add(&model->arena, variable->text);
	struct variable *copy = secrets_room(&model->arena, sizeof(*copy));

	if (name == NULL || text == NULL || copy == NULL) {
		model->draft->no_memory = true;
		return;
	}
	*copy = (struct variable){.name = name->text,
				  .text = text,
				  .file = reading->file,
				  .line = variable->line,
				  .known = (uint16_t)name->value,
				  .flags = variable->flags};
	if (vars->last != NULL)
		vars->last->next = copy;
	else
		vars->first = copy;
	vars->last = copy;
}

char *model_scratch(struct model *model, size_t len)
{
	size_t room = model->scratch_room != 0 ? model->scratch_room : 4096;
	char *grown;

	if (len < model->scratch_room)
		return model->scratch;
	while (room <= len)
		room *= 2;
	grown = secrets_room(&model->arena, room);
	if (grown == NULL) {
		model->draft->no_memory = true;
		return NULL;
	}
	if (model->scratch_room > 0)
		memcpy(grown, model->scratch, model->scratch_room);
	model->scratch = grown;
	model->scratch_room = room;
	return grown;
}

/* ---- a model as a whole */

void model_init(struct model *model, struct reading *reading)
{
	*model = (struct model){.draft = reading->draft, .reading = reading};
	if (!grow(model, &model->memberships, 0, sizeof(*model->memberships)))
		return;
	model->memberships[model->nmemberships++] = (struct membership){0};
	if (model_group(model, reading, "all", 0) == GROUP_ALL &&
	    model_group(model, reading, "ungrouped", 0) == GROUP_UNGROUPED) {
		model->groups[GROUP_ALL].declared = true;
		model->groups[GROUP_UNGROUPED].declared = true;
	}
}

void model_release(struct model *model)
{
	for (size_t i = 0; i < model->ngroups; i++) {
		free(model->groups[i].parents.at);
		free(model->groups[i].children.at);
	}
	free(model->groups);
	free(model->hosts);
	free(model->memberships);
	textmap_release(&model->group_places);
	textmap_release(&model->host_places);
	textmap_release(&model->names);
	pairs_release(&model->next_membership);
	pairs_release(&model->members);
	pairs_release(&model->nested);
	vault_free(model->vault);
	secrets_release(&model->arena);
	*model = (struct model){0};
}
