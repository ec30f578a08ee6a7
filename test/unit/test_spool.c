/* lib/worker/spool.c */
#include "worker/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/unit.h"

static uint8_t byte_at(uint64_t at)
{
	return (uint8_t)(at * 7 + (at >> 8) + (at >> 16));
}

static int append(struct spool *spool, size_t len, struct nf_error *err)
{
	uint64_t start = spool_len(spool);
	uint8_t *bytes = malloc(len > 0 ? len : 1);
	int rc;

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = byte_at(start + i);
	rc = spool_append(spool, bytes, len, err);
	free(bytes);
	return rc;
}

static void fill(struct spool *spool, size_t len)
{
	struct nf_error err = {0};

	if (append(spool, len, &err) == -1)
		fail_msg("refused %zu bytes: %s", len, err.message);
}

/* Read all in pieces, from the byte at on, and compare. */
static void assert_reads_back(struct spool *spool, size_t piece, uint64_t at)
{
	uint8_t *bytes = malloc(piece);
	ssize_t n;

	assert_non_null(bytes);
	do {
		uint64_t left = spool_len(spool) - at;

		n = spool_read(spool, bytes, piece, NULL);
		assert_int_equal(n, left < piece ? left : piece);
		for (ssize_t i = 0; i < n; i++) {
			if (bytes[i] != byte_at(at + (uint64_t)i))
				fail_msg("byte %zu differs",
					 (size_t)at + (size_t)i);
		}
		at += (uint64_t)n;
	} while ((size_t)n == piece);
	assert_int_equal(at, spool_len(spool));
	assert_int_equal(spool_read(spool, bytes, piece, NULL), 0);
	free(bytes);
}

static void test_an_empty_spool_reads_as_nothing(void **state)
{
	struct spool_budget budget = {0};
	struct spool spool;
	uint8_t byte;

	(void)state;
	spool_init(&spool, &budget);
	assert_int_equal(spool_len(&spool), 0);
	assert_int_equal(spool_read(&spool, &byte, 1, NULL), 0);
	assert_int_equal(spool_append(&spool, &byte, 0, NULL), 0);
	assert_int_equal(spool_read(&spool, &byte, 1, NULL), 0);
	spool_release(&spool);
	assert_int_equal(budget.used, 0);
}

/* Bytes in two appends, and what of them must lie in a file. */
struct border {
	size_t first, second;
	size_t in_file;
};

static void test_a_file_begins_where_memory_ends(void **state)
{
	static const struct border borders[] = {
		{SPOOL_MEMORY - 1, 1, 0},
		{SPOOL_MEMORY, 0, 0},
		{SPOOL_MEMORY, 1, 1},
		{SPOOL_MEMORY - 1, 2, 2}, /* an append is not divided */
		{1, SPOOL_MEMORY, SPOOL_MEMORY},
		{0, SPOOL_MEMORY + 1, SPOOL_MEMORY + 1},
		{SPOOL_MEMORY + 1, 1, SPOOL_MEMORY + 2},
		{100, 3 * SPOOL_MEMORY, 3 * SPOOL_MEMORY},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(borders); i++) {
		const struct border *border = &borders[i];
		struct spool_budget budget = {0};
		struct spool spool;

		spool_init(&spool, &budget);
		fill(&spool, border->first);
		fill(&spool, border->second);
		assert_int_equal(spool_len(&spool),
				 border->first + border->second);
		assert_int_equal(spool.file_len, border->in_file);
		assert_int_equal(budget.used, border->first + border->second -
						      border->in_file);
		assert_int_equal(spool.fd != -1, border->in_file > 0);
		assert_reads_back(&spool, 1000, 0);
		spool_release(&spool);
		assert_int_equal(budget.used, 0);
	}
}

static void test_nothing_returns_to_memory_once_a_file_is_begun(void **state)
{
	struct spool_budget budget = {0};
	struct spool spool;

	(void)state;
	spool_init(&spool, &budget);
	fill(&spool, 10);
	fill(&spool, SPOOL_MEMORY);
	fill(&spool, 1); /* there would be room in memory */
	assert_int_equal(budget.used, 10);
	assert_int_equal(spool.file_len, SPOOL_MEMORY + 1);
	assert_reads_back(&spool, SPOOL_MEMORY, 0);
	spool_release(&spool);
}

