/* A platform's patterns, compiled once before any fork. */
#ifndef NETFAN_PLATFORM_PATTERNS_H
#define NETFAN_PLATFORM_PATTERNS_H

#include "netfan.h"
#include "platform/announcements.h"
#include "platform/platform.h"

struct patterns;

/*
 * Compile the patterns of a platform, which is borrowed. NF_INVALID with a
 * message that names the platform, the pattern and what is wrong with it, which
 * *at_fault (may be NULL) then points to; NF_SYSTEM without memory.
 */
int patterns_new(struct patterns **out, const struct platform *platform,
		 const char **at_fault, struct nf_error *err);
void patterns_free(struct patterns *patterns);

/*
 * Check all patterns of a platform, with the codes of patterns_new(): those that
 * others compile, of contents, too. One of secrets needs a group named secret.
 */
int patterns_check(const struct platform *platform, const char **at_fault,
		   struct nf_error *err);

/*
 * Add the questions that a command may ask back, with their replies; borrowed.
 * To be called before patterns_share(). NF_INVALID with a message that names
 * the question; NF_SYSTEM without memory.
 */
int patterns_add_replies(struct patterns *p, const struct nf_reply *replies,
			 size_t n, struct nf_error *err);

/* Check the pattern of a question, with the same codes. */
int patterns_check_question(const char *question, struct nf_error *err);

/*
 * Make the same patterns for another thread, as each matches one line at a
 * time. They are borrowed from of, which has to outlive them. NF_SYSTEM without
 * memory.
 */
int patterns_share(struct patterns **out, const struct patterns *of,
		   struct nf_error *err);

const struct platform *patterns_platform(const struct patterns *patterns);

/* Does the whole unfinished line look like a prompt, of any mode? */
bool patterns_prompt(const struct patterns *p, const uint8_t *line, size_t len);

/* Does it look like a prompt at which enable is of use, and like no other? */
bool patterns_user(const struct patterns *p, const uint8_t *line, size_t len);

/* Does it look like a prompt behind enable: privileged, or in configuration? */
bool patterns_privileged(const struct patterns *p, const uint8_t *line,
			 size_t len);

/* Does it look like the question for the enable secret? */
bool patterns_password(const struct patterns *p, const uint8_t *line,
		       size_t len);

/* Does it ask for such a secret in words that no login uses? They may stand in
 * a line of output, too: they count when a pause follows. */
bool patterns_secret(const struct patterns *p, const uint8_t *line, size_t len);

/* Bytes of a pager's prompt that no other text is likely to end with: --More--
 * has them. */
#define PATTERNS_DISTINCT_LEN 8

/* The platform's pager whose prompt it is, NULL when it is none; *at is where
 * that begins, as its pattern has it. */
const struct platform_pager *patterns_pager(const struct patterns *p,
					    const uint8_t *line, size_t len,
					    size_t *at);

/*
 * The pager whose prompt stands at the end of a line, which may be unfinished:
 * behind other text, too, or one that the platform does not name (pagers.h).
 * It takes time: to be asked where the device pauses. NULL: none.
 */
const struct platform_pager *patterns_any_pager(const struct patterns *p,
						const uint8_t *line, size_t len,
						size_t *at);

/* The same, of those alone that no other text is likely to end with, and that
 * take a blank. */
const struct platform_pager *patterns_distinct_pager(const struct patterns *p,
						     const uint8_t *line,
						     size_t len, size_t *at);

/* Is it a line that a device writes between others by itself, such as a log? */
bool patterns_message(const struct patterns *p, const uint8_t *line,
		      size_t len);

/* Is it the prompt of another shell, at which the reply is a command? */
bool patterns_is_shell(const struct platform_question *question);

/* The question before the first prompt that a line asks, NULL for none. */
const struct platform_question *
patterns_greeting(const struct patterns *p, const uint8_t *line, size_t len);

/* The reply when command number (as nf_reply.command counts) asks this, NULL
 * when line is no question. */
const struct nf_reply *patterns_reply(const struct patterns *p, size_t number,
				      const uint8_t *line, size_t len);

/* The announcements of lines, compiled when first asked for; NULL without
 * memory. */
const struct announcements *patterns_announcements(const struct patterns *p);

/* Does a line of output say that the command was refused? */
bool patterns_error(const struct patterns *p, const uint8_t *line, size_t len);

/* Is it the line that stands above each prompt? */
bool patterns_prompt_header(const struct patterns *p, const uint8_t *line,
			    size_t len);

/* Does a line before the first prompt tell this platform? Does a line of
 * the output of its detect command? */
bool patterns_banner(const struct patterns *p, const uint8_t *line, size_t len);
bool patterns_evidence(const struct patterns *p, const uint8_t *line,
		       size_t len);

/*
 * The part of a prompt that is the same in every mode ("R1" of "R1(config)#"):
 * the group named base in the first pattern that matches. NULL when there is
 * none; points into line.
 */
const uint8_t *patterns_base(const struct patterns *p, const uint8_t *line,
			     size_t len, size_t *base_len);

#endif
