/* New host keys, on their way into a known_hosts file. */
#include "hostkeys/newkeys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "hostkeys/hostkeys.h"
#include "hostkeys/known_hosts_line.h"

#define LOCK_STEP_NS (20L * 1000 * 1000)
#define KEY_MAX ((size_t)64 * 1024) /* far above the packet it came in */

struct newkey {
	struct newkey *next;
	struct host host;
	size_t len;
	const char *type; /* behind the key */
	uint8_t key[];
};

struct newkeys {
	struct known_hosts file;
	struct hostkeys *appended; /* keys that others have appended */
	struct newkey *first, **end; /* keys that wait for the lock */
	size_t nwaiting;
	const struct nf_log *log;
	bool unwritable; /* and the log has it */
};

int newkeys_new(struct newkeys **out, const struct known_hosts *file,
		const struct host *hosts, size_t n, const struct nf_log *log,
		struct nf_error *err)
{
	struct newkeys *keys = calloc(1, sizeof(*keys));

	if (keys == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for host keys");
	if (hostkeys_new(&keys->appended, hosts, n, err) == -1) {
		free(keys);
		return -1;
	}
	keys->file = *file;
	keys->end = &keys->first;
	keys->log = log;
	*out = keys;
	return 0;
}

static void log_line(const struct newkeys *keys, const char *text)
{
	if (keys->log->line != NULL)
		keys->log->line(keys->log->arg, text);
}

static void drop_waiting(struct newkeys *keys)
{
	while (keys->first != NULL) {
		struct newkey *next = keys->first->next;

		free(keys->first);
		keys->first = next;
	}
	keys->end = &keys->first;
	keys->nwaiting = 0;
}

/* ---- what is written */

static bool is_one_word(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c == 0x7f)
			return false;
	}
	return true;
}

/* Would the name be read back as this one host and nothing else? */
static bool is_writable_name(const char *host)
{
	char name[KNOWN_HOSTS_NAME];

	return *host != '\0' && is_one_word(host) &&
	       strpbrk(host, ",*?!|@#[]") == NULL &&
	       known_hosts_name(name, host, 0) != -1;
}

static bool is_writable_key(const char *type, const uint8_t *key, size_t len)
{
	return len <= KEY_MAX && is_one_word(type) &&
	       known_hosts_is_key(type, key, len);
}

static int check(const struct newkeys *keys, const struct host *host,
		 const char *type, const uint8_t *key, size_t len,
		 struct nf_error *err)
{
	if (!is_writable_name(host->name))
		return error_set(
			err, NF_INVALID,
			"%s: host name cannot be written there: it is "
			"empty, too long or has a character of special "
			"meaning",
			keys->file.path);
	if (!is_writable_key(type, key, len))
		return error_set(err, NF_INVALID,
				 "%s: host key of %s cannot be kept: malformed",
				 keys->file.path, host->name);
	return 0;
}

static int print_line(struct buf *lines, const struct newkey *key)
{
	size_t base64 = (key->len + 2) / 3 * 4;
	char name[KNOWN_HOSTS_NAME];

	(void)known_hosts_name(name, key->host.name, key->host.port);
	if (buf_print(lines, "%s %s ", name, key->type) == -1 ||
	    buf_reserve(lines, base64 + 1) == -1) /* and a NUL */
		return -1;
	/* An int is enough for KEY_MAX. */
	(void)EVP_EncodeBlock(lines->data + lines->len, key->key,
			      (int)key->len);
	lines->len += base64;
	return buf_append(lines, "\n", 1);
}

/* Is the key still new, beside those that others have appended? */
static bool is_new(const struct newkeys *keys, const struct newkey *key)
{
	char text[256];

	switch (hostkeys_check(keys->appended, key->host.name, key->host.port,
			       key->type, key->key, key->len)) {
	case HOSTKEYS_UNKNOWN:
		return true;
	case HOSTKEYS_MATCH:
		return false;
	case HOSTKEYS_CHANGED:
	case HOSTKEYS_REVOKED:
		break;
	}
	(void)snprintf(text, sizeof(text),
		       "%s: another program has meanwhile kept another host "
		       "key of %.64s: this one is not kept",
		       keys->file.path, key->host.name);
	log_line(keys, text);
	return false;
}

