/* An inventory, written in another form. */
#ifndef NETFAN_CMD_VIEW_CONVERT_H
#define NETFAN_CMD_VIEW_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "format/output.h"
#include "view/grouping.h"
#include "view/view.h"

struct texts;

/* What is being written, for the forms. */
struct conversion {
	const struct view *view;
	const struct nf_inventory *inv; /* the view's */
	struct output *out;
	const struct grouping *grouping;
	const struct conversion_form *form;
	size_t left_out; /* devices that cannot be written */
	struct texts *told; /* keys whose loss was told */
	bool no_memory;
};

/* A form that can be written. */
struct conversion_form {
	const char *name;
	/* Would the name of a device be read as something else, and as what?
	 * NULL: none. */
	bool (*unfit)(const char *name);
	const char *unfit_why;
	void (*write)(struct conversion *conversion);
};

extern const struct conversion_form conversion_netfan, conversion_ansible,
	conversion_csv, conversion_json;

/* Find a form by its name: NULL, there is none. */
const struct conversion_form *conversion_find(const char *name);

/* The names of all, NULL at the end. */
const char *const *conversion_names(void);

/*
 * Write the inventory to standard output in a form: 0; 1 when devices were left
 * out, as was told; -1 as it was told. Errors of the output are out->sys_errno.
 */
int conversion_write(const struct view *view,
		     const struct conversion_form *form, struct output *out);

/* ---- for the forms */

/* Is device i written? Those that are at fault for more than their login are
 * not, nor those whose name the form cannot have. */
bool conversion_has(const struct conversion *conversion, size_t i);

/* Go through the values of device i, as nf_inventory_values(). */
void conversion_values(struct conversion *conversion, size_t i,
		       nf_value_take *take, void *arg);

/* Tell, once for each key, that a form has no place for it: why is what stands
 * behind it. */
void conversion_lose(struct conversion *conversion, const char *key,
		     const char *why);

/* Write a text as a string of JSON, which YAML has, too. */
void conversion_string(struct output *out, const char *text);

/* Write a text of YAML: without quotes where it is a simple word. */
void conversion_word(struct output *out, const char *text);

/* Write a value as JSON: a string, or what it is. */
void conversion_json_value(struct output *out, const struct nf_value *value);

/* Is this value a secret that would be a mistake as its mask? */
bool conversion_unmaskable(const struct nf_value *value);

#endif
