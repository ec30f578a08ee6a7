/*
 * lib/dialogue/cli.c: random sessions with a simulated device. The answers are
 * exactly what the device meant, or the result says that they are not whole:
 * never ok and wrong. What is left out is in random_session.h.
 *
 *   NETFAN_SEED      repeats a run: the seed is printed
 *   NETFAN_SESSION   plays one session of it and shows all that is said
 *   NETFAN_SESSIONS  how many there are
 */
#include "dialogue/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netfan.h"
#include "unit/random_session.h"
#include "unit/talk.h"
#include "unit/unit.h"

#define SEED 43 /* another one: NETFAN_SEED=$RANDOM */
#define SESSIONS (UNIT_ASAN ? 3000 : 10000)
#define OK_PERCENT 70 /* of all sessions, at least; */
#define WILD_OK_PERCENT 50 /* of those with prompts in their answers */
#define TAKEN_MAX ((size_t)4 * 1024 * 1024)

/* What was given as the answer of a command. */
struct taken {
	struct output_sink sink; /* that takes it */
	struct buf out;
	bool ended;
	bool whole; /* and said to be all of it */
};

struct play {
	struct random_session ses;
	struct simdev dev;
	struct cli *cli;
	struct taken taken[SESSION_ANSWERS];
	struct nf_error err;
	const struct simdev_answer *wrong; /* said to be whole; NULL: none */
};

/* ---- what is right */

static size_t without_newlines(const struct buf *buf)
{
	size_t len = buf->len;

	while (len > 0 && buf->data[len - 1] == '\n')
		len--;
	return len;
}

