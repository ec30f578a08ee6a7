/* The ways a simulated device can misbehave. */
#ifndef NETFAN_DEVSIM_FAULT_H
#define NETFAN_DEVSIM_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#define FAULTS(X)                                                              \
	X(FAULT_NONE, "none", "behaves")                                       \
	X(FAULT_REFUSE, "refuse", "is not bound")                              \
	X(FAULT_SILENT, "silent", "takes a connection and never says a byte")  \
	X(FAULT_RESET, "reset", "resets a connection at once")                 \
	X(FAULT_DROP, "drop", "resets in the middle of an answer")             \
	X(FAULT_EOF, "eof", "closes the channel in the middle of an answer")   \
	X(FAULT_GOODBYE, "goodbye",                                            \
	  "disconnects in the middle of an answer, and says why")              \
	X(FAULT_WRONG_PASSWORD, "wrong-password", "refuses every password")    \
	X(FAULT_ASKS_AGAIN, "asks-again",                                      \
	  "asks for the password of keyboard-interactive without end")         \
	X(FAULT_ASKS_ON, "asks-on", "asks other things there without end")     \
	X(FAULT_ASKS_FIRST, "asks-first",                                      \
	  "asks there for a yes and the user, before the password")            \
	X(FAULT_NO_PROMPT, "no-prompt", "lets in and never prompts")           \
	X(FAULT_HANG, "hang", "stops half way through an answer, for ever")    \
	X(FAULT_PAUSE, "pause",                                                \
	  "pauses in each answer, behind a line like its prompt")              \
	X(FAULT_LATE, "late", "does so, says a little more, and stops")        \
	X(FAULT_FLOOD, "flood", "answers without end")                         \
	X(FAULT_BANNER_FLOOD, "banner-flood", "lines before SSH, without end") \
	X(FAULT_GARBAGE, "garbage", "sends bytes that are not SSH")            \
	X(FAULT_KEX, "kex", "prints the client's cookie and key, and closes")  \
	X(FAULT_NO_SHELL, "no-shell", "refuses terminal, shell and exec")      \
	X(FAULT_NO_ENABLE, "no-enable", "refuses the enable password")         \
	X(FAULT_SLOW, "slow", "behaves, --slow-ms later")

#define FAULT_ENUM(id, name, does) id,
enum fault { FAULTS(FAULT_ENUM) NFAULTS };
#undef FAULT_ENUM

/* Find the fault of that name: false when there is none. */
bool fault_find(enum fault *out, const char *name);

const char *fault_name(enum fault fault);
const char *fault_does(enum fault fault);

/*
 * On a fiber: live out a fault that shows before libssh is needed, then close
 * fd and return true. False, and nothing done, for every other one.
 */
bool fault_play(enum fault fault, int fd);

/* Let the next close of fd be a reset. */
void fault_arm_reset(int fd);

#endif
