/* Devices as a table: a line that names the columns, and one for each device. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/escape.h"
#include "view/convert.h"

#define DATA_MAX 400 /* columns of data; a reader has an end, too */

/* Columns of keys, those first that all tables have. */
static const char *const keys[] = {
	"name",
	"host",
	"port",
	"device_type",
	"username",
	"password",
	"secret",
	"transport",
	"enable",
	"legacy",
	"auth",
	"use_keys",
	"key_file",
	"passphrase",
	"allow_agent",
	"proxy_jump",
	"proxy_command",
	"proxy",
	"source_address",
	"interface",
	"kex_algorithms",
	"hostkey_algorithms",
	"ciphers",
	"macs",
	"hostkey_fingerprint",
	"conn_timeout",
	"banner_timeout",
	"auth_timeout",
	"prompt_timeout",
	"read_timeout_override",
	"keepalive",
};

#define NKEYS (sizeof(keys) / sizeof(keys[0]))
#define NKEYS_ALWAYS 4

enum { COLUMN_NAME, COLUMN_HOST, COLUMN_PORT, COLUMN_TYPE };

/* Words that mean something else at the head of a column. */
static const char *const meant[] = {
	"ip",         "ip_address", "ipaddr",        "ipv4",
	"ipv6",       "address",    "mgmt_ip",       "hostname",
	"fqdn",       "dns_name",   "device",        "node_name",
	"sysname",    "user",       "login",         "passwd",
	"pass",       "pwd",        "platform",      "protocol",
	"network_os", "os",         "os_type",       "nos",
	"driver",     "vendor",     "group",         "groups",
	"tag",        "tags",       "enable_secret", "enable_password",
	"ssh_port",   NULL};

struct csv {
	struct conversion *conversion;
	bool used[NKEYS];
	bool groups;
	const char *data[DATA_MAX]; /* names, sorted */
	size_t ndata;
	/* The row that is being written. */
	const char *texts[NKEYS];
	size_t next; /* column of data */
};

/* ---- cells */

/* Is it written without quotes? */
static bool is_simple(const char *text)
{
	static const char simple[] = "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_.:/@-";

	return text[strspn(text, simple)] == '\0';
}

static void put_cell(struct output *out, const char *text)
{
	if (is_simple(text)) {
		output_text(out, text);
		return;
	}
	output_text(out, "\"");
	while (*text != '\0') {
		size_t len = strcspn(text, "\"");
		struct escape escape;

		escape_init(&escape, ESCAPE_TEXT);
		escape_bytes(&escape, out, (const uint8_t *)text, len);
		escape_end(&escape, out);
		text += len;
		if (*text == '"') {
			output_text(out, "\"\"");
			text++;
		}
	}
	output_text(out, "\"");
}

/* ---- columns */

static size_t find_key(const char *key)
{
	size_t k = 0;

	while (k < NKEYS && strcmp(keys[k], key) != 0)
		k++;
	return k;
}

