/* lib/sshconfig: jump hosts as ssh_config has them, and what it is told of. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "inventory/inventory.h"
#include "netfan.h"
#include "unit/tree.h"
#include "unit/unit.h"

static char told[8192]; /* the notes, a line each */

static int make_place(void **state)
{
	static struct tree tree;

	tree = tree_make();
	*state = &tree;
	told[0] = '\0';
	return 0;
}

static int remove_place(void **state)
{
	tree_remove(*state);
	return 0;
}

static void take_note(void *arg, const char *text)
{
	size_t len = strlen(told);

	(void)arg;
	assert_true(len + strlen(text) + 2 < sizeof(told));
	(void)snprintf(told + len, sizeof(told) - len, "%s\n", text);
}

static const struct nf_log log_told = {.line = take_note};

static struct nf_inventory *make_inventory(const struct nf_entry *entries,
					   size_t n)
{
	struct nf_inventory *inv;
	struct nf_error err;

	assert_int_equal(nf_inventory_new(&inv, NULL, &log_told, &err), 0);
	for (size_t i = 0; i < n; i++) {
		if (nf_inventory_add(inv, &entries[i], &err) == -1)
			fail_msg("%s", err.message);
	}
	return inv;
}

static void complete_with(void **state, struct nf_inventory *inv,
			  const char *text,
			  const struct nf_poll_options *options)
{
	struct nf_error err = {.code = NF_OK};
	char path[300];
	FILE *file;

	/* NOLINTNEXTLINE(cert-env33-c) */
	if (system("ssh -V 2>/dev/null") != 0)
		UNIT_SKIP("no ssh");
	(void)snprintf(path, sizeof(path), "%s/config",
		       ((const struct tree *)*state)->dir);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
	if (nf_inventory_ssh_config(inv, path, options, &err) == -1)
		fail_msg("%s", err.message);
}

static void complete(void **state, struct nf_inventory *inv, const char *text)
{
	static const struct nf_poll_options none = {.ncommands = 0};

	complete_with(state, inv, text, &none);
}

/* What is known of a hop, by the text in a list. */
static const struct device *hop(const struct nf_inventory *inv,
				const char *text)
{
	struct jump_name name;
	const struct device *dev;
	char why[200];

	assert_int_equal(jump_list_next(&text, &name, why, sizeof(why)), 1);
	dev = inventory_find_hop(inv, &name);
	assert_non_null(dev);
	return dev;
}

