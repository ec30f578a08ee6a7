/* netfan's own form, for the table of forms. */
#ifndef NETFAN_FORMS_NETFAN_NETFAN_H
#define NETFAN_FORMS_NETFAN_NETFAN_H

struct reading;

/* As form.h has it. Values of its files may be references to secrets. */
int netfan_read(struct reading *reading);

#endif
