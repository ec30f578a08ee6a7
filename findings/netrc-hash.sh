#!/usr/bin/env bash
# curl 7.88.1 and npm's netrc 0.1.4: a password of .netrc with a # in it is cut there.
#
# The guess: netrc(5) has no comments, and a program that has some finds them where
# an entry would begin, or at least where a word does. curl takes a password that
# begins with # for a comment and logs in with the user and an empty password; netrc
# cuts x#4 as well. Neither says anything. For curl, quotes help.
. "$(dirname "$0")/lib.sh"
curl_packages
modules netrc@0.1.4

entry() { # PASSWORD: write one with it
	echo "machine r1 login u1 password $1" >"$work/netrc"
}
for one in '#4x=u1:' 'x#4=u1:x#4' '"#4x"=u1:#4x'; do
	entry "${one%=*}"
	same "password ${one%=*}, curl" "${one#*=}" "$(curl_login "$work/netrc")"
done
for one in '#4x=undefined' 'x#4=x'; do
	entry "${one%=*}"
	same "password ${one%=*}, netrc" "${one#*=}" "$(node -e \
		'console.log(require("netrc")(process.argv[1]).r1.password)' \
		"$work/netrc")"
done
finish
