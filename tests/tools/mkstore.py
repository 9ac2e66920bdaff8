#!/usr/bin/env python3
"""Write the messages of a Maildir as another program would have them on a disk.

usage: mkstore.py KIND MAILDIR TO      KIND: mboxrd, mboxo, thunderbird, maildir, eml, mh, becky, emlx

TO is a file (mboxrd, mboxo, thunderbird, becky) or a folder, which is made. Prints how many were written. Messages whose line
ends an mbox cannot have (bare CR, or both kinds) are written as they are by the kinds with a file for each, and
refused by the others.
"""
import base64
import os
import re
import sys


def messages(maildir):
    found = []
    for part in ("new", "cur"):
        folder = os.path.join(maildir, part)
        found += [os.path.join(folder, name) for name in os.listdir(folder)]
    for path in sorted(found, key=os.path.basename):
        with open(path, "rb") as f:
            yield f.read()


def as_text(wire):
    text = wire.replace(b"\r\n", b"\n")
    if b"\r" in text:
        sys.exit("mkstore: a bare CR cannot be in an mbox")
    return text if text.endswith(b"\n") else text + b"\n"


def mbox(to, maildir, quote, extra=b""):
    n = 0
    with open(to, "wb") as out:
        for wire in messages(maildir):
            out.write(b"From - Tue Aug 05 08:00:23 2008\n" + extra + quote(as_text(wire)) + b"\n")
            n += 1
    return n


def quote_rd(text):
    return re.sub(rb"^(>*From )", rb">\1", text, flags=re.M)


def quote_o(text):
    return re.sub(rb"^From ", b">From ", text, flags=re.M)


def files(to, maildir, name, change=lambda wire: wire):
    os.makedirs(to, exist_ok=True)
    n = 0
    for wire in messages(maildir):
        n += 1
        with open(os.path.join(to, name % n), "wb") as out:
            out.write(change(wire))
    return n


def write_maildir(to, maildir):
    for part in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(to, part), exist_ok=True)
    return files(os.path.join(to, "cur"), maildir, "1217930000.M%dP1.pc:2,S")


def becky(to, maildir):
    """As POP3 has them, with a status; what one part in base64 of some messages holds lies in #Attach."""
    n = 0
    os.makedirs(os.path.join(os.path.dirname(to), "#Attach"), exist_ok=True)
    with open(to, "wb") as out:
        for wire in messages(maildir):
            n += 1
            header, blank, body = wire.partition(b"\r\n\r\n")
            if not blank:
                sys.exit("mkstore: a message without a body")
            part = re.search(rb"(?<=\n)(--[^\r\n]+\r\n(?:[^\r\n]+\r\n)*?Content-Transfer-Encoding: base64\r\n(?:[^\r\n]+\r\n)*?)"
                             rb"\r\n((?:[A-Za-z0-9+/=]+\r\n)+)(?=--|\r\n--)", body)
            if part:
                name = b"%s-%d.txt" % (os.path.basename(to).encode(), n)
                with open(os.path.join(os.path.dirname(to).encode(), b"#Attach", name), "wb") as attached:
                    attached.write(part.group(2))
                body = body[:part.start()] + part.group(1) + b"X-Becky-Include: " + name + b"\r\n" + body[part.end():]
            stored = header + b"\r\nX-Becky-Status: 010001,000000,3,386d85bd" + blank + body
            stored = re.sub(rb"^\.", b"..", stored, flags=re.M)
            out.write(stored + (b"" if stored.endswith(b"\n") else b"\r\n") + b".\r\n")
    return n


def emlx(to, maildir):
    """As Apple Mail has them in a mailbox, TO, whose name ends in .mbox; one part in base64 of some messages, in lines of 76,
    lies in a file of its own."""
    data = os.path.join(to, "F2D0D67E-7B19-4C30-B2E9-B58FE4789D51", "Data", "1")
    os.makedirs(os.path.join(data, "Messages"), exist_ok=True)
    n = 0
    for wire in messages(maildir):
        n += 1
        text = wire.replace(b"\r\n", b"\n")
        part = None
        kind = re.search(rb"^Content-Type: multipart/[^\n]*?(?:\n[ \t][^\n]*?)*boundary=\"?([^\"\n;]+)", text.partition(b"\n\n")[0], re.M | re.I)
        pieces = re.split(rb"(?m)^--" + re.escape(kind.group(1)) + rb"\n", text) if kind else []
        for number, piece in enumerate(pieces[1:], 1):
            header, _, content = piece.partition(b"\n\n")
            content, dash, rest = content.partition(b"\n--" + kind.group(1) + b"--")
            content = content if dash else content[:-1]
            encoded = re.search(rb"^Content-Transfer-Encoding: base64$", header, re.M | re.I)
            whole = base64.b64decode(content) if encoded else b""
            lines = base64.b64encode(whole)
            if whole and b"\n".join(lines[i:i + 76] for i in range(0, len(lines), 76)) == content:
                part = os.path.join(data, "Attachments", str(n), str(number))
                os.makedirs(part)
                with open(os.path.join(part, "part.bin"), "wb") as attached:
                    attached.write(whole)
                pieces[number] = header + b"\nX-Apple-Content-Length: %d\n\n" % len(content) + (dash + rest or b"\n")
                text = (b"--" + kind.group(1) + b"\n").join(pieces)
                break
        # Where no Received says it, the time of receipt would count before Date: those have none.
        head = wire.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
        received = b"\t<key>date-received</key>\n\t<integer>1217930000</integer>\n"
        plist = (b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n<dict>\n'
                 + (received if re.search(rb"^Received:", head, re.M | re.I) else b"")
                 + b"\t<key>flags</key>\n\t<integer>8589934593</integer>\n</dict>\n</plist>\n")
        with open(os.path.join(data, "Messages", "%d%s.emlx" % (n, ".partial" if part else "")), "wb") as out:
            out.write(b"%-10d\n" % len(text) + text + plist)
    return n


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    kind, maildir, to = sys.argv[1:]
    os.makedirs(os.path.dirname(to) or ".", exist_ok=True)
    kinds = {
        "mboxrd": lambda: mbox(to, maildir, quote_rd),
        "mboxo": lambda: mbox(to, maildir, quote_o),
        "thunderbird": lambda: mbox(to, maildir, quote_rd, b"X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n"),
        "maildir": lambda: write_maildir(to, maildir),
        "eml": lambda: files(to, maildir, "mail %d.eml"),
        "becky": lambda: becky(to, maildir),
        "emlx": lambda: emlx(to, maildir),
        "mh": lambda: files(to, maildir, "%d"),
    }
    if kind not in kinds:
        sys.exit(__doc__)
    print(kinds[kind]())


main()
