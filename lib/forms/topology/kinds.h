/* Kinds of containerlab's nodes. */
#ifndef NETFAN_FORMS_TOPOLOGY_KINDS_H
#define NETFAN_FORMS_TOPOLOGY_KINDS_H

struct kind {
	const char *platform; /* NULL: it has no command line of its own */
	const char *username, *password; /* that its image has; NULL: none */
};

/* The kind of a name, NULL: it is none that is known. */
const struct kind *kind_find(const char *name);

#endif
