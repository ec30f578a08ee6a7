#!/usr/bin/env bash
# libssh2 1.10.0: a name of two letters in known_hosts is never found.
#
# The guess: r1 is a name as any other. A first field of one or two letters is taken
# for a hashed one and comes to nothing, without an error: the device is
# unknown. r10 is found, and so is r1 as soon as its address stands behind it.
. "$(dirname "$0")/lib.sh"
packages libssh2-1-dev=1.10.0-3+deb12u1 libssh2-1=1.10.0-3+deb12u1

cat >"$work/known.c" <<'END'
#include <libssh2.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	static const char *const answers[] = {"known", "other key", "unknown"};
	LIBSSH2_SESSION *session = libssh2_session_init();
	LIBSSH2_KNOWNHOSTS *hosts;
	int found;

	if (argc != 4 || session == NULL)
		return 2;
	hosts = libssh2_knownhost_init(session);
	if (libssh2_knownhost_readfile(hosts, argv[1],
				       LIBSSH2_KNOWNHOST_FILE_OPENSSH) < 0)
		return puts("unreadable") == EOF;
	found = libssh2_knownhost_checkp(
		hosts, argv[2], 22, argv[3], strlen(argv[3]),
		LIBSSH2_KNOWNHOST_TYPE_PLAIN |
			LIBSSH2_KNOWNHOST_KEYENC_BASE64 |
			LIBSSH2_KNOWNHOST_KEY_ED25519,
		NULL);
	puts(found >= 0 && found <= 2 ? answers[found] : "failed");
	libssh2_knownhost_free(hosts);
	return libssh2_session_free(session);
}
END
${CC:-cc} -I"$work/root/usr/include" -o "$work/known" "$work/known.c" \
	"$LD_LIBRARY_PATH/libssh2.so.1" || exit 2
ssh-keygen -q -t ed25519 -N '' -f "$work/key" || exit 2
key=$(cut -d ' ' -f 2 "$work/key.pub")
found() { # NAMES HOST
	printf '%s ssh-ed25519 %s\n' "$1" "$key" >"$work/hosts"
	"$work/known" "$work/hosts" "$2" "$key"
}
same 'line r1' unknown "$(found r1 r1)"
same 'line r10' known "$(found r10 r10)"
same 'line r1,192.0.2.1' known "$(found r1,192.0.2.1 r1)"
same 'line [r1]:22' known "$(found '[r1]:22' r1)"
finish
