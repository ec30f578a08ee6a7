/*
 * netfan: ask a whole network a question and get every answer back.
 *
 * The one header to include, in five parts:
 *
 *   executor    any function, over many indices, in a pool of workers:
 *               netfan_executor.h
 *   inventory   devices, from files or memory, and the platforms they may have:
 *               netfan_inventory.h
 *   poll        commands, run on every device of an inventory
 *   hostkeys    what known_hosts has for the devices: netfan_hostkeys.h
 *   store       what they answered, kept from run to run: netfan_store.h
 *
 * Errors: a function that can fail returns -1 and fills *err, which is never
 * NULL. The comment of each function names the codes that it gives.
 *
 * Waiting: timeout_ms is the longest time that a function waits, in
 * milliseconds: with 0 it takes what is there, with -1 it has no limit.
 *
 * Ownership: what a function stores in *out is the caller's, to be freed by the
 * noun's own _free(), which takes NULL, too. What is borrowed says so.
 *
 * The library prints nothing, never exits, installs no signal handler, changes
 * no limit, umask, locale or directory and starts no thread but the workers of
 * thread mode. A poll or executor belongs to the one thread that opened it.
 */
#ifndef NETFAN_H
#define NETFAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NF_VERSION "0.1.0"

#if defined(__GNUC__)
#define NF_API __attribute__((visibility("default")))
#define NF_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define NF_API
#define NF_PRINTF(fmt, args)
#endif

/*
 * What went wrong: the names are the error codes of the output formats. Of
 * NF_SKIPPED the message says why nothing was tried, and NF_STAGE_COMMAND that
 * there is nothing to ask; NF_BUSY is a device that took no more logins, for as
 * long as that was waited for; NF_INCOMPLETE is an answer of which nobody knows
 * whether all of it came; NF_INVALID is a mistake in what the caller, or a file,
 * asked for, and NF_UNKNOWN_PLATFORM the one that names of nf_platforms_names()
 * help against.
 */
#define NF_CODES(X)                                                            \
	X(NF_OK, "ok")                                                         \
	X(NF_RESOLVE, "resolve")                                               \
	X(NF_REFUSED, "refused")                                               \
	X(NF_UNREACHABLE, "unreachable")                                       \
	X(NF_TIMEOUT, "timeout")                                               \
	X(NF_DISCONNECTED, "disconnected")                                     \
	X(NF_PROTOCOL, "protocol")                                             \
	X(NF_NO_COMMON_ALGORITHM, "no_common_algorithm")                       \
	X(NF_HOSTKEY_UNKNOWN, "hostkey_unknown")                               \
	X(NF_HOSTKEY_CHANGED, "hostkey_changed")                               \
	X(NF_HOSTKEY_REVOKED, "hostkey_revoked")                               \
	X(NF_AUTH_FAILED, "auth_failed")                                       \
	X(NF_SESSION_DENIED, "session_denied")                                 \
	X(NF_NO_PROMPT, "no_prompt")                                           \
	X(NF_ENABLE_FAILED, "enable_failed")                                   \
	X(NF_COMMAND_REJECTED, "command_rejected")                             \
	X(NF_OUTPUT_TOO_LARGE, "output_too_large")                             \
	X(NF_INCOMPLETE, "incomplete")                                         \
	X(NF_WORKER_DIED, "worker_died")                                       \
	X(NF_CANCELLED, "cancelled")                                           \
	X(NF_SKIPPED, "skipped")                                               \
	X(NF_BUSY, "busy")                                                     \
	X(NF_SYSTEM, "system")                                                 \
	X(NF_INVALID, "invalid")                                               \
	X(NF_UNKNOWN_PLATFORM, "unknown_platform")

/* How far a session had come when it failed. */
#define NF_STAGES(X)                                                           \
	X(NF_STAGE_RESOLVE, "resolve")                                         \
	X(NF_STAGE_CONNECT, "connect")                                         \
	X(NF_STAGE_HANDSHAKE, "handshake")                                     \
	X(NF_STAGE_HOSTKEY, "hostkey")                                         \
	X(NF_STAGE_AUTH, "auth")                                               \
	X(NF_STAGE_SHELL, "shell")                                             \
	X(NF_STAGE_PROMPT, "prompt")                                           \
	X(NF_STAGE_ENABLE, "enable")                                           \
	X(NF_STAGE_COMMAND, "command")                                         \
	X(NF_STAGE_CLOSE, "close")

