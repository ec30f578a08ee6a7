/* Netmiko's own file of devices, for the table of forms. */
#ifndef NETFAN_FORMS_NETMIKO_NETMIKO_H
#define NETFAN_FORMS_NETMIKO_NETMIKO_H

struct reading;

/*
 * Read .netmiko.yml as netmiko's tools do: a value that is a mapping is a device
 * by that name, with the arguments of ConnectHandler, one that is a list is a
 * group of devices. A file that is a list has devices without groups. Globals,
 * or defaults, without an address are what all devices have that do not say it
 * themselves. Errors as form.h has them.
 */
int netmiko_read(struct reading *reading);

#endif
