# shellcheck shell=bash
# Shared by the findings: pinned packages in a folder of their own, and one way
# to compare. Nothing is installed on the machine.
set -u
work=$(mktemp -d) || exit 2
chmod 755 "$work"
# The daemons of a finding that starts some; they end with it.
daemons=()
trap 'kill "${daemons[@]}" 2>/dev/null; wait; rm -rf "$work"' EXIT
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

# Ruby, which is not on every machine.
ruby_packages() {
	packages ruby3.1=3.1.7+really3.1.2-0+deb12u1 libruby3.1=3.1.7+really3.1.2-0+deb12u1 \
		libyaml-0-2=0.2.5-1 libgmp10=2:6.2.1+dfsg1-1.1
}

# ruby_run ARGUMENT...: with the modules that were unpacked.
ruby_run() {
	local found=$work/root/usr/lib/ruby/3.1.0 one

	found+=:$LD_LIBRARY_PATH/ruby/3.1.0:$work/root/usr/lib/ruby/vendor_ruby
	for one in "$work"/root/usr/share/rubygems-integration/all/gems/*/lib; do
		found+=:$one
	done
	RUBYLIB=$found ruby3.1 --disable-gems "$@"
}

# Ansible without its collections.
ansible_core() {
	packages ansible-core=2.14.18-0+deb12u2 \
		python3-jinja2=3.1.2-1+deb12u3 python3-markupsafe=2.1.2-1+b1 \
		python3-yaml=6.0-3+b2 python3-packaging=23.0-1 \
		python3-resolvelib=0.9.0-2 \
		python3-cryptography=38.0.4-3+deb12u1 \
		python3-cffi-backend=1.15.1-5+b1 libyaml-0-2=0.2.5-1
	export HOME=$work ANSIBLE_LOCAL_TEMP=$work/ansible
}

# The collections of modules that come with Ansible.
collections() {
	ansible_core
	packages ansible=7.7.0+dfsg-3+deb12u1 python3-netaddr=0.8.0-2
}

# hosts_of ARGUMENT...: the hosts that 'ansible' would ask, in a line.
hosts_of() {
	python "$work/root/usr/bin/ansible" "$@" --list-hosts 2>"$work/log" |
		tail -n +2 | tr -s ' \n' ' ' | sed 's/^ //; s/ $//'
}

# host_variable INVENTORY HOST NAME: what a variable is for a host.
host_variable() {
	python "$work/root/usr/bin/ansible-inventory" -i "$1" --host "$2" \
		2>"$work/log" | python -c "import json, sys
print(json.dumps(json.load(sys.stdin).get(sys.argv[1])))" "$3"
}

# facts VENDOR.SYSTEM.FILE: what a collection reads in a configuration on standard
# input, as JSON.
facts() {
	python -c "import importlib, json, sys
vendor, system, file = sys.argv[1].split('.')
module = importlib.import_module(
    f'ansible_collections.{vendor}.{system}.plugins.module_utils'
    f'.network.{system}.rm_templates.{file}')
reader = next(value for name, value in vars(module).items()
              if name.lower() == file + 'template')
read = reader(lines=sys.stdin.read().splitlines()).parse()
print(json.dumps(read, sort_keys=True))" "$1"
}

# filtered EXPRESSION: a value as a playbook has it, as JSON.
filtered() {
	python -c "import json, sys
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
templar = Templar(loader=DataLoader(), variables={})
print(json.dumps(templar.template('{{ ' + sys.argv[1] + ' }}'),
                 sort_keys=True))" "$1"
}

# logged LINE...: what rsyslog, once it is unpacked, makes of lines of syslog over UDP,
# as host|program|message.
logged() {
	local port pid

	port=$(free_port)
	cat >"$work/rsyslog.conf" <<END
global(workDirectory="$work" net.enableDNS="off")
module(load="imudp")
template(name="t" type="string" string="%hostname%|%programname%|%msg%\n")
input(type="imudp" address="127.0.0.1" port="$port")
action(type="omfile" file="$work/logged" template="t")
END
	rm -f "$work/logged" "$work/rsyslog.pid"
	timeout 30 rsyslogd -n -f "$work/rsyslog.conf" -i "$work/rsyslog.pid" \
		-M "$LD_LIBRARY_PATH/rsyslog" >"$work/rsyslog.log" 2>&1 &
	pid=$!
	python - "$port" "$work/logged" "$@" <<'END'
import os, socket, sys, time
port, file, lines = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number, line in enumerate(lines, 1):
    for attempt in range(100):
        try:
            out.sendto(line.encode(), ('127.0.0.1', port))
        except ConnectionRefusedError:
            pass
        time.sleep(0.1)
        if os.path.exists(file):
            with open(file) as read:
                if read.read().count('\n') >= number:
                    break
END
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	cat "$work/logged"
}

# A port of 127.0.0.1 that nobody has now.
free_port() {
	python -c "import socket
s = socket.socket()
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1])"
}

# registry QUESTION=ANSWER...: a routing registry as bgpq4 asks one, on $registry,
# that knows these answers alone.
registry() {
	registry=127.0.0.1:$(free_port)
	timeout 60 /usr/bin/python3 - "$registry" "$@" >"$work/registry.log" 2>&1 <<'END' &
import socketserver, sys
port = int(sys.argv[1].split(':')[1])
known = dict(pair.split('=', 1) for pair in sys.argv[2:])
class Registry(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            asked = line.decode().strip().lower()
            if asked == '!q':
                return
            if asked in known:
                text = known[asked] + '\n'
                self.wfile.write(('A%d\n%sC\n' % (len(text), text)).encode())
            elif asked[:2] in ('!n', '!s'):
                self.wfile.write(b'C\n')
            elif asked != '!!':
                self.wfile.write(b'D\n')
socketserver.TCPServer(('127.0.0.1', port), Registry).serve_forever()
END
	daemons+=($!)
	await "${registry#*:}"
}

# await PORT: until a daemon of this finding listens on it.
await() {
	local try

	for ((try = 0; try < 100; try++)); do
		(: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
		sleep 0.1
	done
}

# curl, and a server on $answering for it to log in to.
curl_packages() {
	packages curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 \
		librtmp1=2.4+20151223.gitfa8646d.1-2+b2 \
		libssh2-1=1.10.0-3+deb12u1 libnghttp2-14=1.52.0-1+deb12u3 \
		libpsl5=0.21.2-1
	answering=$(free_port)
	mkdir -p "$work/served"
	timeout 60 /usr/bin/python3 -m http.server "$answering" \
		--bind 127.0.0.1 --directory "$work/served" >"$work/log" 2>&1 &
	daemons+=($!)
	await "$answering"
}

# curl_login FILE: what curl logs in to r1 with by a .netrc, as user:password.
curl_login() {
	curl -sv --netrc-file "$1" --connect-to "r1:80:127.0.0.1:$answering" \
		http://r1/ 2>&1 | sed -n 's/^> Authorization: Basic //p' |
		tr -d '\r' | base64 -d
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
