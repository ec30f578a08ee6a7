/* libFuzzer target: whatever ssh -G says, it is taken word for word or refused
 * with a reason that is printable. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sshconfig/answer.h"
#include "sshconfig/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_message(const struct nf_error *err)
{
	assert(err->message[0] != '\0');
	for (const char *at = err->message; *at != '\0'; at++)
		assert((unsigned char)*at >= 0x20 && *at != 0x7f);
}

static void check_file(const char *text)
{
	static const struct tokens tokens = {
		.host = "host", .name = "name", .user = "user", .port = 22};
	struct nf_error err = {.code = NF_OK};
	char path[TOKENS_TEXT];

	if (tokens_fill(path, text, &tokens, &err) == -1)
		check_message(&err);
	else
		assert(strlen(path) < TOKENS_TEXT);
	(void)tokens_safe(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct answer answer;
	struct nf_error err = {.code = NF_OK};

	if (answer_read(&answer, (const char *)bytes, len, &err) == -1) {
		assert(answer.text == NULL && err.code != NF_OK);
		check_message(&err);
		return 0;
	}
	assert(answer.value[ANSWER_HOSTNAME] != NULL);
	for (size_t i = 0; i < NANSWERS; i++) {
		for (const char *at = answer.value[i]; at != NULL && *at; at++)
			assert((unsigned char)*at >= 0x20 && *at != 0x7f);
	}
	for (size_t i = 0; i < answer.nfiles; i++)
		check_file(answer.file[i]);
	answer_release(&answer);
	return 0;
}
