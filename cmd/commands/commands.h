/* The subcommands of netfan: a row each. */
#ifndef NETFAN_CMD_COMMANDS_COMMANDS_H
#define NETFAN_CMD_COMMANDS_COMMANDS_H

#include "options/subcommand.h"

/* Rows in the order of netfan --help: X(name) has a struct subcommand_name. */
#define SUBCOMMANDS(X)                                                         \
	X(poll)                                                                \
	X(check)                                                               \
	X(hostkeys)                                                            \
	X(inventory)                                                           \
	X(collect)                                                             \
	X(history)                                                             \
	X(diff)                                                                \
	X(show)                                                                \
	X(stale)                                                               \
	X(bench)                                                               \
	X(platforms)

#define SUBCOMMAND_DECLARE(name)                                               \
	extern const struct subcommand subcommand_##name;
SUBCOMMANDS(SUBCOMMAND_DECLARE)
#undef SUBCOMMAND_DECLARE

#endif
