/* Identify the platform of a device. */
#include "dialogue/identify.h"

#include "base/error.h"

/* Output as it comes, of which detect wants whole lines. */
struct lines {
	struct detect *detect;
	uint8_t line[PATTERNS_LINE_MAX];
	size_t len; /* more than there is room for: passed over */
};

int identify_banner(void *arg, const uint8_t *line, size_t len)
{
	if (len > 0 && line[len - 1] == '\n')
		len--;
	detect_banner(arg, line, len);
	return 0;
}

static int take(void *arg, const uint8_t *bytes, size_t len, int64_t *waited_ms)
{
	struct lines *lines = arg;

	(void)waited_ms;
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\n') {
			if (lines->len < sizeof(lines->line))
				lines->line[lines->len] = bytes[i];
			lines->len++;
			continue;
		}
		if (lines->len <= sizeof(lines->line))
			detect_output(lines->detect, lines->line, lines->len);
		lines->len = 0;
	}
	return 0;
}

/* Report a failure as cli_find_prompt() does, with the command in it. */
static int fail(const char *command, struct nf_error *err)
{
	struct nf_error why = *err;

	(void)error_set(err, why.code == NF_TIMEOUT ? NF_NO_PROMPT : why.code,
			"%s, which tells what it is: %s", command, why.message);
	err->sys_errno = why.sys_errno;
	return -1;
}

int identify(struct cli *cli, struct detect *detect, int64_t deadline_ms,
	     struct nf_error *err)
{
	struct lines lines = {.detect = detect};
	const struct output_sink sink = {
		.emit = take, .arg = &lines, .bytes_max = UINT64_MAX};
	const char *command;

	detect_prompt(detect, cli_prompt(cli));
	for (int i = 0; i < IDENTIFY_MAX; i++) {
		struct output_counts counts;

		command = detect_ask(detect);
		if (command == NULL)
			break;
		if (cli_command(cli, command, &sink, &deadline_ms, &counts,
				err) == -1)
			return fail(command, err);
		if (lines.len > 0 && lines.len <= sizeof(lines.line))
			detect_output(detect, lines.line, lines.len);
		lines.len = 0;
	}
	return 0;
}
