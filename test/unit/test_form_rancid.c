/* lib/forms/rancid: router.db and .cloginrc. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "forms/rancid/glob.h"
#include "forms/rancid/tcl.h"
#include "inventory/inventory.h"
#include "unit/formdir.h"
#include "unit/invtext.h"
#include "unit/unit.h"

/* A note when no line has a method. */
#define NO_METHOD(line, name)                                                  \
	"router.db:" line ": no method is said for " name                      \
	": ssh is taken, where clogin would try telnet first"

static void expect(const char *devices, const char *logins, const char *out,
		   const char *notes)
{
	struct formdir files;

	formdir_make(&files);
	formdir_put(&files, "router.db", devices);
	if (logins != NULL)
		formdir_put(&files, ".cloginrc", logins);
	formdir_expect(&files, "rancid", "router.db", out);
	formdir_expect_notes(&files, notes);
	formdir_remove(&files);
}

static void test_rancid_reads_router_db_and_cloginrc(void **state)
{
	(void)state;
	expect("C1 ; cisco ; UP\n"
	       "c2;cisco;down;spare\n"
	       "c3;cisco-nx;up;rack 4\n"
	       "c4;teapot;up\n",
	       "add user * {ru}\n"
	       "add password * {dv-6} {dv-6e}\n"
	       "add password c3 {dv-late} {x}\n"
	       "add method c3 {telnet}\n",
	       "c1 c1:22 cisco_ios ru password=dv-6 secret=dv-6e\n"
	       "c3 c3:23 cisco_nxos/telnet ru password=dv-6 secret=dv-6e "
	       "comment=rack 4\n"
	       "c4 c4:22 unknown ru password=dv-6 secret=dv-6e ! router.db:4: "
	       "device 'c4': RANCID's type 'teapot' is no platform that is "
	       "known here: write the device in netfan's form, with a "
	       "device_type (netfan platforms lists all)\n",
	       NO_METHOD("1", "c1") " (and 1 more)\n"
				    "router.db: 1 entry is not for a poller of "
				    "command lines, and left out: 1 not up "
				    "(c2)\n");
}

static void test_rancid_reads_the_form_before_version_3(void **state)
{
	(void)state;
	expect("# comment\r\n"
	       "\r\n"
	       ";another\r\n"
	       "R1:Juniper:up\r\n"
	       "r1:cisco:up\r\n"
	       "R1:cisco:down\r\n"
	       "x:arista\r\n"
	       "nothing\r\n"
	       "y:extreme:up:a;b:c",
	       "add method * ssh:2222\n",
	       "r1 r1:2222 juniper_junos -\n"
	       "device 2 :22 unknown - ! router.db:8: a line of router.db is "
	       "NAME;TYPE;STATE\n"
	       "y y:2222 extreme_exos - comment=a;b:c\n",
	       "router.db:5: r1 is there a second time: the first line counts "
	       "(and 1 more)\n"
	       "router.db: 1 entry is not for a poller of command lines, and "
	       "left out: 1 not up (x)\n");
}

static void test_rancid_takes_addresses_for_names(void **state)
{
	(void)state;
	expect("2001:DB8::1;vrp;up\n", "add password 2001:db8::* p\n",
	       "2001:db8::1 2001:db8::1:22 huawei - password=p\n",
	       NO_METHOD("1", "2001:db8::1") "\n");
}

/* The first line that matches counts of each keyword by itself. */
static void test_cloginrc_has_the_first_match_of_each_keyword(void **state)
{
	(void)state;
	expect("edge-1;cisco;up\n"
	       "EDGE-2;cisco;up\n"
	       "core-1;cisco;up\n"
	       "core-9;cisco;up\n",
	       "# comment {\n"
	       "add method * {ssh}\n"
	       "add user Edge* eu; add password edge-1 p1 e1\n"
	       "add password {core-[1-3]} p2 e2\n"
	       "add user * u\n"
	       "add password * p3 ;# the rest\n"
	       "add user core-1 late\n"
	       "add userpassword edge-2 up\n",
	       "edge-1 edge-1:22 cisco_ios eu password=p1 secret=e1\n"
	       "edge-2 edge-2:22 cisco_ios eu password=up\n"
	       "core-1 core-1:22 cisco_ios u password=p2 secret=e2\n"
	       "core-9 core-9:22 cisco_ios u password=p3\n",
	       "");
}

