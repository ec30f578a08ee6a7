/* Tables with a header. */
#include <stdlib.h>
#include <string.h>

#include "inventory/inventory.h"
#include "unit/formtext.h"
#include "unit/unit.h"

static void test_csv_reads_what_a_spreadsheet_saves(void **state)
{
	(void)state;
	assert_form(
		"csv",
		"Name;IP;Device_Type;Username;Password;Site\n"
		"x1;127.1.30.13;cisco_ios;cu;\"dv;8\"\"\";\"Hall 1; left\"\n"
		"x2;127.1.30.14;router;cu;dv-8b;\n"
		";;;;;\n",
		"note: f:1: column 'Device_Type' says what 1 device is for or "
		"who made it ('router'), which is no platform: add a column "
		"device_type, or say the type of those that have none\n"
		"x1: device_type=cisco_ios host=127.1.30.13 username=cu "
		"password=dv;8\" data.site=Hall 1; left\n"
		"x2: host=127.1.30.14 username=cu password=dv-8b ! no type\n");
}

static void test_csv_is_the_same_with_any_delimiter(void **state)
{
	static const char *const texts[] = {
		"ip_address,hostname,os,user,pass\n"
		"10.0.0.1,r1,cisco_ios,u,p\n",
		"\xef\xbb\xbfip_address;hostname;os;user;pass\r\n"
		"10.0.0.1;r1;cisco_ios;u;p\r\n\r\n",
		"IP Address\tHostname\tOS\tUser\tPass\n"
		"10.0.0.1\tr1\tcisco_ios\tu\tp",
		"sep=;\r\nip-address;HOSTNAME;os;user;pass\r\n"
		"10.0.0.1;r1;cisco_ios;u;p\r\n",
		"ip address, hostname, os, user, pass\n"
		"10.0.0.1, r1, cisco_ios, u, p \n",
		"ip_address,hostname,os,user,pass\r"
		"10.0.0.1,r1,cisco_ios,u,p\r",
		"# made by hand\n\nip_address,hostname,os,user,pass\n"
		"\"10.0.0.1\", \"r1\" ,\"cisco_ios\",u,p,,\n",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++)
		assert_form("csv", texts[i],
			    "r1: device_type=cisco_ios host=10.0.0.1 "
			    "username=u password=p\n");
}

static void
test_csv_takes_hostname_for_the_address_where_it_is_alone(void **state)
{
	(void)state;
	assert_form("csv", "hostname,device_type\nr1.example.net,linux\n",
		    "r1.example.net: device_type=linux "
		    "host=r1.example.net\n");
	assert_form("csv", "host,ip,device_type\nr1,10.0.0.1,linux\n",
		    "r1: device_type=linux host=10.0.0.1\n");
	assert_form("csv",
		    "name,hostname,ip,device_type\nr1,r1.net,10.0.0.1,linux\n",
		    "r1: device_type=linux host=10.0.0.1 "
		    "data.hostname=r1.net\n");
	assert_form("csv", "hostname\n10.0.0.1\n",
		    "10.0.0.1: host=10.0.0.1 ! no type\n");
}

static void test_csv_takes_the_platform_from_where_it_is(void **state)
{
	(void)state;
	assert_form("csv",
		    "ip,device_type,os,vendor\n"
		    "10.0.0.1,router,cisco_ios,Cisco\n"
		    "10.0.0.2,cisco_nxos,cisco_ios,Cisco\n",
		    "10.0.0.1: device_type=cisco_ios host=10.0.0.1\n"
		    "10.0.0.2: device_type=cisco_nxos host=10.0.0.2\n");
}

static void test_csv_tells_of_roles_once(void **state)
{
	(void)state;
	assert_form(
		"csv", "ip,device_type\n10.0.0.1,router\n10.0.0.2,Switch\n",
		"note: f:1: column 'device_type' says what 2 devices are for "
		"or who made them ('router'), which is no platform: add a "
		"column device_type, or say the type of those that have none\n"
		"10.0.0.1: host=10.0.0.1 ! no type\n"
		"10.0.0.2: host=10.0.0.2 ! no type\n");
}

