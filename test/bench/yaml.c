/*
 * The limit of reading YAML: all events of a file by libyaml, and nothing done
 * with them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

/* Read a whole file: its bytes, to be freed, or NULL. */
static unsigned char *read_file(const char *path, size_t *len)
{
	FILE *in = fopen(path, "rb");
	unsigned char *bytes = NULL;
	long size = -1;

	if (in == NULL)
		return NULL;
	if (fseek(in, 0, SEEK_END) == 0)
		size = ftell(in);
	if (size >= 0 && fseek(in, 0, SEEK_SET) == 0)
		bytes = malloc((size_t)size + 1); /* not below 0 */
	if (bytes != NULL)
		*len = fread(bytes, 1, (size_t)size, in);
	(void)fclose(in);
	return bytes;
}

/* Count the events of a document; -1 when it is no YAML. */
static long count_events(const unsigned char *bytes, size_t len)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool more = true;
	long n = 0;

	if (yaml_parser_initialize(&parser) == 0)
		return -1;
	yaml_parser_set_input_string(&parser, bytes, len);
	while (more) {
		if (yaml_parser_parse(&parser, &event) == 0) {
			n = -1;
			break;
		}
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		n++;
	}
	yaml_parser_delete(&parser);
	return n;
}

int main(int argc, char **argv)
{
	size_t len = 0;
	unsigned char *bytes = argc == 2 ? read_file(argv[1], &len) : NULL;
	long n;

	if (bytes == NULL) {
		(void)fprintf(stderr, "usage: bench-yaml FILE\n");
		return 2;
	}
	n = count_events(bytes, len);
	(void)printf("{\"events\": %ld}\n", n);
	free(bytes);
	return n > 0 ? 0 : 1;
}
