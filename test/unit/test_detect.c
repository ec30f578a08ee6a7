/* lib/platform/detect.c, and what each platform file says of how it is found.
 */
#include "platform/detect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/catalogue.h"
#include "unit/talk.h"
#include "unit/unit.h"

#define CANDIDATES_MAX 200

/* All that are compiled in, in the order of their names. */
static struct patterns *candidates[CANDIDATES_MAX];
static size_t ncandidates;

static int setup(void **state)
{
	struct nf_error err;

	(void)state;
	for (; builtins[ncandidates].name != NULL; ncandidates++) {
		assert_in_range(ncandidates, 0, CANDIDATES_MAX - 1);
		assert_int_equal(
			patterns_new(&candidates[ncandidates],
				     talk_platform(builtins[ncandidates].name),
				     NULL, &err),
			0);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	while (ncandidates > 0)
		patterns_free(candidates[--ncandidates]);
	return 0;
}

static const struct platform *platform_at(size_t i)
{
	return patterns_platform(candidates[i]);
}

/* Call fn with each line of text, which may be NULL. */
static void each_line(const char *text,
		      void (*fn)(void *arg, const char *line, size_t len),
		      void *arg)
{
	while (text != NULL && *text != '\0') {
		size_t len = strcspn(text, "\n");

		fn(arg, text, len);
		text += len + (text[len] != '\0');
	}
}

static void show_banner(void *arg, const char *line, size_t len)
{
	detect_banner(arg, (const uint8_t *)line, len);
}

static void show_answer(void *arg, const char *line, size_t len)
{
	detect_output(arg, (const uint8_t *)line, len);
}

/* What is found out of a device that knows no other command. */
static const char *find_out(const struct platform_sample *sample,
			    const char *command)
{
	struct detect detect;
	struct nf_error err;
	const char *asked;
	size_t found;

	assert_int_equal(detect_begin(&detect, candidates, ncandidates, &err),
			 0);
	each_line(sample->banner, show_banner, &detect);
	detect_prompt(&detect, sample->prompt);
	while ((asked = detect_ask(&detect)) != NULL) {
		if (strcmp(asked, command) == 0)
			each_line(sample->output, show_answer, &detect);
	}
	found = detect_found(&detect);
	detect_end(&detect);
	return found < ncandidates ? platform_at(found)->name : "none";
}

/* Who else believes to see itself in a line? */
struct claim {
	const struct platform *of;
	const struct platform_sample *sample;
};

static void claim_banner(void *arg, const char *line, size_t len)
{
	const struct claim *claim = arg;

	for (size_t i = 0; i < ncandidates; i++) {
		if (platform_at(i) != claim->of &&
		    patterns_banner(candidates[i], (const uint8_t *)line, len))
			fail_msg("%s claims the banner of %s (%s): %.*s",
				 platform_at(i)->name, claim->of->name,
				 claim->sample->about, (int)len, line);
	}
}

static void claim_answer(void *arg, const char *line, size_t len)
{
	const struct claim *claim = arg;
	const char *prompt = claim->sample->prompt;

	for (size_t i = 0; i < ncandidates; i++) {
		const struct platform *other = platform_at(i);

		if (other != claim->of && other->detect != NULL &&
		    strcmp(other->detect->command,
			   claim->of->detect->command) == 0 &&
		    patterns_prompt(candidates[i], (const uint8_t *)prompt,
				    strlen(prompt)) &&
		    patterns_evidence(candidates[i], (const uint8_t *)line,
				      len))
			fail_msg("%s claims the answer of %s (%s): %.*s",
				 other->name, claim->of->name,
				 claim->sample->about, (int)len, line);
	}
}

static void test_every_sample_is_found_as_its_own_and_nobody_elses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ncandidates; i++) {
		const struct platform_detect *signs = platform_at(i)->detect;

		for (unsigned k = 0; signs != NULL && k < signs->samples_count;
		     k++) {
			struct claim claim = {.of = platform_at(i),
					      .sample = &signs->samples[k]};

			each_line(claim.sample->banner, claim_banner, &claim);
			each_line(claim.sample->output, claim_answer, &claim);
			unit_where(claim.sample->about);
			assert_string_equal(
				find_out(claim.sample, signs->command),
				claim.of->name);
		}
	}
}

/* But for those that are spoken to as anybody. */
static void test_every_platform_can_be_found_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < ncandidates; i++) {
		const struct platform *platform = platform_at(i);
		bool anybody = strcmp(platform->name, DETECT_TYPE) == 0 ||
			       strcmp(platform->name, DETECT_NONE) == 0;

		unit_where(platform->name);
		assert_true((platform->detect == NULL) == anybody);
		assert_true(platform->detect == NULL ||
			    platform->detect->samples_count > 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_every_platform_can_be_found_out,
					setup, teardown),
	cmocka_unit_test_setup_teardown(
		test_every_sample_is_found_as_its_own_and_nobody_elses, setup,
		teardown),
};

UNIT_MAIN(tests)
