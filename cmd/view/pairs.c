/* What a form writes of a device. */
#include "view/pairs.h"

#include <string.h>

#include "format/escape.h"
#include "view/convert.h"

void pairs_put(struct pairs *pairs, const struct pair *pair)
{
	if (pairs->n < PAIRS_MAX)
		pairs->at[pairs->n++] = *pair;
}

const struct pair *pairs_find(const struct pairs *pairs, const char *key)
{
	for (size_t k = 0; k < pairs->n; k++) {
		if (strcmp(pairs->at[k].key, key) == 0)
			return &pairs->at[k];
	}
	return NULL;
}

void pairs_fill(struct pairs *pairs, struct conversion *conversion,
		pairs_list *list, size_t i)
{
	pairs->conversion = conversion;
	pairs->n = 0;
	list(pairs, i);
}

/* ---- what devices have alike */

static bool same(const struct pair *one, const struct pair *two)
{
	return (one->before == NULL) == (two->before == NULL) &&
	       (one->before == NULL || strcmp(one->before, two->before) == 0) &&
	       strcmp(one->text, two->text) == 0 && one->bare == two->bare;
}

/* Keep of the common ones what this device has, too. */
static void keep(struct pairs *common, const struct pairs *pairs)
{
	size_t kept = 0;

	for (size_t k = 0; k < common->n; k++) {
		const struct pair *pair = pairs_find(pairs, common->at[k].key);

		if (pair != NULL && same(pair, &common->at[k]))
			common->at[kept++] = common->at[k];
	}
	common->n = kept;
}

void pairs_common(struct pairs *common, struct conversion *conversion,
		  pairs_list *list)
{
	struct pairs pairs;
	size_t seen = 0;

	*common = (struct pairs){.n = 0};
	for (size_t i = 0; i < nf_inventory_size(conversion->inv); i++) {
		if (!conversion_has(conversion, i))
			continue;
		pairs_fill(seen == 0 ? common : &pairs, conversion, list, i);
		if (seen++ > 0)
			keep(common, &pairs);
	}
	if (seen == 1)
		common->n = 0;
}

/* ---- writing */

void pairs_write(struct output *out, const char *indent,
		 const struct pair *pair)
{
	output_format(out, "%s%s: ", indent, pair->key);
	if (pair->bare) {
		output_text(out, pair->text);
	} else if (pair->before == NULL) {
		conversion_word(out, pair->text);
	} else {
		output_text(out, "\"");
		escape_text(out, ESCAPE_JSON, pair->before);
		escape_text(out, ESCAPE_JSON, pair->text);
		if (pair->behind != NULL)
			escape_text(out, ESCAPE_JSON, pair->behind);
		output_text(out, "\"");
	}
	output_text(out, "\n");
}
