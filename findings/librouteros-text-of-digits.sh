#!/usr/bin/env bash
# librouteros 3.1.0: what RouterOS answers is a number or a truth as soon as it looks
# like one.
#
# The guess: every value of RouterOS's API is a text, so that a name or a serial
# number comes back as it stands. A queue that is called 0010 becomes the number
# 10, one called "no" becomes False, the comment 1_000 becomes 1000. What is sent back
# then names something else: 0010 is asked for as 10.
. "$(dirname "$0")/lib.sh"
packages python3-librouteros=3.1.0-2

value() { # WORD: as it is read
	python -c "import sys
from librouteros.protocol import parse_word
print(repr(parse_word(sys.argv[1])[1]))" "$1"
}
same '=name=core' "'core'" "$(value "=name=core")"
same '=name=0010' 10 "$(value "=name=0010")"
same '=name=no' False "$(value "=name=no")"
same '=comment=1_000' 1000 "$(value '=comment=1_000')"
same '=version=7.10' "'7.10'" "$(value "=version=7.10")"
same '0010, read and sent back' '=name=10' "$(python -c "
from librouteros.protocol import compose_word, parse_word
print(compose_word(*parse_word('=name=0010')))")"
finish
