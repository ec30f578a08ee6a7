/*
 * Variables of Ansible's that have a meaning here, and the keys that they are.
 */
#ifndef NETFAN_FORMS_HOSTVARS_KNOWN_H
#define NETFAN_FORMS_HOSTVARS_KNOWN_H

#include <stdbool.h>

#include "draft/key.h"

#define KNOWN_VARIABLES(X)                                                     \
	X(VAR_HOST, "ansible_host")                                            \
	X(VAR_SSH_HOST, "ansible_ssh_host")                                    \
	X(VAR_PORT, "ansible_port")                                            \
	X(VAR_SSH_PORT, "ansible_ssh_port")                                    \
	X(VAR_USER, "ansible_user")                                            \
	X(VAR_SSH_USER, "ansible_ssh_user")                                    \
	X(VAR_PASSWORD, "ansible_password")                                    \
	X(VAR_SSH_PASS, "ansible_ssh_pass")                                    \
	X(VAR_SSH_PASSWORD, "ansible_ssh_password")                            \
	X(VAR_BECOME, "ansible_become")                                        \
	X(VAR_BECOME_METHOD, "ansible_become_method")                          \
	X(VAR_BECOME_PASSWORD, "ansible_become_password")                      \
	X(VAR_BECOME_PASS, "ansible_become_pass")                              \
	X(VAR_ENABLE_PASS, "ansible_enable_pass")                              \
	X(VAR_KEY_FILE, "ansible_private_key_file")                            \
	X(VAR_SSH_KEY_FILE, "ansible_ssh_private_key_file")                    \
	X(VAR_NETWORK_OS, "ansible_network_os")                                \
	X(VAR_CONNECTION, "ansible_connection")                                \
	X(VAR_SSH_ARGS, "ansible_ssh_args")                                    \
	X(VAR_COMMON_ARGS, "ansible_ssh_common_args")                          \
	X(VAR_EXTRA_ARGS, "ansible_ssh_extra_args")                            \
	X(VAR_PARAMIKO_PROXY, "ansible_paramiko_proxy_command")                \
	X(VAR_LIBSSH_PROXY, "ansible_libssh_proxy_command")                    \
	X(VAR_COMMAND_TIMEOUT, "ansible_command_timeout")                      \
	X(VAR_CONNECT_TIMEOUT, "ansible_connect_timeout")

#define KNOWN_ID(id, name) id,
enum known { KNOWN_VARIABLES(KNOWN_ID) VAR_OTHER };
#undef KNOWN_ID

/* The variable of that name, VAR_OTHER: it is data. */
enum known known_find(const char *name);

/* Its name; not of VAR_OTHER. */
const char *known_name(enum known known);

/* Is it the text of a secret? */
bool known_is_secret(enum known known);

/* What a device gets from variables. */
enum target {
	TARGET_TYPE,
	TARGET_HOST,
	TARGET_PORT,
	TARGET_USER,
	TARGET_PASSWORD,
	TARGET_ENABLE,
	TARGET_SECRET,
	TARGET_KEY_FILE,
	TARGET_JUMP,
	TARGET_COMMAND,
	TARGET_READ_TIMEOUT,
	TARGET_CONN_TIMEOUT,
	NTARGETS,
};

enum key target_key(enum target target);

/*
 * The variables that it may come from, VAR_OTHER at the end. The first that is
 * given counts, wherever the others stand. Ansible takes the last one of the
 * names that a plugin lists (ansible-core 2.14, config/manager.py), and of those
 * with ssh_ in front none, where network_cli does not list them.
 */
const enum known *target_sources(enum target target);

#endif
