#!/usr/bin/env python3
"""A jump host with few channels, for tests: hopd.py ADDRESS KEY LIMIT REASON.

On a free port of the address, with that host key, it lets in whoever has a key,
and refuses each connection its channels above LIMIT with REASON. It says "ready
PORT", "login" for each connection, and "refused" for each channel.
"""
import asyncio
import sys
import warnings

warnings.simplefilter("ignore")  # of what asyncssh imports
import asyncssh

ADDRESS, KEY, LIMIT, REASON = sys.argv[1:]
REASONS = {"shortage": asyncssh.OPEN_RESOURCE_SHORTAGE,
           "prohibited": asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED}


def say(words):
    print(words, flush=True)


class Hop(asyncssh.SSHServer):
    def connection_made(self, conn):
        self.nopen = 0

    def begin_auth(self, username):
        return True

    def public_key_auth_supported(self):
        return True

    def validate_public_key(self, username, key):
        return True

    def auth_completed(self):
        say("login")

    def connection_requested(self, host, port, orig_host, orig_port):
        if self.nopen >= int(LIMIT):
            say("refused")
            raise asyncssh.ChannelOpenError(REASONS[REASON], "no more")
        self.nopen += 1
        return lambda reader, writer: self.relay(reader, writer, host, port)

    async def relay(self, reader, writer, host, port):
        """Both ways, until one of them ends."""
        far_reader, far_writer = await asyncio.open_connection(host, port)
        ways = [asyncio.ensure_future(pump(*way)) for way in
                ((reader, far_writer), (far_reader, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        far_writer.close()
        writer.close()
        self.nopen -= 1


async def pump(source, sink):
    try:
        while data := await source.read(65536):
            sink.write(data)
    except (OSError, asyncssh.Error):
        pass


async def main():
    server = await asyncssh.create_server(
        Hop, ADDRESS, 0, server_host_keys=[KEY], encoding=None)
    say(f"ready {server.sockets[0].getsockname()[1]}")
    await server.wait_closed()


asyncio.run(main())
