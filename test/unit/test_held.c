/* lib/poll/task/held.c */
#include "poll/task/held.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

struct bench {
	struct platform *platform;
	struct content_rules *rules;
	struct spool_budget budget;
	struct held held;
	struct buf said;
	size_t nsaid; /* pieces */
	size_t most; /* of them, before it gives up; 0: any number */
};

static void begin(struct bench *bench, uint64_t room)
{
	static const char text[] =
		"prompts: {user: '^a$'}\n"
		"secrets: ['^key (?<secret>.+)']\n"
		"volatile: ['^up ']\n"
		"collect:\n- {command: show a, end: '^end$'}\n";
	struct nf_error err;

	*bench = (struct bench){.most = 0};
	if (platform_load(&bench->platform, "p", text, sizeof(text) - 1,
			  "p.yaml", &err) == -1 ||
	    rules_new(&bench->rules, bench->platform, NULL, 0, &err) == -1)
		fail_msg("%s", err.message);
	held_init(&bench->held, &bench->budget, room);
	buf_init(&bench->said, 1 << 20);
}

static void end(struct bench *bench)
{
	held_release(&bench->held);
	assert_int_equal(bench->budget.used, 0);
	buf_release(&bench->said);
	rules_free(bench->rules);
	platform_free(bench->platform);
}

static int take_piece(void *arg, const uint8_t *bytes, size_t len,
		      int64_t *waited_ms)
{
	struct bench *bench = arg;

	*waited_ms += 1;
	assert_in_range(len, 1, SINK_PIECE_MAX);
	if (bench->most > 0 && bench->nsaid == bench->most)
		return -1;
	bench->nsaid++;
	assert_int_equal(buf_append(&bench->said, bytes, len), 0);
	return 0;
}

static void hold(struct bench *bench, const uint8_t *key, const char *text)
{
	held_begin(&bench->held, bench->rules, key, "show a");
	held_take(&bench->held, (const uint8_t *)text, strlen(text));
}

static int pass(struct bench *bench, struct nf_error *err)
{
	struct content_end ended;
	int64_t waited_ms = 0;
	int rc;

	bench->nsaid = 0;
	assert_int_equal(held_end(&bench->held, &ended, err), 0);
	rc = held_pass(&bench->held, take_piece, bench, &waited_ms, err);
	assert_in_range(waited_ms, bench->nsaid, bench->nsaid + 1);
	held_forget(&bench->held);
	return rc;
}

static void assert_said(const struct bench *bench, const char *text)
{
	assert_int_equal(bench->said.len, strlen(text));
	assert_memory_equal(bench->said.data, text, strlen(text));
}

static void test_one_output_comes_after_the_other(void **state)
{
	struct bench bench;
	struct nf_error err;

	(void)state;
	begin(&bench, 100);
	hold(&bench, NULL, "one\n");
	hold(&bench, NULL, "up 1\n");
	assert_int_equal(bench.held.received, 9);
	assert_int_equal(pass(&bench, &err), 0);
	assert_said(&bench, "one\nup 1\n");
	hold(&bench, NULL, "two\n");
	assert_int_equal(bench.held.received, 4);
	assert_int_equal(pass(&bench, &err), 0);
	assert_said(&bench, "one\nup 1\ntwo\n");
	end(&bench);
}

static void test_it_tells_what_an_output_came_to(void **state)
{
	struct content_end ended;
	struct bench bench;
	struct nf_error err;

	(void)state;
	begin(&bench, 100);
	hold(&bench, NULL, "up 1\na\nend\n");
	assert_int_equal(held_end(&bench.held, &ended, &err), 0);
	assert_int_equal(ended.bytes, strlen("a\nend\n"));
	assert_true(ended.marked);
	end(&bench);
}

/* Those that are not passed on take nothing of it. */
static void test_all_outputs_together_have_so_much_room(void **state)
{
	struct bench bench;
	struct nf_error err = {.code = NF_OK};

	(void)state;
	begin(&bench, 10);
	hold(&bench, NULL, "123456\n");
	held_forget(&bench.held);
	hold(&bench, NULL, "123456\n");
	assert_int_equal(pass(&bench, &err), 0);
	hold(&bench, NULL, "78\n");
	assert_int_equal(pass(&bench, &err), 0);
	hold(&bench, NULL, "9");
	assert_int_equal(pass(&bench, &err), -1);
	assert_int_equal(err.code, NF_OUTPUT_TOO_LARGE);
	assert_said(&bench, "123456\n78\n");
	end(&bench);
}

/* A mark is longer than what it stands for. */
static void test_marks_may_be_too_long_for_it(void **state)
{
	static const uint8_t key[CONTENT_KEY] = {1};
	struct bench bench;
	struct nf_error err;

	(void)state;
	begin(&bench, 10);
	hold(&bench, key, "key ab\n");
	assert_int_equal(pass(&bench, &err), -1);
	assert_int_equal(err.code, NF_OUTPUT_TOO_LARGE);
	hold(&bench, key, "it is so\n");
	assert_int_equal(pass(&bench, &err), 0);
	assert_said(&bench, "it is so\n");
	end(&bench);
}

static void test_who_takes_the_pieces_may_give_up(void **state)
{
	char *text = malloc(3 * SINK_PIECE_MAX + 1);
	struct bench bench;
	struct nf_error err;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 3 * SINK_PIECE_MAX);
	text[3 * SINK_PIECE_MAX] = '\0';
	begin(&bench, UINT64_MAX);
	bench.most = 1;
	hold(&bench, NULL, text);
	assert_int_equal(pass(&bench, &err), -1);
	assert_int_equal(err.code, NF_CANCELLED);
	assert_int_equal(bench.nsaid, 1);
	end(&bench);
	free(text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_one_output_comes_after_the_other),
	cmocka_unit_test(test_it_tells_what_an_output_came_to),
	cmocka_unit_test(test_all_outputs_together_have_so_much_room),
	cmocka_unit_test(test_marks_may_be_too_long_for_it),
	cmocka_unit_test(test_who_takes_the_pieces_may_give_up),
};

UNIT_MAIN(tests)
