/* lib/store/state/state.c, lib/store/state/state_text.c and lib/store/record.c */
#include "store/state/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <openssl/sha.h>

#include "unit/dice.h"
#include "unit/tree.h"
#include "unit/unit.h"

/* ---- devices and files */

static struct state_device *add(struct state *state, const char *name)
{
	struct state_device *device = state_device(state, name);

	assert_non_null(device);
	assert_string_equal(device->name, name);
	return device;
}

static void test_a_device_is_added_once_with_a_dir_of_its_own(void **state)
{
	struct state own = {0};

	(void)state;
	assert_null(state_find(&own, "R1"));
	add(&own, "R1")->changes = 7;
	assert_string_equal(add(&own, "r1")->dir, "r1~82f3e9");
	assert_int_equal(add(&own, "R1")->changes, 7);
	assert_int_equal(own.ndevices, 2);
	assert_string_equal(state_find(&own, "R1")->dir, "R1");
	assert_string_equal(state_find(&own, "R1")->platform, "");
	assert_int_equal(
		state_set_platform(state_find(&own, "R1"), "cisco_ios"), 0);
	assert_string_equal(state_find(&own, "R1")->platform, "cisco_ios");
	state_release(&own);
	assert_int_equal(own.ndevices, 0);
	assert_null(state_find(&own, "R1"));
}

static void test_a_command_of_a_device_has_a_file_of_its_own(void **state)
{
	struct state own = {0};
	struct state_device *device = add(&own, "R1");

	(void)state;
	assert_null(state_find_file(device, "show clock"));
	for (int i = 0; i < 100; i++) {
		char command[32];

		(void)snprintf(command, sizeof(command), "show %d", i);
		state_file(device, command)->bytes = (uint64_t)i;
	}
	assert_int_equal(device->nfiles, 100);
	assert_int_equal(state_find_file(device, "show 42")->bytes, 42);
	assert_string_equal(state_file(device, "show 42")->file, "show_42");
	assert_int_equal(device->nfiles, 100);
	state_release(&own);
}

/* Those that stay are found, whichever goes. */
static void test_a_device_that_is_removed_leaves_the_others(void **state)
{
	static const char *const names[] = {"A", "B", "C"};

	(void)state;
	for (size_t gone = 0; gone < LENGTH(names); gone++) {
		struct state own = {0};

		for (size_t i = 0; i < LENGTH(names); i++)
			(void)state_file(add(&own, names[i]), "show");
		state_remove(&own, names[gone]);
		state_remove(&own, names[gone]);
		state_remove(&own, "never");
		assert_int_equal(own.ndevices, 2);
		for (size_t i = 0; i < LENGTH(names); i++) {
			struct state_device *device =
				state_find(&own, names[i]);

			assert_int_equal(device == NULL, i == gone);
			if (device != NULL)
				assert_string_equal(device->name, names[i]);
		}
		/* It may come again, to the same place. */
		assert_string_equal(add(&own, names[gone])->dir, names[gone]);
		assert_int_equal(state_find(&own, names[gone])->nfiles, 0);
		assert_int_equal(own.ndevices, 3);
		state_release(&own);
	}
}

static void test_a_file_is_known_by_its_size_time_and_number(void **state)
{
	struct tree tree = tree_make();
	struct state_file file = {0};
	struct stat st, other;

	(void)state;
	tree_put(&tree, "a", "text\n");
	assert_int_equal(stat(tree_path(&tree, "a"), &st), 0);
	assert_false(state_file_is(&file, &st));
	state_file_set(&file, &st);
	assert_true(state_file_is(&file, &st));
	other = st;
	other.st_size++;
	assert_false(state_file_is(&file, &other));
	other = st;
	other.st_mtim.tv_nsec ^= 1;
	assert_false(state_file_is(&file, &other));
	other = st;
	other.st_ino++;
	assert_false(state_file_is(&file, &other));
	other = st;
	other.st_mode = S_IFLNK | 0777;
	assert_false(state_file_is(&file, &other));
	other = st;
	other.st_mtim.tv_sec = (time_t)1 << 40; /* beyond nanoseconds */
	state_file_set(&file, &other);
	assert_true(state_file_is(&file, &other));
	tree_remove(&tree);
}

