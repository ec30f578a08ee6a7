/* Output formats: the table of them. */
#include "format/format.h"

#include <stdio.h>
#include <string.h>

/* A row is the X of format_X. The first that suits a kind of run is its
 * default. */
#define FORMATS(X)                                                             \
	X(text)                                                                \
	X(table)                                                               \
	X(draft)                                                               \
	X(keys)                                                                \
	X(ndjson)                                                              \
	X(json)

#define DECLARE(name) extern const struct format format_##name;
FORMATS(DECLARE)
#undef DECLARE

#define ROW(name) &format_##name,
static const struct format *const formats[] = {FORMATS(ROW)};
#undef ROW

#define NFORMATS (sizeof(formats) / sizeof(formats[0]))

const struct format *format_find(const char *name, unsigned run)
{
	for (size_t i = 0; i < NFORMATS; i++) {
		if ((formats[i]->runs & run) != 0 &&
		    (name == NULL || strcmp(formats[i]->name, name) == 0))
			return formats[i];
	}
	return NULL;
}

void format_names(char out[FORMAT_NAMES], unsigned run, const char *mark)
{
	const char *names[NFORMATS] = {NULL};
	size_t n = 0, len = 0;

	for (size_t i = 0; i < NFORMATS; i++) {
		if ((formats[i]->runs & run) != 0)
			names[n++] = formats[i]->name;
	}
	out[0] = '\0';
	for (size_t i = 0; i < n && len < FORMAT_NAMES; i++)
		len += (size_t)snprintf(out + len, FORMAT_NAMES - len, "%s%s%s",
					i == 0      ? ""
					: i + 1 < n ? ", "
						    : " or ",
					names[i], i == 0 ? mark : "");
}
