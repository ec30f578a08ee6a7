/*
 * libFuzzer target: whatever a device says, a dialogue with it ends, in time
 * and within its bounds, and tells nobody the secret.
 *
 * The second byte chooses the platform; see fuzz/device.h for the others.
 */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dialogue/cli.h"
#include "fuzz/device.h"
#include "platform/catalogue.h"

#define SECRET "s3cr3t"
#define PATIENCE_MS 20000
#define BYTES_MAX 4096
#define COMMANDS_MAX 8
#define PLATFORMS_MAX 100

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* The output of a command, which ends once. */
struct output {
	struct output_sink sink;
	uint64_t count;
	bool open;
};

static int count_bytes(void *arg, const uint8_t *bytes, size_t len,
		       int64_t *waited_ms)
{
	struct output *output = arg;

	(void)waited_ms;
	assert(output->open);
	assert(len > 0 && len <= SINK_PIECE_MAX);
	for (size_t i = 0; i < len; i++)
		assert((bytes[i] >= 0x20 && bytes[i] != 0x7f) ||
		       bytes[i] == '\n' || bytes[i] == '\t');
	output->count += len;
	return 0;
}

static int end(void *arg, const struct output_counts *counts, bool whole,
	       int64_t *waited_ms)
{
	struct output *output = arg;

	(void)whole;
	(void)waited_ms;
	assert(output->open);
	assert(counts->bytes == output->count && counts->bytes <= BYTES_MAX);
	output->open = false;
	return 0;
}

static void check_error(const struct nf_error *err)
{
	assert(err->code == NF_OK || err->code == NF_TIMEOUT ||
	       err->code == NF_NO_PROMPT || err->code == NF_DISCONNECTED ||
	       err->code == NF_ENABLE_FAILED ||
	       err->code == NF_OUTPUT_TOO_LARGE || err->code == NF_INCOMPLETE ||
	       err->code == NF_AUTH_FAILED || err->code == NF_SESSION_DENIED ||
	       err->code == NF_PROTOCOL || err->code == NF_BUSY);
	for (const char *c = err->message; *c != '\0'; c++)
		assert(*c >= 0x20 && *c < 0x7f);
}

static int command(struct cli *cli, struct device *device,
		   struct output *output, struct nf_error *err)
{
	int64_t deadline_ms = device->now_ms + PATIENCE_MS;
	struct output_counts answer;
	int rc;

	*output = (struct output){.sink = {.emit = count_bytes,
					   .end = end,
					   .arg = output,
					   .bytes_max = BYTES_MAX},
				  .open = true};
	rc = cli_command(cli, "show run", &output->sink, &deadline_ms, &answer,
			 err);
	assert(answer.bytes == output->count && output->count <= BYTES_MAX);
	assert(device->now_ms <= deadline_ms);
	assert(output->open == (rc == 0));
	return rc;
}

/* Send commands until one fails, or say goodbye: each output has ended then. */
static void send_commands(struct cli *cli, struct device *device,
			  struct nf_error *err)
{
	struct output outputs[2] = {0};
	int rc = 0;

	for (unsigned n = 0; rc == 0 && n < COMMANDS_MAX; n++) {
		rc = command(cli, device, &outputs[n % 2], err);
		assert(!outputs[(n + 1) % 2].open);
	}
	if (rc == 0)
		(void)cli_logout(cli, device->now_ms + PATIENCE_MS, err);
	assert(!outputs[0].open && !outputs[1].open);
}

static void talk(struct cli *cli, struct device *device, struct nf_error *err)
{
	const struct credentials credentials = {
		.username = "cisco", .password = SECRET, .secret = SECRET};
	struct login login = {.credentials = &credentials};

	cli_set_log(cli, NULL, &credentials); /* as a session does */
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
	send_commands(cli, device, err);
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
	cli_free(cli);
	return 0;
}
