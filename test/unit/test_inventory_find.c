/* lib/inventory/inventory.h: which device is meant by a jump host. */
#include "inventory/inventory.h"

#include "unit/invtext.h"
#include "unit/unit.h"

/* The first has no name, the second that of its host. */
static const char devices[] =
	"- {device_type: linux, host: 10.0.0.1, port: 2277}\n"
	"- {name: b2.example, device_type: linux, host: b2.example, port: "
	"2277}\n"
	"- {name: b3, device_type: linux, host: 10.0.0.3, port: 2277}\n"
	"- {device_type: linux, host: 10.0.0.4}\n";

static void assert_meant(const struct nf_inventory *inv, const char *list,
			 const char *host)
{
	struct jump_name name;
	const struct device *dev;
	char why[200];

	assert_int_equal(jump_list_next(&list, &name, why, sizeof(why)), 1);
	dev = inventory_find_hop(inv, &name);
	if (host == NULL)
		assert_null(dev);
	else
		assert_string_equal(dev != NULL ? dev->pub.host : "", host);
}

static void test_a_host_that_is_no_name_means_its_port_alone(void **state)
{
	struct nf_inventory *inv = invtext_parse(devices);

	(void)state;
	assert_meant(inv, "10.0.0.1", NULL);
	assert_meant(inv, "10.0.0.1:2278", NULL);
	assert_meant(inv, "root@10.0.0.1:2278", NULL);
	assert_meant(inv, "root@10.0.0.1:2277", "10.0.0.1");
	assert_meant(inv, "b2.example", NULL);
	assert_meant(inv, "b2.example:2278", NULL);
	assert_meant(inv, "b2.example:2277", "b2.example");
	assert_meant(inv, "10.0.0.4", "10.0.0.4");
	nf_inventory_free(inv);
}

static void test_a_name_means_no_other_port_than_its_own(void **state)
{
	struct nf_inventory *inv = invtext_parse(devices);

	(void)state;
	assert_meant(inv, "b3", "10.0.0.3");
	assert_meant(inv, "root@b3", "10.0.0.3");
	assert_meant(inv, "root@b3:2277", "10.0.0.3");
	assert_meant(inv, "b3:2278", NULL);
	assert_meant(inv, "root@b3:22", NULL);
	nf_inventory_free(inv);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_host_that_is_no_name_means_its_port_alone),
	cmocka_unit_test(test_a_name_means_no_other_port_than_its_own),
};

UNIT_MAIN(tests)
