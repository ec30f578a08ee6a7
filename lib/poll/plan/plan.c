/* The plan of a poll. */
#include "poll/plan/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/here_document.h"
#include "base/home.h"
#include "hostkeys/known_hosts_line.h"
#include "platform/catalogue.h"
#include "platform/login/login_patterns.h"
#include "platform/readonly.h"
#include "poll/plan/proofs.h"
#include "poll/plan/times.h"

#define SYSTEM_KNOWN_HOSTS "/etc/ssh/ssh_known_hosts"
#define NOTE_AFTER_US 5000000 /* of matching host keys, in silence */

/* Check the characters of a command, and that its lines have an end. */
static int check_command(const struct nf_poll_options *options, size_t i,
			 struct nf_error *err)
{
	const char *command = options->commands[i];
	struct here_document doc;
	bool begins = here_document_begins(&doc, command);

	if (begins && !here_document_ends(&doc, command))
		return error_set(err, NF_INVALID,
				 "command %zu ends in <<%s, for lines behind "
				 "it, of which none is %s: the last has to be",
				 i + 1, doc.word, doc.word);
	if (begins && options->channel == NF_CHANNEL_EXEC)
		return error_set(err, NF_INVALID,
				 "command %zu has lines behind it, which are "
				 "typed into a shell: it cannot be run as a "
				 "program",
				 i + 1);
	for (; *command != '\0'; command++) {
		if (begins && *command == '\n')
			continue;
		if ((unsigned char)*command < 0x20 || *command == 0x7f)
			return error_set(err, NF_INVALID,
					 "command %zu has a control character: "
					 "give each command as an argument of "
					 "its own",
					 i + 1);
	}
	return 0;
}

static int check_commands(const struct nf_poll_options *options,
			  struct nf_error *err)
{
	for (size_t i = 0; i < options->ncommands; i++) {
		const char *at = options->commands[i];

		if (at[strspn(at, " \t")] == '\0')
			return error_set(err, NF_INVALID,
					 "command %zu is blank", i + 1);
		if (check_command(options, i, err) == -1)
			return -1;
	}
	return 0;
}

static int check_replies(const struct nf_poll_options *options,
			 struct nf_error *err)
{
	for (size_t i = 0; i < options->nreplies; i++) {
		const struct nf_reply *reply = &options->replies[i];

		if (reply->key && reply->reply[0] == '\0')
			return error_set(err, NF_INVALID,
					 "question '%s': its key is empty",
					 reply->question);
	}
	return 0;
}

/* ---- patterns */

static bool has_patterns(const struct plan *plan, size_t place,
			 const struct platform *platform,
			 const char *login_answers)
{
	const char *other = plan->login_answers[place];

	return patterns_platform(plan->patterns[place]) == platform &&
	       (other == login_answers ||
		(other != NULL && login_answers != NULL &&
		 strcmp(other, login_answers) == 0));
}

/* Make room for the patterns of one platform more. */
static int grow_patterns(struct plan *plan)
{
	size_t n = plan->npatterns + 1;
	struct patterns **patterns =
		reallocarray(plan->patterns, n, sizeof(struct patterns *));
	const char **answers;

	if (patterns == NULL)
		return -1;
	plan->patterns = patterns;
	answers = reallocarray(plan->login_answers, n, sizeof(const char *));
	if (answers == NULL)
		return -1;
	plan->login_answers = answers;
	return 0;
}

static int add_typed(struct patterns *patterns,
		     const struct nf_poll_options *options,
		     struct nf_error *err)
{
	for (size_t i = 0; i < options->nask; i++) {
		if (patterns_add_typed(patterns, options->ask[i], err) == -1)
			return -1;
	}
	return 0;
}

/* Add the answers of the options, then those of a device. */
static int add_login_answers(struct patterns *patterns,
			     const struct nf_poll_options *options,
			     const char *text, struct nf_error *err)
{
	for (size_t i = 0; i < options->nlogin_answers; i++) {
		const struct nf_reply *answer = &options->login_answers[i];

		if (patterns_add_login_answer(patterns, answer->question,
					      answer->reply, err) == -1)
			return -1;
	}
	return text != NULL ? patterns_add_login_answers(patterns, text, err)
			    : 0;
}

/* The place in the plan of the patterns of a platform, with the login answers
 * of a device; NULL: it has none. */
