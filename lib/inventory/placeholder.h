/* What stands in a password's place and is none: a template not filled in, a
 * mask, a cipher text. */
#ifndef NETFAN_INVENTORY_PLACEHOLDER_H
#define NETFAN_INVENTORY_PLACEHOLDER_H

#define PLACEHOLDER_VAULT "an Ansible vault value"

/*
 * What text is, for a message that never shows it: "a placeholder (${...})";
 * NULL for what may be a password. Blanks around it do not count; a part that
 * looks like one is a part of a password.
 */
const char *placeholder_kind(const char *text);

/* A value behind "literal:" is what it is, whatever it looks like: the value,
 * or NULL when text does not begin so. */
const char *placeholder_literal(const char *text);

#endif
