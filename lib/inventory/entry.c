/* Entries of an inventory file, loaded by libcyaml. */
#include "inventory/entry.h"

#include <cyaml/cyaml.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "inventory/yaml_index.h"
#include "yaml/fault.h"

/*
 * Every value is loaded as a string: libcyaml 1.3.1 reads `22abc` as the number
 * 22 and `maybe` as true.
 */
#define FIELD_READ(id, name)                                                   \
	CYAML_FIELD_STRING_PTR(name, CYAML_FLAG_OPTIONAL, struct entry,        \
			       value[id], 0, CYAML_UNLIMITED),
#define FIELD_IGNORED(id, name) CYAML_FIELD_IGNORE(name, CYAML_FLAG_OPTIONAL),

static const cyaml_schema_field_t entry_fields[] = {
	KEYS_READ(FIELD_READ) KEYS_IGNORED(FIELD_IGNORED) CYAML_FIELD_END};

static const cyaml_schema_value_t entry_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct entry, entry_fields)};

static const cyaml_schema_value_t list_schema = {CYAML_VALUE_SEQUENCE(
	CYAML_FLAG_POINTER, struct entry, &entry_schema, 0, CYAML_UNLIMITED)};

/* A file of which a key holds the list. */
struct wrapper {
	struct entry *entries;
	unsigned entries_count;
};

/*
 * libcyaml's memory, wiped when freed. It resizes only what holds pointers, no
 * text; and by one entry at a time, hence the doubling. XXX libyaml's own
 * buffers hold text too, and are freed as they are: it takes no allocator.
 */
static void *wiping_memory(void *arg, void *ptr, size_t size)
{
	size_t room = ptr != NULL ? malloc_usable_size(ptr) : 0;

	(void)arg;
	if (size == 0) {
		if (ptr != NULL)
			explicit_bzero(ptr, room);
		free(ptr);
		return NULL;
	}
	if (size <= room)
		return ptr;
	if (ptr != NULL && size < room * 2) /* room is of a real object */
		size = room * 2;
	return realloc(ptr, size);
}

/* No log: libcyaml's lines show values, and a value may be a password. */
static const cyaml_config_t config = {
	.mem_fn = wiping_memory,
	.log_level = CYAML_LOG_ERROR,
	.flags = CYAML_CFG_NO_ALIAS,
};

static cyaml_err_t load_list(struct entries *entries, const uint8_t *bytes,
			     size_t len)
{
	return cyaml_load_data(bytes, len, &config, &list_schema,
			       (cyaml_data_t **)&entries->at, &entries->count);
}

static cyaml_err_t load_wrapped(struct entries *entries, const uint8_t *bytes,
				size_t len, const char *key)
{
	const cyaml_schema_field_t fields[] = {
		{.key = key,
		 .data_offset = offsetof(struct wrapper, entries),
		 .count_offset = offsetof(struct wrapper, entries_count),
		 .count_size = sizeof(unsigned),
		 .value = list_schema},
		CYAML_FIELD_IGNORE(YAML_INDEX_VOLATILE, CYAML_FLAG_OPTIONAL),
		CYAML_FIELD_END};
	const cyaml_schema_value_t schema = {CYAML_VALUE_MAPPING(
		CYAML_FLAG_POINTER, struct wrapper, fields)};
	struct wrapper *wrapper = NULL;
	cyaml_err_t rc;

	rc = cyaml_load_data(bytes, len, &config, &schema,
			     (cyaml_data_t **)&wrapper, NULL);
	if (rc != CYAML_OK || wrapper == NULL)
		return rc;
	entries->at = wrapper->entries;
	entries->count = wrapper->entries_count;
	wrapper->entries = NULL; /* entries own them now */
	wiping_memory(NULL, wrapper, 0);
	return CYAML_OK;
}

int entries_load(struct entries *entries, const char *bytes, size_t len,
		 const char *key, const char *path, struct nf_error *err)
{
	const uint8_t *data = (const uint8_t *)bytes;
	cyaml_err_t rc;

	*entries = (struct entries){0};
	rc = key == NULL ? load_list(entries, data, len)
			 : load_wrapped(entries, data, len, key);
	if (rc == CYAML_OK)
		return 0;
	if (rc == CYAML_ERR_OOM)
		return fault_memory(err, path);
	return error_set(err, NF_INVALID, "%s: cannot be loaded: %s", path,
			 cyaml_strerror(rc));
}

void entries_release(struct entries *entries)
{
	(void)cyaml_free(&config, &list_schema, entries->at, entries->count);
	*entries = (struct entries){0};
}
