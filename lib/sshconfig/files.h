/*
 * The files of ssh_config(5), read just far enough to know which hosts they say
 * the same of, so that ssh is asked once for all of these; and to see commands in
 * files that others may write.
 */
#ifndef NETFAN_SSHCONFIG_FILES_H
#define NETFAN_SSHCONFIG_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strings.h"
#include "netfan.h"

#define FILES_MAX 256 /* with those that are included */
#define FILES_SIZE_MAX ((size_t)4 * 1024 * 1024) /* bytes of one */

struct files {
	const char **hosts; /* patterns of the Host lines, words with blanks */
	size_t nhosts;
	const char **hostnames; /* values of the HostName lines */
	size_t nhostnames;
	/* Something stands in them that may say another thing of each host: a
	 * Match, a HostName with a token. */
	bool each;
	struct strings texts;
	unsigned nread;
};

/*
 * Read a file and those that it includes; NULL: the user's and the system's, as
 * far as there are any. NF_INVALID for one that cannot be read, that holds a
 * command where others may write it, and for too many; NF_SYSTEM.
 */
int files_read(struct files *files, const char *path, struct nf_error *err);
void files_release(struct files *files);

/* Is this what a HostName line says? Then an answer with that name does not tell
 * whether one did. */
bool files_name(const struct files *files, const char *host);

/*
 * Group n hosts: those in one group match the same Host lines. group[i] is that
 * of hosts[i], from 0; how many there are goes to *ngroups. NF_SYSTEM.
 */
int files_group(const struct files *files, const char *const *hosts, size_t n,
		uint32_t *group, size_t *ngroups, struct nf_error *err);

#endif
