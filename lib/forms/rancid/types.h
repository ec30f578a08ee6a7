/* RANCID's types of devices. */
#ifndef NETFAN_FORMS_RANCID_TYPES_H
#define NETFAN_FORMS_RANCID_TYPES_H

/* The platform of a type, whatever the case of its letters; NULL: there is none
 * here. */
const char *rancid_platform(const char *type);

#endif
