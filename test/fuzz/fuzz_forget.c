/* libFuzzer target: any bytes are a known_hosts file of which hosts are
 * forgotten, and any text is a pin. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hostkeys/forget.h"
#include "hostkeys/pins.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const uint8_t key[] = "\0\0\0\7ssh-rsa\0\0\0\1\3\0\0\0\2\0\x81";

static const struct host forgotten[] = {{"sw1", 22}, {"sw1.example.net", 2222}};
static const struct host others[] = {{"sw2", 22}, {"[", 22}, {"sw1", 2222}};

#define NFORGOTTEN (sizeof(forgotten) / sizeof(forgotten[0]))
#define NOTHERS (sizeof(others) / sizeof(others[0]))

static struct hostkeys *read_new(const char *bytes, size_t len,
				 const struct host *hosts, size_t n)
{
	struct hostkeys *known = NULL;
	struct nf_error err = {0};
	char *text = malloc(len + 1);

	assert(text != NULL);
	if (len > 0)
		memcpy(text, bytes, len);
	assert(hostkeys_new(&known, hosts, n, &err) == 0);
	assert(hostkeys_read(known, text, len, NULL, &err) == 0);
	free(text);
	return known;
}

static enum hostkeys_verdict check(const struct hostkeys *known,
				   const struct host *host)
{
	return hostkeys_check(known, host->name, host->port, "ssh-rsa", key,
			      sizeof(key) - 1);
}

static int refuse(void *arg, const struct hostkeys_entry *entry)
{
	(void)arg;
	assert(entry->line > 0);
	assert(!forget_takes(entry));
	return 0;
}

/* Nothing that is to be forgotten is left, and all else is as it was. */
static void check_left(const char *text, size_t len, const char *left,
		       size_t left_len)
{
	struct hostkeys *gone = read_new(left, left_len, forgotten, NFORGOTTEN);
	struct hostkeys *before = read_new(text, len, others, NOTHERS);
	struct hostkeys *after = read_new(left, left_len, others, NOTHERS);

	for (size_t i = 0; i < NFORGOTTEN; i++)
		(void)hostkeys_each(gone, forgotten[i].name, forgotten[i].port,
				    refuse, NULL);
	/* Of "sw1" on another port, the lines of "sw1" count, too. */
	for (size_t i = 0; i + 1 < NOTHERS; i++)
		assert(check(before, &others[i]) == check(after, &others[i]));
	hostkeys_free(after);
	hostkeys_free(before);
	hostkeys_free(gone);
}

static void check_pins(const char *text)
{
	size_t len = 0, whole = strlen(text);
	const char *wrong = pins_wrong(text, &len);

	if (wrong != NULL) {
		assert(wrong >= text && wrong + len <= text + whole);
		assert(memchr(wrong, ',', len) == NULL);
	}
	(void)pins_match(text, key, sizeof(key) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1), *left;
	struct hostkeys *known;
	struct nf_error err;
	size_t left_len = 0;

	assert(text != NULL);
	if (len > 0)
		memcpy(text, bytes, len);
	text[len] = '\0';
	known = read_new(text, len, forgotten, NFORGOTTEN);
	assert(forget_hosts(&left, &left_len, text, len, known, forgotten,
			    NFORGOTTEN, &err) == 0);
	if (left != NULL) {
		assert(left_len < len);
		check_left(text, len, left, left_len);
	} else {
		check_left(text, len, text, len);
	}
	check_pins(text);
	free(left);
	hostkeys_free(known);
	free(text);
	return 0;
}
