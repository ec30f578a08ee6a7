/* lib/poll/task/held.c and what stands around it, by polls: what leaves a worker. */
#include "netfan.h"

#include <openssl/evp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit/farm.h"
#include "unit/unit.h"

/* A platform that is spoken as the simulated devices speak. */
#define ACME                                                                   \
	"enter: \"\\r\"\n"                                                     \
	"prompts:\n"                                                           \
	"  user: '^[A-Z0-9]+> ?$'\n"                                           \
	"  privileged: '^[A-Z0-9]+# ?$'\n"                                     \
	"paging_off: [terminal length 0]\n"                                    \
	"errors: ['^% ?Invalid input detected']\n"                             \
	"volatile: ['^up for ']\n"                                             \
	"secrets: ['^password (?<secret>.+)']\n"                               \
	"logout: exit\n"                                                       \
	"detect:\n"                                                            \
	"  command: show version\n"                                            \
	"  answer: ['^ACME ']\n"                                               \
	"  samples:\n"                                                         \
	"  - about: a box\n"                                                   \
	"    prompt: 'R1#'\n"                                                  \
	"    answer: 'ACME 1'\n"                                               \
	"collect:\n"                                                           \
	"- command: show box\n"                                                \
	"  end: '^end$'\n"

#define LID "- command: show lid\n"

#define BOX "up for 7 days\na box\npassword hush\nend\n"
#define BOX_COUNTS "a box\npassword hush\nend\n"
#define BOX_LATER "up for 8 days\na box\npassword hush\nend\n"

static const char *const no_args[] = {NULL};
static const char *const telnet_args[] = {"--telnet", FARM_TELNET, NULL};

static const enum nf_mode modes[] = {NF_MODE_PROCESS, NF_MODE_THREAD,
				     NF_MODE_SEQUENTIAL};

static void begin(struct farm *farm)
{
	farm_init(farm);
	farm_put(farm, "platforms", "acme_box.yaml", ACME LID);
	farm_put(farm, "platforms", "acme_one.yaml", ACME);
	farm_put(farm, "platforms", "acme_run.yaml",
		 ACME "- command: show running-config\n");
	farm_put(farm, "says", "show_box", BOX);
	farm_put(farm, "says", "show_lid", "a lid\n");
	farm_put(farm, "says", "show_version", "ACME 7\n");
}

/* ---- what is known: of every device, the digests of these texts */

struct kept {
	const char *box; /* what counts of it; NULL: nothing is kept */
	const char *lid;
	atomic_uint *deaths; /* that the worker has still to die; or NULL */
};

static void digest_of(const char *text, uint8_t digest[NF_DIGEST])
{
	unsigned len;

	assert_int_equal(EVP_Digest(text, strlen(text), digest, &len,
				    EVP_sha256(), NULL),
			 1);
}

static bool known(void *arg, size_t device, const char *command,
		  uint8_t digest[NF_DIGEST])
{
	const struct kept *kept = arg;
	const char *text =
		strcmp(command, "show box") == 0 ? kept->box : kept->lid;

	(void)device;
	if (kept->deaths != NULL && atomic_load(kept->deaths) > 0 &&
	    atomic_fetch_sub(kept->deaths, 1) > 0)
		(void)raise(SIGKILL);
	if (text != NULL)
		digest_of(text, digest);
	return text != NULL;
}

static void poll_content(const struct farm *farm, enum nf_mode mode,
			 const struct nf_content *content,
			 struct farm_told *told)
{
	const struct nf_poll_options options = {
		.mode = mode, .platform_commands = true, .content = content};

	farm_poll(farm, &options, told);
}

static void assert_digest(const struct farm_answer *answer, const char *counts)
{
	uint8_t digest[NF_DIGEST];

	digest_of(counts, digest);
	assert_memory_equal(answer->end.digest, digest, NF_DIGEST);
	assert_int_equal(answer->end.counted, strlen(counts));
}

static void assert_unchanged(const struct farm_answer *answer,
			     const char *command, const char *received,
			     const char *counts)
{
	farm_answered(answer, command, "");
	assert_true(answer->end.unchanged);
	assert_int_equal(answer->end.total, strlen(received));
	assert_digest(answer, counts);
}

static void assert_said(const struct farm_answer *answer, const char *command,
			const char *received, const char *counts)
{
	farm_answered(answer, command, received);
	assert_false(answer->end.unchanged);
	assert_int_equal(answer->end.total, strlen(received));
	assert_digest(answer, counts);
}

/* ---- */

