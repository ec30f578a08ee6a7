/* The map from texts to numbers: whoever chose the texts. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/texthash.h"
#include "base/textmap.h"
#include "unit/unit.h"

#define CHOSEN 500

static void test_textmap_finds_what_was_added(void **state)
{
	static char texts[5000][8];
	struct textmap map = {0};

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "n%zu", i);
		assert_null(textmap_find(&map, texts[i], strlen(texts[i])));
		assert_non_null(textmap_add(&map, texts[i], i));
	}
	for (size_t i = 0; i < 5000; i++) {
		const struct textmap_entry *found =
			textmap_find(&map, texts[i], strlen(texts[i]));

		assert_non_null(found);
		assert_int_equal(found->value, i);
	}
	assert_null(textmap_find(&map, "n5000", 5));
	assert_int_equal(textmap_find(&map, "n49999", 4)->value, 499);
	textmap_release(&map);
}

/* FNV-1a, which a map had before it was keyed. */
static uint32_t known_hash(const char *text)
{
	uint32_t sum = 2166136261u;

	for (; *text != '\0'; text++)
		sum = (sum ^ (unsigned char)*text) * 16777619u;
	return sum;
}

/* The most slots that are taken one beside the other. */
static size_t longest_run(const struct textmap *map)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < map->nslots; i++) {
		run = map->slots[i].text != NULL ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* Texts that somebody chose so that a known hash puts them into one slot. */
static void test_textmap_scatters_chosen_texts(void **state)
{
	static char texts[CHOSEN][12];
	struct textmap map = {0};
	uint32_t tried = 0;

	(void)state;
	for (size_t i = 0; i < CHOSEN; i++) {
		do
			(void)snprintf(texts[i], sizeof(texts[i]), "r%u",
				       tried++);
		while ((known_hash(texts[i]) & 1023) != 0);
		assert_non_null(textmap_add(&map, texts[i], i));
	}
	assert_int_equal(map.nslots, 1024);
	assert_true(longest_run(&map) < CHOSEN / 3);
	textmap_release(&map);
}

static void test_textmap_has_the_key_of_the_process(void **state)
{
	struct texthash_key one = texthash_key(), two = texthash_key();
	const struct texthash_key none = {{0, 0}};

	(void)state;
	assert_memory_equal(&one, &two, sizeof(one));
	assert_memory_not_equal(&one, &none, sizeof(one));
}

/* Computed for the key 00 01 ... 0f, the bytes 00 01 ... with each length, by
 * the reference of SipHash with one round a word and three at the end. */
static void test_texthash_is_siphash(void **state)
{
	static const uint64_t expected[] = {
		0xabac0158050fc4dc, 0xc9f49bf37d57ca93, 0x82cb9b024dc7d44d,
		0x8bf80ab8e7ddf7fb, 0xcf75576088d38328, 0xdef9d52f49533b67,
		0xc50d2b50c59f22a7, 0xd3927d989bb11140, 0x369095118d299a8e,
		0x25a48eb36c063de4, 0x79de85ee92ff097f, 0x70c118c1f94dc352,
		0x78a384b157b4d9a2, 0x306f760c1229ffa7, 0x605aa111c0f95d34,
		0xd320d86d2a519956};
	struct texthash_key key;
	unsigned char bytes[16];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i; /* below 16 */
	memcpy(&key, bytes, sizeof(key));
	for (size_t len = 0; len < sizeof(bytes); len++)
		assert_true(texthash(&key, bytes, len) == expected[len]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_textmap_finds_what_was_added),
	cmocka_unit_test(test_textmap_scatters_chosen_texts),
	cmocka_unit_test(test_textmap_has_the_key_of_the_process),
	cmocka_unit_test(test_texthash_is_siphash),
};

UNIT_MAIN(tests)
