/*
 * Sources: where a secret is, when its text does not have it. In netfan's own
 * form of inventory, the text of a password, a secret or a passphrase is
 *
 *   literal:TEXT   TEXT as it is
 *   env:NAME       the value of an environment variable
 *   ${NAME}        likewise; as a part of a longer text it is text
 *   file:PATH      the first line of a file
 *   command:TEXT   the first line that a command prints, by /bin/sh -c
 *   ask:  ask:LABEL  what a person types
 *   netrc:  netrc:PATH  the password of the device's host, or else name, in
 *                  $NETRC, or else ~/.netrc, or else that file
 *   cred:NAME      the first line of a credential of systemd's
 *
 * and any other text is the secret itself. Blanks around NAME, PATH, LABEL and a
 * command do not count. A ~ is the home of the user; another path is relative to
 * the file in which the text stands.
 *
 * Texts of other tools' inventories are not for this file: there, "env:PW" is a
 * password that looks so.
 */
#ifndef NETFAN_SECRETS_SOURCE_H
#define NETFAN_SECRETS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"
#include "secrets/arena.h"
#include "secrets/cache.h"

#define SECRET_ASKED_MAX NF_SECRET_MAX
#define SECRET_WHY_MAX 512

/*
 * Asks a person for what is called label, which has no control character, and
 * puts the line that was typed, without its end, to line. 1; 0 when nothing was
 * typed; -1 when there is nobody to ask.
 */
typedef int secret_ask(void *arg, const char *label,
		       char line[SECRET_ASKED_MAX]);

/* All that an inventory's secrets share. Zeroed but for arena, it is ready. */
struct secret_sources {
	struct secrets *arena; /* where values go; borrowed */
	const struct nf_log *log; /* of notes; borrowed, may be NULL */
	secret_ask *ask; /* NULL: nobody is asked */
	bool (*interrupted)(void *arg); /* ends a command; NULL: nothing does */
	void *arg; /* of both */
	/*
	 * The environment is nobody else's, as no other thread reads it: a
	 * variable that a secret was read from is taken out of it, so that no
	 * program that is started has it, and its bytes are overwritten, so
	 * that /proc does not show it. Not HOME, LOGNAME, PATH, TMPDIR and USER:
	 * they are no secrets.
	 */
	bool own_environment;
	/* Nothing is run, and nobody asked: what would be is taken to give "". */
	bool trial;
	int64_t command_ms; /* in which a command has to end; 0: COMMAND_MS */
	struct cache cache; /* its own from here on */
	char why[SECRET_WHY_MAX];
};

/* Whose secret is wanted. Texts may be NULL, as far as they are not known. */
struct secret_use {
	const char *path; /* of the file in which the text stands */
	bool exposed; /* others may write that file: it may name no command */
	const char *key; /* "password": what is asked for without a label */
	const char *host; /* of the device */
	const char *name;
	const char *user; /* that it was given */
};

/* A secret that was had. */
struct secret {
	const char *value; /* in the arena, or of the text: as long as that */
	const char *login; /* that stands beside it in netrc; NULL: none does */
};

/* Is text, which may be NULL, one that stands for a secret, or a literal:? */
bool secret_is_reference(const char *text);

/*
 * Announce a text that will be resolved: a variable is read, and taken out of
 * the environment. To be called with all, before the first is resolved, so that
 * no command has the variables of others. NF_SYSTEM without memory.
 */
int secret_expect(struct secret_sources *sources, const char *text,
		  struct nf_error *err);

/*
 * Find the secret that a text means. Reads files, runs a command, and waits for a
 * person; for each distinct reference once.
 *
 * 1 with the secret, which is not empty, but for a literal, and of one line. 0
 * when it cannot be had: sources->why says why in one sentence, without a secret
 * in it, and what to do. -1 with NF_CANCELLED when a command was interrupted,
 * NF_SYSTEM without memory.
 */
int secret_resolve(struct secret_sources *sources, const char *text,
		   const struct secret_use *use, struct secret *secret,
		   struct nf_error *err);

/* Free all but what is in the arena; ready again, with nothing cached. */
void secret_sources_release(struct secret_sources *sources);

#endif
