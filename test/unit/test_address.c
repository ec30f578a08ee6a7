/* lib/inventory/address.c */
#include "draft/address.h"

#include "unit/unit.h"

static void test_address_takes_addresses_and_names(void **state)
{
	static const char *const texts[] = {
		"10.0.0.1",
		"0.0.0.0",
		"255.255.255.255",
		"::1",
		"2001:db8::1",
		"fe80::1%eth0",
		"::ffff:10.0.0.1",
		"r1",
		"r1.example.net",
		"r-1.example",
		"10-0-0-1",
		"10-0-0-1.example",
		"1.example",
		"_under_score",
		"r\xc3\xa9seau",
		"0x",
		"0xyz",
	};
	char why[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		unit_where(texts[i]);
		assert_true(address_check(texts[i], why, sizeof(why)));
	}
}

#define OCTAL                                                                  \
	"a number with a zero before it is octal to some and decimal to "      \
	"others: write "
#define FOUR                                                                   \
	"it is no IPv4 address: write four numbers 0-255 with points between"
#define SEVERAL "it stands for several addresses: write a device for each"
#define NEITHER "it is no address and no name"
#define PREFIX                                                                 \
	"it holds a prefix length: write the device's own address alone, as "  \
	"in "
#define PASSWORD                                                               \
	"it holds a password: write username, password and host, each for "    \
	"itself"

static const char *const refused[][2] = {
	{"127.0.0.010", OCTAL "127.0.0.10, if that is it"},
	{"010.000.0.1", OCTAL "10.0.0.1, if that is it"},
	{"00.0.0.00", OCTAL "0.0.0.0, if that is it"},
	{"127.1", FOUR},
	{"2130706433", FOUR},
	{"7", FOUR},
	{"0x7f000001", FOUR},
	{"127.0.0.0x1", FOUR},
	{"1.2.3.4.5", FOUR},
	{"10.0.0.256", FOUR},
	{"10.0.0.1.", FOUR},
	{"r1:22", "it holds a port: write host: 'r1' and port: 22"},
	{"10.0.0.1:2222",
	 "it holds a port: write host: '10.0.0.1' and port: 2222"},
	{"[2001:db8::1]:22",
	 "it holds a port: write host: '2001:db8::1' and port: 22"},
	{"[2001:db8::1]", "write it without the brackets"},
	{"[r1", NEITHER},
	{"r1]", NEITHER},
	{"r1:", NEITHER},
	{"r1:ssh", NEITHER},
	{"2001:db8::1::2", NEITHER},
	{"a:b:22", NEITHER},
	{"10.0.0.1/24", PREFIX "10.0.0.1"},
	{"2001:db8::1/64", PREFIX "2001:db8::1"},
	{"ssh://r1", NEITHER " (it holds a '/')"},
	{"10.0.0.1-20", SEVERAL},
	{"10.0.0.1-10.0.0.20", SEVERAL},
	{"10.0.0.[1-20]", SEVERAL},
	{"r[1-5]", SEVERAL},
	{"r1,r2", SEVERAL},
	{"10.0.0.*", SEVERAL},
	{"admin@r1", "it holds a user: write username: 'admin' and host: 'r1'"},
	{"u:p@r1", PASSWORD},
	{"ssh://u:p@r1/22", PASSWORD},
	{"fe80::1%", NEITHER},
};

static void test_address_says_what_to_write_instead(void **state)
{
	char why[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(refused); i++) {
		unit_where(refused[i][0]);
		assert_false(address_check(refused[i][0], why, sizeof(why)));
		assert_string_equal(why, refused[i][1]);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_address_takes_addresses_and_names),
	cmocka_unit_test(test_address_says_what_to_write_instead),
};

UNIT_MAIN(tests)
