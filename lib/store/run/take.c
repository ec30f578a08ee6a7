/* Taking a result: each output is written aside as it is read, and judged. */
#include "netfan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/printable.h"
#include "store/store_parts.h"

/* A result that is being read. */
struct taking {
	struct nf_store *store;
	struct row *row;
	size_t at; /* the output that comes, if: */
	bool open;
	struct nf_error lost; /* that it could not be written aside */
	struct nf_error first; /* what first made the device fail */
	struct nf_error full; /* that an output was lost: the caller is told */
};

static void fail_first(struct taking *taking, const struct nf_error *error)
{
	if (taking->first.code == NF_OK)
		taking->first = *error;
}

/* ---- outputs of a row */

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for an output");
}

static int reserve(struct row *row)
{
	size_t cap = row->cap != 0 ? row->cap * 2 : 4;
	struct nf_store_output *told;
	struct output *outputs;

	if (row->pub.noutputs < row->cap)
		return 0;
	told = reallocarray(row->told, cap, sizeof(*told));
	if (told != NULL)
		row->pub.outputs = row->told = told;
	outputs = reallocarray(row->outputs, cap, sizeof(*outputs));
	if (outputs != NULL)
		row->outputs = outputs;
	if (told == NULL || outputs == NULL)
		return -1;
	row->cap = cap;
	return 0;
}

/* Begin an output. Its file of the state is there from now on, so that pointers
 * to files are good until the next one begins. */
static int begin(struct taking *taking, const char *command,
		 struct nf_error *err)
{
	struct row *row = taking->row;
	const struct state_file *file = state_file(row->state, command);

	if (file == NULL || reserve(row) == -1)
		return no_memory(err);
	taking->at = row->pub.noutputs++;
	taking->open = true;
	taking->lost.code = NF_OK;
	row->told[taking->at] =
		(struct nf_store_output){.command = file->command, .path = ""};
	row->outputs[taking->at] = (struct output){0};
	return 0;
}

/* Write a piece aside. What cannot be written is lost, the rest is read on. */
static void add(struct taking *taking, const struct nf_part *part)
{
	struct output *output = &taking->row->outputs[taking->at];

	if (taking->lost.code != NF_OK)
		return;
	if (!output->held) {
		if (aside_begin(&output->aside, &taking->store->folder,
				&taking->lost) == -1)
			return;
		output->held = true;
	}
	(void)aside_write(&output->aside, part->bytes, part->len,
			  &taking->lost);
}

/* ---- what becomes of an output */

static void fill_answer(const struct taking *taking, const struct nf_part *part,
			struct answer *answer)
{
	const struct output *output = &taking->row->outputs[taking->at];

	*answer = (struct answer){
		.cut = part->truncated || (!part->blank && !output->held),
		.lost = taking->lost.code != NF_OK,
		.rejected = part->rejected,
		.ran = part->ran,
		.status = part->exit_status,
		.own = part->own,
		.blank = part->blank,
		.marked = part->marked,
		.bytes = part->counted,
	};
	memcpy(answer->digest, part->digest, NF_DIGEST);
}

static void fill_end(const struct nf_part *part, struct content_end *end)
{
	*end = (struct content_end){.bytes = part->counted,
				    .blank = part->blank,
				    .marked = part->marked};
	memcpy(end->digest, part->digest, NF_DIGEST);
}

static void drop(struct output *output)
{
	if (output->held)
		aside_drop(&output->aside);
	output->held = false;
	output->place = false;
}

static void forget_shrunk(const struct nf_store *store,
			  const struct state_device *device,
			  struct state_file *file)
{
	char path[STORE_PATH_MAX];
	struct nf_error err;

	if (file->shrunk == 0)
		return;
	file->shrunk = 0;
	kept_shrunk_path(path, device, file);
	(void)kept_unlink(store, path, &err); /* it would only be in the way */
}

void output_keep(const struct nf_store *store,
		 const struct state_device *device, struct state_file *file,
		 const struct output *output)
{
	memcpy(file->digest, output->end.digest, NF_DIGEST);
	file->bytes = output->end.bytes;
	file->marked = output->end.marked;
	file->seen_us = real_us();
	file->left_out = false;
	forget_shrunk(store, device, file);
}

/* Keep what is in its place as it is. Of what has yet to come there the state
 * says nothing before. */
static void settle_taken(struct taking *taking, struct state_file *file,
			 const struct compared *compared)
{
	struct output *output = &taking->row->outputs[taking->at];

	output->place = compared->place;
	if (output->place)
		return;
	output_keep(taking->store, taking->row->state, file, output);
	state_file_set(file, &compared->st);
	file->kept = true;
	drop(output);
}

static void settle_shrunk(struct taking *taking, struct state_file *file,
			  const struct compared *compared)
{
	const struct output *output = &taking->row->outputs[taking->at];

	memcpy(file->shrunk_digest, output->end.digest, NF_DIGEST);
	file->shrunk = compared->before.shrunk;
	taking->row->told[taking->at].shrunk = file->shrunk;
}