static int print_lines(const struct newkeys *keys, struct buf *lines)
{
	if (buf_append(lines, "\n", 1) == -1)
		return -1;
	for (const struct newkey *key = keys->first; key; key = key->next) {
		if (is_new(keys, key) && print_line(lines, key) == -1)
			return -1;
	}
	return 0;
}

/* ---- writing */

static int read_appended(struct newkeys *keys, int fd, struct nf_error *err)
{
	char *text;
	size_t len;
	int rc;

	if (known_hosts_read_on(&keys->file, fd, &text, &len, err) == -1)
		return -1;
	rc = hostkeys_read(keys->appended, text, len, NULL, err);
	free(text);
	return rc;
}

static int append_waiting(const struct newkeys *keys, int fd,
			  struct nf_error *err)
{
	struct buf lines;
	int rc;

	buf_init(&lines, SIZE_MAX);
	rc = print_lines(keys, &lines) == -1
		     ? error_sys(err, NF_SYSTEM, "no memory for host keys")
	     : lines.len == 1 /* a newline, and no line */
		     ? 0
		     : known_hosts_append(&keys->file, fd,
					  (const char *)lines.data, lines.len,
					  err);
	buf_release(&lines);
	return rc;
}

/* 1 when nothing waits any more, 0 when another program has the lock. */
static int write_waiting(struct newkeys *keys, struct nf_error *err)
{
	int fd, rc;

	rc = known_hosts_lock(&keys->file, &fd, err);
	if (rc != 1)
		return rc;
	rc = read_appended(keys, fd, err);
	if (rc == 0)
		rc = append_waiting(keys, fd, err);
	if (known_hosts_unlock(&keys->file, fd, err) == -1 || rc == -1)
		return -1;
	drop_waiting(keys);
	return 1;
}

/* Write the keys that wait; false as long as another program has the lock. A
 * file that cannot be written is logged once, and not tried again. */
static bool try_write(struct newkeys *keys)
{
	struct nf_error err;
	int rc = 1;

	if (keys->first != NULL)
		rc = write_waiting(keys, &err);
	if (rc == -1) {
		log_line(keys, err.message);
		keys->unwritable = true;
		drop_waiting(keys);
	}
	return rc != 0;
}

void newkeys_put(struct newkeys *keys, const struct host *host,
		 const char *type, const uint8_t *key, size_t len)
{
	size_t type_size = strlen(type) + 1;
	struct newkey *newkey;
	struct nf_error err;

	if (keys->unwritable)
		return;
	if (check(keys, host, type, key, len, &err) == -1) {
		log_line(keys, err.message);
		return;
	}
	newkey = malloc(sizeof(*newkey) + len + type_size);
	if (newkey == NULL) {
		(void)error_sys(&err, NF_SYSTEM, "no memory for a host key");
		log_line(keys, err.message);
		return;
	}
	*newkey = (struct newkey){.host = *host, .len = len};
	memcpy(newkey->key, key, len);
	newkey->type = memcpy(newkey->key + len, type, type_size);
	*keys->end = newkey;
	keys->end = &newkey->next;
	keys->nwaiting++;
	(void)try_write(keys);
}

void newkeys_end(struct newkeys *keys, int64_t wait_ms,
		 bool (*stopped)(void *arg), void *arg)
{
	const struct timespec step = {.tv_nsec = LOCK_STEP_NS};
	int64_t end_us = mono_us() + wait_ms * 1000;
	char text[256];

	if (keys == NULL)
		return;
	while (!try_write(keys) && mono_us() < end_us &&
	       (stopped == NULL || !stopped(arg)))
		(void)nanosleep(&step, NULL);
	if (keys->nwaiting > 0) {
		(void)snprintf(text, sizeof(text),
			       "%s: another program holds its lock: %zu new "
			       "host keys could not be kept",
			       keys->file.path, keys->nwaiting);
		log_line(keys, text);
	}
	drop_waiting(keys);
	hostkeys_free(keys->appended);
	free(keys);
}
