/* Saying where a file is wrong: FILE:LINE: what, or device 'NAME': what. */
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

/* Memory is short: NF_SYSTEM, and -1. */
int fault_memory(struct nf_error *err, const char *path);

/*
 * How much of text a message shows, for "%.*s": at most 64 bytes, and no
 * character cut in two.
 */
int fault_shown(const char *text);

/*
 * What a message calls the device: its name, else its address, else its place
 * in the list, counted from 1. Texts may be NULL or empty.
 */
void fault_label(char label[LABEL_MAX], const char *name, const char *address,
		 size_t ordinal);

/* Whether text holds a control character (of Unicode: C0, DEL, C1). */
bool fault_has_control(const char *text);

#endif
