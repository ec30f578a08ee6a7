/* The parts of the device parser: for device_parser.c, access_parser.c and
 * secret_parser.c alone. */
#ifndef NETFAN_INVENTORY_DEVICE_DEVICE_PARSER_PARTS_H
#define NETFAN_INVENTORY_DEVICE_DEVICE_PARSER_PARTS_H

#include "inventory/device/device_parser.h"

/* The device that is being parsed. */
struct parse {
	struct device_parser *parser;
	const struct draft_device *draft;
	struct draft_view view;
	size_t ordinal;
	struct device *dev;
	struct nf_error *err;
};

/* The value of a key, which lives as long as the inventory; NULL when it is not
 * given, or is no single value, which is a fault by itself. */
const char *parse_value(const struct parse *parse, enum key key);

/* Keep a text for as long as the inventory lives. NF_SYSTEM. */
int parse_keep(const struct parse *parse, const char **out, const char *text,
	       size_t len);

/* A fault at the key, or at the start of a device that lacks it: -1. */
int parse_fault(const struct parse *parse, enum key key, const char *fmt, ...)
	NF_PRINTF(3, 4);

/* Refuse what is too long, and control characters. NF_INVALID. */
int parse_check_text(const struct parse *parse, enum key key, const char *text);

/* The text of a key for the login: 1, 0 when there is none to be used. */
int parse_credential(const struct parse *parse, enum key key,
		     const char **text);

/* Leave the device out, and say why where its result would be: "FILE:LINE:
 * DEVICE: KEY ...". The first reason stands. NF_SYSTEM; NF_INVALID, with that text,
 * where the parser is strict. */
int parse_skip(const struct parse *parse, enum key key, const char *fmt, ...)
	NF_PRINTF(3, 4);

/* Read a key that is true or false: 1, 0 when it is not given. NF_INVALID. */
int parse_flag(const struct parse *parse, enum key key, bool *out);

/* ---- secret_parser.c */

/* Is the text of a key for the login one that stands for a secret? Then it is
 * read later, and announced now: 1, 0, -1 with NF_SYSTEM. */
int parse_reference(const struct parse *parse, enum key key, const char *text);

/* ---- access_parser.c */

/* Read the keys of access: dev->access is set. NF_INVALID, NF_SYSTEM. */
int access_parse(const struct parse *parse);

#endif
