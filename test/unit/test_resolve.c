/* lib/task/resolve.c */
#include "task/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "inventory/inventory.h"
#include "unit/unit.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A device of a test's inventory. */
struct entry {
	const char *host;
	unsigned port;
};

struct network {
	struct nf_inventory *inv;
	struct resolved *resolved;
	size_t n;
};

static void network_open(struct network *network, const struct entry *entries,
			 size_t n)
{
	struct nf_error err = {0};
	char text[8192] = "";
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len,
			"- {name: R%zu, device_type: cisco_ios, host: \"%s\", "
			"port: %u}\n",
			i, entries[i].host, entries[i].port);
	*network = (struct network){.n = n};
	if (inventory_parse(&network->inv, text, len, "inv.yaml", NULL, &err) ==
	    -1)
		fail_msg("%s", err.message);
	network->resolved = calloc(n, sizeof(*network->resolved));
	assert_non_null(network->resolved);
	if (resolve_all(network->inv, network->resolved, &err) == -1)
		fail_msg("%s", err.message);
}

static void network_close(struct network *network)
{
	for (size_t i = 0; i < network->n; i++)
		free(network->resolved[i].addresses);
	free(network->resolved);
	nf_inventory_free(network->inv);
}

/* "[ADDRESS]:PORT" of a device's k-th address. */
static const char *address_text(const struct resolved *resolved, size_t k)
{
	const struct address *address = &resolved->addresses[k];
	static char text[NI_MAXHOST + NI_MAXSERV + 4];
	char host[NI_MAXHOST], port[NI_MAXSERV];

	assert_true(k < resolved->naddresses);
	assert_int_equal(
		getnameinfo((const struct sockaddr *)&address->sockaddr,
			    address->len, host, sizeof(host), port,
			    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV),
		0);
	(void)snprintf(text, sizeof(text), "[%s]:%s", host, port);
	return text;
}

static void test_numeric_addresses_keep_their_ports(void **state)
{
	static const struct entry entries[] = {
		{"192.0.2.1", 22},   {"192.0.2.1", 65535},
		{"2001:db8::1", 22}, {"2001:db8::1", 2222},
		{"::1", 1},          {"127.1.0.40", 2222},
	};
	struct network network;
	int64_t start = clock_ms();

	(void)state;
	network_open(&network, entries, LENGTH(entries));
	for (size_t i = 0; i < LENGTH(entries); i++) {
		const struct resolved *resolved = &network.resolved[i];
		bool v6 = strchr(entries[i].host, ':') != NULL;
		char expected[100];

		assert_int_equal(resolved->gai_error, 0);
		assert_int_equal(resolved->naddresses, 1);
		assert_int_equal(resolved->addresses[0].sockaddr.ss_family,
				 v6 ? AF_INET6 : AF_INET);
		assert_int_equal(resolved->addresses[0].len,
				 v6 ? sizeof(struct sockaddr_in6)
				    : sizeof(struct sockaddr_in));
		(void)snprintf(expected, sizeof(expected), "[%s]:%u",
			       entries[i].host, entries[i].port);
		assert_string_equal(address_text(resolved, 0), expected);
	}
	network_close(&network);
	/* Nobody was asked. */
	assert_true(clock_ms() - start < 1000);
}

/* A container may have no /etc/hosts at all. */
static bool localhost_is_known(void)
{
	struct addrinfo *list = NULL;
	int rc = getaddrinfo("localhost", NULL, NULL, &list);

	if (rc == 0)
		freeaddrinfo(list);
	return rc == 0;
}

#define NEED_LOCALHOST()                                                       \
	do {                                                                   \
		if (!localhost_is_known())                                     \
			UNIT_SKIP("localhost is not known here");              \
	} while (0)

