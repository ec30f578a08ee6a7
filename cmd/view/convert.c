/* An inventory, written in another form. */
#include "view/convert.h"

#include <string.h>
#include <strings.h>

#include "format/escape.h"
#include "options/texts.h"
#include "tell.h"

static const struct conversion_form *const forms[] = {
	&conversion_netfan, &conversion_ansible, &conversion_csv,
	&conversion_json};

static const char *const names[] = {"netfan", "ansible", "csv", "json", NULL};

const struct conversion_form *conversion_find(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i]->name, name) == 0)
			return forms[i];
	}
	return NULL;
}

const char *const *conversion_names(void)
{
	return names;
}

/* ---- devices that cannot be written */

static bool is_unfit(const struct conversion *conversion, size_t i)
{
	return conversion->form->unfit != NULL &&
	       conversion->form->unfit(
		       nf_inventory_device(conversion->inv, i)->name);
}

bool conversion_has(const struct conversion *conversion, size_t i)
{
	struct nf_description description;

	nf_inventory_describe(conversion->inv, i, &description);
	return !description.unusable && !is_unfit(conversion, i);
}

static void tell_left_out(struct conversion *conversion)
{
	struct nf_description description;

	for (size_t i = 0; i < nf_inventory_size(conversion->inv); i++) {
		nf_inventory_describe(conversion->inv, i, &description);
		if (description.unusable)
			tell("%s (left out)", description.skip);
		else if (is_unfit(conversion, i))
			tell("%s: the name %s in this form (left out)",
			     nf_inventory_device(conversion->inv, i)->name,
			     conversion->form->unfit_why);
		else
			continue;
		conversion->left_out++;
	}
}

int conversion_write(const struct view *view,
		     const struct conversion_form *form, struct output *out)
{
	struct grouping grouping;
	struct texts told = {0};
	struct conversion conversion = {.view = view,
					.inv = view->inv,
					.form = form,
					.out = out,
					.grouping = &grouping,
					.told = &told};

	if (grouping_init(&grouping, view->inv) == -1)
		return tell_no_memory();
	tell_left_out(&conversion);
	form->write(&conversion);
	output_flush(out);
	texts_free(&told);
	grouping_release(&grouping);
	if (conversion.no_memory)
		return tell_no_memory();
	return conversion.left_out > 0;
}

/* ---- values */

void conversion_values(struct conversion *conversion, size_t i,
		       nf_value_take *take, void *arg)
{
	struct nf_error err;

	if (nf_inventory_values(conversion->inv, i, conversion->view->secrets,
				take, arg, &err) == -1)
		conversion->no_memory = true;
}

void conversion_lose(struct conversion *conversion, const char *key,
		     const char *why)
{
	for (size_t i = 0; i < conversion->told->n; i++) {
		if (strcmp(conversion->told->at[i], key) == 0)
			return;
	}
	if (texts_add(conversion->told, key) == -1)
		conversion->no_memory = true;
	else if (!conversion->view->quiet)
		tell("'%s' is left out: %s", key, why);
}

bool conversion_unmaskable(const struct nf_value *value)
{
	return value->secret && !value->data &&
	       (strcmp(value->key, "proxy") == 0 ||
		strcmp(value->key, "login_answers") == 0);
}

/* ---- texts */

void conversion_string(struct output *out, const char *text)
{
	output_text(out, "\"");
	escape_text(out, ESCAPE_JSON, text);
	output_text(out, "\"");
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* Words that YAML may take for something else. */
static bool is_reserved(const char *text)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on",
					    "off",  "null",  "y",   "n"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(words[i], text) == 0)
			return true;
	}
	return false;
}

/* Four numbers with dots between are no number of YAML's. */
static bool is_address(const char *text)
{
	unsigned dots = 0;

	for (const char *at = text; *at != '\0'; at++)
		dots += *at == '.';
	return dots == 3 && text[0] != '.' &&
	       text[strspn(text, DIGITS ".")] == '\0';
}

void conversion_word(struct output *out, const char *text)
{
	size_t letters = strspn(text, LETTERS);

	if ((letters > 0 && !is_reserved(text) &&
	     text[strspn(text, LETTERS DIGITS "_.-")] == '\0') ||
	    is_address(text))
		output_text(out, text);
	else
		conversion_string(out, text);
}

void conversion_json_value(struct output *out, const struct nf_value *value)
{
	if (value->json)
		escape_text(out, ESCAPE_JSON_WHOLE, value->text);
	else
		conversion_string(out, value->text);
}