static int find_patterns(struct plan *plan, const struct platform *platform,
			 const char *login_answers, size_t *place,
			 struct nf_error *err)
{
	struct patterns *made;

	for (*place = 0; *place < plan->npatterns; (*place)++) {
		if (has_patterns(plan, *place, platform, login_answers))
			return 0;
	}
	if (grow_patterns(plan) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for patterns");
	if (patterns_new(&made, platform, NULL, err) == -1)
		return -1;
	plan->login_answers[plan->npatterns] = login_answers;
	plan->patterns[plan->npatterns++] = made;
	if (patterns_add_replies(made, plan->options->replies,
				 plan->options->nreplies, err) == -1)
		return -1;
	return add_typed(made, plan->options, err) == -1
		       ? -1
		       : add_login_answers(made, plan->options, login_answers,
					   err);
}

/* ---- devices that have to be found out */

static bool is_unknown(const struct plan *plan, size_t device)
{
	return plan->options->probe ||
	       strcmp(inventory_device(plan->inv, device)->platform->name,
		      DETECT_TYPE) == 0;
}

bool plan_detects(const struct plan *plan, size_t device)
{
	return plan->ncandidates > 0 && is_unknown(plan, device);
}

bool plan_executes(const struct plan *plan, size_t device,
		   const struct platform *platform)
{
	bool telnet = inventory_device(plan->inv, device)->telnet;

	if (plan->options->probe)
		return false;
	switch (plan->options->channel) {
	case NF_CHANNEL_SHELL:
		return false;
	case NF_CHANNEL_EXEC:
		return !telnet;
	case NF_CHANNEL_PLATFORM:
		break;
	}
	return platform->executes && !telnet;
}

static const struct platform *platform_at(const struct plan *plan, size_t place)
{
	return patterns_platform(plan->patterns[place]);
}

bool plan_collects(const struct plan *plan)
{
	return plan->options->platform_commands &&
	       plan->options->ncommands == 0;
}

size_t plan_ncommands(const struct plan *plan, size_t platform)
{
	if (platform >= plan->npatterns)
		return 0;
	return plan_collects(plan) ? platform_at(plan, platform)->collect_count
				   : plan->options->ncommands;
}

const char *plan_command(const struct plan *plan, size_t platform, size_t i)
{
	return plan_collects(plan)
		       ? platform_at(plan, platform)->collect[i].command
		       : plan->options->commands[i];
}

int plan_check_asked(const struct plan *plan, size_t platform,
		     struct nf_error *err)
{
	if (!plan_collects(plan) || plan_ncommands(plan, platform) > 0)
		return 0;
	return error_set(err, NF_SKIPPED,
			 "its platform, %s, lists no commands to collect: name "
			 "them",
			 platform_at(plan, platform)->name);
}

bool plan_knows_output(const struct plan *plan, size_t device,
		       const char *command, const uint8_t digest[NF_DIGEST])
{
	const struct nf_content *content = plan->options->content;
	uint8_t known[NF_DIGEST];

	return content->known != NULL &&
	       content->known(content->arg, device, command, known) &&
	       memcmp(known, digest, NF_DIGEST) == 0;
}

/* A command that is replied to may do anything: it counts as a change. */
static bool is_answered(const struct nf_poll_options *options, size_t command)
{
	for (size_t i = 0; i < options->nreplies; i++) {
		if (options->replies[i].command == 0 ||
		    options->replies[i].command == command + 1)
			return true;
	}
	return false;
}

/* What a platform lists to be collected only reads: platform_load() checks. */
bool plan_only_reads(const struct plan *plan, size_t platform, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_answered(plan->options, i) ||
		    (!plan_collects(plan) &&
		     !readonly_command(platform_at(plan, platform),
				       plan_command(plan, platform, i))))
			return false;
	}
	return true;
}

static bool any_unknown(const struct plan *plan)
{
	for (size_t i = 0; i < plan->ndevices; i++) {
		if (is_unknown(plan, i))
			return true;
	}
	return false;
}

static int add_candidates(struct plan *plan, const struct platform *const *all,
			  size_t n, struct nf_error *err)
{
	size_t place;

	for (size_t i = 0; i < n; i++) {
		if (all[i]->detect != NULL &&
		    find_patterns(plan, all[i], NULL, &place, err) == -1)
			return -1;
	}
	plan->ncandidates = plan->npatterns;
	return 0;
}

