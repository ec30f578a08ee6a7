/* A list of what known_hosts has for devices. */
#include "format/keylist.h"

#include "format/escape.h"
#include "format/fold.h"

static const char *const forms[] = {[NF_KNOWN_PLAIN] = "plain",
				    [NF_KNOWN_PATTERN] = "pattern",
				    [NF_KNOWN_HASHED] = "hashed"};

static const char *name_of(const struct keylist *list, size_t device)
{
	return nf_inventory_device(list->inv, device)->name;
}

static int shown_width(const char *name)
{
	char harmless[1024];

	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, name);
	return (int)fold_width(harmless);
}

void keylist_init(struct keylist *list, struct output *out,
		  const struct nf_inventory *inv, bool json)
{
	*list = (struct keylist){.out = out,
				 .inv = inv,
				 .json = json,
				 .width = sizeof("DEVICE") - 1,
				 .device = SIZE_MAX};
	for (size_t i = 0; !json && i < nf_inventory_size(inv); i++) {
		int width = shown_width(name_of(list, i));

		if (width > list->width)
			list->width = width;
	}
}

/* ---- as a table */

static void print_head(struct keylist *list)
{
	if (!list->begun)
		output_format(list->out, "%-*s  %5s  %-7s  %s\n", list->width,
			      "DEVICE", "LINE", "FORM", "KEY");
	list->begun = true;
}

/* Why there is no line. */
static const char *reason(const struct nf_known_key *key)
{
	return key->telnet   ? "telnet"
	       : key->pinned ? "pinned"
			     : "no key is known";
}

static void print_row(struct keylist *list, const struct nf_known_key *key)
{
	struct output *out = list->out;
	const char *name = name_of(list, key->device);

	print_head(list);
	escape_text(out, ESCAPE_LINE, name);
	output_format(out, "%*s", list->width - shown_width(name), "");
	if (key->line == 0) {
		output_format(out, "  %5s  %-7s  %s\n", "-", "-", reason(key));
		return;
	}
	output_format(out, "  %5zu  %-7s  ", key->line, forms[key->form]);
	escape_text(out, ESCAPE_LINE, key->type);
	output_format(out, " %s%s%s%s%s\n", key->fingerprint,
		      key->portless ? " (of the host without the port)" : "",
		      key->revoked ? " @revoked" : "",
		      key->authority ? " @cert-authority" : "",
		      key->forgotten ? " (forgotten)" : "");
}

/* ---- as JSON */

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

static void put_string(struct output *out, const char *key, const char *text)
{
	output_format(out, "\"%s\":\"", key);
	escape_text(out, ESCAPE_JSON, text);
	output_text(out, "\"");
}

static void put_line(struct keylist *list, const struct nf_known_key *key)
{
	struct output *out = list->out;

	output_text(out, "{");
	put_string(out, "device", name_of(list, key->device));
	if (key->line == 0) {
		output_format(out,
			      ",\"line\":null,\"telnet\":%s,"
			      "\"pinned\":%s}\n",
			      truth(key->telnet), truth(key->pinned));
		return;
	}
	output_format(out, ",\"line\":%zu,\"form\":\"%s\",", key->line,
		      forms[key->form]);
	put_string(out, "type", key->type);
	output_format(out,
		      ",\"fingerprint\":\"%s\",\"portless\":%s,"
		      "\"revoked\":%s,\"authority\":%s,\"forgotten\":%s}\n",
		      key->fingerprint, truth(key->portless),
		      truth(key->revoked), truth(key->authority),
		      truth(key->forgotten));
}

int keylist_take(void *keylist, const struct nf_known_key *key)
{
	struct keylist *list = keylist;
	bool known = key->telnet || key->pinned ||
		     (key->line != 0 && !key->revoked && !key->authority);

	if (key->device != list->device) {
		list->unknown++;
		list->known = false;
	}
	list->device = key->device;
	if (known && !list->known) {
		list->unknown--;
		list->known = true;
	}
	if (list->json)
		put_line(list, key);
	else
		print_row(list, key);
	return list->out->sys_errno == 0 ? 0 : -1;
}
