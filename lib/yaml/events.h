/*
 * The YAML events of a file, one after the other. Bytes that are not YAML in
 * UTF-8 are refused with their line, and so are constructs that no file of ours
 * needs: anchors and aliases (they make small files huge), tags, NUL
 * characters, and more than 32 levels.
 */
#ifndef NETFAN_YAML_EVENTS_H
#define NETFAN_YAML_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "netfan.h"

struct events {
	yaml_parser_t parser;
	yaml_event_t event; /* the current event; zeroed when there is none */
	unsigned depth; /* lists and mappings that are open */
	const char *bytes; /* borrowed, as is path */
	size_t len;
	const char *path; /* for messages */
	struct nf_error *err;
	/* Anchors, aliases, tags and NUL characters are for the caller. */
	bool marks;
};

/*
 * Start on len bytes. This function, events_next() and events_over() return -1
 * and fill *err, which is kept: NF_INVALID with the line, NF_SYSTEM without
 * memory.
 */
int events_init(struct events *events, const char *bytes, size_t len,
		const char *path, struct nf_error *err);
void events_release(struct events *events);

/* Go to the next event. A scalar's text is good until then. */
int events_next(struct events *events);

/* From the start of a list or mapping go to its end; stay on a scalar and an
 * alias. */
int events_over(struct events *events);

/* Line of the current event, from 1. */
size_t events_line(const struct events *events);

/* Text of the current event, a scalar. */
const char *events_text(const struct events *events);

/* Whether the current event is a scalar written as null, or left empty. */
bool events_is_null(const struct events *events);

/* Whether the current event is the key of a merge: <<. */
bool events_is_merge(const struct events *events);

/* Whether the current event is a scalar with the tag of Ansible's vault. */
bool events_is_vault(const struct events *events);

/* Whether the current event is a scalar with a NUL, where its text ends. */
bool events_has_nul(const struct events *events);

#endif