/* Look a platform up by its name: a file of the user may have that name. */
static int find_named(struct plan *plan, const char *name,
		      const struct platform **out, struct nf_error *err)
{
	int rc = catalogue_find(out, inventory_platforms(plan->inv), name, err);

	return rc == 0   ? error_set(err, NF_INVALID, "no platform %s", name)
	       : rc == 1 ? 0
			 : -1;
}

static int plan_candidates(struct plan *plan, struct nf_error *err)
{
	const struct platform **all, *base, *none;
	size_t n;
	int rc;

	if (!any_unknown(plan))
		return 0;
	if (find_named(plan, DETECT_TYPE, &base, err) == -1 ||
	    find_named(plan, DETECT_NONE, &none, err) == -1 ||
	    catalogue_all(&all, &n, inventory_platforms(plan->inv), err) == -1)
		return -1;
	rc = detect_neutral(&plan->neutral, base, all, n) == -1
		     ? error_sys(err, NF_SYSTEM, "no memory for platforms")
		     : add_candidates(plan, all, n, err);
	free(all);
	return rc == -1 ? -1
			: find_patterns(plan, none, NULL, &plan->fallback, err);
}

/* ---- devices that share host and port share one key */

static int by_endpoint(const void *a, const void *b, void *arg)
{
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	struct host one = inventory_key_host(inventory_device(arg, i));
	struct host two = inventory_key_host(inventory_device(arg, k));
	int order = known_hosts_compare(one.name, two.name);

	if (order == 0)
		order = (one.port > two.port) - (one.port < two.port);
	return order != 0 ? order : (i > k) - (i < k);
}

static bool same_endpoint(const struct nf_inventory *inv, uint32_t i,
			  uint32_t k)
{
	struct host one = inventory_key_host(inventory_device(inv, i));
	struct host two = inventory_key_host(inventory_device(inv, k));

	return one.port == two.port &&
	       known_hosts_compare(one.name, two.name) == 0;
}

static int find_endpoints(struct plan *plan, struct nf_error *err)
{
	uint32_t n = (uint32_t)plan->ndevices;
	uint32_t *order = calloc(n, sizeof(*order));

	plan->endpoint = calloc(n, sizeof(*plan->endpoint));
	if (order == NULL || plan->endpoint == NULL) {
		free(order);
		return error_sys(err, NF_SYSTEM, "no memory for devices");
	}
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_endpoint,
		(void *)(uintptr_t)plan->inv);
	for (uint32_t i = 0; i < n; i++) {
		bool again = i > 0 &&
			     same_endpoint(plan->inv, order[i - 1], order[i]);

		plan->endpoint[order[i]] =
			again ? plan->endpoint[order[i - 1]] : order[i];
	}
	free(order);
	return 0;
}

/* ---- host keys */

/* List the hosts that have keys: devices each once, and hops. */
static size_t list_hosts(const struct plan *plan, struct host *hosts)
{
	const struct hops *hops = &plan->ways.hops.hops;
	size_t n = 0;

	for (size_t i = 0; i < plan->ndevices; i++) {
		const struct device *dev = inventory_device(plan->inv, i);

		if (!dev->telnet && plan->endpoint[i] == i)
			hosts[n++] = inventory_key_host(dev);
	}
	for (size_t i = 0; i < hops->n; i++)
		hosts[n++] = hops->at[i].key_host;
	return n;
}

static int read_keys_of(struct plan *plan, struct known_hosts *file,
			struct nf_error *err)
{
	const struct nf_poll_options *options = plan->options;
	const struct hostkeys_progress progress = {
		.path = file->path,
		.log = &options->log,
		.note_after_us = NOTE_AFTER_US,
		.stopped = options->interrupted,
		.arg = options->interrupted_arg,
	};
	char *text;
	size_t len;
	int rc;

	if (known_hosts_read(file, &text, &len, err) == -1)
		return -1;
	rc = hostkeys_read(plan->known, text, len, &progress, err);
	free(text);
	return rc;
}

