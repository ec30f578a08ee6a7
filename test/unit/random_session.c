/* A random session with a simulated device. */
#include "unit/random_session.h"

#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

#define LAST_PAUSE_MS 40
#define PLAIN_WORDS 10 /* that do not look like a prompt */
#define PROOF_PAUSE_MS 900
#define NO_ECHO_PAUSE_MS 250
#define WIRE_MAX ((size_t)1024 * 1024)

static const struct simdev_kind kinds[] = {
	{.platform = "cisco_ios",
	 .user = "R1>",
	 .prompt = "R1#",
	 .config = "R1(config)#",
	 .configure = "configure terminal",
	 .pager = " --More-- ",
	 .logout = "exit"},
	{.platform = "juniper_junos",
	 .prompt = "admin@srx-1> ",
	 .config = "admin@srx-1# ",
	 .configure = "configure",
	 .header = "{primary:node0}",
	 .pager = "---(more)---",
	 .logout = "exit"},
	{.platform = "huawei",
	 .prompt = "<core-1>",
	 .config = "[core-1]",
	 .configure = "system-view",
	 .pager = "  ---- More ----",
	 .logout = "quit"},
	{.platform = "mikrotik_routeros",
	 .prompt = "[admin@core 1] > ",
	 .config = "[admin@core 1] /ip/address> ",
	 .configure = "/ip/address",
	 .logout = "quit"},
	{.platform = "generic",
	 .prompt = "box> ",
	 .config = "box (conf)# ",
	 .configure = "configure",
	 .pager = "--More--",
	 .logout = "exit"},
	{.platform = "cisco_asa",
	 .prompt = "fw1/act#",
	 .config = "fw1/act(config)#",
	 .configure = "configure terminal",
	 .pager = "<--- More --->",
	 .logout = "logout"},
	{.platform = "cisco_ftd",
	 .prompt = "> ",
	 .config = "> ",
	 .configure = "show more",
	 .pager = "<--- More --->",
	 .logout = "exit"},
};

/* ---- answers */

static void put(struct buf *buf, const char *text)
{
	assert_int_equal(buf_append(buf, text, strlen(text)), 0);
}

/* Put it on the wire and into what is meant. */
static void say(struct simdev_answer *answer, const char *text)
{
	put(&answer->wire, text);
	put(&answer->meant, text);
}

/* The last answer is closed by the logout's echo, which is not awaited for
 * longer: see the header. */
static int64_t pause_max_ms(const struct random_session *ses,
			    const struct simdev_answer *answer)
{
	int64_t max_ms = ses->pause_max_ms;

	if (max_ms > PROOF_PAUSE_MS &&
	    (ses->habits.ahead == SIMDEV_AHEAD_SHOWS ||
	     ses->habits.echo == SIMDEV_ECHO_TWICE ||
	     (ses->habits.echo == SIMDEV_ECHO_LINE && ses->habits.piece > 0)))
		max_ms = PROOF_PAUSE_MS;
	if (ses->habits.echo == SIMDEV_ECHO_NONE && max_ms > NO_ECHO_PAUSE_MS)
		max_ms = NO_ECHO_PAUSE_MS;
	if (answer == &ses->answers[ses->nanswers - 1] && ses->wild &&
	    max_ms > LAST_PAUSE_MS)
		max_ms = LAST_PAUSE_MS;
	return max_ms;
}

static void may_pause(struct random_session *ses, struct simdev_answer *answer,
		      unsigned likelier)
{
	if (ses->pauses == 0 || answer->nstops >= SIMDEV_STOPS ||
	    !dice_once_in(&ses->dice, 1 + ses->pauses / likelier))
		return;
	answer->stops[answer->nstops++] = (struct simdev_stop){
		.at = answer->wire.len,
		.kind = SIMDEV_PAUSE,
		.ms = dice_ms(&ses->dice, pause_max_ms(ses, answer))};
}

/* Is each prompt proven there by an empty line? Two of them in a row are just
 * what that brings. */
static bool proves_by_prompts(const struct random_session *ses)
{
	return strcmp(ses->kind->platform, "cisco_ftd") == 0;
}

