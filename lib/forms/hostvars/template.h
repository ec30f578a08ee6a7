/*
 * Templates in the values of variables. One that merely names other variables,
 * "{{ name }}" with any text around, is filled in; all others are Ansible's
 * alone.
 */
#ifndef NETFAN_FORMS_HOSTVARS_TEMPLATE_H
#define NETFAN_FORMS_HOSTVARS_TEMPLATE_H

#include "forms/hostvars/model.h"

#define TEMPLATE_MAX 4096 /* bytes of a value with a template, and filled in */
#define TEMPLATE_DEPTH 8 /* templates in templates */
#define TEMPLATE_NAMES 64 /* in a value, and in those that it names */

/* Does Ansible take the value for a template? */
bool template_is(const struct variable *variable);

/* Who knows the variables of a host. */
struct template_scope {
	struct model *model;
	const char *host; /* its name */
	/* The variable of a name, NULL: there is none. */
	struct variable *(*find)(void *arg, const char *name);
	void *arg;
};

/* A value, filled in. */
struct template_value {
	struct variable *variable; /* whose text it is in the end */
	const char *text;
	unsigned flags; /* of enum said_flag */
	bool made; /* it is put together, for this host alone */
};

/*
 * Fill in the value of a variable, and decrypt it: 1, or 0 when it cannot be had:
 * then why (of size bytes) says what it is and what to do, as in "is a template
 * that ...: write ...". Never shows a value.
 */
int template_fill(const struct template_scope *scope, struct variable *variable,
		  struct template_value *value, char *why, size_t size);

/* Find the names of variables that templates of passwords name, so that no
 * layer tells them as data. */
void template_mark_secrets(struct model *model);
bool template_is_secret(struct model *model, const char *name);

#endif
