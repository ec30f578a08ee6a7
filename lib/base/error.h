/* Filling struct nf_error, the one error type of library and interface. */
#ifndef NETFAN_BASE_ERROR_H
#define NETFAN_BASE_ERROR_H

#include "netfan.h"

/*
 * Set *err (may be NULL) and return -1, so that a refusal is one line. Keeps
 * the stage that *err had: it is set where the session's steps are known.
 */
int error_set(struct nf_error *err, enum nf_code code, const char *fmt, ...)
	NF_PRINTF(3, 4);

/* Set *err for a failed system call: the message ends with errno's text. */
int error_sys(struct nf_error *err, enum nf_code code, const char *fmt, ...)
	NF_PRINTF(3, 4);

/*
 * An error as it crosses a pipe: u8 code, u8 stage, u32 errno big-endian, then
 * the message without its NUL. Returns the length.
 */
#define ERROR_SIZE_MAX (6 + sizeof(((struct nf_error *)0)->message) - 1)
size_t error_encode(const struct nf_error *err, uint8_t bytes[ERROR_SIZE_MAX]);

/* Read such bytes back: 0, or -1 when they are no error. */
int error_decode(struct nf_error *err, const uint8_t *bytes, size_t len);

#endif
