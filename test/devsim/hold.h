/* Commands that wait for the test that watches them, instead of for a time. */
#ifndef NETFAN_DEVSIM_HOLD_H
#define NETFAN_DEVSIM_HOLD_H

/*
 * Add a byte to the file at path, so that its size tells how many commands
 * came, and wait on this fiber as long as it is there. Without one nothing is
 * held.
 */
void hold_command(const char *path);

#endif
