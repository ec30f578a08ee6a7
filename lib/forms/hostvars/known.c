/* Variables of Ansible's that have a meaning here. */
#include "forms/hostvars/known.h"

#include <string.h>

#define KNOWN_NAME(id, name) name,
static const char *const names[] = {KNOWN_VARIABLES(KNOWN_NAME)};
#undef KNOWN_NAME

#define SOURCES_MAX 6

static const struct {
	enum key key;
	enum known from[SOURCES_MAX];
} targets[] = {
	[TARGET_TYPE] = {KEY_DEVICE_TYPE, {VAR_NETWORK_OS, VAR_OTHER}},
	[TARGET_HOST] = {KEY_HOST, {VAR_HOST, VAR_SSH_HOST, VAR_OTHER}},
	[TARGET_PORT] = {KEY_PORT, {VAR_PORT, VAR_SSH_PORT, VAR_OTHER}},
	[TARGET_USER] = {KEY_USERNAME, {VAR_USER, VAR_SSH_USER, VAR_OTHER}},
	[TARGET_PASSWORD] = {KEY_PASSWORD,
			     {VAR_SSH_PASSWORD, VAR_SSH_PASS, VAR_PASSWORD,
			      VAR_OTHER}},
	[TARGET_ENABLE] = {KEY_ENABLE, {VAR_BECOME, VAR_OTHER}},
	[TARGET_SECRET] = {KEY_SECRET,
			   {VAR_ENABLE_PASS, VAR_BECOME_PASS,
			    VAR_BECOME_PASSWORD, VAR_OTHER}},
	[TARGET_KEY_FILE] = {KEY_KEY_FILE,
			     {VAR_KEY_FILE, VAR_SSH_KEY_FILE, VAR_OTHER}},
	[TARGET_JUMP] = {KEY_PROXY_JUMP,
			 {VAR_SSH_ARGS, VAR_COMMON_ARGS, VAR_EXTRA_ARGS,
			  VAR_OTHER}},
	[TARGET_COMMAND] = {KEY_PROXY_COMMAND,
			    {VAR_PARAMIKO_PROXY, VAR_LIBSSH_PROXY, VAR_SSH_ARGS,
			     VAR_COMMON_ARGS, VAR_EXTRA_ARGS, VAR_OTHER}},
	[TARGET_READ_TIMEOUT] = {KEY_READ_TIMEOUT_OVERRIDE,
				 {VAR_COMMAND_TIMEOUT, VAR_OTHER}},
	[TARGET_CONN_TIMEOUT] = {KEY_CONN_TIMEOUT,
				 {VAR_CONNECT_TIMEOUT, VAR_OTHER}},
};

enum known known_find(const char *name)
{
	unsigned known = 0;

	if (strncmp(name, "ansible_", 8) != 0)
		return VAR_OTHER;
	while (known < VAR_OTHER && strcmp(names[known], name) != 0)
		known++;
	return (enum known)known; /* 0..VAR_OTHER */
}

const char *known_name(enum known known)
{
	return names[known];
}

bool known_is_secret(enum known known)
{
	return known == VAR_PASSWORD || known == VAR_SSH_PASS ||
	       known == VAR_SSH_PASSWORD || known == VAR_BECOME_PASSWORD ||
	       known == VAR_BECOME_PASS || known == VAR_ENABLE_PASS;
}

enum key target_key(enum target target)
{
	return targets[target].key;
}

const enum known *target_sources(enum target target)
{
	return targets[target].from;
}
