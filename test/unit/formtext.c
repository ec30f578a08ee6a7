/* Files of a form: the devices that come out, as text. */
#include "unit/formtext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft/draft.h"
#include "inventory/inventory.h"
#include "unit/unit.h"

static void print_note(void *arg, const char *text)
{
	(void)fprintf(arg, "note: %s\n", text);
}

static void print_data(FILE *out, const struct draft *draft,
		       const struct draft_device *device)
{
	const struct layer *layer;

	for (size_t i = 0; (layer = draft_layer(device, i)) != NULL; i++) {
		for (uint32_t at = 0; at < layer->n; at++) {
			const struct said *said = &layer->at[at];

			if ((said->flags & SAID_DATA) != 0)
				(void)fprintf(
					out, " data.%s=%s",
					draft_data_name(draft, said->what),
					said->text);
		}
	}
}

static void print_device(FILE *out, const struct draft *draft,
			 const struct device *dev)
{
	const struct draft_device *device = &draft->devices[dev->draft];
	struct draft_view view;

	draft_view(device, &view);
	(void)fprintf(out, "%s:", dev->pub.name);
	for (unsigned key = 0; key < NKEYS_READ; key++) {
		if (view.value[key] != NULL && key != KEY_NAME)
			(void)fprintf(out, " %s=%s", key_name((enum key)key),
				      view.value[key]->text);
	}
	print_data(out, draft, device);
	for (size_t i = 0; i < device->groups->n; i++)
		(void)fprintf(out, "%s%s", i == 0 ? " groups=" : ",",
			      (const char *)device->groups->at[i]);
	if (dev->skip != NULL)
		(void)fprintf(out, " ! %s",
			      strstr(dev->skip, "no device_type") != NULL
				      ? "no type"
				      : dev->skip);
	(void)fprintf(out, "\n");
}

static void print_file(FILE *out, const char *form, const char *bytes,
		       size_t len)
{
	const struct nf_log log = {.line = print_note, .arg = out};
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	assert_int_equal(nf_inventory_new(&inv, NULL, &log, &err), 0);
	if ((form != NULL && nf_inventory_format(inv, form, &err) == -1) ||
	    inventory_add_bytes(inv, bytes, len, "f", &err) == -1)
		(void)fprintf(out, "error: %s\n", err.message);
	for (size_t i = 0; i < nf_inventory_size(inv); i++)
		print_device(out, inventory_draft(inv),
			     inventory_device(inv, i));
	nf_inventory_free(inv);
}

void assert_form_bytes(const char *form, const char *bytes, size_t len,
		       const char *expected)
{
	/* A copy without a NUL behind it: whoever reads on is found out. */
	char *copy = malloc(len != 0 ? len : 1);
	size_t got_len;
	char *got;
	FILE *out = open_memstream(&got, &got_len);

	assert_non_null(copy);
	assert_non_null(out);
	memcpy(copy, bytes, len);
	print_file(out, form, copy, len);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(got, expected);
	free(got);
	free(copy);
}

void assert_form(const char *form, const char *text, const char *expected)
{
	assert_form_bytes(form, text, strlen(text), expected);
}
