/* Placeholders: texts in place of a password that cannot be one, as a template
 * that was not filled in, a mask, a cipher text. */
#ifndef NETFAN_INVENTORY_DEVICE_PLACEHOLDER_H
#define NETFAN_INVENTORY_DEVICE_PLACEHOLDER_H

#define PLACEHOLDER_VAULT "an Ansible vault value"

/*
 * The kind of placeholder that text is, for a message that never shows it: "a
 * placeholder (${...})"; NULL for a text that may be a password. Blanks around
 * it do not count; a part that looks like a placeholder is part of a password.
 */
const char *placeholder_kind(const char *text);

/* The value behind "literal:", which is taken as it is, whatever it looks like;
 * NULL when text does not begin so. */
const char *placeholder_literal(const char *text);

#endif
