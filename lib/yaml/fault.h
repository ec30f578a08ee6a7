/* Faults: messages that tell where a file is wrong, "FILE:LINE: ...". */
#ifndef NETFAN_YAML_FAULT_H
#define NETFAN_YAML_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "netfan.h"

#define LABEL_MAX 96

/*
 * Set *err to NF_INVALID, "PATH:LINE: what", with control characters made
 * harmless. Without a path, of what comes from memory, "what". Returns -1.
 */
int fault(struct nf_error *err, const char *path, size_t line, const char *fmt,
	  ...) NF_PRINTF(4, 5);

/* Set *err to NF_SYSTEM, as memory is short. Returns -1. */
int fault_memory(struct nf_error *err, const char *path);

/*
 * The length of the part of text that a message shows, for "%.*s": at most 64
 * bytes, and no character cut in two.
 */
int fault_shown(const char *text);

/*
 * Label a device for messages: by its name, else its address, else its place in
 * the list, counted from 1. Texts may be NULL or empty.
 */
void fault_label(char label[LABEL_MAX], const char *name, const char *address,
		 size_t ordinal);

/* Whether text holds a control character (of Unicode: C0, DEL, C1). */
bool fault_has_control(const char *text);

#endif
