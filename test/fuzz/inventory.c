/* Bytes as an inventory of a form. */
#include "fuzz/inventory.h"

#include <assert.h>
#include <string.h>

#include "draft/draft.h"
#include "inventory/inventory.h"

static void read_line(void *arg, const char *text)
{
	(void)arg;
	assert(strchr(text, '\n') == NULL);
}

static void check_device(const struct draft *draft,
			 const struct draft_device *device)
{
	struct draft_view view;

	draft_view(device, &view);
	assert(view.value[KEY_NAME] != NULL);
	assert(view.value[KEY_HOST] != NULL);
	assert(device->skip == NULL || strchr(device->skip, '\n') == NULL);
	for (size_t i = 0; i < draft->ndata_names && i < 64; i++)
		(void)draft_data(device, (uint32_t)i, NULL);
}

void inventory_fuzz(const char *form, const char *path, const uint8_t *bytes,
		    size_t len)
{
	static const struct nf_log log = {.line = read_line};
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	assert(nf_inventory_new(&inv, NULL, &log, &err) == 0);
	assert(nf_inventory_format(inv, form, &err) == 0);
	if (inventory_add_bytes(inv, (const char *)bytes, len, path, &err) ==
	    -1) {
		assert(err.code == NF_INVALID);
		assert(strncmp(err.message, path, strlen(path)) == 0);
		assert(strchr(err.message, '\n') == NULL);
	} else {
		const struct draft *draft = inventory_draft(inv);

		for (size_t i = 0; i < draft->ndevices; i++)
			check_device(draft, &draft->devices[i]);
	}
	nf_inventory_free(inv);
}
