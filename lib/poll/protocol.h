/*
 * The protocol of a session: what its task says to the parent, as messages
 * inside DATA frames, and in which order. One grammar for all who deal with
 * it: tasks say messages, the parent judges each as it comes, and keeps some in
 * the result's spool, from which they are read again.
 *
 *   state       message                   next state
 *   BEGINNING   HOSTKEY, PROMPT, ASK,     BEGINNING
 *               PROXIED, REQUEST
 *   BEGINNING   COMMAND                   OUTPUT
 *   OUTPUT      OUTPUT, AHEAD             OUTPUT
 *   OUTPUT      STDERR                    STDERR
 *   STDERR      STDERR                    STDERR
 *   OUTPUT      END                       BETWEEN
 *   STDERR      END                       BETWEEN
 *   BETWEEN     COMMAND                   OUTPUT
 *   BEGINNING   RESULT                    OVER
 *   BETWEEN     RESULT                    OVER
 *
 * Commands come in their order, each once: as many as the platform has that
 * COMMAND names, which stays the same to the end. No OUTPUT or STDERR is empty. An
 * output may stay open until the device takes up the next command: AHEAD says
 * before END that this one is sent now, and COMMAND behind END that its output
 * begins.
 *
 * Where digests are made (nf_content), each END has what the output came to, and
 * one that says that it is known already comes behind no OUTPUT.
 *
 * A message is a byte of type, a u32 length and that many bytes of body, so
 * that messages kept one after the other can be told apart again.
 */
#ifndef NETFAN_POLL_PROTOCOL_H
#define NETFAN_POLL_PROTOCOL_H

#include "base/passed.h"
#include "netfan.h"
#include "platform/patterns.h"
#include "poll/plan/offers.h"
#include "session/hostcheck.h"
#include "transport/ssh/ssh.h"
#include "worker/spool.h"
#include "worker/worker.h"

struct plan;

#define MESSAGE_HEADER 5u

/* Longest body; a whole message fits into a frame. */
#define MESSAGE_MAX 65000u

/* Bytes of output of all the commands of a session together. */
#define PROTOCOL_OUTPUT_MAX ((uint64_t)256 * 1024 * 1024)

enum message_type {
	MESSAGE_COMMAND = 1, /* a command is about to be sent */
	MESSAGE_OUTPUT, /* a piece of its output */
	MESSAGE_STDERR, /* a piece of its standard error */
	MESSAGE_END, /* the command has ended */
	MESSAGE_HOSTKEY, /* a host key that was not known */
	MESSAGE_PROMPT, /* the prompt, in case that the session cannot end */
	MESSAGE_ASK, /* may a password be offered? The permit answers */
	MESSAGE_REQUEST, /* something that the parent is to pass; it waits */
	MESSAGE_AHEAD, /* the next command is about to be sent, too */
	MESSAGE_RESULT, /* how the session went */
	MESSAGE_PROXIED, /* the proxy has accepted its password */
};

/* Of END: what an output came to. All but received is 0 when it is not whole. */
struct message_content {
	bool made; /* digests are made: it is there */
	uint64_t received; /* bytes as they came */
	bool unchanged; /* it is known already, and was not said */
	bool marked;
	bool blank;
	uint8_t digest[NF_DIGEST];
	uint64_t counted; /* bytes that made the digest */
};

struct message {
	enum message_type type;
	union {
		struct {
			uint32_t number; /* among the platform's */
			uint32_t platform; /* as of RESULT: it is known now */
		} command;
		struct {
			const uint8_t *bytes; /* borrowed */
			size_t len;
		} output; /* of STDERR, too */
		struct {
			int64_t us;
			bool rejected;
			bool truncated;
			bool ran; /* as a program, which has a status */
			int32_t status; /* 0-255, or -1 */
			char signal[SSH_SIGNAL_MAX];
			bool left_open;
			struct message_content content;
		} end;
		struct {
			char type[32];
			const uint8_t *key; /* borrowed */
			size_t len;
		} hostkey;
		char prompt[PATTERNS_LINE_MAX + 1];
		struct {
			enum offer offer; /* the device's, or its proxy's */
		} ask;
		struct {
			uint32_t number; /* 1, 2, ... of this session */
			enum request_kind kind;
			char text[REQUEST_TEXT_MAX];
		} request;
		struct {
			struct nf_error error;
			int64_t us[NF_NTIMES];
			uint32_t platform; /* its place in the plan */
			bool unknown_prompt; /* none of the platform's */
			bool privileged; /* so it says */
			char prompt[PATTERNS_LINE_MAX + 1];
			char weak[SSH_WEAK_MAX];
			struct hostcheck_key key;
		} result;
	};
};

/* ---- said, by a task */

/* Send a message: waits and fails as task_io_send(). */
int message_send(struct nf_task_io *out, const struct message *message,
		 int64_t *waited_ms);

/* ---- judged, by the parent */

/* Read a whole message. -1 with nothing in *message when it is malformed. */
int message_decode(struct message *message, const uint8_t *bytes, size_t len);

enum protocol_state {
	PROTOCOL_BEGINNING, /* no command was announced yet */
	PROTOCOL_OUTPUT, /* a command's output comes */
	PROTOCOL_STDERR, /* its standard error comes: all of it is behind */
	PROTOCOL_BETWEEN, /* a command has ended */
	PROTOCOL_OVER, /* the result was said */
};

/* Zeroed but for the plan, it stands at the beginning. */
struct protocol {
	const struct plan *plan; /* tells which commands there are; borrowed */
	enum protocol_state state;
	uint32_t platform; /* that the device proved to be, as of COMMAND */
	uint32_t next_command;
	uint32_t sent; /* commands that may have reached the device */
	bool said; /* a piece of this command's output was */
	uint64_t output; /* bytes of all commands so far */
	size_t errors; /* bytes of this command's standard error */
};

/* Go on by a message. -1, and the state as it was, when the message may not
 * come here, or says more bytes than there may be. */
int protocol_accept(struct protocol *protocol, const struct message *message);

/* ---- read, by the caller of nf_result_read() */

struct nf_result_body {
	struct spool spool; /* COMMAND, OUTPUT, STDERR and END messages */
	struct protocol protocol;
	uint64_t total; /* bytes of the output being read */
	char signal[SSH_SIGNAL_MAX]; /* of the last END */
	uint8_t *bytes; /* the message being read */
};

/* Take a spool over; the other is left empty. The plan is borrowed. */
void body_init(struct nf_result_body *body, struct spool *spool,
	       const struct plan *plan);
void body_release(struct nf_result_body *body);

#endif
