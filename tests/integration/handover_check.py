#!/usr/bin/env python3
"""Judge the files of popferry report --report by its own JSON story. Used by test_report.sh; says what is wrong and exits 1.

  json HANDOVER.json STORY.json     the sums are those of the ledgers, account by account and all together
  csv HANDOVER.csv HANDOVER.json    the same numbers, as a spreadsheet opens them
  html HANDOVER.html HANDOVER.json  every account, number and message not moved stands on the page
  xlsx HANDOVER.xlsx HANDOVER.json  numbers are numbers, sums are formulas with the right result, none is broken
"""
import csv
import html.parser
import io
import json
import re
import sys
import xml.etree.ElementTree as tree
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PARTS = ["copied", "present", "duplicates", "not_mail", "quarantined", "refused", "waiting", "left_out", "vanished"]


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def check_json(handover, story):
    h, jobs, wrong = load(handover), load(story)["jobs"], []
    by_name = {(j["work_dir"], j["job"]): j for j in jobs}
    if len(h["accounts"]) != len(by_name):
        wrong.append("%d accounts instead of %d" % (len(h["accounts"]), len(by_name)))
    for a, j in zip(h["accounts"], jobs):
        s = j["summary"]
        for name, value in s["balance"].items():
            if a[name] != value:
                wrong.append("%s, %s: %s instead of %s" % (a["name"], name, a[name], value))
        if (a["from"], a["to"], a["folder"]) != (j["from"], j["to"], j["folder"]):
            wrong.append("%s: not the account of the story" % a["name"])
        if {k: v for k, v in a["verified"].items() if k != "last"} != s["by_proof"]:
            wrong.append("%s: proofs %s" % (a["name"], a["verified"]))
        if a["left"] != (s["source"] and s["source"]["left"]):
            wrong.append("%s: left: %s" % (a["name"], a["left"]))
        parts = sum(a[k]["messages"] for k in PARTS)
        if parts != a["before"]["messages"]:
            wrong.append("%s: %d of %d accounted for" % (a["name"], parts, a["before"]["messages"]))
        if a["after"]["messages"] != a["copied"]["messages"] + a["present"]["messages"]:
            wrong.append("%s: after" % a["name"])
        lost = [m["uidl"] for m in j["messages"] if m["state"] in ("quarantined", "refused")]
        if sorted(lost) != sorted(m["uidl"] for m in a["not_moved_messages"]):
            wrong.append("%s: messages not moved" % a["name"])
    for name in PARTS + ["before", "after", "deleted", "gone_since"]:
        for unit in ("messages", "octets"):
            if h["sum"][name][unit] != sum((a[name] or {unit: 0})[unit] for a in h["accounts"]):
                wrong.append("the sum of %s, %s" % (name, unit))
    if sum(h["sum"]["by_state"].values()) != len(h["accounts"]) or h["sum"]["accounts"] != len(h["accounts"]):
        wrong.append("the states do not add up")
    return wrong


def numbers(a):
    """The columns of counts, in the order of the CSV."""
    row = [a["before"]["messages"], a["before"]["octets"], a["after"]["messages"], a["after"]["octets"]]
    row += [a[k]["messages"] for k in PARTS + ["deleted"]]
    return row + [a["verified"][k] for k in ("exact", "content", "body", "structure", "headers", "count", "none")]


def check_csv(path, handover):
    accounts, wrong = load(handover)["accounts"], []
    with open(path, "rb") as f:
        raw = f.read()
    if not raw.startswith(b"\xef\xbb\xbf"):
        wrong.append("no byte order mark")
    if raw.count(b"\n") != raw.count(b"\r\n"):
        wrong.append("line ends")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    if len(rows) != len(accounts) + 1 or len({len(r) for r in rows}) != 1:
        wrong.append("rows: %d, of %s fields" % (len(rows), {len(r) for r in rows}))
    for a, r in zip(accounts, rows[1:]):
        if r[:4] != [a["name"], a["from"], a["to"], a["folder"]] or [int(x) for x in r[5:26]] != numbers(a):
            wrong.append("%s: %s" % (a["name"], r))
    wrong += ["a formula: %s" % v for r in rows for v in r if v[:1] in ("=", "+", "-", "@")]
    return wrong


