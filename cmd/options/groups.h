/*
 * Options that several subcommands have: a table each, which a subcommand names
 * where its --help is to show them.
 */
#ifndef NETFAN_CMD_OPTIONS_GROUPS_H
#define NETFAN_CMD_OPTIONS_GROUPS_H

#include "options/option.h"

/* inventory.c: the devices. */
extern const struct option_row inventory_options[];

/* hosts.c: hosts that are in no inventory, and what they have. */
extern const struct option_row host_options[];

/* selection.c: which of them. */
extern const struct option_row selection_options[];

/* commands.c: commands for devices, and replies when these ask back. */
extern const struct option_row command_options[];
extern const struct option_row answer_options[];

/* pool.c: workers and sessions in flight. */
extern const struct option_row pool_options[];

/* login.c: how many logins, how fast, and refused passwords; the first two
 * alone. */
extern const struct option_row login_options[];
extern const struct option_row pace_options[];

/* access.c: what is proven in a login. */
extern const struct option_row access_options[];
extern const struct option_row ask_options[];

/* session.c: channels and sizes of output; time and host keys. */
extern const struct option_row channel_options[];
extern const struct option_row session_options[];

/* ways.c: the ways to devices. */
extern const struct option_row way_options[];

/* ssh_config.c: what OpenSSH's client is told. */
extern const struct option_row ssh_config_options[];

/* times.c: how long the steps of a session may take: up to the host key, from
 * there to the first prompt, of its commands. */
extern const struct option_row connect_time_options[];
extern const struct option_row login_time_options[];
extern const struct option_row command_time_options[];

/* platforms.c: platform files. */
extern const struct option_row platform_options[];

/* output.c: the format of results; notes on standard error. */
extern const struct option_row output_options[];
extern const struct option_row report_options[];

/* general.c: --help and --version. */
extern const struct option_row general_options[];

/* The handler of --quiet, for rows that say more of it. */
option_take take_quiet;

#endif
