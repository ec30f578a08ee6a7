/* Reports: the kinds of them. */
#include "collect/report.h"

#include <string.h>

static const struct report_kind *const kinds[] = {&report_text, &report_json,
						  &report_html};

const struct report_kind *report_kind_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i]->name) == len &&
		    memcmp(kinds[i]->name, name, len) == 0)
			return kinds[i];
	}
	return NULL;
}