static void settle(struct taking *taking, struct state_file *file,
		   const struct verdict *verdict,
		   const struct compared *compared)
{
	struct nf_store_output *told = &taking->row->told[taking->at];

	told->fate = verdict->fate;
	(void)snprintf(told->why, sizeof(told->why), "%s", verdict->why);
	switch (verdict->fate) {
	case NF_OUTPUT_SAME:
	case NF_OUTPUT_ADDED:
	case NF_OUTPUT_CHANGED:
		settle_taken(taking, file, compared);
		return;
	case NF_OUTPUT_SHRUNK:
		settle_shrunk(taking, file, compared);
		return;
	case NF_OUTPUT_LEFT_OUT:
		told->told = file->left_out;
		file->left_out = true;
		break;
	case NF_OUTPUT_FAILED:
	case NF_NOUTPUT_FATES:
		break;
	}
	drop(&taking->row->outputs[taking->at]);
}

/* Tell why the device fails, for this output. */
static void fail_output(struct taking *taking, const struct verdict *verdict)
{
	const struct nf_store_output *told = &taking->row->told[taking->at];
	struct nf_error error = {.stage = NF_STAGE_COMMAND};
	char command[128];

	if (verdict->code == NF_OK)
		return;
	printable_copy(command, sizeof(command), (const uint8_t *)told->command,
		       strlen(told->command));
	if (taking->lost.code != NF_OK) {
		error = taking->full = taking->lost;
		error.stage = NF_STAGE_COMMAND;
	} else {
		(void)error_set(&error, verdict->code, "%s: %s", command,
				verdict->why);
	}
	fail_first(taking, &error);
}

static bool is_taken(enum nf_output_fate fate)
{
	return fate == NF_OUTPUT_SAME || fate == NF_OUTPUT_ADDED ||
	       fate == NF_OUTPUT_CHANGED;
}

/* Record a file that was guessed to be an output: a device has said it. */
static int claim(struct nf_store *store, struct state_file *file,
		 const struct nf_store_output *told, struct nf_error *err)
{
	if (!file->guessed || !is_taken(told->fate))
		return 0;
	file->guessed = false;
	return store->options.kind == NF_STORE_GIT
		       ? store_record(store, told->path, false, err)
		       : 0;
}

/* The answer is known, and stayed in its worker. */
static void end_unchanged(struct taking *taking, struct state_file *file)
{
	struct nf_store_output *told = &taking->row->told[taking->at];

	told->fate = NF_OUTPUT_SAME;
	told->bytes = told->bytes_before = file->bytes;
	file->seen_us = real_us();
	forget_shrunk(taking->store, taking->row->state, file);
}

static int judge_output(struct taking *taking, struct state_file *file,
			const struct nf_part *part, struct nf_error *err)
{
	struct row *row = taking->row;
	struct nf_store_output *told = &row->told[taking->at];
	struct output *output = &row->outputs[taking->at];
	const struct judge_limits limits = {
		.ratio = taking->store->options.min_size_ratio,
		.accept = row->accept};
	const struct content_rules *rules =
		rulebook_find(taking->store, row->pub.platform, err);
	struct compared compared = {
		.before = {.kept = file->kept, .bytes = file->bytes}};
	const struct before *before = &compared.before;
	struct verdict verdict;
	struct answer answer;

	if (rules == NULL)
		return -1;
	fill_answer(taking, part, &answer);
	answer.has_mark = rules_has_end(rules, file->command);
	fill_end(part, &output->end);
	if (taking->store->options.kind == NF_STORE_PLAIN)
		output->before = plain_before(taking->store, row->state, file);
	if (judge_good(&answer))
		compare(taking->store, row, file, output, &compared);
	judge(&answer, before, &limits, &verdict);
	told->bytes = answer.bytes;
	told->bytes_before = before->kept || before->there ? before->bytes : 0;
	settle(taking, file, &verdict, &compared);
	fail_output(taking, &verdict);
	return 0;
}

static int end(struct taking *taking, const struct nf_part *part,
	       struct nf_error *err)
{
	struct row *row = taking->row;
	struct output *output = &row->outputs[taking->at];
	struct nf_store_output *told = &row->told[taking->at];
	struct state_file *file = state_file(row->state, told->command);
	int rc = 0;

	taking->open = false;
	row->pub.bytes += part->total;
	if (output->held && taking->lost.code == NF_OK)
		(void)aside_end(&output->aside, &taking->lost);
	if (part->unchanged)
		end_unchanged(taking, file);
	else
		rc = judge_output(taking, file, part, err);
	if (file->kept || output->place)
		told->path = kept_path(taking->store, row->state, file);
	if (told->path == NULL)
		return no_memory(err);
	return rc == 0 ? claim(taking->store, file, told, err) : rc;
}

/* ---- a result */

static int take_part(struct taking *taking, const struct nf_part *part,
		     struct nf_error *err)
{
	switch (part->kind) {
	case NF_PART_COMMAND:
		return begin(taking, part->command, err);
	case NF_PART_OUTPUT:
		if (taking->open)
			add(taking, part);
		return 0;
	case NF_PART_END:
		return taking->open ? end(taking, part, err) : 0;
	case NF_PART_STDERR:
		break;
	}
	return 0;
}