/* The parts of a session's time, in the order of the output formats. */
#define NF_TIMES(X)                                                            \
	X(NF_TIME_QUEUE, "queue")                                              \
	X(NF_TIME_CONNECT, "connect")                                          \
	X(NF_TIME_HANDSHAKE, "handshake")                                      \
	X(NF_TIME_AUTH, "auth")                                                \
	X(NF_TIME_PROMPT, "prompt")                                            \
	X(NF_TIME_COMMANDS, "commands")                                        \
	X(NF_TIME_TOTAL, "total")

/* How workers run: in a process each, whose death the others survive; in a
 * thread each; or not at all, one task at a time in the caller's own thread. */
#define NF_MODES(X)                                                            \
	X(NF_MODE_PROCESS, "process")                                          \
	X(NF_MODE_THREAD, "thread")                                            \
	X(NF_MODE_SEQUENTIAL, "sequential")

#define NF_ENUM(id, name) id,
enum nf_code { NF_CODES(NF_ENUM) NF_NCODES };
enum nf_stage { NF_STAGES(NF_ENUM) NF_NSTAGES };
enum nf_time { NF_TIMES(NF_ENUM) NF_NTIMES };
enum nf_mode { NF_MODES(NF_ENUM) NF_NMODES };
#undef NF_ENUM

/* The name of a code, stage, time or mode as the output formats spell it. */
NF_API const char *nf_code_name(enum nf_code code);
NF_API const char *nf_stage_name(enum nf_stage stage);
NF_API const char *nf_time_name(enum nf_time part);
NF_API const char *nf_mode_name(enum nf_mode mode);

/* netfan's version and those of the libraries in use, a line each. */
NF_API void nf_version_text(char *out, size_t size);

/*
 * Find what a mistyped word was meant to be: of a list with NULL at its end,
 * the entry that the fewest edits turn into it (a byte added, dropped or
 * replaced, or two neighbours swapped), the first of equals. NULL when every
 * entry takes more edits than a third of the word's length, and more than one.
 */
NF_API const char *nf_nearest(const char *word, const char *const *words);

struct nf_error {
	enum nf_code code; /* what a caller acts on */
	enum nf_stage stage; /* of a session's error, else 0 */
	/* errno at the failing call, else 0; EACCES of a refused password or
	 * secret, ENOENT of none, EKEYEXPIRED of one to be changed, EKEYREJECTED
	 * of declined keys, E2BIG where more were not offered, ENOKEY of none,
	 * ENOTSUP of proofs that auth leaves out, EHOSTUNREACH of what a jump
	 * host refuses or lacks, ENOMSG of an early question without answer,
	 * ENODATA of one that hides it, ENOTTY of no terminal or shell, ENOEXEC
	 * of nothing without */
	int sys_errno;
	char message[512]; /* one line, no newline, never a secret */
};

/* Lines for a person: notes and warnings, without newline. May be NULL. */
struct nf_log {
	void (*line)(void *arg, const char *text);
	void *arg;
};

#include "netfan_executor.h" /* needs what stands above */
#include "netfan_inventory.h" /* needs what stands above */

/* ---- poll: run commands on every device of an inventory ---- */

enum nf_host_keys {
	NF_HOST_KEYS_DEFAULT, /* the next, where ssh_config is not strict */
	NF_HOST_KEYS_ACCEPT_NEW, /* learn unknown keys, refuse changed ones */
	NF_HOST_KEYS_STRICT, /* refuse unknown and changed keys */
	NF_HOST_KEYS_OFF, /* check nothing, learn nothing */
};

/* How far a session goes. */
enum nf_until {
	NF_UNTIL_ALL, /* it logs in, and runs what there is to run */
	NF_UNTIL_CONNECT, /* it ends once it is connected */
	NF_UNTIL_HOSTKEY, /* it ends once the host key is judged */
};

/*
 * What became of a host key: the names are those of the output formats. Of a
 * session that did not come so far it is NF_KEY_NONE.
 */
