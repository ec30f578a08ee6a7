/* ssh_config, for all devices of an inventory. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "inventory/inventory.h"
#include "sshconfig/asking.h"
#include "sshconfig/chains.h"
#include "sshconfig/completion.h"
#include "sshconfig/files.h"
#include "sshconfig/tokens.h"
#include "transport/ssh/ssh.h"

#define NONE SIZE_MAX
#define DEFAULTS 0 /* the question of what ssh does without any file */

struct resolving {
	struct nf_inventory *inv;
	size_t ndevices;
	const struct nf_poll_options *options;
	struct files files;
	struct asking asking;
	struct question *questions;
	size_t n;
	/* By device, hidden ones behind the others, as far as they were met: its
	 * question; NONE: there is none. */
	size_t *question;
	size_t nmet;
	struct untaken untaken;
	struct chains chains; /* the devices that are jump hosts */
};

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for ssh_config");
}

/* ---- what is asked */

static int add_question(struct resolving *resolving, struct question question,
			struct nf_error *err)
{
	struct question *grown = reallocarray(resolving->questions,
					      resolving->n + 1, sizeof(*grown));

	if (grown == NULL)
		return no_memory(err);
	resolving->questions = grown;
	grown[resolving->n++] = question;
	return 0;
}

/* Refuse what is not to stand in a command line: 1, 0 where it may. */
static int refuse_name(struct resolving *resolving, size_t i,
		       struct nf_error *err)
{
	const struct device *dev = inventory_device(resolving->inv, i);
	bool host = !tokens_safe(dev->pub.host);
	struct nf_error fault;

	if (!host && tokens_safe(dev->credentials.username))
		return 0;
	(void)error_set(&fault, NF_INVALID,
			"%s '%.128s': ssh_config is asked for names of "
			"letters, digits and ._-:%%@ alone, that begin with "
			"no -",
			host ? "host" : "username",
			host ? dev->pub.host : dev->credentials.username);
	return inventory_amend(resolving->inv, i,
			       &(struct amendment){.fault = fault.message},
			       err) == -1
		       ? -1
		       : 1;
}

/* Ask for a device alone, with all that it has. */
static int ask_alone(struct resolving *resolving, size_t i,
		     struct nf_error *err)
{
	const struct device *dev = inventory_device(resolving->inv, i);

	resolving->question[i] = resolving->n;
	return add_question(
		resolving,
		(struct question){
			.host = dev->pub.host,
			.user = dev->own_user ? NULL
					      : dev->credentials.username,
			.port = dev->pub.port != PORT_SSH ? dev->pub.port : 0},
		err);
}

/* Devices that are grouped, and their hosts. */
struct grouping {
	const char **hosts;
	size_t *device;
	size_t n;
	uint32_t *group;
	size_t *question; /* of a group */
};

static void grouping_release(struct grouping *grouping)
{
	free(grouping->hosts);
	free(grouping->device);
	free(grouping->group);
	free(grouping->question);
}

static int grouping_init(struct grouping *grouping, size_t n,
			 struct nf_error *err)
{
	*grouping = (struct grouping){
		.hosts = calloc(n, sizeof(const char *)),
		.device = calloc(n, sizeof(*grouping->device)),
		.group = calloc(n, sizeof(*grouping->group)),
		.question = calloc(n, sizeof(*grouping->question))};
	if (grouping->hosts != NULL && grouping->device != NULL &&
	    grouping->group != NULL && grouping->question != NULL)
		return 0;
	grouping_release(grouping);
	(void)no_memory(err);
	return -1;
}

/* Ask once for each group, by the first of it. */
static int ask_groups(struct resolving *resolving, struct grouping *grouping,
		      struct nf_error *err)
{
	size_t ngroups;

	if (files_group(&resolving->files, grouping->hosts, grouping->n,
			grouping->group, &ngroups, err) == -1)
		return -1;
	for (size_t i = 0; i < ngroups; i++)
		grouping->question[i] = NONE;
	for (size_t i = 0; i < grouping->n; i++) {
		size_t *question = &grouping->question[grouping->group[i]];

		if (*question == NONE) {
			*question = resolving->n;
			if (add_question(resolving,
					 (struct question){
						 .host = grouping->hosts[i]},
					 err) == -1)
				return -1;
		}
		resolving->question[grouping->device[i]] = *question;
	}
	return 0;
}

