/* lib/resolve/resolve.c */
#include "resolve/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

/* A host of a test. */
struct entry {
	const char *host;
	unsigned port;
};

#define PORT_NUMERIC 9 /* of a host that is not asked for by name */

struct network {
	struct resolved *resolved;
	size_t n;
};

static struct resolve_stop stop; /* of all that are opened */

static void network_open_by(struct network *network,
			    const struct resolver *resolver,
			    const struct entry *entries, size_t n)
{
	struct nf_error err = {0};
	struct resolve_host *hosts = calloc(n, sizeof(*hosts));

	assert_non_null(hosts);
	for (size_t i = 0; i < n; i++)
		hosts[i] = (struct resolve_host){
			.host = entries[i].host,
			.port = (uint16_t)entries[i].port,
			.numeric = entries[i].port == PORT_NUMERIC};
	*network = (struct network){.n = n};
	network->resolved = calloc(n, sizeof(*network->resolved));
	assert_non_null(network->resolved);
	if ((resolver != NULL ? resolve_all_by(resolver, hosts, n,
					       network->resolved, &stop, &err)
			      : resolve_all(hosts, n, network->resolved, &stop,
					    &err)) == -1)
		fail_msg("%s", err.message);
	free(hosts);
}

static void network_open(struct network *network, const struct entry *entries,
			 size_t n)
{
	network_open_by(network, NULL, entries, n);
}

