/*
 * libFuzzer target: whatever a device says, a dialogue with it ends, in time
 * and within its bounds, and tells nobody the secret.
 *
 * The second byte chooses the platform; see fuzz/device.h for the others.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dialogue/cli.h"
#include "fuzz/device.h"
#include "platform/catalogue.h"

#define SECRET "s3cr3t"
#define PATIENCE_MS 20000
#define BYTES_MAX 4096
#define PLATFORMS_MAX 100

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int count_bytes(void *arg, const uint8_t *bytes, size_t len,
		       int64_t *waited_ms)
{
	uint64_t *count = arg;

	(void)waited_ms;
	assert(len > 0 && len <= SINK_PIECE_MAX);
	for (size_t i = 0; i < len; i++)
		assert((bytes[i] >= 0x20 && bytes[i] != 0x7f) ||
		       bytes[i] == '\n' || bytes[i] == '\t');
	*count += len;
	return 0;
}

static void check_error(const struct nf_error *err)
{
	assert(err->code == NF_TIMEOUT || err->code == NF_NO_PROMPT ||
	       err->code == NF_DISCONNECTED || err->code == NF_ENABLE_FAILED ||
	       err->code == NF_OUTPUT_TOO_LARGE ||
	       err->code == NF_AUTH_FAILED || err->code == NF_SESSION_DENIED ||
	       err->code == NF_PROTOCOL || err->code == NF_BUSY);
	for (const char *c = err->message; *c != '\0'; c++)
		assert(*c >= 0x20 && *c < 0x7f);
}

static int command(struct cli *cli, struct device *device, struct nf_error *err)
{
	int64_t deadline_ms = device->now_ms + PATIENCE_MS;
	struct output_counts answer;
	uint64_t count = 0;
	const struct output_sink sink = {count_bytes, &count, BYTES_MAX};
	int rc =
		cli_command(cli, "show run", &sink, &deadline_ms, &answer, err);

	assert(answer.bytes == count && count <= BYTES_MAX);
	assert(device->now_ms <= deadline_ms);
	return rc;
}

static void talk(struct cli *cli, struct device *device, struct nf_error *err)
{
	const struct credentials credentials = {
		.username = "cisco", .password = SECRET, .secret = SECRET};
	struct login login = {.credentials = &credentials};

	if (cli_find_prompt(cli, &login, device->now_ms + PATIENCE_MS, err) ==
	    -1)
		return;
	assert(*cli_prompt(cli) != '\0');
	if (cli_enable(cli, &credentials, device->now_ms + PATIENCE_MS, err) ==
	    -1) {
		assert(strstr(err->message, SECRET) == NULL);
		return;
	}
	cli_set_command_number(cli, 1);
	while (command(cli, device, err) == 0)
		;
}

/* Of every platform, and of each once more that has to prove its prompts. */
static struct patterns *patterns[2 * PLATFORMS_MAX];
static size_t npatterns;

static void compile_one(struct nf_platforms *platforms, const char *name)
{
	static const struct nf_reply answers[] = {{"\\[confirm\\]$", "", 1},
						  {"(?i)sure\\? ?$", "y", 0}};
	static struct platform confirming[PLATFORMS_MAX];
	const struct platform *platform;
	struct nf_error err;

	if (npatterns / 2 == PLATFORMS_MAX ||
	    catalogue_find(&platform, platforms, name, &err) != 1)
		__builtin_trap();
	confirming[npatterns / 2] = *platform;
	confirming[npatterns / 2].confirms = true;
	if (patterns_new(&patterns[npatterns], platform, NULL, &err) == -1 ||
	    patterns_new(&patterns[npatterns + 1], &confirming[npatterns / 2],
			 NULL, &err) == -1 ||
	    patterns_add_replies(patterns[npatterns + 1], answers, 2, &err) ==
		    -1)
		__builtin_trap();
	npatterns += 2;
}

static void compile(void)
{
	static struct nf_platforms *platforms;
	struct nf_error err;

	if (nf_platforms_load(&platforms, NULL, 0, NULL, &err) == -1)
		__builtin_trap();
	for (const struct builtin *at = builtins; at->name != NULL; at++)
		compile_one(platforms, at->name);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct device device;
	struct nf_error err = {0};
	struct cli *cli = NULL;

	if (len < 2)
		return 0;
	if (npatterns == 0)
		compile();
	device_init(&device, bytes, len);
	if (cli_new(&cli, &device.transport, patterns[bytes[1] % npatterns],
		    &err) == -1)
		__builtin_trap();
	talk(cli, &device, &err);
	check_error(&err);
	cli_logout(cli);
	cli_free(cli);
	return 0;
}
