/* lib/transport/origin.c */
#include "transport/origin.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "unit/unit.h"

#define NOBODY 65534

static void refuse(const char *source, const char *interface, const char *want)
{
	struct nf_error err = {.code = NF_OK};
	struct origin origin;

	assert_int_equal(origin_init(&origin, source, interface, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message, want);
}

static void take(struct origin *origin, const char *source,
		 const char *interface)
{
	struct nf_error err = {.code = NF_OK};

	if (origin_init(origin, source, interface, &err) == -1)
		fail_msg("%s", err.message);
}

static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(fd, -1);
	return fd;
}

static void bind_to(const struct origin *origin, int fd)
{
	struct nf_error err = {.code = NF_OK};

	if (origin_bind(origin, fd, AF_INET, &err) == -1)
		fail_msg("%s", err.message);
}

static void assert_bound_to(int fd, const char *address)
{
	struct sockaddr_in bound;
	socklen_t len = sizeof(bound);
	char text[INET_ADDRSTRLEN];

	assert_int_equal(getsockname(fd, (struct sockaddr *)&bound, &len), 0);
	assert_string_equal(
		inet_ntop(AF_INET, &bound.sin_addr, text, sizeof(text)),
		address);
}

static void test_an_origin_that_is_not_here_is_refused(void **state)
{
	(void)state;
	refuse("192.0.2.77", NULL,
	       "the source address 192.0.2.77: no interface here has it");
	refuse("fe80::1%nope9", NULL,
	       "the source address fe80::1%nope9: there is no such interface "
	       "here");
	refuse(NULL, "nope9",
	       "the interface nope9: there is none of that name here");
	refuse("r1.example", NULL,
	       "the source address r1.example: it is no address");
}

static void test_an_address_of_a_link_needs_its_interface(void **state)
{
	(void)state;
	refuse("fe80::1", NULL,
	       "the source address fe80::1: name its interface, as in "
	       "fe80::1%eth0");
}

/* No interface lists it: all of 127.0.0.0/8 is here. */
static void test_a_socket_is_bound_to_the_source(void **state)
{
	struct origin origin;
	int fd = open_socket();

	(void)state;
	take(&origin, "127.3.2.1", NULL);
	bind_to(&origin, fd);
	assert_bound_to(fd, "127.3.2.1");
	(void)close(fd);
}

static void test_a_socket_is_bound_to_the_interface(void **state)
{
	struct origin origin;
	char name[IF_NAMESIZE] = "";
	socklen_t len = sizeof(name);
	int fd = open_socket();

	(void)state;
	take(&origin, NULL, "lo");
	bind_to(&origin, fd);
	assert_int_equal(
		getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len), 0);
	assert_string_equal(name, "lo");
	(void)close(fd);
}

/* Linux keeps who has no right to it from binding a socket again. */
static void test_who_may_name_no_interface_gets_its_address(void **state)
{
	struct origin origin, both;
	int fd = open_socket(), other = open_socket();

	(void)state;
	take(&origin, NULL, "lo");
	take(&both, "127.3.2.1", "lo");
	bind_to(&origin, fd);
	bind_to(&origin, other);
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	bind_to(&origin, fd);
	bind_to(&both, other);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_bound_to(fd, "127.0.0.1");
	assert_bound_to(other, "127.3.2.1");
	(void)close(fd);
	(void)close(other);
}

static void test_addresses_of_another_family_are_passed_over(void **state)
{
	struct address ipv4 = {.len = sizeof(struct sockaddr_in)};
	struct address ipv6 = {.len = sizeof(struct sockaddr_in6)};
	struct address both[2];
	struct transport *tr = NULL;
	struct nf_error err = {.code = NF_OK};
	struct origin source, interface;

	(void)state;
	ipv4.sockaddr.ss_family = AF_INET;
	ipv6.sockaddr.ss_family = AF_INET6;
	both[0] = both[1] = ipv6;
	take(&source, "127.3.2.1", NULL);
	take(&interface, NULL, "lo");
	assert_true(origin_fits(&source, &ipv4));
	assert_false(origin_fits(&source, &ipv6));
	assert_true(origin_fits(&interface, &ipv6));
	assert_true(origin_fits(NULL, &ipv6));
	assert_int_equal(transport_connect(&tr, &source, both, LENGTH(both), 1,
					   INT64_MAX, &err),
			 -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message,
			    "it has no IPv4 address to connect to from "
			    "127.3.2.1");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_an_origin_that_is_not_here_is_refused),
	cmocka_unit_test(test_an_address_of_a_link_needs_its_interface),
	cmocka_unit_test(test_a_socket_is_bound_to_the_source),
	cmocka_unit_test(test_a_socket_is_bound_to_the_interface),
	cmocka_unit_test(test_who_may_name_no_interface_gets_its_address),
	cmocka_unit_test(test_addresses_of_another_family_are_passed_over),
};

UNIT_MAIN(tests)