/* Make the questions of all devices that are reached by SSH. */
static int make_questions(struct resolving *resolving,
			  struct grouping *grouping, struct nf_error *err)
{
	for (size_t i = 0; i < resolving->ndevices; i++) {
		const struct device *dev = inventory_device(resolving->inv, i);
		int rc = 0;

		resolving->question[i] = NONE;
		if (dev->telnet)
			continue;
		rc = refuse_name(resolving, i, err);
		if (rc == 0 && (resolving->files.each ||
				files_name(&resolving->files, dev->pub.host))) {
			rc = ask_alone(resolving, i, err);
		} else if (rc == 0) {
			grouping->hosts[grouping->n] = dev->pub.host;
			grouping->device[grouping->n++] = i;
		}
		if (rc == -1)
			return -1;
	}
	return ask_groups(resolving, grouping, err);
}

/* Make room for the questions of all devices that there are now. */
static int meet_hidden(struct resolving *resolving, struct nf_error *err)
{
	size_t n = resolving->ndevices + inventory_hidden(resolving->inv);
	size_t *grown = reallocarray(resolving->question, n, sizeof(*grown));

	if (grown == NULL)
		return no_memory(err);
	resolving->question = grown;
	while (resolving->nmet < n)
		grown[resolving->nmet++] = NONE;
	return 0;
}

static int plan_questions(struct resolving *resolving, struct nf_error *err)
{
	struct grouping grouping;
	int rc;

	if (meet_hidden(resolving, err) == -1)
		return -1;
	if (add_question(
		    resolving,
		    (struct question){.host = "localhost", .no_files = true},
		    err) == -1 ||
	    grouping_init(&grouping, resolving->ndevices, err) == -1)
		return -1;
	rc = make_questions(resolving, &grouping, err);
	grouping_release(&grouping);
	return rc;
}

/* ---- what is answered */

/*
 * A jump host that the lines of its own group send through itself: ssh refuses
 * that one name, so it is asked for without a jump, and the others by another.
 */
static int ask_again(struct resolving *resolving, size_t question,
		     struct nf_error *err)
{
	const struct question *old = &resolving->questions[question];
	struct question again = {.host = old->host,
				 .user = old->user,
				 .port = old->port,
				 .no_jump = true};
	const char *other = NULL;

	for (size_t i = 0; i < resolving->nmet; i++) {
		const char *host =
			inventory_device(resolving->inv, i)->pub.host;

		if (resolving->question[i] != question)
			continue;
		if (strcmp(host, again.host) == 0)
			resolving->question[i] = resolving->n;
		else if (other == NULL)
			other = host;
	}
	/* Where there is no other, the old question is nobody's. */
	resolving->questions[question] =
		(struct question){.host = other != NULL ? other : again.host,
				  .no_jump = other == NULL};
	return add_question(resolving, again, err);
}

static int ask_all(struct resolving *resolving, struct nf_error *err)
{
	bool again = true;

	while (again) {
		size_t n = resolving->n;

		again = false;
		if (asking_run(&resolving->asking, resolving->questions, n,
			       err) == -1)
			return -1;
		for (size_t i = 1; i < n; i++) {
			if (!resolving->questions[i].loops ||
			    resolving->questions[i].no_jump)
				continue;
			if (ask_again(resolving, i, err) == -1)
				return -1;
			again = true;
		}
	}
	return 0;
}

/* Where ssh answers nothing at all, it is for the user to mend. */
static int check_answers(const struct resolving *resolving,
			 struct nf_error *err)
{
	const struct question *questions = resolving->questions;
	size_t failed = 0;

	if (questions[DEFAULTS].failure.code != NF_OK) {
		*err = questions[DEFAULTS].failure;
		return -1;
	}
	for (size_t i = 1; i < resolving->n; i++)
		failed += questions[i].failure.code != NF_OK;
	if (failed == 0 || failed < resolving->n - 1)
		return 0;
	*err = questions[1].failure;
	return -1;
}

/* Complete a device by what is answered. */
static int apply(struct resolving *resolving,
		 const struct completion *completion, size_t i,
		 struct nf_error *err)
{
	const struct question *question;

	if (resolving->question[i] == NONE)
		return 0;
	question = &resolving->questions[resolving->question[i]];
	if (question->no_jump)
		untaken_loop(&resolving->untaken,
			     inventory_device(resolving->inv, i));
	if (question->failure.code != NF_OK)
		return inventory_amend(
			resolving->inv, i,
			&(struct amendment){.fault = question->failure.message},
			err);
	return completion_apply(completion, resolving->inv, i,
				&question->answer, question->host, err);
}

/* ---- jump hosts */

/* Find the device of a jump host, which is made where there is none: 1, 0 for a
 * name that cannot be one's. */
static int find_hop(struct resolving *resolving, const struct jump_name *name,
		    size_t *place, struct nf_error *err)
{
	const struct device *dev = inventory_find_hop(resolving->inv, name);

	if (dev == NULL) {
		if (inventory_add_hop(resolving->inv, name, err) == -1)
			return err->code == NF_INVALID ? 0 : -1;
		dev = inventory_find_hop(resolving->inv, name);
	}
	*place = inventory_index(resolving->inv, dev);
	return meet_hidden(resolving, err) == -1 ? -1 : 1;
}