static void test_cloginrc_says_how_to_log_in(void **state)
{
	struct formdir files;
	const struct device *dev;

	(void)state;
	formdir_make(&files);
	formdir_put(&files, "router.db",
		    "a;cisco;up\nb;cisco;up\nc;junos;up\n");
	formdir_put(&files, ".cloginrc",
		    "add method a {rsh} {telnet:-2323} {ssh}\n"
		    "add method b {ssh telnet}\n"
		    "add method c rsh\n"
		    "add autoenable a 1\n"
		    "add noenable b {1}\n"
		    "add autoenable c 0\n"
		    "add identity a $env(HOME)/.ssh/id\n"
		    "add passphrase a {the\\ bird}\n"
		    "add cyphertype * {3des}\n"
		    "add cyphertype b {3des}\n"
		    "add timeout * 90\n"
		    "add pasword * x\n");
	formdir_expect(&files, "rancid", "router.db",
		       "a a:2323 cisco_ios/telnet -\n"
		       "b b:22 cisco_ios -\n"
		       "c c:22 juniper_junos - ! .cloginrc:3: device 'c': its "
		       "login cannot be read: names neither ssh nor telnet\n");
	formdir_expect_notes(
		&files,
		".cloginrc:9: 'add cyphertype' has no effect here\n"
		".cloginrc:11: 'add timeout' has no effect here\n"
		".cloginrc:3: 'add method' names neither ssh nor telnet (and 1 "
		"more)\n"
		".cloginrc:1: of the methods telnet is taken, and no other is "
		"tried after it (and 1 more)\n");
	dev = inventory_device(files.inv, 0);
	assert_int_equal(dev->credentials.enable, ENABLE_NEVER);
	assert_int_equal(dev->access->use_keys, WISH_YES);
	assert_string_equal(dev->access->passphrase, "the bird");
	assert_non_null(strstr(dev->access->key_file, files.dir));
	dev = inventory_device(files.inv, 1);
	assert_int_equal(dev->credentials.enable, ENABLE_NEVER);
	dev = inventory_device(files.inv, 2);
	assert_int_equal(dev->credentials.enable, ENABLE_WITH_SECRET);
	formdir_remove(&files);
}

/* clogin ends at such lines; here they cost the devices they are for. */
static void test_cloginrc_broken_lines_cost_their_devices_alone(void **state)
{
	(void)state;
	expect("a;cisco;up\n"
	       "b;cisco;up\n"
	       "c;cisco;up\n"
	       "d;cisco;up\n",
	       "add password a\n"
	       "add autoenable c\n"
	       "add password b {open\n"
	       "set x y\n"
	       "add user\n"
	       "add user c\n"
	       "include\n"
	       "include {gone}\n"
	       "add password d pa$$wo$rd\n"
	       "add password * p # note\n"
	       "add user * bob #the night user\n"
	       "add method * ssh\n",
	       "a a:22 cisco_ios bob#thenightuser ! .cloginrc:1: device 'a': "
	       "its login cannot be read: has no value\n"
	       "b b:22 cisco_ios bob#thenightuser ! .cloginrc:3: device 'b': "
	       "its login cannot be read: a '{' has no '}'\n"
	       "c c:22 cisco_ios - password=p secret=#\n"
	       "d d:22 cisco_ios bob#thenightuser ! .cloginrc:9: device 'd': "
	       "its login cannot be read: a '$' begins the name of a variable "
	       "there: put braces around the value\n",
	       ".cloginrc:1: 'add password' has no value (and 8 more)\n"
	       ".cloginrc:10: a '#' behind a line is a value to clogin, and to "
	       "netfan: write ';#' before a comment (and 1 more)\n");
}

