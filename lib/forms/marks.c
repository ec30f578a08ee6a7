/* The marks by which a file's form is known. */
#include "forms/form.h"

int form_recognise(const struct form **out, const struct reading *reading)
{
	(void)reading;
	*out = form_find("netfan");
	return 0;
}
