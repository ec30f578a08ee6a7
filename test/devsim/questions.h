/* What keyboard-interactive asks, as --questions has it: rounds with / between,
 * each of questions with | between, ! behind one that shows what is typed. */
#ifndef NETFAN_DEVSIM_QUESTIONS_H
#define NETFAN_DEVSIM_QUESTIONS_H

#include <libssh/server.h>
#include <stdbool.h>

struct options;

/* A login. Zeroed but for the list, it is at its beginning. */
struct questions {
	const char *left; /* rounds that were not asked yet; borrowed */
	const char *asked; /* the round that was, and where it ends */
	size_t asked_len;
	bool wrong; /* an answer was */
};

/* Ask the next round: 0, or 1 when it cannot be asked. */
int questions_ask(struct questions *questions, ssh_message message);

/* Take the answers to it: are there more rounds? */
bool questions_take(struct questions *questions, const struct options *opts,
		    ssh_session session);

#endif
