/* lib/hostkeys/newkeys.c: keys appended to known_hosts, beside others. */
#include "hostkeys/newkeys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostkeys/hostkeys.h"
#include "unit/place.h"
#include "unit/testkey.h"
#include "unit/unit.h"

/* What the log was told: how often, and the last of it. */
struct told {
	int times;
	char text[256];
};

static void on_line(void *arg, const char *text)
{
	struct told *told = arg;

	told->times++;
	(void)snprintf(told->text, sizeof(told->text), "%s", text);
}

/* A run that knows some hosts, and has read the file. */
struct run {
	struct newkeys *keys;
	struct nf_log log;
	struct told told;
};

static void run_begin(struct run *run, const char *path,
		      const struct host *hosts, size_t n)
{
	struct known_hosts file = {.path = path};
	struct nf_error err = {0};
	char *text;
	size_t len;

	*run = (struct run){.log = {.line = on_line, .arg = &run->told}};
	if (known_hosts_read(&file, &text, &len, &err) == -1) {
		file = (struct known_hosts){.path = path};
		text = NULL; /* what cannot be read is tried to be written */
	}
	free(text);
	assert_int_equal(
		newkeys_new(&run->keys, &file, hosts, n, &run->log, &err), 0);
}

static void run_put(struct run *run, const char *host, uint16_t port,
		    const struct testkey *key)
{
	uint8_t blob[TESTKEY_ROOM];
	size_t len = testkey_blob(blob, key);

	newkeys_put(run->keys, &(struct host){host, port}, key->type, blob,
		    len);
}

/* Others may hold the lock for a moment. */
static void run_end(struct run *run)
{
	newkeys_end(run->keys, INT32_MAX, NULL, NULL);
}

/* The same for one key: told what the log was told. */
static struct told append(const char *path, const char *host, uint16_t port,
			  const struct testkey *key)
{
	struct run run;

	run_begin(&run, path, &(struct host){host, port}, 1);
	run_put(&run, host, port, key);
	run_end(&run);
	return run.told;
}

static void assert_appends(const char *path, const char *host, uint16_t port,
			   const struct testkey *key)
{
	struct told told = append(path, host, port, key);

	if (told.times != 0)
		fail_msg("%s", told.text);
}

static void assert_known(const char *path, const char *host, uint16_t port,
			 const struct testkey *key,
			 enum hostkeys_verdict wanted)
{
	struct known_hosts file = {.path = path};
	struct hostkeys *known;
	char *text;
	size_t len;

	assert_int_equal(known_hosts_read(&file, &text, &len, NULL), 0);
	known = testkey_known(text, len, &(struct host){host, port}, 1);
	assert_int_equal(testkey_check(known, host, port, key), wanted);
	hostkeys_free(known);
	free(text);
}

/* ---- appending */

