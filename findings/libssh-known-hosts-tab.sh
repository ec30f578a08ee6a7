#!/usr/bin/env bash
# libssh 0.10.6: tabs in known_hosts hide a host, or make its line an error.
#
# The guess: blanks and tabs both divide the fields, as they do for ssh(1) 9.2. With
# a tab behind its name a device is unknown; with one in front of the comment,
# or with the line end of another system's editor, its key is an error.
. "$(dirname "$0")/lib.sh"
packages libssh-dev=0.10.6-0+deb12u3 libssh-4=0.10.6-0+deb12u3 \
	openssh-client=1:9.2p1-2+deb12u10

cat >"$work/known.c" <<'END'
#include <libssh/libssh.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	ssh_session session = ssh_new();

	if (argc != 3 || session == NULL)
		return 2;
	ssh_options_set(session, SSH_OPTIONS_HOST, argv[2]);
	ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, argv[1]);
	ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
	switch (ssh_session_has_known_hosts_entry(session)) {
	case SSH_KNOWN_HOSTS_OK:
		puts("known");
		break;
	case SSH_KNOWN_HOSTS_UNKNOWN:
		puts("unknown");
		break;
	default:
		puts("error");
	}
	ssh_free(session);
	return 0;
}
END
${CC:-cc} -I"$work/root/usr/include" -o "$work/known" "$work/known.c" \
	"$LD_LIBRARY_PATH/libssh.so.4" || exit 2
ssh-keygen -q -t ed25519 -N '' -f "$work/key" || exit 2
key=$(cut -d ' ' -f 2 "$work/key.pub")
line() { # FORMAT WANTED: of a line for r1
	# shellcheck disable=SC2059 # The format is what is tried.
	printf "$1\n" "$key" >"$work/hosts"
	same "$1, OpenSSH" 1 \
		"$(ssh-keygen -F r1 -f "$work/hosts" | grep -c ssh-ed25519)"
	same "$1, libssh" "$2" "$("$work/known" "$work/hosts" r1)"
}
line 'r1 ssh-ed25519 %s' known
line 'r1\tssh-ed25519 %s' unknown
line 'r1 ssh-ed25519 %s\tcore' error
line 'r1 ssh-ed25519 %s\r' error
finish
