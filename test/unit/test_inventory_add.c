/* An inventory put together of files and of entries in memory. */
#include "inventory/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/invtext.h"
#include "unit/unit.h"

/* Notes, a line each. */
static char notes[2048];

static void take_note(void *arg, const char *text)
{
	size_t len = strlen(notes);

	(void)arg;
	(void)snprintf(notes + len, sizeof(notes) - len, "%s\n", text);
}

static struct nf_inventory *start(void)
{
	static const struct nf_log log = {.line = take_note};
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	notes[0] = '\0';
	assert_int_equal(nf_inventory_new(&inv, NULL, &log, &err), 0);
	assert_int_equal(nf_inventory_size(inv), 0);
	return inv;
}

/* A file of the working directory, which is one of the test's own. */
static void put_file(const char *path, mode_t mode, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_not_equal(fputs(text, file), EOF);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void enter_directory(void)
{
	char path[] = "/tmp/netfan-add-XXXXXX";

	assert_non_null(mkdtemp(path));
	assert_int_equal(chdir(path), 0);
}

static void leave_directory(void)
{
	char *path = getcwd(NULL, 0);

	(void)unlink("a.yaml");
	(void)unlink("b.yaml");
	assert_int_equal(rmdir(path), 0);
	free(path);
}

static void assert_added(struct nf_inventory *inv, const char *path)
{
	struct nf_error err = {0};

	if (nf_inventory_add_file(inv, path, &err) == -1)
		fail_msg("%s", err.message);
}

static void assert_not_added(struct nf_inventory *inv, const char *path,
			     const char *message)
{
	size_t n = nf_inventory_size(inv);
	struct nf_error err = {0};

	nf_inventory_strict(inv);
	assert_int_equal(nf_inventory_add_file(inv, path, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message, message);
	assert_int_equal(nf_inventory_size(inv), n);
}

static const char *name_of(const struct nf_inventory *inv, size_t i)
{
	return nf_inventory_device(inv, i)->name;
}

/* ---- files */

static void test_inventory_add_file_merges(void **state)
{
	struct nf_inventory *inv;

	(void)state;
	enter_directory();
	put_file("a.yaml", 0600, R1 "- {host: h, device_type: linux}\n");
	put_file("b.yaml", 0600,
		 "- {host: h, device_type: linux, port: 2222}\n"
		 "- {name: R2, device_type: linux, host: 10.0.0.1}\n");
	inv = start();
	assert_added(inv, "a.yaml");
	assert_string_equal(name_of(inv, 1), "h");
	assert_added(inv, "b.yaml");
	assert_int_equal(nf_inventory_size(inv), 4);
	assert_string_equal(name_of(inv, 0), "R1");
	assert_string_equal(name_of(inv, 1), "h:22");
	assert_string_equal(name_of(inv, 2), "h:2222");
	assert_string_equal(name_of(inv, 3), "R2");
	assert_string_equal(inventory_device(inv, 3)->path, "b.yaml");
	assert_string_equal(notes, "");
	nf_inventory_free(inv);
	leave_directory();
}

static void test_inventory_add_file_takes_the_same_device_once(void **state)
{
	struct nf_inventory *inv;

	(void)state;
	enter_directory();
	put_file("a.yaml", 0600, R1 "- {host: h, device_type: linux}\n");
	put_file("b.yaml", 0600, R1 "- {host: h, device_type: linux}\n" R1);
	inv = start();
	assert_added(inv, "a.yaml");
	assert_added(inv, "b.yaml");
	assert_int_equal(nf_inventory_size(inv), 2);
	assert_string_equal(name_of(inv, 1), "h");
	assert_string_equal(notes, "b.yaml:1: device 'R1' is there already, in "
				   "a.yaml:1: it is asked once (and 2 more)\n");
	nf_inventory_free(inv);
	leave_directory();
}

/* Each differs from the first in one value. */
static void test_inventory_add_file_takes_no_other_device_for_it(void **state)
{
	static const char *const differ[] = {
		"host: i",      "port: 23",
		"username: v",  "password: q",
		"secret: t",    "device_type: cisco_ios",
		"legacy: true", "transport: telnet\n  port: 22",
		"enable: true", "login_answers: a=b",
	};

	(void)state;
	enter_directory();
	put_file("a.yaml", 0600,
		 "- name: n\n  device_type: linux\n  host: h\n"
		 "  username: u\n  password: p\n  secret: s\n");
	for (size_t i = 0; i < LENGTH(differ); i++) {
		static const char *const keys[] = {"device_type: linux",
						   "host: h", "username: u",
						   "password: p", "secret: s"};
		struct nf_inventory *inv = start();
		char text[512] = "- name: n\n";

		unit_where(differ[i]);
		for (size_t k = 0; k < LENGTH(keys); k++) {
			size_t len = strlen(text);
			bool other = strncmp(keys[k], differ[i],
					     strcspn(keys[k], ":")) == 0;

			if (!other)
				(void)snprintf(text + len, sizeof(text) - len,
					       "  %s\n", keys[k]);
		}
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
			       "  %s", differ[i]);
		put_file("b.yaml", 0600, text);
		assert_added(inv, "a.yaml");
		assert_not_added(inv, "b.yaml",
				 "b.yaml:1: device 'n': the name is already "
				 "used in a.yaml:1");
		nf_inventory_free(inv);
	}
	leave_directory();
}

static void test_inventory_add_file_adds_all_of_a_file_or_nothing(void **state)
{
	struct nf_inventory *inv;

	(void)state;
	enter_directory();
	put_file("a.yaml", 0600,
		 R1 "- {host: h, device_type: linux}\n"
		    "- {host: i, device_type: linux, name: 'h:23'}\n");
	put_file("b.yaml", 0600,
		 "- {host: k, device_type: linux}\n"
		 "- {host: h, device_type: linux, port: 23}\n");
	inv = start();
	assert_added(inv, "a.yaml");
	assert_not_added(inv, "b.yaml",
			 "b.yaml:2: device 'h:23': no name, and its address "
			 "is already used in a.yaml:3: give each a name");
	assert_string_equal(name_of(inv, 1), "h");
	put_file("b.yaml", 0600, "- {host: k, device_type: linux}\n");
	assert_added(inv, "b.yaml");
	assert_string_equal(name_of(inv, 3), "k");
	assert_not_added(inv, "none.yaml",
			 "none.yaml: cannot be read: No such file or directory "
			 "(check the path and its permissions)");
	nf_inventory_free(inv);
	leave_directory();
}

static void test_inventory_add_file_tells_of_passwords_for_all(void **state)
{
	static const char told[] =
		"a.yaml: others may read the passwords in it: chmod 600\n";
	static const struct {
		const char *text;
		mode_t mode;
		const char *notes;
	} list[] = {
		{WITH("password: x"), 0600, ""},
		{WITH("password: x"), 0640, told},
		{WITH("password: x"), 0604, told},
		{WITH("secret: x"), 0644, told},
		{WITH("password: ${x}"), 0644, ""},
		{R1, 0644, ""},
	};

	(void)state;
	enter_directory();
	for (size_t i = 0; i < LENGTH(list); i++) {
		struct nf_inventory *inv = start();

		put_file("a.yaml", list[i].mode, list[i].text);
		assert_added(inv, "a.yaml");
		assert_string_equal(notes, list[i].notes);
		nf_inventory_free(inv);
	}
	leave_directory();
}

static void test_inventory_add_file_reads_standard_input(void **state)
{
	struct nf_inventory *inv = start();
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	assert_int_not_equal(fputs(WITH("password: x") "oops", file), EOF);
	assert_int_equal(fflush(file), 0);
	assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
	assert_int_equal(fchmod(fileno(file), 0644), 0);
	assert_int_equal(dup2(fileno(file), STDIN_FILENO), STDIN_FILENO);
	(void)fclose(file);
	assert_not_added(inv, "-",
			 "standard input:7: could not find expected ':'"
			 " (while scanning a simple key from line 6 on)");
	assert_int_equal(lseek(STDIN_FILENO, 0, SEEK_SET), 0);
	assert_int_equal(
		ftruncate(STDIN_FILENO, (off_t)strlen(WITH("password: x"))), 0);
	assert_added(inv, "-");
	assert_string_equal(inventory_device(inv, 0)->path, "standard input");
	assert_string_equal(notes, "");
	nf_inventory_free(inv);
}

/* ---- memory */

static void test_inventory_add_copies_every_value(void **state)
{
	char name[] = "R1", type[] = "cisco_ios_telnet", host[] = "10.0.0.1",
	     port[] = "2323", user[] = "u", password[] = "p",
	     secret[] = "literal:<s>", transport[] = "telnet",
	     legacy[] = "true", enable[] = "true", answers[] = "a=b";
	char *texts[] = {name,   type,      host,   port,   user,   password,
			 secret, transport, legacy, enable, answers};
	struct nf_inventory *inv = start();
	const struct device *dev;
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(
		nf_inventory_add(inv,
				 &(struct nf_entry){.name = name,
						    .device_type = type,
						    .host = host,
						    .port = port,
						    .username = user,
						    .password = password,
						    .secret = secret,
						    .transport = transport,
						    .enable = enable,
						    .legacy = legacy,
						    .login_answers = answers},
				 &err),
		0);
	for (size_t i = 0; i < LENGTH(texts); i++)
		memset(texts[i], '#', strlen(texts[i]));
	dev = inventory_device(inv, 0);
	assert_string_equal(dev->pub.name, "R1");
	assert_string_equal(dev->pub.platform, "cisco_ios");
	assert_string_equal(dev->pub.host, "10.0.0.1");
	assert_int_equal(dev->pub.port, 2323);
	assert_string_equal(dev->pub.username, "u");
	assert_string_equal(dev->credentials.password, "p");
	assert_string_equal(dev->credentials.secret, "<s>");
	assert_true(dev->telnet);
	assert_int_equal(dev->legacy, LEGACY_ON);
	assert_int_equal(dev->credentials.enable, ENABLE_ALWAYS);
	assert_string_equal(dev->login_answers, "a=b");
	nf_inventory_free(inv);
}

static void test_inventory_add_has_the_defaults_of_files(void **state)
{
	struct nf_inventory *inv = start();
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(setenv("USER", "operator", 1), 0);
	for (int i = 0; i < 3; i++) {
		const char *ports[] = {NULL, "2222", "2222"};
		const struct nf_entry entry = {
			.device_type = "linux", .host = "h", .port = ports[i]};

		assert_int_equal(nf_inventory_add(inv, &entry, &err), 0);
	}
	assert_int_equal(nf_inventory_size(inv), 2);
	assert_string_equal(name_of(inv, 0), "h:22");
	assert_string_equal(name_of(inv, 1), "h:2222");
	assert_string_equal(nf_inventory_device(inv, 0)->username, "operator");
	assert_null(inventory_device(inv, 0)->credentials.password);
	assert_string_equal(notes, "device 'h' is there already, in an entry "
				   "before: it is asked once\n");
	nf_inventory_free(inv);
}

static void test_inventory_add_names_the_device_at_fault(void **state)
{
	static const struct {
		struct nf_entry entry;
		const char *message;
	} list[] = {
		{{.device_type = "linux"},
		 "device 2: no address: give 'host' or 'ip'"},
		{{.name = "n", .device_type = "linux", .host = "127.1"},
		 "device 'n': host '127.1': it is no IPv4 address: write four "
		 "numbers 0-255 with points between"},
		{{.device_type = "linux", .host = "h", .port = "x"},
		 "device 'h': port 'x' is not a number 1-65535"},
		{{.device_type = "linux", .host = "h", .username = "a\tb"},
		 "device 'h': username contains a control character"},
		{{.name = "R1", .device_type = "linux", .host = "h"},
		 "device 'R1': the name is already used in an entry before"},
	};
	struct nf_inventory *inv = start();
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(
		nf_inventory_add(inv,
				 &(struct nf_entry){.name = "R1",
						    .device_type = "linux",
						    .host = "10.0.0.1"},
				 &err),
		0);
	for (size_t i = 0; i < LENGTH(list); i++) {
		assert_int_equal(nf_inventory_add(inv, &list[i].entry, &err),
				 -1);
		assert_int_equal(err.code, NF_INVALID);
		assert_string_equal(err.message, list[i].message);
		assert_int_equal(nf_inventory_size(inv), 1);
	}
	assert_int_equal(
		nf_inventory_add(inv, &(struct nf_entry){.host = "h"}, &err),
		-1);
	assert_int_equal(err.code, NF_UNKNOWN_PLATFORM);
	assert_string_equal(err.message, "device 'h': no device_type: say what "
					 "it is, as in device_type: cisco_ios "
					 "(netfan platforms lists all)");
	nf_inventory_free(inv);
}

static void test_inventory_add_skips_what_files_skip(void **state)
{
	struct nf_inventory *inv = start();
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(
		nf_inventory_add(inv,
				 &(struct nf_entry){.device_type = "linux",
						    .host = "h",
						    .password = "x\ny"},
				 &err),
		0);
	assert_string_equal(inventory_device(inv, 0)->skip,
			    "device 'h': password has a line break in it: "
			    "write it on one line, with none at its end");
	nf_inventory_free(inv);
}

/* So many that every table has to grow. */
static void test_inventory_add_keeps_thousands_apart(void **state)
{
	struct nf_inventory *inv = start();
	struct nf_error err = {0};
	char host[32], port[8];

	(void)state;
	for (unsigned i = 0; i < 6000; i++) {
		const struct nf_entry entry = {
			.device_type = "linux", .host = host, .port = port};

		(void)snprintf(host, sizeof(host), "h%u", i / 2);
		(void)snprintf(port, sizeof(port), "%u", 22 + i % 2);
		assert_int_equal(nf_inventory_add(inv, &entry, &err), 0);
	}
	assert_int_equal(nf_inventory_size(inv), 6000);
	assert_string_equal(name_of(inv, 0), "h0:22");
	assert_string_equal(name_of(inv, 5999), "h2999:23");
	assert_string_equal(nf_inventory_device(inv, 0)->host, "h0");
	nf_inventory_free(inv);
}

static void test_inventory_add_is_over_when_a_part_was_selected(void **state)
{
	static const char *const names[] = {"h"};
	const struct nf_selection selection = {.limits = names, .nlimits = 1};
	const struct nf_entry entry = {.device_type = "linux", .host = "h"};
	struct nf_inventory *inv = start();
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(nf_inventory_add(inv, &entry, &err), 0);
	assert_int_equal(nf_inventory_select(inv, &selection, &err), 0);
	assert_int_equal(nf_inventory_add(inv, &entry, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	nf_inventory_free(inv);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_inventory_add_file_merges),
	cmocka_unit_test(test_inventory_add_file_takes_the_same_device_once),
	cmocka_unit_test(test_inventory_add_file_takes_no_other_device_for_it),
	cmocka_unit_test(test_inventory_add_file_adds_all_of_a_file_or_nothing),
	cmocka_unit_test(test_inventory_add_file_tells_of_passwords_for_all),
	cmocka_unit_test(test_inventory_add_file_reads_standard_input),
	cmocka_unit_test(test_inventory_add_copies_every_value),
	cmocka_unit_test(test_inventory_add_has_the_defaults_of_files),
	cmocka_unit_test(test_inventory_add_names_the_device_at_fault),
	cmocka_unit_test(test_inventory_add_skips_what_files_skip),
	cmocka_unit_test(test_inventory_add_keeps_thousands_apart),
	cmocka_unit_test(test_inventory_add_is_over_when_a_part_was_selected),
};

UNIT_MAIN(tests)
