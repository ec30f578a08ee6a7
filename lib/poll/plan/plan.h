/*
 * The plan of a poll: all that a worker must know, made before the fork and
 * never changed after it. Only the parent writes the keys it accepts.
 */
#ifndef NETFAN_POLL_PLAN_PLAN_H
#define NETFAN_POLL_PLAN_PLAN_H

#include <stdatomic.h>

#include "base/shared_memory.h"
#include "content/rules.h"
#include "hostkeys/known_hosts.h"
#include "inventory/inventory.h"
#include "platform/detect.h"
#include "poll/plan/accepted_keys.h"
#include "poll/plan/key_agent.h"
#include "poll/plan/key_plan.h"
#include "poll/plan/offers.h"
#include "poll/plan/ways.h"
#include "poll/stages.h"
#include "session/session.h"

#define PLAN_TIMEOUT_MS 60000
#define PLAN_TIMEOUT_MAX_MS (INT64_C(1) << 40) /* 34 years: sums stay small */

struct plan {
	const struct nf_inventory *inv; /* borrowed */
	const struct nf_poll_options *options; /* borrowed */
	size_t ndevices;
	int64_t timeout_ms; /* of the session that may last longest */
	unsigned workers; /* known when all else is */
	struct ways ways;
	struct resolved *resolved; /* by device; see ways_resolve() */
	size_t *platform; /* by device: its place among the patterns */
	/* Each platform in use, once for each text of login answers. */
	struct patterns **patterns;
	const char **login_answers; /* of each, NULL: none; borrowed */
	struct content_rules **rules; /* of each; NULL: no digests are made */
	size_t npatterns;
	/* A device may prove to be of one of the first ncandidates patterns,
	 * and is taken for the fallback when it is of none. 0: each device is
	 * what the inventory says. */
	size_t ncandidates;
	size_t fallback;
	struct platform neutral; /* spoken until the device is found out */
	struct hostkeys *known; /* NULL when keys are not checked */
	struct known_hosts known_file; /* that it was read from */
	char *known_path;
	struct host *unknown; /* hosts of which no key is known, each once */
	size_t nunknown;
	uint32_t *endpoint; /* first device with the same key's host and port */
	struct accepted_keys keys; /* by endpoint */
	struct key_plan login_keys;
	/* Permits to offer a password: an atomic_uchar (enum permit) a place of
	 * the offers; both are empty when they are not needed. */
	struct offers offers;
	struct shared_memory permits;
	struct stages stages; /* written by the workers */
	struct key_agent agent; /* asked where a device wants it */
};

/* Make the plan. NF_INVALID for a command that cannot be sent, an unreadable
 * known_hosts, a time that is negative, a pattern of volatile lines that PCRE2 does not take;
 * NF_CANCELLED when it was interrupted; NF_SYSTEM. */
int plan_init(struct plan *plan, struct nf_inventory *inv,
	      const struct nf_poll_options *options, struct nf_error *err);
void plan_release(struct plan *plan); /* zeroed is fine */

/* Are commands of a device of this platform run as programs, without a shell,
 * as far as is known before it is found out? Telnet has nothing but a shell. */
bool plan_executes(const struct plan *plan, size_t device,
		   const struct platform *platform);

/* What its host key has to be: ssh_config may be stricter than the options. */
enum nf_host_keys plan_host_keys(const struct plan *plan, size_t device);

/* Is a key of the device known or pinned, or none asked for? */
bool plan_knows(const struct plan *plan, size_t device);

/*
 * The commands that a device of the platform at this place is asked: those of
 * the options, or what the platform lists to be collected. Of a place that
 * there is not, there are none. Call plan_command() for those that there are.
 */
size_t plan_ncommands(const struct plan *plan, size_t platform);
const char *plan_command(const struct plan *plan, size_t platform, size_t i);

/* Is each device asked what its platform lists? */
bool plan_collects(const struct plan *plan);

/* Is there anything to ask a device of the platform at this place, if only that
 * it lets us in? NF_SKIPPED. */
int plan_check_asked(const struct plan *plan, size_t platform,
		     struct nf_error *err);

/* Is this what is known of the output of a device's command? */
bool plan_knows_output(const struct plan *plan, size_t device,
		       const char *command, const uint8_t digest[NF_DIGEST]);

/* Do the first n commands only read, on the platform at this place? A command
 * with a reply counts as more. */
bool plan_only_reads(const struct plan *plan, size_t platform, size_t n);

/* May the device be logged in to with keys of the user's agent? */
bool plan_wants_agent(const struct plan *plan, size_t device);

/* Has the device to be found out? */
bool plan_detects(const struct plan *plan, size_t device);

#endif
