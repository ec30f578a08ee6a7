/* Oxidized's models of devices. */
#ifndef NETFAN_FORMS_OXIDIZED_MODELS_H
#define NETFAN_FORMS_OXIDIZED_MODELS_H

/* The platform of a model in lower case; NULL: there is none here. */
const char *oxidized_platform(const char *model);

#endif
