#!/usr/bin/env bash
# Real servers, with a user of their own who is gone in the end: OpenSSH and
# dropbear, shells bash and dash.
# shellcheck source=test/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=test/e2e/servers.sh
. "$(dirname "$0")/servers.sh"

# telnetd behind the internet super-server, which is how it is run.
start_telnetd() {
	local inetd

	inetd=$(PATH=$PATH:/usr/sbin command -v inetutils-inetd) ||
		skip 'no inetd'
	[ -x /usr/sbin/telnetd ] || skip 'no telnetd'
	netfan --version | grep -q '^libtelnet [0-9]' ||
		skip 'netfan was built without telnet'
	echo "$TEST_NET.1:$PORT stream tcp nowait root /usr/sbin/telnetd telnetd" \
		>"$TEST_TMP/inetd.conf"
	"$inetd" -d --pidfile="$TEST_TMP/inetd.pid" "$TEST_TMP/inetd.conf" \
		>"$TEST_TMP/server" 2>&1 &
	await_server $!
}

# Several commands in one session, each answer to the byte.
expect_session() { # [TYPE]
	linux_inventory "$@"
	expect_status 0 poll --shell -o ndjson -e 'uname -s' \
		-e "printf 'no newline'" -e 'cd /tmp' -e pwd -e true 'seq 300'
	expect_results '[.[0].commands[].output][:5] ==
		["Linux\n", "no newline", "", "/tmp\n", ""]'
	expect_results '.[0].commands[5].output == ([range(1; 301) |
		tostring + "\n"] | add)'
}

case_sshd_with_bash() {
	make_user bash
	start_sshd ed25519
	expect_session
}

case_sshd_with_dash() {
	make_user dash
	start_sshd ed25519
	expect_session
}

case_dropbear_with_bash() {
	make_user bash
	start_dropbear
	expect_session
}

case_dropbear_with_dash() {
	make_user dash
	start_dropbear
	expect_session
}

# A server that closes the connection on a wrong password says so in words.
case_sshd_that_closes_on_a_wrong_password() {
	make_user bash
	start_sshd ed25519 $'UsePAM no\nMaxAuthTries 1'
	linux_inventory
	sed -i 's/^  password: .*/  password: wrong/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson true
	expect_error host auth auth_failed
	expect_match message "$(result host .error.message)" \
		"^user $user: password refused: .*Too many authentication fail"
}

# Three devices with one user and password: were it taken for a wrong one, the
# lockout would leave the last alone.
expect_not_locked_out() { # MESSAGE
	local i

	for i in 2 3; do
		sed "s/name: host/name: host$i/" "$TEST_TMP/inventory.yaml"
	done >"$TEST_TMP/more.yaml"
	cat "$TEST_TMP/more.yaml" >>"$TEST_TMP/inventory.yaml"
	expect_status 3 poll --max-auth-failures 1 -o ndjson true
	for i in host host2 host3; do
		expect_error $i auth auth_failed
		expect_eq message "$(result $i .error.message)" \
			"user $user: $1"
	done
}

case_sshd_that_wants_a_key_too() {
	make_user bash
	start_sshd ed25519 $'UsePAM no\nAuthenticationMethods password,publickey'
	linux_inventory
	expect_not_locked_out "password accepted; the device wants publickey, too, and no key is given: key_file or -I names a key, --agent takes the agent's"
	sed -i 's/^  password: .*/  password: wrong/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll --max-auth-failures 9 -o ndjson true
	expect_eq message "$(result host .error.message)" \
		"user $user: password refused; are username and password right in the inventory?"
}

# PAM asks for the old password again, then.
case_sshd_that_demands_a_new_password() {
	[ -e /etc/pam.d/sshd ] || skip 'PAM knows no sshd'
	make_user bash
	start_sshd ed25519 $'UsePAM yes\nPasswordAuthentication no
		KbdInteractiveAuthentication yes'
	! grep -q 'Unsupported option UsePAM' "$TEST_TMP/server" ||
		skip 'sshd knows no PAM'
	with_user_lock chage -d 0 "$user"
	linux_inventory
	expect_not_locked_out 'the device demands a new password: log in by hand and set it'
}

