/* A platform's patterns, compiled once before any fork. */
#ifndef NETFAN_SESSION_PATTERNS_H
#define NETFAN_SESSION_PATTERNS_H

#include "netfan.h"
#include "platform/platform.h"

struct patterns;

/* NF_INVALID names the platform, the pattern and what is wrong with it. */
int patterns_new(struct patterns **out, const struct platform *platform,
		 struct nf_error *err);
void patterns_free(struct patterns *patterns);

/* The same patterns for another thread: each matches one line at a time. They
 * are borrowed from of, which has to outlive them. NF_SYSTEM. */
int patterns_share(struct patterns **out, const struct patterns *of,
		   struct nf_error *err);

const struct platform *patterns_platform(const struct patterns *patterns);

/* Longest line that can be a prompt of any kind. */
#define PATTERNS_LINE_MAX 512

/* Does the whole unfinished line look like one of these? */
bool patterns_prompt(const struct patterns *p, const uint8_t *line, size_t len);
bool patterns_user(const struct patterns *p, const uint8_t *line, size_t len);
bool patterns_password(const struct patterns *p, const uint8_t *line,
		       size_t len);
bool patterns_pager(const struct patterns *p, const uint8_t *line, size_t len);

/* Does a line of an answer say that the command was refused? */
bool patterns_error(const struct patterns *p, const uint8_t *line, size_t len);

/*
 * Length of the part of a prompt that is the same in every mode ("R1" of
 * "R1(config)#"), or len when the platform's prompts have no such part.
 */
size_t patterns_base(const struct patterns *p, const uint8_t *line, size_t len);

/* Is line what follows the base of a prompt, to its end ("(config)#")? */
bool patterns_mode(const struct patterns *p, const uint8_t *line, size_t len);

#endif
