#!/usr/bin/env python3
"""A client that means no good, for the script 'abuse'.

abuse.py silent  ADDRESS COUNT [IDENTITY]  opens COUNT connections and says nothing on them
abuse.py resets  ADDRESS COUNT [IDENTITY]  opens COUNT streams, and takes each back at once
abuse.py large   ADDRESS COUNT [IDENTITY]  sends COUNT messages of 64 MiB

With IDENTITY, a file like operator.pem, it speaks mutual TLS. All go on until their
standard input ends: 'silent' says nothing; 'large' goes on sending, and 'resets', after
COUNT as fast as they are taken, does 500 a second. Both print how much they did so far
('so far N', streams or KiB). The last line says what was done. Connections that the other side ends are counted and made anew: ending them
is its good right.
"""

import select
import socket
import ssl
import struct
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 3, 4, 6, 8
END_HEADERS, ACK = 4, 1
CANCEL = 8
MESSAGE_BYTES = 64 << 20
FRAME_BYTES = 16 << 10
PATIENCE_SECONDS = 60
BURST = 100
BURST_SECONDS = 0.2


def connect(address, identity):
    host, port = address.rsplit(":", 1)
    plain = socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
    if not identity:
        return plain
    # Who the other side is does not matter to whoever means no good.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    context.load_cert_chain(identity)
    return context.wrap_socket(plain, server_hostname="hub.comptoir")


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def text(value):
    return bytes([len(value)]) + value.encode()


def headers(path):
    fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "hub.comptoir"),
              ("te", "trailers"), ("content-type", "application/grpc")]
    return b"".join(b"\x00" + text(name) + text(value) for name, value in fields)


class Connection:
    """HTTP/2 as far as it takes to do harm."""

    def __init__(self, address, identity):
        self.socket = connect(address, identity)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0))
        self.stream = -1
        self.read = b""
        self.window = 65535
        self.stream_window = 65535
        self.initial_window = 65535
        self.refused = False

    def open(self, path):
        self.stream += 2
        self.stream_window = self.initial_window
        self.refused = False
        return frame(HEADERS, END_HEADERS, self.stream, headers(path))

    def take_frames(self):
        """Reads what is there, at least something; EOFError at the end."""
        got = self.socket.recv(1 << 16)
        if not got:
            raise EOFError
        self.read += got
        while len(self.read) >= 9:
            length = int.from_bytes(self.read[:3], "big")
            if len(self.read) < 9 + length:
                return
            kind, flags = self.read[3], self.read[4]
            stream = int.from_bytes(self.read[5:9], "big") & 0x7FFFFFFF
            payload, self.read = self.read[9:9 + length], self.read[9 + length:]
            self.take(kind, flags, stream, payload)

    def take(self, kind, flags, stream, payload):
        if kind == SETTINGS and not flags & ACK:
            for i in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[i:i + 6])
                if name == 4:
                    self.stream_window += value - self.initial_window
                    self.initial_window = value
            self.socket.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind == WINDOW_UPDATE:
            more = int.from_bytes(payload, "big")
            if stream == 0:
                self.window += more
            elif stream == self.stream:
                self.stream_window += more
        elif stream == self.stream and kind in (HEADERS, RST_STREAM):
            self.refused = True


def silent(address, count, identity):
    held, ended = [], 0
    for _ in range(count):
        try:
            held.append(socket.create_connection(tuple(address.rsplit(":", 1)), timeout=PATIENCE_SECONDS))
        except OSError:
            ended += 1
    print(f"{len(held)} silent connections open, {ended} refused", flush=True)
    sys.stdin.read()
    return held


class Progress:
    """Says how much was done so far, every now and then."""

    def __init__(self, step):
        self.step = step
        self.next = 0

    def tell(self, done):
        if done >= self.next:
            print(f"so far {done}", flush=True)
            self.next = done + self.step


def is_called_off():
    return bool(select.select([sys.stdin], [], [], 0)[0])


PATH = "/comptoir.admin.v1.AdminService/GetStatus"


def resets(address, count, identity):
    done, connections = 0, 0
    progress = Progress(BURST)
    while done < count or not is_called_off():
        try:
            connection = Connection(address, identity)
            connections += 1
            while done < count or not is_called_off():
                burst = b""
                for _ in range(BURST):
                    burst += connection.open(PATH)
                    burst += frame(RST_STREAM, 0, connection.stream, struct.pack(">I", CANCEL))
                connection.socket.sendall(burst)
                done += BURST
                if done > count:
                    time.sleep(BURST_SECONDS)
                progress.tell(done)
                connection.socket.settimeout(0.001)
                try:
                    connection.take_frames()
                except (TimeoutError, socket.timeout, ssl.SSLWantReadError):
                    pass
                connection.socket.settimeout(PATIENCE_SECONDS)
        except (EOFError, OSError):
            pass
    print(f"{done} streams opened and reset, over {connections} connections", flush=True)


def large(address, count, identity):
    begun, sent, refused, ended = 0, 0, 0, 0
    chunk = bytes(FRAME_BYTES)
    progress = Progress(64)
    while begun < count or not is_called_off():
        begun += 1
        try:
            connection = Connection(address, identity)
            connection.socket.sendall(connection.open(PATH))
            left = MESSAGE_BYTES + 5
            first = b"\x00" + struct.pack(">I", MESSAGE_BYTES)
            while left > 0 and not connection.refused:
                size = min(left, FRAME_BYTES, connection.window, connection.stream_window)
                if size <= 0:
                    connection.take_frames()
                    continue
                payload = (first + chunk)[:size]
                first = first[size:]
                connection.socket.sendall(frame(DATA, 0, connection.stream, payload))
                connection.window -= size
                connection.stream_window -= size
                left -= size
                sent += size
                progress.tell(sent >> 10)
            while not connection.refused:
                connection.take_frames()
            refused += 1
        except (EOFError, OSError):
            ended += 1
    print(f"{begun} messages of 64 MiB begun, {refused} refused and {ended} cut off after {sent >> 10} KiB", flush=True)


def main():
    kind, address, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    identity = sys.argv[4] if len(sys.argv) > 4 else None
    {"silent": silent, "resets": resets, "large": large}[kind](address, count, identity)


if __name__ == "__main__":
    main()
