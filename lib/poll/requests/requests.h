/*
 * What running sessions ask of the parent: a table with a row for each kind.
 *
 * A session says MESSAGE_REQUEST, and waits. Its device is known by its ticket:
 * it gets what is its own device's, whatever it says, and never a file or a
 * program of its own choice. Its answer is one passage:
 *
 *   bytes 0-3   the number of the request, big-endian
 *   bytes 4-    the error that refuses it: error_encode(), never beginning with
 *               a 0
 *   or byte 4   0
 *   bytes 5-    text, and descriptors beside it
 *
 * A session that has waited long enough may ask anew: an answer to what it asked
 * before is dropped, by the parent or by itself.
 */
#ifndef NETFAN_POLL_REQUESTS_REQUESTS_H
#define NETFAN_POLL_REQUESTS_REQUESTS_H

#include "base/passed.h"
#include "poll/poll_parts.h"

#define REQUEST_BYTES_MAX (PASSED_BYTES_MAX - 5) /* of text that is passed */

struct request {
	uint32_t device;
	uint32_t ticket; /* of the attempt that asks */
	uint32_t number; /* among its requests */
	enum request_kind kind;
	const char *text; /* borrowed until the row's answer() returns */
};

/* A kind of request. */
struct request_row {
	/* May this device ask for it? NULL: none may. */
	bool (*may)(const struct plan *plan, size_t device);
	/* Answer at once, or keep a copy and answer in a later step. */
	void (*answer)(struct nf_poll *poll, const struct request *request);
	unsigned files; /* that the parent may hold then, for one session */
};

/* May any device of the plan ask for anything? Then the pool needs passages. */
bool requests_are_expected(const struct plan *plan);

/* The most files that the parent may come to hold for a session, by its
 * requests. */
unsigned requests_files(const struct plan *plan);

/* Take in a request: POOL_BAD for what this device may not ask, or not now. */
enum pool_verdict requests_take(struct nf_poll *poll, const struct task *task,
				const struct message *message);

/*
 * Answer a request, with up to REQUEST_BYTES_MAX bytes, and up to
 * PASSED_FDS_MAX descriptors, which are closed here in any case. Nothing
 * happens when it is not awaited any more.
 */
void request_grant(struct nf_poll *poll, const struct request *request,
		   const void *bytes, size_t len, const int *fds, size_t nfds);

/* Refuse a request: the session gets the error. */
void request_refuse(struct nf_poll *poll, const struct request *request,
		    const struct nf_error *error);

/* Does the session still wait for this answer? */
bool request_is_awaited(const struct nf_poll *poll,
			const struct request *request);

#endif
