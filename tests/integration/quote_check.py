#!/usr/bin/env python3
"""Judge the reports of popferry estimate by the JSON of the same run. Used by test_quote.sh; says what is wrong and exits 1.

  json REPORT.html ESTIMATE.json      every number of the estimate stands on the page, as the page writes numbers
  text REPORT.html PRINTED.txt        every text of the page stands in what was printed (pdftotext)
  unverified REPORT.html ESTIMATE.json   each plan that is not verified is marked, no other is
  probe REPORT.html PROBE.html        a copy of the page that measures itself and writes the result into its title
  blank IN.xlsx OUT.xlsx [SHEET!CELL=NUMBER...]   take the stored values of formulas away; put numbers into input cells
  sheet ESTIMATE.json SUMMARY.csv     the workbook, calculated anew, has the amounts of the estimate
"""
import csv
import html.parser
import json
import re
import sys
import unicodedata
import xml.etree.ElementTree as tree
import zipfile
from collections import Counter

PROBE = """<script>
const wide = [...document.querySelectorAll('body *')].filter(e => !e.closest('svg') &&
    e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.tagName + '.' + e.className);
const cut = [...document.querySelectorAll('th, td, .tile, dd, p')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
    .map(e => e.tagName + ': ' + e.textContent.slice(0, 30));
const outside = [...document.querySelectorAll('svg text')].filter(e => { const b = e.getBBox(); return b.x < 0 || b.x + b.width > 960 ||
    b.y < 0 || b.y + b.height > 340; }).map(e => e.textContent);
document.title = 'probe ' + JSON.stringify({page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    wide, cut, outside});
</script>"""


