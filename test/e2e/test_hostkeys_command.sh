#!/usr/bin/env bash
# netfan hostkeys: scan, show and forget, beside what ssh-keygen says.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

hostkeys() { # ACTION ARGS...
	netfan hostkeys "$1" -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" "${@:2}"
}

scan() { # ARGS...
	hostkeys scan --timeout 600 "$@"
}

host() { # I
	echo "[$(device_ip "$1")]:$DEVSIM_PORT"
}

# What ssh-keygen tells of a host: FINGERPRINT TYPE.
print_of() { # HOST
	ssh-keygen -l -F "$1" -f "$TEST_TMP/known_hosts" | grep -v '^#' |
		awk '{ print $3, $2 }'
}

lines() {
	wc -l <"$TEST_TMP/known_hosts"
}

begin() { # N DEVSIM_ARGS...
	local n=$1

	shift
	start_devsim --devices "$n" "$@"
	make_inventory "$n"
}

# ---- scan

case_scan_learns_each_key_and_logs_nobody_in() {
	local i

	begin 20 --fault 3=wrong-password
	expect_status 0 scan
	expect_eq lines "$(lines)" 20
	expect_eq told "$(grep -c ' new ssh-ed25519 SHA256:' "$TEST_TMP/out")" 20
	for i in 1 3 20; do
		expect_eq "key of R$i" "$(sed -n "s/^R$i (.*) new //p" "$TEST_TMP/out")" \
			"ssh-ed25519 $(print_of "$(host $i)" | cut -d' ' -f1)"
	done
	cp "$TEST_TMP/known_hosts" "$TEST_TMP/before"
	expect_status 0 scan
	expect_eq known "$(grep -c ' known ssh-ed25519 ' "$TEST_TMP/out")" 20
	cmp "$TEST_TMP/before" "$TEST_TMP/known_hosts"
	stop_devsim
	expect_eq connections "$(devsim_count connections)" 40
	expect_eq logins "$(devsim_count logins)" 0
	expect_eq 'refused logins' "$(devsim_count 'refused logins')" 0
}

case_scan_takes_the_devices_that_are_named() {
	begin 3
	expect_status 0 scan -o ndjson R1 R3
	expect_results 'map(.device) | sort == ["R1", "R3"]'
	expect_results 'all(.[]; .status == "ok" and
		.host_key.state == "new" and .host_key.type == "ssh-ed25519" and
		(.host_key.fingerprint | test("^SHA256:.{43}$")))'
	expect_eq lines "$(lines)" 2
}

case_scan_tells_a_changed_key_and_leaves_it() {
	begin 2
	expect_status 0 scan
	cp "$TEST_TMP/known_hosts" "$TEST_TMP/before"
	stop_devsim
	start_devsim --devices 2 --keys "$TEST_TMP/other-keys"
	expect_status 3 scan -o ndjson
	expect_results 'all(.[]; .error.code == "hostkey_changed" and
		.host_key.state == "changed")'
	expect_status 3 scan
	expect_match told "$(cat "$TEST_TMP/out")" \
		'R1 \(.*\) failed: hostkey: hostkey_changed: .*netfan hostkeys forget'
	cmp "$TEST_TMP/before" "$TEST_TMP/known_hosts"
}

case_a_strict_scan_writes_nothing() {
	begin 2
	expect_status 3 scan --host-keys strict -o ndjson
	expect_results 'all(.[]; .host_key.state == "unknown")'
	[ ! -e "$TEST_TMP/known_hosts" ] || fail 'known_hosts was written'
}

case_scan_needs_no_password() {
	start_devsim --devices 1
	# shellcheck disable=SC2016 # it is a placeholder
	PASSWORD='${PASSWORD}' make_inventory 1
	expect_status 0 scan
	expect_match told "$(cat "$TEST_TMP/out")" '^R1 .* new '
}

case_scan_goes_on_beside_devices_that_cannot_be_reached() {
	begin 2
	put_device R3 "$TEST_NET.9" 1
	put_device R4 "$TEST_NET.1" 23 'transport: telnet'
	expect_status 1 scan
	expect_match refused "$(cat "$TEST_TMP/out")" \
		'R3 \(.*\) failed: connect: refused: '
	expect_match telnet "$(cat "$TEST_TMP/out")" \
		'R4 \(.*\) skipped: it speaks telnet, which has no host keys'
	expect_eq lines "$(lines)" 2
}

