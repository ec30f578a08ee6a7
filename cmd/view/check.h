/* netfan inventory --check: all that is wrong with an inventory, at once. */
#ifndef NETFAN_CMD_VIEW_CHECK_H
#define NETFAN_CMD_VIEW_CHECK_H

struct options;

/*
 * Read the files of the options, and print each mistake of a file, each device
 * that would be skipped and each note on standard output, a line each; and how
 * many there are on standard error, unless the options are quiet. A file that is
 * wrong as a whole keeps no other from being read. Returns the exit status:
 * STATUS_OK, or STATUS_USAGE with any mistake.
 */
int check_inventory(const struct options *options);

#endif
