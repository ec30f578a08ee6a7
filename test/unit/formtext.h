/* Files of a form: the devices that come out, as text. */
#ifndef NETFAN_TEST_FORMTEXT_H
#define NETFAN_TEST_FORMTEXT_H

#include <stddef.h>

/*
 * Read a file of the form (NULL: by its marks), which is called f. What comes
 * out has to be what is expected, a line each:
 *
 *   note: what was told while it was read
 *   NAME: KEY=VALUE ... data.NAME=VALUE ... groups=A,B ! why it is left out
 *   error: why the file was refused
 *
 * Of a device without a device_type, the reason is "no type".
 */
void assert_form(const char *form, const char *text, const char *expected);
void assert_form_bytes(const char *form, const char *bytes, size_t len,
		       const char *expected);

#endif