static void test_a_name_of_the_hosts_file_resolves(void **state)
{
	static const struct entry entries[] = {{"localhost", 2022}};
	struct network network;
	const char *text;

	(void)state;
	NEED_LOCALHOST();
	network_open(&network, entries, LENGTH(entries));
	assert_int_equal(network.resolved[0].gai_error, 0);
	assert_true(network.resolved[0].naddresses >= 1);
	for (size_t i = 0; i < network.resolved[0].naddresses; i++) {
		text = address_text(&network.resolved[0], i);
		if (strcmp(text, "[::1]:2022") != 0)
			assert_string_equal(text, "[127.0.0.1]:2022");
	}
	network_close(&network);
}

static void test_devices_that_share_a_name_share_its_answer(void **state)
{
	static const struct entry entries[] = {
		{"localhost", 1}, {"192.0.2.7", 2}, {"localhost", 3},
		{"192.0.2.7", 4}, {"localhost", 5},
	};
	struct network network;

	(void)state;
	NEED_LOCALHOST();
	network_open(&network, entries, LENGTH(entries));
	for (size_t i = 0; i < LENGTH(entries); i++) {
		const struct resolved *resolved = &network.resolved[i];
		const struct resolved *first = &network.resolved[i % 2];
		char end[20];

		assert_int_equal(resolved->gai_error, 0);
		assert_int_equal(resolved->naddresses, first->naddresses);
		if (i > 1) /* the same, but each has its own */
			assert_ptr_not_equal(resolved->addresses,
					     first->addresses);
		(void)snprintf(end, sizeof(end), "]:%u", entries[i].port);
		for (size_t k = 0; k < resolved->naddresses; k++)
			assert_non_null(strstr(address_text(resolved, k), end));
	}
	network_close(&network);
}

/* Names below .invalid never exist (RFC 6761 section 6.4). */
static void test_an_unknown_name_fails_its_own_devices_alone(void **state)
{
	static const struct entry entries[] = {
		{"localhost", 1},       {"no-such.invalid", 2},
		{"192.0.2.1", 3},       {"no-such.invalid", 4},
		{"no-such.invalid", 5},
	};
	int64_t start = clock_ms();
	struct network network;

	(void)state;
	NEED_LOCALHOST();
	/* Should the resolver have nobody to ask, it shall not wait long. */
	assert_int_equal(setenv("RES_OPTIONS", "timeout:1 attempts:1", 1), 0);
	network_open(&network, entries, LENGTH(entries));
	for (size_t i = 0; i < LENGTH(entries); i++) {
		bool known = i == 0 || i == 2;

		assert_int_equal(network.resolved[i].gai_error == 0, known);
		assert_int_equal(network.resolved[i].naddresses > 0, known);
		if (!known) {
			assert_null(network.resolved[i].addresses);
			assert_int_equal(network.resolved[i].gai_error,
					 network.resolved[1].gai_error);
			assert_non_null(
				gai_strerror(network.resolved[i].gai_error));
		}
	}
	network_close(&network);
	assert_true(clock_ms() - start < 20000);
	assert_int_equal(unsetenv("RES_OPTIONS"), 0);
}

static void test_names_are_asked_for_in_any_order(void **state)
{
	static const struct entry entries[] = {
		{"localhost", 10}, {"127.0.0.9", 11}, {"127.0.0.8", 12},
		{"localhost", 13}, {"127.0.0.1", 14},
	};
	static const char *const expected[] = {NULL, "[127.0.0.9]:11",
					       "[127.0.0.8]:12", NULL,
					       "[127.0.0.1]:14"};
	struct network network;

	(void)state;
	NEED_LOCALHOST();
	network_open(&network, entries, LENGTH(entries));
	for (size_t i = 0; i < LENGTH(entries); i++) {
		assert_true(network.resolved[i].naddresses > 0);
		if (expected[i] != NULL)
			assert_string_equal(
				address_text(&network.resolved[i], 0),
				expected[i]);
	}
	network_close(&network);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_numeric_addresses_keep_their_ports),
	cmocka_unit_test(test_a_name_of_the_hosts_file_resolves),
	cmocka_unit_test(test_devices_that_share_a_name_share_its_answer),
	cmocka_unit_test(test_an_unknown_name_fails_its_own_devices_alone),
	cmocka_unit_test(test_names_are_asked_for_in_any_order),
};

UNIT_MAIN(tests)
