#!/usr/bin/env python3
"""What an archive of popferry holds, and what a mailbox should have given to it; told without popferry.

    archive_check.py given MAILDIR             SHA-256 of each message as a POP3 server gives it out, sorted
    archive_check.py lying maildir|mbox DIR    SHA-256 and octets of each message, in the manifest's order
"""
import hashlib
import os
import re
import sys


def sha256(octets):
    return hashlib.sha256(octets).hexdigest()


def given(maildir):
    """Every line ends in CR LF. (Bare CR, NUL and the rest stay.)"""
    for part in ("cur", "new"):
        for entry in os.scandir(os.path.join(maildir, part)):
            with open(entry.path, "rb") as file:
                text = file.read()
            if not text.endswith(b"\n"):
                text += b"\r\n"
            yield sha256(re.sub(rb"\r?\n", b"\r\n", text))


def manifest(archive):
    with open(os.path.join(archive, "manifest.tsv"), encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        names = file.readline().rstrip("\n").split("\t")
        for line in file:
            yield dict(zip(names, line.rstrip("\n").split("\t")))


def lying_maildir(archive):
    for row in manifest(archive):
        with open(os.path.join(archive, row["file"]), "rb") as file:
            yield file.read()


def lying_mbox(archive):
    for row in manifest(archive):
        name, offset = row["file"].rsplit(":", 1)
        with open(os.path.join(archive, name), "rb") as file:
            file.seek(int(offset))
            entry = file.read(int(row["stored"]))
        text = entry[entry.index(b"\n") + 1:]  # behind the From line
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", text)[:int(row["octets"])]


def main():
    if sys.argv[1] == "given":
        print("\n".join(sorted(given(sys.argv[2]))))
        return
    lying = {"maildir": lying_maildir, "mbox": lying_mbox}[sys.argv[2]]
    for text in lying(sys.argv[3]):
        print(f"{sha256(text)}\t{len(text)}")


main()
