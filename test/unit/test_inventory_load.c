/* Reading an inventory: files, large ones, and those that mean harm. */
#include "inventory/inventory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "unit/invtext.h"
#include "unit/unit.h"

/* What this process has used: a busy machine takes nothing away from it. */
static int64_t cpu_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- files that mean harm, and large ones */

static void test_inventory_refuses_alias_bomb_at_once(void **state)
{
	static const char bomb[] =
		"- name: R1\n  a: &a [lol, lol, lol, lol, lol, lol, lol, lol, "
		"lol]\n"
		"  b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
		"  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
		"  d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
		"  e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n"
		"  f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n"
		"  g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]\n"
		"  h: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g]\n";
	int64_t start = cpu_ms();

	(void)state;
	assert_invtext_refused_bytes(
		bomb, strlen(bomb),
		"inv.yaml:8: aliases make this file grow beyond measure "
		"(4,000,000 values): write out what they stand for");
	assert_true(cpu_ms() - start < 1000);
}

static void test_inventory_refuses_deep_nesting_at_once(void **state)
{
	static const char *const units[] = {"[", "{", "- ", "{a: [", "? "};
	int64_t start = cpu_ms();

	(void)state;
	for (size_t i = 0; i < LENGTH(units); i++) {
		char *deep = invtext_repeat(units[i], 100000);
		char *text = NULL;
		struct nf_inventory *inv = NULL;
		struct nf_error err = {0};

		assert_int_not_equal(
			asprintf(&text, "- host: a\n  sock: %s", deep), -1);
		assert_int_equal(
			invtext_read(&inv, text, strlen(text), NULL, &err), -1);
		assert_int_equal(err.code, NF_INVALID);
		assert_int_equal(
			invtext_read(&inv, deep, strlen(deep), NULL, &err), -1);
		free(text);
		free(deep);
	}
	assert_true(cpu_ms() - start < 5000);
}

static void test_inventory_tells_the_bound_of_nesting(void **state)
{
	static const char text[] = "- sock: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";

	(void)state;
	assert_invtext_refused_bytes(
		text, strlen(text), "inv.yaml:1: nested deeper than 32 levels");
}

static void test_inventory_reads_many_devices_in_time(void **state)
{
	size_t n = 100000;
	size_t room = n * 200;
	char *text = malloc(room);
	struct nf_inventory *inv;
	size_t len = 0;
	int64_t start;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(
			text + len, room - len,
			"- name: router-%zu\n  device_type: cisco_ios\n"
			"  ip: 10.%zu.%zu.%zu\n  port: 2222\n"
			"  username: cisco\n  password: cisco-%zu\n"
			"  secret: cisco\n",
			i, i >> 16, i >> 8 & 255, i & 255, i);
	start = cpu_ms();
	inv = invtext_parse_bytes(text, len);
	start = cpu_ms() - start;
	print_message("100,000 devices: %d ms\n", (int)start);
	assert_int_equal(nf_inventory_size(inv), n);
	assert_string_equal(inventory_device(inv, n - 1)->credentials.password,
			    "cisco-99999");
	nf_inventory_free(inv);
	free(text);
	/* A second is the goal; some machines are slower. */
	assert_true(start < (UNIT_ASAN || UNIT_TSAN ? 30000 : 5000));
}

/* ---- files */

static void test_inventory_load_reads_a_file(void **state)
{
	char path[] = "/tmp/netfan-inventory-XXXXXX";
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	int fd = mkstemp(path);

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, R1, strlen(R1)), strlen(R1));
	(void)close(fd);
	assert_int_equal(nf_inventory_load(&inv, path, NULL, NULL, &err), 0);
	(void)unlink(path);
	assert_int_equal(nf_inventory_size(inv), 1);
	nf_inventory_free(inv);
}

static void test_inventory_load_reads_a_pipe(void **state)
{
	char *many = invtext_repeat("# a comment line\n", 2000);
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	char path[64];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], many, strlen(many)), strlen(many));
	assert_int_equal(write(fds[1], R1, strlen(R1)), strlen(R1));
	(void)close(fds[1]);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
	assert_int_equal(nf_inventory_load(&inv, path, NULL, NULL, &err), 0);
	assert_int_equal(inventory_device(inv, 0)->line, 2001);
	nf_inventory_free(inv);
	(void)close(fds[0]);
	free(many);
}

static void test_inventory_load_says_why_it_cannot_read(void **state)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(nf_inventory_load(&inv, "/nonexistent/i.yaml", NULL,
					   NULL, &err),
			 -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_string_equal(err.message,
			    "/nonexistent/i.yaml: cannot be read: No such file "
			    "or directory (check the path and its "
			    "permissions)");
	assert_null(inv);
}

static int64_t bytes_read(void)
{
	FILE *file = fopen("/proc/self/io", "re");
	long long bytes = -1;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "rchar: %lld", &bytes), 1);
	(void)fclose(file);
	return bytes;
}

static void test_inventory_load_does_not_read_a_huge_file(void **state)
{
	char path[] = "/tmp/netfan-inventory-XXXXXX";
	char message[128];
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	int64_t before;
	int fd = mkstemp(path);

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(ftruncate(fd, (off_t)200 * 1000 * 1000 + 1), 0);
	(void)close(fd);
	before = bytes_read();
	assert_int_equal(nf_inventory_load(&inv, path, NULL, NULL, &err), -1);
	(void)unlink(path);
	assert_true(bytes_read() - before < 1000 * 1000);
	(void)snprintf(message, sizeof(message),
		       "%s: larger than 200 MB: split it into several files",
		       path);
	assert_string_equal(err.message, message);
}

static void test_inventory_free_trusts_null(void **state)
{
	(void)state;
	nf_inventory_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_inventory_refuses_alias_bomb_at_once),
	cmocka_unit_test(test_inventory_refuses_deep_nesting_at_once),
	cmocka_unit_test(test_inventory_tells_the_bound_of_nesting),
	cmocka_unit_test(test_inventory_reads_many_devices_in_time),
	cmocka_unit_test(test_inventory_load_reads_a_file),
	cmocka_unit_test(test_inventory_load_reads_a_pipe),
	cmocka_unit_test(test_inventory_load_says_why_it_cannot_read),
	cmocka_unit_test(test_inventory_load_does_not_read_a_huge_file),
	cmocka_unit_test(test_inventory_free_trusts_null),
};

UNIT_MAIN(tests)