/* Are there pauses so long that what looks like a prompt is to be proven? */
static bool pauses_for_long(const struct random_session *ses)
{
	return ses->pauses > 0 && ses->pause_max_ms > PROOF_PAUSE_MS;
}

static void say_word(struct random_session *ses, struct simdev_answer *answer)
{
	static const char *const words[] = {
		"Gi0/1", "up",    "down",    "10.0.0.1", "interface",
		"vlan",  "total", "version", "y/n",      "3 more ...",
		"100%",  "[OK]",  "->",      "#",        "(config)#",
	};

	size_t n = pauses_for_long(ses) ? PLAIN_WORDS : LENGTH(words);
	const char *word = words[dice_below(&ses->dice, (unsigned)n)];

	if (proves_by_prompts(ses) && strcmp(word, "->") == 0)
		word = "--"; /* it ends as the prompt does */
	say(answer, word);
}

/* Say part of a line: a letter of the shapes below. */
static void say_part(struct random_session *ses, struct simdev_answer *answer,
		     char part)
{
	size_t n = (size_t)(answer - ses->answers);

	switch (part) {
	case 'W':
		say_word(ses, answer);
		break;
	case 'P':
		say(answer, ses->kind->prompt);
		break;
	case 'O':
		say(answer, ses->kind->config);
		break;
	case 'X':
		say(answer, "other-7#");
		break;
	case 'G':
		say(answer,
		    ses->kind->pager != NULL ? ses->kind->pager : "--More--");
		break;
	case 'C':
		say(answer, ses->commands[n]);
		break;
	case 'N':
		say(answer, n + 1 < ses->nanswers ? ses->commands[n + 1]
						  : ses->kind->logout);
		break;
	case '?':
		say(answer, "Continue? ");
		break;
	case ':':
		say(answer, "Password: ");
		break;
	default:
		say(answer, " ");
	}
}

/* A line that has a prompt or its like in it: a pause is likelier there. */
static bool is_treacherous(const char *shape)
{
	return strpbrk(shape, "POX") != NULL;
}

static bool ends_in_blank(const char *text)
{
	return text[strlen(text) - 1] == ' ';
}

/* May netfan look at a line that is not yet whole? */
static bool is_cut(const struct random_session *ses)
{
	return ses->pauses > 0 || ses->habits.piece > 0;
}

/* Is a line of this shape left out of this session? See the header. */
static bool is_left_out(const struct random_session *ses, const char *shape)
{
	bool cut = is_cut(ses);

	if (strchr(shape, 'G') != NULL)
		return cut || ses->habits.pages;
	if (ses->habits.echo == SIMDEV_ECHO_NONE &&
	    strpbrk(shape, "POX") != NULL)
		return true;
	if (strpbrk(shape, "CN") != NULL &&
	    (ses->habits.echo == SIMDEV_ECHO_NONE ||
	     (cut && (ses->habits.pages || !ses->echoes))))
		return true;
	if (ses->habits.piece > 0 && ends_in_blank(ses->kind->prompt) &&
	    shape[0] == 'W' && strpbrk(shape, "PO") != NULL)
		return true;
	return cut && strpbrk(shape, "POX") != NULL &&
	       (ses->echoes || ses->habits.echo == SIMDEV_ECHO_TWICE ||
		ses->habits.ahead == SIMDEV_AHEAD_SHOWS ||
		((ses->habits.ahead == SIMDEV_AHEAD_LOST ||
		  ses->habits.pages) &&
		 proves_by_prompts(ses)));
}

static void say_plain_line(struct random_session *ses,
			   struct simdev_answer *answer)
{
	say_word(ses, answer);
	put(&answer->wire, "\r\n");
	put(&answer->meant, "\n");
}

