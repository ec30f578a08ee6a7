/* Templates in the values of variables. */
#include "forms/hostvars/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms/hostvars/vault.h"
#include "yaml/fault.h"

#define BLANKS " \t\r\n"
#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define ROUNDS 8 /* in which templates name variables with templates */

#define CANNOT                                                                 \
	"is a template that only Ansible can fill in: write the value itself"

bool template_is(const struct variable *variable)
{
	const char *at = variable->text;

	if ((variable->flags & (VARIABLE_RAW | SAID_VAULT)) != 0)
		return false;
	while ((at = strchr(at, '{')) != NULL) {
		at++;
		if (*at == '{' || *at == '%' || *at == '#')
			return true;
	}
	return false;
}

/* The name that stands alone between {{ and }} at text: its length, and *end
 * behind the braces; 0: it is more than a name. */
static size_t name_len(const char *text, const char **name, const char **end)
{
	size_t len;

	*name = text + 2 + strspn(text + 2, BLANKS);
	len = strspn(*name, WORD);
	*end = *name + len + strspn(*name + len, BLANKS);
	if (strncmp(*end, "}}", 2) != 0)
		return 0;
	*end += 2;
	return len;
}

/* ---- secrets */

/* The set of names is kept among the names of variables: a value above
 * VAR_OTHER means that it is one. */
#define SECRET_NAME (VAR_OTHER + 1)

static void mark_name(struct model *model, const char *name, size_t len,
		      bool *more)
{
	struct textmap_entry *entry = textmap_find(&model->names, name, len);

	if (entry == NULL || entry->value != VAR_OTHER)
		return;
	entry->value = SECRET_NAME;
	*more = true;
}

bool template_is_secret(struct model *model, const char *name)
{
	const struct textmap_entry *entry =
		textmap_find(&model->names, name, strlen(name));

	return entry != NULL && entry->value == SECRET_NAME;
}

/* Mark all words of a template: more than its names, which does no harm. */
static void mark_words(struct model *model, const char *text, bool *more)
{
	while (*text != '\0') {
		size_t len = strspn(text, WORD);

		if (len > 0)
			mark_name(model, text, len, more);
		text += len > 0 ? len : 1;
	}
}

static void mark_variables(struct model *model, const struct variables *vars,
			   bool *more)
{
	for (const struct variable *at = vars->first; at != NULL;
	     at = at->next) {
		if ((known_is_secret((enum known)at->known) ||
		     (at->known == VAR_OTHER &&
		      template_is_secret(model, at->name))) &&
		    template_is(at))
			mark_words(model, at->text, more);
	}
}

void template_mark_secrets(struct model *model)
{
	bool more = true;

	for (unsigned round = 0; more && round < ROUNDS; round++) {
		more = false;
		for (size_t i = 0; i < model->ngroups; i++) {
			mark_variables(model, &model->groups[i].vars, &more);
			mark_variables(model, &model->groups[i].file_vars,
				       &more);
		}
		for (size_t i = 0; i < model->nhosts; i++) {
			mark_variables(model, &model->hosts[i].vars, &more);
			mark_variables(model, &model->hosts[i].file_vars,
				       &more);
		}
	}
}

/* ---- filling in */

struct filling {
	const struct template_scope *scope;
	unsigned depth, names;
	char *why;
	size_t size;
};

static int refuse(const struct filling *filling, const char *what)
{
	(void)snprintf(filling->why, filling->size, "%s", what);
	return 0;
}

static int fill(struct filling *filling, struct variable *variable,
		struct template_value *value);

static int refuse_name(const struct filling *filling, const char *name,
		       size_t len)
{
	(void)snprintf(filling->why, filling->size,
		       "names the variable '%.*s', which this host does not "
		       "have: set it, or write the value itself",
		       (int)(len < 64 ? len : 64), name);
	return 0;
}

/* The text of a name that Ansible itself sets, NULL: it is a variable. */
static const char *magic_text(const struct filling *filling, const char *name,
			      size_t len, char *room, size_t size)
{
	const char *host = filling->scope->host;
	bool address = host[strspn(host, "0123456789.")] == '\0' ||
		       strchr(host, ':') != NULL;

	if (len == 18 && strncmp(name, "inventory_hostname", len) == 0)
		return host;
	if (len != 24 || strncmp(name, "inventory_hostname_short", len) != 0)
		return NULL;
	(void)snprintf(room, size, "%.*s",
		       (int)(address ? strlen(host) : strcspn(host, ".")),
		       host);
	return room;
}

/* Fill in one name: its text goes to value. */
static int fill_name(struct filling *filling, const char *name, size_t len,
		     struct template_value *value)
{
	const struct template_scope *scope = filling->scope;
	char text[TEMPLATE_MAX];
	struct variable *found;
	int rc;

