#!/usr/bin/env python3
"""A jump host for tests: hopd.py [OPTION...] ADDRESS KEY LIMIT REASON [HOST HOLD].

On a free port of the address, with that host key, it lets in whoever has a key, or
answers CODE to "Verification code: " (PASSWORD,CODE: behind "Password: "), and
refuses each connection its channels above LIMIT with REASON. A channel to
HOST is answered late: when another one is open, the file HOLD is not empty, and
one more is wanted, which has its answer half a second later. With --drop
the first channel that is wanted is the end of its connection. The host of
--deaf takes 10 bytes. With --junk each
connection to a device is followed by so many MiB that nobody wants. With --login-after
and --open-after, a login and each channel have theirs after so many seconds. It says "ready
PORT", "asks" for each question, "login" for each connection, "refused" for each channel,
"late", and "left" when a channel is closed that takes nothing. SIGUSR1 resets all
connections.
"""
import argparse
import asyncio
import os
import signal
import socket
import struct
import warnings

warnings.simplefilter("ignore")  # of what asyncssh imports
import asyncssh
import asyncssh.stream
from asyncssh.packet import UInt32

parser = argparse.ArgumentParser()
parser.add_argument("--code")
parser.add_argument("--deaf")
parser.add_argument("--drop", action="store_true")
parser.add_argument("--junk", type=int, default=0)
parser.add_argument("--login-after", type=float, default=0)
parser.add_argument("--open-after", type=float, default=0)
parser.add_argument("words", nargs="+")
options = parser.parse_args()
ADDRESS, KEY, LIMIT, REASON = options.words[:4]
HOST, HOLD = options.words[4:] or (None, None)
REASONS = {"shortage": asyncssh.OPEN_RESOURCE_SHORTAGE,
           "prohibited": asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED}


def say(words):
    print(words, flush=True)


class Hop(asyncssh.SSHServer):
    connections = set()

    def connection_made(self, conn):
        self.conn = conn
        self.connections.add(conn)
        self.nopen = 0
        self.waits = False  # for HOST
        self.due = asyncio.Event()

    def connection_lost(self, exc):
        self.connections.discard(self.conn)

    async def begin_auth(self, username):
        await asyncio.sleep(options.login_after)
        return True

    def public_key_auth_supported(self):
        return options.code is None

    def kbdint_auth_supported(self):
        return options.code is not None

    def get_kbdint_challenge(self, username, lang, submethods):
        say("asks")
        return "", "", "", [
            ("Password: ", False), ("Verification code: ", False),
        ][-len(options.code.split(",")):]

    def validate_kbdint_response(self, username, responses):
        return responses == options.code.split(",")

    def validate_public_key(self, username, key):
        return True

    def auth_completed(self):
        say("login")

    def connection_requested(self, host, port, orig_host, orig_port):
        if host == options.deaf:
            chan = self.conn.create_tcp_channel(window=10)
            chan._init_recv_window = 0  # it is never wider again
            return chan, self.open(host, port)
        return self.open(host, port)

    async def open(self, host, port):
        for _ in range(9):  # what has ended is not counted any more
            await asyncio.sleep(0)
        if options.drop:
            self.conn.abort()
        if self.nopen >= int(LIMIT):
            say("refused")
            raise asyncssh.ChannelOpenError(REASONS[REASON], "no more")
        self.nopen += 1
        await asyncio.sleep(options.open_after)
        if HOST is not None:
            await self.wait_for_turn(host)
        if host == options.deaf:
            return Deaf(self, None)
        return Tunnel(self, lambda *ends: relay(*ends, host, port))

    async def wait_for_turn(self, host):
        if host == HOST:
            self.waits = True
            await self.due.wait()
            say("late")
        elif self.waits and self.nopen > 2:
            while not os.path.getsize(HOLD):
                await asyncio.sleep(0.05)
            self.due.set()
            await asyncio.sleep(0.5)


class Tunnel(asyncssh.stream.SSHTCPStreamSession):
    def __init__(self, hop, handler):
        super().__init__(handler)
        self.hop = hop

    def connection_lost(self, exc):
        self.hop.nopen -= 1
        super().connection_lost(exc)


def reset(conn):
    sock = conn.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.abort()


def send_junk(conn):
    """What was done, of a channel that nobody knows."""
    for _ in range(options.junk * 32):
        conn.send_packet(asyncssh.constants.MSG_CHANNEL_SUCCESS,
                         UInt32(0xffffff), bytes(32 * 1024 - 100))


class Deaf(Tunnel):
    def session_started(self):
        pass

    def connection_lost(self, exc):
        say("left")
        super().connection_lost(exc)


async def relay(reader, writer, host, port):
    """Both ways, until one of them ends."""
    send_junk(reader.channel.get_connection())
    far_reader, far_writer = await asyncio.open_connection(host, port)
    ways = [asyncio.ensure_future(pump(*way)) for way in
            ((reader, far_writer), (far_reader, writer))]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    far_writer.close()
    writer.close()


async def pump(source, sink):
    try:
        while data := await source.read(65536):
            sink.write(data)
    except (OSError, asyncssh.Error):
        pass


async def main():
    server = await asyncssh.create_server(
        Hop, ADDRESS, 0, server_host_keys=[KEY], encoding=None)
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGUSR1, lambda: [reset(conn) for conn in list(Hop.connections)])
    say(f"ready {server.sockets[0].getsockname()[1]}")
    await server.wait_closed()


asyncio.run(main())