case_scan_keeps_to_the_cap_of_an_address() {
	local i

	start_devsim --devices 1 --connect-ms 300
	make_inventory 0
	for ((i = 1; i <= 6; i++)); do
		put_device "R$i" "$TEST_NET.1" "$DEVSIM_PORT"
	done
	expect_status 0 scan --logins-per-host 2 -o ndjson
	expect_results 'length == 6'
	expect_eq lines "$(lines)" 1
	stop_devsim
	peak=$(devsim_count peak)
	[ "$peak" -le 2 ] || fail "$peak at once"
}

case_scan_of_real_servers_agrees_with_ssh_keyscan() {
	[ -x /usr/sbin/sshd ] || skip 'no sshd'
	[ "$(id -u)" = 0 ] || skip 'sshd wants root'
	command -v dropbear >/dev/null && command -v dropbearkey >/dev/null ||
		skip 'no dropbear'
	mkdir -p /run/sshd
	ssh-keygen -q -t ecdsa -N '' -f "$TEST_TMP/ecdsa"
	cat <<-END >"$TEST_TMP/sshd_config"
		ListenAddress $TEST_NET.1
		Port 2022
		HostKey $TEST_TMP/ecdsa
		PidFile none
		UsePAM no
	END
	/usr/sbin/sshd -D -e -f "$TEST_TMP/sshd_config" \
		>"$TEST_TMP/server" 2>&1 </dev/null &
	children+=("$!")
	dropbearkey -t ed25519 -f "$TEST_TMP/dropbear" >/dev/null 2>&1
	dropbear -F -E -m -r "$TEST_TMP/dropbear" -p "$TEST_NET.2:2022" \
		-P "$TEST_TMP/server.pid" >"$TEST_TMP/server2" 2>&1 </dev/null &
	children+=("$!")
	wait_until 10 listens 1
	wait_until 10 listens 2
	put_device sshd "$TEST_NET.1" 2022
	put_device dropbear "$TEST_NET.2" 2022
	expect_status 0 scan
	ssh-keyscan -p 2022 "$TEST_NET.1" "$TEST_NET.2" 2>/dev/null |
		grep -v '^#' | sort >"$TEST_TMP/scanned"
	expect_eq keys "$(sort "$TEST_TMP/known_hosts")" \
		"$(cat "$TEST_TMP/scanned")"
}

listens() { # I
	(exec 3<>"/dev/tcp/$TEST_NET.$1/2022") 2>/dev/null
}

# What the error of a silent device advises is an option of scan.
case_scan_waits_as_long_as_it_is_told() {
	begin 1 --fault 1=silent
	expect_status 3 scan --handshake-timeout 1 --connect-timeout 300
	expect_match why "$(cat "$TEST_TMP/out")" '--handshake-timeout waits longer'
	expect_status 2 hostkeys show --handshake-timeout 1
	expect_status 2 scan --auth-timeout 1
}

# ---- show

# No simulator runs: nothing is connected to.
know() { # N
	local i

	make_inventory "$1"
	for ((i = 1; i <= $1; i++)); do
		rm -f "$TEST_TMP/key" "$TEST_TMP/key.pub"
		ssh-keygen -q -t ed25519 -N '' -f "$TEST_TMP/key"
		echo "$(host $i) $(cut -d' ' -f1-2 "$TEST_TMP/key.pub")"
	done >"$TEST_TMP/known_hosts"
}

case_show_tells_what_ssh_keygen_finds() {
	local i

	know 3
	expect_status 0 hostkeys show -o ndjson
	for i in 1 2 3; do
		expect_eq "key of R$i" "$(result R$i '.fingerprint + " " + (.line | tostring)')" \
			"$(print_of "$(host $i)" | cut -d' ' -f1) $i"
	done
	ssh-keygen -H -f "$TEST_TMP/known_hosts" >/dev/null 2>&1
	expect_status 0 hostkeys show -o ndjson R2
	expect_eq form "$(result R2 '.form + (.line | tostring)')" hashed2
	expect_eq lines "$(wc -l <"$TEST_TMP/out")" 1
}

case_show_tells_forms_and_marks() {
	local key

	know 1
	key=$(cut -d' ' -f2- "$TEST_TMP/known_hosts")
	cat <<-END >"$TEST_TMP/known_hosts"
		# a comment
		@revoked * $key
		@cert-authority [127.*]:* $key
		$TEST_NET.1 $key
		$(host 1) $key
	END
	put_device R2 "$TEST_NET.2" "$DEVSIM_PORT"
	expect_status 1 hostkeys show
	expect_eq rows "$(tail -n +2 "$TEST_TMP/out" | sed "s/SHA256:.\{43\}/KEY/")" \
		"R1          5  plain    ssh-ed25519 KEY
R1          2  pattern  ssh-ed25519 KEY @revoked
R1          3  pattern  ssh-ed25519 KEY @cert-authority
R1          4  plain    ssh-ed25519 KEY (of the host without the port)
R1          2  pattern  ssh-ed25519 KEY (of the host without the port) @revoked
R2          2  pattern  ssh-ed25519 KEY @revoked
R2          3  pattern  ssh-ed25519 KEY @cert-authority
R2          2  pattern  ssh-ed25519 KEY (of the host without the port) @revoked"
	expect_status 0 hostkeys show R1
}

