/* URLs of proxies. */
#include "inventory/way/proxy_url.h"

#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

static void test_a_url_is_taken_apart(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		const char *user, *password;
	} rows[] = {
		{"socks5://10.1.2.3", "10.1.2.3", 1080, "", ""},
		{"socks5h://proxy.example:9050", "proxy.example", 9050, "", ""},
		{"SOCKS5://[2001:db8::1]:1081/", "2001:db8::1", 1081, "", ""},
		{"socks5://[::1]", "::1", 1080, "", ""},
		{"socks5://[fe80::1%eth0]:9", "fe80::1%eth0", 9, "", ""},
		{"socks5://[fe80::1%25eth0]:9", "fe80::1%eth0", 9, "", ""},
		{"socks5://[fe80::1%25]:9", "fe80::1%25", 9, "", ""},
		{"socks5://me:secret@proxy", "proxy", 1080, "me", "secret"},
		{"socks5://me:a:b@c@proxy:1", "proxy", 1, "me", "a:b@c"},
		{"socks5://a%40b:%25%3a@proxy/", "proxy", 1080, "a@b", "%:"},
	};
	struct proxy_url url;
	char why[200];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		if (!proxy_url_parse(&url, rows[i].text, why, sizeof(why)))
			fail_msg("%s: %s", rows[i].text, why);
		assert_string_equal(url.host, rows[i].host);
		assert_int_equal(url.port, rows[i].port);
		assert_string_equal(url.user, rows[i].user);
		assert_string_equal(url.password, rows[i].password);
	}
}

static void test_what_is_wrong_is_told_without_the_login(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"", "write socks5://host:port"},
		{"secret:1080", "write socks5://host:port"},
		{"http://me:secret@proxy:3128", "write socks5://host:port"},
		{"socks4://proxy", "write socks5://host:port"},
		{"socks5:/proxy", "write socks5://host:port"},
		{"socks5://", "it has no host"},
		{"socks5://:1080", "it has no host"},
		{"socks5://[::1", "it has no host"},
		{"socks5://::1:1080", "in brackets"},
		{"socks5://proxy:", "its port"},
		{"socks5://proxy:0", "its port"},
		{"socks5://proxy:65536", "its port"},
		{"socks5://proxy:99999999999999999999", "its port"},
		{"socks5://proxy:1o8o", "its port"},
		{"socks5://proxy:+1", "its port"},
		{"socks5://proxy/secret", "its port"},
		{"socks5://10.1.2", "no IPv4 address"},
		{"socks5://secret@proxy", "user:password"},
		{"socks5://:secret@proxy", "user:password"},
		{"socks5://secret:@proxy", "user:password"},
		{"socks5://me:secret%4@proxy", "user:password"},
		{"socks5://me:secret%zz@proxy", "user:password"},
		{"socks5://me:secret%00@proxy", "user:password"},
	};
	struct proxy_url url;
	char why[200];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		if (proxy_url_parse(&url, rows[i].text, why, sizeof(why)))
			fail_msg("taken: %s", rows[i].text);
		if (strstr(why, rows[i].why) == NULL)
			fail_msg("%s: %s", rows[i].text, why);
		assert_null(strstr(why, "secret"));
	}
}

static void test_a_login_of_more_than_socks5_can_send_is_refused(void **state)
{
	struct proxy_url url;
	char text[600], why[200];

	(void)state;
	(void)snprintf(text, sizeof(text), "socks5://%0255d:%0255d@proxy", 1,
		       2);
	assert_true(proxy_url_parse(&url, text, why, sizeof(why)));
	(void)snprintf(text, sizeof(text), "socks5://%0255d:%0256d@proxy", 1,
		       2);
	assert_false(proxy_url_parse(&url, text, why, sizeof(why)));
	assert_non_null(strstr(why, "1-255 bytes"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_url_is_taken_apart),
	cmocka_unit_test(test_what_is_wrong_is_told_without_the_login),
	cmocka_unit_test(test_a_login_of_more_than_socks5_can_send_is_refused),
};

UNIT_MAIN(tests)
