/* The versions of netfan and its libraries. */
#ifndef NETFAN_CMD_VERSION_H
#define NETFAN_CMD_VERSION_H

/* Print them on standard output. */
void version_print(void);

#endif
