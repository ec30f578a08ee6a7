/* Telling that nothing is what was asked for, what is near it, and what there is. */
#ifndef NETFAN_SELECT_LACK_H
#define NETFAN_SELECT_LACK_H

#include "select/meaning.h"

/*
 * Set *err to NF_INVALID for a term: "'TEXT' " and what of it is wrong, the
 * nearest name or group, and a few of those that there are. Returns -1. Takes time
 * by the number of devices.
 */
int lack_tell(const struct selecting *selecting, const struct term *term,
	      const char *what);

#endif
