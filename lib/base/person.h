/* The person who runs the program. */
#ifndef NETFAN_BASE_PERSON_H
#define NETFAN_BASE_PERSON_H

#include <stdbool.h>

#define PERSON_MAX 256 /* room for a name */

/* Find the user name: $USER, $LOGNAME, the password database. False when none of
 * them has one that can be meant. */
bool person_name(char name[PERSON_MAX]);

#endif