static int take_parts(struct taking *taking, struct nf_result *result,
		      struct nf_error *err)
{
	struct nf_part part;
	int rc;

	while ((rc = nf_result_read(result, &part, err)) == 1) {
		if (take_part(taking, &part, err) == -1)
			return -1;
	}
	return rc;
}

/* An output whose end could not be read is none. */
static void close_open(struct taking *taking, const struct nf_error *why)
{
	struct nf_store_output *told;

	if (!taking->open)
		return;
	told = &taking->row->told[taking->at];
	told->fate = NF_OUTPUT_FAILED;
	(void)snprintf(told->why, sizeof(told->why), "%.*s",
		       (int)sizeof(told->why) - 1, why->message);
	drop(&taking->row->outputs[taking->at]);
}

static bool has_fate(const struct row *row, enum nf_output_fate fate)
{
	for (size_t i = 0; i < row->pub.noutputs; i++) {
		if (row->told[i].fate == fate)
			return true;
	}
	return false;
}

/* A device that refuses all that its platform lists was taken for another. */
static void fail_idle(struct taking *taking)
{
	const struct row *row = taking->row;
	struct nf_error error = {.stage = NF_STAGE_COMMAND};

	for (size_t i = 0; i < row->pub.noutputs; i++) {
		if (row->told[i].fate != NF_OUTPUT_LEFT_OUT)
			return;
	}
	if (row->pub.noutputs == 0)
		return;
	(void)error_set(&error, NF_COMMAND_REJECTED,
			"it refuses all commands of its platform, %s",
			row->pub.platform);
	fail_first(taking, &error);
}

static enum nf_device_fate row_fate(const struct row *row)
{
	bool added = has_fate(row, NF_OUTPUT_ADDED);

	if (row->pub.error.code == NF_SKIPPED)
		return NF_DEVICE_SKIPPED;
	if (row->pub.error.code != NF_OK)
		return NF_DEVICE_FAILED;
	if (has_fate(row, NF_OUTPUT_CHANGED))
		return NF_DEVICE_CHANGED;
	if (!added)
		return NF_DEVICE_SAME;
	return row->had || has_fate(row, NF_OUTPUT_SAME) ? NF_DEVICE_CHANGED
							 : NF_DEVICE_ADDED;
}

void row_fail(struct row *row, const struct nf_error *error)
{
	struct state_device *state = row->state;

	row->pub.error = *error;
	row->pub.fate = NF_DEVICE_FAILED;
	if (state->failing_us == 0)
		state->failing_us =
			state->tried_us != 0 ? state->tried_us : real_us();
	state->error = *error;
}

/* Was anything tried? Not of a device that was skipped, or that a run that was
 * cut short did not come to. */
static bool was_tried(const struct nf_result *result)
{
	return result->error.code != NF_SKIPPED &&
	       (result->error.code != NF_CANCELLED || result->started_us != 0);
}

static void end_row(struct taking *taking, const struct nf_result *result)
{
	struct row *row = taking->row;
	struct state_device *state = row->state;

	if (result->error.code == NF_OK)
		fail_idle(taking);
	row->pub.error =
		result->error.code != NF_OK ? result->error : taking->first;
	row->pub.fate = row_fate(row);
	row->pub.us = result->us[NF_TIME_TOTAL];
	if (!was_tried(result))
		return;
	state->tried_us =
		result->started_us != 0 ? result->started_us : real_us();
	if (row->pub.fate == NF_DEVICE_FAILED) {
		row_fail(row, &row->pub.error);
		return;
	}
	state->succeeded_us = real_us();
	state->failing_us = 0;
	state->error = (struct nf_error){0};
}

/* A device is what it proved to be. */
static int set_platform(struct nf_store *store, struct row *row,
			const struct nf_result *result, struct nf_error *err)
{
	const char *name = strings_add(&store->strings, result->platform,
				       strlen(result->platform));

	if (name == NULL)
		return no_memory(err);
	row->pub.platform = name;
	return 0;
}

int nf_store_take(struct nf_store *store, struct nf_result *result,
		  struct nf_error *err)
{
	struct taking taking = {.store = store,
				.row = &store->rows[result->device]};
	int rc;

	assert(result->device < store->ninv);
	rc = set_platform(store, taking.row, result, err);
	if (rc == 0)
		rc = take_parts(&taking, result, err);
	/* Of one that answered nothing, nothing is proven. */
	if (rc == 0 && taking.row->pub.noutputs > 0 &&
	    state_set_platform(taking.row->state, taking.row->pub.platform) ==
		    -1)
		rc = no_memory(err);
	if (rc == -1) {
		close_open(&taking, err);
		fail_first(&taking, err);
	} else if (taking.full.code != NF_OK) {
		*err = taking.full;
		rc = -1;
	}
	end_row(&taking, result);
	taking.row->came = true;
	return rc;
}
