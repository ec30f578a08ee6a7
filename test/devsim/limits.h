/* How long a simulated device bears with a client. */
#ifndef NETFAN_DEVSIM_LIMITS_H
#define NETFAN_DEVSIM_LIMITS_H

#include <stdint.h>

#define LOGIN_LIMIT_MS INT64_C(120000) /* from connecting to a shell */
#define IDLE_LIMIT_MS INT64_C(600000) /* without a byte taken or given */
#define GOODBYE_LIMIT_MS INT64_C(120000) /* for the client to close as well */

#endif