#define NF_KEYS(X)                                                             \
	X(NF_KEY_NONE, "none")                                                 \
	X(NF_KEY_KNOWN, "known")                                               \
	X(NF_KEY_PINNED, "pinned")                                             \
	X(NF_KEY_NEW, "new")                                                   \
	X(NF_KEY_UNCHECKED, "unchecked")                                       \
	X(NF_KEY_UNKNOWN, "unknown")                                           \
	X(NF_KEY_CHANGED, "changed")                                           \
	X(NF_KEY_REVOKED, "revoked")

#define NF_ENUM(id, name) id,
enum nf_key { NF_KEYS(NF_ENUM) NF_NKEYS };
#undef NF_ENUM

NF_API const char *nf_key_name(enum nf_key key);

enum nf_event_kind {
	NF_EVENT_STARTED, /* a worker took up the device */
	NF_EVENT_ENDED, /* its result is ready */
	NF_EVENT_RETRY, /* it failed, and will be tried again */
};

struct nf_event {
	enum nf_event_kind kind;
	size_t device; /* index in the inventory */
	unsigned worker; /* 1..workers */
	int64_t when_us; /* microseconds since 1970 */
	/* Of NF_EVENT_ENDED, where the code may be NF_OK, and of NF_EVENT_RETRY. */
	const struct nf_error *error;
	unsigned retry; /* of NF_EVENT_RETRY: the first is 1 */
	int64_t pause_us; /* of NF_EVENT_RETRY: until then */
};

/* How commands are run on a device. */
enum nf_channel {
	NF_CHANNEL_PLATFORM, /* as its platform says */
	NF_CHANNEL_SHELL, /* in one shell, typed at its prompt */
	NF_CHANNEL_EXEC, /* each in a channel of its own, without a terminal */
};

/* A reply to what a command asks back. */
struct nf_reply {
	const char *question; /* PCRE2, matched against the unfinished line */
	const char *reply; /* without line end, which is added */
	size_t command; /* that asks it, from 1; 0: any of them */
	bool key; /* the reply is a key: no line end is added */
};

#define NF_DIGEST 32 /* bytes of a digest: SHA-256 */

/*
 * What counts of outputs, and what of them is known already. The digest is made
 * of the lines that count: all but those that change by themselves.
 *
 * An output is held in its worker, in memory and then in a temporary file, until
 * it is known to be whole. One that is known stays there, and one that is not
 * whole; all others come as OUTPUT, as they are to be kept. A device of which
 * one cannot be held has failed: NF_SYSTEM without memory or room on the disk,
 * NF_OUTPUT_TOO_LARGE where marks make a session's answers longer than that of
 * any may be.
 */
struct nf_content {
	/*
	 * Look up what is kept of a device's command: true and its digest. An
	 * output that is whole and has this digest is unchanged. NULL: nothing
	 * is kept.
	 *
	 * Called in the workers and in nf_poll_step(): by several threads at a
	 * time in thread mode, in processes that were forked at any time of the
	 * poll, on stacks of 64 KiB. So what it looks at stays as it is from
	 * nf_poll_open() to nf_poll_free(), and it waits for nothing.
	 */
	bool (*known)(void *arg, size_t device, const char *command,
		      uint8_t digest[NF_DIGEST]);
	void *arg;
	/* PCRE2: lines that do not count, beside those of the platforms. */
	const char *const *volatile_lines;
	size_t nvolatile_lines;
	/* 32 bytes: secrets of configurations are replaced by marks that are
	 * made with this key. NULL: they stay. */
	const uint8_t *mask_key;
};

/* Milliseconds; 0: the value in brackets. A device's own, in the inventory,
 * come before them. */
struct nf_times {
	int64_t connect_ms; /* up to the TCP connection, each address (15 s) */
	int64_t handshake_ms; /* of SSH, up to the host key (30 s) */
	int64_t auth_ms; /* of the proof of who logs in (45 s) */
	int64_t prompt_ms; /* up to the first prompt (45 s) */
	int64_t command_ms; /* from a command sent to its prompt (no limit) */
	/* Of silence, after which the device is sent what it ignores, so that
	 * nothing on the way takes the connection for dead (never). */
	int64_t keepalive_ms;
};