class Texts(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts, self.silent, self.links = [], False, []

    def handle_starttag(self, tag, attrs):
        self.silent = tag == "style"
        self.links += [v for k, v in attrs if k in ("src", "href") or (v or "").startswith("http")]

    def handle_endtag(self, tag):
        self.silent = False

    def handle_data(self, data):
        if not self.silent:
            self.texts.append(data)


def check_html(path, handover):
    h, wrong, page = load(handover), [], Texts()
    with open(path, encoding="utf-8") as f:
        text = f.read()
    page.feed(text)
    tree.fromstring(text.split("\n", 1)[1])  # behind the doctype: well-formed
    texts = set(page.texts)
    if page.links:
        wrong.append("it needs other files: %s" % page.links)
    wanted = [a["name"] for a in h["accounts"]] + [h["customer"], h["prepared_by"]]
    wanted += ["{:,}".format(a[k]["messages"]) for a in h["accounts"] for k in ("before", "after", "duplicates", "waiting")]
    wanted += ["{:,}".format(h["sum"][k]["messages"]) for k in ("before", "after")]
    wanted += [m[k] for a in h["accounts"] for m in a["not_moved_messages"] for k in ("subject", "reason") if m[k]]
    for w in wanted:
        if w not in texts and not any(w in t for t in texts if "御中" in t or "For " in t):
            wrong.append("not on the page: %s" % w)
    return wrong


def sheet(book, n, strings):
    cells = {}
    for c in tree.fromstring(book.read("xl/worksheets/sheet%d.xml" % n)).iter(MAIN + "c"):
        f, v = c.find(MAIN + "f"), c.find(MAIN + "v")
        value = None if v is None else v.text
        if value is not None:
            value = strings[int(value)] if c.get("t") == "s" else value if c.get("t") == "str" else float(value)
        cells[c.get("r")] = (value, None if f is None else f.text)
    return cells


def check_xlsx(path, handover):
    h, wrong = load(handover), []
    with zipfile.ZipFile(path) as book:
        if book.testzip():
            return ["broken: %s" % book.testzip()]
        strings = ["".join(t.text or "" for t in si.iter(MAIN + "t"))
                   for si in tree.fromstring(book.read("xl/sharedStrings.xml"))]
        summary, accounts, items = (sheet(book, n, strings) for n in (1, 2, 3))
    last = len(h["accounts"]) + 1
    columns = {"E": "before", "G": "copied", "H": "present", "I": "duplicates", "J": "not_mail", "K": "quarantined",
               "L": "refused", "M": "waiting", "N": "left_out", "O": "vanished", "P": "after", "S": "deleted", "AD": "gone_since"}
    for i, a in enumerate(h["accounts"]):
        for column, name in columns.items():
            if accounts["%s%d" % (column, i + 2)][0] != a[name]["messages"]:
                wrong.append("%s, %s: %s" % (a["name"], name, accounts["%s%d" % (column, i + 2)]))
        if accounts["R%d" % (i + 2)] != (0.0, "E%d-SUM(G%d:O%d)" % (i + 2, i + 2, i + 2)):
            wrong.append("%s: unaccounted for: %s" % (a["name"], accounts["R%d" % (i + 2)]))
        if accounts["A%d" % (i + 2)][0] != a["name"]:
            wrong.append("row %d is not %s" % (i + 2, a["name"]))
    for column, name in columns.items():
        if accounts["%s%d" % (column, last + 1)] != (h["sum"][name]["messages"], "SUM(%s2:%s%d)" % (column, column, last)):
            wrong.append("the sum of %s: %s" % (name, accounts["%s%d" % (column, last + 1)]))
    linked = {f: v for v, f in summary.values() if f}
    for column, name in columns.items():
        found = [v for f, v in linked.items() if re.fullmatch(r"'[^']*'!%s%d" % (column, last + 1), f)]
        if found != [h["sum"][name]["messages"]]:
            wrong.append("the summary's %s: %s" % (name, found))
    counted = sum(v for f, v in linked.items() if f.startswith("COUNTIF"))
    if counted != len(h["accounts"]):
        wrong.append("the summary counts %s accounts" % counted)
    lost = sum(len(a["not_moved_messages"]) for a in h["accounts"])
    if sum(1 for r in items if re.fullmatch(r"E\d+", r)) - 1 != lost:
        wrong.append("messages not moved")
    return wrong


ACTIONS = {"json": check_json, "csv": check_csv, "html": check_html, "xlsx": check_xlsx}
if __name__ == "__main__":
    problems = ACTIONS[sys.argv[1]](*sys.argv[2:])
    for problem in problems:
        print(problem)
    sys.exit(bool(problems))
