#!/usr/bin/env python3
"""link ADDRESS PORT DELAY_MS [LISTEN]: a long way to a TCP server of loopback.

Prints where it listens (at LISTEN, 127.0.0.1 by default), then of each
connection whose client is done how many round trips it took, a JSON object a
line. Ends with its standard input.

link --check DELAY_MS: is an echo server behind such a link so far away? Prints
what was measured; exit status 1 when it is nearer, or farther.
"""

import collections
import json
import selectors
import socket
import sys
import threading
import time

CLIENT, SERVER = 0, 1
OPEN, END = True, None  # in the place of bytes: a connection begins, a side ends
TRIES = 9
SLACK_MS = 5  # by which the best of them may be late


class Way:
    """Both directions between a client and a server, with what is on its way.

    Round trips are counted, not timed. What arrives was sent by an end that had
    got what had been sent by the other one, and so on: the length of the longest
    such chain that ends at the client is how often the session had to wait for
    the way, however long each end takes to answer (Lamport's clock).
    """

    def __init__(self, delay):
        self.delay = delay
        self.chain = [0, 0]  # the longest that ends at each of them
        self.flying = collections.deque()  # all take as long: in order

    def send(self, end, data, now):
        self.flying.append((now + self.delay, 1 - end, self.chain[end] + 1,
                            data))

    def due(self):
        return self.flying[0][0] if self.flying else None

    def arrive(self, now):
        """What has arrived by now, and at which end."""
        while self.flying and self.flying[0][0] <= now:
            _, end, chain, data = self.flying.popleft()
            self.chain[end] = max(self.chain[end], chain)
            yield end, data

    def round_trips(self):
        return self.chain[CLIENT] // 2


class Connection:
    """A client's, and the server's, which begins when the client's arrives."""

    def __init__(self, selector, client, address, delay, report):
        self.selector = selector
        self.address = address
        self.report = report
        self.way = Way(delay)
        self.ends = [None, None]
        self.sent = [0, 0]
        self.way.send(CLIENT, OPEN, time.monotonic())
        self.watch(CLIENT, client)

    def watch(self, end, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ends[end] = sock
        self.selector.register(sock, selectors.EVENT_READ, (self, end))

    def drop(self, end):
        if self.ends[end] is None:
            return
        self.selector.unregister(self.ends[end])
        self.ends[end].close()
        self.ends[end] = None
        if end == CLIENT:  # whichever side hung up
            self.report({"round_trips": self.way.round_trips(),
                         "sent": self.sent})

    def read(self, end):
        try:
            data = self.ends[end].recv(65536)
        except OSError:
            data = b""
        self.sent[end] += len(data)
        self.way.send(end, data or END, time.monotonic())
        if not data:
            self.drop(end)

    def arrive(self):
        for end, data in self.way.arrive(time.monotonic()):
            try:
                if data is OPEN:
                    self.watch(end, socket.create_connection(self.address))
                elif data is END:
                    self.drop(end)
                elif self.ends[end] is not None:
                    self.ends[end].sendall(data)
            except OSError:
                self.drop(end)


def serve(listener, stop, address, delay, report):
    """Until stop can be read, or has ended."""
    selector = selectors.SelectSelector()  # waits to the microsecond
    selector.register(listener, selectors.EVENT_READ)
    selector.register(stop, selectors.EVENT_READ)
    connections = []
    while True:
        dues = [c.way.due() for c in connections if c.way.flying]
        wait = max(0, min(dues) - time.monotonic()) if dues else None
        for key, _ in selector.select(wait):
            if key.fileobj is stop:
                return
            if key.fileobj is listener:
                client = listener.accept()[0]
                connections.append(Connection(selector, client, address, delay,
                                              report))
            else:
                connection, end = key.data
                if connection.ends[end] is key.fileobj:
                    connection.read(end)
        for connection in connections:
            connection.arrive()
        connections = [c for c in connections if any(c.ends) or c.way.flying]


def echo(listener):
    """Send back what each client says first."""
    while True:
        with listener.accept()[0] as sock:
            sock.sendall(sock.recv(1))


def open_link(address, delay_ms):
    """A link in a thread of this process: its address, and what ends it."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop, end = socket.socketpair()
    threading.Thread(target=serve, daemon=True, args=(
        listener, stop, address, delay_ms / 1000, lambda report: None)).start()
    return listener.getsockname(), end


def measure(address):
    """Milliseconds from a connect to what an echo server sends back."""
    begin = time.monotonic()
    with socket.create_connection(address) as sock:
        sock.sendall(b"x")
        if sock.recv(1) != b"x":
            sys.exit("link: no echo")
    return (time.monotonic() - begin) * 1000


def verdict(measured_ms, delay_ms):
    """What is wrong with a round trip over ways of such a delay; None: nothing.

    The best of several tries tells: a busy machine makes any of them late, and
    none early.
    """
    best = min(measured_ms)
    if best < 2 * delay_ms:
        return f"{best:.1f} ms there and back are less than {2 * delay_ms:g}"
    if best > 2 * delay_ms + SLACK_MS:
        return f"{best:.1f} ms there and back are more than {2 * delay_ms:g}"
    return None


def check(delay_ms, actual_ms=None):
    """Of a link that says the one delay and, in a test, has the other."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=echo, args=(listener,), daemon=True).start()
    address, end = open_link(listener.getsockname(),
                             delay_ms if actual_ms is None else actual_ms)
    measured_ms = [measure(address) for _ in range(TRIES)]
    end.close()
    return {"delay_ms": delay_ms, "wrong": verdict(measured_ms, delay_ms),
            "round_trip_ms": [round(ms, 3) for ms in measured_ms]}


def say(report):
    print(json.dumps(report), flush=True)


def main(args):
    if len(args) == 2 and args[0] == "--check":
        report = check(float(args[1]))
        say(report)
        return 1 if report["wrong"] else 0
    if not 3 <= len(args) <= 4:
        print(__doc__, file=sys.stderr)
        return 2
    host = args[3] if len(args) == 4 else "127.0.0.1"
    with socket.create_server((host, 0)) as listener:
        print(*listener.getsockname(), flush=True)
        serve(listener, sys.stdin, (args[0], int(args[1])),
              float(args[2]) / 1000, say)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