/* ---- as text */

static struct buf print_ok(const struct state *state)
{
	struct nf_error err = {0};
	struct buf out;

	buf_init(&out, SIZE_MAX);
	if (state_print(state, &out, &err) == -1)
		fail_msg("%s", err.message);
	return out;
}

/* The lines of a state, with the line that ends them. */
static char *with_end(const char *lines)
{
	static char text[16384];
	unsigned char sum[SHA256_DIGEST_LENGTH];
	size_t len = strlen(lines), records = 0;

	for (const char *at = lines; (at = strchr(at, '\n')) != NULL; at++)
		records++;
	(void)SHA256((const unsigned char *)lines, len, sum);
	len = (size_t)snprintf(text, sizeof(text), "%send", lines);
	if (records > 1) /* nothing is left out */
		len += (size_t)sprintf(text + len, " records=%zu", records - 1);
	len += (size_t)sprintf(text + len, " sha256=");
	for (size_t i = 0; i < sizeof(sum); i++)
		len += (size_t)sprintf(text + len, "%02x", sum[i]);
	(void)sprintf(text + len, "\n");
	return text;
}

static void parse_ok(struct state *state, const char *text)
{
	struct nf_error err = {0};

	if (state_parse(state, text, strlen(text), &err) == -1)
		fail_msg("%s: %s", text, err.message);
}

static void assert_prints(const struct state *state, const char *text)
{
	struct buf out = print_ok(state);

	assert_int_equal(buf_append(&out, "", 1), 0);
	assert_string_equal((const char *)out.data, text);
	buf_release(&out);
}

#define HEX_10 "00112233445566778899aabbccddeeff"

/* Every key of a record, as netfan writes it today. */
static const char full[] =
	"netfan-state 1 kind=git head=4f5e6d7c masked=1\n"
	"volatile pattern=^ntp%20clock\n"
	"volatile pattern=%25$\n"
	"device name=R%201 dir=R_1 platform=cisco_ios tried=1796000000123456"
	" succeeded=1795000000000000 failing=1795913600000000 changes=42"
	" error=auth_failed stage=auth errno=13"
	" message=user%20x:%20refused%0A%25 gone=1\n"
	"file command=show%20running-config file=show_running-config kept=1"
	" digest=" HEX_10 HEX_10 " bytes=18446744073709551615 marked=1"
	" size=123456 mtime=-5000000001 inode=9007199254740993"
	" changed=1 seen=9223372036854775807 left_out=1 shrunk=2"
	" shrunk_digest=" HEX_10 HEX_10 "\n"
	"file command=show%20version file=show_version\n";

static void test_every_key_is_read_and_written_as_it_was(void **state)
{
	const struct state_device *device;
	const struct state_file *file;
	struct state own;

	(void)state;
	parse_ok(&own, with_end(full));
	assert_string_equal(own.kind, "git");
	assert_string_equal(own.head, "4f5e6d7c");
	assert_true(own.masked);
	assert_int_equal(own.nvolatile, 2);
	assert_string_equal(own.volatile_lines[0], "^ntp clock");
	assert_string_equal(own.volatile_lines[1], "%$");
	assert_int_equal(own.ndevices, 1);
	device = state_find(&own, "R 1");
	assert_non_null(device);
	assert_string_equal(device->dir, "R_1");
	assert_string_equal(device->platform, "cisco_ios");
	assert_int_equal(device->tried_us, 1796000000123456);
	assert_int_equal(device->succeeded_us, 1795000000000000);
	assert_int_equal(device->failing_us, 1795913600000000);
	assert_int_equal(device->changes, 42);
	assert_int_equal(device->error.code, NF_AUTH_FAILED);
	assert_int_equal(device->error.stage, NF_STAGE_AUTH);
	assert_int_equal(device->error.sys_errno, EACCES);
	assert_string_equal(device->error.message, "user x: refused\n%");
	assert_true(device->gone);
	assert_int_equal(device->nfiles, 2);
	file = state_find_file(device, "show running-config");
	assert_non_null(file);
	assert_true(file->kept && file->marked && file->left_out);
	assert_int_equal(file->digest[1], 0x11);
	assert_int_equal(file->bytes, UINT64_MAX);
	assert_int_equal(file->size, 123456);
	assert_int_equal(file->mtime_ns, -5000000001);
	assert_int_equal(file->inode, 9007199254740993);
	assert_int_equal(file->changed_us, 1);
	assert_int_equal(file->seen_us, INT64_MAX);
	assert_int_equal(file->shrunk, 2);
	assert_int_equal(file->shrunk_digest[31], 0xff);
	assert_prints(&own, with_end(full));
	state_release(&own);
}

