/* The environment of programs that a user's own files name. */
#ifndef NETFAN_SYSTEM_ENVIRONMENT_H
#define NETFAN_SYSTEM_ENVIRONMENT_H

/* Our own, without the variables of netfan's, which may hold secrets; its texts
 * are the process's, itself is to be freed. NULL without memory. */
const char **environment_make(void);

#endif