struct nf_poll_options {
	/* Run in this order, in one session. Behind one that ends in a blank
	 * and <<WORD stand lines that are typed, and a last line WORD. */
	const char *const *commands;
	size_t ncommands; /* 0: log in, and no more, but for: */
	/*
	 * Without commands: each device is asked what its platform lists to be
	 * collected, one that is found out what it proved to be. One whose
	 * platform lists nothing is NF_SKIPPED, if that is known before it is
	 * found out without being contacted.
	 */
	bool platform_commands;
	/* NULL: no digests are made. Borrowed, with all that it points to.
	 * Nothing for a probe. */
	const struct nf_content *content;
	/* Short of all there are no commands, no probe, and no login: passwords
	 * that cannot be meant do not matter. */
	enum nf_until until;
	bool probe; /* find out what a device is: see nf_poll_open() */
	const char *draft_note; /* of that; or NULL */
	enum nf_mode mode;
	unsigned workers; /* processes or threads; 0: one a core */
	unsigned fanout; /* sessions in flight in all; 0: 500 */
	unsigned logins; /* logins in flight in all; 0: as many as go well */
	int logins_per_host; /* of them to one address; 0: 5, -1: no limit */
	/* Refusals of the same user and password, with no success between,
	 * after which its other devices are skipped, and how many logins may
	 * try it at a time until the first is let in; 0: 3, -1: never. */
	int max_auth_failures;
	/* How long a device that takes no more logins now is waited for; 0:
	 * 120 s, -1: not at all. */
	int64_t busy_ms;
	/*
	 * How often a device is tried again whose session failed by what may
	 * pass: refused, unreachable, busy (where that is not waited for), late
	 * up to the end of the handshake, or disconnected, but not while it
	 * proves who it is, and not once a command was begun that may do more
	 * than read. After pauses, from 1 s on and twice as long each time, up
	 * to 30 s. At most 10.
	 */
	unsigned retries;
	double rate; /* logins begun a second, over all workers; 0: no limit */
	/* For a device whose worker died in a command that may do more than
	 * read. One in a command that only reads, as the platform's file tells
	 * or lists it to be collected, and that no reply is for, is always
	 * asked again. */
	enum nf_on_death on_worker_death;
	/* Of one device's whole session, whatever its steps may take. 0: 60 s,
	 * and longer where times that were given add up to more. */
	int64_t timeout_ms;
	struct nf_times times; /* of its steps */
	uint64_t max_output; /* bytes of an answer; 0: 256 MiB a session */
	/* Ways in for devices of which the inventory gives none; "none", and
	 * all NULL: they are connected to from here. The first counts of: */
	/* Jump hosts: [user@]host[:port], several with commas, each a device of
	 * the inventory (by its name or its host, and logged in to as that), or
	 * any other host. */
	const char *proxy_jump;
	/* A command that /bin/sh runs for each session, whose input and output
	 * are the connection, without variables named NETFAN_*. Tokens as of
	 * ssh_config(5): %h %p %r %n %% */
	const char *proxy_command;
	/* socks5://[user:password@]host[:port]: the proxy resolves the names. */
	const char *proxy;
	/* From where it connects to what the inventory has neither for; NULL:
	 * from anywhere. */
	const char *source_address, *interface;
	enum nf_channel channel; /* how commands are run */
	bool strict; /* a device that refuses a command has failed */
	const struct nf_reply *replies; /* the first that matches is given */
	size_t nreplies;
	/* To what is asked before the first prompt, and by keyboard-interactive
	 * in a field that shows what is typed: they come before those of the
	 * inventory. Question and reply alone count. */
	const struct nf_reply *login_answers;
	size_t nlogin_answers;
	/* Files of private keys, offered before a password, in place of those
	 * that the inventory names. With use_keys, ~/.ssh/id_ed25519, id_ecdsa
	 * and id_rsa, where neither names any. */
	const char *const *identities;
	size_t nidentities;
	bool use_keys;
	/* What a person answers of what is asked before the first prompt, and by
	 * keyboard-interactive: patterns, which come before all replies. Who
	 * gives some has to look at nf_poll_question() behind each step. */
	const char *const *ask;
	size_t nask;
	/* Methods of authentication in the order of trying, with commas between:
	 * of publickey, agent, password, keyboard-interactive, which is the
	 * order of ssh(1); in place of what the inventory has. NULL: that. */
	const char *auth;
	/* Offer keys of the user's agent, which SSH_AUTH_SOCK names, where the
	 * inventory does not say whether to: allow_agent. */
	bool agent;
	enum nf_host_keys host_keys;
	const char *known_hosts; /* file; NULL: ~/.ssh/known_hosts */
	/* Called inside nf_poll_step(), which it may not call; or NULL. */
	void (*on_event)(void *arg, const struct nf_event *event);
	void *event_arg;
	/* Asked while nf_poll_open() or nf_poll_free() take long over names and
	 * known_hosts: true ends that, and nf_poll_open() begins no device. May
	 * be NULL. */
	bool (*interrupted)(void *arg);
	void *interrupted_arg;
	struct nf_log log;
};

