/* Plain clocks: for durations, and for the time that a person is told. */
#ifndef NETFAN_BASE_CLOCK_H
#define NETFAN_BASE_CLOCK_H

#include <stdint.h>

int64_t mono_us(void); /* monotonic microseconds: CLOCK_MONOTONIC */
int64_t real_us(void); /* microseconds since 1970: CLOCK_REALTIME */

#endif
