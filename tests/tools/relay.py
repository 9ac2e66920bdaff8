#!/usr/bin/env python3
"""relay.py - what may stand between popferry and a server, on a free loopback port.

    relay.py pipe  --to HOST:PORT                    passes octets on
    relay.py tls   --to HOST:PORT --cert F --key F   ends TLS and passes on in clear; --max 1.0|1.1|1.2
    relay.py proxy [--user U:P] [--refuse STATUS]    SOCKS 4, 4a, 5 and HTTP CONNECT, by the first octet

    --swap PATTERN TEXT (pipe, tls; may be given again): in what the server sends, line by line, as re.sub has it

    --listen ADDRESS (default 127.0.0.1), --port-file F: the port is written there. Each connection is a line on
    standard output: what was asked for ("socks5h localhost:995", "http ...", "pipe"), and the client's address.
"""
import argparse
import base64
import os
import re
import socket
import ssl
import struct
import threading
import warnings


def tell(*words):
    os.write(1, (" ".join(words) + "\n").encode())  # one write: threads do not mix their lines


def pump(a, b, swaps=()):
    try:
        if swaps:
            for line in a.makefile("rb"):
                for pattern, text in swaps:
                    line = re.sub(pattern.encode(), text.encode(), line)
                b.sendall(line)
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def join(a, b, swaps=()):
    other = threading.Thread(target=pump, args=(b, a, swaps), daemon=True)
    other.start()
    pump(a, b)
    other.join()
    a.close()
    b.close()


def exactly(s, count):
    data = b""
    while len(data) < count:
        piece = s.recv(count - len(data))
        if not piece:
            raise OSError("closed")
        data += piece
    return data


def until(s, end):
    data = b""
    while not data.endswith(end):
        data += exactly(s, 1)
    return data


def connect(host, port):
    s = socket.create_connection((host, port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


class Proxy:
    def __init__(self, options):
        self.refuse = options.refuse
        self.user = options.user

    def socks5(self, s):
        methods = exactly(s, exactly(s, 1)[0])
        if self.user and 2 not in methods:
            s.sendall(b"\x05\xff")
            raise OSError("no password")
        s.sendall(b"\x05\x02" if self.user else b"\x05\x00")
        if self.user:
            exactly(s, 1)
            name = exactly(s, exactly(s, 1)[0])
            word = exactly(s, exactly(s, 1)[0])
            right = name + b":" + word == self.user.encode()
            s.sendall(b"\x01\x00" if right else b"\x01\x01")
            if not right:
                raise OSError("wrong password")
        kind = exactly(s, 4)[3]
        if kind == 3:
            what, host = "socks5h", exactly(s, exactly(s, 1)[0]).decode()
        elif kind == 1:
            what, host = "socks5", socket.inet_ntoa(exactly(s, 4))
        else:
            what, host = "socks5", socket.inet_ntop(socket.AF_INET6, exactly(s, 16))
        port = struct.unpack(">H", exactly(s, 2))[0]
        return what, host, port, b"\x05\x00\x00\x01\0\0\0\0\0\0", b"\x05\x02\x00\x01\0\0\0\0\0\0"

    def socks4(self, s):
        _, port, address = struct.unpack(">BH4s", exactly(s, 7))
        until(s, b"\0")
        what, host = "socks4", socket.inet_ntoa(address)
        if address[:3] == b"\0\0\0" and address[3]:
            what, host = "socks4a", until(s, b"\0")[:-1].decode()
        return what, host, port, b"\0\x5a\0\0\0\0\0\0", b"\0\x5b\0\0\0\0\0\0"

    def http(self, s, first):
        head = (first + until(s, b"\r\n\r\n")).decode("latin-1").split("\r\n")
        host, port = head[0].split(" ")[1].rsplit(":", 1)
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        no = f"HTTP/1.1 {self.refuse or 502} Refused\r\nX-Proxy: relay\r\n\r\n".encode()
        if self.user and fields.get("proxy-authorization") != "Basic " + base64.b64encode(self.user.encode()).decode():
            s.sendall(b'HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm="relay"\r\nContent-Length: 0\r\n\r\n')
            raise OSError("no password")
        yes = b"HTTP/1.1 200 Connection established\r\nX-Proxy: relay\r\n\r\n"
        return "http", host.strip("[]"), int(port), yes, no

    def serve(self, s, peer):
        first = exactly(s, 1)
        ask = {b"\x05": self.socks5, b"\x04": self.socks4}.get(first)
        what, host, port, yes, no = ask(s) if ask else self.http(s, first)
        tell(what, f"{host}:{port}", peer)
        try:
            if self.refuse:
                raise OSError("refused")
            far = connect(host, port)
        except OSError:
            s.sendall(no)
            raise
        s.sendall(yes)
        join(s, far)


def tls_context(options):
    warnings.simplefilter("ignore", DeprecationWarning)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(options.cert, options.key)
    context.minimum_version = ssl.TLSVersion.TLSv1
    versions = {"1.0": "TLSv1", "1.1": "TLSv1_1", "1.2": "TLSv1_2", None: "MAXIMUM_SUPPORTED"}
    context.maximum_version = getattr(ssl.TLSVersion, versions[options.max])
    return context


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=("pipe", "tls", "proxy"))
    for name in ("to", "cert", "key", "max", "user", "port-file"):
        parser.add_argument("--" + name)
    parser.add_argument("--refuse", type=int)
    parser.add_argument("--swap", nargs=2, action="append", default=[])
    parser.add_argument("--listen", default="127.0.0.1")
    options = parser.parse_args()
    context = tls_context(options) if options.mode == "tls" else None
    proxy = Proxy(options)

    def serve(s, peer):
        try:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if options.mode == "proxy":
                proxy.serve(s, peer)
                return
            if context:
                s = context.wrap_socket(s, server_side=True)
            tell(s.version() if context else "pipe", options.to, peer)
            host, port = options.to.rsplit(":", 1)
            join(s, connect(host, int(port)), options.swap)
        except OSError:
            s.close()

    family = socket.AF_INET6 if ":" in options.listen else socket.AF_INET
    listener = socket.create_server((options.listen, 0), family=family, backlog=64)
    with open(options.port_file, "w") as f:
        f.write(f"{listener.getsockname()[1]}\n")
    while True:
        s, peer = listener.accept()
        threading.Thread(target=serve, args=(s, peer[0]), daemon=True).start()


main()
