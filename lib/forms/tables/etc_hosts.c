/* /etc/hosts. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/textmap.h"
#include "draft/address.h"
#include "forms/form.h"
#include "forms/lines.h"
#include "forms/tables/tables.h"
#include "yaml/fault.h"
#include "yaml/json.h"

#define WORD_MAX 256 /* bytes of an address, a name, with a NUL */
#define ALIASES_MAX ((size_t)64 * 1024) /* bytes of them as JSON */

/* A file that is being read. */
struct hosts {
	struct reading *reading;
	size_t line;
	size_t ndevices;
	struct textmap names; /* those that were there, values are lines */
	size_t nagain;
	size_t again_line;
	char again[WORD_MAX]; /* the first name that was there */
};

static bool copy_word(struct span word, char text[WORD_MAX])
{
	if (word.len >= WORD_MAX || !span_is_utf8(word))
		return false;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	return true;
}

/* ---- what is no device */

static bool begins(const char *text, const char *start)
{
	return strncasecmp(text, start, strlen(start)) == 0;
}

static bool is_any(const char *text, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strcasecmp(text, *words) == 0)
			return true;
	}
	return false;
}

/* What an address or a name stands for, if it is none of a device. Any other
 * address of 127/8 may be one. */
static const char *kind_of(const char *address, const char *name)
{
	static const char *const own[] = {"127.0.0.1", "127.0.1.1", "::1",
					  NULL};
	static const char *const own_names[] = {
		"localhost",     "localhost.localdomain",
		"localhost4",    "localhost6",
		"ip6-localhost", "ip6-loopback",
		"ipv6-loopback", "ipv6-localhost",
		"loopback",      NULL};
	static const char *const none[] = {"0.0.0.0", "::", "255.255.255.255",
					   "broadcasthost", NULL};

	if (is_any(address, own) || is_any(name, own_names))
		return "of this host itself";
	if (is_any(address, none) || is_any(name, none))
		return "of no host";
	if (begins(address, "ff0") || begins(address, "fe00::") ||
	    begins(name, "ip6-all") || begins(name, "ipv6-all") ||
	    begins(name, "ip6-mcast") || begins(name, "ip6-localnet"))
		return "of groups of hosts";
	return NULL;
}

/* ---- lines */

static void say_aliases(const struct hosts *hosts, struct span left)
{
	char text[WORD_MAX];
	struct buf json;
	struct span word;
	int rc;

	buf_init(&json, ALIASES_MAX);
	rc = buf_append(&json, "[", 1);
	while (rc == 0 && (word = span_word(&left)).len > 0) {
		if (!copy_word(word, text))
			continue;
		if (json.len > 1)
			rc = buf_append(&json, ", ", 2);
		if (rc == 0)
			rc = json_string(&json, text);
	}
	if (rc == 0 && json.len > 1 && buf_append(&json, "]", 2) == 0)
		pen_say_data(&hosts->reading->pen, "aliases",
			     (const char *)json.data, hosts->line, SAID_JSON);
	buf_release(&json);
}

static void add(struct hosts *hosts, const char *skip)
{
	struct reading *reading = hosts->reading;

	(void)draft_add_device(
		reading->draft,
		&(struct draft_device){
			.own = pen_layer(&reading->pen, reading->file),
			.skip = skip,
			.line = (uint32_t)hosts->line}); /* SOURCE_MAX < 2^32 */
	hosts->ndevices++;
}

/* Was a name there already? One that was not is kept. */
static bool is_again(struct hosts *hosts, const char *name)
{
	struct draft *draft = hosts->reading->draft;
	const char *kept = draft_text(draft, name, strlen(name));

	if (textmap_find(&hosts->names, name, strlen(name)) != NULL) {
		if (hosts->nagain++ == 0) {
			hosts->again_line = hosts->line;
			(void)snprintf(hosts->again, sizeof(hosts->again), "%s",
				       name);
		}
		return true;
	}
	draft->no_memory |=
		textmap_add(&hosts->names, kept, hosts->line) == NULL;
	return false;
}

static void add_host(struct hosts *hosts, const char *address, const char *name,
		     struct span aliases)
{
	struct pen *pen = &hosts->reading->pen;
	const char *kind = kind_of(address, name);

	if (kind != NULL) {
		reading_leave_out(hosts->reading, kind, name);
		return;
	}
	if (is_again(hosts, name))
		return;
	pen_say(pen, KEY_NAME, name, hosts->line, 0);
	pen_say(pen, KEY_HOST, address, hosts->line, 0);
	say_aliases(hosts, aliases);
	add(hosts, NULL);
}

static void read_line(struct hosts *hosts, struct span left)
{
	char address[WORD_MAX], name[WORD_MAX];
	bool whole = copy_word(span_word(&left), address) &&
		     copy_word(span_word(&left), name);

	if (whole && *name != '\0' && address_is_numeric(address))
		add_host(hosts, address, name, left);
	else
		add(hosts,
		    reading_skip(hosts->reading, hosts->line, NULL,
				 "the line is no host: write its address and "
				 "its name"));
}

static int read_lines(struct hosts *hosts)
{
	struct reading *reading = hosts->reading;
	struct lines lines;
	struct span line;

	lines_begin(&lines, reading->bytes, reading->len);
	while (lines_next(&lines, &line)) {
		const char *comment = memchr(line.at, '#', line.len);

		hosts->line = lines.line;
		if (comment != NULL)
			line.len = (size_t)(comment - line.at);
		line = span_trim(line);
		if (line.len > 0)
			read_line(hosts, line);
	}
	if (hosts->nagain > 0)
		reading_note(reading, hosts->again_line,
			     "'%.*s' was there already (%zu %s): the first "
			     "address of a name counts",
			     fault_shown(hosts->again), hosts->again,
			     hosts->nagain,
			     hosts->nagain == 1 ? "line" : "lines");
	if (hosts->ndevices == 0)
		return reading_fault(reading, 1,
				     "no host is in it but this one itself: "
				     "write an address and a name a line");
	return 0;
}

int etc_hosts_read(struct reading *reading)
{
	struct hosts hosts = {.reading = reading};
	int rc = lines_check_text(reading);

	if (rc == 0)
		rc = read_lines(&hosts);
	textmap_release(&hosts.names);
	return rc;
}
