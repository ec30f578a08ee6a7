/* Filling struct nf_error. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/wire.h"

#define NAME_OF(id, name) name,
static const char *const code_names[] = {NF_CODES(NAME_OF)};
static const char *const stage_names[] = {NF_STAGES(NAME_OF)};
static const char *const time_names[] = {NF_TIMES(NAME_OF)};
static const char *const mode_names[] = {NF_MODES(NAME_OF)};
static const char *const key_names[] = {NF_KEYS(NAME_OF)};
#undef NAME_OF

static void NF_PRINTF(4, 0)
	error_fill(struct nf_error *err, enum nf_code code, int sys_errno,
		   const char *fmt, va_list args)
{
	if (err == NULL)
		return;
	err->code = code;
	err->sys_errno = sys_errno;
	(void)vsnprintf(err->message, sizeof(err->message), fmt, args);
}

int error_set(struct nf_error *err, enum nf_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	error_fill(err, code, 0, fmt, args);
	va_end(args);
	return -1;
}

int error_sys(struct nf_error *err, enum nf_code code, const char *fmt, ...)
{
	int saved = errno;
	va_list args;
	size_t len;

	va_start(args, fmt);
	error_fill(err, code, saved, fmt, args);
	va_end(args);
	if (err != NULL) {
		len = strlen(err->message);
		(void)snprintf(err->message + len, sizeof(err->message) - len,
			       ": %s", strerror(saved));
	}
	return -1;
}

size_t error_encode(const struct nf_error *err, uint8_t bytes[ERROR_SIZE_MAX])
{
	size_t len = strlen(err->message);

	bytes[0] = (uint8_t)err->code;
	bytes[1] = (uint8_t)err->stage;
	wire_put_u32(bytes + 2, (uint32_t)err->sys_errno);
	memcpy(bytes + 6, err->message, len);
	return 6 + len;
}

int error_decode(struct nf_error *err, const uint8_t *bytes, size_t len)
{
	if (len < 6 || len > ERROR_SIZE_MAX || bytes[0] >= NF_NCODES ||
	    bytes[1] >= NF_NSTAGES)
		return -1;
	err->code = (enum nf_code)bytes[0];
	err->stage = (enum nf_stage)bytes[1];
	err->sys_errno = (int)wire_u32(bytes + 2);
	memcpy(err->message, bytes + 6, len - 6);
	err->message[len - 6] = '\0';
	return 0;
}

const char *nf_code_name(enum nf_code code)
{
	return (unsigned)code < NF_NCODES ? code_names[code] : "system";
}

const char *nf_stage_name(enum nf_stage stage)
{
	return (unsigned)stage < NF_NSTAGES ? stage_names[stage] : "";
}

const char *nf_key_name(enum nf_key key)
{
	return (unsigned)key < NF_NKEYS ? key_names[key] : "";
}

const char *nf_time_name(enum nf_time part)
{
	return (unsigned)part < NF_NTIMES ? time_names[part] : "";
}

const char *nf_mode_name(enum nf_mode mode)
{
	return (unsigned)mode < NF_NMODES ? mode_names[mode] : "";
}
