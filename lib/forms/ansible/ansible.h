/* Ansible's inventories, for the table of forms. */
#ifndef NETFAN_FORMS_ANSIBLE_ANSIBLE_H
#define NETFAN_FORMS_ANSIBLE_ANSIBLE_H

struct reading;

/*
 * As form.h has it: INI, YAML, or what ansible-inventory prints as JSON, with
 * group_vars and host_vars beside the file. They are resolved as
 * `ansible-inventory --list` resolves them, but that a line which cannot be read
 * refuses the whole file, and what cannot be had of one host (a vault value, a
 * template) leaves out that host alone. Not read are group_vars and host_vars of
 * the working directory, which Ansible takes for that of a playbook and puts
 * before those beside the file: an inventory would mean something else in each
 * directory (from cron: that of the crontab).
 */
int ansible_read(struct reading *reading);

/*
 * All inventories of a directory, in order of names, as one. Passed over, as
 * Ansible does: names that begin with a point or end in .ini, .cfg, .txt, .md,
 * .rst, .orig, .bak, .rpm, .retry, .pyc, .pyo, .swp or ~, and group_vars,
 * host_vars, vars_plugins; folders in it are gone into. Programs are not run, but
 * noted.
 */
int ansible_read_directory(struct reading *reading);

/* The file is a program: it is run with the option --list, 60 seconds, and prints
 * Ansible's JSON, of 64 MB at most. */
int ansible_run_script(struct reading *reading);

#endif