static void test_what_is_not_known_comes_with_its_digest(void **state)
{
	const struct nf_content content = {0};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "says", "show_lid", " \n\n");
	farm_add(&farm, 1, "acme_box", NULL);
	farm_start(&farm, no_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		struct farm_answer *answers = told[0].answers;

		poll_content(&farm, modes[i], &content, told);
		assert_int_equal(told[0].error.code, NF_OK);
		assert_int_equal(told[0].nanswers, 2);
		assert_said(&answers[0], "show box", BOX, BOX_COUNTS);
		assert_true(answers[0].end.marked);
		assert_false(answers[0].end.blank);
		assert_string_equal(answers[1].command, "show lid");
		assert_false(answers[1].end.marked);
		assert_true(answers[1].end.blank);
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

static void test_what_is_known_stays_in_its_worker(void **state)
{
	struct kept kept = {.box = BOX_COUNTS, .lid = "another lid\n"};
	const struct nf_content content = {.known = known, .arg = &kept};
	struct farm_told told[2] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "says/R2", "show_box", BOX_LATER);
	farm_add(&farm, 1, "acme_box", NULL);
	farm_add(&farm, 2, "acme_box", NULL);
	farm_start(&farm, no_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		poll_content(&farm, modes[i], &content, told);
		for (size_t k = 0; k < LENGTH(told); k++) {
			const struct farm_answer *answers = told[k].answers;

			assert_int_equal(told[k].error.code, NF_OK);
			assert_int_equal(told[k].nanswers, 2);
			assert_unchanged(&answers[0], "show box", BOX,
					 BOX_COUNTS);
			assert_true(answers[0].end.marked);
			assert_said(&answers[1], "show lid", "a lid\n",
				    "a lid\n");
		}
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

/* Though nothing counts in either. */
static void test_an_empty_output_is_not_the_known_one_that_moves(void **state)
{
	struct kept kept = {.box = BOX_COUNTS, .lid = ""};
	const struct nf_content content = {.known = known, .arg = &kept};
	struct farm_told told[2] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "says/R1", "show_lid", "up for 7 days\n");
	farm_put(&farm, "says/R2", "show_lid", "");
	farm_add(&farm, 1, "acme_box", NULL);
	farm_add(&farm, 2, "acme_box", NULL);
	farm_start(&farm, no_args);
	poll_content(&farm, NF_MODE_PROCESS, &content, told);
	assert_unchanged(&told[0].answers[1], "show lid", "up for 7 days\n",
			 "");
	assert_false(told[0].answers[1].end.blank);
	assert_said(&told[1].answers[1], "show lid", "", "");
	assert_true(told[1].answers[1].end.blank);
	farm_forget(told, LENGTH(told));
	farm_stop(&farm);
}

static void test_lines_of_the_caller_do_not_count_either(void **state)
{
	static const char *const lines[] = {"^a b"};
	const struct nf_content content = {.volatile_lines = lines,
					   .nvolatile_lines = 1};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_one", NULL);
	farm_start(&farm, no_args);
	poll_content(&farm, NF_MODE_PROCESS, &content, told);
	assert_said(&told[0].answers[0], "show box", BOX,
		    "password hush\nend\n");
	farm_forget(told, LENGTH(told));
	farm_stop(&farm);
}

static void test_secrets_come_as_marks(void **state)
{
	static const uint8_t key[32] = {1};
	const struct nf_content content = {.mask_key = key};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_one", NULL);
	farm_start(&farm, no_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		const struct farm_answer *answer = &told[0].answers[0];
		char text[200];

		poll_content(&farm, modes[i], &content, told);
		assert_int_equal(told[0].error.code, NF_OK);
		assert_in_range(answer->output.len, 1, sizeof(text) - 1);
		memcpy(text, answer->output.data, answer->output.len);
		text[answer->output.len] = '\0';
		assert_non_null(strstr(text, "password <secret:"));
		assert_null(strstr(text, "hush"));
		assert_digest(answer, strstr(text, "a box\n"));
		assert_int_equal(answer->end.total, strlen(BOX));
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

/* The connection is lost in the middle of the second. */
static void test_what_is_not_whole_stays_in_its_worker(void **state)
{
	static const char *const args[] = {"--fault", "1=drop",
					   "--config-lines", "200", NULL};
	const struct nf_content content = {0};
	struct farm_told told[2] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_run", NULL);
	farm_add(&farm, 2, "acme_run", NULL);
	farm_start(&farm, args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		const struct farm_answer *answers = told[0].answers;

		poll_content(&farm, modes[i], &content, told);
		assert_int_equal(told[0].error.code, NF_DISCONNECTED);
		assert_int_equal(told[0].nanswers, 2);
		assert_said(&answers[0], "show box", BOX, BOX_COUNTS);
		assert_int_equal(answers[1].ends, 1);
		assert_true(answers[1].end.truncated);
		assert_false(answers[1].end.unchanged);
		assert_int_equal(answers[1].output.len, 0);
		assert_true(answers[1].end.total > 0);
		assert_int_equal(told[1].error.code, NF_OK);
		assert_false(told[1].answers[1].end.truncated);
		assert_int_equal(told[1].answers[1].output.len,
				 told[1].answers[1].end.total);
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

/* ---- the other ways to a device */

static void assert_box_is_known(const struct farm_told *told)
{
	assert_int_equal(told->error.code, NF_OK);
	assert_true(told->nanswers >= 1);
	assert_unchanged(&told->answers[0], "show box", BOX, BOX_COUNTS);
}

static void test_of_telnet_and_of_what_is_found_out_it_is_the_same(void **state)
{
	struct kept kept = {.box = BOX_COUNTS};
	const struct nf_content content = {.known = known, .arg = &kept};
	struct farm_told told[2] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "platforms", "acme_one.yaml", ACME);
	farm_add(&farm, 1, "acme_one", "telnet");
	farm_add(&farm, 2, "autodetect", NULL);
	farm_start(&farm, telnet_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		poll_content(&farm, modes[i], &content, told);
		assert_box_is_known(&told[0]);
		assert_box_is_known(&told[1]);
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

/* A program's lines end as it ends them. */
static void test_of_programs_it_is_the_same(void **state)
{
	struct kept kept = {.box = BOX_COUNTS};
	const struct nf_content content = {.known = known, .arg = &kept};
	struct nf_poll_options options = {.channel = NF_CHANNEL_EXEC,
					  .platform_commands = true,
					  .content = &content};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_one", NULL);
	farm_start(&farm, no_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		const struct farm_answer *answer = &told[0].answers[0];

		options.mode = modes[i];
		kept.box = BOX_COUNTS;
		farm_poll(&farm, &options, told);
		assert_int_equal(told[0].error.code, NF_OK);
		farm_answered(answer, "show box", "");
		assert_true(answer->end.ran);
		assert_true(answer->end.unchanged);
		assert_digest(answer, BOX_COUNTS);
		farm_forget(told, LENGTH(told));
		kept.box = "another box\n";
		farm_poll(&farm, &options, told);
		assert_int_equal(told[0].error.code, NF_OK);
		assert_false(answer->end.unchanged);
		assert_int_equal(answer->output.len, answer->end.total);
		assert_in_range(answer->output.len, strlen(BOX),
				2 * strlen(BOX));
		assert_digest(answer, BOX_COUNTS);
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

/* ---- a large one, which a file takes */

#define LARGE_LINES 20000

/* Lines that differ, in all more than memory is used for. */
static char *large_text(void)
{
	char *text = malloc(LARGE_LINES * 40);
	size_t len = 0;

	assert_non_null(text);
	for (int i = 0; i < LARGE_LINES; i++)
		len += (size_t)snprintf(text + len, 40,
					"interface number %d, as it is\n", i);
	return text;
}

static void test_a_large_output_comes_as_it_is(void **state)
{
	const struct nf_content content = {0};
	struct farm_told told[1] = {0};
	char *large = large_text();
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "says", "show_box", large);
	farm_add(&farm, 1, "acme_one", NULL);
	farm_start(&farm, no_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		poll_content(&farm, modes[i], &content, told);
		assert_int_equal(told[0].error.code, NF_OK);
		assert_said(&told[0].answers[0], "show box", large, large);
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
	free(large);
}

/* No file may grow: as on a disk that is full. */
static void fill_disk(bool full)
{
	struct rlimit limit;

	(void)signal(SIGXFSZ, full ? SIG_IGN : SIG_DFL);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = full ? 0 : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_a_full_disk_fails_the_device_that_needs_it(void **state)
{
	struct kept kept = {.lid = "a lid\n"};
	const struct nf_content content = {.known = known, .arg = &kept};
	struct farm_told told[2] = {0};
	char *large = large_text();
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "says/R1", "show_box", large);
	farm_add(&farm, 1, "acme_box", NULL);
	farm_add(&farm, 2, "acme_box", NULL);
	farm_start(&farm, no_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		fill_disk(true);
		poll_content(&farm, modes[i], &content, told);
		fill_disk(false);
		assert_int_equal(told[0].error.code, NF_SYSTEM);
		assert_int_equal(told[0].error.stage, NF_STAGE_COMMAND);
		assert_int_equal(told[0].answers[0].output.len, 0);
		assert_true(told[0].answers[0].end.truncated);
		assert_int_equal(told[0].answers[0].end.total, strlen(large));
		assert_int_equal(told[1].error.code, NF_OK);
		assert_said(&told[1].answers[0], "show box", BOX, BOX_COUNTS);
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
	free(large);
}

static void test_what_is_known_needs_no_disk(void **state)
{
	char *large = large_text();
	struct kept kept = {.box = large};
	const struct nf_content content = {.known = known, .arg = &kept};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "says", "show_box", large);
	farm_add(&farm, 1, "acme_one", NULL);
	farm_start(&farm, no_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		fill_disk(true);
		poll_content(&farm, modes[i], &content, told);
		fill_disk(false);
		assert_int_equal(told[0].error.code, NF_OK);
		assert_unchanged(&told[0].answers[0], "show box", large, large);
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
	free(large);
}

/* ---- a worker that dies */

/* It dies with the first output in its hands. */
static void
test_a_worker_that_dies_loses_nothing_and_doubles_nothing(void **state)
{
	atomic_uint *deaths =
		mmap(NULL, sizeof(*deaths), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kept kept = {.lid = "a lid\n", .deaths = deaths};
	const struct nf_content content = {.known = known, .arg = &kept};
	struct farm_told told[3] = {0};
	unsigned attempts = 0;
	struct farm farm;

	(void)state;
	assert_ptr_not_equal(deaths, MAP_FAILED);
	begin(&farm);
	for (unsigned i = 1; i <= LENGTH(told); i++)
		farm_add(&farm, i, "acme_box", NULL);
	farm_start(&farm, no_args);
	atomic_store(deaths, 1);
	poll_content(&farm, NF_MODE_PROCESS, &content, told);
	assert_int_equal(atomic_load(deaths), 0);
	for (size_t i = 0; i < LENGTH(told); i++) {
		assert_int_equal(told[i].error.code, NF_OK);
		assert_int_equal(told[i].nanswers, 2);
		assert_said(&told[i].answers[0], "show box", BOX, BOX_COUNTS);
		assert_unchanged(&told[i].answers[1], "show lid", "a lid\n",
				 "a lid\n");
		attempts += told[i].attempts;
	}
	assert_in_range(attempts, LENGTH(told) + 1, 2 * LENGTH(told));
	farm_forget(told, LENGTH(told));
	farm_stop(&farm);
	(void)munmap(deaths, sizeof(*deaths));
}

/* It says that it knows what the parent does not. */
static bool known_to_workers(void *arg, size_t device, const char *command,
			     uint8_t digest[NF_DIGEST])
{
	(void)device;
	(void)command;
	digest_of(BOX_COUNTS, digest);
	return getpid() != *(const pid_t *)arg;
}

static void test_a_worker_is_not_believed_that_it_knows(void **state)
{
	pid_t parent = getpid();
	const struct nf_content content = {.known = known_to_workers,
					   .arg = &parent};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_one", NULL);
	farm_start(&farm, no_args);
	poll_content(&farm, NF_MODE_PROCESS, &content, told);
	assert_int_equal(told[0].error.code, NF_WORKER_DIED);
	assert_false(told[0].answers[0].end.unchanged);
	assert_true(told[0].answers[0].end.truncated);
	farm_forget(told, LENGTH(told));
	farm_stop(&farm);
}

/* A probe has nothing to be kept, and a pattern has to be one. */
static void test_options_that_contradict_each_other_are_refused(void **state)
{
	static const char *const lines[] = {"a("};
	const struct nf_content wrong = {.volatile_lines = lines,
					 .nvolatile_lines = 1};
	const struct nf_content content = {0};
	const struct nf_poll_options options[] = {
		{.probe = true, .content = &content},
		{.platform_commands = true, .content = &wrong}};
	struct nf_poll *poll;
	struct nf_error err;
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_box", NULL);
	for (size_t i = 0; i < LENGTH(options); i++) {
		struct nf_poll_options own = options[i];

		own.host_keys = NF_HOST_KEYS_OFF;
		assert_int_equal(nf_poll_open(&poll, farm.inv, &own, &err), -1);
		assert_int_equal(err.code, NF_INVALID);
	}
	assert_non_null(strstr(err.message, "a("));
	farm_release(&farm);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_what_is_not_known_comes_with_its_digest),
	cmocka_unit_test(test_what_is_known_stays_in_its_worker),
	cmocka_unit_test(test_an_empty_output_is_not_the_known_one_that_moves),
	cmocka_unit_test(test_lines_of_the_caller_do_not_count_either),
	cmocka_unit_test(test_secrets_come_as_marks),
	cmocka_unit_test(test_what_is_not_whole_stays_in_its_worker),
	cmocka_unit_test(
		test_of_telnet_and_of_what_is_found_out_it_is_the_same),
	cmocka_unit_test(test_of_programs_it_is_the_same),
	cmocka_unit_test(test_a_large_output_comes_as_it_is),
	cmocka_unit_test(test_a_full_disk_fails_the_device_that_needs_it),
	cmocka_unit_test(test_what_is_known_needs_no_disk),
	cmocka_unit_test(
		test_a_worker_that_dies_loses_nothing_and_doubles_nothing),
	cmocka_unit_test(test_a_worker_is_not_believed_that_it_knows),
	cmocka_unit_test(test_options_that_contradict_each_other_are_refused),
};

UNIT_MAIN(tests)
