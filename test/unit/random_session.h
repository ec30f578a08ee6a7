/*
 * A random session: what a simulated device is like, and what it answers.
 *
 * A session is "cut" where netfan may look at a line that is not yet whole: the
 * reads are short, or answers pause. Some devices cannot be told from others by
 * anybody then, so that no client could be right with all of them; with others
 * netfan is known to be fooled. The dice leave out:
 *
 *   in answers                      because
 *   ------------------------------  ------------------------------------------
 *   the pager's own text, cut, or   it is answered by the pager's key and taken
 *   where there is a real pager     out
 *   prompts, of a device without    nothing but a prompt tells where an answer
 *   echo                            ends
 *   prompts, cut, of a device that  the echo of what is typed behind them looks
 *   shows at once what it is typed  as if it had been taken up
 *   prompts, cut, of a device that  the echo anew begins with one as well
 *   echoes twice
 *   prompts and the next command,   together they are its echo
 *   cut; one behind the other as
 *   the first line; the command,
 *   without an echo; or, cut, where
 *   typed commands are lost to a
 *   pager
 *   two prompts in a row, cut,      that is what an empty line brings, by which
 *   where each is proven            a prompt is proven there
 *   prompts, cut, where each is     so is an empty line that was lost, behind
 *   proven and what is typed ahead  which the prompt comes
 *   is lost
 *   no newline at the end, where    a blank line, a header or the line painted
 *   a device puts lines above the   anew end it; another mode's prompt, or one
 *   prompt or paints it anew; or,   that is owed, cannot be parted from it
 *   cut, with prompts in answers,
 *   long pauses, or where each is
 *   proven
 *   pauses above 40 ms in the last  its end is awaited for no longer than 50 ms
 *   of those that hold prompts      or four round trips
 *   prompts and words like them,   an empty line has to prove them, and stands
 *   with pauses above 0.9 s         in the middle then: what it brings is not
 *                                   told from them
 *   pauses above 0.9 s, where what  the empty line that proves a prompt of
 *   is typed is shown at once       another shape stands in the middle then
 *   the end of the connection right nobody knows that more was to come
 *   behind what looks like a
 *   prompt, or, cut, in the echo
 *   behind an answer's last line
 *   that looks like one
 *
 *   Short reads of a device that echoes twice, and of one without an echo whose
 *   prompt ends in a blank: what is cut off is taken for the answer's. Log lines
 *   without an echo, and where each prompt is proven.
 *
 * Blank lines at the end of an answer are not compared where the device puts
 * some above its prompt, nor are log lines that come behind a prompt told from
 * the answer's.
 */
#ifndef NETFAN_TEST_RANDOM_SESSION_H
#define NETFAN_TEST_RANDOM_SESSION_H

#include "unit/dice.h"
#include "unit/simdev.h"

#define SESSION_ANSWERS 5
#define SESSION_COMMAND 192

struct random_session {
	const struct simdev_kind *kind;
	struct simdev_habits habits;
	struct simdev_answer answers[SESSION_ANSWERS];
	char commands[SESSION_ANSWERS][SESSION_COMMAND];
	int64_t idle_ms[SESSION_ANSWERS + 1]; /* before each, and the logout */
	unsigned nanswers;
	bool echoes; /* where reads are cut, of these all but prompts */
	bool wild; /* answers look like prompts, echoes and questions */
	unsigned pauses; /* one in so many places; 0: none */
	int64_t pause_max_ms;
	struct dice dice; /* what is left of them */
};

/* The number-th session of a seed. */
void random_session_begin(struct random_session *ses, uint64_t seed,
			  unsigned number);
void random_session_end(struct random_session *ses);

/* Do answers look like prompts, where reads are cut or pauses come? */
bool random_session_is_wild(const struct random_session *ses);

/* What its device is like, in a line. */
void random_session_describe(const struct random_session *ses, FILE *file);

#endif
