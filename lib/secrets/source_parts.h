/* The parts of sources: for source.c and getters.c alone. */
#ifndef NETFAN_SECRETS_SOURCE_PARTS_H
#define NETFAN_SECRETS_SOURCE_PARTS_H

#include "secrets/source.h"

/* A reference that is being resolved. */
struct getting {
	struct secret_sources *sources;
	const struct secret_use *use;
	char *arg; /* its own: what stands behind the mark */
	struct cached *cached; /* where what came of it goes */
	struct nf_error *err;
};

/* What a mark means. */
struct getter {
	const char *mark; /* "env:" */
	const char *end; /* what a text ends with, too, or "" */
	bool acts; /* runs something, or asks somebody: not in a trial */
	/* Checks arg, and makes of it what is the same for all that mean the
	 * same: an absolute path. 1, 0 when it is refused, -1. */
	int (*place)(struct getting *getting);
	/* Fills cached: 1, 0 when it is refused, -1. */
	int (*get)(struct getting *getting);
};

extern const struct getter getters[];
#define NGETTERS ((size_t)7)

/* Is it one of an environment variable? */
bool getter_is_variable(const struct getter *getter);

/* Is a text the name of an environment variable? */
bool getter_names_variable(const char *text, size_t len);

/* Say in sources->why why there is no secret. Returns 0. */
int getting_refuse(const struct getting *getting, const char *fmt, ...)
	NF_PRINTF(2, 3);

/* Check that a value, called what in messages, is not empty and is one line: 1,
 * or 0 when it is refused. */
int getting_check(const struct getting *getting, const char *what,
		  const char *value, size_t len);

/* Tell that memory is short: -1. */
int getting_no_memory(const struct getting *getting);

/* Take what a file of netrc's, which is read, has for the device: as
 * secret_resolve(). */
int getting_choose(const struct getting *getting, const struct netrc *netrc,
		   struct secret *secret);

#endif
