#!/usr/bin/env bash
# What servers ask for, and who gets in with which proofs: OpenSSH's sshd and
# dropbear, keys from files and from a real ssh-agent.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/servers.sh
. "$(dirname "$0")/servers.sh"

# A user, and keys: good is permitted, bad1 and bad2 are not. The agent has bad2
# and good.
make_proofs() {
	local name

	make_user bash
	start_agent
	for name in good bad1 bad2; do
		ssh-keygen -q -t ed25519 -N '' -C $name -f "$TEST_TMP/$name"
	done
	ssh-add -q "$TEST_TMP/bad2" "$TEST_TMP/good" 2>/dev/null ||
		fail 'the agent takes no keys'
	permit good
}

# A device with the proofs of WORDS: password, good, bad1 (key files), agent; or
# wrong, a password that is none.
prove_by() { # WORDS...
	local keys='' word

	linux_inventory linux
	sed -i '/^  password: /d' "$TEST_TMP/inventory.yaml"
	for word in "$@"; do
		case $word in
		password) echo "  password: '$LINUX_PASSWORD'" ;;
		wrong) echo '  password: wrong' ;;
		agent) echo '  allow_agent: true' ;;
		*) keys=$keys,$TEST_TMP/$word ;;
		esac
	done >>"$TEST_TMP/inventory.yaml"
	[ -z "$keys" ] || echo "  key_file: ${keys#,}" >>"$TEST_TMP/inventory.yaml"
}

expect_in() { # WORDS...
	prove_by "$@"
	expect_status 0 poll -o ndjson 'echo here'
	expect_eq "answer, with $*" "$(result host '.commands[0].output')" here
}

expect_out() { # MESSAGE_REGEX WORDS...
	local regex=$1

	shift
	prove_by "$@"
	expect_status 3 poll -o ndjson 'echo here'
	expect_error host auth auth_failed
	expect_match "message, with $*" "$(result host .error.message)" \
		"^user $user: $regex"
}

# Any one proof will do.
expect_any_to_do() {
	expect_in password
	expect_in good
	expect_in agent
	expect_in bad1 password
	expect_in bad1 agent wrong
	expect_out 'password refused' wrong
	expect_out '1 key declined; .* wants .*, and no password is given: write it' bad1
}

case_sshd_that_takes_any_proof() {
	make_proofs
	start_sshd ed25519
	expect_any_to_do
}

case_dropbear_that_takes_any_proof() {
	make_proofs
	start_dropbear
	expect_any_to_do
}

expect_keys_alone_to_do() {
	expect_in good
	expect_in bad1 good
	expect_in agent
	expect_out '.*the device wants publickey' password
	expect_out '1 key declined.*the device wants publickey' bad1 password
}

case_sshd_that_takes_keys_alone() {
	make_proofs
	start_sshd ed25519 $'UsePAM no\nPasswordAuthentication no'
	expect_keys_alone_to_do
}

case_dropbear_that_takes_keys_alone() {
	make_proofs
	start_dropbear -s
	expect_keys_alone_to_do
}

case_sshd_that_takes_the_password_alone() {
	make_proofs
	start_sshd ed25519 $'UsePAM no\nPubkeyAuthentication no'
	expect_in password
	expect_in good agent password
	expect_out 'password refused' good agent wrong
	expect_out '.*the device wants password' good agent
}

expect_key_and_password_to_be_wanted() {
	expect_in good password
	expect_in agent password
	expect_in bad1 good password
	expect_out 'password refused' good wrong
	expect_out '.*the device wants password' good
	expect_out '1 key declined' bad1 password
}

case_sshd_that_wants_a_key_and_then_the_password() {
	make_proofs
	start_sshd ed25519 $'UsePAM no\nAuthenticationMethods publickey,password'
	expect_key_and_password_to_be_wanted
}

case_dropbear_that_wants_a_key_and_the_password() {
	make_proofs
	start_dropbear -t
	expect_key_and_password_to_be_wanted
}

# Each is tried, and what is told has all of them.
expect_all_to_be_wrong() {
	ssh-add -q -d "$TEST_TMP/good" 2>/dev/null
	expect_out '2 keys declined; password refused; are' bad1 agent wrong
}

case_everything_is_wrong_at_sshd() {
	make_proofs
	start_sshd ed25519 $'UsePAM no\nLogLevel VERBOSE'
	expect_all_to_be_wrong
	expect_eq tries "$(sed -n 's/^Failed \([a-z]*\) for .*/\1/p' \
		"$TEST_TMP/server" | sort | uniq -c | xargs)" \
		'1 password 2 publickey'
}

case_everything_is_wrong_at_dropbear() {
	make_proofs
	start_dropbear
	expect_all_to_be_wrong
}

run_cases "$@"
