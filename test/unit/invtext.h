/* Texts of an inventory: taken, or refused in the words expected. */
#ifndef NETFAN_TEST_INVTEXT_H
#define NETFAN_TEST_INVTEXT_H

#include <stddef.h>

#include "netfan.h"

/* A device that is right, for what stands around it. */
#define R1 "- {name: R1, device_type: cisco_ios, host: 10.0.0.1}\n"

/* A device named R1 with one more line, the fifth. */
#define WITH(line)                                                             \
	"routers:\n- name: R1\n  device_type: cisco_ios\n  host: 10.0.0.1\n "  \
	" " line "\n"

struct refusal {
	const char *text;
	const char *message;
};

/* Read a text, named "f", of which each device has to be right; log may be
 * NULL. The codes of nf_inventory_add_file(). */
int invtext_read(struct nf_inventory **inv, const char *text, size_t len,
		 const struct nf_log *log, struct nf_error *err);

/* Parse a text that must be taken; for nf_inventory_free(). */
struct nf_inventory *invtext_parse(const char *text);
struct nf_inventory *invtext_parse_bytes(const char *text, size_t len);

/* Each text is refused as NF_INVALID (or code), in the words of its message;
 * where one of its devices has to be right, too. */
void assert_invtext_refused(const struct refusal *list, size_t n);
void assert_invtext_refused_as(enum nf_code code, const struct refusal *list,
			       size_t n);
void assert_invtext_refused_bytes(const char *text, size_t len,
				  const char *message);

/* Of each text, which is taken, the last device is not asked, for that reason. */
void assert_invtext_skipped(const struct refusal *list, size_t n);

/*
 * Each device on a line: NAME HOST:PORT PLATFORM USER, then what it has of
 * password=, secret=, groups=, data; "!" and the reason why it is not asked. To
 * be freed.
 */
char *invtext_dump(const struct nf_inventory *inv);

/* The text, of netfan's own form, is these devices, as invtext_dump() has
 * them. */
void assert_invtext_is(const char *text, const char *dump);

/* unit text, n times over; to be freed. */
char *invtext_repeat(const char *unit, size_t n);

#endif
