/*
 * libFuzzer target: whatever a device says, a dialogue with it ends, in time
 * and within its bounds, and tells nobody the secret.
 *
 * The first byte chooses the manner, the second the platform. The rest is what
 * the device sends: 0xfe waits until we have sent something, 0xff lets a second
 * pass.
 */
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "fiber/fiber.h"
#include "platform/catalogue.h"
#include "session/cli.h"

#define TALKED 0xfe
#define PAUSED 0xff
#define SECRET "s3cr3t"
#define PATIENCE_MS 20000
#define WAITS_MAX 1000000
#define BYTES_MAX 4096
#define PLATFORMS_MAX 100

struct device {
	struct transport transport;
	const uint8_t *bytes;
	size_t len;
	size_t at;
	int64_t now_ms;
	bool spoken_to; /* since it last waited for that */
	bool busy; /* EAGAIN every other time */
	bool rested;
	bool closes; /* at the end, where it otherwise falls silent */
	unsigned waits;
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct device *device_of(struct transport *tr)
{
	return (struct device *)(void *)((char *)tr -
					 offsetof(struct device, transport));
}

static bool rests(struct device *device)
{
	device->rested = device->busy && !device->rested;
	errno = EAGAIN;
	return device->rested;
}

static ssize_t device_recv(struct transport *tr, void *bytes, size_t len)
{
	struct device *device = device_of(tr);
	size_t n = 0;

	if (rests(device))
		return -1;
	if (device->at < device->len && device->bytes[device->at] == TALKED &&
	    device->spoken_to) {
		device->spoken_to = false;
		device->at++;
	}
	while (n < len && device->at + n < device->len &&
	       device->bytes[device->at + n] < TALKED)
		n++;
	if (n > 0)
		memcpy(bytes, device->bytes + device->at, n);
	device->at += n;
	if (n == 0 && !(device->closes && device->at == device->len))
		return -1;
	return (ssize_t)n;
}

static ssize_t device_send(struct transport *tr, const void *bytes, size_t len)
{
	struct device *device = device_of(tr);

	(void)bytes;
	if (rests(device))
		return -1;
	device->spoken_to = true;
	return (ssize_t)(device->busy && len > 3 ? 3 : len);
}

static int device_wait(struct transport *tr, unsigned directions,
		       int64_t deadline_ms)
{
	struct device *device = device_of(tr);
	uint8_t next = device->at < device->len ? device->bytes[device->at] : 0;

	assert(++device->waits < WAITS_MAX);
	if (directions & WAIT_OUT)
		return 1;
	if (device->at == device->len ? device->closes : next < TALKED)
		return 1;
	if (next == TALKED && device->spoken_to)
		return 1;
	if (next == PAUSED && device->now_ms + 1000 <= deadline_ms) {
		device->now_ms += 1000;
		device->at++;
		return 1;
	}
	if (deadline_ms > device->now_ms)
		device->now_ms = deadline_ms;
	return 0;
}

static int64_t device_now_ms(struct transport *tr)
{
	return device_of(tr)->now_ms;
}

static void device_free(struct transport *tr)
{
	(void)tr;
}

static const struct transport_ops device_ops = {
	.recv = device_recv,
	.send = device_send,
	.wait = device_wait,
	.now_ms = device_now_ms,
	.shutdown = device_free,
	.free = device_free,
};

static int count_bytes(void *arg, const uint8_t *bytes, size_t len,
		       int64_t *waited_ms)
{
	uint64_t *count = arg;

	(void)waited_ms;
	assert(len > 0 && len <= CLI_PIECE);
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
	       err->code == NF_OUTPUT_TOO_LARGE);
	for (const char *c = err->message; *c != '\0'; c++)
		assert(*c >= 0x20 && *c < 0x7f);
}

static int command(struct cli *cli, struct device *device, struct nf_error *err)
{
	int64_t deadline_ms = device->now_ms + PATIENCE_MS;
	struct cli_answer answer;
	uint64_t count = 0;
	const struct cli_sink sink = {count_bytes, &count, BYTES_MAX};
	int rc =
		cli_command(cli, "show run", &sink, &deadline_ms, &answer, err);

	assert(answer.bytes == count && count <= BYTES_MAX);
	assert(device->now_ms <= deadline_ms);
	return rc;
}

static void talk(struct cli *cli, struct device *device, struct nf_error *err)
{
	struct login login = {.username = "cisco", .password = SECRET};

	if (cli_learn(cli, &login, device->now_ms + PATIENCE_MS, err) == -1)
		return;
	assert(*cli_prompt(cli) != '\0');
	if (cli_enable(cli, SECRET, device->now_ms + PATIENCE_MS, err) == -1) {
		assert(strstr(err->message, SECRET) == NULL);
		return;
	}
	while (command(cli, device, err) == 0)
		;
}

/* Of every platform, and of each once more that has to prove its prompts. */
static struct patterns *patterns[2 * PLATFORMS_MAX];
static size_t npatterns;

static void compile_one(struct nf_platforms *platforms, const char *name)
{
	static const struct nf_answer answers[] = {{"\\[confirm\\]$", ""},
						   {"(?i)sure\\? ?$", "y"}};
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
	    patterns_add_answers(patterns[npatterns + 1], answers, 2, &err) ==
		    -1)
		__builtin_trap();
	npatterns += 2;
}

static void compile(void)
{
	static struct nf_platforms *platforms;
	struct nf_error err;

	if (nf_platforms_load(&platforms, NULL, 0, &err) == -1)
		__builtin_trap();
	for (const struct builtin *at = builtins; at->name != NULL; at++)
		compile_one(platforms, at->name);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct device device = {.transport = {.ops = &device_ops, .fd = -1}};
	struct nf_error err = {0};
	struct cli *cli = NULL;

	if (len < 2)
		return 0;
	if (npatterns == 0)
		compile();
	device.bytes = bytes + 2;
	device.len = len - 2;
	device.busy = bytes[0] & 1;
	device.closes = bytes[0] & 2;
	if (cli_new(&cli, &device.transport, patterns[bytes[1] % npatterns],
		    &err) == -1)
		__builtin_trap();
	talk(cli, &device, &err);
	check_error(&err);
	cli_leave(cli);
	cli_free(cli);
	return 0;
}