/* Of a netfan that knew fewer keys, or more, or wrote out what is 0. */
static void
test_an_older_or_newer_state_is_read_and_written_as_todays(void **state)
{
	struct state own;

	(void)state;
	parse_ok(&own,
		 with_end("netfan-state 1 colour=green kind=plain head=\n"
			  "device dir=R1 name=R1 mood=%F0 tried=0 gone=0\n"
			  "file file=show command=show kept=1 weight=1=2\n"));
	assert_false(own.masked);
	assert_int_equal(own.devices[0].changes, 0);
	assert_int_equal(own.devices[0].error.code, NF_OK);
	assert_string_equal(own.devices[0].platform, "");
	assert_int_equal(own.devices[0].files[0].size, 0);
	assert_prints(&own, with_end("netfan-state 1 kind=plain\n"
				     "device name=R1 dir=R1\n"
				     "file command=show file=show kept=1\n"));
	state_release(&own);
}

static void test_names_of_later_errors_are_failures_all_the_same(void **state)
{
	struct state own;

	(void)state;
	parse_ok(&own, with_end("netfan-state 1\n"
				"device name=R1 dir=R1 error=on_fire"
				" stage=launch message=hot\n"));
	assert_int_equal(own.devices[0].error.code, NF_SYSTEM);
	assert_int_equal(own.devices[0].error.stage, 0);
	state_release(&own);
}

static void test_devices_are_written_by_name_however_they_came(void **state)
{
	static const char *const names[] = {"R10", "b", "R2", "B", "a/b"};
	struct state own = {0};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		(void)add(&own, names[i]);
	assert_prints(&own, with_end("netfan-state 1\n"
				     "device name=B dir=B~df7e70\n"
				     "device name=R10 dir=R10\n"
				     "device name=R2 dir=R2\n"
				     "device name=a/b dir=a%252Fb\n"
				     "device name=b dir=b\n"));
	state_release(&own);
}

static void test_an_empty_state_is_one(void **state)
{
	struct state own = {0};

	(void)state;
	assert_prints(&own, with_end("netfan-state 1\n"));
	parse_ok(&own, with_end("netfan-state 1\n"));
	assert_int_equal(own.ndevices, 0);
	state_release(&own);
}

/* ---- what is no state */

static void refuses(const char *bytes, size_t len, const char *words)
{
	struct nf_error err = {0};
	struct state own;

	assert_int_equal(state_parse(&own, bytes, len, &err), -1);
	if (err.code != NF_INVALID || strstr(err.message, words) == NULL)
		fail_msg("no '%s' in: %s", words, err.message);
	assert_int_equal(own.ndevices, 0);
	assert_null(own.devices);
}

#define HEAD "netfan-state 1\n"
#define DEVICE HEAD "device name=R1 dir=R1\n"