static void test_odd_pieces_read_back_what_odd_pieces_wrote(void **state)
{
	static const size_t reads[] = {1,
				       13,
				       4095,
				       65537,
				       SPOOL_MEMORY - 1,
				       SPOOL_MEMORY + 1,
				       4 * SPOOL_MEMORY};

	(void)state;
	for (size_t i = 0; i < LENGTH(reads); i++) {
		struct spool_budget budget = {0};
		struct spool spool;

		spool_init(&spool, &budget);
		for (size_t len = 1; spool_len(&spool) < 2 * SPOOL_MEMORY;
		     len = len * 3 % 65521)
			fill(&spool, len);
		assert_reads_back(&spool, reads[i], 0);
		spool_release(&spool);
	}
}

static void test_a_spool_can_be_read_while_it_grows(void **state)
{
	struct spool_budget budget = {0};
	uint64_t at = 0;
	struct spool spool;

	(void)state;
	spool_init(&spool, &budget);
	while (at < 3 * SPOOL_MEMORY) {
		fill(&spool, 65535);
		assert_reads_back(&spool, 1021, at);
		at = spool_len(&spool);
	}
	spool_release(&spool);
}

static void test_spools_share_one_budget_and_give_it_back(void **state)
{
	enum { COUNT = SPOOL_MEMORY_ALL / SPOOL_MEMORY };
	static struct spool spools[COUNT];
	struct spool_budget budget = {0};
	struct spool late;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		spool_init(&spools[i], &budget);
		fill(&spools[i], SPOOL_MEMORY);
		assert_int_equal(spools[i].fd, -1);
	}
	assert_int_equal(budget.used, SPOOL_MEMORY_ALL);
	spool_init(&late, &budget);
	fill(&late, 1);
	assert_int_equal(late.file_len, 1);
	assert_int_equal(budget.used, SPOOL_MEMORY_ALL);
	spool_release(&late);
	assert_int_equal(budget.used, SPOOL_MEMORY_ALL);

	spool_release(&spools[0]);
	assert_int_equal(budget.used, SPOOL_MEMORY_ALL - SPOOL_MEMORY);
	fill(&late, SPOOL_MEMORY - 1);
	assert_int_equal(late.fd, -1);
	fill(&spools[0], 1);
	assert_int_equal(spools[0].fd, -1);
	assert_int_equal(budget.used, SPOOL_MEMORY_ALL);
	assert_reads_back(&late, 4096, 0);
	spool_release(&late);
	for (size_t i = 0; i < COUNT; i++)
		spool_release(&spools[i]);
	assert_int_equal(budget.used, 0);
}

static void test_a_released_spool_is_empty_and_ready(void **state)
{
	struct spool_budget budget = {0};
	struct spool spool;

	(void)state;
	spool_init(&spool, &budget);
	for (int i = 0; i < 3; i++) {
		fill(&spool, 100);
		fill(&spool, SPOOL_MEMORY);
		assert_reads_back(&spool, 777, 0);
		spool_release(&spool);
		assert_int_equal(spool_len(&spool), 0);
		assert_int_equal(spool.fd, -1);
		assert_int_equal(budget.used, 0);
	}
}

/* ---- files ---- */

static size_t count_entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

