/*
 * Collections: runs of a store, on results from a script. What a worker does with
 * an answer is done here by the same filter: what is known stays away.
 */
#ifndef NETFAN_TEST_COLLECTION_H
#define NETFAN_TEST_COLLECTION_H

#include "netfan.h"

/* What a device says to a command. */
struct said {
	const char *command;
	const char *text;
	bool rejected;
	bool cut;
	bool ran; /* as a program, which ended with: */
	int status;
};

#define SAYS(words, answer, ...)                                               \
	{                                                                      \
		.command = (words), .text = (answer), __VA_ARGS__              \
	}

/* Options are those of the next run; zeroed but for what collection_make() sets,
 * they are the defaults. */
struct collection {
	char root[128]; /* a directory of the test's own */
	char dir[160]; /* the store's, in it */
	struct nf_store_options options;
	const char *const *commands; /* NULL: those of the platform */
	size_t ncommands;
	const char *platform; /* cisco_ios */
	char notes[4096]; /* of the run, a line each */

	struct nf_inventory *inv;
	struct nf_store *store;
	struct nf_poll_options poll;
};

void collection_make(struct collection *c);
void collection_remove(struct collection *c);

/* Open the store and prepare a run with devices of these names ("R1 R2"). */
int collection_try(struct collection *c, const char *devices,
		   struct nf_error *err);
void collection_begin(struct collection *c, const char *devices);

/* Take a result of a device that answered so, or that failed behind these
 * answers. */
int collection_take(struct collection *c, const char *device, enum nf_code code,
		    const struct said *said, size_t n, struct nf_error *err);
void collection_say(struct collection *c, const char *device,
		    const struct said *said, size_t n);
void collection_fail(struct collection *c, const char *device,
		     enum nf_code code);

/* End the run, which has to go well; the store is there until it is closed, as
 * a dead run's also without an end. */
void collection_end(struct collection *c);
void collection_close(struct collection *c);

/* A whole run in which devices say one thing to one command each. */
void collection_run(struct collection *c, const char *devices,
		    const char *command, const char *text);

/* Was the answer known, so that it did not leave its worker? */
bool collection_knew(void);

/* What became of a device, and of its output of a command. */
const struct nf_store_device *collection_device(const struct collection *c,
						const char *name);
const struct nf_store_output *collection_output(const struct collection *c,
						const char *name,
						const char *command);

/* A file below the store's directory: it has this text, or is not there. */
void collection_holds(const struct collection *c, const char *path,
		      const char *text);
void collection_lacks(const struct collection *c, const char *path);
void collection_put(const struct collection *c, const char *path,
		    const char *text);

/* What a command of the shell prints, run in the store's directory; until the
 * next call. */
const char *collection_shell(const struct collection *c, const char *command);

/* The lines of the diff of an output, each with a newline; until the next
 * call. */
const char *collection_diff(const struct collection *c, const char *name,
			    const char *command, unsigned flags);

#endif