struct nf_result {
	size_t device; /* index in the inventory */
	unsigned worker; /* 1..workers; 0 when none took it up */
	unsigned attempts;
	struct nf_error error; /* code NF_OK: every command was answered */
	int64_t started_us; /* microseconds since 1970; 0: never */
	int64_t us[NF_NTIMES]; /* microseconds spent, monotonic */
	const char *platform; /* device_type, or what it proved to be */
	const char *prompt; /* as learnt, "" when none was */
	/* The prompt has the shape of none of the platform's. It was believed, as
	 * it ends as prompts do, and came again. */
	bool unknown_prompt;
	bool privileged; /* so its prompt says, where the platform has enable */
	unsigned rejected; /* commands that the device called invalid */
	const char *weak; /* weak algorithms in use, comma-separated */
	enum nf_key key; /* what became of the host key */
	const char *key_type; /* "ssh-ed25519"; "" for NF_KEY_NONE */
	const char *key_fingerprint; /* "SHA256:..."; likewise */
	struct nf_result_body *body; /* read with nf_result_read() */
};

enum nf_part_kind {
	NF_PART_COMMAND,
	NF_PART_OUTPUT,
	NF_PART_STDERR,
	NF_PART_END
};

/* A part of a result. Each command has COMMAND, any number of OUTPUT, then any
 * number of STDERR, and END. */
struct nf_part {
	enum nf_part_kind kind;
	const char *command; /* of COMMAND */
	/* Of OUTPUT and STDERR: as received, but for marks in place of secrets
	 * (nf_content); borrowed. */
	const uint8_t *bytes;
	size_t len;
	uint64_t total; /* of END: bytes of output in all, as received */
	int64_t us; /* of END: from the command sent to the prompt behind it */
	bool rejected; /* of END: the device called the command invalid */
	bool truncated; /* of END: the answer is not whole */
	bool own; /* of END: the command is one of its platform's list */
	/* Of END, if digests are made, and it is not truncated: */
	bool unchanged; /* it is known already: it had no OUTPUT */
	bool marked; /* it ends with the mark that its platform tells */
	bool blank; /* it has nothing but blanks, counted or not */
	uint8_t digest[NF_DIGEST]; /* of what counts */
	uint64_t counted; /* bytes of that */
	bool left_open; /* of END: the program ended, its output did not */
	bool ran; /* of END: as a program, in a channel of its own; then: */
	int exit_status; /* 0-255 (0 also where none is told), -1: none */
	const char *signal; /* that killed it, "" for none; borrowed */
};

struct nf_poll;

/*
 * Open a poll: read secrets of devices that will log in and of hosts on the way to
 * them (nf_inventory_secret_ways()), resolve names, read known_hosts, start the
 * workers. The inventory and every string of the options are borrowed until
 * nf_poll_free().
 *
 * With probe, each device is found out whatever its device_type says. The one
 * "command" of its result is "learn", its output YAML with comments for people:
 * what the device said, and, of one that no platform file describes, the draft
 * of a file that might, below draft_note: lines, each a comment of YAML.
 *
 * NF_INVALID for an inventory without devices, options that are out of range or
 * contradict each other, a command that is blank, has a control character, or
 * lines that have no end or no shell, a question or a pattern of content that
 * PCRE2 does not take, a key that is empty, known_hosts that cannot be read, and
 * a secret that cannot be had where the inventory is strict;
 * NF_CANCELLED when it was interrupted; NF_WORKER_DIED when no worker that looks
 * up names can live; NF_SYSTEM without memory, where the system's limits allow
 * not even one session, and for process mode beside other threads. Devices that
 * cannot be asked, as their name has no address, are no error: each has its
 * result.
 */