static void test_cloginrc_includes_below_the_home(void **state)
{
	struct formdir files;

	(void)state;
	formdir_make(&files);
	assert_int_equal(mkdir("db", 0700), 0);
	formdir_put(&files, "db/router.db", "a;cisco;up\nb;cisco;up\n");
	formdir_put(&files, ".cloginrc",
		    "add user a first\n"
		    "include {more}\n"
		    "include {more}\n"
		    "include {.cloginrc}\n"
		    "add user * last\n");
	formdir_put(&files, "more",
		    "add user * more\nadd password * p\nadd method * ssh\n");
	formdir_expect(&files, "rancid", "db/router.db",
		       "a a:22 cisco_ios first password=p\n"
		       "b b:22 cisco_ios more password=p\n");
	assert_non_null(strstr(files.notes, "read on behalf of itself"));
	formdir_remove(&files);
}

static void test_rancid_tells_that_there_is_no_cloginrc(void **state)
{
	(void)state;
	expect("a;hp;up\n", NULL, "a a:22 hp_procurve -\n",
	       "router.db: no .cloginrc is beside it, or in the home: its "
	       "devices have no user and no password\n");
}

static void test_cloginrc_that_others_may_read_is_told(void **state)
{
	struct formdir files;

	(void)state;
	formdir_make(&files);
	formdir_put(&files, "router.db", "a;cisco;up\n");
	formdir_put(&files, ".cloginrc",
		    "add password * p\nadd method * ssh\n");
	assert_int_equal(chmod(".cloginrc", 0644), 0);
	formdir_expect(&files, "rancid", "router.db",
		       "a a:22 cisco_ios - password=p\n");
	formdir_expect_notes(&files, ".cloginrc: others may read the passwords "
				     "in it: chmod 600\n");
	formdir_remove(&files);
}

static void test_rancid_refuses_files_as_a_whole(void **state)
{
	struct formdir files;
	char *many;

	(void)state;
	formdir_make(&files);
	formdir_put(&files, "router.db", "# nothing\n");
	formdir_refuse(&files, "rancid", "router.db",
		       "router.db: no devices: a line of router.db is "
		       "NAME;TYPE;STATE");
	formdir_put(&files, "router.db", "a;cisco;up\n");
	many = malloc((size_t)1100 * 32);
	assert_non_null(many);
	many[0] = '\0';
	for (unsigned i = 0; i <= 1000; i++)
		(void)sprintf(many + strlen(many), "add user x%u* u\n", i);
	formdir_put(&files, ".cloginrc", many);
	formdir_refuse(&files, "rancid", "router.db",
		       ".cloginrc: more than 1000 patterns with wildcards");
	free(many);
	formdir_remove(&files);
}

/* ---- words, as tclsh 8.6 was measured to have them */

/* The words of a line with "|" between them; what is wrong, behind "!". */
static void join_words(const char *line, char *out, size_t size)
{
	struct span rest = {line, strlen(line)};
	struct secrets arena = {0};
	size_t len = 0;

	out[0] = '\0';
	while (rest.len > 0) {
		struct tcl_words words;

		assert_int_equal(tcl_take(&words, &rest, &arena), 0);
		for (size_t i = 0; i < words.n; i++)
			len += (size_t)snprintf(out + len, size - len, "%s%s",
						i > 0 ? "|" : "", words.at[i]);
		if (words.why != NULL)
			len += (size_t)snprintf(out + len, size - len, "!%s",
						words.why);
		else if (rest.len > 0)
			len += (size_t)snprintf(out + len, size - len, ";");
	}
	secrets_release(&arena);
}

static void test_words_are_those_of_tcl(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{"", ""},
		{"  # a comment ; add", ""},
		{"a  b\tc", "a|b|c"},
		{"a {b c} {d{e}f} {}", "a|b c|d{e}f|"},
		{"{p\\}q} p\\}q", "p\\}q|p}q"},
		{"\"quo ted\" a\"b", "quo ted|a\"b"},
		{"\\4141 \\1411", "!41|a1"},
		{"x\\ty \\x41\\u00e9 \\101 \\q \\\\", "x\ty|A\xc3\xa9|A|q|\\"},
		{"a;b ;# c", "a;b;"},
		{"{a;b} c#d #e", "a;b|c#d|#e"},
		{"$ $$ a$", "$|$$|a$"},
		{"{$x [y]}", "$x [y]"},
		{"a $x", "a!a '$' begins the name of a variable there: put "
			 "braces around the value"},
		{"a b[c]", "a!a '[' begins a command there: put braces around "
			   "the value"},
		{"a {b", "a!a '{' has no '}'"},
		{"a {b\\}", "a!a '{' has no '}'"},
		{"a {b}c", "a!something stands right behind a '}'"},
		{"a \"b\"c", "a!something stands right behind a '\"'"},
		{"a \"b", "a!a '\"' has no other"},
		{"a\\", "a\\"},
	};
	char out[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		join_words(cases[i].line, out, sizeof(out));
		assert_string_equal(out, cases[i].words);
	}
}

