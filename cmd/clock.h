/* The clocks of commands. */
#ifndef NETFAN_CMD_CLOCK_H
#define NETFAN_CMD_CLOCK_H

#include <stdint.h>

/* Milliseconds that only ever grow, for what is waited for and measured. */
int64_t clock_ms(void);

/* Microseconds since 1970. */
int64_t clock_real_us(void);

#endif
