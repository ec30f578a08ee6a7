/* Another program, run for its whole output. */
#ifndef NETFAN_FORMS_HOSTVARS_COMMAND_H
#define NETFAN_FORMS_HOSTVARS_COMMAND_H

#include <stddef.h>

#include "netfan.h"
#include "system/program.h"

struct command {
	const char *const *argv; /* NULL at the end */
	const char *input; /* of input_len bytes; NULL: it has none */
	size_t input_len;
	size_t output_max;
	char *output; /* a NUL is behind it; for command_release() */
	size_t output_len;
	bool overflowed; /* it was given up, as it wrote more than that */
	struct program_end end;
	/* Of running. */
	bool given;
	size_t room;
};

/*
 * Run commands side by side, SECONDS each, in our environment but with a locale
 * in which Ansible works. What became of each stands in its end: what one dies
 * of is no error. NF_SYSTEM when one cannot be started (sys_errno ENOENT: there
 * is no such program).
 */
int commands_run(struct command *commands, size_t n, unsigned seconds,
		 struct nf_error *err);

/* Wipe the output and free it. */
void command_release(struct command *command);

#endif