static void test_a_damaged_line_is_named(void **state)
{
	static const char *const texts[][2] = {
		{"netfan\n", "no state of netfan"},
		{"netfan-state\n", "no state of netfan"},
		{"netfan-state x\n", "no state of netfan"},
		{"netfan-state -1\n", "no state of netfan"},
		{"netfan-states 1\n", "no state of netfan"},
		{"netfan-state 0\n", "no format"},
		{"netfan-state 1x\n", "line 1: a word is no key and value"},
		{"netfan-state 1 kind=mercurial\n", "line 1: kind has no such"},
		{HEAD "\n", "line 2: no record is such"},
		{HEAD "router name=R1 dir=R1\n", "line 2: no record is such"},
		{HEAD "devices name=R1 dir=R1\n", "line 2: no record is such"},
		{HEAD "device\n", "line 2: a device has no name"},
		{HEAD "device name=\n", "line 2: a device has no name"},
		{HEAD "device name=R1\n", "device R1 cannot have the file ''"},
		{HEAD "device name=R1 dir=..\n", "cannot have the file '..'"},
		{HEAD "device name=R1 dir=.git\n", "cannot have the file"},
		{HEAD "device name=R1 dir=a/b\n", "cannot have the file"},
		{HEAD "device name=R1 dir\n", "a word is no key and value"},
		{HEAD "device  name=R1\n", "a word is no key and value"},
		{HEAD "device name=R1 dir=R1 \n", "a word is no key and value"},
		{HEAD "device name=R%001 dir=R1\n", "name has no such value"},
		{HEAD "device name=R%2 dir=R1\n", "name has no such value"},
		{HEAD "device name=R1%\n", "name has no such value"},
		{HEAD "device name=R%g0 dir=R1\n", "name has no such value"},
		{HEAD "device name=R\x1b dir=R1\n", "name has no such value"},
		{HEAD "device name=Z\xc3\xbc dir=R1\n", "name has no such"},
		{HEAD "file command=a file=a\n", "line 2: a file is of no"},
		{DEVICE "device name=R1 dir=R2\n", "device R1 is there twice"},
		{DEVICE "device name=R%0A dir=r1\n",
		 "device R cannot have the file 'r1'"},
		{DEVICE "file command=a\n", "cannot have the file ''"},
		{DEVICE "file command=a file=a\nfile command=a file=b\n",
		 "line 4: command a is there twice"},
		{DEVICE "file command=a file=a\nfile command=b file=A\n",
		 "line 4: command b cannot have the file 'A'"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		const char *text = with_end(texts[i][0]);

		unit_where(texts[i][0]);
		refuses(text, strlen(text), texts[i][1]);
	}
}

static void test_a_number_that_does_not_fit_is_refused(void **state)
{
	static const char *const words[] = {
		"tried=9223372036854775808",
		"tried=-9223372036854775809",
		"tried=-",
		"tried=",
		"tried=+1",
		"tried=1.5",
		"tried=0x10",
		"tried=99999999999999999999999999999999",
		"changes=18446744073709551616",
		"changes=-1",
		"changes=184467440737095516150",
		"errno=4294967296",
		"gone=2",
		"gone=",
		"gone=yes",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++) {
		char lines[256];
		const char *text;

		(void)snprintf(lines, sizeof(lines),
			       HEAD "device name=R1 dir=R1 %s\n", words[i]);
		text = with_end(lines);
		unit_where(words[i]);
		refuses(text, strlen(text), "line 2: ");
	}
	refuses(with_end(DEVICE "file command=a file=a digest=00\n"),
		strlen(with_end(DEVICE "file command=a file=a digest=00\n")),
		"line 3: digest has no such value");
}

static void test_a_number_that_just_fits_is_read(void **state)
{
	struct state own;

	(void)state;
	parse_ok(&own, with_end(HEAD "device name=R1 dir=R1"
				     " tried=-9223372036854775808"
				     " changes=18446744073709551615"
				     " errno=4294967295\n"));
	assert_int_equal(own.devices[0].tried_us, INT64_MIN);
	assert_int_equal(own.devices[0].changes, UINT64_MAX);
	assert_int_equal(own.devices[0].error.sys_errno, -1);
	assert_prints(&own, with_end(HEAD "device name=R1 dir=R1"
					  " tried=-9223372036854775808"
					  " changes=18446744073709551615"
					  " errno=4294967295\n"));
	state_release(&own);
}

static void test_a_state_that_was_cut_anywhere_is_refused(void **state)
{
	const char *text = with_end(full);
	size_t len = strlen(text);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		/* Of its own size, so that reading beyond it is seen. */
		char *copy = malloc(i > 0 ? i : 1);

		assert_non_null(copy);
		memcpy(copy, text, i);
		refuses(copy, i, "");
		free(copy);
	}
}

