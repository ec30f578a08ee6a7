/* lib/select/select.h: what is selected is what Ansible's patterns select. */
#include "select/select.h"

#include "unit/box.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPRESSIONS 500 /* that chance makes */

/* As the inventory below has them. */
static const struct box boxes[] = {
	{"R2", "R2", 22, "", ""},
	{"R1", "R1", 22, "core net ", ""},
	{"R7", "R7", 22, "core paris net ", ""},
	{"sw1", "sw1", 22, "core net ", ""},
	{"sw2", "sw2", 22, "core paris net ", ""},
	{"sw3", "sw3", 22, "paris ", ""},
	{"e1", "e1", 22, "edge net ", ""},
	{"e2", "e2", 22, "edge net ", ""},
	{"2001:db8::1", "2001:db8::1", 22, "edge net ", ""},
};

static const char *const groups[] = {"core", "paris", "edge", "net", NULL};

static const char inventory[] =
	"R2\n[core]\nR1\nR7\nsw[1:2]\n[paris]\nR7\nsw2\nsw3\n[edge]\n"
	"e1 ansible_host=10.0.0.1\ne2\n2001:db8::1\n[net:children]\ncore\n"
	"edge\n";

/* Terms that Ansible takes as they are: no range, no bracket at the end, and no
 * pattern that its group "all" has, too: [a-f]* is every device to it. */
static const char *const terms[] = {
	"all",   "*",   "R1",    "R2",    "R7",     "sw1",     "sw2",
	"sw3",   "e1",  "e2",    "core",  "paris",  "edge",    "net",
	"R*",    "sw?", "*1",    "e*",    "co*",    "p*s",     "~R[12]",
	"~.*1$", "~e",  "~s?w2", "[!R]?", "[d-f]*", "*w[!1]*", "ne?",
};

static const struct select_subject subject = {
	.arg = (void *)(uintptr_t)boxes,
	.n = LENGTH(boxes),
	.name = box_name,
	.host = box_host,
	.groups = box_groups,
	.values = box_values,
	.group_names = groups,
};

/* A ':' belongs to a regular expression here: then commas separate. */
static void write_expression(char *out)
{
	static const char *const signs[] = {"", "", "", "&", "!"};
	bool colons = rand() % 3 == 0;

	*out = '\0';
	for (int n = rand() % 4 + 1; n > 0; n--) {
		(void)strcat(out, signs[(size_t)rand() % LENGTH(signs)]);
		(void)strcat(out, terms[(size_t)rand() % LENGTH(terms)]);
		if (n > 1)
			(void)strcat(out, ",");
	}
	if (!colons || strpbrk(out, "~:") != NULL)
		return;
	for (; *out != '\0'; out++)
		*out = *out == ',' ? ':' : *out;
}

/* Write a text as a file of its own, to be removed. */
static void write_file(char *path, const char *text)
{
	int fd = mkstemp(path);
	size_t len = strlen(text);

	assert_true(fd != -1);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

/* Ask Ansible, once for all: a line of names for each expression. */
static FILE *ask_ansible(const char *hosts, const char *list)
{
	char command[1024], names[256] = "";
	FILE *answers;

	for (size_t i = 0; i < LENGTH(boxes); i++) {
		(void)strcat(names, boxes[i].name);
		(void)strcat(names, " ");
	}
	(void)snprintf(
		command, sizeof(command),
		"LC_ALL=C.UTF-8 /usr/bin/python3 -c '\n"
		"import sys\n"
		"from ansible.parsing.dataloader import DataLoader\n"
		"from ansible.inventory.manager import InventoryManager\n"
		"m = InventoryManager(DataLoader(), sources=[sys.argv[1]])\n"
		"names = sys.argv[3].split()\n"
		"for line in open(sys.argv[2]):\n"
		"  got = set(h.name for h in m.get_hosts(line.rstrip()))\n"
		"  print(*[n for n in names if n in got])\n"
		"' %s %s '%s' 2>/dev/null",
		hosts, list, names);
	answers = popen(command, "re"); /* NOLINT(cert-env33-c) */
	assert_non_null(answers);
	return answers;
}

/* What is not selected is told, where Ansible has nothing to say. */
static void assert_as_ansible(const char *expression, const char *answer)
{
	const struct select_request request = {.limits = &expression,
					       .nlimits = 1};
	bool chosen[LENGTH(boxes)];
	char told[256] = "";
	struct nf_error err = {0};

	unit_where(expression);
	if (select_devices(chosen, &request, &subject, &err) == -1) {
		assert_non_null(strstr(err.message, "the selection is empty"));
		assert_string_equal(answer, "");
		return;
	}
	for (size_t i = 0; i < LENGTH(boxes); i++) {
		if (chosen[i] && told[0] != '\0')
			(void)strcat(told, " ");
		if (chosen[i])
			(void)strcat(told, boxes[i].name);
	}
	assert_string_equal(told, answer);
}

static void test_selection_is_what_ansible_selects(void **state)
{
	char hosts[] = "/tmp/netfan-hosts-XXXXXX";
	char list[] = "/tmp/netfan-list-XXXXXX";
	char texts[EXPRESSIONS][128], all[EXPRESSIONS * 128] = "";
	char *line = NULL;
	size_t room = 0, n = 0, len = 0;
	FILE *answers;

	(void)state;
	srand(18);
	for (int i = 0; i < EXPRESSIONS; i++) {
		write_expression(texts[i]);
		len += (size_t)sprintf(all + len, "%s\n", texts[i]);
	}
	write_file(hosts, inventory);
	write_file(list, all);
	answers = ask_ansible(hosts, list);
	while (n < EXPRESSIONS && getline(&line, &room, answers) > 0) {
		line[strcspn(line, "\n")] = '\0';
		assert_as_ansible(texts[n++], line);
	}
	assert_int_equal(n, EXPRESSIONS);
	assert_int_equal(pclose(answers), 0);
	free(line);
	assert_int_equal(unlink(hosts), 0);
	assert_int_equal(unlink(list), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_selection_is_what_ansible_selects),
};

UNIT_MAIN(tests)
