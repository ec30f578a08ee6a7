/* Runs of a store, on results from a script. */
#include "unit/collection.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "unit/unit.h"

/* The store's own reading is from a script here; what it needs beside has names
 * of its own, as the library is linked, too. */
#define nf_result_read script_read
#define nf_store_take script_take
#define row_fail script_row_fail
#define output_keep script_output_keep
static int script_read(struct nf_result *result, struct nf_part *part,
		       struct nf_error *err);
int script_take(struct nf_store *store, struct nf_result *result,
		struct nf_error *err);
/* NOLINTNEXTLINE(bugprone-suspicious-include): see above */
#include "../lib/store/run/take.c"
#undef nf_result_read
#undef nf_store_take

#define TEXT_MAX ((size_t)256 * 1024)

/* ---- the parts of a result */

/* An answer as it leaves its worker: COMMAND, OUTPUT if it does, END. */
struct spoken {
	struct nf_part command, output, end;
	struct buf kept;
};

static struct {
	struct spoken answers[16];
	size_t n, at;
	int part; /* of the answer at */
	bool knew;
} script;

static int script_read(struct nf_result *result, struct nf_part *part,
		       struct nf_error *err)
{
	struct spoken *spoken = &script.answers[script.at];

	(void)result;
	(void)err;
	if (script.at == script.n)
		return 0;
	if (script.part == 1 && spoken->output.len == 0)
		script.part++;
	switch (script.part++) {
	case 0:
		*part = spoken->command;
		return 1;
	case 1:
		*part = spoken->output;
		return 1;
	default:
		*part = spoken->end;
		script.at++;
		script.part = 0;
		return 1;
	}
}

static int keep(void *arg, const uint8_t *bytes, size_t len, int64_t *waited_ms)
{
	(void)waited_ms;
	return buf_append(arg, bytes, len);
}

static void filter_text(const struct collection *c, const struct said *said,
			struct spoken *spoken, struct content_end *end)
{
	const struct nf_content *content = c->poll.content;
	struct content_filter *filter;
	struct nf_error err;
	int64_t waited_ms = 0;
	const struct content_rules *rules =
		rulebook_find(c->store, c->platform, &err);

	assert_non_null(rules);
	assert_int_equal(
		filter_new(&filter, rules, c->store->folder.key, said->command,
			   content->mask_key != NULL ? CONTENT_MASKED
						     : CONTENT_AS_IT_CAME,
			   keep, &spoken->kept, &err),
		0);
	assert_int_equal(filter_feed(filter, (const uint8_t *)said->text,
				     strlen(said->text), &waited_ms),
			 0);
	assert_int_equal(filter_end(filter, end, &waited_ms), 0);
	filter_free(filter);
}

/* Speak as a worker does. */
static void speak(const struct collection *c, size_t device,
		  const struct said *said)
{
	const struct nf_content *content = c->poll.content;
	struct spoken *spoken = &script.answers[script.n++];
	struct content_end end;
	uint8_t known[NF_DIGEST];
	bool whole = !said->cut && !said->rejected;

	buf_init(&spoken->kept, TEXT_MAX);
	filter_text(c, said, spoken, &end);
	script.knew =
		whole &&
		content->known(content->arg, device, said->command, known) &&
		memcmp(known, end.digest, NF_DIGEST) == 0;
	spoken->command = (struct nf_part){.kind = NF_PART_COMMAND,
					   .command = said->command};
	spoken->output =
		(struct nf_part){.kind = NF_PART_OUTPUT,
				 .bytes = spoken->kept.data,
				 .len = script.knew ? 0 : spoken->kept.len};
	spoken->end = (struct nf_part){.kind = NF_PART_END,
				       .total = strlen(said->text),
				       .rejected = said->rejected,
				       .truncated = said->cut,
				       .unchanged = script.knew,
				       .own = c->poll.platform_commands,
				       .marked = end.marked,
				       .blank = end.blank,
				       .counted = end.bytes,
				       .ran = said->ran,
				       .exit_status = said->status,
				       .signal = ""};
	memcpy(spoken->end.digest, end.digest, NF_DIGEST);
}