static void say_line(struct random_session *ses, struct simdev_answer *answer)
{
	static const char *const tame[] = {"W",       "W W", "W W W",
					   "W W W W", "",    "W W"};
	static const char *const wild[] = {
		"P", "P", "P W", "W P", "WP", "O",   "O W", "X",   "X W",
		"C", "N", "P C", "P N", "G",  "W G", "GW",  "W ?", "W :",
	};
	unsigned likelier;
	const char *shape = tame[dice_below(&ses->dice, LENGTH(tame))];

	if (ses->wild && dice_once_in(&ses->dice, 3))
		shape = wild[dice_below(&ses->dice, LENGTH(wild))];
	if (is_left_out(ses, shape) ||
	    (answer->wire.len == 0 && shape[0] == 'P' && shape[1] != '\0' &&
	     strpbrk(shape, "CN") != NULL))
		return;
	likelier = is_treacherous(shape) ? 8 : 1;

	for (const char *part = shape; *part != '\0'; part++) {
		say_part(ses, answer, *part);
		may_pause(ses, answer, part[1] == '\0' ? likelier : 1);
	}
	put(&answer->wire, "\r\n");
	put(&answer->meant, "\n");
	may_pause(ses, answer, likelier);
	if (is_cut(ses) && proves_by_prompts(ses) && is_treacherous(shape))
		say_plain_line(ses, answer);
}

static void may_page(struct random_session *ses, struct simdev_answer *answer)
{
	if (!ses->habits.pages || ses->kind->pager == NULL ||
	    answer->nstops >= SIMDEV_STOPS || answer->wire.len == 0 ||
	    !dice_once_in(&ses->dice, 8))
		return;
	answer->stops[answer->nstops++] = (struct simdev_stop){
		.at = answer->wire.len, .kind = SIMDEV_PAGER};
}

static void say_lines(struct random_session *ses, struct simdev_answer *answer)
{
	unsigned n = dice_below(&ses->dice, 12);

	if (dice_once_in(&ses->dice, 50))
		n = dice_below(&ses->dice, 3000);
	while (n-- > 0) {
		say_line(ses, answer);
		may_page(ses, answer);
	}
	if (is_cut(ses) && ses->wild && ses->habits.end_at != UINT64_MAX)
		say_plain_line(ses, answer);
	if (dice_once_in(&ses->dice, 12) && ses->habits.blank_lines == 0 &&
	    !ses->habits.header && ses->habits.echo != SIMDEV_ECHO_LINE &&
	    !(is_cut(ses) && (ses->wild || proves_by_prompts(ses) ||
			      ses->pause_max_ms > PROOF_PAUSE_MS)))
		say_part(ses, answer, 'W'); /* and no newline */
}

static void make_answer(struct random_session *ses, unsigned n)
{
	struct simdev_answer *answer = &ses->answers[n];

	*answer = (struct simdev_answer){.command = ses->commands[n]};
	buf_init(&answer->wire, WIRE_MAX);
	buf_init(&answer->meant, WIRE_MAX);
	if (strcmp(ses->commands[n], ses->kind->configure) == 0)
		answer->prompt = ses->kind->config;
	else
		say_lines(ses, answer);
}

/* ---- sessions */

static void roll_habits(struct random_session *ses)
{
	struct dice *dice = &ses->dice;
	struct simdev_habits *habits = &ses->habits;

	*habits = (struct simdev_habits){.log_ms = -1, .end_at = UINT64_MAX};
	habits->echo = dice_below(dice, SIMDEV_ECHO_NONE + 1);
	habits->echo_ms = dice_ms(dice, 1500);
	habits->columns = dice_once_in(dice, 4) ? 80 : 0;
	habits->ahead = dice_below(dice, SIMDEV_AHEAD_LOST + 1);
	habits->rub = dice_below(dice, SIMDEV_RUB_ERASES + 1);
	habits->header = ses->kind->header != NULL && dice_once_in(dice, 2);
	habits->pages = dice_once_in(dice, 4);
	habits->deaf = dice_once_in(dice, 20);
	if (dice_once_in(dice, 4))
		habits->blank_lines = 1 + dice_below(dice, 2);
	if (dice_once_in(dice, 2))
		habits->latency_ms = dice_ms(dice, 400);
	if (dice_once_in(dice, 6) && habits->echo != SIMDEV_ECHO_NONE &&
	    !proves_by_prompts(ses))
		habits->log_ms =
			dice_once_in(dice, 3) ? 0 : dice_ms(dice, 4000);
	if (habits->log_ms >= 0)
		habits->columns = 0;
	habits->log_repaints = dice_once_in(dice, 2);
	if (dice_once_in(dice, 2))
		habits->piece = 1 + dice_below(dice, 64);
	if (dice_once_in(dice, 8))
		habits->piece = 1;
	if (habits->echo == SIMDEV_ECHO_TWICE ||
	    (habits->echo == SIMDEV_ECHO_NONE &&
	     ends_in_blank(ses->kind->prompt)))
		habits->piece = 0;
	habits->ragged = habits->piece > 1 && dice_once_in(dice, 2);
	habits->send_max = dice_once_in(dice, 8) ? 1 : 0;
	if (dice_once_in(dice, 8))
		habits->end_at = 1 + dice_below(dice, 2000);
	habits->resets = dice_once_in(dice, 2);
}

