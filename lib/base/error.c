/* Filling struct nf_error. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_OF(id, name) name,
static const char *const code_names[] = {NF_CODES(NAME_OF)};
static const char *const stage_names[] = {NF_STAGES(NAME_OF)};
static const char *const time_names[] = {NF_TIMES(NAME_OF)};
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

const char *nf_code_name(enum nf_code code)
{
	return (unsigned)code < NF_NCODES ? code_names[code] : "system";
}

const char *nf_stage_name(enum nf_stage stage)
{
	return (unsigned)stage < NF_NSTAGES ? stage_names[stage] : "";
}

const char *nf_time_name(enum nf_time part)
{
	return (unsigned)part < NF_NTIMES ? time_names[part] : "";
}