bool collection_knew(void)
{
	return script.knew;
}

static size_t find_device(const struct collection *c, const char *name)
{
	size_t n = nf_store_size(c->store);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(nf_store_device(c->store, i)->name, name) == 0)
			return i;
	}
	fail_msg("there is no device %s", name);
	return n;
}

int collection_take(struct collection *c, const char *device, enum nf_code code,
		    const struct said *said, size_t n, struct nf_error *err)
{
	struct nf_result result = {.device = find_device(c, device),
				   .platform = c->platform,
				   .started_us = real_us(),
				   .prompt = "R1#",
				   .weak = ""};
	int rc;

	result.error.code = code;
	if (code != NF_OK)
		(void)snprintf(result.error.message,
			       sizeof(result.error.message), "as scripted");
	script.n = script.at = 0;
	script.part = 0;
	for (size_t i = 0; i < n; i++)
		speak(c, result.device, &said[i]);
	/* It is there: for a checker, to which a failed test returns. */
	rc = c->store != NULL ? script_take(c->store, &result, err) : -1;
	for (size_t i = 0; i < n; i++)
		buf_release(&script.answers[i].kept);
	return rc;
}

void collection_say(struct collection *c, const char *device,
		    const struct said *said, size_t n)
{
	struct nf_error err = {0};

	if (collection_take(c, device, NF_OK, said, n, &err) == -1)
		fail_msg("not taken: %s", err.message);
}

void collection_fail(struct collection *c, const char *device,
		     enum nf_code code)
{
	struct nf_error err = {0};

	assert_int_equal(collection_take(c, device, code, NULL, 0, &err), 0);
}

/* ---- runs */

static void add_note(void *arg, const char *text)
{
	struct collection *c = arg;
	size_t len = strlen(c->notes);

	(void)snprintf(c->notes + len, sizeof(c->notes) - len, "%s\n", text);
}

void collection_make(struct collection *c)
{
	const char *tmp = getenv("TEST_TMP");

	*c = (struct collection){.platform = "cisco_ios"};
	(void)snprintf(c->root, sizeof(c->root), "%s/collection.XXXXXX",
		       tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(c->root));
	(void)snprintf(c->dir, sizeof(c->dir), "%s/net", c->root);
	c->options.dir = c->dir;
	c->options.whole = true;
	c->options.log = (struct nf_log){add_note, c};
	/* The git of this test has no user. */
	assert_int_equal(setenv("HOME", c->root, 1), 0);
}

void collection_remove(struct collection *c)
{
	char command[256];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", c->root);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
}

static void make_inventory(struct collection *c, const char *devices)
{
	char names[1024];
	char *save = NULL;
	struct nf_error err;

	assert_int_equal(nf_inventory_new(&c->inv, NULL, NULL, &err), 0);
	(void)snprintf(names, sizeof(names), "%s", devices);
	for (char *name = strtok_r(names, " ", &save); name != NULL;
	     name = strtok_r(NULL, " ", &save)) {
		const struct nf_entry entry = {.name = name,
					       .device_type = c->platform,
					       .host = "192.0.2.1"};

		if (nf_inventory_add(c->inv, &entry, &err) == -1)
			fail_msg("%s", err.message);
	}
}

int collection_try(struct collection *c, const char *devices,
		   struct nf_error *err)
{
	c->notes[0] = '\0';
	c->poll = (struct nf_poll_options){.commands = c->commands,
					   .ncommands = c->ncommands};
	make_inventory(c, devices);
	if (nf_store_open(&c->store, &c->options, err) == 0 &&
	    nf_store_prepare(c->store, c->inv, &c->poll, err) == 0)
		return 0;
	collection_close(c);
	return -1;
}