static void test_a_byte_that_was_changed_is_seen(void **state)
{
	char *text = with_end(full);
	size_t len = strlen(text);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		char before = text[i];

		text[i] ^= 1;
		refuses(text, len, "");
		text[i] = before;
	}
	parse_ok(&(struct state){0}, with_end(HEAD)); /* so it is not all */
}

static void test_the_number_of_lines_is_compared(void **state)
{
	char *text = with_end(DEVICE);
	char *records = strstr(text, "records=1");

	(void)state;
	records[strlen("records=")] = '2';
	refuses(text, strlen(text), "not as many lines");
}

static void test_a_state_of_a_later_format_is_told_as_such(void **state)
{
	static const char *const texts[] = {
		"netfan-state 2\nwhatever\n",
		"netfan-state 99999999999999999999999999 new\n"};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct nf_error err = {0};
		struct state own;

		assert_int_equal(
			state_parse(&own, texts[i], strlen(texts[i]), &err),
			-1);
		assert_int_equal(err.code, NF_INVALID);
		assert_int_equal(err.sys_errno, EPROTONOSUPPORT);
		assert_string_equal(err.message,
				    "a later netfan wrote it: use that one, as "
				    "this one cannot read it");
	}
}

/* ---- in a folder */

static struct folder open_ok(const struct tree *tree)
{
	struct nf_error err = {0};
	struct folder folder;

	if (folder_open(&folder, tree_path(tree, "d"), true, &err) == -1)
		fail_msg("%s", err.message);
	return folder;
}

