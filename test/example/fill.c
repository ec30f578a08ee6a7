/* An inventory from memory: devices that a program knows from elsewhere. */
#include <netfan.h>
#include <stdio.h>

int main(void)
{
	static const struct nf_entry entries[] = {
		{.name = "R1",
		 .device_type = "cisco_ios",
		 .host = "192.0.2.1",
		 .username = "admin",
		 .password = "a password"},
		{.device_type = "juniper_junos", .host = "192.0.2.2"},
	};
	struct nf_inventory *inv = NULL;
	struct nf_error err;
	int rc = nf_inventory_new(&inv, NULL, NULL, &err);

	for (size_t i = 0; rc == 0 && i < 2; i++)
		rc = nf_inventory_add(inv, &entries[i], &err);
	if (rc == -1)
		(void)fprintf(stderr, "%s\n", err.message);
	for (size_t i = 0; rc == 0 && i < nf_inventory_size(inv); i++) {
		const struct nf_device *dev = nf_inventory_device(inv, i);

		(void)printf("%s is %s at port %u\n", dev->name, dev->platform,
			     (unsigned)dev->port);
	}
	nf_inventory_free(inv);
	return rc == -1;
}
