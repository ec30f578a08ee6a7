/* Tell what netfan was built with. */
#include <netfan.h>
#include <stdio.h>

int main(void)
{
	char text[512];

	nf_version_text(text, sizeof(text));
	return puts(text) == EOF;
}
