/* An inventory as netfan inventory shows it: what all of its ways share. */
#ifndef NETFAN_CMD_VIEW_VIEW_H
#define NETFAN_CMD_VIEW_VIEW_H

#include <stdbool.h>

#include "netfan.h"

struct view {
	const struct nf_inventory *inv; /* the devices that were selected */
	bool part; /* not all were */
	bool secrets; /* passwords and the like are shown */
	bool quiet; /* no notes */
};

/*
 * Print on standard output, whose errors are those of the end of the program: a
 * table of the devices; all values of each; groups as a tree. Texts of files are
 * made harmless. 0, or -1 as it was told.
 */
int view_list(const struct view *view);
int view_details(const struct view *view);
int view_graph(const struct view *view);

#endif
