# shellcheck shell=bash
# Shared by the findings: pinned packages in a folder of their own, and one way
# to compare. Nothing is installed on the machine.
set -u
work=$(mktemp -d) || exit 2
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# packages NAME=VERSION...: unpack Debian packages below $work/root.
packages() {
	local one

	mkdir -p "$work/debs" "$work/root"
	for one; do
		(cd "$work/debs" && apt-get download -q "$one") \
			>"$work/log" 2>&1 || {
			tail -n 2 "$work/log" >&2
			echo "cannot get $one: apt-get update first;" \
				"the pinned versions are Debian 12's" >&2
			exit 2
		}
	done
	for one in "$work"/debs/*.deb; do
		dpkg-deb -x "$one" "$work/root" || exit 2
	done
	PATH=$work/root/usr/bin:$work/root/usr/sbin:$PATH
	export PYTHONPATH=$work/root/usr/lib/python3/dist-packages
	LD_LIBRARY_PATH=$work/root/usr/lib/$(libdir)
	export LD_LIBRARY_PATH
	export PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
}

# modules NAME@VERSION...: the same for npm packages; needs node and npm.
modules() {
	(cd "$work" && npm install --silent --no-audit --no-fund \
		--ignore-scripts --prefix "$work" "$@") >"$work/log" 2>&1 || {
		tail -n 2 "$work/log" >&2
		exit 2
	}
	export NODE_PATH=$work/node_modules
}

# The folder of this machine's libraries.
libdir() {
	case $(uname -m) in
	x86_64) echo x86_64-linux-gnu ;;
	aarch64) echo aarch64-linux-gnu ;;
	*) uname -m ;;
	esac
}

# python ARGUMENT...: Debian's own, for which the packages are built.
python() {
	/usr/bin/python3 "$@"
}

# A port of 127.0.0.1 that nobody has now.
free_port() {
	python -c "import socket
s = socket.socket()
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1])"
}

failed=0
# same WHAT WANTED GOT: as it was seen, or this finding is out of date.
same() {
	if [ "$2" = "$3" ]; then
		printf '%s: %s\n' "$1" "$3"
	else
		printf '%s: was %s, is %s\n' "$1" "$2" "$3" >&2
		failed=1
	fi
}

# The last line of a finding.
finish() {
	exit $failed
}
