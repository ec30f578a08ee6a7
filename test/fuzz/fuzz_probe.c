/*
 * libFuzzer target: whatever a device says, finding out what it is ends, in
 * time; the file that is drafted for one that nobody knows is one, and what
 * was said is shown in lines of printable comments, without secrets.
 *
 * The second byte is without a meaning; see fuzz/device.h for the others.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dialogue/identify.h"
#include "dialogue/probe.h"
#include "fuzz/device.h"
#include "platform/catalogue.h"
#include "platform/draft.h"
#include "terminal/transcript_log.h"

#define SECRET "s3cr3t"
#define PATIENCE_MS 20000
#define OUT_MAX ((size_t)1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct credentials credentials = {
	.username = "cisco", .password = SECRET, .secret = SECRET};
static struct patterns **candidates, *neutral;
static size_t ncandidates;

static void compile(void)
{
	static struct nf_platforms *platforms;
	static struct platform spoken;
	const struct platform **all, *base;
	struct nf_error err;

	if (nf_platforms_load(&platforms, NULL, 0, NULL, &err) == -1 ||
	    catalogue_all(&all, &ncandidates, platforms, &err) == -1 ||
	    catalogue_find(&base, platforms, DETECT_TYPE, &err) != 1 ||
	    detect_neutral(&spoken, base, all, ncandidates) == -1 ||
	    patterns_new(&neutral, &spoken, NULL, &err) == -1)
		__builtin_trap();
	candidates = calloc(ncandidates, sizeof(struct patterns *));
	for (size_t i = 0; i < ncandidates; i++) {
		if (candidates == NULL ||
		    patterns_new(&candidates[i], all[i], NULL, &err) == -1)
			__builtin_trap();
	}
	free(all);
}

static void check_file(const struct platform *platform)
{
	struct platform *read;
	struct nf_error err;
	struct buf out;

	buf_init(&out, OUT_MAX);
	assert(draft_print(platform, &out) == 0);
	assert(platform_load(&read, "fuzz", (char *)out.data, out.len, "f",
			     &err) == 0);
	platform_free(read);
	buf_release(&out);
}

static void check_record(const struct transcript_log *log)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	assert(transcript_log_print(log, &out) == 0);
	assert(out.len == 0 ||
	       memmem(out.data, out.len, SECRET, strlen(SECRET)) == NULL);
	for (size_t i = 0; i < out.len; i++) {
		assert(out.data[i] == '\n' ||
		       (out.data[i] >= 0x20 && out.data[i] < 0x7f));
		assert(i > 0 ? out.data[i - 1] != '\n' || out.data[i] == '#'
			     : out.data[i] == '#');
	}
	buf_release(&out);
}

static void find_out(struct cli *cli, struct detect *detect,
		     const struct device *device, struct nf_error *err)
{
	struct login login = {.credentials = &credentials};
	struct probe_result *result = NULL;

	cli_listen(cli, identify_banner, detect);
	if (cli_find_prompt(cli, &login, device->now_ms + PATIENCE_MS, err) ==
		    -1 ||
	    identify(cli, detect, device->now_ms + PATIENCE_MS, err) == -1)
		return;
	if (detect_found(detect) < ncandidates) {
		(void)cli_set_platform(cli, candidates[detect_found(detect)],
				       NULL, device->now_ms + PATIENCE_MS, err);
		return;
	}
	if (probe_device(&result, cli, &credentials,
			 device->now_ms + PATIENCE_MS, err) == 0)
		check_file(probe_result_platform(result));
	(void)cli_logout(cli, device->now_ms + PATIENCE_MS, err);
	probe_result_free(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct device device;
	struct nf_error err = {0};
	struct transcript_log *log;
	struct detect detect;
	struct cli *cli = NULL;

	if (len < 2)
		return 0;
	if (neutral == NULL)
		compile();
	device_init(&device, bytes, len);
	if (detect_begin(&detect, candidates, ncandidates, &err) == -1 ||
	    transcript_log_new(&log, &credentials, &err) == -1 ||
	    cli_new(&cli, &device.transport, neutral, &err) == -1)
		__builtin_trap();
	cli_set_log(cli, log, &credentials);
	find_out(cli, &detect, &device, &err);
	check_record(log);
	cli_free(cli);
	detect_end(&detect);
	transcript_log_free(log);
	return 0;
}
