#!/usr/bin/env bash
# rancid 3.13: braces keep a password of .cloginrc together, and not as it is.
#
# The guess: {...} is Tcl's quoting, in which nothing is changed. But what was in the
# braces is read as a list once more and its words are put together, so blanks, a
# backslash, quotes and further braces around a word are not sent. Doubling the
# backslash helps; nothing is said either way, and the login fails.
. "$(dirname "$0")/lib.sh"
packages rancid=3.13-2+b1 expect=5.45.4-2+b1 tcl-expect=5.45.4-2+b1 \
	libtcl8.6=8.6.13+dfsg-2
export TCL_LIBRARY=$work/root/usr/share/tcltk/tcl8.6 HOME=$work

# A device that notes its password.
cat >"$work/device" <<'END'
#!/bin/bash
stty -echo
read -rp 'Password: ' word
printf %s "$word" >"${0%/*}/got"
while printf '\nr1#' && read -r line && [ "$line" != exit ]; do :; done
END
chmod +x "$work/device"
sent() { # WORD: the password that is sent when this is in the file
	printf 'add %s\n' 'user * u' 'method * ssh' 'autoenable * 1' \
		"sshcmd * $work/device" "password * $1" >"$work/.cloginrc"
	chmod 600 "$work/.cloginrc"
	timeout 30 expect -- "$work/root/usr/bin/clogin" -t 5 -c 'show clock' r1 \
		>"$work/log" 2>&1 </dev/null
	cat "$work/got"
	rm -f "$work/got"
}
# shellcheck disable=SC2016
same '{plain;$x[y]#}' 'plain;$x[y]#' "$(sent '{plain;$x[y]#}')"
same '{two words}' twowords "$(sent '{two words}')"
same '{back\slash}' backslash "$(sent '{back\slash}')"
same '{back\\slash}' 'back\slash' "$(sent '{back\\slash}')"
same '{"quoted"}' quoted "$(sent '{"quoted"}')"
same '{{braced}}' braced "$(sent '{{braced}}')"
finish
