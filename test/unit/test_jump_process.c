/* lib/jump/jump.c, with the process that it forks */
#include "jump/jump.h"

#include <string.h>
#include <sys/resource.h>

#include "base/deadline_clock.h"
#include "unit/unit.h"
#include "worker/pipes.h"

#define FOR_MS 60000

static struct jump *start(struct hops *hops)
{
	struct nf_error err;
	struct jump *jump;

	if (jump_start(&jump, hops, 1, &err) == -1)
		fail_msg("%s", err.message);
	return jump;
}

/* The next report of the process. */
static void take(struct jump *jump, struct report *report)
{
	int64_t end_ms = deadline_clock_ms() + FOR_MS;
	int fd;

	while (jump_take(jump, report, &fd) == 0)
		assert_true(fd_await(jump_fd(jump), end_ms));
	assert_int_equal(fd, -1);
}

/* Until the process runs. */
static void settle(struct jump *jump)
{
	int64_t end_ms = deadline_clock_ms() + FOR_MS;
	struct report report;
	int fd;

	jump_settle(jump);
	while (jump_settles(jump)) {
		assert_true(fd_await(jump_fd(jump), end_ms));
		assert_int_equal(jump_take(jump, &report, &fd), 0);
	}
}

static void test_a_call_whose_socket_has_no_room_fails_at_once(void **state)
{
	struct hop hop = {.before = HOP_NONE, .name = "b1", .host = "b1"};
	struct hops hops = {.at = &hop, .n = 1};
	const struct report_wish wish = {.port = 22,
					 .connect_ms = FOR_MS,
					 .left_ms = FOR_MS,
					 .host = "r1"};
	struct jump *jump = start(&hops);
	struct report report;

	(void)state;
	settle(jump);
	assert_int_equal(prlimit(jump_pid(jump), RLIMIT_NOFILE,
				 &(struct rlimit){0, 0}, NULL),
			 0);
	jump_want(jump, &wish);
	take(jump, &report);
	assert_int_equal(report.kind, REPORT_FAILED);
	assert_int_equal(report.place, 0);
	assert_int_equal(report.error.code, NF_SYSTEM);
	assert_int_equal(report.error.stage, NF_STAGE_CONNECT);
	assert_non_null(strstr(report.error.message, "ulimit -n"));
	jump_end(jump, true);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_call_whose_socket_has_no_room_fails_at_once),
};

UNIT_MAIN(tests)
