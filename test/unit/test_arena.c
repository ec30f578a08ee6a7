/* Memory for passwords. */
#include "unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "secrets/arena.h"

/* Whether the mapping at address has a flag of proc(5)'s VmFlags: 1, 0, -1 where
 * these are not shown. */
static int has_flag(const void *address, const char *flag)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	unsigned long from;
	unsigned long to;
	char line[4096];
	bool inside = false;
	int found = -1;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)address >= from &&
				 (uintptr_t)address < to;
		if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	if (file != NULL)
		(void)fclose(file);
	return found;
}

/* Let a process lock so many bytes; root may lock more all the same. */
static void limit_locks(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
	limit.rlim_cur = bytes;
	if (bytes > limit.rlim_max)
		UNIT_SKIP("too little memory may be locked here");
	assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
}

/* Give up the right to lock without limit. */
static void be_nobody(void)
{
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
}

static void test_secrets_keep_what_was_added(void **state)
{
	struct secrets secrets = {0};
	const char *kept[2000];
	char text[64];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(text, sizeof(text), "a rather long secret %d",
			       i);
		kept[i] = secrets_add(&secrets, text);
		assert_non_null(kept[i]);
	}
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(text, sizeof(text), "a rather long secret %d",
			       i);
		assert_string_equal(kept[i], text);
	}
	assert_string_equal(secrets_add(&secrets, ""), "");
	secrets_release(&secrets);
	assert_null(secrets.newest);
}

static void test_secrets_take_one_larger_than_a_mapping(void **state)
{
	struct secrets secrets = {0};
	size_t len = (size_t)1024 * 1024;
	char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 's', len);
	text[len] = '\0';
	assert_string_equal(secrets_add(&secrets, text), text);
	assert_string_equal(secrets_add(&secrets, "small"), "small");
	free(text);
	secrets_release(&secrets);
}

static void test_secrets_are_ready_again_after_release(void **state)
{
	struct secrets secrets = {0};

	(void)state;
	secrets_release(&secrets);
	assert_non_null(secrets_add(&secrets, "one"));
	secrets_release(&secrets);
	assert_string_equal(secrets_add(&secrets, "two"), "two");
	secrets_release(&secrets);
}

static void test_secrets_stay_out_of_core_files(void **state)
{
	struct secrets secrets = {0};
	const char *kept = secrets_add(&secrets, "cisco");
	int flagged = has_flag(kept, " dd");

	(void)state;
	secrets_release(&secrets);
	if (flagged == -1)
		UNIT_SKIP("/proc/self/smaps shows no VmFlags here");
	assert_int_equal(flagged, 1);
}

static void test_secrets_are_locked_where_that_is_wished(void **state)
{
	struct secrets secrets = {.lock = true}, loose = {0};
	int locked, left;

	(void)state;
	if (UNIT_ASAN || UNIT_TSAN)
		UNIT_SKIP("a sanitizer locks no memory");
	limit_locks((rlim_t)256 * 1024);
	locked = has_flag(secrets_add(&secrets, "cisco"), " lo");
	left = has_flag(secrets_add(&loose, "cisco"), " lo");
	if (locked != -1 && !secrets_unlocked(&secrets))
		assert_int_equal(locked, 1);
	assert_int_not_equal(left, 1);
	assert_false(secrets_unlocked(&loose));
	secrets_release(&loose);
	secrets_release(&secrets);
}

static void test_secrets_that_cannot_be_locked_are_kept(void **state)
{
	static const rlim_t limits[] = {0, 1};

	(void)state;
	if (UNIT_ASAN || UNIT_TSAN)
		UNIT_SKIP("a sanitizer locks no memory");
	for (size_t i = 0; i < LENGTH(limits); i++) {
		struct secrets secrets = {.lock = true};

		limit_locks(limits[i]);
		be_nobody();
		assert_string_equal(secrets_add(&secrets, "cisco"), "cisco");
		assert_true(secrets_unlocked(&secrets));
		assert_string_equal(secrets_add(&secrets, "juniper"),
				    "juniper");
		secrets_release(&secrets);
		assert_false(secrets_unlocked(&secrets));
		assert_true(secrets.lock);
	}
}

static void test_secrets_are_unmapped_by_release(void **state)
{
	struct secrets secrets = {0};
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const char *kept = secrets_add(&secrets, "cisco");
	unsigned char resident;

	(void)state;
	assert_non_null(kept);
	page = (uintptr_t)kept / page * page;
	secrets_release(&secrets);
	assert_int_equal(mincore((void *)page, 1, &resident), -1);
	assert_int_equal(errno, ENOMEM);
}

static void test_secrets_say_when_memory_is_short(void **state)
{
	struct secrets secrets = {0};
	struct rlimit none;
	struct rlimit before;
	const char *kept;

	(void)state;
	if (UNIT_ASAN || UNIT_TSAN)
		UNIT_SKIP("a sanitizer needs address space of its own");
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	none = before;
	none.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	kept = secrets_add(&secrets, "cisco");
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	if (kept != NULL) {
		secrets_release(&secrets);
		UNIT_SKIP("RLIMIT_AS has no effect here");
	}
	assert_null(secrets.newest);
	secrets_release(&secrets);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_secrets_keep_what_was_added),
	cmocka_unit_test(test_secrets_take_one_larger_than_a_mapping),
	cmocka_unit_test(test_secrets_are_ready_again_after_release),
	cmocka_unit_test(test_secrets_stay_out_of_core_files),
	cmocka_unit_test(test_secrets_are_locked_where_that_is_wished),
	cmocka_unit_test(test_secrets_that_cannot_be_locked_are_kept),
	cmocka_unit_test(test_secrets_are_unmapped_by_release),
	cmocka_unit_test(test_secrets_say_when_memory_is_short),
};

UNIT_MAIN(tests)
