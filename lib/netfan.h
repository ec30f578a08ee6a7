/*
 * netfan: ask a whole network a question and get every answer back.
 *
 * The one public header. The library prints nothing, never exits, installs no
 * signal handler and changes no limit, umask, locale or directory. A poll
 * belongs to one thread, which must be the only one when it is opened: worker
 * processes are forked there.
 */
#ifndef NETFAN_H
#define NETFAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NF_VERSION "0.1.0"

#if defined(__GNUC__)
#define NF_API __attribute__((visibility("default")))
#define NF_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define NF_API
#define NF_PRINTF(fmt, args)
#endif

/* What went wrong: the names are the error codes of the output formats. */
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
	X(NF_OUTPUT_TOO_LARGE, "output_too_large")                             \
	X(NF_WORKER_DIED, "worker_died")                                       \
	X(NF_CANCELLED, "cancelled")                                           \
	X(NF_SYSTEM, "system")                                                 \
	X(NF_INVALID, "invalid")

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

#define NF_ENUM(id, name) id,
enum nf_code { NF_CODES(NF_ENUM) NF_NCODES };
enum nf_stage { NF_STAGES(NF_ENUM) NF_NSTAGES };
enum nf_time { NF_TIMES(NF_ENUM) NF_NTIMES };
#undef NF_ENUM

/* The name of a code, stage or time as the output formats spell it. */
NF_API const char *nf_code_name(enum nf_code code);
NF_API const char *nf_stage_name(enum nf_stage stage);
NF_API const char *nf_time_name(enum nf_time part);

/* netfan's version and those of the libraries in use, a line each. */
NF_API void nf_version_text(char *out, size_t size);

struct nf_error {
	enum nf_code code; /* what a caller acts on */
	enum nf_stage stage; /* of a session's error, else 0 */
	int sys_errno; /* errno at the failing call, else 0 */
	char message[512]; /* one line, no newline, never a secret */
};

/* Lines for a person: notes and warnings, without newline. May be NULL. */
struct nf_log {
	void (*line)(void *arg, const char *text);
	void *arg;
};

/* ---- inventory ---- */

struct nf_inventory;

struct nf_device {
	const char *name; /* unique in its inventory */
	const char *host; /* address or name to connect to */
	const char *platform; /* device_type of the inventory */
	const char *username;
	uint16_t port;
};

/*
 * Read an inventory: a YAML list of devices, or a mapping with one key (such
 * as "routers") that holds such a list. Keys are netmiko's ConnectHandler
 * arguments. Fails with NF_INVALID and a message that names file, line, device
 * and key. Keys without a meaning here are noted once each through log.
 */
NF_API int nf_inventory_load(struct nf_inventory **out, const char *path,
			     const struct nf_log *log, struct nf_error *err);
NF_API void nf_inventory_free(struct nf_inventory *inv);
NF_API size_t nf_inventory_size(const struct nf_inventory *inv);

/* Device i, 0 <= i < nf_inventory_size(); lives as long as the inventory. */
NF_API const struct nf_device *
nf_inventory_device(const struct nf_inventory *inv, size_t i);

/* ---- poll: run commands on every device of an inventory ---- */

enum nf_host_keys {
	NF_HOST_KEYS_ACCEPT_NEW, /* learn unknown keys, refuse changed ones */
	NF_HOST_KEYS_STRICT, /* refuse unknown and changed keys */
	NF_HOST_KEYS_OFF, /* check nothing, learn nothing */
};

enum nf_event_kind {
	NF_EVENT_STARTED, /* a worker took up the device */
	NF_EVENT_ENDED, /* its result is ready */
};

struct nf_event {
	enum nf_event_kind kind;
	size_t device; /* index in the inventory */
	unsigned worker; /* 1..workers */
	int64_t when_us; /* microseconds since 1970 */
	const struct nf_error *error; /* of NF_EVENT_ENDED; code may be NF_OK */
};

struct nf_poll_options {
	const char *const *commands; /* run in this order, in one session */
	size_t ncommands;
	unsigned workers; /* processes; 0: one a core */
	unsigned fanout; /* sessions in flight in all; 0: 500 */
	int64_t timeout_ms; /* of one device's whole session; 0: 60 s */
	enum nf_host_keys host_keys;
	const char *known_hosts; /* file; NULL: ~/.ssh/known_hosts */
	void (*on_event)(void *arg, const struct nf_event *event); /* or NULL */
	void *event_arg;
	struct nf_log log;
};

struct nf_result {
	size_t device; /* index in the inventory */
	unsigned worker; /* 1..workers; 0 when none took it up */
	unsigned attempts;
	struct nf_error error; /* code NF_OK: every command was answered */
	int64_t started_us; /* microseconds since 1970; 0: never */
	int64_t us[NF_NTIMES]; /* microseconds spent, monotonic */
	const char *prompt; /* as learnt, "" when none was */
	const char *weak; /* weak algorithms in use, comma-separated */
	struct nf_result_body *body; /* read with nf_result_read() */
};

enum nf_part_kind { NF_PART_COMMAND, NF_PART_OUTPUT, NF_PART_END };

/* A piece of a result: COMMAND, any number of OUTPUT, END, for each command. */
struct nf_part {
	enum nf_part_kind kind;
	const char *command; /* of COMMAND */
	const uint8_t *bytes; /* of OUTPUT: as received, borrowed */
	size_t len;
	uint64_t total; /* of END: bytes of output in all */
	int64_t us; /* of END: from the command sent to its answer whole */
	bool rejected; /* of END: the device called the command invalid */
	bool truncated; /* of END: the answer is not whole */
};

struct nf_poll;

/*
 * Open a poll: resolve names, read known_hosts, fork the workers. The inventory
 * and every string of the options are borrowed until nf_poll_free().
 */
NF_API int nf_poll_open(struct nf_poll **out, const struct nf_inventory *inv,
			const struct nf_poll_options *options,
			struct nf_error *err);

/* A descriptor that polls readable when nf_poll_step() has work to do. */
NF_API int nf_poll_fd(const struct nf_poll *poll);

/*
 * Do what can be done within timeout_ms (0: do not wait, -1: no limit), until a
 * result is ready. Returns 0, or -1 when the poll itself is broken.
 */
NF_API int nf_poll_step(struct nf_poll *poll, int timeout_ms,
			struct nf_error *err);

/*
 * Take a result that is ready, in order of completion, or NULL. Borrowed until
 * the next call of nf_poll_take() or nf_poll_free().
 */
NF_API struct nf_result *nf_poll_take(struct nf_poll *poll);

/* Devices whose result was not yet taken. */
NF_API size_t nf_poll_pending(const struct nf_poll *poll);

/*
 * Read the next part of a result's body. Returns 1 and fills *part (borrowed
 * until the next call), 0 at the end, -1 when the body cannot be read.
 */
NF_API int nf_result_read(struct nf_result *result, struct nf_part *part,
			  struct nf_error *err);

/* Start nothing new; what waits ends as cancelled, what runs goes on. */
NF_API void nf_poll_stop(struct nf_poll *poll);

/* Kill the workers; what runs ends as cancelled, keeping what it received. */
NF_API void nf_poll_kill(struct nf_poll *poll);

NF_API void nf_poll_free(struct nf_poll *poll);

#endif
