/*
 * libFuzzer target: any bytes are a state, or one line of error; and a state is
 * written as it was read. The bytes are read as they are, then as the lines
 * above one that ends them, as its sum would keep a fuzzer out.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "base/buf.h"
#include "store/state/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_names(const struct state *state)
{
	for (size_t i = 0; i < state->ndevices; i++) {
		const struct state_device *device = &state->devices[i];

		assert(*device->name != '\0' && paths_is_name(device->dir));
		assert(state_find(state, device->name) == device);
		for (size_t k = 0; k < device->nfiles; k++) {
			assert(paths_is_name(device->files[k].file));
			assert(state_find_file(device,
					       device->files[k].command) ==
			       &device->files[k]);
		}
	}
}

static struct buf print(const struct state *state)
{
	struct nf_error err;
	struct buf out;

	buf_init(&out, SIZE_MAX);
	assert(state_print(state, &out, &err) == 0);
	return out;
}

/* Printed, read and printed again, it is the same. */
static void check_state(const struct state *state)
{
	struct buf first = print(state), second;
	struct nf_error err;
	struct state again;

	check_names(state);
	assert(state_parse(&again, (const char *)first.data, first.len, &err) ==
	       0);
	second = print(&again);
	assert(first.len == second.len &&
	       memcmp(first.data, second.data, first.len) == 0);
	buf_release(&first);
	buf_release(&second);
	state_release(&again);
}

static void parse(const void *bytes, size_t len)
{
	struct nf_error err = {0};
	struct state state;

	if (state_parse(&state, bytes, len, &err) == 0) {
		check_state(&state);
		state_release(&state);
		return;
	}
	assert(err.code == NF_INVALID);
	assert(strpbrk(err.message, "\n\x1b") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint8_t sum[SHA256_DIGEST_LENGTH];
	size_t nlines = 0;
	struct buf text;

	parse(bytes, len);
	buf_init(&text, SIZE_MAX);
	assert(buf_print(&text, "netfan-state 1%.*s\n", (int)len,
			 (const char *)bytes) == 0);
	for (size_t i = 0; i < text.len; i++)
		nlines += text.data[i] == '\n';
	(void)SHA256(text.data, text.len, sum);
	assert(buf_print(&text, "end records=%zu sha256=", nlines - 1) == 0);
	for (size_t i = 0; i < sizeof(sum); i++)
		assert(buf_print(&text, "%02x", sum[i]) == 0);
	assert(buf_append(&text, "\n", 1) == 0);
	parse(text.data, text.len);
	buf_release(&text);
	return 0;
}