/* Is it a line that stands at a prompt? */
static bool is_of_prompt(const struct random_session *ses, const char *line,
			 size_t len)
{
	const char *const texts[] = {ses->kind->prompt, ses->kind->config,
				     ses->kind->user, ses->kind->header,
				     SIMDEV_LOG};

	while (len > 0 && line[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		if (texts[i] != NULL && strncmp(texts[i], line, len) == 0 &&
		    texts[i][len + strspn(texts[i] + len, " ")] == '\0')
			return true;
	}
	return len == 0;
}

/* A message that came behind the prompt shows in the answer, and so does the
 * prompt that it came behind. */
static bool is_logged(const struct random_session *ses, const uint8_t *text,
		      size_t len)
{
	for (size_t n; len > 0; text += n, len -= n) {
		const uint8_t *end = memchr(text, '\n', len);

		n = end != NULL ? (size_t)(end - text) + 1 : len;
		if (!is_of_prompt(ses, (const char *)text,
				  end != NULL ? n - 1 : n))
			return false;
	}
	return true;
}

/* Is it what was meant? Not told are blank lines at the end, of a device that
 * puts some before its prompt. */
static bool is_meant(const struct random_session *ses,
		     const struct simdev_answer *answer, const struct buf *out)
{
	const struct buf *meant = &answer->meant;
	bool blanks = ses->habits.blank_lines > 0;
	size_t len = blanks ? without_newlines(meant) : meant->len;

	if (out->len < len ||
	    (len > 0 && memcmp(out->data, meant->data, len) != 0))
		return false;
	return out->len == len || (blanks && without_newlines(out) == len) ||
	       (answer->logged &&
		is_logged(ses, out->data + len, out->len - len));
}

static void judge(struct play *play)
{
	play->wrong = NULL;
	for (unsigned n = 0; n < play->ses.nanswers; n++) {
		const struct simdev_answer *answer = &play->ses.answers[n];

		if (play->taken[n].whole && play->wrong == NULL &&
		    !is_meant(&play->ses, answer, &play->taken[n].out))
			play->wrong = answer;
	}
}

/* ---- playing a session */

static int take_piece(void *arg, const uint8_t *bytes, size_t len,
		      int64_t *waited_ms)
{
	struct taken *taken = arg;

	*waited_ms = 0;
	return buf_append(&taken->out, bytes, len);
}

static int take_end(void *arg, const struct output_counts *counts, bool whole,
		    int64_t *waited_ms)
{
	struct taken *taken = arg;

	*waited_ms = 0;
	assert_false(taken->ended);
	assert_int_equal(counts->bytes, taken->out.len);
	taken->ended = true;
	taken->whole = whole;
	return 0;
}

/* They are compiled once. */
static struct patterns *patterns_of(const char *platform)
{
	static struct {
		const char *platform;
		struct patterns *patterns;
	} kept[16];
	struct nf_error err;
	size_t i = 0;

	while (kept[i].platform != NULL && kept[i].platform != platform)
		i++;
	assert_in_range(i, 0, LENGTH(kept) - 2);
	kept[i].platform = platform;
	if (kept[i].patterns == NULL)
		assert_int_equal(patterns_new(&kept[i].patterns,
					      talk_platform(platform), NULL,
					      &err),
				 0);
	return kept[i].patterns;
}

static int run_command(struct play *play, unsigned n)
{
	int64_t deadline_ms = play->dev.now_ms + PATIENCE_MS;
	struct output_counts counts;

	cli_set_command_number(play->cli, n + 1);
	return cli_command(play->cli, play->ses.commands[n],
			   &play->taken[n].sink, &deadline_ms, &counts,
			   &play->err);
}

static int run_session(struct play *play)
{
	static const struct credentials credentials = {.secret = "hunter2"};
	const struct random_session *ses = &play->ses;
	struct login login = {.credentials = &credentials, .needs_pause = true};
	int64_t deadline_ms = play->dev.now_ms + PATIENCE_MS;

	if (cli_find_prompt(play->cli, &login, deadline_ms, &play->err) == -1)
		return -1;
	deadline_ms = play->dev.now_ms + PATIENCE_MS;
	if (ses->kind->user != NULL &&
	    cli_enable(play->cli, &credentials, deadline_ms, &play->err) == -1)
		return -1;
	for (unsigned n = 0; n < ses->nanswers; n++) {
		simdev_idle(&play->dev, ses->idle_ms[n]);
		if (run_command(play, n) == -1)
			return -1;
	}
	simdev_idle(&play->dev, ses->idle_ms[ses->nanswers]);
	return cli_logout(play->cli, play->dev.now_ms + PATIENCE_MS,
			  &play->err);
}

static void begin(struct play *play, uint64_t seed, unsigned number)
{
	struct random_session *ses = &play->ses;
	char where[96];

	(void)snprintf(where, sizeof(where),
		       "NETFAN_SEED=%llu NETFAN_SESSION=%u",
		       (unsigned long long)seed, number);
	unit_where(where);
	random_session_begin(ses, seed, number);
	simdev_init(&play->dev, ses->kind, &ses->habits, ses->answers,
		    ses->nanswers, ses->dice);
	for (unsigned n = 0; n < SESSION_ANSWERS; n++) {
		struct taken *taken = &play->taken[n];

		taken->sink = (struct output_sink){.emit = take_piece,
						   .end = take_end,
						   .arg = taken,
						   .bytes_max = UINT64_MAX};
		taken->out.len = 0;
		taken->ended = taken->whole = false;
	}
	play->err = (struct nf_error){0};
	assert_int_equal(cli_new(&play->cli, &play->dev.transport,
				 patterns_of(ses->kind->platform), &play->err),
			 0);
}

static void show(const char *what, const struct buf *buf)
{
	int len = (int)(buf->len < 4000 ? buf->len : 4000);

	(void)fprintf(stderr, "--- %s, %zu bytes:\n%.*s\n", what, buf->len, len,
		      len > 0 ? (const char *)buf->data : "");
}

static void show_end(const struct play *play, enum nf_code code)
{
	for (unsigned n = 0; n < play->ses.nanswers; n++) {
		if (play->wrong != &play->ses.answers[n])
			continue;
		show("meant", &play->wrong->meant);
		show("but", &play->taken[n].out);
	}
	(void)fprintf(stderr, "%s: %s\n", nf_code_name(code),
		      play->err.message);
	random_session_describe(&play->ses, stderr);
}

static enum nf_code play_session(struct play *play, uint64_t seed,
				 unsigned number, bool shown)
{
	enum nf_code code = NF_OK;

	begin(play, seed, number);
	play->dev.trace = shown ? stderr : NULL;
	if (run_session(play) == -1)
		code = play->err.code;
	judge(play);
	if (shown)
		show_end(play, code);
	cli_free(play->cli);
	simdev_release(&play->dev);
	random_session_end(&play->ses);
	return code;
}

/* ---- the tests */

/* Of many sessions. */
struct tally {
	unsigned codes[NF_NCODES];
	unsigned wrong;
	unsigned nwild, nwild_ok; /* with answers that look like prompts */
};

static uint64_t number_of(const char *name, uint64_t other)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 0) : other;
}

