/*
 * Arguments of netmiko's ConnectHandler, as files of other tools have them:
 * beside a device, or among the extras of a connection. What is no argument is
 * data: in such files nothing costs more than itself.
 */
#ifndef NETFAN_FORMS_NETMIKO_ARGUMENTS_H
#define NETFAN_FORMS_NETMIKO_ARGUMENTS_H

#include <stdbool.h>

#include "base/textmap.h"
#include "draft/key.h"
#include "forms/tally.h"
#include "yaml/tree.h"

struct reading;

/* What is known of the names in a file. Zeroed, it is empty and ready. */
struct arguments {
	struct textmap names; /* of data, that were looked at; borrowed texts */
	struct tally slips; /* of those that are nearly a key */
};

/*
 * Say all of a mapping: the last counts of a key that is there twice. Returns
 * the key of a value that netmiko has encrypted ("__encrypt__..."), NKEYS: there
 * is none.
 */
enum key arguments_say(struct arguments *arguments, struct reading *reading,
		       const struct node *map);

/* Say a value of data, and note a name that is nearly a key. */
void arguments_say_data(struct arguments *arguments, struct reading *reading,
			const struct node *name, const struct node *value);

/* Tell the slips, and release. */
void arguments_end(struct arguments *arguments, struct reading *reading);

#endif