case_sshd_that_permits_no_terminal() {
	make_user bash
	start_sshd ed25519 $'UsePAM no\nPermitTTY no'
	linux_inventory
	expect_status 3 poll --shell -o ndjson 'echo here'
	expect_error host shell session_denied
	expect_match message "$(result host .error.message)" 'poll (--exec) '
	expect_status 0 poll "${BASH_REMATCH[1]}" -o ndjson 'echo here'
	expect_eq answer "$(result host '.commands[0].output')" here
}

case_sshd_that_opens_no_session() {
	make_user bash
	start_sshd ed25519 $'UsePAM no\nMaxSessions 0'
	linux_inventory
	expect_status 3 poll -o ndjson true
	expect_error host command session_denied
	expect_eq message "$(result host .error.message)" \
		'the device opens no session: it said "open failed"'
}

# Each command as a program: status, standard error, output to the byte.
expect_programs() {
	linux_inventory
	expect_status 0 poll -o ndjson -e 'uname -s' \
		-e "printf 'no newline'" -e 'echo out; echo err >&2; exit 3' \
		-e 'cd /tmp' -e pwd 'kill -TERM $$' 'seq 30000' \
		'head -c 100000 /dev/zero | tr "\0" x >&2'
	expect_results '[.[0].commands[].output][:6] ==
		["Linux\n", "no newline", "out\n", "", "'"$home"'\n", ""]'
	expect_results '[.[0].commands[].stderr][:6] ==
		["", "", "err\n", "", "", ""]'
	expect_results '.[0].commands[2].exit_status == 3 and
		.[0].commands[0].exit_status == 0'
	expect_results '.[0].commands[6].output == ([range(1; 30001) |
		tostring + "\n"] | add)'
	expect_results '.[0].commands[7] | .truncated and
		(.stderr | length) == 65536 and .output == ""'
	expect_results '.[0].prompt == "" and .[0].status == "ok"'
}

case_programs_by_sshd() {
	make_user bash
	start_sshd ed25519
	expect_programs
	expect_results '.[0].commands[5] | .exit_status == null and
		.signal == "TERM"'
	expect_status 0 poll 'echo one; echo two >&2; exit 7'
	expect_match text "$(cat "$TEST_TMP/out")" \
		'one'$'\n''two'$'\n''--- exit status 7 ---'
	expect_status 0 poll 'printf one; echo two >&2'
	expect_match text "$(cat "$TEST_TMP/out")" 'one'$'\n''two'
}

case_programs_by_dropbear() {
	make_user dash
	start_dropbear
	expect_programs
}

# What a child holds open says nothing more: the rest of the session goes on.
# (dropbear closes its output itself.)
case_a_child_in_the_background() {
	make_user bash
	start_sshd ed25519
	linux_inventory
	expect_status 0 poll --timeout 45 -o ndjson \
		-e 'echo begun; sleep 600 &' -e 'sleep 600 & exit 3' \
		-e 'sleep 600 & kill -TERM $$' \
		-e 'sleep 600 >/dev/null 2>&1 & echo done' -e 'echo next'
	expect_results '[.[0].commands[].output] ==
		["begun\n", "", "", "done\n", "next\n"]'
	expect_results '[.[0].commands[].left_open] ==
		[true, true, true, null, null]'
	expect_results '[.[0].commands[].truncated] | any | not'
	expect_results '[.[0].commands[].exit_status] == [0, 3, null, 0, 0]'
	expect_results '.[0].commands[2].signal == "TERM"'
}

