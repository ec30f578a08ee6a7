/* libFuzzer target: any bytes are an inventory in Ansible's INI, or one line of
 * error. */
#include "fuzz/inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	inventory_fuzz("ansible", "/nowhere/f.ini", bytes, len);
	return 0;
}
