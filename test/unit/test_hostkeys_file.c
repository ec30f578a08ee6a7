/* lib/session/hostfile.c: known_hosts read, and a line appended. */
#include "session/hostfile.h"

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

#include "base/clock.h"
#include "unit/testkey.h"
#include "unit/unit.h"

static void assert_known(const char *path, const char *host, uint16_t port,
			 const struct testkey *key,
			 enum hostkeys_verdict wanted)
{
	struct nf_error err = {0};
	struct hostkeys *known;
	char *text;
	size_t len;

	if (hostfile_read(&text, &len, path, &err) == -1)
		fail_msg("%s", err.message);
	known = testkey_known(text, len, &(struct host){host, port}, 1);
	assert_int_equal(testkey_check(known, host, port, key), wanted);
	hostkeys_free(known);
	free(text);
}

/* ---- a directory of the test's own */

struct place {
	char dir[64];
	char file[128];
};

static struct place place_make(void)
{
	struct place place = {.dir = "/tmp/netfan-hostkeys-XXXXXX"};

	assert_non_null(mkdtemp(place.dir));
	(void)snprintf(place.file, sizeof(place.file), "%s/known_hosts",
		       place.dir);
	return place;
}

static void place_remove(const struct place *place)
{
	(void)unlink(place->file);
	assert_int_equal(rmdir(place->dir), 0);
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *text)
{
	char got[4096];
	FILE *file = fopen(path, "r");
	size_t len;

	assert_non_null(file);
	len = fread(got, 1, sizeof(got) - 1, file);
	(void)fclose(file);
	got[len] = '\0';
	assert_string_equal(got, text);
}

static int append(const char *path, const char *host, uint16_t port,
		  const struct testkey *key, struct nf_error *err)
{
	uint8_t blob[TESTKEY_ROOM];
	size_t len = testkey_blob(blob, key);

	return hostkeys_append(path, host, port, key->type, blob, len, err);
}

/* ---- reading the file */

static void test_hostkeys_file_that_is_missing_is_empty(void **state)
{
	struct place place = place_make();

	(void)state;
	assert_known(place.file, "sw1", 22, &testkey_ed_a, HOSTKEYS_UNKNOWN);
	place_remove(&place);
}

static void test_hostkeys_file_is_read(void **state)
{
	struct place place = place_make();

	(void)state;
	put(place.file, "sw1 " ED_A "\nsw2 " ED_B);
	assert_known(place.file, "sw1", 22, &testkey_ed_a, HOSTKEYS_MATCH);
	assert_known(place.file, "sw2", 22, &testkey_ed_b, HOSTKEYS_MATCH);
	place_remove(&place);
}

static void assert_refused(const char *path, int sys_errno)
{
	struct nf_error err = {0};
	char *text = NULL;
	size_t len;

	assert_int_equal(hostfile_read(&text, &len, path, &err), -1);
	assert_null(text);
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(err.sys_errno, sys_errno);
	assert_non_null(strstr(err.message, path));
	if (sys_errno != 0)
		assert_non_null(strstr(err.message, strerror(sys_errno)));
}

static void test_hostkeys_refuse_a_file_they_cannot_read(void **state)
{
	struct place place;

	(void)state;
	if (geteuid() == 0)
		UNIT_SKIP("root can read everything");
	place = place_make();
	put(place.file, "sw1 " ED_A "\n");
	assert_int_equal(chmod(place.file, 0), 0);
	assert_refused(place.file, EACCES);
	place_remove(&place);
}

static void test_hostkeys_refuse_a_path_that_leads_nowhere(void **state)
{
	struct place place = place_make();
	char path[160];

	(void)state;
	put(place.file, "");
	(void)snprintf(path, sizeof(path), "%s/below", place.file);
	assert_refused(path, ENOTDIR);
	place_remove(&place);
}

