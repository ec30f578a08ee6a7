/* The subcommands of netfan. */
#ifndef NETFAN_CMD_COMMAND_H
#define NETFAN_CMD_COMMAND_H

/* Exit statuses; 128 and the signal's number when one ended the run. */
enum status {
	STATUS_OK = 0, /* every device answered */
	STATUS_SOME = 1, /* some device failed */
	STATUS_USAGE = 2, /* usage, inventory or environment */
	STATUS_ALL = 3, /* every device failed */
	STATUS_STOPPED = 4, /* a password was refused: others were skipped */
	STATUS_OUTPUT = 5, /* results could not be written */
	STATUS_SIGNAL = 128, /* and the signal */
};

/* argv[0] is the subcommand's own name; returns the exit status. */
int command_poll(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_check(int argc, char **argv);
int command_platforms(int argc, char **argv);

#endif