# It asks each second, as nothing is said: that is no end.
case_a_pause_is_no_end() {
	make_user bash
	start_sshd ed25519 'UsePAM no
ClientAliveInterval 1'
	linux_inventory
	expect_status 0 poll -o ndjson \
		-e 'echo 1; sleep 2; echo exit-status; sleep 2; echo 2'
	expect_results '.[0].commands[0] | .output == "1\nexit-status\n2\n" and
		(has("left_open") | not)'
}

# Have so many keepalives come, in all?
kept_alive() { # N
	[ "$(grep -c 'rtype keepalive@libssh2.org' "$TEST_TMP/server")" -ge "$1" ]
}

# In a command that says nothing until three more came.
expect_keepalives() { # POLL_ARGS...
	local before

	before=$(grep -c 'rtype keepalive@' "$TEST_TMP/server" || true)
	start_poll -o ndjson "$@" \
		"until [ -e '$home/go' ]; do sleep 0.1; done; echo gone on"
	wait_until 30 kept_alive $((before + 3)) || fail 'no keepalives'
	touch "$home/go"
	expect_end 0
	expect_eq output "$(result host '.commands[0].output')" 'gone on'
	rm "$home/go"
}

case_keepalives_in_a_silent_command() {
	make_user bash
	start_sshd ed25519 'UsePAM no
LogLevel DEBUG3'
	linux_inventory
	expect_keepalives --keepalive 2
	expect_keepalives --keepalive 2 --shell
	echo '  keepalive: 2' >>"$TEST_TMP/inventory.yaml"
	expect_keepalives --keepalive 1h
}

# Nothing was run, though there is a status and something was said.
case_a_password_that_has_expired() {
	make_user bash
	with_user_lock chage -M 10 -d 2020-01-01 "$user"
	start_sshd ed25519
	linux_inventory
	expect_status 3 poll -o ndjson -e 'uname -s' -e id
	expect_error host auth auth_failed
	expect_match message "$(result host .error.message)" \
		'the device demands a new password: log in by hand and set it'
	expect_eq commands "$(result host '.commands | length')" 1
	expect_status 3 poll --shell -o ndjson 'uname -s'
	expect_error host auth auth_failed
}

# The same words, from a command that did run.
case_words_of_an_expired_password() {
	make_user bash
	start_sshd ed25519
	linux_inventory
	umask 022
	printf '%s\n' 'WARNING: Your password has expired.' \
		'Password change required but no TTY available.' >"$home/words"
	expect_status 0 poll -o ndjson -e 'cat words; exit 1' \
		-e 'cat words >&2' -e 'echo a; cat words >&2; exit 1' \
		-e 'tail -n 1 words >&2; exit 1' -e 'cat words >&2; exit 2' \
		-e 'cat words >&2; echo >&2; exit 1'
	expect_results '[.[0].commands[].exit_status] == [1, 0, 1, 1, 2, 1]'
}

case_strict_heeds_the_status() {
	make_user bash
	start_sshd ed25519
	linux_inventory
	expect_status 3 poll --strict -o ndjson -e true -e 'exit 4' -e true
	expect_error host command command_rejected
	expect_eq message "$(result host .error.message)" 'status 4: exit 4'
	expect_eq commands "$(result host '.commands | length')" 2
}

case_a_program_that_does_not_end() {
	make_user bash
	start_sshd ed25519
	linux_inventory
	with_patience 2 poll_within '.[0].commands[0].output == "begun\n"' \
		'echo begun; sleep 600'
	expect_error host command timeout
	expect_eq output "$(result host '.commands[0].output')" begun
	expect_eq status "$(result host '.commands[0].exit_status')" null
	expect_status 3 poll --max-output 1M -o ndjson yes
	expect_error host command output_too_large
	expect_eq bytes "$(result host '.commands[0].bytes')" 1048576
}