static void test_words_know_the_home_alone(void **state)
{
	char out[256];

	(void)state;
	assert_int_equal(setenv("HOME", "/h", 1), 0);
	join_words("$env(HOME)/k \"$env(HOME)\" {$env(HOME)}", out,
		   sizeof(out));
	assert_string_equal(out, "/h/k|/h|$env(HOME)");
	join_words("$env(PATH)", out, sizeof(out));
	assert_non_null(strchr(out, '!'));
}

static void test_words_are_joined_as_lists(void **state)
{
	static const struct {
		const char *word, *joined; /* NULL: it is no list */
	} cases[] = {
		{"", ""},
		{"p", "p"},
		{"e n", "en"},
		{"sp  ace", "space"},
		{"p\\}q", "p}q"},
		{"x\\ y", "x y"},
		{"a {b c} d", "ab cd"},
		{"{nested} x", "nestedx"},
		{"\"a b\" c", "a bc"},
		{"a[b]c $x", "a[b]c$x"},
		{"a\"b", "a\"b"},
		{"a{b", "a{b"},
		{"{a", NULL},
		{"{a}b", NULL},
		{"\"a", NULL},
	};
	struct secrets arena = {0};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const char *joined = tcl_join(cases[i].word, &arena);

		if (cases[i].joined == NULL)
			assert_null(joined);
		else
			assert_string_equal(joined, cases[i].joined);
	}
	secrets_release(&arena);
}

static void test_globs_match_as_in_tcl(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool matches;
	} cases[] = {
		{"*", "", true},
		{"*", "r1", true},
		{"R*", "r1", true},
		{"*.Net", "a.net", true},
		{"a*b*c", "axxbxxbc", true},
		{"a*b*c", "axxbxxb", false},
		{"sw?", "sw", false},
		{"sw?", "sw1", true},
		{"sw[1-3]", "sw2", true},
		{"sw[1-3]", "sw4", false},
		{"sw[A-c]x", "swBx", true},
		{"sw[3-1]", "sw2", true},
		{"[ab]*z", "bz", true},
		{"*[0-9]", "x1y2", true},
		{"[1", "1", true},
		{"a\\*", "a*", true},
		{"a\\*", "ab", false},
		{"a\\", "a\\", true},
		{"", "", true},
		{"", "a", false},
		{"[]", "]", false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		unit_where(cases[i].pattern);
		assert_int_equal(glob_matches(cases[i].pattern, cases[i].name),
				 cases[i].matches);
	}
	assert_false(glob_is_any("r1.example"));
	assert_true(glob_is_any("a\\b"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rancid_reads_router_db_and_cloginrc),
	cmocka_unit_test(test_rancid_reads_the_form_before_version_3),
	cmocka_unit_test(test_rancid_takes_addresses_for_names),
	cmocka_unit_test(test_cloginrc_has_the_first_match_of_each_keyword),
	cmocka_unit_test(test_cloginrc_says_how_to_log_in),
	cmocka_unit_test(test_cloginrc_broken_lines_cost_their_devices_alone),
	cmocka_unit_test(test_cloginrc_includes_below_the_home),
	cmocka_unit_test(test_rancid_tells_that_there_is_no_cloginrc),
	cmocka_unit_test(test_cloginrc_that_others_may_read_is_told),
	cmocka_unit_test(test_rancid_refuses_files_as_a_whole),
	cmocka_unit_test(test_words_are_those_of_tcl),
	cmocka_unit_test(test_words_know_the_home_alone),
	cmocka_unit_test(test_words_are_joined_as_lists),
	cmocka_unit_test(test_globs_match_as_in_tcl),
};

UNIT_MAIN(tests)
