#!/usr/bin/env bash
# scripts/try-servers: which algorithms and proofs of which servers netfan takes.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)

# On addresses of this test, with the programs of this build.
try_servers() { # ARGS...
	[ -n "$(type -P python3)" ] || skip 'there is no python3'
	command -v ssh-agent >/dev/null || skip 'no ssh-agent'
	"$top/scripts/try-servers" --address "$TEST_NET.1" "$@"
}

case_the_table_of_the_manual_is_as_one_is_made() {
	expect_status 0 try_servers --check "$top/lib/README.md"
	sed 's/| password | yes /| password |yes /' "$top/lib/README.md" \
		>"$TEST_TMP/README.md"
	expect_status 1 try_servers --check "$TEST_TMP/README.md"
	expect_match error "$(cat "$TEST_TMP/err")" 'not as one is printed'
	sed '/made by scripts/d' "$top/lib/README.md" >"$TEST_TMP/README.md"
	expect_status 1 try_servers --check "$TEST_TMP/README.md"
}

# A simulated device: what it is offered, and what is tried of that.
case_a_server_is_tried() {
	local name

	command -v pkg-config >/dev/null || skip 'no pkg-config'
	cp "$top/lib/README.md" "$TEST_TMP/README.md"
	expect_status 0 try_servers --write "$TEST_TMP/README.md" \
		"$(dirname "$NETFAN")" libssh
	for name in password keyboard-interactive ecdh-sha2-nistp256 \
		ssh-ed25519 ecdsa-sha2-nistp256 ssh-rsa aes128-ctr \
		hmac-sha2-256; do
		grep -q "| $name | yes |\$" "$TEST_TMP/README.md" ||
			fail "not so: $name"
	done
	! grep -q 'key: ed25519 | yes' "$TEST_TMP/README.md" ||
		fail 'a device has let a key in'
	expect_status 0 try_servers --check "$TEST_TMP/README.md"
	expect_eq 'the rest' \
		"$(sed '/made by scripts/,/end of what/d' "$TEST_TMP/README.md")" \
		"$(sed '/made by scripts/,/end of what/d' "$top/lib/README.md")"
}

case_a_server_that_there_is_not_is_refused() {
	expect_status 2 try_servers "$(dirname "$NETFAN")" nosuchd
	expect_match error "$(cat "$TEST_TMP/err")" 'servers are sshd, dropbear'
}

run_cases "$@"
