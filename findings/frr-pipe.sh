#!/usr/bin/env bash
# FRR 8.4.4: behind a command's pipe stands "include" in full, and nothing else.
#
# The guess: as in IOS, 'show version | i FRR', '| count', '| begin' and '| exclude'
# filter. A daemon's own terminal answers "% Unknown action", although every
# other word of the same line may be shortened ('sh ver | include FRR'). An error
# of a command that it does not know names the daemon: "% [BGP] Unknown command".
. "$(dirname "$0")/lib.sh"
packages frr=8.4.4-1.1~deb12u2 libyang2=2.1.30-2 libjson-c5=0.16-2 \
	libnss-wrapper=1.1.12-1

export LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$LD_LIBRARY_PATH/frr
port=$(free_port)
# Its user and groups, as far as it is concerned.
cp /etc/passwd "$work/passwd"
cp /etc/group "$work/group"
echo 'frr:x:990:990::/:/bin/false' >>"$work/passwd"
printf 'frr:x:990:\nfrrvty:x:991:%s\n' "$(id -un)" >>"$work/group"
printf 'hostname r1\npassword zebra\n' >"$work/bgpd.conf"
LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD=$work/passwd \
	NSS_WRAPPER_GROUP=$work/group timeout 60 "$work/root/usr/lib/frr/bgpd" \
	-Z -p 0 -l 127.0.0.1 -u "$(id -un)" -g "$(id -gn)" \
	--vty_socket "$work" -i "$work/bgpd.pid" -f "$work/bgpd.conf" \
	-A 127.0.0.1 -P "$port" >"$work/bgpd.log" 2>&1 &
daemon=$!
trap 'kill $daemon 2>/dev/null; wait $daemon 2>/dev/null; rm -rf "$work"' EXIT

ask() { # COMMAND: the first line of its answer
	python - "$port" "$1" <<'END'
import socket, sys, time
port, command = int(sys.argv[1]), sys.argv[2].encode()
for attempt in range(100):
    try:
        s = socket.create_connection(('127.0.0.1', port), 10)
        break
    except OSError:
        time.sleep(0.1)
s.settimeout(10)
def until(end):
    text = b''
    while not text.endswith(end):
        more = s.recv(4096)
        if not more:
            break
        text += more
    return text
until(b'Password: ')
s.sendall(b'zebra\r\n')
until(b'r1> ')
s.sendall(command + b'\r\n')
print(until(b'r1> ').decode().split('\r\n')[1])
END
}
same 'sh ver | include FRR' FRRouting "$(ask 'sh ver | include FRR' |
	cut -d ' ' -f 1)"
for action in i count begin exclude; do
	same "sh ver | $action FRR" "% Unknown action '$action'" \
		"$(ask "sh ver | $action FRR")"
done
same 'show foo' '% [BGP] Unknown command: show foo' "$(ask 'show foo')"
finish