static void leave_unknown(struct plan *plan)
{
	size_t n = plan->nunknown;

	plan->nunknown = 0;
	for (size_t i = 0; i < n; i++) {
		struct host host = plan->unknown[i];

		if (!hostkeys_has(plan->known, host.name, host.port))
			plan->unknown[plan->nunknown++] = host;
	}
}

/* As ssh(1) does, also those that the system has for all of its users, beside the
 * user's own: nothing is ever written there. */
static int read_keys(struct plan *plan, struct nf_error *err)
{
	struct known_hosts system = {.path = SYSTEM_KNOWN_HOSTS};

	plan->known_file.path = plan->known_path;
	if (plan->options->known_hosts == NULL &&
	    read_keys_of(plan, &system, err) == -1)
		return -1;
	return read_keys_of(plan, &plan->known_file, err);
}

static int load_keys(struct plan *plan, struct nf_error *err)
{
	const struct nf_poll_options *options = plan->options;

	if (options->host_keys == NF_HOST_KEYS_OFF)
		return 0;
	plan->known_path = options->known_hosts != NULL
				   ? strdup(options->known_hosts)
				   : home_path(".ssh/known_hosts");
	if (plan->known_path == NULL)
		return error_set(err, NF_INVALID,
				 "no home directory: name a known_hosts file");
	plan->unknown = calloc(plan->ndevices + plan->ways.hops.hops.n,
			       sizeof(*plan->unknown));
	if (plan->unknown == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for host keys");
	plan->nunknown = list_hosts(plan, plan->unknown);
	if (hostkeys_new(&plan->known, plan->unknown, plan->nunknown, err) ==
		    -1 ||
	    read_keys(plan, err) == -1)
		return -1;
	leave_unknown(plan);
	return accepted_keys_init(&plan->keys, plan->ndevices, err);
}

bool plan_knows(const struct plan *plan, size_t device)
{
	const struct device *dev = inventory_device(plan->inv, device);
	struct host host = inventory_key_host(dev);

	return plan->known == NULL || dev->telnet ||
	       dev->access->hostkey_fingerprint != NULL ||
	       hostkeys_has(plan->known, host.name, host.port);
}

enum nf_host_keys plan_host_keys(const struct plan *plan, size_t device)
{
	enum nf_host_keys policy = plan->options->host_keys;

	return policy == NF_HOST_KEYS_ACCEPT_NEW &&
			       inventory_device(plan->inv, device)
				       ->access->strict_hostkeys
		       ? NF_HOST_KEYS_STRICT
		       : policy;
}

/* ---- the user's agent */

bool plan_wants_agent(const struct plan *plan, size_t device)
{
	return plan->options->until == NF_UNTIL_ALL &&
	       key_plan_wants_agent(inventory_device(plan->inv, device),
				    plan->options);
}

static bool any_wants_agent(const struct plan *plan)
{
	for (size_t i = 0; i < plan->ndevices; i++) {
		if (plan_wants_agent(plan, i))
			return true;
	}
	return false;
}

/* Without a password of its own a jump host is offered what an agent has: that
 * there is none is told where it was asked for. */
static int plan_agent(struct plan *plan, struct nf_error *err)
{
	const struct key_agent_patience patience = {
		.interrupted = plan->options->interrupted,
		.arg = plan->options->interrupted_arg,
		.deadline_ms = deadline_clock_ms() + KEY_AGENT_MS};
	bool asked_for = any_wants_agent(plan);

	if (!asked_for && !hops_want_agent(&plan->ways.hops, plan->options))
		return 0;
	if (key_agent_ask(&plan->agent, getenv("SSH_AUTH_SOCK"), &patience,
			  err) == -1)
		return -1;
	if (!asked_for)
		plan->agent.trouble = (struct nf_error){0};
	return 0;
}

/* ---- the plan */

static int share_permits(struct plan *plan, struct nf_error *err)
{
	if (plan->options->max_auth_failures < 0)
		return 0;
	return offers_init(&plan->offers, plan, err) == -1
		       ? -1
		       : shared_memory_init(&plan->permits,
					    plan->offers.n *
						    sizeof(atomic_uchar),
					    "credentials", err);
}

static int plan_devices(struct plan *plan, struct nf_error *err)
{
	plan->resolved = calloc(plan->ndevices, sizeof(*plan->resolved));
	plan->platform = calloc(plan->ndevices, sizeof(*plan->platform));
	if (plan->resolved == NULL || plan->platform == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for devices");
	if (plan_candidates(plan, err) == -1)
		return -1;
	for (size_t i = 0; i < plan->ndevices; i++) {
		const struct device *dev = inventory_device(plan->inv, i);
		const struct platform *platform =
			plan_detects(plan, i) ? &plan->neutral : dev->platform;

		if (find_patterns(plan, platform, dev->login_answers,
				  &plan->platform[i], err) == -1)
			return -1;
	}
	return ways_resolve(&plan->ways, plan->inv, plan->options,
			    plan->resolved, err);
}

/* Compile what counts of an output, for each platform in use. */
static int plan_rules(struct plan *plan, struct nf_error *err)
{
	const struct nf_content *content = plan->options->content;

	if (content == NULL)
		return 0;
	plan->rules = calloc(plan->npatterns, sizeof(struct content_rules *));
	if (plan->rules == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for patterns");
	for (size_t i = 0; i < plan->npatterns; i++) {
		if (rules_new(&plan->rules[i], platform_at(plan, i),
			      content->volatile_lines, content->nvolatile_lines,
			      err) == -1)
			return -1;
	}
	return 0;
}

/* Nothing is proven where no login is asked for, but to hops. */
static int plan_login_keys(struct plan *plan, struct nf_error *err)
{
	const struct agent_keys *agent =
		plan->agent.keys.n > 0 ? &plan->agent.keys : NULL;
	bool asked = plan->options->until == NF_UNTIL_ALL;

	if (!asked && plan->ways.hops.hops.n == 0)
		return 0;
	plan->ways.hops.hops.agent = plan->agent.path;
	return key_plan_init(&plan->login_keys, plan->inv, plan->options, agent,
			     err) == -1
		       ? -1
		       : hops_find_keys(&plan->ways.hops, &plan->login_keys,
					plan->options, agent, err);
}

/* Those of hops are read with the hops. */
static int read_secrets(struct nf_inventory *inv,
			const struct nf_poll_options *options,
			struct nf_error *err)
{
	return options->until == NF_UNTIL_ALL
		       ? nf_inventory_read_secrets(inv, false, err)
		       : 0;
}

int plan_init(struct plan *plan, struct nf_inventory *inv,
	      const struct nf_poll_options *options, struct nf_error *err)
{
	*plan = (struct plan){.inv = inv, .options = options};
	plan->ndevices = nf_inventory_size(inv);
	if (check_commands(options, err) == -1 ||
	    check_replies(options, err) == -1 ||
	    times_check(options, err) == -1 ||
	    read_secrets(inv, options, err) == -1 ||
	    ways_init(&plan->ways, inv, options, err) == -1 ||
	    proofs_check(options, err) == -1 ||
	    find_endpoints(plan, err) == -1 || load_keys(plan, err) == -1 ||
	    stages_init(&plan->stages, plan->ndevices, err) == -1 ||
	    plan_devices(plan, err) == -1 || plan_rules(plan, err) == -1 ||
	    ssh_library_init(err) == -1 || plan_agent(plan, err) == -1 ||
	    plan_login_keys(plan, err) == -1 ||
	    share_permits(plan, err) == -1) {
		plan_release(plan);
		return -1;
	}
	plan->timeout_ms = times_longest_ms(plan);
	return 0;
}

void plan_release(struct plan *plan)
{
	for (size_t i = 0; plan->resolved && i < plan->ndevices; i++)
		free(plan->resolved[i].addresses);
	for (size_t i = 0; i < plan->npatterns; i++) {
		patterns_free(plan->patterns[i]);
		if (plan->rules != NULL)
			rules_free(plan->rules[i]);
	}
	detect_neutral_release(&plan->neutral);
	ways_release(&plan->ways);
	key_agent_release(&plan->agent);
	stages_release(&plan->stages);
	accepted_keys_release(&plan->keys);
	shared_memory_release(&plan->permits);
	offers_release(&plan->offers);
	key_plan_release(&plan->login_keys);
	hostkeys_free(plan->known);
	free(plan->unknown);
	free(plan->known_path);
	free(plan->endpoint);
	free(plan->patterns);
	free(plan->rules);
	free(plan->login_answers);
	free(plan->platform);
	free(plan->resolved);
	*plan = (struct plan){0};
}