static void test_a_folder_keeps_its_state(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct nf_error err = {0};
	struct state own, again;

	(void)state;
	memset(&own, 1, sizeof(own));
	assert_int_equal(state_read(&own, &folder, &err), 0);
	assert_int_equal(own.ndevices, 0);
	parse_ok(&own, with_end(full));
	assert_int_equal(state_write(&own, &folder, &err), 0);
	assert_int_equal(tree_mode(&tree, "d/.netfan/state"), 0600);
	tree_holds(&tree, "d/.netfan/state", with_end(full));
	assert_int_equal(state_read(&again, &folder, &err), 1);
	assert_prints(&again, with_end(full));
	state_release(&own);
	state_release(&again);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_a_damaged_state_is_named_with_its_file(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct nf_error err = {0};
	struct state own;

	(void)state;
	tree_put(&tree, "d/.netfan/state", HEAD "device na");
	assert_int_equal(state_read(&own, &folder, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message,
			       "/d/.netfan/state: its last line is missing"));
	tree_put(&tree, "d/.netfan/state", "");
	assert_int_equal(state_read(&own, &folder, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	tree_put(&tree, "d/.netfan/state", "netfan-state 2\n");
	assert_int_equal(state_read(&own, &folder, &err), -1);
	assert_int_equal(err.sys_errno, EPROTONOSUPPORT);
	assert_int_equal(unlink(tree_path(&tree, "d/.netfan/state")), 0);
	assert_int_equal(
		symlink("/dev/zero", tree_path(&tree, "d/.netfan/state")), 0);
	assert_int_equal(state_read(&own, &folder, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, "is a symbolic link"));
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_a_disk_that_is_full_leaves_the_state_of_before(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct rlimit before, limit;
	struct nf_error err = {0};
	struct state own = {0};
	int rc;

	(void)state;
	assert_int_equal(state_write(&own, &folder, &err), 0);
	(void)add(&own, "R1");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 100;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	rc = state_write(&own, &folder, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(rc, -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, EFBIG);
	tree_holds(&tree, "d/.netfan/state", with_end(HEAD));
	state_release(&own);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_without_room_for_its_text_nothing_is_printed(void **state)
{
	struct state own = {0};
	struct buf whole;

	(void)state;
	(void)state_file(add(&own, "R1"), "show");
	whole = print_ok(&own);
	for (size_t max = 0; max < whole.len; max++) {
		struct nf_error err = {0};
		struct buf out;

		buf_init(&out, max);
		assert_int_equal(state_print(&own, &out, &err), -1);
		assert_int_equal(err.code, NF_SYSTEM);
		assert_int_equal(err.sys_errno, ENOBUFS);
		buf_release(&out);
	}
	buf_release(&whole);
	state_release(&own);
}

/* ---- any state */

static void random_text(struct dice *dice, char *text, size_t size)
{
	size_t len = 1 + dice_below(dice, (unsigned)size - 1);

	for (size_t i = 0; i < len; i++)
		text[i] = (char)(1 + dice_below(dice, 255));
	text[len] = '\0';
}

static void fill_device(struct dice *dice, struct state_device *device)
{
	char text[200];

	random_text(dice, text, 20);
	assert_int_equal(state_set_platform(device, text), 0);
	device->tried_us = (int64_t)dice_next(dice);
	device->changes = dice_next(dice) >> dice_below(dice, 64);
	device->error.code = (enum nf_code)dice_below(dice, NF_NCODES);
	device->error.stage = (enum nf_stage)dice_below(dice, NF_NSTAGES);
	device->error.sys_errno = (int)dice_below(dice, 200);
	random_text(dice, device->error.message, sizeof(text));
	device->gone = dice_once_in(dice, 2);
	for (unsigned i = dice_below(dice, 4); i > 0; i--) {
		struct state_file *file;

		random_text(dice, text, sizeof(text));
		file = state_file(device, text);
		assert_non_null(file);
		file->kept = dice_once_in(dice, 2);
		file->digest[dice_below(dice, NF_DIGEST)] = 0x5a;
		file->inode = dice_next(dice);
		file->mtime_ns = (int64_t)dice_next(dice);
		file->shrunk = dice_below(dice, 3);
	}
}

static void test_any_state_comes_back_as_it_was(void **state)
{
	struct dice dice = {3};

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct state own = {.kind = "git"}, again;
		struct nf_error err = {0};
		struct buf first, second;
		char name[64];

		for (unsigned i = dice_below(&dice, 50); i > 0; i--) {
			random_text(&dice, name, sizeof(name));
			fill_device(&dice, add(&own, name));
			if (dice_once_in(&dice, 5))
				state_remove(&own, name);
		}
		first = print_ok(&own);
		if (state_parse(&again, (const char *)first.data, first.len,
				&err) == -1)
			fail_msg("%s", err.message);
		second = print_ok(&again);
		assert_int_equal(again.ndevices, own.ndevices);
		assert_int_equal(first.len, second.len);
		assert_memory_equal(first.data, second.data, first.len);
		buf_release(&first);
		buf_release(&second);
		state_release(&own);
		state_release(&again);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_device_is_added_once_with_a_dir_of_its_own),
	cmocka_unit_test(test_a_command_of_a_device_has_a_file_of_its_own),
	cmocka_unit_test(test_a_device_that_is_removed_leaves_the_others),
	cmocka_unit_test(test_a_file_is_known_by_its_size_time_and_number),
	cmocka_unit_test(test_every_key_is_read_and_written_as_it_was),
	cmocka_unit_test(
		test_an_older_or_newer_state_is_read_and_written_as_todays),
	cmocka_unit_test(test_names_of_later_errors_are_failures_all_the_same),
	cmocka_unit_test(test_devices_are_written_by_name_however_they_came),
	cmocka_unit_test(test_an_empty_state_is_one),
	cmocka_unit_test(test_a_damaged_line_is_named),
	cmocka_unit_test(test_a_number_that_does_not_fit_is_refused),
	cmocka_unit_test(test_a_number_that_just_fits_is_read),
	cmocka_unit_test(test_a_state_that_was_cut_anywhere_is_refused),
	cmocka_unit_test(test_a_byte_that_was_changed_is_seen),
	cmocka_unit_test(test_the_number_of_lines_is_compared),
	cmocka_unit_test(test_a_state_of_a_later_format_is_told_as_such),
	cmocka_unit_test(test_a_folder_keeps_its_state),
	cmocka_unit_test(test_a_damaged_state_is_named_with_its_file),
	cmocka_unit_test(test_a_disk_that_is_full_leaves_the_state_of_before),
	cmocka_unit_test(test_without_room_for_its_text_nothing_is_printed),
	cmocka_unit_test(test_any_state_comes_back_as_it_was),
};

UNIT_MAIN(tests)
