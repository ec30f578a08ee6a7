/* RANCID's files, for the table of forms. */
#ifndef NETFAN_FORMS_RANCID_RANCID_H
#define NETFAN_FORMS_RANCID_RANCID_H

struct reading;

/*
 * Read router.db, "name;type;state;comment" a line, or with ":" as before RANCID
 * 3, and the .cloginrc beside it, else that of the environment's CLOGINRC, else
 * that in the home. Names are in lower case, and of two the first counts; those
 * that are not up are left out and counted. Errors as form.h has them.
 */
int rancid_read(struct reading *reading);

#endif