void collection_begin(struct collection *c, const char *devices)
{
	struct nf_error err = {0};

	if (collection_try(c, devices, &err) == -1)
		fail_msg("not begun: %s", err.message);
}

void collection_end(struct collection *c)
{
	struct nf_error err = {0};

	if (nf_store_commit(c->store, &err) == -1)
		fail_msg("not ended: %s", err.message);
}

void collection_close(struct collection *c)
{
	nf_store_free(c->store);
	nf_inventory_free(c->inv);
	c->store = NULL;
	c->inv = NULL;
}

void collection_run(struct collection *c, const char *devices,
		    const char *command, const char *text)
{
	const struct said said = {.command = command, .text = text};
	size_t n;

	collection_begin(c, devices);
	n = nf_inventory_size(c->inv);
	for (size_t i = 0; i < n; i++)
		collection_say(c, nf_inventory_device(c->inv, i)->name, &said,
			       1);
	collection_end(c);
}

const struct nf_store_device *collection_device(const struct collection *c,
						const char *name)
{
	return nf_store_device(c->store, find_device(c, name));
}

static size_t find_output(const struct nf_store_device *device,
			  const char *command)
{
	for (size_t i = 0; i < device->noutputs; i++) {
		if (strcmp(device->outputs[i].command, command) == 0)
			return i;
	}
	fail_msg("%s has no output of '%s'", device->name, command);
	return 0;
}

const struct nf_store_output *collection_output(const struct collection *c,
						const char *name,
						const char *command)
{
	const struct nf_store_device *device = collection_device(c, name);

	return &device->outputs[find_output(device, command)];
}

/* ---- files */

static void path_of(const struct collection *c, const char *name,
		    char path[512])
{
	(void)snprintf(path, 512, "%s/%s", c->dir, name);
}

void collection_holds(const struct collection *c, const char *path,
		      const char *text)
{
	char whole[512];
	static char bytes[TEXT_MAX];
	ssize_t n;
	int fd;

	path_of(c, path, whole);
	fd = open(whole, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		fail_msg("there is no %s", path);
	n = read(fd, bytes, sizeof(bytes) - 1);
	(void)close(fd);
	assert_true(n >= 0);
	bytes[n] = '\0';
	assert_string_equal(bytes, text);
}

void collection_lacks(const struct collection *c, const char *path)
{
	struct stat st;
	char whole[512];

	path_of(c, path, whole);
	if (lstat(whole, &st) == 0)
		fail_msg("%s is there", path);
}

void collection_put(const struct collection *c, const char *path,
		    const char *text)
{
	char whole[512];
	int fd;

	path_of(c, path, whole);
	fd = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd != -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

const char *collection_shell(const struct collection *c, const char *command)
{
	static char out[TEXT_MAX];
	char line[1024];
	FILE *shell;
	size_t n;

	(void)snprintf(line, sizeof(line), "cd '%s' && { %s; } 2>&1", c->dir,
		       command);
	shell = popen(line, "re"); /* NOLINT(cert-env33-c) */
	assert_non_null(shell);
	n = fread(out, 1, sizeof(out) - 1, shell);
	out[n] = '\0';
	(void)pclose(shell);
	return out;
}

static int take_line(void *arg, const char *line, size_t len)
{
	struct buf *buf = arg;

	return buf_append(buf, line, len) == 0 ? buf_append(buf, "\n", 1) : -1;
}

const char *collection_diff(const struct collection *c, const char *name,
			    const char *command, unsigned flags)
{
	static char out[TEXT_MAX];
	size_t device = find_device(c, name);
	struct nf_error err = {0};
	struct buf lines;

	buf_init(&lines, sizeof(out) - 1);
	if (nf_store_diff(
		    c->store, device,
		    find_output(nf_store_device(c->store, device), command),
		    flags, take_line, &lines, &err) == -1)
		fail_msg("no diff: %s", err.message);
	memcpy(out, lines.data, lines.len);
	out[lines.len] = '\0';
	buf_release(&lines);
	return out;
}
