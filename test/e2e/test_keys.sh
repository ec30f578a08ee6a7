#!/usr/bin/env bash
# Logging in with key files to real servers: OpenSSH and dropbear.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/servers.sh
. "$(dirname "$0")/servers.sh"

ONLY_KEYS=$'UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no'

# A key of that type in $TEST_TMP/NAME.
make_key() { # NAME TYPE [KEYGEN_ARGS...]
	local name=$1 type=$2

	shift 2
	case $* in
	*-N*) ;;
	*) set -- -N '' "$@" ;;
	esac
	ssh-keygen -q -t "$type" -C "key $name" -f "$TEST_TMP/$name" "$@"
}

# The user may log in with these keys.
permit() { # NAME...
	local name

	mkdir -p "$home/.ssh"
	for name in "$@"; do
		cat "$TEST_TMP/$name.pub"
	done >"$home/.ssh/authorized_keys"
	chown -R "$user" "$home/.ssh"
	chmod 700 "$home/.ssh"
}

# A device without a password, with these LINES.
keys_inventory() { # LINES...
	cat <<-END >"$TEST_TMP/inventory.yaml"
		- name: host
		  device_type: linux
		  host: $TEST_NET.1
		  port: $PORT
		  username: $user
	END
	printf '  %s\n' "$@" >>"$TEST_TMP/inventory.yaml"
}

expect_in() { # NETFAN_ARGS...
	expect_status 0 poll "$@" -o ndjson 'echo here'
	expect_eq answer "$(result host '.commands[0].output')" here
}

expect_out() { # MESSAGE_REGEX NETFAN_ARGS...
	local regex=$1

	shift
	expect_status 3 poll "$@" -o ndjson true
	expect_error host auth auth_failed
	expect_match message "$(result host .error.message)" "$regex"
}

case_each_type_of_key_at_sshd() {
	local type

	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	for type in ed25519 ecdsa rsa; do
		make_key $type $type
		permit $type
		keys_inventory 'use_keys: true' "key_file: $TEST_TMP/$type"
		expect_in
	done
	grep -q 'Accepted publickey .* RSA ' "$TEST_TMP/server" ||
		fail 'no RSA key was accepted'
}

case_each_type_of_key_at_dropbear() {
	local type

	make_user bash
	start_dropbear
	for type in ed25519 ecdsa rsa; do
		make_key $type $type
		permit $type
		keys_inventory "key_file: $TEST_TMP/$type"
		expect_in
	done
}

case_long_ecdsa_keys() {
	local bits

	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	for bits in 384 521; do
		make_key e$bits ecdsa -b $bits
		permit e$bits
		keys_inventory "key_file: $TEST_TMP/e$bits"
		expect_in
	done
}

case_keys_with_a_passphrase_in_each_format() {
	local format type

	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	for format in RFC4716 PEM PKCS8; do
		for type in ecdsa rsa; do
			[ $format != RFC4716 ] ||
				netfan --version | grep -q '^Botan [0-9]' ||
				continue
			make_key $format-$type $type -m $format -N 'open: sesame'
			permit $format-$type
			keys_inventory "key_file: $TEST_TMP/$format-$type" \
				"passphrase: 'open: sesame'"
			expect_in
		done
	done
}

# It costs the devices of that key, is told once, and nobody is asked.
case_a_wrong_passphrase() {
	local i message

	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	make_key a rsa -m PEM -N right
	make_key b ed25519
	permit a b
	keys_inventory "key_file: $TEST_TMP/a" 'passphrase: wrong'
	for i in 2 3; do
		sed "s/name: host/name: host$i/" "$TEST_TMP/inventory.yaml"
	done >"$TEST_TMP/more.yaml"
	sed "s/name: host/name: good/; s,$TEST_TMP/a,$TEST_TMP/b," \
		"$TEST_TMP/inventory.yaml" >>"$TEST_TMP/more.yaml"
	cat "$TEST_TMP/more.yaml" >>"$TEST_TMP/inventory.yaml"
	expect_status 1 poll -o ndjson true
	message="key $TEST_TMP/a: the passphrase is wrong"
	for i in host host2 host3; do
		expect_error $i auth auth_failed
		expect_eq message "$(result $i .error.message)" "$message"
	done
	expect_eq good "$(result good .status)" ok
	expect_eq told "$(grep -c "$message: 3 devices are not asked" \
		"$TEST_TMP/err")" 1
	expect_eq connections "$(grep -c 'Accepted publickey' \
		"$TEST_TMP/server")" 1
	! grep -rq wrong "$TEST_TMP/out" || grep -q 'is wrong' "$TEST_TMP/out"
}