static void roll_command(struct random_session *ses, unsigned n)
{
	static const char *const verbs[] = {"show", "display", "/export",
					    "show running-config | include"};
	static const char longer[] =
		" | begin interface GigabitEthernet0/1/0.1042 | exclude "
		"description of-the-link-to-the-other-side-of-the-town";
	char *command = ses->commands[n];

	if (dice_once_in(&ses->dice, 12) && n > 0) {
		(void)stpcpy(command, ses->kind->configure);
		return;
	}
	if (dice_once_in(&ses->dice, 12) && n > 0) {
		(void)stpcpy(command, ses->commands[n - 1]);
		return;
	}
	(void)snprintf(command, SESSION_COMMAND, "%s %u%s",
		       verbs[dice_below(&ses->dice, LENGTH(verbs))],
		       dice_below(&ses->dice, 100),
		       dice_once_in(&ses->dice, 12) ? longer : "");
}

void random_session_begin(struct random_session *ses, uint64_t seed,
			  unsigned number)
{
	*ses = (struct random_session){
		.dice = {.state = seed * 1000003 + number}};
	ses->kind = &kinds[dice_below(&ses->dice, LENGTH(kinds))];
	roll_habits(ses);
	ses->wild = !dice_once_in(&ses->dice, 3);
	ses->echoes = dice_once_in(&ses->dice, 4);
	if (dice_once_in(&ses->dice, 3))
		ses->pauses = 2 + dice_below(&ses->dice, 40);
	ses->pause_max_ms =
		dice_ms(&ses->dice, ses->wild ? PROOF_PAUSE_MS : 20000);
	ses->nanswers = 1 + dice_below(&ses->dice, SESSION_ANSWERS);
	for (unsigned n = 0; n < ses->nanswers; n++)
		roll_command(ses, n);
	for (unsigned n = 0; n < ses->nanswers; n++)
		make_answer(ses, n);
	for (unsigned n = 0; n <= ses->nanswers; n++)
		ses->idle_ms[n] = dice_once_in(&ses->dice, 5)
					  ? dice_ms(&ses->dice, 5000)
					  : 0;
}

void random_session_end(struct random_session *ses)
{
	for (unsigned n = 0; n < ses->nanswers; n++) {
		buf_release(&ses->answers[n].wire);
		buf_release(&ses->answers[n].meant);
	}
}

bool random_session_is_wild(const struct random_session *ses)
{
	return ses->wild && is_cut(ses) && !is_left_out(ses, "P");
}

void random_session_describe(const struct random_session *ses, FILE *file)
{
	const struct simdev_habits *h = &ses->habits;

	(void)fprintf(file,
		      "%s echo %d (%lld ms) ahead %d rub %d header %d pages %d "
		      "deaf %d blank %u latency %lld log %lld (%d) piece %zu%s "
		      "send %zu end %llu resets %d\n",
		      ses->kind->platform, (int)h->echo, (long long)h->echo_ms,
		      (int)h->ahead, (int)h->rub, h->header, h->pages, h->deaf,
		      h->blank_lines, (long long)h->latency_ms,
		      (long long)h->log_ms, h->log_repaints, h->piece,
		      h->ragged ? " ragged" : "", h->send_max,
		      (unsigned long long)h->end_at, h->resets);
}
