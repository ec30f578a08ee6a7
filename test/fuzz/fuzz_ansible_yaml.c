/* libFuzzer target: any bytes are an inventory of Ansible's in YAML, or as it is
 * printed in JSON, or one line of error. */
#include "fuzz/inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	inventory_fuzz("ansible", "/nowhere/f.yml", bytes, len);
	return 0;
}