# It is no news behind the third device.
case_a_wrong_passphrase_counts_as_a_refused_password_does() {
	make_key a rsa -m PEM -N right
	DEVSIM_PORT=$PORT make_inventory 10 \
		"key_file: $TEST_TMP/a"$'\npassphrase: wrong'
	expect_status 4 poll -o ndjson true
	expect_results '([.[] | select(.error.code == "auth_failed")] |
		length) == 3 and ([.[] | select(.error.code == "skipped" and
		.error.stage == "auth")] | length) == 7'
	expect_match message "$(jq -r 'select(.error.code == "skipped") |
		.error.message' "$TEST_TMP/out" | head -n 1)" \
		"^not tried: key $TEST_TMP/a: the passphrase is wrong$"
	expect_match summary "$(tail -n 1 "$TEST_TMP/err")" \
		"^key $TEST_TMP/a: 7 devices skipped, as its passphrase is wrong$"
	expect_status 3 poll -o ndjson --max-auth-failures 0 true
	expect_results 'all(.[]; .error.code == "auth_failed")'
}

# A password that is stopped is none of theirs who have a key.
case_who_has_a_key_is_not_skipped_for_a_password() {
	local i

	make_user bash
	start_sshd ed25519
	make_key a ed25519
	make_key b ed25519
	permit a
	keys_inventory 'password: wrong'
	for i in 2 3 4 5 6; do
		sed "s/name: host/name: host$i/" "$TEST_TMP/inventory.yaml"
	done >"$TEST_TMP/more.yaml"
	sed "s/name: host/name: good/" "$TEST_TMP/inventory.yaml" \
		>>"$TEST_TMP/more.yaml"
	echo "  key_file: $TEST_TMP/a" >>"$TEST_TMP/more.yaml"
	cat "$TEST_TMP/more.yaml" >>"$TEST_TMP/inventory.yaml"
	expect_status 4 poll -o ndjson --mode sequential true
	expect_eq good "$(result good .status)" ok
	expect_eq refused "$(grep -c 'Failed password' "$TEST_TMP/server")" 3
}

case_a_key_that_is_encrypted_and_has_no_passphrase() {
	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	make_key a ed25519 -N right
	permit a
	keys_inventory "key_file: $TEST_TMP/a"
	expect_out "^key $TEST_TMP/a: it is encrypted: give its passphrase"
}

# As by ssh(1): there are other ways in, and it is told of where none is.
case_an_encrypted_key_is_passed_over() {
	local told="key $TEST_TMP/a: it is encrypted: give its passphrase in"

	make_user bash
	start_sshd ed25519
	make_key a ed25519 -N right
	make_key b ed25519
	make_key c ed25519
	permit a b
	keys_inventory "key_file: '$TEST_TMP/a, $TEST_TMP/b'"
	expect_in
	keys_inventory "key_file: $TEST_TMP/a" "password: '$LINUX_PASSWORD'"
	expect_in
	keys_inventory "key_file: $TEST_TMP/a" 'password: wrong'
	expect_out "^user $user: password refused; $told the inventory"
	keys_inventory "key_file: '$TEST_TMP/a, $TEST_TMP/c'"
	expect_out "^user $user: 1 key declined; the device wants .*; $told"
	keys_inventory "key_file: '$TEST_TMP/a, $TEST_TMP/c'" \
		'passphrase: wrong'
	expect_out "^key $TEST_TMP/a: the passphrase is wrong"
}

case_a_key_that_the_device_does_not_know() {
	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	make_key a ed25519
	make_key b ed25519
	permit a
	keys_inventory "key_file: $TEST_TMP/b"
	expect_out "^user $user: 1 key declined; the device wants publickey; is one permitted to this user on the device\\?$"
	keys_inventory "key_file: '$TEST_TMP/b, $TEST_TMP/a'"
	expect_in
}

# A server counts a key that it declines as a try.
case_no_more_than_four_keys_are_offered() {
	local i

	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"$'\nMaxAuthTries 20\nLogLevel VERBOSE'
	for i in 1 2 3 4 5; do
		make_key k$i ed25519
	done
	permit k5
	keys_inventory "key_file: $(printf '%s,' "$TEST_TMP"/k[1-5])"
	expect_out "^user $user: 4 keys declined, 1 more not offered \\(4 at most\\); the device wants publickey: name the right one first"
	expect_eq offers "$(grep -c 'Failed publickey for' \
		"$TEST_TMP/server")" 4
	keys_inventory "key_file: $(printf '%s,' "$TEST_TMP"/k[1-4])"
	expect_out "^user $user: 4 keys declined; the device wants publickey; is"
}

