#!/usr/bin/env python3
"""A SOCKS5 proxy for tests: socks5d.py ADDRESS [WORD...], on a free port of it.

It says "ready PORT", and then a line for each connection: TYPE HOST PORT, or
"refused" for a login that is not right.

  login=USER:PASSWORD  have it given
  reply=N              answer every request with N
  say=TEXT             say TEXT to whoever connects, and close
  name=NAME=ADDRESS    resolve NAME so
  at=ADDRESS           listen there instead

To standard error it says the address of each client.
"""
import asyncio
import socket
import sys

WORDS = [word.split("=", 1) for word in sys.argv[2:]]
OPTIONS = dict(WORDS)
NAMES = dict(value.split("=", 1) for key, value in WORDS if key == "name")


async def pump(source, sink):
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    sink.close()


async def let_in(reader, writer):
    """Settle the login: false where the client is refused."""
    _, n = await reader.readexactly(2)
    methods = await reader.readexactly(n)
    wanted = 2 if "login" in OPTIONS else 0
    if wanted not in methods:
        writer.write(b"\x05\xff")
        return False
    writer.write(bytes([5, wanted]))
    if wanted == 0:
        return True
    texts = []
    await reader.readexactly(1)
    for _ in range(2):
        (n,) = await reader.readexactly(1)
        texts.append((await reader.readexactly(n)).decode())
    right = ":".join(texts) == OPTIONS["login"]
    writer.write(bytes([1, not right]))
    if not right:
        print("refused", flush=True)
    return right


async def read_request(reader):
    head = await reader.readexactly(4)
    if head[3] == 3:
        (n,) = await reader.readexactly(1)
        host = (await reader.readexactly(n)).decode()
    elif head[3] == 4:
        host = socket.inet_ntop(socket.AF_INET6, await reader.readexactly(16))
    else:
        host = socket.inet_ntop(socket.AF_INET, await reader.readexactly(4))
    port = int.from_bytes(await reader.readexactly(2), "big")
    print({1: "ipv4", 3: "name", 4: "ipv6"}[head[3]], host, port, flush=True)
    return host, port


async def serve(reader, writer):
    print(writer.get_extra_info("peername")[0], file=sys.stderr, flush=True)
    if "say" in OPTIONS:
        writer.write(OPTIONS["say"].encode())
        writer.close()
        return
    if not await let_in(reader, writer):
        writer.close()
        return
    host, port = await read_request(reader)
    reply = int(OPTIONS.get("reply", 0))
    if reply == 0:
        try:
            there = await asyncio.open_connection(NAMES.get(host, host), port)
        except ConnectionRefusedError:
            reply = 5
        except OSError:
            reply = 4
    writer.write(bytes([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))
    if reply != 0:
        writer.close()
        return
    await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))


async def main():
    address = OPTIONS.get("at", sys.argv[1])
    server = await asyncio.start_server(serve, address, 0, backlog=500)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
