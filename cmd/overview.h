/* What check found, as a table in the order of the inventory. */
#ifndef NETFAN_CMD_OVERVIEW_H
#define NETFAN_CMD_OVERVIEW_H

#include "netfan.h"
#include "format/output.h"

struct overview;

/* NULL when memory is short. */
struct overview *overview_new(void);
void overview_free(struct overview *overview); /* NULL is fine */

/* Keep a result, which comes in any order: 0, or -1 when memory is short. */
int overview_add(struct overview *overview, const struct nf_device *dev,
		 const struct nf_result *result);

size_t overview_size(const struct overview *overview);

/*
 * Print the table, no wider than so many columns (FOLD_NEVER: a row a line).
 * The parts of the time are columns where they have room, else they stand below
 * their row, as reasons and weak algorithms do. -1 when memory is short.
 */
int overview_print(struct overview *overview, struct output *out,
		   unsigned columns);

#endif