case_a_router_may_run_programs_as_well() {
	start_devsim --devices 1
	make_inventory 1
	expect_status 0 poll --exec -o ndjson 'show clock'
	expect_results '.[0].commands[0] | .exit_status == 0 and
		(.output | test("UTC"))'
	expect_status 0 poll -o ndjson 'show clock'
	expect_results '.[0].commands[0] | has("exit_status") | not'
}

case_telnetd_with_bash() {
	make_user bash
	start_telnetd
	expect_session linux_telnet
	expect_results '.[0].weak == ["telnet"]'
	expect_status 0 poll -o ndjson 'stty size'
	expect_eq window "$(result host '.commands[0].output')" '1000 510'
}

case_telnetd_refuses_a_wrong_password() {
	make_user bash
	start_telnetd
	LINUX_PASSWORD=wrong linux_inventory linux_telnet
	expect_status 3 poll -o ndjson 'uname -s'
	expect_error host auth auth_failed
}

# Debian's own, without the title of the window.
case_a_prompt_with_colours() {
	make_user bash
	cat <<-'END' >>"$home/.profile"
		PS1='\[\e[01;32m\]\u@\h\[\e[00m\]:\[\e[01;34m\]\w\[\e[00m\]\$ '
	END
	start_sshd ed25519
	expect_session
}

case_a_prompt_of_two_lines() {
	make_user bash
	# shellcheck disable=SC2016 # the shell there expands it
	echo "PS1='\\n\\u:\\w\\$ '" >>"$home/.profile"
	start_sshd ed25519
	linux_inventory
	expect_status 0 poll --shell -o ndjson -e 'uname -s' -e 'cd /tmp' -e pwd \
		"printf '\\n\\nblank lines\\n\\n'"
	expect_results '[.[0].commands[].output] ==
		["Linux\n", "", "/tmp\n", "\n\nblank lines\n\n"]'
}

case_a_command_that_asks_is_answered() {
	make_user bash
	start_sshd ed25519
	linux_inventory
	expect_status 0 poll --shell -o ndjson --answer 'Sure\? $=yes' \
		'read -p "Sure? " x; echo "it was $x"' 'echo done'
	expect_results '[.[0].commands[].output] ==
		["Sure? yes\nit was yes\n", "done\n"]'
	expect_status 0 poll --answer 'Sure\? $=yes' true
	expect_match note "$(cat "$TEST_TMP/err")" 'answers have no effect on'
	with_patience 2 poll_within '.[0].error.stage == "command" and
		.[0].commands[0].bytes > 0' --shell 'read -p "Sure? " x'
	expect_error host command timeout
	expect_match message "$(result host .error.message)" 'Sure\? ";'
}

# It says which keys came: a return key behind the one that it asks for would be
# the second. An End of File that is typed ends cat(1).
case_one_key_is_pressed_alone() {
	local keys="read -n1 -p 'Sure? ' x; read -n1 -t 1 y; echo \"[\$x\$y\$?]\""

	make_user bash
	start_sshd ed25519
	linux_inventory
	printf '%s\n' "$keys" '?key Sure\? $=n' 'printf "Text: "; cat; echo' \
		'?key ^Text: $=^D' "$keys" '? Sure\? $=n' >"$TEST_TMP/commands"
	expect_status 0 poll --shell -o ndjson --answer-key 'Sure\? $=y' \
		-c "$TEST_TMP/commands" -e "$keys"
	expect_results '[.[0].commands[].output] == ["Sure? n[n142]\n",
		"Text: \n", "Sure? n^J[n0]\n", "Sure? y[y142]\n"]'
}

