/* A result's body: the commands and answers kept in a spool. */
#ifndef NETFAN_POLL_BODY_H
#define NETFAN_POLL_BODY_H

#include "poll/message.h"
#include "worker/spool.h"

struct nf_result_body {
	struct spool spool;
	const char *const *commands; /* borrowed: of the poll's options */
	size_t ncommands;
	uint64_t total; /* bytes of the answer being read */
	bool inside; /* between COMMAND and END */
	char signal[32]; /* of the last END */
	uint8_t *bytes; /* the message being read */
};

/* Take a spool over; the other is left empty. */
void body_init(struct nf_result_body *body, struct spool *spool,
	       const struct nf_poll_options *options);
void body_release(struct nf_result_body *body);

#endif