NF_API int nf_poll_open(struct nf_poll **out, struct nf_inventory *inv,
			const struct nf_poll_options *options,
			struct nf_error *err);

/* A descriptor that polls readable when nf_poll_step() has work to do. */
NF_API int nf_poll_fd(const struct nf_poll *poll);

/*
 * Go on with the sessions, waiting at most timeout_ms for something to happen;
 * not at all when a result is ready. NF_INVALID inside on_event of this poll;
 * NF_SYSTEM without memory for a result, or when the system cannot tell what
 * happened (epoll): such a poll can only be freed.
 */
NF_API int nf_poll_step(struct nf_poll *poll, int timeout_ms,
			struct nf_error *err);

#define NF_ANSWER_MAX 512 /* bytes of an answer, with its NUL */

/* What a device, or a jump host, asks, and a person is to answer. */
struct nf_question {
	uint64_t number; /* another for each question */
	size_t device; /* SIZE_MAX: a jump host asks */
	const char *name; /* of who asks */
	const char *text; /* one line, made harmless */
};

/*
 * What is to be answered next, of ask of struct nf_poll_options, or NULL: the
 * same until it is answered, or its session waits no more, which is at most two
 * minutes. Borrowed until then, or the next step.
 */
NF_API const struct nf_question *nf_poll_question(struct nf_poll *poll);

/*
 * Answer it by a line of text, which is passed on, logged nowhere and wiped; NULL
 * refuses, and the login fails. NF_INVALID when nothing is asked, or the text has
 * a line end or is too long: then it may be answered again.
 */
NF_API int nf_poll_answer(struct nf_poll *poll, const char *text,
			  struct nf_error *err);

/* Take a result that is ready, in order of completion, or NULL. Borrowed until
 * the next call of nf_poll_take() or nf_poll_free(). */
NF_API struct nf_result *nf_poll_take(struct nf_poll *poll);

/* Devices that were skipped (NF_SKIPPED), as what they are logged in with was
 * refused elsewhere. */
struct nf_skipped {
	const char *name; /* of the user; or the file of a key: */
	bool key; /* its passphrase is wrong */
	size_t ndevices; /* so far */
};

/* The i-th credential, from 0, that devices were skipped for; false when there is
 * no such. Users of the same name with different passwords are several. */
NF_API bool nf_poll_skipped(const struct nf_poll *poll, size_t i,
			    struct nf_skipped *out);

/* Devices whose result was not yet taken. */
NF_API size_t nf_poll_pending(const struct nf_poll *poll);

/* The most sessions in flight: as many as were asked for, as there are devices,
 * or as the system allows. */
NF_API unsigned nf_poll_fanout(const struct nf_poll *poll);

/*
 * Read the next part of a result's body. Returns 1 and fills *part (borrowed
 * until the next call), 0 at the end. NF_SYSTEM without memory, or when what
 * was kept in a temporary file cannot be read back.
 */
NF_API int nf_result_read(struct nf_result *result, struct nf_part *part,
			  struct nf_error *err);

/* Begin no more sessions: those that wait end with NF_CANCELLED, those that run
 * go on. */
NF_API void nf_poll_stop(struct nf_poll *poll);

/* Kill the workers: sessions that run end with NF_CANCELLED, too, and keep what
 * they have received. */
NF_API void nf_poll_kill(struct nf_poll *poll);

/*
 * Free the poll and every result; the sessions that run are killed. Host keys
 * that could not be written, as another program had known_hosts locked, are
 * written now, or given up after five seconds: the log tells.
 */
NF_API void nf_poll_free(struct nf_poll *poll);

#include "netfan_hostkeys.h" /* needs what stands above */
#include "netfan_store.h" /* needs what stands above */

#ifdef __cplusplus
}
#endif

#endif
