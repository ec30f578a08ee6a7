# shellcheck shell=bash
# Real servers for end-to-end tests, which source this behind lib.sh: OpenSSH's
# sshd and dropbear, with a user of their own who is gone in the end.
PORT=2022
LINUX_PASSWORD='pass word:1'
user='' home=''

# The files of users are shared by all tests of this machine.
with_user_lock() { # COMMAND...
	flock -w 30 "${TMPDIR:-/tmp}/netfan-test-users.lock" "$@"
}

remove_user() {
	local pid

	# Their shells first: userdel keeps a user who is logged in.
	for pid in $(pgrep -u "$user"); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	with_user_lock userdel "$user" >/dev/null 2>&1 || true
	rm -rf "$home"
}

leave() {
	stop_all
	remove_user
}

# The number of a user that no other test has, as it has the network. A suite in a
# chroot has users of its own, and the processes in common: it would end ours.
user_number() {
	local of_16 of_24

	IFS=. read -r _ of_16 of_24 <<<"$TEST_NET"
	echo $((40000 + of_16 * 256 + of_24))
}

# A user with SHELL, in $user and $home. Not below $TEST_TMP: that is root's.
make_user() { # SHELL
	local shell hash number

	[ "$(id -u)" = 0 ] || skip 'only root can make a user'
	shell=$(command -v "$1") || skip "no $1"
	number=$(user_number)
	# A container or a directory service may have such users: not ours to end.
	if pgrep -u "$number" >/dev/null; then
		skip "user $number is somebody else, and at work"
	fi
	hash=$(openssl passwd -6 "$LINUX_PASSWORD")
	user=nftest$$
	home=$(mktemp -d "${TMPDIR:-/tmp}/netfan-home.XXXXXX")
	trap leave EXIT
	with_user_lock useradd -o -u "$number" -M -d "$home" -s "$shell" \
		-p "$hash" "$user"
	touch "$home/.hushlogin"
	echo 'HISTFILE=' >"$home/.profile"
	chown -R "$user" "$home"
	chmod 755 "$home"
}

listens() {
	(exec 3<>"/dev/tcp/$TEST_NET.1/$PORT") 2>/dev/null
}

await_server() { # PID
	children+=("$1")
	wait_until 10 listens || fail "no server: $(cat "$TEST_TMP/server")"
}

# sshd with its configuration here, to which the LINES are added.
start_sshd() { # KEY_TYPE [LINES]
	[ -x /usr/sbin/sshd ] || skip 'no sshd'
	mkdir -p /run/sshd # sshd wants it, wherever its files are
	ssh-keygen -q -t "$1" -N '' -f "$TEST_TMP/host_key"
	cat <<-END >"$TEST_TMP/sshd_config"
		ListenAddress $TEST_NET.1
		Port $PORT
		HostKey $TEST_TMP/host_key
		PidFile none
		StrictModes no
		PrintMotd no
		PrintLastLog no
		${2-UsePAM no}
	END
	/usr/sbin/sshd -D -e -f "$TEST_TMP/sshd_config" \
		>"$TEST_TMP/server" 2>&1 </dev/null &
	await_server $!
}

start_dropbear() { # [OPTIONS...]
	command -v dropbear >/dev/null && command -v dropbearkey >/dev/null ||
		skip 'no dropbear'
	dropbearkey -t ed25519 -f "$TEST_TMP/host_key" >/dev/null 2>&1
	dropbear -F -E -m -r "$TEST_TMP/host_key" -p "$TEST_NET.1:$PORT" \
		-P "$TEST_TMP/server.pid" "$@" >"$TEST_TMP/server" 2>&1 \
		</dev/null &
	await_server $!
}

linux_inventory() { # [TYPE]
	cat <<-END >"$TEST_TMP/inventory.yaml"
		- name: host
		  device_type: ${1-linux}
		  host: $TEST_NET.1
		  port: $PORT
		  username: $user
		  password: '$LINUX_PASSWORD'
	END
}

# An agent without keys; SSH_AUTH_SOCK names it.
start_agent() {
	command -v ssh-agent >/dev/null || skip 'no ssh-agent'
	export SSH_AUTH_SOCK=$TEST_TMP/agent
	ssh-agent -D -a "$SSH_AUTH_SOCK" >"$TEST_TMP/agent.out" 2>&1 \
		</dev/null &
	children+=($!)
	wait_until 10 test -S "$SSH_AUTH_SOCK" || fail 'no agent'
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
