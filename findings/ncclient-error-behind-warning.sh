#!/usr/bin/env bash
# ncclient 0.6.13: with RaiseMode.ERRORS an error behind a warning is not raised.
#
# The guess: RaiseMode.ERRORS lets warnings pass and raises errors, so a reply with one
# of each raises. The first of a reply is what is looked at: a warning followed by
# an error passes for done, the same two the other way round do not.
. "$(dirname "$0")/lib.sh"
packages python3-ncclient=0.6.13-1 python3-lxml=4.9.2-1+deb12u1 \
	python3-paramiko=2.12.0-2 python3-six=1.16.0-4 python3-bcrypt=3.2.2-1 \
	python3-nacl=1.5.0-2 python3-cryptography=38.0.4-3+deb12u1 \
	python3-cffi-backend=1.15.1-5+b1 python3-pkg-resources=66.1.1-1+deb12u2

edit() { # SEVERITY...: what an <edit-config> does when it is answered with these
	python -c "import sys
from ncclient.devices.default import DefaultDeviceHandler
from ncclient.operations import EditConfig, RaiseMode, RPCError
from ncclient.xml_ import parse_root
class Session:
    id, host, listener = 1, 'r1', None
    server_capabilities = [':writable-running']
    def get_listener_instance(self, kind):
        return self.listener
    def add_listener(self, listener):
        self.listener = listener
    def send(self, request):
        reply = '''<rpc-reply xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"
            message-id=\"%s\">%s</rpc-reply>''' % (
            parse_root(request)[1]['message-id'], ''.join(
                '''<rpc-error><error-severity>%s</error-severity>
                <error-message>m</error-message></rpc-error>''' % severity
                for severity in sys.argv[1:]))
        self.listener.callback(parse_root(reply), reply)
handler = DefaultDeviceHandler()
try:
    EditConfig(Session(), handler, raise_mode=RaiseMode.ERRORS).request(
        config='<config xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"/>',
        target='running')
    print('passes')
except RPCError:
    print('raises')" "$@" 2>&1 | tail -n 1
}
same warning passes "$(edit warning)"
same error raises "$(edit error)"
same 'error, warning' raises "$(edit error warning)"
same 'warning, error' passes "$(edit warning error)"
finish