	if (++filling->names > TEMPLATE_NAMES ||
	    filling->depth == TEMPLATE_DEPTH || len >= sizeof(text))
		return refuse(filling, CANNOT);
	value->text = magic_text(filling, name, len, text, sizeof(text));
	if (value->text != NULL) {
		value->text = draft_text(scope->model->draft, value->text,
					 strlen(value->text));
		value->made = true;
		return 1;
	}
	memcpy(text, name, len);
	text[len] = '\0';
	found = scope->find(scope->arg, text);
	if (found == NULL || (found->flags & VARIABLE_NULL) != 0)
		return refuse_name(filling, name, len);
	filling->depth++;
	rc = fill(filling, found, value);
	filling->depth--;
	if (rc == 1 && (value->flags & SAID_JSON) != 0)
		return refuse(filling, CANNOT);
	return rc;
}

/* Copy the text up to the next template, and fill that in: 1, 0 to give up. */
static int fill_part(struct filling *filling, const char **at, char *out,
		     size_t *len)
{
	struct template_value part = {0};
	const char *begin = strstr(*at, "{{"), *name, *end;
	size_t before = begin != NULL ? (size_t)(begin - *at) : strlen(*at);
	size_t n;

	if (before >= TEMPLATE_MAX - *len)
		return refuse(filling, "is too long when its templates are "
				       "filled in");
	memcpy(out + *len, *at, before);
	*len += before;
	*at += before;
	if (begin == NULL)
		return 1;
	n = name_len(begin, &name, &end);
	if (n == 0)
		return refuse(filling, CANNOT);
	if (fill_name(filling, name, n, &part) == 0)
		return 0;
	n = strlen(part.text);
	if (n >= TEMPLATE_MAX - *len)
		return refuse(filling, "is too long when its templates are "
				       "filled in");
	memcpy(out + *len, part.text, n);
	*len += n;
	*at = end;
	return 1;
}

/* Put a text together of what is named in it. */
static int fill_parts(struct filling *filling, struct variable *variable,
		      struct template_value *value)
{
	char text[TEMPLATE_MAX];
	const char *at = variable->text, *kept;
	size_t len = 0;
	int rc = 1;

	while (rc == 1 && *at != '\0')
		rc = fill_part(filling, &at, text, &len);
	text[rc == 1 ? len : 0] = '\0';
	if (rc == 1) {
		kept = secrets_add(&filling->scope->model->arena, text);
		filling->scope->model->draft->no_memory |= kept == NULL;
		*value = (struct template_value){.variable = variable,
						 .text = kept != NULL ? kept
								      : "",
						 .made = true};
	}
	explicit_bzero(text, sizeof(text));
	return rc;
}

static int fill_template(struct filling *filling, struct variable *variable,
			 struct template_value *value)
{
	const char *text = variable->text + strspn(variable->text, BLANKS);
	const char *name, *end;
	size_t len;

	if (strlen(variable->text) >= TEMPLATE_MAX ||
	    strstr(variable->text, "{%") != NULL ||
	    strstr(variable->text, "{#") != NULL)
		return refuse(filling, CANNOT);
	len = strncmp(text, "{{", 2) == 0 ? name_len(text, &name, &end) : 0;
	if (len > 0 && end[strspn(end, BLANKS)] == '\0') {
		int rc = fill_name(filling, name, len, value);

		if (rc == 1 && value->variable == NULL)
			value->variable = variable;
		return rc;
	}
	return fill_parts(filling, variable, value);
}

static int fill_vault(struct filling *filling, struct variable *variable,
		      struct template_value *value)
{
	const char *why;
	const char *text =
		vault_value(filling->scope->model, variable->text, &why);

	if (text == NULL)
		return refuse(filling, why);
	*value = (struct template_value){.variable = variable, .text = text};
	return 1;
}

static int fill(struct filling *filling, struct variable *variable,
		struct template_value *value)
{
	if ((variable->flags & VARIABLE_VAULT_INI) != 0)
		return refuse(filling,
			      "is a !vault value in an INI file, which Ansible "
			      "cannot read either: move it into group_vars or "
			      "host_vars, which are YAML");
	if ((variable->flags & SAID_VAULT) != 0)
		return fill_vault(filling, variable, value);
	if (template_is(variable))
		return fill_template(filling, variable, value);
	*value = (struct template_value){.variable = variable,
					 .text = variable->text,
					 .flags = variable->flags & 0xff};
	return 1;
}

int template_fill(const struct template_scope *scope, struct variable *variable,
		  struct template_value *value, char *why, size_t size)
{
	struct filling filling = {.scope = scope, .why = why, .size = size};

	*value = (struct template_value){0};
	return fill(&filling, variable, value);
}
