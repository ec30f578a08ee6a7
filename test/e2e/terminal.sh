# shellcheck shell=bash
# For tests of what a person types at a terminal, beside lib.sh.

# netfan at a terminal, in the background; what is typed goes to descriptor 7.
# Behind the end, its status stands in $TEST_TMP/status.
start_at_terminal() { # ARGS...
	command -v script >/dev/null || skip 'no script'
	echo 'trap : INT' >"$TEST_TMP/command" # Ctrl-C is not for the shell
	printf '%q ' env HOME="$TEST_TMP/home" "$NETFAN" "$@" \
		>>"$TEST_TMP/command"
	printf '%s' ">$TEST_TMP/out 2>$TEST_TMP/err; echo \$? >$TEST_TMP/status" \
		>>"$TEST_TMP/command"
	rm -f "$TEST_TMP"/{keys,screen,status}
	mkfifo "$TEST_TMP/keys"
	env --default-signal=INT,QUIT script -qfc "sh $TEST_TMP/command" "$TEST_TMP/screen" \
		<"$TEST_TMP/keys" >/dev/null 2>&1 &
	children+=($!)
	exec 7>"$TEST_TMP/keys"
}

start_poll_at_terminal() { # ARGS...
	start_at_terminal poll -i "$TEST_TMP/inventory.yaml" --timeout 600 \
		--known-hosts "$TEST_TMP/known_hosts" -o ndjson "$@"
}

# How many questions are, or were, on the screen.
questions() {
	grep -ao '[^ ]* asks: ' "$TEST_TMP/screen" 2>/dev/null | wc -l
}

asked() { # N
	[ "$(questions)" -ge "$1" ]
}

# One question waits for its answer before the next is asked.
type_answer() { # N ANSWER
	wait_until 30 asked "$1" || fail "question $1 is not asked"
	expect_eq questions "$(questions)" "$1"
	printf '%s\n' "$2" >&7
}

expect_end_at_terminal() { # STATUS
	wait_until 60 test -s "$TEST_TMP/status" || fail 'it does not end'
	expect_eq status "$(cat "$TEST_TMP/status")" "$1"
}

# Nothing that was typed as CODE may stand anywhere; digits alone may be a time.
expect_hidden() { # CODE
	! grep -a "$1" "$TEST_TMP/screen" "$TEST_TMP/out" "$TEST_TMP/err" ||
		fail 'it is shown'
}