static void test_newkeys_append_makes_file_and_directory(void **state)
{
	struct place place = place_make();
	struct stat st;

	(void)state;
	assert_int_equal(rmdir(place.dir), 0);
	assert_appends(place.file, "SW1", 22, &testkey_ed_a);
	assert_appends(place.file, "sw2", 2222, &testkey_ed_b);
	place_holds(place.file, "sw1 " ED_A "\n[sw2]:2222 " ED_B "\n");
	assert_int_equal(stat(place.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(place.dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	place_remove(&place);
}

static void test_newkeys_append_ends_a_last_line_without_newline(void **state)
{
	struct place place = place_make();

	(void)state;
	place_put(place.file, "sw1 " ED_A);
	assert_appends(place.file, "sw2", 22, &testkey_ec_a);
	assert_appends(place.file, "sw3", 22, &testkey_rsa_a);
	place_holds(place.file, "sw1 " ED_A "\nsw2 " EC_A "\nsw3 " RSA_A "\n");
	place_remove(&place);
}

static void test_newkeys_appended_are_found_again(void **state)
{
	static const struct {
		const char *host;
		uint16_t port;
	} hosts[] = {
		{"sw1", 22},          {"SW2.example.net", 2222},
		{"192.0.2.1", 22},    {"2001:db8::1", 22},
		{"2001:db8::1", 830}, {"fe80::1%eth0", 22},
	};
	struct place place = place_make();

	(void)state;
	for (size_t i = 0; i < LENGTH(hosts); i++)
		assert_appends(place.file, hosts[i].host, hosts[i].port,
			       &testkey_ed_a);
	for (size_t i = 0; i < LENGTH(hosts); i++)
		assert_known(place.file, hosts[i].host, hosts[i].port,
			     &testkey_ed_a, HOSTKEYS_MATCH);
	place_remove(&place);
}

static void test_newkeys_append_refuses_names_that_mean_more(void **state)
{
	static const char *const hosts[] = {
		"",      "sw1 sw2", "sw1\tsw2", "sw1\nsw2", "sw1,sw2",
		"sw1\r", "sw\x1b",  "sw\x7f",   "*",        "sw?",
		"!sw1",  "#sw1",    "@revoked", "|1|",      "[sw1]:22",
	};
	struct place place = place_make();

	(void)state;
	for (size_t i = 0; i < LENGTH(hosts); i++) {
		struct told told =
			append(place.file, hosts[i], 22, &testkey_ed_a);

		assert_int_equal(told.times, 1);
		assert_non_null(strstr(told.text, "cannot be written"));
		assert_null(strchr(told.text, '\n'));
	}
	assert_int_equal(access(place.file, F_OK), -1);
	place_remove(&place);
}

static void test_newkeys_go_on_after_a_name_that_means_more(void **state)
{
	static const struct host hosts[] = {{"a,b", 22}, {"sw1", 22}};
	struct place place = place_make();
	struct run run;

	(void)state;
	run_begin(&run, place.file, hosts, 2);
	run_put(&run, "a,b", 22, &testkey_ed_a);
	run_put(&run, "sw1", 22, &testkey_ed_b);
	run_end(&run);
	assert_int_equal(run.told.times, 1);
	place_holds(place.file, "sw1 " ED_B "\n");
	place_remove(&place);
}

static void test_newkeys_append_refuses_a_malformed_key(void **state)
{
	static const uint8_t spaced[] = "\0\0\0\3a b\0\0\0\1x";
	const struct host host = {"sw1", 22};
	struct place place = place_make();
	uint8_t blob[TESTKEY_ROOM];
	struct run run;
	size_t len;

	(void)state;
	len = testkey_blob(blob, &testkey_ed_a);
	run_begin(&run, place.file, &host, 1);
	newkeys_put(run.keys, &host, SSH_ED25519, blob, len - 1);
	assert_non_null(strstr(run.told.text, "malformed"));
	newkeys_put(run.keys, &host, SSH_RSA, blob, len);
	newkeys_put(run.keys, &host, "a b", spaced, sizeof(spaced) - 1);
	run_end(&run);
	assert_int_equal(run.told.times, 3);
	assert_int_equal(access(place.file, F_OK), -1);
	place_remove(&place);
}

static void test_newkeys_tell_once_what_cannot_be_written(void **state)
{
	static const struct host hosts[] = {{"sw1", 22}, {"sw2", 22}};
	struct place place = place_make();
	struct run run;
	char path[160];

	(void)state;
	run_begin(&run, place.dir, hosts, 2);
	run_put(&run, "sw1", 22, &testkey_ed_a);
	run_put(&run, "sw2", 22, &testkey_ed_a);
	run_end(&run);
	assert_int_equal(run.told.times, 1);
	assert_non_null(strstr(run.told.text, place.dir));
	assert_non_null(strstr(run.told.text, strerror(EISDIR)));
	/* One missing directory is made, not two. */
	(void)snprintf(path, sizeof(path), "%s/a/b/known_hosts", place.dir);
	assert_non_null(strstr(append(path, "sw1", 22, &testkey_ed_a).text,
			       strerror(ENOENT)));
	place_remove(&place);
}

static void test_newkeys_follow_a_symbolic_link(void **state)
{
	struct place place = place_make();
	char link[160];
	struct stat st;

	(void)state;
	(void)snprintf(link, sizeof(link), "%s.link", place.file);
	assert_int_equal(symlink(place.file, link), 0);
	assert_appends(link, "sw1", 22, &testkey_ed_a); /* to nothing yet */
	assert_appends(link, "sw2", 22, &testkey_ed_b);
	place_holds(place.file, "sw1 " ED_A "\nsw2 " ED_B "\n");
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	(void)unlink(link);
	place_remove(&place);
}

static void test_newkeys_line_cut_by_a_full_disk_spoils_no_other(void **state)
{
	const char *before = "sw1 " ED_A "\n";
	struct rlimit limit;
	struct rlimit tight;
	struct told told;
	struct place place = place_make();

	(void)state;
	place_put(place.file, before);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	tight = limit;
	tight.rlim_cur = strlen(before) + 60;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	told = append(place.file, "sw2", 22, &testkey_ed_b);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(told.times, 1);
	assert_non_null(strstr(told.text, strerror(EFBIG)));

	assert_appends(place.file, "sw3", 22, &testkey_ec_a);
	assert_known(place.file, "sw1", 22, &testkey_ed_a, HOSTKEYS_MATCH);
	assert_known(place.file, "sw2", 22, &testkey_ed_b, HOSTKEYS_UNKNOWN);
	assert_known(place.file, "sw3", 22, &testkey_ec_a, HOSTKEYS_MATCH);
	place_remove(&place);
}

/* ---- others at the same file */

static void append_many(const char *path, const char *prefix)
{
	for (int i = 0; i < 200; i++) {
		char host[32];

		(void)snprintf(host, sizeof(host), "%s%d", prefix, i);
		if (append(path, host, 22, &testkey_ed_a).times != 0)
			_exit(1);
	}
	_exit(0);
}

static void assert_ends_well(pid_t child)
{
	int status = -1;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_newkeys_appended_by_two_processes_are_all_there(void **state)
{
	static const char *const prefixes[] = {"a", "b"};
	pid_t children[2];
	struct place place = place_make();

	(void)state;
	place_put(place.file,
		  "sw1 " ED_A); /* only one of them may end this line */
	for (size_t i = 0; i < 2; i++) {
		children[i] = fork();
		assert_int_not_equal(children[i], -1);
		if (children[i] == 0) {
			append_many(place.file, prefixes[i]);
		}
	}
	for (size_t i = 0; i < 2; i++)
		assert_ends_well(children[i]);

	for (int i = 0; i < 400; i++) {
		char host[32];

		(void)snprintf(host, sizeof(host), "%s%d", prefixes[i / 200],
			       i % 200);
		assert_known(place.file, host, 22, &testkey_ed_a,
			     HOSTKEYS_MATCH);
	}
	assert_known(place.file, "sw1", 22, &testkey_ed_a, HOSTKEYS_MATCH);
	place_remove(&place);
}

/* Two that read the file before either wrote. */
static void test_newkeys_of_runs_side_by_side_are_written_once(void **state)
{
	static const struct host hosts[] = {
		{"sw1", 22}, {"SW2", 2222}, {"sw3", 22}};
	struct place place = place_make();
	struct run a, b;

	(void)state;
	run_begin(&a, place.file, hosts, 3);
	run_begin(&b, place.file, hosts, 3);
	run_put(&a, "sw1", 22, &testkey_ed_a);
	run_put(&b, "SW2", 2222, &testkey_ed_b);
	run_put(&b, "sw1", 22, &testkey_ed_a);
	run_put(&a, "SW2", 2222, &testkey_ed_b);
	run_put(&a, "sw3", 22, &testkey_ec_a);
	run_put(&b, "sw3", 22, &testkey_ec_a);
	run_end(&a);
	run_end(&b);
	assert_int_equal(a.told.times + b.told.times, 0);
	place_holds(place.file,
		    "sw1 " ED_A "\n[sw2]:2222 " ED_B "\nsw3 " EC_A "\n");
	place_remove(&place);
}

/* What ssh -o HashKnownHosts=yes appends, and what one line says for many. */
static void test_newkeys_know_what_others_appended_in_any_form(void **state)
{
	static const struct host hosts[] = {
		{"sw1.example.net", 22}, {"sw2", 22}, {"sw3", 2222}};
	const char *others =
		"|1|+q8V33PtQJTkQOEgufJdV37r0Ds=|1uaxm2uGWQ8kor0rno85CfN5IWo="
		" " ED_A "\nsw0,sw2 " ED_B "\nsw* " EC_A "\n";
	struct place place = place_make();
	struct run run;

	(void)state;
	run_begin(&run, place.file, hosts, 3);
	place_put(place.file, others);
	run_put(&run, "sw1.example.net", 22, &testkey_ed_a);
	run_put(&run, "sw2", 22, &testkey_ed_b);
	run_put(&run, "sw3", 2222, &testkey_ec_a);
	run_end(&run);
	assert_int_equal(run.told.times, 0);
	place_holds(place.file, others);
	place_remove(&place);
}

/* Written beside it, both would be believed from then on. */
static void test_newkeys_leave_out_a_key_that_others_contradict(void **state)
{
	const struct host host = {"sw1", 22};
	struct place place = place_make();
	struct run run;

	(void)state;
	run_begin(&run, place.file, &host, 1);
	place_put(place.file, "sw1 " ED_B "\n");
	run_put(&run, "sw1", 22, &testkey_ed_a);
	run_end(&run);
	assert_int_equal(run.told.times, 1);
	assert_non_null(strstr(run.told.text, "another host key of sw1"));
	place_holds(place.file, "sw1 " ED_B "\n");
	place_remove(&place);
}

static int lock_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

static void test_newkeys_wait_in_memory_while_it_is_locked(void **state)
{
	static const struct host hosts[] = {
		{"sw1", 22}, {"sw2", 22}, {"sw3", 22}};
	struct place place = place_make();
	struct run run;
	int fd;

	(void)state;
	run_begin(&run, place.file, hosts, 3);
	fd = lock_file(place.file);
	run_put(&run, "sw1", 22, &testkey_ed_a);
	run_put(&run, "sw2", 22, &testkey_ed_b);
	place_holds(place.file, "");
	(void)close(fd);
	run_put(&run, "sw3", 22, &testkey_ec_a); /* takes the others along */
	place_holds(place.file, "sw1 " ED_A "\nsw2 " ED_B "\nsw3 " EC_A "\n");
	run_end(&run);
	assert_int_equal(run.told.times, 0);
	place_remove(&place);
}

static void test_newkeys_that_wait_are_written_at_the_end(void **state)
{
	const struct host host = {"sw1", 22};
	struct place place = place_make();
	struct run run;
	pid_t child;
	int fd;

	(void)state;
	run_begin(&run, place.file, &host, 1);
	fd = lock_file(place.file);
	run_put(&run, "sw1", 22, &testkey_ed_a);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		(void)usleep(200 * 1000);
		_exit(0); /* and with it goes the last hold on the lock */
	}
	(void)close(fd);
	run_end(&run);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(run.told.times, 0);
	place_holds(place.file, "sw1 " ED_A "\n");
	place_remove(&place);
}

static bool on_stopped(void *arg)
{
	int *asked = arg;

	return ++*asked == 3;
}

static void test_newkeys_tell_that_it_stayed_locked(void **state)
{
	static const struct host hosts[] = {{"sw1", 22}, {"sw2", 22}};
	struct place place = place_make();
	struct run run;
	int asked = 0;
	int fd;

	(void)state;
	run_begin(&run, place.file, hosts, 2);
	fd = lock_file(place.file);
	run_put(&run, "sw1", 22, &testkey_ed_a);
	run_put(&run, "sw2", 22, &testkey_ed_a);
	assert_int_equal(run.told.times, 0);
	newkeys_end(run.keys, INT32_MAX, on_stopped, &asked);
	assert_int_equal(asked, 3);
	(void)close(fd);
	assert_int_equal(run.told.times, 1);
	assert_non_null(strstr(run.told.text, place.file));
	assert_non_null(strstr(run.told.text, "lock: 2 new host keys"));
	place_holds(place.file, "");
	place_remove(&place);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_newkeys_append_makes_file_and_directory),
	cmocka_unit_test(test_newkeys_append_ends_a_last_line_without_newline),
	cmocka_unit_test(test_newkeys_appended_are_found_again),
	cmocka_unit_test(test_newkeys_append_refuses_names_that_mean_more),
	cmocka_unit_test(test_newkeys_go_on_after_a_name_that_means_more),
	cmocka_unit_test(test_newkeys_append_refuses_a_malformed_key),
	cmocka_unit_test(test_newkeys_tell_once_what_cannot_be_written),
	cmocka_unit_test(test_newkeys_follow_a_symbolic_link),
	cmocka_unit_test(test_newkeys_line_cut_by_a_full_disk_spoils_no_other),
	cmocka_unit_test(test_newkeys_appended_by_two_processes_are_all_there),
	cmocka_unit_test(test_newkeys_of_runs_side_by_side_are_written_once),
	cmocka_unit_test(test_newkeys_know_what_others_appended_in_any_form),
	cmocka_unit_test(test_newkeys_leave_out_a_key_that_others_contradict),
	cmocka_unit_test(test_newkeys_wait_in_memory_while_it_is_locked),
	cmocka_unit_test(test_newkeys_that_wait_are_written_at_the_end),
	cmocka_unit_test(test_newkeys_tell_that_it_stayed_locked),
};

UNIT_MAIN(tests)
