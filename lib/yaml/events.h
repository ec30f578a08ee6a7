/*
 * The YAML events of a file, one after the other. Refuses, with the line, what
 * is not YAML in UTF-8, and what no file of ours needs: anchors and aliases
 * (they make small files huge), tags, NUL characters, and more than 32 levels.
 */
#ifndef NETFAN_YAML_EVENTS_H
#define NETFAN_YAML_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "netfan.h"

struct events {
	yaml_parser_t parser;
	yaml_event_t event; /* the one at hand; zeroed when there is none */
	unsigned depth; /* lists and mappings that are open */
	const char *bytes; /* borrowed, as is path */
	size_t len;
	const char *path; /* for messages */
	struct nf_error *err;
	/* Scalars may be vault values or have a NUL: the caller checks. */
	bool tolerant;
};

/*
 * Start on len bytes. This and what follows returns -1 and tells in *err, which
 * is kept: NF_INVALID with the line, NF_SYSTEM without memory.
 */
int events_init(struct events *events, const char *bytes, size_t len,
		const char *path, struct nf_error *err);
void events_release(struct events *events);

/* Go to the next event. A scalar's text is good until then. */
int events_next(struct events *events);

/* From the start of a list or mapping go to its end; stay on a scalar. */
int events_over(struct events *events);

/* Line of the event at hand, from 1. */
size_t events_line(const struct events *events);

/* Text of the scalar at hand. */
const char *events_text(const struct events *events);

/* Whether the event at hand is a scalar written as null, or not at all. */
bool events_is_null(const struct events *events);

/* Whether it is a scalar that asks for a merge: <<. */
bool events_is_merge(const struct events *events);

/* Whether it is a scalar with the tag of a value that Ansible encrypted. */
bool events_is_vault(const struct events *events);

/* Whether it is a scalar with a NUL in it: its text ends there. */
bool events_has_nul(const struct events *events);

#endif
