/* The versions of netfan and its libraries. */
#include "version.h"

#include <stdio.h>

#include "netfan.h"

void version_print(void)
{
	char text[512];

	nf_version_text(text, sizeof(text));
	(void)puts(text);
}