case_a_key_given_twice_is_offered_once() {
	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"$'\nMaxAuthTries 2'
	make_key a ed25519
	make_key b ed25519
	permit b
	cp "$TEST_TMP/a" "$TEST_TMP/c"
	keys_inventory "key_file: $TEST_TMP/a,$TEST_TMP/a,$TEST_TMP/c,$TEST_TMP/b"
	expect_in
}

case_a_key_that_others_may_read() {
	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	make_key a ed25519
	permit a
	chmod 644 "$TEST_TMP/a"
	keys_inventory "key_file: $TEST_TMP/a"
	expect_out "^key $TEST_TMP/a: others may read it, as its mode is 0644: chmod 600"
	keys_inventory
	expect_status 2 poll -I "$TEST_TMP/a" true
	expect_match message "$(cat "$TEST_TMP/err")" "key $TEST_TMP/a: .*chmod"
}

# Of the inventory it costs its device, of the command line the run.
case_a_file_that_is_not_there() {
	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	keys_inventory "key_file: $TEST_TMP/none" "password: x"
	expect_out "^key $TEST_TMP/none: it cannot be opened: No such file"
	expect_status 2 poll -I "$TEST_TMP/none" true
	expect_match message "$(cat "$TEST_TMP/err")" \
		"^netfan: .*key $TEST_TMP/none: .*No such file"
}

case_keys_of_the_command_line_come_instead() {
	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	make_key a ed25519
	make_key b ecdsa
	permit b
	keys_inventory "key_file: $TEST_TMP/none"
	expect_in -I "$TEST_TMP/a" --identity "$TEST_TMP/b"
}

case_default_keys_are_used_when_asked_for() {
	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	mkdir -p "$TEST_TMP/home/.ssh"
	make_key home/.ssh/id_ed25519 ed25519
	permit home/.ssh/id_ed25519
	keys_inventory
	expect_out "the device wants publickey, and no key is given: key_file or -I"
	expect_in --use-keys
	keys_inventory 'use_keys: true'
	expect_in
	keys_inventory 'use_keys: false'
	expect_out 'no key is given: ' --use-keys
	keys_inventory 'key_file: ~/.ssh/id_ed25519'
	expect_in
}

case_a_key_and_then_a_password() {
	make_user bash
	start_sshd ed25519 $'UsePAM no\nAuthenticationMethods publickey,password'
	make_key a ed25519
	permit a
	keys_inventory "key_file: $TEST_TMP/a" "password: '$LINUX_PASSWORD'"
	expect_in
}

# Where it cannot be offered, the key alone is, and that is told.
case_certificates() {
	local type natively=1

	make_user bash
	make_key ca ed25519
	start_sshd ed25519 "$ONLY_KEYS
TrustedUserCAKeys $TEST_TMP/ca.pub"
	case $(netfan --version) in
	*'libssh2 1.10'*) natively='' ;;
	esac
	for type in ecdsa ed25519 rsa; do
		make_key $type $type
		ssh-keygen -q -s "$TEST_TMP/ca" -I me -n "$user" \
			"$TEST_TMP/$type.pub"
		keys_inventory "key_file: $TEST_TMP/$type"
		if [ $type = ecdsa ] || [ "$natively" ]; then
			expect_in
		else
			expect_out "its certificate was not offered, as that takes libssh2 1.11$"
			permit $type
			expect_in
			permit
		fi
	done
	mv "$TEST_TMP/ecdsa-cert.pub" "$TEST_TMP/certificate"
	keys_inventory "key_file: $TEST_TMP/ecdsa"
	expect_out '1 key declined'
	keys_inventory "key_file: $TEST_TMP/ecdsa,$TEST_TMP/certificate"
	expect_in
}

case_a_passphrase_is_shown_nowhere() {
	make_user bash
	start_sshd ed25519 "$ONLY_KEYS"
	make_key a rsa -m PEM -N s3cr3t-phrase
	permit a
	keys_inventory "key_file: $TEST_TMP/a" 'passphrase: s3cr3t-phrase'
	expect_in --verbose
	! grep -rq s3cr3t "$TEST_TMP/out" "$TEST_TMP/err" || fail 'it is shown'
	make_key a2 rsa -m PEM -N another
	keys_inventory "key_file: $TEST_TMP/a2" 'passphrase: s3cr3t-phrase'
	expect_status 3 poll --verbose true
	! grep -rq s3cr3t "$TEST_TMP/out" "$TEST_TMP/err" || fail 'it is shown'
}

run_cases "$@"