case_show_without_a_file_knows_nothing() {
	make_inventory 2
	expect_status 1 hostkeys show
	expect_eq unknown "$(grep -c 'no key is known' "$TEST_TMP/out")" 2
	[ ! -e "$TEST_TMP/known_hosts" ] || fail 'known_hosts was made'
}

case_show_misses_no_key_of_who_needs_none() {
	know 1
	cat <<-END >>"$TEST_TMP/inventory.yaml"
		- {name: R2, device_type: cisco_ios_telnet, host: $TEST_NET.2}
		- name: R3
		  device_type: cisco_ios
		  host: $TEST_NET.3
		  hostkey_fingerprint: SHA256:$(printf 'A%.0s' {1..43})
	END
	expect_status 0 hostkeys show
	expect_eq rows "$(tail -n 2 "$TEST_TMP/out")" \
		'R2          -  -        telnet
R3          -  -        pinned'
	expect_status 0 hostkeys show -o ndjson
	expect_eq needs "$(result R2 '[.line, .telnet, .pinned] | tostring')" \
		'[null,true,false]'
	expect_eq needs "$(result R3 '[.line, .telnet, .pinned] | tostring')" \
		'[null,false,true]'
}

# ---- forget

case_forget_leaves_what_ssh_keygen_would() {
	know 4
	cp "$TEST_TMP/known_hosts" "$TEST_TMP/theirs"
	cp "$TEST_TMP/known_hosts" "$TEST_TMP/before"
	chmod 640 "$TEST_TMP/known_hosts"
	ssh-keygen -R "$(host 2)" -f "$TEST_TMP/theirs" >/dev/null 2>&1
	expect_status 0 hostkeys forget R2
	cmp "$TEST_TMP/theirs" "$TEST_TMP/known_hosts"
	cmp "$TEST_TMP/theirs.old" "$TEST_TMP/known_hosts.old"
	expect_eq mode "$(stat -c %a "$TEST_TMP/known_hosts")" 640
	expect_match told "$(cat "$TEST_TMP/out")" 'R2 +2  plain .* \(forgotten\)'
	! ssh-keygen -F "$(host 2)" -f "$TEST_TMP/known_hosts" >/dev/null ||
		fail 'ssh-keygen still finds it'
	ssh-keygen -F "$(host 3)" -f "$TEST_TMP/known_hosts" >/dev/null
}

case_forget_leaves_of_hashed_lines_what_ssh_keygen_would() {
	know 4
	ssh-keygen -H -f "$TEST_TMP/known_hosts" >/dev/null 2>&1
	cp "$TEST_TMP/known_hosts" "$TEST_TMP/theirs"
	ssh-keygen -R "$(host 2)" -f "$TEST_TMP/theirs" >/dev/null 2>&1
	ssh-keygen -R "$(host 4)" -f "$TEST_TMP/theirs" >/dev/null 2>&1
	expect_status 0 hostkeys forget R4 R2
	cmp "$TEST_TMP/theirs" "$TEST_TMP/known_hosts"
}

case_forget_takes_one_name_out_of_several() {
	know 2
	sed -i "1s/^/sw1.example.net,/; 1s/ /,192.0.2.7 /" "$TEST_TMP/known_hosts"
	expect_status 0 hostkeys forget R1
	expect_eq names "$(head -n 1 "$TEST_TMP/known_hosts" | cut -d' ' -f1)" \
		'sw1.example.net,192.0.2.7'
	expect_eq lines "$(lines)" 2
}

case_forget_keeps_what_is_marked_or_meant_for_many() {
	know 1
	sed -i "h; s/^[^ ]*/@revoked */; p; g; s/^[^ ]*/[127.*]:*/; p; g" \
		"$TEST_TMP/known_hosts"
	head -n 2 "$TEST_TMP/known_hosts" >"$TEST_TMP/wanted"
	expect_status 0 hostkeys forget -o ndjson R1
	cmp "$TEST_TMP/wanted" "$TEST_TMP/known_hosts"
	expect_results 'map(select(.portless | not) | .forgotten) ==
		[true, false, false]'
}