# The shell asks before its first prompt, and ends unless it is answered.
case_a_statement_is_accepted_for_the_user_alone() {
	make_user bash
	printf '%s\n' 'read -p "I agree (yes/no): " x' '[ "$x" = yes ] || exit' \
		>>"$home/.profile"
	start_sshd ed25519
	linux_inventory
	expect_status 0 poll --shell -o ndjson \
		--login-answer 'agree \(yes/no\): $=yes' pwd
	expect_results '.[0].status == "ok"'
	printf '  login_answers: |\n    ^I agree.*: $=yes\n' \
		>>"$TEST_TMP/inventory.yaml"
	expect_status 0 poll --shell -o ndjson pwd
	expect_results '.[0].status == "ok"'
	expect_status 3 poll --shell -o ndjson --login-answer 'agree=no' pwd
	expect_results '.[0].status == "failed"'
	sed -i '/login_answers/,$d' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll --shell -o ndjson pwd
	expect_error host prompt no_prompt
	expect_match message "$(result host .error.message)" \
		'"I agree \(yes/no\): ", .*: --login-answer answers it$'
}

# Where no shell is asked for, there is none to type it into.
case_a_text_is_typed_into_a_shell() {
	make_user bash
	start_sshd ed25519
	linux_inventory
	printf '%s\n' 'cat <<END' 'a $((1 + 1))' '' 'exit' 'END' 'echo over' \
		>"$TEST_TMP/commands"
	expect_status 0 poll --shell -o ndjson -c "$TEST_TMP/commands"
	expect_results '[.[0].commands[].output] ==
		["a 2\n\nexit\n", "over\n"]'
	expect_status 3 poll -o ndjson -c "$TEST_TMP/commands"
	expect_error host command session_denied
	expect_match message "$(result host .error.message)" \
		'no shell that its lines could be typed into: poll --shell'
}

# Each question belongs to the command above it.
case_a_file_of_commands_that_ask() {
	make_user bash
	start_sshd ed25519
	linux_inventory
	printf '%s\r\n' '# asked twice, and once' '' \
		"  read -p 'Sure? ' x; read -p 'When? ' y; echo \$x \$y " \
		'? Sure\? $=yes' '? When\? $=at 8' \
		"read -p 'Sure? ' x; echo \$x" '? ^Sure.*=no' \
		"read -p 'Who? ' x; echo \$x" >"$TEST_TMP/commands"
	expect_status 0 poll --shell -o ndjson \
		-c "$TEST_TMP/commands" --answer '\? $=me' 'echo done'
	expect_results '[.[0].commands[].output] ==
		["Sure? yes\nWhen? at 8\nyes at 8\n",
		"Sure? no\nno\n", "Who? me\nme\n", "done\n"]'
	expect_status 0 poll --shell -o ndjson -c - \
		<<<'echo from the standard input'
	expect_results '[.[0].commands[].output] == ["from the standard input\n"]'
}

# It is asked in a shell what it is, for which there is room once.
case_a_linux_that_is_found_out_runs_programs() {
	make_user bash
	start_sshd ed25519 'UsePAM no
MaxSessions 1'
	linux_inventory autodetect
	expect_status 0 poll -o ndjson -e 'echo out; exit 3' -e pwd
	expect_results '.[0].platform == "linux" and
		.[0].commands[0].exit_status == 3 and
		.[0].commands[1].output == "'"$home"'\n"'
	expect_status 0 poll --shell -o ndjson -e 'cd /tmp' -e pwd
	expect_results '.[0].platform == "linux" and
		.[0].commands[1].output == "/tmp\n"'
}

# One who says something else each time has no time; numbers may change.
case_bench_refuses_a_time_for_another_answer() {
	make_user bash
	start_sshd ed25519
	linux_inventory
	expect_status 1 netfan bench -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --modes process --runs 1 \
		'date +%N | tr 0-9 a-j'
	expect_match row "$(cat "$TEST_TMP/out")" \
		'1 process +- run 1: 1 of 1 devices answered otherwise, as host'
	expect_status 0 netfan bench -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --modes process --runs 1 \
		'date +%N'
	expect_status 0 netfan bench -i "$TEST_TMP/inventory.yaml" \
		--known-hosts "$TEST_TMP/known_hosts" --modes process --runs 2 \
		'date +%-N | sed "s/[13579]$/& day/; s/[02468]$/& days/"'
}

