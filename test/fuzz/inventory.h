/* Bytes as an inventory of a form. */
#ifndef NETFAN_TEST_FUZZ_INVENTORY_H
#define NETFAN_TEST_FUZZ_INVENTORY_H

#include <stddef.h>
#include <stdint.h>

/* Read bytes, which claim to be a file of that path: they are taken whole, or
 * refused in one line that names the file. */
void inventory_fuzz(const char *form, const char *path, const uint8_t *bytes,
		    size_t len);

#endif