static void network_close(struct network *network)
{
	for (size_t i = 0; i < network->n; i++)
		free(network->resolved[i].addresses);
	free(network->resolved);
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

/* What the fake name server below was asked, by whichever worker. */
static atomic_int *asked;

/* "silent" is never answered, "crash" kills who asks, others are 127.0.0.1. */
static int fake_look_up(struct resolved *out, const char *host)
{
	(void)atomic_fetch_add(asked, 1);
	while (strcmp(host, "silent") == 0)
		(void)pause();
	if (strcmp(host, "crash") == 0)
		(void)raise(SIGKILL);
	if (strcmp(host, "unknown") != 0)
		return resolve_look_up(out, "127.0.0.1", AI_NUMERICHOST);
	out->gai_error = EAI_NONAME;
	return 0;
}

/* Patient enough for any machine with those that are answered. */
static const struct resolver fake = {
	.look_up = fake_look_up, .workers = 2, .silence_ms = 60000};

static int share_asked(void **state)
{
	(void)state;
	asked = mmap(NULL, sizeof(*asked), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return asked == MAP_FAILED ? -1 : 0;
}

static int unshare_asked(void **state)
{
	(void)state;
	return munmap(asked, sizeof(*asked));
}

static void test_numeric_addresses_keep_their_ports(void **state)
{
	static const struct entry entries[] = {
		{"192.0.2.1", 22},   {"192.0.2.1", 65535},
		{"2001:db8::1", 22}, {"2001:db8::1", 2222},
		{"::1", 1},          {"127.1.0.40", 2222},
	};
	struct network network;

	(void)state;
	network_open_by(&network, &fake, entries, LENGTH(entries));
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
	assert_int_equal(atomic_load(asked), 0);
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

/* Whether those with an answer got it within so long. */
static bool only_silent_ones_fail(int silence_ms)
{
	static const struct entry entries[] = {
		{"silent", 1},  {"one", 2},   {"silent", 3},
		{"unknown", 4}, {"crash", 5}, {"two", 6},
	};
	static const int errors[] = {EAI_AGAIN,  0,         EAI_AGAIN,
				     EAI_NONAME, EAI_AGAIN, 0};
	struct resolver resolver = fake;
	struct network network;
	bool well = true;

	resolver.silence_ms = silence_ms;
	network_open_by(&network, &resolver, entries, LENGTH(entries));
	for (size_t i = 0; i < LENGTH(entries); i++) {
		well &= network.resolved[i].gai_error == errors[i];
		assert_int_equal(network.resolved[i].naddresses,
				 network.resolved[i].gai_error == 0 ? 1 : 0);
	}
	if (well)
		assert_string_equal(address_text(&network.resolved[1], 0),
				    "[127.0.0.1]:2");
	network_close(&network);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* none is left */
	return well;
}

static void
test_a_name_without_an_answer_costs_its_own_devices_alone(void **state)
{
	int silence_ms = 500;

	(void)state;
	while (!only_silent_ones_fail(silence_ms)) {
		silence_ms *= 4; /* the machine is busy */
		assert_true(silence_ms < 60000);
	}
}

static bool is_over(void *arg)
{
	(void)arg;
	return true;
}

/* By a signal, or as the time of a run is over: nobody waits for a server. */
static void test_what_stops_a_run_ends_the_asking(void **state)
{
	static const struct entry entries[] = {{"silent", 1}};
	struct resolver resolver = fake;
	struct network network;
	int64_t begun_ms = nf_now_ms();

	(void)state;
	resolver.silence_ms = 3600000; /* an hour: it is not waited for */
	stop.ask = is_over;
	network_open_by(&network, &resolver, entries, LENGTH(entries));
	stop.ask = NULL;
	assert_true(nf_now_ms() - begun_ms < resolver.silence_ms);
	assert_int_equal(network.resolved[0].gai_error, EAI_AGAIN);
	network_close(&network);
}

/* No fork() can ask for names in a program that has this thread. */
static void *sleep_long(void *arg)
{
	for (;;)
		(void)pause();
	return arg;
}

static void
test_in_a_program_with_threads_a_silent_name_costs_its_own_alone(void **state)
{
	static const struct entry entries[] = {
		{"silent", 1}, {"unknown", 2}, {"one", 3}};
	/* The thread that asks for "silent" has it still when this ends. */
	static struct resolver resolver;
	struct network network;
	pthread_t thread;

	(void)state;
	resolver = fake;
	resolver.silence_ms = 500;
	assert_int_equal(pthread_create(&thread, NULL, sleep_long, NULL), 0);
	do {
		network_open_by(&network, &resolver, entries, LENGTH(entries));
		assert_int_equal(network.resolved[0].gai_error, EAI_AGAIN);
		assert_int_equal(network.resolved[0].naddresses, 0);
		if (network.resolved[1].gai_error == EAI_NONAME &&
		    network.resolved[2].gai_error == 0)
			break;
		network_close(&network); /* the machine is busy */
		resolver.silence_ms *= 4;
		assert_true(resolver.silence_ms < 60000);
	} while (true);
	assert_string_equal(address_text(&network.resolved[2], 0),
			    "[127.0.0.1]:3");
	network_close(&network);
}

static void test_a_name_is_asked_for_once(void **state)
{
	static const struct entry entries[] = {
		{"one", 1}, {"two", 2}, {"one", 3}, {"127.0.0.1", 4},
		{"one", 5}, {"two", 6}, {"one", 7},
	};
	struct network network;

	(void)state;
	network_open_by(&network, &fake, entries, LENGTH(entries));
	for (size_t i = 0; i < LENGTH(entries); i++)
		assert_int_equal(network.resolved[i].naddresses, 1);
	assert_int_equal(atomic_load(asked), 2);
	network_close(&network);
}

static void test_a_name_that_others_resolve_is_asked_for_by_none(void **state)
{
	static const struct entry entries[] = {
		{"one", 1}, {"two", PORT_NUMERIC}, {"127.0.0.1", PORT_NUMERIC}};
	struct network network;

	(void)state;
	network_open_by(&network, &fake, entries, LENGTH(entries));
	assert_int_equal(network.resolved[0].naddresses, 1);
	assert_int_equal(network.resolved[1].naddresses, 0);
	assert_int_equal(network.resolved[2].naddresses, 1);
	assert_int_equal(atomic_load(asked), 1);
	network_close(&network);
}

static void test_a_host_that_is_none_is_left_as_it_is(void **state)
{
	static const struct entry entries[] = {{NULL, 1}, {"127.0.0.1", 2}};
	struct network network;

	(void)state;
	network_open(&network, entries, LENGTH(entries));
	assert_int_equal(network.resolved[0].gai_error, 0);
	assert_int_equal(network.resolved[0].naddresses, 0);
	assert_int_equal(network.resolved[1].naddresses, 1);
	network_close(&network);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_numeric_addresses_keep_their_ports,
					share_asked, unshare_asked),
	cmocka_unit_test(test_a_name_of_the_hosts_file_resolves),
	cmocka_unit_test(test_devices_that_share_a_name_share_its_answer),
	cmocka_unit_test(test_an_unknown_name_fails_its_own_devices_alone),
	cmocka_unit_test(test_names_are_asked_for_in_any_order),
	cmocka_unit_test_setup_teardown(
		test_a_name_without_an_answer_costs_its_own_devices_alone,
		share_asked, unshare_asked),
	cmocka_unit_test_setup_teardown(test_what_stops_a_run_ends_the_asking,
					share_asked, unshare_asked),
	cmocka_unit_test_setup_teardown(
		test_in_a_program_with_threads_a_silent_name_costs_its_own_alone,
		share_asked, NULL),
	cmocka_unit_test_setup_teardown(test_a_name_is_asked_for_once,
					share_asked, unshare_asked),
	cmocka_unit_test_setup_teardown(
		test_a_name_that_others_resolve_is_asked_for_by_none,
		share_asked, unshare_asked),
	cmocka_unit_test(test_a_host_that_is_none_is_left_as_it_is),
};

UNIT_MAIN(tests)