# Who answers when fewer ask takes part; a row in which they fail has no time.
case_bench_tells_of_a_cap() {
	local i

	make_user bash
	start_sshd ed25519 'UsePAM no
MaxStartups 1:100:1'
	for i in 1 2 3 4 5 6 7 8; do
		linux_inventory
		sed "s/name: host/name: L$i/" "$TEST_TMP/inventory.yaml"
	done >"$TEST_TMP/capped.yaml"
	expect_status 1 netfan bench -i "$TEST_TMP/capped.yaml" \
		--host-keys off --pools classic --modes sequential,process \
		--widths 8 --runs 1 'uname -s'
	expect_match note "$(cat "$TEST_TMP/err")" \
		'of 8 devices, [1-8] fail at 8 wide, but answer when fewer'
	expect_match rows "$(cat "$TEST_TMP/out")" \
		'sequential +0:00.*8 processes +- run 1: [1-8] of 8 devices failed'
	expect_match advice "$(cat "$TEST_TMP/out")" \
		'at 8 wide, devices fail that answer at 1;'
}

# The same server under N names.
linux_entries() { # N
	local i

	for ((i = 1; i <= $1; i++)); do
		linux_inventory
		sed "s/name: host/name: L$i/" "$TEST_TMP/inventory.yaml"
	done >"$TEST_TMP/entries.yaml"
	mv "$TEST_TMP/entries.yaml" "$TEST_TMP/inventory.yaml"
}

# It drops some of more than ten at their login, by chance.
case_a_hundred_entries_of_one_sshd_with_its_defaults() {
	make_user bash
	start_sshd ed25519
	linux_entries 100
	expect_status 0 poll -o ndjson 'uname -s'
	expect_results 'length == 100 and all(.[]; .status == "ok" and
		.commands[0].output == "Linux\n")'
}

case_an_sshd_that_drops_most_answers_all() {
	make_user bash
	start_sshd ed25519 'UsePAM no
MaxStartups 2:60:3'
	linux_entries 20
	expect_status 0 poll -o ndjson 'uname -s'
	expect_results 'all(.[]; .status == "ok") and any(.[]; .attempts > 1)'
}

# It closes the sixth that has not logged in, without a word.
case_many_entries_of_one_dropbear() {
	make_user dash
	start_dropbear
	linux_entries 30
	expect_status 0 poll -o ndjson --host-keys off --logins-per-host 0 \
		'uname -s'
	expect_results 'length == 30 and all(.[]; .status == "ok") and
		any(.[]; .attempts > 1)'
}

case_sshd_refuses_a_wrong_password() {
	make_user bash
	start_sshd ed25519
	linux_inventory
	sed -i 's/password: .*/password: wrong/' "$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson 'uname -s'
	expect_error host auth auth_failed
}

case_group14_alone_is_enough() {
	make_user bash
	start_sshd ecdsa 'UsePAM no
KexAlgorithms diffie-hellman-group14-sha256'
	expect_session
}

# Is the libssh2 that is linked of VERSION, or later?
libssh2_has() { # VERSION
	local linked

	linked=$(netfan --version | sed -n 's/^libssh2 //p')
	[ "$(printf '%s\n' "$1" "$linked" | sort -V | head -n 1)" = "$1" ]
}

# Log in, twice: the second time by the key that the first one result.
expect_known_rsa_session() {
	linux_inventory
	expect_status 0 poll -o ndjson 'uname -s'
	expect_eq known_hosts "$(cat "$TEST_TMP/known_hosts")" \
		"[$TEST_NET.1]:$PORT $(cut -d ' ' -f 1-2 "$TEST_TMP/host_key.pub")"
	expect_match known_hosts "$(cat "$TEST_TMP/known_hosts")" ' ssh-rsa '
	expect_status 0 poll -o ndjson --host-keys strict 'uname -s'
	expect_results ".[0].commands[0].output == \"Linux\n\" and
		.[0].weak == [$1]"
}