def squeezed(text):
    """Without blanks, and with one form for each character: where lines break does not matter."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("\u00ad", "")


class Texts(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts, self.silent = [], False

    def handle_starttag(self, tag, attrs):
        self.silent = tag in ("style", "title", "script")

    def handle_endtag(self, tag):
        self.silent = False

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.texts.append(data)


def texts_of(path):
    parser = Texts()
    with open(path, encoding="utf-8") as f:
        parser.feed(f.read())
    return parser.texts


def octets(n):
    units, unit, value = ["B", "kB", "MB", "GB", "TB", "PB", "EB"], 0, float(n)
    while value >= 999.5 and unit < 6:
        value, unit = value / 1000, unit + 1
    return ("%.1f %s" if unit and value < 9.95 else "%.0f %s") % (value, units[unit])


def money(amount, currency):
    whole, _, cents = amount.partition(".")
    sign = {"JPY": "¥", "USD": "$", "EUR": "€"}[currency]
    return sign + format(int(whole), ",") + ("." + cents if cents else "")


def account_needles(a):
    yield a["name"]
    if a["error"]:
        yield a["error"]["text"]
        return
    for messages, size in (("messages", "octets"), ("to_copy", "to_copy_octets"), ("too_big", "too_big_octets"),
                           ("done_before", "done_before_octets")):
        if a[messages]:
            yield format(a[messages], ",")
            yield octets(a[size])
    if not a["listed"]:
        yield format(a["duplicates"], ",")
    yield octets(a["growth"]["mid"])


def plan_needles(p):
    for name in ("monthly", "monthly_last", "total"):
        if p[name] and p["total"]:
            yield money(p[name], p["currency"])
    if p["total"] and p["total_low"] and p["total_high"] and p["total_low"] != p["total_high"]:
        yield money(p["total_low"], p["currency"])
        yield money(p["total_high"], p["currency"])


def use_needles(p):
    for use in p["uses"]:
        yield use["storage"]
        if use["price"]:
            yield money(use["price"], use["price_currency"])
            yield use["price_as_of"] if use["price_as_of"] != "unknown" else ""


def needles(d):
    yield from (d["customer"], d["prepared_by"], d["catalog_gathered"], format(d["to_copy"], ","), octets(d["to_copy_octets"]))
    for scenario in ("low", "mid", "high"):
        yield octets(d["growth"][scenario])
        yield from (octets(n) for n in d["projection"][scenario])
    for p in d["plans"]:
        yield from use_needles(p) if p["compared"] else ()
    if d["days_to_migrate"] and d["seconds_to_migrate"] >= 86400:
        yield format(d["days_to_migrate"], ",")


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def missing(wanted, texts):
    """Those that no text contains; a number only as a whole number."""
    there = "|".join(squeezed(t) for t in texts)
    return [w for w in wanted if w and not re.search(r"(?<![0-9.,])" + re.escape(squeezed(w)) + r"(?![0-9]|[.,][0-9])", there)]


def rows_of(page, name):
    with open(page, encoding="utf-8") as f:
        table = re.search('<table class="%s">.*?</table>' % name, f.read(), re.S).group(0)
    return table.split("<tr")[2:]


def check_rows(page, name, things, needles_of):
    wrong, rows = [], rows_of(page, name)
    assert len(rows) >= len(things)
    for row, thing in zip(rows, things):
        parser = Texts()
        parser.feed("<tr" + row)
        wrong += ["%s: %s" % (thing["name"], w) for w in missing(list(needles_of(thing)), parser.texts)]
    return wrong


def check_json(page, estimate):
    d = load(estimate)
    wanted = [w for w in needles(d) if w]
    assert len(wanted) > 30, "hardly anything to look for"
    return missing(wanted, texts_of(page)) + check_rows(page, "accounts", d["accounts"], account_needles) + \
        check_rows(page, "offers", [p for p in d["plans"] if p["compared"]], plan_needles)


def check_text(page, printed):
    """pdftotext mixes the lines of neighbouring cells: so each number as a whole, and all other text by its characters."""
    with open(printed, encoding="utf-8") as f:
        there = unicodedata.normalize("NFKC", f.read())
    wanted = unicodedata.normalize("NFKC", "\n".join(texts_of(page)))
    number = r"[¥$€]?[0-9][0-9,]*(?:[.][0-9]+)?"
    lost = sorted(set(re.findall(number, wanted)) - set(re.findall(number, there)))
    lack = Counter(squeezed(wanted)) - Counter(squeezed(there))
    del lack["-"]  # pdftotext takes hyphens at the ends of lines away
    return ["number: " + n for n in lost] + ["%d x %s" % (n, c) for c, n in sorted(lack.items())]


def check_unverified(page, estimate):
    rows = rows_of(page, "offers")
    plans = [p for p in load(estimate)["plans"] if p["compared"]]
    assert len(rows) == len(plans)
    return [p["family"] for p, row in zip(plans, rows)
            if (p["state"] == "unverified") != bool(re.search('class="mark">(unverified|未確認)<', row))
            or (p["state"] == "verified") != ("class=\"mark\"" not in row)]


def write_probe(page, probe):
    with open(page, encoding="utf-8") as f:
        text = f.read()
    with open(probe, "w", encoding="utf-8") as f:
        f.write(text.replace("</body>", PROBE + "</body>"))
    return []


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def blanked(xml, changes):
    root = tree.fromstring(xml)
    for cell in root.iter(MAIN + "c"):
        if cell.find(MAIN + "f") is not None:
            cell.remove(cell.find(MAIN + "v"))
        elif cell.get("r") in changes:
            cell.find(MAIN + "v").text = changes.pop(cell.get("r"))
    return tree.tostring(root, encoding="utf-8", xml_declaration=True), changes


def blank(source, target, *changes):
    left = {}
    for change in changes:
        place, _, number = change.partition("=")
        sheet, _, name = place.partition("!")
        left.setdefault("xl/worksheets/sheet%s.xml" % sheet, {})[name] = number
    with zipfile.ZipFile(source) as a, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as b:
        for item in a.namelist():
            data = a.read(item)
            if item.startswith("xl/worksheets/sheet"):
                data, rest = blanked(data, left.pop(item, {}))
                assert not rest, "no such cells: %s" % rest
            b.writestr(item, data)
    return sorted(left)


def check_sheet(estimate, summary):
    d, wrong = load(estimate), []
    with open(summary, encoding="utf-8") as f:
        rows = list(csv.reader(f))
    values = {row[0]: row for row in rows if row}
    octets_shown = [row[1] for row in rows if row and row[0] == "To copy (GB)"]
    if round(float(octets_shown[0]) * 1e9) != d["to_copy_octets"]:
        wrong.append("To copy (GB): %s" % octets_shown)
    for p in d["plans"]:
        if not p["compared"]:
            continue
        row = values[p["name"]]
        for column, name in ((4, "monthly"), (5, "monthly_last"), (6, "total")):
            if p["total"] and abs(float(row[column] or "nan") - float(p[name])) > 0.0001:
                wrong.append("%s, %s: %s instead of %s" % (p["name"], name, row[column], p[name]))
        if (p["state"] == "unverified") != (row[1] == "unverified"):
            wrong.append("%s: %s" % (p["name"], row[1]))
    return wrong


ACTIONS = {"json": check_json, "text": check_text, "unverified": check_unverified, "probe": write_probe, "blank": blank,
           "sheet": check_sheet}
if __name__ == "__main__":
    problems = ACTIONS[sys.argv[1]](*sys.argv[2:])
    for problem in problems:
        print(problem)
    sys.exit(bool(problems))
