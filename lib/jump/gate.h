/*
 * Gate: a hop as the jump process has it: links to it, and calls that wait.
 *
 * One link has all calls, and there is another only where the hop refuses channels,
 * or is long in answering while others wait. A hop that rejects us for good
 * (credentials, host key) is not tried again; one that cannot be reached is, with
 * pauses: until it was reached once, what waits fails at once. One that lets in,
 * and answers no call, was not reached.
 */
#ifndef NETFAN_JUMP_GATE_H
#define NETFAN_JUMP_GATE_H

#include "jump/board.h"
#include "transport/ssh/ssh.h"

struct enquiry;
struct link;

#define GATE_LINKS_MAX 4

struct gate {
	struct board *board; /* borrowed, as all here but the key */
	const struct hop *hop;
	uint32_t number; /* of the hop */
	struct link *links[GATE_LINKS_MAX]; /* up, or on the way */
	unsigned nlinks;
	struct call_queue waiting;
	struct call_queue
		doubted; /* forbidden beside others: for empty links */
	bool was_up; /* it has answered since it was given up last */
	unsigned failures; /* in a row */
	int64_t again_ms; /* when it may be tried again */
	struct nf_error last; /* of these failures */
	struct nf_error closed; /* why it is not tried again; or NF_OK */
	int64_t widen_ms; /* when there may be another link beside the first */
	size_t limit; /* channels that it allows a link; 0: any number */
	bool believed; /* it forbids what it forbids, whatever else is open */
	uint8_t *key; /* its host key, as it was accepted in this run */
	size_t key_len;
	struct enquiry *enquiry; /* of the link on its way up; or NULL */
};

void gate_add(struct gate *gate, struct call *call);

/* The next call for a link that has n calls; NULL for none. */
struct call *gate_take(struct gate *gate, size_t n);

/* A call is open: if it was doubted, that tells how many channels there may be. */
void gate_opened(struct gate *gate, const struct call *call);

size_t gate_waiting(const struct gate *gate); /* how many calls wait */

/* A hop has refused a call of a link that has n others. */
void gate_refused(struct gate *gate, struct call *call,
		  const struct channel_refusal *refusal, size_t n);

/* A hop is long in answering: let the others go by another link. */
void gate_widen(struct gate *gate);

/* A link has the answer to its first call, or has not come up. */
void gate_link_serves(struct gate *gate);
void gate_link_failed(struct gate *gate, const struct link *link,
		      const struct nf_error *err);

/* A link has fallen, with a call that was not answered, or NULL; err unless it had
 * answered others. */
void gate_link_fell(struct gate *gate, const struct link *link,
		    struct call *asked, const struct nf_error *err);

/* A call has left a link: there may be room for one that waits. */
void gate_wake_links(struct gate *gate);

/* End the calls that have waited long enough. */
void gate_tend(struct gate *gate, int64_t now_ms);

/* May this new host key of the hop be accepted? For struct hostcheck. -1 with
 * NF_HOSTKEY_CHANGED, NF_SYSTEM. */
int gate_new_key(void *arg, const struct ssh_key *key, struct nf_error *err);

/* Know what is known of the hop. -1 without memory. */
int gate_remember(struct gate *gate, const struct hop_memory *memory);

void gate_release(struct gate *gate);

/* Copy a message, with "it" in place of "the device": the hop is meant. */
void gate_reword(const char *message, char *out, size_t size);

/* Add the hop to an error's message, which keeps its codes: the error is its own,
 * not the device's. */
void gate_blame(const struct gate *gate, struct nf_error *err);

#endif
