/* Keys of hosts, taken out of a known_hosts file. */
#include "hostkeys/forget.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "hostkeys/hostnames.h"

#define SPACE " \t\r"

/* Lines that are touched, by their numbers. */
struct touched {
	size_t *lines;
	size_t n, cap;
};

struct forgetting {
	const struct hostnames *names; /* what is taken out */
	struct touched touched;
	size_t at; /* the next of these lines */
	char *out; /* no longer than the text it is made of */
	size_t len;
};

bool forget_takes(const struct hostkeys_entry *entry)
{
	return !entry->portless && !entry->revoked && !entry->authority &&
	       entry->kind != KNOWN_HOSTS_PATTERN;
}

static int touch(void *arg, const struct hostkeys_entry *entry)
{
	struct touched *touched = arg;
	size_t wanted = touched->cap != 0 ? touched->cap * 2 : 64;

	if (!forget_takes(entry))
		return 0;
	if (touched->n == touched->cap) {
		size_t *lines =
			reallocarray(touched->lines, wanted, sizeof(*lines));

		if (lines == NULL)
			return -1;
		touched->lines = lines;
		touched->cap = wanted;
	}
	touched->lines[touched->n++] = entry->line;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;

	return (left > right) - (left < right);
}

static int find_touched(struct touched *touched, const struct hostkeys *known,
			const struct host *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (hostkeys_each(known, hosts[i].name, hosts[i].port, touch,
				  touched) == -1)
			return -1;
	}
	if (touched->n > 0)
		qsort(touched->lines, touched->n, sizeof(*touched->lines),
		      by_number);
	return 0;
}

/* Is it the turn of a line that is touched? Several hosts may touch it. */
static bool is_touched(struct forgetting *forgetting, size_t number)
{
	const struct touched *touched = &forgetting->touched;
	bool found = false;

	while (forgetting->at < touched->n &&
	       touched->lines[forgetting->at] == number) {
		forgetting->at++;
		found = true;
	}
	return found;
}

static void put(struct forgetting *forgetting, const char *text, size_t len)
{
	memcpy(forgetting->out + forgetting->len, text, len);
	forgetting->len += len;
}

static bool is_forgotten(const struct hostnames *names, const char *text,
			 size_t len)
{
	char name[KNOWN_HOSTS_NAME];
	size_t place;

	if (len >= sizeof(name))
		return false;
	known_hosts_lower(name, text, len);
	place = hostnames_find(names, name);
	return place != HOSTNAMES_NONE && names->at[place].own;
}

/* Put a line of plain names without those that are forgotten; nothing, when no
 * other is left. */
static void put_others(struct forgetting *forgetting, const char *line,
		       size_t len)
{
	size_t begun = forgetting->len, at = 0, end, kept = 0;

	while (at < len && strchr(SPACE, line[at]) != NULL)
		at++;
	end = at;
	while (end < len && strchr(SPACE, line[end]) == NULL)
		end++;
	put(forgetting, line, at);
	while (at < end) {
		const char *comma = memchr(line + at, ',', end - at);
		size_t stop = comma != NULL ? (size_t)(comma - line) : end;

		if (!is_forgotten(forgetting->names, line + at, stop - at)) {
			if (kept++ > 0)
				put(forgetting, ",", 1);
			put(forgetting, line + at, stop - at);
		}
		at = stop + 1;
	}
	put(forgetting, line + end, len - end);
	if (kept == 0)
		forgetting->len = begun;
}

/* A hashed name is the only one of its line. */
static bool is_hashed(const char *line, size_t len)
{
	size_t at = 0;

	while (at < len && strchr(SPACE, line[at]) != NULL)
		at++;
	return at < len && line[at] == '|';
}

static void put_lines(struct forgetting *forgetting, const char *text,
		      size_t len)
{
	const char *end = text + len;

	for (size_t number = 1; text < end; number++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t size = newline != NULL ? (size_t)(newline - text) + 1
					      : (size_t)(end - text);

		if (!is_touched(forgetting, number))
			put(forgetting, text, size);
		else if (!is_hashed(text, size))
			put_others(forgetting, text, size);
		text += size;
	}
}

int forget_hosts(char **out, size_t *out_len, const char *text, size_t len,
		 const struct hostkeys *known, const struct host *hosts,
		 size_t n, struct nf_error *err)
{
	struct forgetting forgetting = {.at = 0};
	struct hostnames names;
	int rc = -1;

	*out = NULL;
	if (hostnames_init(&names, hosts, n) == -1 ||
	    find_touched(&forgetting.touched, known, hosts, n) == -1)
		goto out;
	rc = 0;
	if (forgetting.touched.n == 0)
		goto out;
	forgetting.names = &names;
	forgetting.out = malloc(len + 1);
	if (forgetting.out == NULL) {
		rc = -1;
		goto out;
	}
	put_lines(&forgetting, text, len);
	*out = forgetting.out;
	*out_len = forgetting.len;
out:
	free(forgetting.touched.lines);
	hostnames_release(&names);
	return rc == -1 ? error_sys(err, NF_SYSTEM, "no memory for host keys")
			: 0;
}
