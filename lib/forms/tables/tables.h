/* Forms with a device a line: tables, lists of hosts, /etc/hosts. */
#ifndef NETFAN_FORMS_TABLES_TABLES_H
#define NETFAN_FORMS_TABLES_TABLES_H

#include <stdbool.h>

struct reading;

/*
 * A table with a header: what spreadsheets save as CSV. What is between fields
 * (',', ';' or a tab) is seen in the header, whose words are taken without
 * regard to case, blanks, '-' and '_'. Columns that mean nothing here are data.
 *
 * NF_INVALID for a header without a column of addresses, with a column that is
 * nearly one of passwords, and for a table without rows. A row that cannot be
 * taken apart is a device that cannot be asked.
 */
int csv_read(struct reading *reading);

/* Does the first line look like the header of such a table? */
bool csv_has_header(const struct reading *reading);

/*
 * A host a line: [USER@]HOST[:PORT], or HOST[:PORT] USER as pssh has it; an IPv6
 * address is in brackets where a port follows. A HOST with ranges is many:
 * sw[01-24]. What follows a '#' is a comment. A host that was there is noted.
 *
 * NF_INVALID when nothing is in it.
 */
int list_read(struct reading *reading);

/*
 * /etc/hosts: an address, its name, and others, which are data ("aliases").
 * Lines of this host itself, of groups of hosts and of no host are left out. A
 * name that comes again has its first address.
 *
 * NF_INVALID when no host is in it.
 */
int etc_hosts_read(struct reading *reading);

#endif
