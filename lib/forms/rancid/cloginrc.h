/*
 * .cloginrc: how clogin logs in to which device. Of each keyword by itself the
 * first line counts whose pattern matches the name.
 */
#ifndef NETFAN_FORMS_RANCID_CLOGINRC_H
#define NETFAN_FORMS_RANCID_CLOGINRC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/textmap.h"
#include "forms/form.h"
#include "forms/tally.h"

/* Keywords that say something here, in the order in which values count. */
enum clogin_keyword {
	CLOGIN_USERPASSWORD,
	CLOGIN_PASSWORD,
	CLOGIN_USER,
	CLOGIN_METHOD,
	CLOGIN_AUTOENABLE,
	CLOGIN_NOENABLE,
	CLOGIN_IDENTITY,
	CLOGIN_PASSPHRASE,
	NCLOGIN,
};

/* Keywords of clogin's that are noted. */
#define CLOGIN_OTHERS 11

/* A line. */
struct clogin_line {
	const struct layer *layer; /* NULL: it says nothing */
	const char *fault; /* what is wrong with it; NULL: nothing */
	const char *path;
	uint32_t line;
};

struct clogin_pattern {
	const char *text; /* in lower case */
	uint32_t first[NCLOGIN]; /* lines; UINT32_MAX: none */
};

/* Zeroed but for draft, it is empty and ready. */
struct cloginrc {
	struct draft *draft;
	struct secrets secrets; /* texts of lines that are being read */
	struct clogin_line *lines;
	size_t nlines, lines_room;
	struct clogin_pattern *patterns;
	size_t npatterns, patterns_room;
	struct textmap places; /* of patterns by text */
	size_t *globs; /* places of those that are no names */
	size_t nglobs, globs_room;
	size_t nincludes;
	bool noted[CLOGIN_OTHERS];
	struct tally broken; /* lines */
	struct tally hashes; /* words that look like a comment */
	struct tally several; /* methods */
};

/*
 * Read it, with all that it includes. A line that cannot be read is noted, and a
 * fault of the devices for which it would count. NF_INVALID for more than 1,000
 * patterns with wildcards, which each name is held against; NF_SYSTEM.
 */
int cloginrc_read(struct cloginrc *rc, struct reading *reading);

/* The lines that count for a name in lower case; NULL: there is none. */
void cloginrc_find(const struct cloginrc *rc, const char *name,
		   const struct clogin_line *out[NCLOGIN]);

/* Tell what was noted, and release. */
void cloginrc_end(struct cloginrc *rc, const struct reading *reading);

#endif
