/* ssh_config, for all devices of an inventory. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "inventory/inventory.h"
#include "sshconfig/asking.h"
#include "sshconfig/completion.h"
#include "sshconfig/files.h"
#include "sshconfig/tokens.h"
#include "transport/ssh/ssh.h"

#define NONE SIZE_MAX
#define DEFAULTS 0 /* the question of what ssh does without any file */

struct resolving {
	struct nf_inventory *inv;
	size_t ndevices;
	struct files files;
	struct asking asking;
	struct question *questions;
	size_t n;
	size_t *question; /* by device; NONE: there is none */
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

static int plan_questions(struct resolving *resolving, struct nf_error *err)
{
	struct grouping grouping;
	int rc;

	resolving->question =
		calloc(resolving->ndevices, sizeof(*resolving->question));
	if (resolving->question == NULL)
		return no_memory(err);
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

	for (size_t i = 0; i < resolving->ndevices; i++) {
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

static int apply_all(struct resolving *resolving, struct nf_error *err)
{
	struct algorithms spoken;
	const struct completion completion = {
		.defaults = &resolving->questions[DEFAULTS].answer,
		.spoken = &spoken};
	int rc = ssh_algorithms(&spoken, LEGACY_DEFAULT, err);

	for (size_t i = 0; rc == 0 && i < resolving->ndevices; i++) {
		const struct question *question;

		if (resolving->question[i] == NONE)
			continue;
		question = &resolving->questions[resolving->question[i]];
		if (question->failure.code != NF_OK)
			rc = inventory_amend(
				resolving->inv, i,
				&(struct amendment){
					.fault = question->failure.message},
				err);
		else
			rc = completion_apply(&completion, resolving->inv, i,
					      &question->answer, question->host,
					      err);
	}
	return rc;
}

int nf_inventory_ssh_config(struct nf_inventory *inv, const char *file,
			    bool (*interrupted)(void *arg), void *arg,
			    struct nf_error *err)
{
	struct resolving resolving = {.inv = inv,
				      .ndevices = nf_inventory_size(inv),
				      .asking = {.file = file,
						 .interrupted = interrupted,
						 .arg = arg}};
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
	files_release(&resolving.files);
	return rc;
}