static void expect_told(const char *part)
{
	if (strstr(told, part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", told, part);
}

static const struct nf_entry r1 = {
	.device_type = "cisco_ios", .host = "r1", .password = "of-r1"};

/* ---- who a hop is */

static void
test_ssh_config_completes_hops_of_inventory_and_options(void **state)
{
	const struct nf_entry entries[] = {r1,
					   {.device_type = "cisco_ios",
					    .host = "r2",
					    .proxy_jump = "u@b2"}};
	const struct nf_poll_options options = {.proxy_jump = "b1"};
	struct nf_inventory *inv = make_inventory(entries, 2);

	complete_with(state, inv,
		      "Host b1\nHostName 192.0.2.1\nPort 2001\n"
		      "Host b2\nHostName 192.0.2.2\nUser other\nHost *\n"
		      "IdentityFile /dev/null\n",
		      &options);
	assert_int_equal(nf_inventory_size(inv), 2);
	assert_string_equal(hop(inv, "b1")->pub.host, "192.0.2.1");
	assert_int_equal(hop(inv, "b1")->pub.port, 2001);
	assert_string_equal(hop(inv, "u@b2")->pub.host, "192.0.2.2");
	assert_string_equal(hop(inv, "u@b2")->pub.username, "u");
	assert_string_equal(hop(inv, "b1")->access->key_file, "/dev/null");
	assert_null(hop(inv, "b1")->credentials.password);
	nf_inventory_free(inv);
}

/* The user's own name for it is the inventory's, also of one that is left out. */
static void test_ssh_config_completes_the_entry_of_a_hop(void **state)
{
	const struct nf_entry entries[] = {r1,
					   {.device_type = "linux",
					    .name = "jump",
					    .host = "b1",
					    .username = "mine",
					    .password = "of-b1"}};
	static const char *const names[] = {"r1"};
	const struct nf_selection selection = {.limits = names, .nlimits = 1};
	struct nf_inventory *inv = make_inventory(entries, 2);
	struct nf_error err;

	assert_int_equal(nf_inventory_select(inv, &selection, &err), 0);
	complete(state, inv,
		 "Host r1\nProxyJump b1\nHost b1\nHostName 192.0.2.1\n"
		 "User other\nPort 2001\n");
	assert_string_equal(hop(inv, "b1")->pub.name, "jump");
	assert_string_equal(hop(inv, "b1")->pub.host, "192.0.2.1");
	assert_string_equal(hop(inv, "b1")->pub.username, "mine");
	assert_int_equal(hop(inv, "b1")->pub.port, 2001);
	assert_string_equal(hop(inv, "b1")->credentials.password, "of-b1");
	assert_int_equal(inventory_hidden(inv), 1);
	nf_inventory_free(inv);
}

static void
test_ssh_config_takes_no_device_for_a_hop_by_its_hostname(void **state)
{
	const struct nf_entry entries[] = {
		r1, {.device_type = "linux", .host = "a", .password = "of-a"}};
	struct nf_inventory *inv = make_inventory(entries, 2);

	complete(state, inv,
		 "Host r1\nProxyJump b\nHost a\nHostName b\nHost b\n"
		 "HostName 192.0.2.2\n");
	assert_string_equal(hop(inv, "b")->pub.host, "192.0.2.2");
	assert_null(hop(inv, "b")->credentials.password);
	assert_non_null(hop(inv, "a")->credentials.password);
	nf_inventory_free(inv);
}

static void test_ssh_config_fills_tokens_into_a_jump(void **state)
{
	struct nf_inventory *inv = make_inventory(&r1, 1);

	complete(state, inv,
		 "Host r1\nHostName 192.0.2.9\nUser u\nPort 7\n"
		 "ProxyJump %r@jump-%n\nHost jump-r1\nHostName 192.0.2.1\n");
	assert_string_equal(inventory_device(inv, 0)->access->proxy_jump,
			    "u@jump-r1");
	assert_string_equal(hop(inv, "u@jump-r1")->pub.host, "192.0.2.1");
	nf_inventory_free(inv);
}

static void test_ssh_config_of_a_hop_that_cannot_be_is_its_fault(void **state)
{
	static const char *const bad[] = {
		"HostName x;y\n",
		"ProxyCommand nc %C\n",
		"ProxyUseFdpass yes\nProxyCommand nc %h %p\n",
		"ProxyJump a%C\n",
		"RevokedHostKeys /x\n",
		"PasswordAuthentication no\n"
		"PubkeyAuthentication no\nKbdInteractiveAuthentication no\n"};
	char text[300];

	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct nf_inventory *inv = make_inventory(&r1, 1);

		(void)snprintf(text, sizeof(text),
			       "Host r1\nProxyJump b1\nHost b1\n%s", bad[i]);
		complete(state, inv, text);
		assert_null(inventory_device(inv, 0)->fault);
		if (hop(inv, "b1")->fault == NULL)
			fail_msg("taken: %s", bad[i]);
		nf_inventory_free(inv);
	}
}

/* ---- loops */

static void test_ssh_config_tells_of_a_jump_through_itself_once(void **state)
{
	const struct nf_entry entries[] = {
		r1, {.device_type = "cisco_ios", .host = "r2"}};
	struct nf_inventory *inv = make_inventory(entries, 2);

	complete(state, inv,
		 "Host b1\nHostName 192.0.2.1\nHost *\nProxyJump b1\n");
	assert_string_equal(inventory_device(inv, 1)->access->proxy_jump, "b1");
	assert_null(hop(inv, "b1")->access->proxy_jump);
	expect_told("through the host itself, which is gone to without it "
		    "(device b1)\n");
	nf_inventory_free(inv);
}

static void
test_ssh_config_ends_jump_hosts_that_lead_to_each_other(void **state)
{
	struct nf_inventory *inv = make_inventory(&r1, 1);
	size_t cut = 0;

	complete(state, inv,
		 "Host r1\nProxyJump a\nHost a\nProxyJump b\nHost b\nProxyJump "
		 "c\nHost c\nProxyJump a\n");
	for (size_t i = 1; i < 4; i++)
		cut += jump_list_is_none(
			inventory_device(inv, i)->access->proxy_jump);
	assert_int_equal(cut, 1);
	expect_told("the jump hosts c and a lead to each other");
	nf_inventory_free(inv);
}

/* On another port, ssh does not see it. */
static void test_ssh_config_ends_a_jump_host_that_leads_to_itself(void **state)
{
	struct nf_inventory *inv = make_inventory(&r1, 1);

	complete(state, inv,
		 "Host r1\nProxyJump a\nHost a\nPort 2001\nProxyJump a\n");
	assert_string_equal(hop(inv, "a")->access->proxy_jump, "none");
	assert_string_equal(told, "ssh_config: the jump host a leads to "
				  "itself: it is gone to directly\n");
	nf_inventory_free(inv);
}

static void test_ssh_config_faults_a_chain_that_is_too_long(void **state)
{
	struct nf_inventory *inv = make_inventory(&r1, 1);
	char text[2000] = "Host r1\nProxyJump h0\n";

	for (int i = 0; i < 12; i++)
		(void)sprintf(text + strlen(text), "Host h%d\nProxyJump h%d\n",
			      i, i + 1);
	complete(state, inv, text);
	assert_non_null(hop(inv, "h0")->fault);
	assert_non_null(
		strstr(hop(inv, "h0")->fault, "more than 8 jump hosts"));
	assert_null(hop(inv, "h5")->fault);
	nf_inventory_free(inv);
}

/* ---- what comes before, and what is not taken */

static void test_ssh_config_comes_behind_the_command_line(void **state)
{
	const struct nf_poll_options options = {.proxy_command = "x",
						.times = {.connect_ms = 5000}};
	struct nf_inventory *inv = make_inventory(&r1, 1);
	const struct access *access;

	complete_with(state, inv,
		      "ProxyJump b1\nConnectTimeout 9\nServerAliveInterval 3\n",
		      &options);
	access = inventory_device(inv, 0)->access;
	assert_null(access->proxy_jump);
	assert_int_equal(access->connect_ms, 0);
	assert_int_equal(access->keepalive_ms, 3000);
	nf_inventory_free(inv);
}

static void
test_ssh_config_asks_no_agent_where_it_names_none_or_another(void **state)
{
	const struct nf_entry entries[] = {
		r1,
		{.device_type = "cisco_ios", .host = "r2"},
		{.device_type = "cisco_ios", .host = "r3"},
		{.device_type = "cisco_ios",
		 .host = "r4",
		 .allow_agent = "true"}};
	struct nf_inventory *inv = make_inventory(entries, 4);

	assert_int_equal(setenv("SSH_AUTH_SOCK", "/own", 1), 0);
	complete(state, inv,
		 "Host r1 r4\nIdentityAgent none\nHost r2\nIdentityAgent /own\n"
		 "Host r3\nIdentityAgent /agents/%n\n");
	assert_int_equal(inventory_device(inv, 0)->access->allow_agent,
			 WISH_NO);
	assert_int_equal(inventory_device(inv, 1)->access->allow_agent,
			 WISH_NONE);
	assert_int_equal(inventory_device(inv, 2)->access->allow_agent,
			 WISH_NO);
	assert_int_equal(inventory_device(inv, 3)->access->allow_agent,
			 WISH_YES);
	assert_string_equal(told,
			    "ssh_config: IdentityAgent /agents/r3 is not taken "
			    "(device r3): no agent is asked; run "
			    "netfan with SSH_AUTH_SOCK set to it\n");
	nf_inventory_free(inv);
}

static void test_ssh_config_tells_once_what_it_does_not_take(void **state)
{
	static const char *const keywords[] = {
		"UserKnownHostsFile /dev/null", "GlobalKnownHostsFile /x",
		"StrictHostKeyChecking false",  "AddressFamily inet6",
		"ConnectionAttempts 3",         "PKCS11Provider /x.so"};
	const struct nf_entry entries[] = {
		r1, {.device_type = "cisco_ios", .host = "r2"}};
	struct nf_inventory *inv = make_inventory(entries, 2);
	char text[1000] = "", line[200];
	size_t lines = 0;

	for (size_t i = 0; i < LENGTH(keywords); i++)
		(void)sprintf(text + strlen(text), "%s\n", keywords[i]);
	complete(state, inv, text);
	for (size_t i = 0; i < LENGTH(keywords); i++) {
		(void)snprintf(line, sizeof(line),
			       "ssh_config: %s is not taken (2 devices, the "
			       "first is r1): ",
			       keywords[i]);
		expect_told(line);
	}
	for (const char *at = told; *at != '\0'; at++)
		lines += *at == '\n';
	assert_int_equal(lines, LENGTH(keywords));
	nf_inventory_free(inv);
}

static void test_ssh_config_of_nothing_special_tells_nothing(void **state)
{
	const struct nf_poll_options options = {.known_hosts = "/k"};
	struct nf_inventory *inv = make_inventory(&r1, 1);

	complete_with(
		state, inv,
		"HashKnownHosts yes\nForwardAgent yes\nUserKnownHostsFile "
		"/k\nRevokedHostKeys none\nStrictHostKeyChecking "
		"accept-new\nAddressFamily any\n",
		&options);
	assert_string_equal(told, "");
	nf_inventory_free(inv);
}

#define IN_PLACE(test)                                                         \
	cmocka_unit_test_setup_teardown(test, make_place, remove_place)

static const struct CMUnitTest tests[] = {
	IN_PLACE(test_ssh_config_completes_hops_of_inventory_and_options),
	IN_PLACE(test_ssh_config_completes_the_entry_of_a_hop),
	IN_PLACE(test_ssh_config_takes_no_device_for_a_hop_by_its_hostname),
	IN_PLACE(test_ssh_config_fills_tokens_into_a_jump),
	IN_PLACE(test_ssh_config_of_a_hop_that_cannot_be_is_its_fault),
	IN_PLACE(test_ssh_config_tells_of_a_jump_through_itself_once),
	IN_PLACE(test_ssh_config_ends_jump_hosts_that_lead_to_each_other),
	IN_PLACE(test_ssh_config_ends_a_jump_host_that_leads_to_itself),
	IN_PLACE(test_ssh_config_faults_a_chain_that_is_too_long),
	IN_PLACE(test_ssh_config_comes_behind_the_command_line),
	IN_PLACE(test_ssh_config_asks_no_agent_where_it_names_none_or_another),
	IN_PLACE(test_ssh_config_tells_once_what_it_does_not_take),
	IN_PLACE(test_ssh_config_of_nothing_special_tells_nothing),
};

UNIT_MAIN(tests)