/* The place of a name among the columns of data, or where it belongs. */
static size_t place_of(const struct csv *csv, const char *name, bool *there)
{
	size_t begin = 0, end = csv->ndata;

	*there = false;
	while (begin < end) {
		size_t middle = begin + (end - begin) / 2;
		int order = strcmp(csv->data[middle], name);

		if (order == 0) {
			*there = true;
			return middle;
		}
		if (order < 0)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

static void add_data(struct csv *csv, const char *name)
{
	bool there;
	size_t at = place_of(csv, name, &there);

	if (there)
		return;
	if (csv->ndata == DATA_MAX) {
		conversion_lose(csv->conversion, name,
				"a table has no more than 400 columns of data");
		return;
	}
	memmove(csv->data + at + 1, csv->data + at,
		(csv->ndata - at) * sizeof(csv->data[0]));
	csv->data[at] = name;
	csv->ndata++;
}

static void take_column(void *arg, const struct nf_value *value)
{
	struct csv *csv = arg;
	size_t key = value->data ? NKEYS : find_key(value->key);

	if (value->data)
		add_data(csv, value->key);
	else if (key == NKEYS)
		conversion_lose(csv->conversion, value->key,
				"it has no place in a table");
	else if (conversion_unmaskable(value) &&
		 !csv->conversion->view->secrets)
		conversion_lose(csv->conversion, value->key,
				"a password may be in it (--show-secrets "
				"writes it)");
	else
		csv->used[key] = true;
}

static void find_columns(struct csv *csv)
{
	const struct conversion *conversion = csv->conversion;
	size_t none = conversion->grouping->n;

	for (size_t i = 0; i < nf_inventory_size(conversion->inv); i++) {
		if (!conversion_has(conversion, i))
			continue;
		conversion_values(csv->conversion, i, take_column, csv);
		csv->groups |=
			nf_inventory_group_of(conversion->inv, i, 0) != none;
	}
	for (size_t k = 0; k < NKEYS_ALWAYS; k++)
		csv->used[k] = true;
	csv->used[find_key("transport")] = false; /* the type says it */
}

/* Would a reader take a column of this name for data, as it is? */
static bool is_plain(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	const char *known[NKEYS + 1] = {NULL};

	memcpy(known, keys, sizeof(keys));
	return name[0] != '\0' && name[strspn(name, letters)] == '\0' &&
	       nf_nearest(name, known) == NULL &&
	       nf_nearest(name, meant) == NULL;
}

static void write_head(const struct csv *csv)
{
	struct output *out = csv->conversion->out;

	for (size_t k = 0; k < NKEYS; k++) {
		if (csv->used[k])
			output_format(out, "%s%s", k > 0 ? "," : "", keys[k]);
	}
	if (csv->groups)
		output_text(out, ",groups");
	for (size_t d = 0; d < csv->ndata; d++) {
		char head[512];

		(void)snprintf(head, sizeof(head), "%s%s",
			       is_plain(csv->data[d]) ? "" : "data.",
			       csv->data[d]);
		output_text(out, ",");
		put_cell(out, head);
	}
	output_text(out, "\n");
}

/* ---- rows */

static void write_groups(const struct csv *csv, size_t i)
{
	const struct conversion *conversion = csv->conversion;
	size_t none = conversion->grouping->n, g;
	char text[4096] = "";
	size_t len = 0;

	for (size_t k = 0;
	     len < sizeof(text) - 1 &&
	     (g = nf_inventory_group_of(conversion->inv, i, k)) != none;
	     k++) {
		const char *name = conversion->grouping->names[g];

		if (strpbrk(name, ",;|") != NULL)
			conversion_lose(csv->conversion, name,
					"a list in a table has no such name "
					"of a group");
		else
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%s%s", len > 0 ? "," : "",
						name);
	}
	put_cell(conversion->out, text);
}

static void take_text(void *arg, const struct nf_value *value)
{
	struct csv *csv = arg;
	size_t key = value->data ? NKEYS : find_key(value->key);

	if (key < NKEYS)
		csv->texts[key] = value->text;
}

static void write_datum(void *arg, const struct nf_value *value)
{
	struct csv *csv = arg;
	struct output *out = csv->conversion->out;
	bool there;
	size_t at;

	if (!value->data)
		return;
	at = place_of(csv, value->key, &there);
	for (; there && csv->next <= at; csv->next++)
		output_text(out, ",");
	if (there)
		put_cell(out, value->text);
}

static void write_row(struct csv *csv, size_t i)
{
	struct conversion *conversion = csv->conversion;
	const struct nf_device *dev = nf_inventory_device(conversion->inv, i);
	struct nf_description description;
	char port[8], type[300];

	memset(csv->texts, 0, sizeof(csv->texts));
	csv->next = 0;
	conversion_values(conversion, i, take_text, csv);
	nf_inventory_describe(conversion->inv, i, &description);
	(void)snprintf(port, sizeof(port), "%u", (unsigned)dev->port);
	(void)snprintf(type, sizeof(type), "%s%s", dev->platform,
		       strcmp(description.transport, "telnet") == 0 ? "_telnet"
								    : "");
	csv->texts[COLUMN_NAME] = dev->name;
	csv->texts[COLUMN_HOST] = dev->host;
	csv->texts[COLUMN_PORT] = port;
	csv->texts[COLUMN_TYPE] = type;
	for (size_t k = 0; k < NKEYS; k++) {
		if (!csv->used[k])
			continue;
		output_text(conversion->out, k > 0 ? "," : "");
		put_cell(conversion->out,
			 csv->texts[k] != NULL ? csv->texts[k] : "");
	}
	if (csv->groups) {
		output_text(conversion->out, ",");
		write_groups(csv, i);
	}
	conversion_values(conversion, i, write_datum, csv);
	for (; csv->next < csv->ndata; csv->next++)
		output_text(conversion->out, ",");
	output_text(conversion->out, "\n");
}

static void write_csv(struct conversion *conversion)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	if (csv == NULL) {
		conversion->no_memory = true;
		return;
	}
	csv->conversion = conversion;
	find_columns(csv);
	write_head(csv);
	for (size_t i = 0; i < nf_inventory_size(conversion->inv); i++) {
		if (conversion_has(conversion, i))
			write_row(csv, i);
	}
	free(csv);
}

static bool is_comment(const char *name)
{
	return name[0] == '#';
}

const struct conversion_form conversion_csv = {"csv", is_comment,
					       "would be a comment", write_csv};
