/* Random numbers that can be repeated. */
#ifndef NETFAN_TEST_DICE_H
#define NETFAN_TEST_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* The next number: splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t dice_next(struct dice *dice)
{
	uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* One of 0 to n - 1; of no number, 0. */
static inline unsigned dice_below(struct dice *dice, unsigned n)
{
	uint64_t next = dice_next(dice);

	return n > 0 ? (unsigned)(next % n) : 0;
}

/* Once in n times. */
static inline bool dice_once_in(struct dice *dice, unsigned n)
{
	return dice_below(dice, n) == 0;
}

/* Milliseconds up to max: each order of magnitude as likely as another. */
static inline int64_t dice_ms(struct dice *dice, int64_t max)
{
	int64_t ms = 1 << dice_below(dice, 15);

	ms += (int64_t)dice_below(dice, (unsigned)ms);
	return ms < max ? ms : max;
}

#endif