static void print_tally(uint64_t seed, const struct tally *tally)
{
	(void)fprintf(stderr, "seed %llu:", (unsigned long long)seed);
	for (int i = 0; i < NF_NCODES; i++) {
		if (tally->codes[i] > 0)
			(void)fprintf(stderr, " %u %s,", tally->codes[i],
				      nf_code_name((enum nf_code)i));
	}
	(void)fprintf(stderr,
		      " %u wrong; with prompts in answers, %u of %u ok\n",
		      tally->wrong, tally->nwild_ok, tally->nwild);
}

static void count(struct tally *tally, const struct play *play, uint64_t seed,
		  unsigned number, enum nf_code code)
{
	bool wild = random_session_is_wild(&play->ses);

	tally->codes[code]++;
	tally->nwild += wild;
	tally->nwild_ok += wild && code == NF_OK;
	if (play->wrong == NULL)
		return;
	tally->wrong++;
	(void)fprintf(stderr,
		      "ok and wrong: NETFAN_SEED=%llu NETFAN_SESSION=%u: ",
		      (unsigned long long)seed, number);
	random_session_describe(&play->ses, stderr);
}

static void play_begin(struct play *play)
{
	for (unsigned n = 0; n < SESSION_ANSWERS; n++)
		buf_init(&play->taken[n].out, TAKEN_MAX);
}

static void play_end(struct play *play)
{
	for (unsigned n = 0; n < SESSION_ANSWERS; n++)
		buf_release(&play->taken[n].out);
}

static void test_no_answer_is_ok_and_wrong(void **state)
{
	static struct play play;
	uint64_t seed = number_of("NETFAN_SEED", SEED);
	unsigned n = (unsigned)number_of("NETFAN_SESSIONS", SESSIONS);
	unsigned first = (unsigned)number_of("NETFAN_SESSION", 0);
	bool alone = getenv("NETFAN_SESSION") != NULL;
	struct tally tally = {0};

	(void)state;
	play_begin(&play);
	for (unsigned i = alone ? first : 0; i < (alone ? first + 1 : n); i++)
		count(&tally, &play, seed, i,
		      play_session(&play, seed, i, alone));
	play_end(&play);
	print_tally(seed, &tally);
	assert_int_equal(tally.wrong, 0);
	if (alone)
		return;
	assert_true(n > 0 && tally.nwild > 0);
	assert_true(tally.codes[NF_OK] * 100 >= n * OK_PERCENT);
	assert_true(tally.nwild_ok * 100 >= tally.nwild * WILD_OK_PERCENT);
}

static void test_a_session_is_the_same_each_time(void **state)
{
	static struct play play, again;

	(void)state;
	play_begin(&play);
	play_begin(&again);
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(play_session(&play, 1, i, false),
				 play_session(&again, 1, i, false));
		assert_int_equal(play.dev.now_ms, again.dev.now_ms);
		for (unsigned n = 0; n < play.ses.nanswers; n++) {
			const struct buf *out = &play.taken[n].out;

			assert_int_equal(out->len, again.taken[n].out.len);
			if (out->len > 0)
				assert_memory_equal(out->data,
						    again.taken[n].out.data,
						    out->len);
		}
	}
	play_end(&play);
	play_end(&again);
}

/* A line less, or one more: what is meant is known to the byte. */
static void test_an_answer_that_is_not_what_was_meant_is_seen(void **state)
{
	static const char lines[] = "up\ndown\n";
	struct random_session ses = {0};
	struct simdev_answer answer = {0};
	struct buf out;

	(void)state;
	buf_init(&answer.meant, TAKEN_MAX);
	buf_init(&out, TAKEN_MAX);
	ses.kind = &(const struct simdev_kind){.prompt = "R1#"};
	assert_int_equal(buf_append(&answer.meant, lines, 8), 0);
	assert_int_equal(buf_append(&out, lines, 8), 0);
	assert_true(is_meant(&ses, &answer, &out));
	out.len = 7;
	assert_false(is_meant(&ses, &answer, &out));
	out.len = 3;
	assert_false(is_meant(&ses, &answer, &out));
	out.len = 0;
	assert_int_equal(buf_append(&out, "up\ndown\nR1#\n", 12), 0);
	assert_false(is_meant(&ses, &answer, &out));
	answer.logged = true;
	assert_true(is_meant(&ses, &answer, &out));
	buf_release(&answer.meant);
	buf_release(&out);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_answer_is_ok_and_wrong),
		cmocka_unit_test(test_a_session_is_the_same_each_time),
		cmocka_unit_test(
			test_an_answer_that_is_not_what_was_meant_is_seen),
	};
	int status = unit_begin(argc, argv, tests, LENGTH(tests));

	if (status >= 0)
		return status;
	return unit_end(cmocka_run_group_tests(tests, NULL, NULL));
}