# SHA-1 it refuses, and libssh2 before 1.11.0 signs RSA with nothing else.
case_rsa_without_sha1_takes_libssh2_1_11() {
	make_user bash
	start_sshd rsa 'UsePAM no
HostKeyAlgorithms rsa-sha2-512,rsa-sha2-256'
	if libssh2_has 1.11.0; then
		expect_known_rsa_session ''
		return
	fi
	linux_inventory
	expect_status 3 poll -o ndjson 'uname -s'
	expect_error host handshake no_common_algorithm
	expect_match message "$(result host .error.message)" \
		'it offers rsa-sha2-512,rsa-sha2-256; .*,ssh-rsa \(rsa-sha2-512 takes libssh2 1\.11\.0\)$'
}

case_rsa_with_sha1_alone_is_weak() {
	make_user bash
	start_sshd rsa 'UsePAM no
HostKeyAlgorithms ssh-rsa'
	expect_known_rsa_session '"ssh-rsa"'
}

# A server that has these alone: reached, or told what it takes.
expect_modern_session() { # ADVICE
	if libssh2_has 1.11.1; then
		expect_session
		expect_results '.[0].weak == []'
		return
	fi
	linux_inventory
	expect_status 3 poll -o ndjson 'uname -s'
	expect_error host handshake no_common_algorithm
	expect_match message "$(result host .error.message)" \
		"\\($1 takes libssh2 1\\.11\\.1\\)\$"
}

case_gcm_alone_takes_libssh2_1_11_1() {
	make_user bash
	start_sshd ed25519 'UsePAM no
Ciphers aes256-gcm@openssh.com
MACs umac-64@openssh.com'
	expect_modern_session aes256-gcm@openssh.com
}

case_chacha20_alone_takes_libssh2_1_11_1() {
	make_user bash
	start_sshd ed25519 'UsePAM no
Ciphers chacha20-poly1305@openssh.com'
	expect_modern_session chacha20-poly1305@openssh.com
}

case_etm_alone_takes_libssh2_1_11_1() {
	make_user bash
	start_sshd ed25519 'UsePAM no
Ciphers aes128-ctr
MACs hmac-sha2-512-etm@openssh.com'
	expect_modern_session hmac-sha2-512-etm@openssh.com
}

# What a list names is offered, and told where it is weak.
case_a_list_reaches_an_old_cipher() {
	make_user bash
	start_sshd ed25519 'UsePAM no
Ciphers 3des-cbc
MACs hmac-sha1'
	linux_inventory
	expect_status 3 poll -o ndjson 'uname -s'
	expect_match message "$(result host .error.message)" \
		'no common cipher: it offers 3des-cbc; .* \(legacy: true adds older ones\)$'
	echo '  ciphers: +3des-*' >>"$TEST_TMP/inventory.yaml"
	expect_status 0 poll -o ndjson 'uname -s'
	expect_results '.[0].weak == ["3des-cbc", "hmac-sha1"]'
	echo '  macs: -hmac-sha1*' >>"$TEST_TMP/inventory.yaml"
	expect_status 3 poll -o ndjson 'uname -s'
	expect_match message "$(result host .error.message)" \
		'it offers hmac-sha1; netfan offers hmac-sha2-[^ ]* \(macs: \+hmac-sha1 adds it\)$'
}

case_keyboard_interactive_alone_is_enough() {
	[ -e /etc/pam.d/sshd ] || skip 'PAM knows no sshd'
	make_user bash
	start_sshd ed25519 'UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication yes
AuthenticationMethods keyboard-interactive'
	! grep -q 'Unsupported option UsePAM' "$TEST_TMP/server" ||
		skip 'sshd knows no PAM'
	expect_session
}

run_cases "$@"