static void test_hostkeys_refuse_what_is_no_regular_file(void **state)
{
	struct place place = place_make();

	(void)state;
	assert_refused(place.dir, 0);
	assert_int_equal(mkfifo(place.file, 0600), 0);
	assert_refused(place.file, 0); /* and does not wait for a writer */
	place_remove(&place);
}

static void test_hostkeys_refuse_a_file_above_64_mib(void **state)
{
	struct place place = place_make();

	(void)state;
	put(place.file, "");
	assert_int_equal(truncate(place.file, 64 * 1024 * 1024 + 1), 0);
	assert_refused(place.file, 0);
	place_remove(&place);
}

/* ---- appending */

static void test_hostkeys_append_makes_file_and_directory(void **state)
{
	struct place place = place_make();
	struct stat st;

	(void)state;
	assert_int_equal(rmdir(place.dir), 0);
	assert_int_equal(append(place.file, "SW1", 22, &testkey_ed_a, NULL), 0);
	assert_int_equal(append(place.file, "sw2", 2222, &testkey_ed_b, NULL),
			 0);
	assert_holds(place.file, "sw1 " ED_A "\n[sw2]:2222 " ED_B "\n");
	assert_int_equal(stat(place.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(place.dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	place_remove(&place);
}

static void test_hostkeys_append_ends_a_last_line_without_newline(void **state)
{
	struct place place = place_make();

	(void)state;
	put(place.file, "sw1 " ED_A);
	assert_int_equal(append(place.file, "sw2", 22, &testkey_ec_a, NULL), 0);
	assert_int_equal(append(place.file, "sw3", 22, &testkey_rsa_a, NULL),
			 0);
	assert_holds(place.file, "sw1 " ED_A "\nsw2 " EC_A "\nsw3 " RSA_A "\n");
	place_remove(&place);
}

static void test_hostkeys_appended_are_found_again(void **state)
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
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		assert_int_equal(append(place.file, hosts[i].host,
					hosts[i].port, &testkey_ed_a, NULL),
				 0);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		assert_known(place.file, hosts[i].host, hosts[i].port,
			     &testkey_ed_a, HOSTKEYS_MATCH);
	place_remove(&place);
}

static void test_hostkeys_append_refuses_names_that_mean_more(void **state)
{
	static const char *const hosts[] = {
		"",      "sw1 sw2", "sw1\tsw2", "sw1\nsw2", "sw1,sw2",
		"sw1\r", "sw\x1b",  "sw\x7f",   "*",        "sw?",
		"!sw1",  "#sw1",    "@revoked", "|1|",      "[sw1]:22",
	};
	struct place place = place_make();

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct nf_error err = {0};

		assert_int_equal(
			append(place.file, hosts[i], 22, &testkey_ed_a, &err),
			-1);
		assert_int_equal(err.code, NF_INVALID);
		assert_null(strchr(err.message, '\n'));
	}
	assert_int_equal(access(place.file, F_OK), -1);
	place_remove(&place);
}

static void test_hostkeys_append_refuses_a_malformed_key(void **state)
{
	static const uint8_t spaced[] = "\0\0\0\3a b\0\0\0\1x";
	struct nf_error err = {0};
	uint8_t blob[TESTKEY_ROOM];
	struct place place = place_make();
	size_t len;

	(void)state;
	len = testkey_blob(blob, &testkey_ed_a);
	assert_int_equal(hostkeys_append(place.file, "sw1", 22, SSH_ED25519,
					 blob, len - 1, &err),
			 -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(hostkeys_append(place.file, "sw1", 22, SSH_RSA, blob,
					 len, &err),
			 -1);
	assert_int_equal(hostkeys_append(place.file, "sw1", 22, "a b", spaced,
					 sizeof(spaced) - 1, &err),
			 -1);
	assert_int_equal(access(place.file, F_OK), -1);
	place_remove(&place);
}

static void test_hostkeys_append_says_what_cannot_be_written(void **state)
{
	struct nf_error err = {0};
	struct place place = place_make();
	char path[160];

	(void)state;
	assert_int_equal(append(place.dir, "sw1", 22, &testkey_ed_a, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, EISDIR);
	assert_non_null(strstr(err.message, place.dir));
	/* One missing directory is made, not two. */
	(void)snprintf(path, sizeof(path), "%s/a/b/known_hosts", place.dir);
	assert_int_equal(append(path, "sw1", 22, &testkey_ed_a, &err), -1);
	assert_int_equal(err.sys_errno, ENOENT);
	place_remove(&place);
}

static void test_hostkeys_line_cut_by_a_full_disk_spoils_no_other(void **state)
{
	const char *before = "sw1 " ED_A "\n";
	struct rlimit limit;
	struct rlimit tight;
	struct nf_error err = {0};
	struct place place = place_make();

	(void)state;
	put(place.file, before);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	tight = limit;
	tight.rlim_cur = strlen(before) + 60;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	assert_int_equal(append(place.file, "sw2", 22, &testkey_ed_b, &err),
			 -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, EFBIG);

	assert_int_equal(append(place.file, "sw3", 22, &testkey_ec_a, NULL), 0);
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
		if (append(path, host, 22, &testkey_ed_a, NULL) == -1)
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

static void test_hostkeys_appended_by_two_processes_are_all_there(void **state)
{
	static const char *const prefixes[] = {"a", "b"};
	pid_t children[2];
	struct place place = place_make();

	(void)state;
	put(place.file, "sw1 " ED_A); /* only one of them may end this line */
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

static int lock_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

static void test_hostkeys_append_waits_for_the_lock(void **state)
{
	struct place place = place_make();
	pid_t child;
	int fd;

	(void)state;
	fd = lock_file(place.file);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		(void)usleep(200 * 1000);
		_exit(0); /* and with it goes the last hold on the lock */
	}
	(void)close(fd);
	assert_int_equal(append(place.file, "sw1", 22, &testkey_ed_a, NULL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_holds(place.file, "sw1 " ED_A "\n");
	place_remove(&place);
}

static void test_hostkeys_append_gives_up_on_the_lock_in_time(void **state)
{
	struct nf_error err = {0};
	struct place place = place_make();
	int64_t from_ms;
	int fd;

	(void)state;
	fd = lock_file(place.file);
	from_ms = clock_ms();
	assert_int_equal(append(place.file, "sw1", 22, &testkey_ed_a, &err),
			 -1);
	assert_true(clock_ms() - from_ms >= 4500);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, ETIMEDOUT);
	(void)close(fd);
	assert_holds(place.file, "");
	place_remove(&place);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hostkeys_file_that_is_missing_is_empty),
	cmocka_unit_test(test_hostkeys_file_is_read),
	cmocka_unit_test(test_hostkeys_refuse_a_file_they_cannot_read),
	cmocka_unit_test(test_hostkeys_refuse_a_path_that_leads_nowhere),
	cmocka_unit_test(test_hostkeys_refuse_what_is_no_regular_file),
	cmocka_unit_test(test_hostkeys_refuse_a_file_above_64_mib),
	cmocka_unit_test(test_hostkeys_append_makes_file_and_directory),
	cmocka_unit_test(test_hostkeys_append_ends_a_last_line_without_newline),
	cmocka_unit_test(test_hostkeys_appended_are_found_again),
	cmocka_unit_test(test_hostkeys_append_refuses_names_that_mean_more),
	cmocka_unit_test(test_hostkeys_append_refuses_a_malformed_key),
	cmocka_unit_test(test_hostkeys_append_says_what_cannot_be_written),
	cmocka_unit_test(test_hostkeys_line_cut_by_a_full_disk_spoils_no_other),
	cmocka_unit_test(test_hostkeys_appended_by_two_processes_are_all_there),
	cmocka_unit_test(test_hostkeys_append_waits_for_the_lock),
	cmocka_unit_test(test_hostkeys_append_gives_up_on_the_lock_in_time),
};

UNIT_MAIN(tests)
