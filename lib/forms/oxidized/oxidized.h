/* Oxidized's configuration, for the table of forms. */
#ifndef NETFAN_FORMS_OXIDIZED_OXIDIZED_H
#define NETFAN_FORMS_OXIDIZED_OXIDIZED_H

struct reading;

/*
 * Read Oxidized's configuration, and the file of devices that its source csv
 * names, whose columns are as its map has them. What a device does not say, a
 * model in its group does, else its group, its model, the configuration. A field
 * that is empty says nothing. An ip that is no address is passed over, as Oxidized
 * does: it asks the name. Errors as form.h has them; NF_INVALID also for another
 * source than csv.
 */
int oxidized_read(struct reading *reading);

#endif