static void test_csv_has_groups_tags_and_data(void **state)
{
	(void)state;
	assert_form("csv",
		    "ip,device_type,groups,tags,Serial Number,port\n"
		    "10.0.0.1,linux,\"core, paris\",a;b,'1',2022\n"
		    "10.0.0.2,linux,core|core,,,\n",
		    "10.0.0.1: device_type=linux host=10.0.0.1 port=2022 "
		    "data.tags=[\"a\", \"b\"] data.serial_number='1' "
		    "groups=core,paris\n"
		    "10.0.0.2: device_type=linux host=10.0.0.2 groups=core\n");
}

static void test_csv_knows_enable_and_protocol_by_their_values(void **state)
{
	(void)state;
	assert_form("csv",
		    "ip,device_type,enable,protocol\n"
		    "10.0.0.1,linux,yes,Telnet\n"
		    "10.0.0.2,linux,e1,SSH2\n"
		    "10.0.0.3,linux,,ospf\n",
		    "10.0.0.1: device_type=linux host=10.0.0.1 enable=yes "
		    "transport=telnet\n"
		    "10.0.0.2: device_type=linux host=10.0.0.2 secret=e1 "
		    "transport=ssh\n"
		    "10.0.0.3: device_type=linux host=10.0.0.3 "
		    "data.protocol=ospf\n");
}

static void test_csv_rows_fail_one_by_one(void **state)
{
	(void)state;
	assert_form(
		"csv",
		"name,ip,device_type,password,port\n"
		"r1,10.0.0.1,linux,p,abc\n"
		"r2,,linux,p,\n"
		"r3,10.0.0.3,linux,<Enter_Password>,\n"
		"r4,10.0.0.4,linux,p,22,x,y\n"
		"r5,10.0.0.5,linux,\"p\"q,\n"
		"#r6,10.0.0.6,linux,p,\n"
		"r7,10.0.0.7,linux,\xff,\n"
		"r8,10.0.0.8,linux\n",
		"r1: device_type=linux host=10.0.0.1 port=abc password=p ! "
		"f:2: device 'r1': port 'abc' is not a number 1-65535\n"
		"r2: device_type=linux password=p ! f:3: device 'r2': no "
		"address: give 'host' or 'ip'\n"
		"r3: device_type=linux host=10.0.0.3 "
		"password=<Enter_Password> ! f:4: device 'r3': password is a "
		"placeholder (<...>): write the value itself, or literal: "
		"before one that looks so\n"
		"r4: ! f:5: device 'r4': the row has 7 fields, and the "
		"header 5: put quotes around a field with a ',' in it\n"
		"device 5: ! f:6: the row cannot be read: text stands behind "
		"a quote that was closed: write a quote in a field twice\n"
		"r7: ! f:8: device 'r7': the row is no UTF-8: save the "
		"table as CSV in UTF-8\n"
		"r8: device_type=linux host=10.0.0.8\n");
}

static void test_csv_quotes_go_over_lines(void **state)
{
	(void)state;
	assert_form("csv",
		    "ip,device_type,note\n"
		    "10.0.0.1,linux,\"a\nb, \"\"c\"\"\"\n"
		    "10.0.0.2,linux\n"
		    "10.0.0.3,toaster\n",
		    "10.0.0.1: device_type=linux host=10.0.0.1 "
		    "data.note=a\nb, \"c\"\n"
		    "10.0.0.2: device_type=linux host=10.0.0.2\n"
		    "10.0.0.3: device_type=toaster host=10.0.0.3 ! f:5: device "
		    "'10.0.0.3': unknown device_type 'toaster': netfan "
		    "platforms lists all\n");
}

static void test_csv_quote_too_many_costs_its_row_alone(void **state)
{
	(void)state;
	assert_form(
		"csv",
		"ip,device_type,note\n"
		"10.0.0.1,linux,\"a\n"
		"10.0.0.2,linux,b\n"
		"10.0.0.3,linux,\"c\"\n"
		"10.0.0.4,linux,\"d\n",
		"device 1: ! f:2: the row cannot be read: a quote is opened "
		"and not closed\n"
		"10.0.0.2: device_type=linux host=10.0.0.2 data.note=b\n"
		"10.0.0.3: device_type=linux host=10.0.0.3 data.note=c\n"
		"device 4: ! f:5: the row cannot be read: a quote is opened "
		"and not closed\n");
}

