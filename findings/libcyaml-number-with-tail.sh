#!/usr/bin/env bash
# libcyaml 1.3.1: an unsigned number takes what stands before the first letter,
# and a leading zero makes it octal.
#
# The guess: a schema that says CYAML_UINT refuses "22abc", and 010 is 10, as YAML
# 1.2 has it. The port of an inventory is 22 for "22abc" and 8 for 010, and
# nothing is logged. (1.4.0 refuses the tail.)
. "$(dirname "$0")/lib.sh"
packages libcyaml-dev=1.3.1-1 libcyaml1=1.3.1-1 libyaml-0-2=0.2.5-1

cat >"$work/port.c" <<'END'
#include <cyaml/cyaml.h>
#include <stdio.h>

struct top { unsigned port; };
static const cyaml_schema_field_t fields[] = {
	CYAML_FIELD_UINT("port", CYAML_FLAG_DEFAULT, struct top, port),
	CYAML_FIELD_END};
static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct top, fields)};

int main(int argc, char **argv)
{
	const cyaml_config_t config = {.log_fn = cyaml_log,
				       .mem_fn = cyaml_mem,
				       .log_level = CYAML_LOG_WARNING};
	struct top *top = NULL;

	if (argc != 2 || cyaml_load_file(argv[1], &config, &schema,
					 (cyaml_data_t **)&top, NULL) != 0)
		return puts("refused") == EOF;
	printf("%u\n", top->port);
	return cyaml_free(&config, &schema, top, 0) != CYAML_OK;
}
END
${CC:-cc} -I"$work/root/usr/include" -L"$LD_LIBRARY_PATH" -o "$work/port" \
	"$work/port.c" "$LD_LIBRARY_PATH/libcyaml.so.1" || exit 2
port() {
	printf 'port: %s\n' "$1" >"$work/port.yaml"
	"$work/port" "$work/port.yaml" 2>&1
}
same 22abc 22 "$(port 22abc)"
same 010 8 "$(port 010)"
same abc refused "$(port abc | tail -n 1)"
finish