static void test_a_file_has_no_name_and_no_heir(void **state)
{
	char dir[] = "/tmp/netfan-spool.XXXXXX";
	struct spool_budget budget = {0};
	size_t nfds, nentries;
	struct spool spool;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(setenv("TMPDIR", dir, 1), 0);
	nfds = count_entries("/proc/self/fd");
	nentries = count_entries(dir);
	spool_init(&spool, &budget);
	fill(&spool, SPOOL_MEMORY + 1);
	assert_int_equal(count_entries(dir), nentries);
	assert_int_equal(count_entries("/proc/self/fd"), nfds + 1);
	assert_int_equal(fstat(spool.fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(fcntl(spool.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	spool_release(&spool);
	assert_int_equal(count_entries("/proc/self/fd"), nfds);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

static void test_a_useless_tmpdir_is_passed_over(void **state)
{
	static const char *const dirs[] = {"/dev/null/none", "/nonexistent", "",
					   "/dev/full", "/proc"};

	(void)state;
	for (size_t i = 0; i < LENGTH(dirs); i++) {
		struct spool_budget budget = {0};
		struct spool spool;

		assert_int_equal(setenv("TMPDIR", dirs[i], 1), 0);
		spool_init(&spool, &budget);
		fill(&spool, SPOOL_MEMORY + 1);
		assert_reads_back(&spool, 65536, 0);
		spool_release(&spool);
	}
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

static struct rlimit set_limit(enum __rlimit_resource resource, rlim_t soft)
{
	struct rlimit before, after;

	assert_int_equal(getrlimit(resource, &before), 0);
	after = before;
	after.rlim_cur = soft;
	assert_int_equal(setrlimit(resource, &after), 0);
	return before;
}

static void test_without_a_file_earlier_bytes_are_still_there(void **state)
{
	struct spool_budget budget = {0};
	struct nf_error err = {0};
	struct rlimit before;
	struct spool spool;

	(void)state;
	spool_init(&spool, &budget);
	fill(&spool, 1000);
	/* No descriptor is left for a file. */
	before = set_limit(RLIMIT_NOFILE, 0);
	assert_int_equal(append(&spool, SPOOL_MEMORY, &err), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_non_null(strstr(err.message, "no temporary file"));
	assert_int_equal(spool_len(&spool), 1000);
	assert_int_equal(budget.used, 1000);
	assert_reads_back(&spool, 333, 0);
	spool_release(&spool);
	assert_int_equal(budget.used, 0);
}

/*
 * A disk that is full after max bytes, in the midst of an append: all that was
 * appended before reads back, and nothing of that one.
 */
static void assert_full_disk_loses_nothing(size_t max)
{
	const size_t piece = 60000;
	struct spool_budget budget = {0};
	struct nf_error err = {0};
	struct rlimit before;
	uint64_t kept = 0;
	struct spool spool;

	spool_init(&spool, &budget);
	fill(&spool, SPOOL_MEMORY);
	/* Each byte has its own place in the file. */
	before = set_limit(RLIMIT_FSIZE, SPOOL_MEMORY + max);
	do
		kept = spool_len(&spool);
	while (append(&spool, piece, &err) == 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, EFBIG);
	assert_non_null(strstr(err.message, "no room"));
	assert_int_equal(kept, SPOOL_MEMORY + max / piece * piece);
	assert_int_equal(spool_len(&spool), kept);
	assert_reads_back(&spool, 4096, 0);
	/* The disk has room again, and the gap is closed. */
	fill(&spool, 5);
	assert_int_equal(spool_len(&spool), kept + 5);
	assert_reads_back(&spool, 1, kept);
	spool_release(&spool);
}

static void test_a_full_disk_is_said_and_loses_nothing(void **state)
{
	static const size_t sizes[] = {0, 1, 59999, 60000, 60001, 250000};

	(void)state;
	for (size_t i = 0; i < LENGTH(sizes); i++)
		assert_full_disk_loses_nothing(sizes[i]);
}

static void test_a_file_that_lost_its_bytes_is_said(void **state)
{
	struct spool_budget budget = {0};
	struct nf_error err = {0};
	uint8_t bytes[100];
	struct spool spool;

	(void)state;
	spool_init(&spool, &budget);
	fill(&spool, SPOOL_MEMORY + 50);
	assert_int_equal(ftruncate(spool.fd, 10), 0);
	assert_int_equal(spool_read(&spool, bytes, 100, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	spool_release(&spool);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_an_empty_spool_reads_as_nothing),
	cmocka_unit_test(test_a_file_begins_where_memory_ends),
	cmocka_unit_test(test_nothing_returns_to_memory_once_a_file_is_begun),
	cmocka_unit_test(test_odd_pieces_read_back_what_odd_pieces_wrote),
	cmocka_unit_test(test_a_spool_can_be_read_while_it_grows),
	cmocka_unit_test(test_spools_share_one_budget_and_give_it_back),
	cmocka_unit_test(test_a_released_spool_is_empty_and_ready),
	cmocka_unit_test(test_a_file_has_no_name_and_no_heir),
	cmocka_unit_test(test_a_useless_tmpdir_is_passed_over),
	cmocka_unit_test(test_without_a_file_earlier_bytes_are_still_there),
	cmocka_unit_test(test_a_full_disk_is_said_and_loses_nothing),
	cmocka_unit_test(test_a_file_that_lost_its_bytes_is_said),
};

UNIT_MAIN(tests)