/* Ask for a jump host, once. Those that are polled were asked for. */
static int ask_hop(struct resolving *resolving, const struct jump_name *name,
		   struct nf_error *err)
{
	const struct device *dev;
	size_t place;
	int rc = find_hop(resolving, name, &place, err);

	if (rc == 1)
		rc = chains_add(&resolving->chains, place, err);
	if (rc != 1 || place < resolving->ndevices)
		return rc == -1 ? -1 : 0;
	dev = inventory_device(resolving->inv, place);
	if (dev->telnet)
		return 0;
	rc = refuse_name(resolving, place, err);
	if (rc == 0)
		rc = ask_alone(resolving, place, err);
	return rc == -1 ? -1 : 0;
}

/* Ask for all jump hosts of a list; NULL is none. */
static int ask_list(struct resolving *resolving, const char *list,
		    struct nf_error *err)
{
	struct jump_name name;
	char why[200];

	if (list == NULL || jump_list_is_none(list))
		return 0;
	while (jump_list_next(&list, &name, why, sizeof(why)) == 1) {
		if (ask_hop(resolving, &name, err) == -1)
			return -1;
	}
	return 0;
}

/* Ask for those that devices have: most have the list of the one before. */
static int ask_lists(struct resolving *resolving, struct nf_error *err)
{
	const char *before = NULL;

	if (ask_list(resolving, resolving->options->proxy_jump, err) == -1)
		return -1;
	for (size_t i = 0; i < resolving->ndevices; i++) {
		const char *list =
			inventory_device(resolving->inv, i)->access->proxy_jump;

		if (list == NULL || list == before ||
		    (before != NULL && strcmp(list, before) == 0))
			continue;
		before = list;
		if (ask_list(resolving, list, err) == -1)
			return -1;
	}
	return 0;
}

/* Complete the jump hosts, then those before them, and so on, each once. */
static int apply_hops(struct resolving *resolving,
		      const struct completion *completion, struct nf_error *err)
{
	struct chains *chains = &resolving->chains;

	if (ask_lists(resolving, err) == -1)
		return -1;
	for (size_t done = 0, n = chains->n; done < n; n = chains->n) {
		if (ask_all(resolving, err) == -1)
			return -1;
		for (; done < n; done++) {
			size_t i = chains->at[done];

			if (i < resolving->ndevices)
				continue;
			if (apply(resolving, completion, i, err) == -1 ||
			    ask_list(resolving,
				     inventory_device(resolving->inv, i)
					     ->access->proxy_jump,
				     err) == -1)
				return -1;
		}
	}
	return chains_check(chains, resolving->inv, err);
}

static int apply_all(struct resolving *resolving, struct nf_error *err)
{
	struct algorithms spoken;
	/* A copy: questions move when jump hosts are asked for. */
	const struct answer defaults = resolving->questions[DEFAULTS].answer;
	const struct completion completion = {.defaults = &defaults,
					      .spoken = &spoken,
					      .options = resolving->options,
					      .untaken = &resolving->untaken};

	if (ssh_algorithms(&spoken, LEGACY_DEFAULT, err) == -1)
		return -1;
	for (size_t i = 0; i < resolving->ndevices; i++) {
		if (apply(resolving, &completion, i, err) == -1)
			return -1;
	}
	if (apply_hops(resolving, &completion, err) == -1)
		return -1;
	untaken_tell(&resolving->untaken, resolving->inv);
	return 0;
}

int nf_inventory_ssh_config(struct nf_inventory *inv, const char *file,
			    const struct nf_poll_options *options,
			    struct nf_error *err)
{
	struct resolving resolving = {
		.inv = inv,
		.ndevices = nf_inventory_size(inv),
		.options = options,
		.untaken = {.known_hosts = options->known_hosts},
		.asking = {.file = file,
			   .interrupted = options->interrupted,
			   .arg = options->interrupted_arg}};
	int rc = -1;

	if (resolving.ndevices == 0)
		return 0;
	if (ssh_library_init(err) == 0 &&
	    files_read(&resolving.files, file, err) == 0 &&
	    plan_questions(&resolving, err) == 0 &&
	    ask_all(&resolving, err) == 0 &&
	    check_answers(&resolving, err) == 0)
		rc = apply_all(&resolving, err);
	for (size_t i = 0; i < resolving.n; i++)
		answer_release(&resolving.questions[i].answer);
	free(resolving.questions);
	free(resolving.question);
	chains_release(&resolving.chains);
	files_release(&resolving.files);
	return rc;
}
