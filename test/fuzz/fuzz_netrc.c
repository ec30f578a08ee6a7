/* libFuzzer target: any bytes are a netrc. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "secrets/netrc.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int is_inside(const char *text, size_t len, const char *word)
{
	return word >= text && word + strlen(word) <= text + len;
}

/* Each entry is found by its own machine and login, unless one alike stands
 * before it; and the first of its machine without a login. */
static void check_entry(const struct netrc *netrc, size_t i)
{
	const struct netrc_entry *entry = &netrc->at[i], *found, *any;

	found = netrc_find(netrc, entry->machine, entry->login);
	any = netrc_find(netrc, entry->machine, NULL);
	assert(found != NULL && any != NULL);
	assert(strcasecmp(found->machine, entry->machine) == 0);
	assert(found->order <= entry->order && any->order <= entry->order);
	if (entry->login != NULL)
		assert(strcmp(found->login, entry->login) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1);
	struct netrc netrc;

	assert(text != NULL);
	if (len > 0)
		memcpy(text, bytes, len);
	text[len] = '\0';
	assert(netrc_parse(&netrc, text) == 0);
	for (size_t i = 0; i < netrc.n; i++) {
		assert(is_inside(text, len, netrc.at[i].password));
		assert(netrc.at[i].machine[0] == '\0' ||
		       is_inside(text, len, netrc.at[i].machine));
		assert(netrc.at[i].login == NULL ||
		       is_inside(text, len, netrc.at[i].login));
		assert(strpbrk(netrc.at[i].password, "\n") == NULL);
		check_entry(&netrc, i);
	}
	netrc_release(&netrc);
	free(text);
	return 0;
}
