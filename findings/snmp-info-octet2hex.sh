#!/usr/bin/env bash
# SNMP::Info 3.92: munge_octet2hex drops zeros between bytes.
#
# The guess: the bytes 01 ab are 01ab. Each byte is written without the zero in front,
# and they stand side by side: 1ab, which 1a 0b is as well, so that two
# identifiers of one length become the same.
. "$(dirname "$0")/lib.sh"
packages libsnmp-info-perl=3.92-1 libsnmp-perl=5.9.3+dfsg-2+deb12u1 \
	libsnmp40=5.9.3+dfsg-2+deb12u1 libperl5.36=5.36.0-7+deb12u4 \
	libsensors5=1:3.6.0-7.1 libpci3=1:3.9.0-4 \
	libnetaddr-ip-perl=4.079+dfsg-2+b1

hex() { # BYTE...: in hexadecimal
	MIBS='' PERL5LIB=$work/root/usr/share/perl5:$LD_LIBRARY_PATH/perl5/5.36 \
		perl -MSNMP::Info -e '
		print SNMP::Info::munge_octet2hex(pack("H2" x @ARGV, @ARGV))' "$@"
}
same '1a 2b' 1a2b "$(hex 1a 2b)"
same '01 ab' 1ab "$(hex 01 ab)"
same '1a 0b' 1ab "$(hex 1a 0b)"
finish
