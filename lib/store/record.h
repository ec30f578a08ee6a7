/*
 * Records: a line of words "key=value" to and from a struct, by a table of its
 * keys. What is 0 or "" is left out. In a value everything but printable ASCII,
 * "%" and " " is %XX.
 */
#ifndef NETFAN_STORE_RECORD_H
#define NETFAN_STORE_RECORD_H

#include <stddef.h>

#include "base/buf.h"

enum record_kind {
	RECORD_TEXT, /* char *, never NULL */
	RECORD_CHARS, /* an array */
	RECORD_TIME, /* int64_t */
	RECORD_COUNT, /* uint64_t */
	RECORD_SMALL, /* unsigned, or an int as one */
	RECORD_FLAG, /* bool */
	RECORD_DIGEST, /* uint8_t[NF_DIGEST] */
	RECORD_CODE, /* enum nf_code; one that is not known is NF_SYSTEM */
	RECORD_STAGE, /* enum nf_stage; one that is not known is 0 */
};

struct record_key {
	const char *name;
	size_t name_len;
	enum record_kind kind;
	size_t at; /* in the struct */
	size_t size;
};

#define RECORD_KEY(name, kind, of, field)                                      \
	{                                                                      \
		name, sizeof(name) - 1, RECORD_##kind,                         \
			offsetof(struct of, field),                            \
			sizeof(((struct of *)0)->field)                        \
	}

/* A table. */
struct record_keys {
	const struct record_key *keys;
	size_t n;
};

#define RECORD_KEYS(array)                                                     \
	{                                                                      \
		array, sizeof(array) / sizeof((array)[0])                      \
	}

/* Write the first word of a line, the keys in the order of the table, and a
 * newline: 0, or -1 as buf_append(). */
int record_put(struct buf *out, const char *word,
	       const struct record_keys *keys, const void *record);

/*
 * Read the words of a line behind its first one, up to end, into a struct that
 * has what is to stand for keys that are missing. Keys that are not known are
 * passed over. Its texts are in texts, which needs room for all of the line.
 * Returns NULL, or what is wrong: the name of a key that has no such value, or
 * "" for a word that is no key and value.
 */
const char *record_get(const struct record_keys *keys, const char *at,
		       const char *end, void *record, struct buf *texts);

#endif
