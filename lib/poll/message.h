/*
 * Messages: what a session's task says inside DATA frames. Each is a byte of
 * type, a u32 length and that many bytes, so that messages kept one after the
 * other can be told apart again.
 */
#ifndef NETFAN_POLL_MESSAGE_H
#define NETFAN_POLL_MESSAGE_H

#include "netfan.h"
#include "platform/patterns.h"
#include "transport/ssh/ssh.h"
#include "worker/worker.h"

#define MESSAGE_HEADER 5u

/* Longest body; a whole message fits into a frame. */
#define MESSAGE_MAX 65000u

enum message_type {
	MESSAGE_COMMAND = 1, /* command n is about to be sent */
	MESSAGE_OUTPUT, /* a piece of its answer */
	MESSAGE_STDERR, /* behind it: a piece of its standard error */
	MESSAGE_END, /* the end of its answer */
	MESSAGE_HOSTKEY, /* a key that was not known */
	MESSAGE_PROMPT, /* the prompt, in case that the session cannot end */
	MESSAGE_ASK, /* may the password be offered? The permit answers */
	MESSAGE_RESULT, /* how the session went */
};

struct message {
	enum message_type type;
	union {
		struct {
			uint32_t number; /* among the poll's */
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
			char signal[32];
		} end;
		struct {
			char type[32];
			const uint8_t *key; /* borrowed */
			size_t len;
		} hostkey;
		char prompt[PATTERNS_LINE_MAX + 1];
		struct {
			struct nf_error error;
			int64_t us[NF_NTIMES];
			uint32_t platform; /* its place in the plan */
			char prompt[PATTERNS_LINE_MAX + 1];
			char weak[SSH_WEAK_MAX];
		} result;
	};
};

/* Send a message: waits and fails as task_io_send(). */
int message_send(struct nf_task_io *out, const struct message *message,
		 int64_t *waited_ms);

/* Read a header: the type and length of the body. -1 when it is none. */
int message_header(const uint8_t header[MESSAGE_HEADER],
		   enum message_type *type, size_t *len);

/* Read a whole message. -1 with nothing in *message when it is malformed. */
int message_decode(struct message *message, const uint8_t *bytes, size_t len);

/* The same of a body whose header was read. */
int message_decode_body(struct message *message, enum message_type type,
			const uint8_t *body, size_t len);

#endif