static void test_csv_without_what_it_needs_is_refused(void **state)
{
	static const char *const lists[][2] = {
		{"", "error: f:1: the file is empty: a table begins with a "
		     "line that names its columns\n"},
		{"# a\n", "error: f:1: the file is empty: a table begins with "
			  "a line that names its columns\n"},
		{"a,b\n1,2\n",
		 "error: f:1: the first line names no column of addresses: "
		 "call it ip, ip_address, host or hostname\n"},
		{"\nip,b\n#x\n,\n",
		 "error: f:2: a table without rows: no device stands behind "
		 "its header\n"},
		{"ip,pasword\n10.0.0.1,p\n",
		 "error: f:1: unknown column 'pasword': did you mean "
		 "'password'?\n"},
		{"ip,\"b\n",
		 "error: f:1: the header cannot be read: a quote is opened and "
		 "not closed\n"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(lists); i++)
		assert_form("csv", lists[i][0], lists[i][1]);
	assert_form_bytes("csv", "ip\na\0\n", 6,
			  "error: f:2: a NUL byte: the file must be UTF-8 "
			  "text\n");
	assert_form_bytes("csv", "\xff\xfei\0p\0", 6,
			  "error: f:1: text in UTF-16: save it as UTF-8\n");
}

static void test_csv_notes_columns_that_are_not_what_they_seem(void **state)
{
	(void)state;
	assert_form("csv",
		    "ip,device_type,username,User,transprt,fast_cli,Ort\n"
		    "10.0.0.1,linux,a,b,c,true,M\xfcnchen\n"
		    "10.0.0.2,linux,,b,c,true,M\xc3\xbcnchen\n",
		    "note: f:1: column 'User' is not read: 'username' before "
		    "it means the same\n"
		    "note: f:1: column 'transprt' is read as data: did you "
		    "mean 'transport'?\n"
		    "note: f:2: key 'fast_cli' has no effect here\n"
		    "note: f:2: column 'Ort' is no UTF-8, and left out: save "
		    "the table as CSV in UTF-8\n"
		    "10.0.0.1: device_type=linux host=10.0.0.1 username=a "
		    "data.transprt=c\n"
		    "10.0.0.2: device_type=linux host=10.0.0.2 "
		    "data.transprt=c data.ort=M\xc3\xbcnchen\n");
}

/* Lines that each open a quote, wherever one begins to read. */
static void test_csv_goes_over_lines_once(void **state)
{
	static const char head[] = "ip,device_type\n";
	static const char line[5] = {'a', '"', ',', '"', '\n'};
	size_t n = 100000, len = sizeof(head) - 1;
	char *text = malloc(len + n * 5);
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	(void)state;
	assert_non_null(text);
	memcpy(text, head, len);
	for (size_t i = 0; i < n; i++, len += 5)
		memcpy(text + len, line, sizeof(line));
	assert_int_equal(nf_inventory_new(&inv, NULL, NULL, &err), 0);
	assert_int_equal(nf_inventory_format(inv, "csv", &err), 0);
	assert_int_equal(inventory_add_bytes(inv, text, len, "f", &err), 0);
	assert_int_equal(nf_inventory_size(inv), n);
	nf_inventory_free(inv);
	free(text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_csv_reads_what_a_spreadsheet_saves),
	cmocka_unit_test(test_csv_is_the_same_with_any_delimiter),
	cmocka_unit_test(
		test_csv_takes_hostname_for_the_address_where_it_is_alone),
	cmocka_unit_test(test_csv_takes_the_platform_from_where_it_is),
	cmocka_unit_test(test_csv_tells_of_roles_once),
	cmocka_unit_test(test_csv_has_groups_tags_and_data),
	cmocka_unit_test(test_csv_knows_enable_and_protocol_by_their_values),
	cmocka_unit_test(test_csv_rows_fail_one_by_one),
	cmocka_unit_test(test_csv_quotes_go_over_lines),
	cmocka_unit_test(test_csv_quote_too_many_costs_its_row_alone),
	cmocka_unit_test(test_csv_without_what_it_needs_is_refused),
	cmocka_unit_test(test_csv_notes_columns_that_are_not_what_they_seem),
	cmocka_unit_test(test_csv_goes_over_lines_once),
};

UNIT_MAIN(tests)
