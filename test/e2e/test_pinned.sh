#!/usr/bin/env bash
# Host keys that the inventory pins, and authorities that sign host keys.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

OTHER=SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU

# Poll once, so that the key of R1 is known, and forget it.
learn_print() { # [KEYGEN_OPTIONS...]
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 poll -q --known-hosts "$TEST_TMP/learnt" 'show clock'
	print=$(ssh-keygen -l "$@" -f "$TEST_TMP/learnt" | cut -d' ' -f2)
	: >"$TEST_TMP/inventory.yaml"
}

pinned_to() { # PINS
	: >"$TEST_TMP/inventory.yaml"
	put_device R1 "$TEST_NET.1" "$DEVSIM_PORT" "hostkey_fingerprint: $1"
}

# By whatever policy, R1 is let in, and its key written nowhere.
expect_pinned() {
	local policy

	for policy in strict accept-new off; do
		expect_status 0 poll --host-keys $policy 'show clock'
	done
	[ ! -e "$TEST_TMP/known_hosts" ] || fail 'known_hosts was written'
}

case_a_pinned_key_needs_no_known_hosts() {
	learn_print
	pinned_to "$print"
	expect_pinned
	pinned_to "'$OTHER, $print='"
	expect_pinned
}

case_a_key_is_pinned_by_md5_too() {
	learn_print -E md5
	pinned_to "$print"
	expect_pinned
	pinned_to "'${print#MD5:}'"
	expect_pinned
}

case_a_pin_counts_where_another_key_is_known() {
	learn_print
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/key"
	echo "[$TEST_NET.1]:$DEVSIM_PORT $(cut -d' ' -f1-2 "$TEST_TMP/key.pub")" \
		>"$TEST_TMP/known_hosts"
	pinned_to "$print"
	expect_status 0 poll 'show clock'
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 1
}

case_another_key_than_the_pinned_is_refused() {
	local policy

	learn_print
	pinned_to "$OTHER"
	cp "$TEST_TMP/learnt" "$TEST_TMP/known_hosts"
	for policy in strict accept-new off; do
		expect_status 3 poll -o ndjson --host-keys $policy 'show clock'
		expect_error R1 hostkey hostkey_changed
		expect_eq both "$(result R1 .error.message | cut -d';' -f1)" \
			"its host key is not the pinned one: ssh-ed25519 $print, and hostkey_fingerprint is $OTHER"
	done
	cmp "$TEST_TMP/learnt" "$TEST_TMP/known_hosts"
	stop_devsim
	expect_eq logins "$(devsim_count logins)" 1
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 0
}

case_a_revoked_key_is_refused_though_it_is_pinned() {
	learn_print
	pinned_to "$print"
	sed 's/^[^ ]*/@revoked */' "$TEST_TMP/learnt" >"$TEST_TMP/known_hosts"
	expect_status 3 poll -o ndjson 'show clock'
	expect_error R1 hostkey hostkey_revoked
}

case_what_is_no_fingerprint_is_told_with_its_place() {
	pinned_to "'$OTHER,ssh-ed25519'"
	expect_status 2 poll --strict-inventory 'show clock'
	expect_match error "$(cat "$TEST_TMP/err")" \
		"^$TEST_TMP/inventory.yaml:8: device 'R1': hostkey_fingerprint 'ssh-ed25519' is not the fingerprint"
}

# ---- authorities

# An authority for all hosts.
know_authority() {
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/ca"
	echo "@cert-authority * $(cut -d' ' -f1-2 "$TEST_TMP/ca.pub")" \
		>"$TEST_TMP/known_hosts"
}

case_an_authority_is_told_not_to_be_enough() {
	start_devsim --devices 2
	make_inventory 2
	know_authority
	expect_status 3 poll -o ndjson --host-keys strict 'show clock'
	expect_results 'all(.[].error; .code == "hostkey_unknown" and
		(.message | test("a @cert-authority line is for it, but libssh2 can check no host certificates: add the key itself")))'
	expect_status 0 poll 'show clock'
	expect_eq notes "$(grep -c cert-authority "$TEST_TMP/err")" 1
	expect_match note "$(cat "$TEST_TMP/err")" \
		'keys are not known \(2, the first is R1\): libssh2 can check no host certificates'
	expect_eq lines "$(wc -l <"$TEST_TMP/known_hosts")" 3
	expect_status 0 poll 'show clock'
	! grep cert-authority "$TEST_TMP/err" || fail 'told of a known key'
}

# The server would show a certificate of that authority to who asks for one.
case_a_host_with_a_certificate_is_met_by_its_plain_key() {
	[ -x /usr/sbin/sshd ] || skip 'no sshd'
	[ "$(id -u)" = 0 ] || skip 'sshd wants root'
	know_authority
	ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/host_key"
	ssh-keygen -q -s "$TEST_TMP/ca" -h -I host -n "$TEST_NET.1" \
		"$TEST_TMP/host_key.pub"
	mkdir -p /run/sshd
	cat <<-END >"$TEST_TMP/sshd_config"
		ListenAddress $TEST_NET.1
		Port 2022
		HostKey $TEST_TMP/host_key
		HostCertificate $TEST_TMP/host_key-cert.pub
		PidFile none
		UsePAM no
	END
	/usr/sbin/sshd -D -e -f "$TEST_TMP/sshd_config" \
		>"$TEST_TMP/server" 2>&1 </dev/null &
	children+=("$!")
	wait_until 10 grep -q listening "$TEST_TMP/server"
	put_device R1 "$TEST_NET.1" 2022
	expect_status 3 poll -o ndjson --host-keys strict 'show clock'
	expect_error R1 hostkey hostkey_unknown
	expect_eq print "$(result R1 '.error.message | split(" ")[7]')" \
		"$(ssh-keygen -lf "$TEST_TMP/host_key.pub" | cut -d' ' -f2);"
	expect_match why "$(result R1 .error.message)" '@cert-authority line'
}

run_cases "$@"
