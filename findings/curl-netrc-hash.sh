#!/usr/bin/env bash
# curl 7.88.1: a password of .netrc that begins with # is sent empty.
#
# The guess: netrc(5) has no comments, and a program that has some finds them where
# an entry would begin; if not, the entry is refused for having no password. curl logs
# in with the user and an empty password, and says nothing. A # further on is right,
# and so is one in quotes.
. "$(dirname "$0")/lib.sh"
curl_packages

for one in '#4x=u1:' 'x#4=u1:x#4' '"#4x"=u1:#4x'; do
	echo "machine r1 login u1 password ${one%=*}" >"$work/netrc"
	same "password ${one%=*}" "${one#*=}" "$(curl_login "$work/netrc")"
done
finish
