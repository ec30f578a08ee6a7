/* A sample: what a run keeps of one device's session. */
#include "bench/sample.h"

#include <string.h>

/* FNV-1a, of 64 bits. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

struct hashes {
	uint64_t exact, loose;
	bool numbered; /* this line has had a digit */
};

static void hash_byte(uint64_t *hash, uint8_t byte)
{
	*hash = (*hash ^ byte) * HASH_PRIME;
}

static void hash_both(struct hashes *hashes, uint8_t byte)
{
	hash_byte(&hashes->exact, byte);
	hash_byte(&hashes->loose, byte);
}

/* Hash output: the loose hash leaves out what follows a digit in its line, as
 * words change with a number ("1 minute", "2 minutes"). */
static void hash_bytes(struct hashes *hashes, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++) {
		hashes->numbered &= at[i] != '\n';
		hashes->numbered |= at[i] >= '0' && at[i] <= '9';
		hash_byte(&hashes->exact, at[i]);
		if (!hashes->numbered)
			hash_byte(&hashes->loose, at[i]);
	}
}

/* Hash where the output of a command ends, and how. */
static void hash_end(struct hashes *hashes, const struct nf_part *part)
{
	uint8_t end[] = {'\0', part->rejected, part->truncated, part->ran,
			 (uint8_t)part->exit_status};

	for (size_t i = 0; i < sizeof(end); i++)
		hash_both(hashes, end[i]);
	hashes->numbered = false;
}

int sample_take(struct sample *sample, struct nf_result *result,
		struct nf_error *err)
{
	struct hashes hashes = {.exact = HASH_START, .loose = HASH_START};
	struct nf_part part;
	int rc;

	/* The prompt tells which device it was: to the byte. */
	for (const char *c = result->prompt; *c != '\0'; c++)
		hash_both(&hashes, (uint8_t)*c);
	while ((rc = nf_result_read(result, &part, err)) == 1) {
		sample->refused |= part.kind == NF_PART_END && part.rejected;
		if (part.kind == NF_PART_END)
			hash_end(&hashes, &part);
		else if (part.kind != NF_PART_COMMAND)
			hash_bytes(&hashes, part.bytes, part.len);
	}
	sample->code = result->error.code;
	sample->exact = hashes.exact;
	sample->loose = hashes.loose;
	memcpy(sample->us, result->us, sizeof(sample->us));
	return rc;
}

bool sample_differs(const struct sample *one, const struct sample *other,
		    bool exact)
{
	return exact ? one->exact != other->exact : one->loose != other->loose;
}
