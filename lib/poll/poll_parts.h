/* The parts of a poll: for those files of this room that work on it. */
#ifndef NETFAN_POLL_POLL_PARTS_H
#define NETFAN_POLL_POLL_PARTS_H

#include "hostkeys/newkeys.h"
#include "poll/plan/plan.h"
#include "poll/protocol.h"
#include "poll/requests/questions.h"
#include "pool/pool.h"
#include "throttle/lockout.h"
#include "throttle/login_queue.h"

/* A result that is ready, and all that its pointers point to. */
struct ready {
	struct nf_result result;
	struct nf_result_body body;
	char prompt[PATTERNS_LINE_MAX + 1];
	char weak[SSH_WEAK_MAX];
	struct hostcheck_key key;
	struct ready *next;
};

/* What the parent knows of a device that runs. */
struct progress {
	int64_t started_us; /* since 1970; 0: not started */
	int64_t queue_us;
	struct protocol protocol;
	unsigned worker; /* that it ran in last */
	unsigned attempts; /* before the one that runs */
	unsigned retries; /* of them, those that were to be tried again */
	/* Kept while it waits to be tried again, as the next may come to nothing. */
	struct message *result;
	char *prompt; /* as found, or NULL */
	unsigned rejected; /* commands that the device called invalid */
	uint32_t nrequests; /* of this attempt */
	uint32_t ticket; /* of the attempt that made the last of them */
	bool asks; /* it has no answer yet */
};

struct proxy_command;

struct nf_poll {
	struct plan plan;
	struct nf_poll_options options;
	struct pool *pool;
	struct login_queue *queue; /* of devices that no worker has yet */
	struct newkeys *newkeys; /* NULL unless new ones are accepted */
	struct lockout *lockout; /* NULL: nothing stops one */
	struct questions questions; /* that a person is to answer */
	struct jumping *jumping; /* NULL: no device is behind a hop */
	struct progress *progress;
	struct proxy_command *commands; /* that run */
	struct ready *first, *last; /* not taken yet */
	struct ready *taken; /* lent out */
	size_t pending;
	unsigned fanout;
	int64_t opened_us; /* monotonic */
	bool *told_enable; /* by platform: that enable has no effect there */
	bool stopped;
	bool killed;
	bool busy; /* in a step */
	bool broken; /* there was no memory for a result */
	struct spool_budget nothing; /* of results without a body */
};

/* ---- events.c: what the caller is told */

/* Tell the caller of what happened to a device. */
void poll_tell(const struct nf_poll *poll, enum nf_event_kind kind,
	       const struct nf_result *result);

/* Tell the caller that a device failed by this error, and is tried again: its
 * retry (from 1 on) is due in so long. */
void poll_tell_retry(const struct nf_poll *poll, size_t device,
		     const struct nf_error *error, int64_t pause_us);

/* Pass a line for a person to the log; "" is none. */
void poll_note(const struct nf_poll *poll, const char *text);

/* ---- notes.c: what has no effect is noted, once */

/* Note what is known before any device is asked. NF_SYSTEM without memory. */
int notes_begin(struct nf_poll *poll, struct nf_error *err);

/* Note that what the inventory has for enable has no effect on a device, which
 * is of the platform at this place of the plan; but once a platform. */
void notes_enable(struct nf_poll *poll, size_t device, size_t place);

/* ---- results.c: results that are ready */

/* Make the result of a device that no worker has: what its last session came to,
 * if it has had one and waits to be tried again, and else this. */
void results_end_waiting(struct nf_poll *poll, uint32_t index,
			 const struct nf_error *why);

/* Make the result of a device that no worker has. */
void results_end_early(struct nf_poll *poll, uint32_t index,
		       enum nf_stage stage, enum nf_code code,
		       const char *message);

/* Make the result of a device whose task has ended for good. */
void results_end_task(struct nf_poll *poll, const struct pool_outcome *outcome);

void results_free(struct nf_poll *poll);

/* ---- waiting.c: devices that wait */

/* Submit the devices that the pool can hand out soon. The others keep their
 * order. */
void waiting_feed(struct nf_poll *poll);

/* Do the same if a pause has ended, or the pool is broken: else the end of a
 * login or a task makes room, and feeds the pool then. */
void waiting_check(struct nf_poll *poll);

/* End all devices that wait, for this reason. */
void waiting_end(struct nf_poll *poll, const struct nf_error *why);

/* Did the server turn the session away before anything was sent? Then the
 * device may be tried again. */
bool waiting_was_turned_away(const struct progress *progress);

/* Queue a device again whose session was turned away or crowded out, or failed by
 * what may pass: true then; false when its session is over for good. */
bool waiting_again(struct nf_poll *poll, const struct pool_outcome *outcome);

/* ---- refusals.c: credentials that are refused */

/* What became of a credential that was offered. */
enum offered {
	OFFERED_ACCEPTED,
	OFFERED_REFUSED,
	OFFERED_LEFT, /* neither: the login is over */
};

/* Make the lockout, if refusals are to stop anything. NF_SYSTEM. */
int refusals_begin(struct nf_poll *poll, struct nf_error *err);

/* End a device that is not to be tried, as what it is logged in with was refused
 * elsewhere, or is not to be had: true then. */
bool refusals_end(struct nf_poll *poll, uint32_t index);

/* A credential is about to be offered at a place of the plan's offers; and what
 * became of it. */
void refusals_ask(struct nf_poll *poll, uint32_t place);
void refusals_hear(struct nf_poll *poll, uint32_t place, enum offered what);

/* Report to the lockout what a session tells of its user and password. */
void refusals_report(struct nf_poll *poll, uint32_t index);

/* ---- progress.c: hooks of the pool, for tasks that run */

/* Free what a session said of itself. */
void progress_release(struct progress *progress);

void progress_started(void *arg, const struct task *task, unsigned worker,
		      int64_t when_us);
enum pool_verdict progress_data(void *arg, const struct task *task,
				const uint8_t *payload, size_t len);

/*
 * May a task be run again whose worker died? Not when a command that does more
 * than read may have reached the device, unless that was asked for; and a
 * session that had ended needs no second one.
 */
bool progress_may_repeat(void *arg, const struct task *task);

#endif
