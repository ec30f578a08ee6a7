/* A device's address, as people read it. */
#include "address.h"

#include <stdio.h>
#include <string.h>

void address_text(char out[ADDRESS_TEXT], const struct nf_device *dev)
{
	bool colons = strchr(dev->host, ':') != NULL;

	(void)snprintf(out, ADDRESS_TEXT, "%s%s%s:%u", colons ? "[" : "",
		       dev->host, colons ? "]" : "", dev->port);
}

void address_with_name(char *out, size_t size, const struct nf_device *dev)
{
	char address[ADDRESS_TEXT];

	address_text(address, dev);
	if (strcmp(dev->name, dev->host) == 0 ||
	    strcmp(dev->name, address) == 0)
		(void)snprintf(out, size, "%s", address);
	else
		(void)snprintf(out, size, "%s (%s)", dev->name, address);
}
