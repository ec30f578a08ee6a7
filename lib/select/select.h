/*
 * Selecting devices by expressions, as Ansible's patterns do:
 *
 *   expression = term { "," term }
 *   term       = [ "&" | "!" ] what
 *
 * Devices of any term without a sign are selected; of these, those stay that
 * every "&" has and no "!" has. The order of terms does not matter. Without a
 * term that has no sign, all devices are what & and ! choose from. Several
 * expressions are one, as with commas between them.
 *
 * An expression that is a device's or a group's whole name means that, whatever
 * is in it. What a term means is the first of these that holds:
 *
 *   a device's whole name
 *   NAME, @NAME     a group's whole name: its devices, also through its groups
 *   @FILE           a file: an expression a line; "@-" and "-" standard input
 *   all, @all, *    every device
 *   ~REGEX          names of devices and groups that it matches from their
 *                   beginning on
 *   KEY=VALUE       devices that have this value, which may be a pattern, or
 *                   what else it is called
 *   KEY~REGEX       devices of which a value has it in it
 *   HOST            a device's whole host; HOST:PORT, [V6]:PORT with its port
 *   a pattern       names of devices and of groups (select/pattern.h), but of
 *                   none that is called all or ungrouped; where it has none,
 *                   hosts
 *   A:B             several terms, as Ansible takes them, where the text is no
 *                   address (IPv6, HOST:PORT)
 *
 * Upper and lower case differ. Blanks round a term mean nothing; a comma within
 * brackets, or behind a backslash, is no separator, nor is one within (...) or
 * {...} of a REGEX, and no ':' of a REGEX is. Regular expressions are PCRE2's.
 *
 * Of a file, empty lines and comments (# at the beginning, or behind a blank)
 * are skipped; what @ names in it is a group. Its lines count as terms that stand
 * where it stands; of &@FILE they are one term: the devices of any of them.
 */
#ifndef NETFAN_SELECT_SELECT_H
#define NETFAN_SELECT_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"

#define SELECT_TERMS_MAX ((size_t)1000000) /* those of files counted */

/* What is asked of the caller: a text, one of several. */
typedef void select_each(void *arg, const char *text);

/* The devices that are selected from, and what is known of them; borrowed. */
struct select_subject {
	void *arg; /* of the functions */
	size_t n; /* devices */
	const char *(*name)(void *arg, size_t i);
	const char *(*host)(void *arg, size_t i, uint16_t *port);
	/* Call each for every group that device i is in. */
	void (*groups)(void *arg, size_t i, select_each *each, void *each_arg);
	/* Call each for every value that device i has for a key. */
	void (*values)(void *arg, size_t i, const char *key, select_each *each,
		       void *each_arg);
	/* What else a value of a key is called, in KEY=VALUE: it lives as long
	 * as both, NULL: nothing else. */
	const char *(*other)(void *arg, const char *key, const char *value);
	/* Groups, also those without devices, and keys: NULL at the end; NULL:
	 * there are none. */
	const char *const *group_names;
	const char *const *keys;
};

/* What is asked for. Zeroed, all devices. */
struct select_request {
	const char *const *limits; /* expressions; none: all devices */
	size_t nlimits;
	const char *const *excludes; /* expressions of terms without a sign,
				      * which all count as with a "!" */
	size_t nexcludes;
	size_t pick; /* how many of those to keep; 0: all */
};

/*
 * Set chosen[i] for each of the n devices. Takes time by the number of devices
 * and the terms that are names or KEY=VALUE, together, and by their product for
 * patterns, different keys and regular expressions.
 *
 * Of those that were selected, pick keeps the first and others at an even
 * distance: the same ones each time.
 *
 * NF_INVALID, with one sentence, for an expression that is none or faulty, a file
 * that cannot be read, a term without "!" that no device matches (with the nearest
 * name and what there is), and when nothing is left; NF_SYSTEM without memory.
 */
int select_devices(bool *chosen, const struct select_request *request,
		   const struct select_subject *subject, struct nf_error *err);

/* Does an expression, or a line of one, read standard input? */
bool select_reads_input(const char *expression);

#endif
