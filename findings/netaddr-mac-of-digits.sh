#!/usr/bin/env bash
# netaddr 0.8.0: a bare MAC address of ten digits is a decimal number, one of
# eleven is hexadecimal.
#
# The guess: EUI() reads bare digits as hexadecimal, or refuses what is not twelve
# of them. '12345678901' (a leading zero was lost in a spreadsheet) is read as
# hexadecimal; '1234567890' (two were lost) becomes another address altogether,
# without an error, as soon as no letter is among its digits.
. "$(dirname "$0")/lib.sh"
packages python3-netaddr=0.8.0-2

eui() {
	python -c "import netaddr, sys; print(netaddr.EUI(sys.argv[1]))" "$1"
}
same 'twelve digits' 12-34-56-78-90-12 "$(eui 123456789012)"
same 'eleven digits' 01-23-45-67-89-01 "$(eui 12345678901)"
same 'ten digits' 00-00-49-96-02-D2 "$(eui 1234567890)"
finish