case_forget_wants_to_be_told_whose_keys() {
	know 2
	cp "$TEST_TMP/known_hosts" "$TEST_TMP/before"
	expect_status 2 hostkeys forget
	expect_match why "$(cat "$TEST_TMP/err")" 'name the devices, or give --all'
	expect_status 2 hostkeys forget --all R1
	expect_status 2 hostkeys forget R9
	cmp "$TEST_TMP/before" "$TEST_TMP/known_hosts"
	[ ! -e "$TEST_TMP/known_hosts.old" ] || fail 'it was rewritten'
	expect_status 0 hostkeys forget --all
	expect_eq lines "$(lines)" 0
	expect_eq old "$(wc -l <"$TEST_TMP/known_hosts.old")" 2
	# Nothing is left to be forgotten: the old keys are not lost.
	expect_status 0 hostkeys forget --all
	expect_eq old "$(wc -l <"$TEST_TMP/known_hosts.old")" 2
}

case_forget_makes_no_file() {
	make_inventory 1
	expect_status 0 hostkeys forget --all
	[ ! -e "$TEST_TMP/known_hosts" ] || fail 'known_hosts was made'
}

case_forget_leaves_a_link_a_link() {
	know 1
	mv "$TEST_TMP/known_hosts" "$TEST_TMP/elsewhere"
	ln -s elsewhere "$TEST_TMP/known_hosts"
	expect_status 0 hostkeys forget R1
	[ -L "$TEST_TMP/known_hosts" ] || fail 'it is no link any more'
	expect_eq size "$(stat -c %s "$TEST_TMP/elsewhere")" 0
	expect_eq old "$(wc -l <"$TEST_TMP/elsewhere.old")" 1
}

# The key is taken out, and learnt anew.
case_a_changed_key_is_forgotten_and_learnt() {
	begin 2
	expect_status 0 scan
	stop_devsim
	start_devsim --devices 2 --keys "$TEST_TMP/other-keys"
	expect_status 3 poll -q 'show clock'
	expect_status 0 hostkeys forget R1 R2
	expect_status 0 poll -q 'show clock'
	expect_eq lines "$(lines)" 2
}

# Polls append, each under the lock, while keys are forgotten.
case_what_is_learnt_while_keys_are_forgotten_is_kept() {
	local i

	begin 40 --connect-ms 200
	know 80
	cp "$TEST_TMP/inventory.yaml" "$TEST_TMP/all.yaml"
	make_inventory 40
	sed -i 1,40d "$TEST_TMP/known_hosts" # of R1 to R40
	start_netfan hostkeys scan -i "$TEST_TMP/inventory.yaml" -f 4 \
		--known-hosts "$TEST_TMP/known_hosts" --timeout 600
	for ((i = 41; i <= 80; i++)); do
		HOME=$TEST_TMP/home "$NETFAN" hostkeys forget -q \
			-i "$TEST_TMP/all.yaml" \
			--known-hosts "$TEST_TMP/known_hosts" "R$i" \
			>/dev/null 2>"$TEST_TMP/forget.err" ||
			fail "R$i: $(cat "$TEST_TMP/forget.err")"
	done
	expect_end 0
	expect_eq lines "$(lines)" 40
	for ((i = 1; i <= 40; i++)); do
		expect_eq "lines of R$i" \
			"$(grep -cF "$(host $i) " "$TEST_TMP/known_hosts")" 1
	done
}

case_forget_waits_for_the_lock_and_gives_up() {
	know 1
	flock "$TEST_TMP/known_hosts" sleep 600 &
	children+=("$!")
	wait_until 5 locked
	expect_status 2 hostkeys forget R1
	expect_match why "$(cat "$TEST_TMP/err")" 'another program holds its lock'
	expect_eq lines "$(lines)" 1
}

locked() {
	! flock -n "$TEST_TMP/known_hosts" true
}

# ---- the command line

case_an_action_takes_no_option_without_a_meaning() {
	know 1
	expect_status 2 hostkeys show --fanout 3
	expect_match why "$(cat "$TEST_TMP/err")" 'fanout: show does not take it'
	expect_status 2 hostkeys forget --host-keys off R1
	expect_status 2 scan --all
	expect_status 2 hostkeys scam
	expect_match why "$(cat "$TEST_TMP/err")" "did you mean 'scan'"
	expect_status 2 netfan hostkeys
	expect_match why "$(cat "$TEST_TMP/err")" 'scan, show or forget'
}

run_cases "$@"
