#!/usr/bin/env python3
"""Servers that mean harm: for each SCENARIO one listener; prints "NAME PORT" lines, then serves until it is ended.

usage: hostile_servers.py [NAME...]        (default: all)
       hostile_servers.py --names          print the names and end

A scenario is an ordinary small POP3 or IMAP server, plain text, any user and password, with one answer replaced. Where
the answer is endless it ends after FLOOD octets, so that a client without a bound shows in its memory, not on the
machine.
"""
import itertools
import random
import socket
import sys
import threading
import time

FLOOD = 400 << 20
ESCAPES = b"\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b5n\xc2\x9b6n\x08\x00\x7f"
MAIL = (b"From: " + ESCAPES + b" <a@example.jp>\r\nSubject: hi " + ESCAPES + b"\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
        b"Message-ID: <" + ESCAPES + b"@x>\r\n\r\nbody\r\n")


def endless(chunk):
    """chunk again and again, up to FLOOD octets; then the connection is cut."""
    block = chunk * max(1, 65536 // len(chunk))
    for _ in range(FLOOD // len(block)):
        yield block
    raise OSError("enough")


def drip(text, seconds=1.0):
    """One octet at a time."""
    for octet in text:
        yield bytes([octet])
        time.sleep(seconds)


def noise(count):
    return random.Random(7).randbytes(count)


class Client:
    """The other end of a connection, line by line."""

    def __init__(self, connection):
        self.connection = connection
        self.file = connection.makefile("rb")

    def send(self, answer):
        if isinstance(answer, bytes):
            answer = [answer]
        for piece in answer:
            self.connection.sendall(piece)

    def line(self):
        return self.file.readline(1 << 20)


# ---- POP3 ----
POP3 = {
    "GREETING": b"+OK ready\r\n",
    "CAPA": b"+OK\r\nUSER\r\nTOP\r\nUIDL\r\nPIPELINING\r\n.\r\n",
    "USER": b"+OK\r\n",
    "PASS": b"+OK\r\n",
    "STAT": b"+OK 2 400\r\n",
    "LIST": b"+OK\r\n1 200\r\n2 200\r\n.\r\n",
    "UIDL": b"+OK\r\n1 a\r\n2 b\r\n.\r\n",
    "TOP": b"+OK\r\n" + MAIL + b".\r\n",
    "RETR": b"+OK\r\n" + MAIL + b".\r\n",
    "NOOP": b"+OK\r\n",
    "DELE": b"+OK\r\n",
    "QUIT": b"+OK bye\r\n",
}


def pop3(connection, answers):
    client = Client(connection)
    answers = {**POP3, **answers}
    make = lambda answer: answer() if callable(answer) else answer
    client.send(make(answers["GREETING"]))
    for line in iter(client.line, b""):
        verb = line.split(None, 1)[0].decode("latin-1").upper() if line.strip() else ""
        client.send(make(answers.get(verb, b"-ERR what\r\n")))
        if verb == "QUIT":
            return


def numbered(form, count=1 << 31):
    """Lines of 1..count, until FLOOD octets are sent; then the connection is cut."""
    sent = 0
    yield b"+OK\r\n"
    for first in range(1, count, 4096):
        block = b"".join(form % n for n in range(first, first + 4096))
        sent += len(block)
        yield block
        if sent > FLOOD:
            raise OSError("enough")


POP3_SCENARIOS = {
    "greeting-endless": {"GREETING": lambda: itertools.chain([b"+OK "], endless(b"x"))},
    "greeting-drip": {"GREETING": lambda: drip(b"+OK " + b"x" * 1000)},
    "greeting-noise": {"GREETING": noise(65536)},
    "greeting-then-noise": {"GREETING": b"+OK hello\r\n" + noise(65536)},
    "greeting-escapes": {"GREETING": b"-ERR " + ESCAPES + b"\r\n"},
    "capa-endless": {"CAPA": lambda: itertools.chain([b"+OK\r\n"], endless(b"X-WHATEVER yes\r\n"))},
    "capa-endless-line": {"CAPA": lambda: itertools.chain([b"+OK\r\nX"], endless(b"Y"))},
    "capa-escapes": {"CAPA": b"+OK\r\nUSER\r\nIMPLEMENTATION " + ESCAPES + b"\r\nTOP\r\nUIDL\r\n.\r\n"},
    "pass-escapes": {"PASS": b"-ERR [AUTH] no " + ESCAPES + b"\r\n"},
    "pass-endless-line": {"PASS": lambda: itertools.chain([b"-ERR "], endless(b"x"))},
    "stat-endless-line": {"STAT": lambda: itertools.chain([b"+OK "], endless(b"1"))},
    "stat-huge": {"STAT": b"+OK 1000000000 99999999999999\r\n"},
    "stat-negative": {"STAT": b"+OK -1 -400\r\n"},
    "stat-escapes": {"STAT": b"-ERR " + ESCAPES + b"\r\n"},
    "list-endless": {"STAT": b"+OK 1000000000 9999999999\r\n", "LIST": lambda: numbered(b"%d 100\r\n")},
    "list-negative": {"LIST": b"+OK\r\n1 -200\r\n2 -1\r\n.\r\n"},
    "list-overflow": {"LIST": b"+OK\r\n1 " + b"9" * 40 + b"\r\n2 18446744073709551615\r\n.\r\n"},
    "list-descending": {"LIST": b"+OK\r\n2 200\r\n1 200\r\n.\r\n", "UIDL": b"+OK\r\n2 b\r\n1 a\r\n.\r\n"},
    "list-other-numbers": {"LIST": b"+OK\r\n4000000000 200\r\n0 200\r\n.\r\n"},
    "uidl-endless": {"STAT": b"+OK 1000000000 9999999999\r\n", "UIDL": lambda: numbered(b"%d u\r\n")},
    "uidl-endless-line": {"UIDL": lambda: itertools.chain([b"+OK\r\n1 "], endless(b"u"))},
    "uidl-escapes": {"UIDL": b"+OK\r\n1 " + ESCAPES + b"\r\n2 b\r\n.\r\n"},
    "uidl-same": {"UIDL": b"+OK\r\n1 a\r\n2 a\r\n.\r\n"},
    "top-endless": {"TOP": lambda: itertools.chain([b"+OK\r\n"], endless(b"X-Field: value\r\n"))},
    "retr-endless": {"RETR": lambda: itertools.chain([b"+OK\r\nSubject: x\r\n\r\n"], endless(b"more and more\r\n"))},
    "retr-endless-line": {"RETR": lambda: itertools.chain([b"+OK\r\nSubject: x\r\n\r\n"], endless(b"x"))},
    "retr-endless-header": {"RETR": lambda: itertools.chain([b"+OK\r\nSubject: x\r\n"], endless(b" folded\r\n"))},
    "retr-noise": {"RETR": b"+OK\r\n" + noise(200000) + b"\r\n.\r\n"},
    "retr-escapes": {"RETR": b"-ERR " + ESCAPES + b"\r\n"},
    "mail-escapes": {},
    "unasked-flood": {"PASS": lambda: itertools.chain([b"+OK\r\n"], endless(b"+OK and more\r\n"))},
}


# ---- IMAP ----
CAPS = b"IMAP4rev1 UIDPLUS LITERAL+ MULTIAPPEND"
IMAP = {
    "GREETING": b"* OK ready\r\n",
    "CAPABILITY": b"* CAPABILITY " + CAPS + b"\r\n%T OK done\r\n",
    "LOGIN": b"%T OK [CAPABILITY " + CAPS + b"] in\r\n",
    "ID": b"* ID NIL\r\n%T OK done\r\n",
    "NAMESPACE": b"* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n%T OK done\r\n",
    "LIST": b"* LIST () \"/\" INBOX\r\n%T OK done\r\n",
    "STATUS": b"* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)\r\n%T OK done\r\n",
    "SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 2] n\r\n* FLAGS (\\Seen)\r\n%T OK [READ-WRITE] done\r\n",
    "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 2] n\r\n* FLAGS (\\Seen)\r\n%T OK [READ-ONLY] done\r\n",
    "FETCH": b"* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE \"01-Jan-2024 00:00:00 +0000\" BODY[HEADER] {2}\r\n\r\n)\r\n%T OK done\r\n",
    "SEARCH": b"* SEARCH 1\r\n%T OK done\r\n",
    "NOOP": b"%T OK done\r\n",
    "APPEND": b"%T OK [APPENDUID 7 2] done\r\n",
    "LOGOUT": b"* BYE bye\r\n%T OK done\r\n",
}


def literals(client, line):
    """Takes what a command still has to come: its literals (all are non-synchronising or answered with +)."""
    while line.rstrip(b"\r\n").endswith(b"}"):
        size = line[line.rindex(b"{") + 1:].rstrip(b"}\r\n")
        if not size.endswith(b"+"):
            client.send(b"+ go\r\n")
        client.file.read(int(size.rstrip(b"+")))
        line = client.line()
    return line


def imap(connection, answers):
    client = Client(connection)
    answers = {**IMAP, **answers}

    def reply(name, tag):
        answer = answers.get(name, b"%T BAD what\r\n")
        answer = answer() if callable(answer) else answer
        client.send(answer.replace(b"%T", tag) if isinstance(answer, bytes) else answer)

    reply("GREETING", b"*")
    for line in iter(client.line, b""):
        words = line.split()
        if len(words) < 2:
            continue
        tag, verb = words[0], words[1].decode("latin-1").upper()
        if verb == "UID" and len(words) > 2:
            verb = words[2].decode("latin-1").upper()
        literals(client, line)
        reply(verb, tag)
        if verb == "LOGOUT":
            return


def select(*lines):
    return {name: b"".join(line + b"\r\n" for line in lines) + b"%T OK done\r\n" for name in ("SELECT", "EXAMINE")}


FETCHED = b"* %d FETCH (UID %d RFC822.SIZE 10 INTERNALDATE \"01-Jan-2024 00:00:00 +0000\" BODY[HEADER] {2}\r\n\r\n)\r\n"
USUAL = (b"* OK [UIDVALIDITY 7] v", b"* OK [UIDNEXT 2000000000] n", b"* FLAGS (\\Seen)")


def fetches(uids):
    block = b"".join(FETCHED % (n, uid) for n, uid in enumerate(uids, 1))
    return {"FETCH": block + b"%T OK done\r\n", **select(b"* %d EXISTS" % len(uids), *USUAL)}


def flood(name, begin, chunk):
    return {name: lambda: itertools.chain([begin], endless(chunk))}


def fetch_flood(begin, chunk):
    return {**flood("FETCH", begin, chunk), **select(b"* 3 EXISTS", *USUAL)}


IMAP_SCENARIOS = {
    "greeting-endless": flood("GREETING", b"* OK ", b"x"),
    "greeting-drip": {"GREETING": lambda: drip(b"* OK " + b"x" * 1000)},
    "greeting-noise": {"GREETING": noise(65536)},
    "greeting-then-noise": {"GREETING": b"* OK hello\r\n" + noise(65536)},
    "greeting-escapes": {"GREETING": b"* BYE " + ESCAPES + b"\r\n"},
    "login-escapes": {"LOGIN": b"%T NO [ALERT] " + ESCAPES + b"\r\n"},
    "login-endless-line": flood("LOGIN", b"* NO ", b"x"),
    "capability-endless": flood("CAPABILITY", b"* CAPABILITY IMAP4rev1", b" X-WHATEVER"),
    "capability-escapes": {"CAPABILITY": b"* CAPABILITY IMAP4rev1 " + ESCAPES.replace(b"\0", b"") + b"\r\n%T OK " + ESCAPES + b"\r\n"},
    "id-escapes": {"CAPABILITY": b"* CAPABILITY IMAP4rev1 ID\r\n%T OK x\r\n",
                   "ID": b"* ID (\"name\" \"" + ESCAPES.replace(b"\0", b"") + b"\")\r\n%T OK x\r\n"},
    "select-escapes": {"SELECT": b"%T NO " + ESCAPES + b"\r\n", "EXAMINE": b"%T NO " + ESCAPES + b"\r\n"},
    "alert-escapes": select(b"* OK [ALERT] " + ESCAPES, b"* 0 EXISTS", *USUAL),
    "list-escapes": {"LIST": b"* LIST () \"\x1b\" \"" + ESCAPES.replace(b"\0", b"") + b"\"\r\n%T OK x\r\n"},
    "list-endless": flood("LIST", b"", b"* LIST () \"/\" folder\r\n"),
    "list-literal": {"LIST": b"* LIST () \"/\" {4000000000}\r\n" + b"x" * 1000},
    "list-nested": {"LIST": b"* LIST " + b"(" * 10000 + b")" * 10000 + b" \"/\" x\r\n%T OK x\r\n"},
    "select-flood": {name: (lambda: endless(b"* OK still here\r\n")) for name in ("SELECT", "EXAMINE")},
    "exists-huge": select(b"* 1000000000 EXISTS", *USUAL),
    "exists-overflow": select(b"* 99999999999999999999999 EXISTS", *USUAL),
    "exists-negative": select(b"* -1 EXISTS", *USUAL),
    "uidvalidity-odd": select(b"* 0 EXISTS", b"* OK [UIDVALIDITY 0] v", b"* OK [UIDNEXT 99999999999999] n"),
    "fetch-endless": fetch_flood(b"", b"* 1 FETCH (FLAGS ())\r\n"),
    "fetch-endless-line": fetch_flood(b"* 1 FETCH (", b"x"),
    "fetch-endless-literal": fetch_flood(b"* 1 FETCH (UID 1 BODY[HEADER] {4294967295}\r\n", b"x"),
    "fetch-literal-overflow": fetch_flood(b"* 1 FETCH (UID 1 BODY[HEADER] {99999999999999999999999}\r\n", b"x"),
    "fetch-literal-negative": fetch_flood(b"* 1 FETCH (UID 1 BODY[HEADER] {-1}\r\n", b"x"),
    "fetch-nested": {**select(b"* 1 EXISTS", *USUAL),
                     "FETCH": b"* 1 FETCH (UID 1 BODYSTRUCTURE " + b"(" * 10000 + b")" * 10000 + b")\r\n%T OK x\r\n"},
    "fetch-nested-open": fetch_flood(b"* 1 FETCH (X ", b"("),
    "fetch-descending": fetches(range(3000, 0, -1)),
    "fetch-same-uid": fetches([5] * 3000),
    "fetch-wrong": {**select(b"* 3 EXISTS", *USUAL),
                    "FETCH": b"* 4000000000 FETCH (UID 0 RFC822.SIZE -5)\r\n* 0 FETCH (UID 99999999999)\r\n%T OK x\r\n"},
    "search-flood": flood("SEARCH", b"* SEARCH", b" 1"),
    "append-escapes": {"APPEND": b"%T NO [TOOBIG] " + ESCAPES + b"\r\n"},
    "append-wrong-uid": {"APPEND": b"%T OK [APPENDUID 0 99999999999] " + ESCAPES + b"\r\n"},
    "append-uid-range": {"APPEND": b"%T OK [APPENDUID 7 1:4000000000] x\r\n"},
    "append-flood": flood("APPEND", b"", b"* OK later\r\n"),
    "tags-flood": flood("SELECT", b"", b"X9 OK whose\r\n"),
}


def serve(listener, dialog, answers):
    def one(connection):
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            dialog(connection, answers)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=one, args=(connection,), daemon=True).start()


def main(names):
    every = {"pop3-" + name: (pop3, answers) for name, answers in POP3_SCENARIOS.items()}
    every.update({"imap-" + name: (imap, answers) for name, answers in IMAP_SCENARIOS.items()})
    if names == ["--names"]:
        print("\n".join(every))
        return
    for name in names or every:
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=serve, args=(listener, *every[name]), daemon=True).start()
        print(name, listener.getsockname()[1], flush=True)
    print("ready", flush=True)
    threading.Event().wait()


main(sys.argv[1:])
