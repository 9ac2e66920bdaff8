#!/usr/bin/env python3
"""Calculate estimates once more, by other means than popferry's, and compare. Used by test_estimate.sh.

  estimate_again.py POPFERRY CATALOG.xml... -- DIR

Reads the catalog's XML itself, models in fractions (no integers of cents, no rounding but the last), and compares the JSON, the CSV, the
text, the page and the workbook of many scenarios: each family's months, totals, years and state, and the answer. Shares no code with popferry. Its model, from the manual:
mailboxes grow by the year; a plan must hold the end of each year with the margin; the first year may take any plan, later ones those that
steps lead to; per user and mixed each mailbox takes the cheapest plan, else one plan is for all; pools add seats or upgrade everyone.
"""
import csv
import io
import json
import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as tree
import zipfile
from fractions import Fraction as F

CODES = {"JPY": 1, "USD": 100, "EUR": 100}
UNITS = {"MB": 2, "GB": 3, "TB": 4}


# ---- the catalog ----
class Plan:
    def __init__(self, e):
        self.id, self.family, self.steps = e.get("id"), e.get("family"), [s.get("to") for s in e.findall("step")]
        self.automatic = e.get("automatic", "true") == "true"
        self.storage = held(e.find("storage"))
        self.most = held(e.find("mailbox-max"))
        self.prices = prices(e)
        self.add_ons = [(a.get("kind"), int(a.get("units-max", "1")), held(a.find("storage")), prices(a)) for a in e.findall("add-on")]


def held(e):
    return int(F(e.get("amount")) * int(e.get("base")) ** UNITS[e.get("unit")]) if e is not None else None


def prices(e):
    return [dict(currency=p.get("currency"), year=F(p.get("amount")) * (1 if p.get("per") == "year" else 12), term=int(p.get("term-months")),
                 verified=p.get("verified") == "true", tax=F(p.get("tax-percent", "0")) if p.get("tax") == "included" else F(0))
            for p in e.findall("price")]


def read(paths):
    families, plans = {}, {}
    for path in paths:
        root = tree.parse(path).getroot()
        for e in root.findall("family"):
            families[e.get("id")] = e
        for e in root.findall("plan"):
            plans[e.get("id")] = Plan(e)
    return families, plans


def pick(found, currency, term):
    """The verified first, then the cheapest, of those that bind for at most `term`, else of the shortest."""
    there = [p for p in found if p["currency"] == currency]
    short = [p for p in there if p["term"] <= term] or [p for p in there if p["term"] == min(q["term"] for q in there)]
    return min(short, key=lambda p: (not p["verified"], p["year"]), default=None)


# ---- money ----
def rounded(amount, currency):
    n = amount * CODES[currency]
    return F(math.floor(n + F(1, 2)), CODES[currency])


class View:
    def __init__(self, s):
        self.currency, self.tax, self.rates = s.get("currency", "JPY"), F(s.get("tax", "0")), {}
        for r in s.get("rates", []):
            pair, _, value = r.partition("=")
            a, b = pair.split("/")
            self.rates[a, b] = F(value)
            self.rates[b, a] = 1 / F(value)

    def factor(self, currency):
        return F(1) if currency == self.currency else self.rates.get((currency, self.currency))


# ---- the model ----
def choose_currency(view, plans, term):
    def covers(currency, verified):
        own = [pick(p.prices, currency, term) for p in plans if p.prices]
        return bool(own) and all(p and (p["verified"] or not verified) for p in own)

    for verified in (True, False):
        if covers(view.currency, verified):
            return view.currency
        there = [c for c in ("USD", "JPY", "EUR") if covers(c, verified) and view.factor(c)]
        if there:
            return there[0]
    return next((c for c in ("USD", "JPY", "EUR") if covers(c, False)), view.currency)


def leads(plans, a, b):
    seen, todo = set(), [a]
    while todo:
        x = todo.pop()
        if x == b:
            return True
        if x in plans and x not in seen:
            seen.add(x)
            todo += plans[x].steps
    return False


def options(kind, plan, need, seats, term, currency, per_user, archive=False):
    pooled = kind == "pool"
    mine = max(seats, -(-need // plan.storage)) if pooled else seats
    price = pick(plan.prices, currency, term)
    if pooled or need <= plan.storage:
        yield mine, 0, price["year"] * (mine if per_user else 1) if price else None
    held_now = plan.storage * seats if pooled else plan.storage
    for what, most, size, its in plan.add_ons:
        if (what == "archive" and not archive) or need <= held_now:
            continue
        each = -(-(need - held_now) // size)
        if each > most * (seats if pooled else 1):
            continue
        units, more = each * (1 if pooled or not per_user else seats), pick(its, currency, term)
        known = price and more
        yield seats, units, price["year"] * (seats if per_user else 1) + more["year"] * units if known else None


def best(kind, allowed, need, largest, seats, top, term, currency, per_user, before):
    found = []
    for order, p in enumerate(allowed):
        if kind in ("pool", "contract") and p.most and largest > p.most:
            continue
        for n, units, cost in options(kind, p, need, seats, term, currency, per_user):
            if not top or n <= top:
                found.append(((cost is None, cost if cost is not None else p.storage, n, p is not before, order), p, n, units, cost))
    return min(found, key=lambda f: f[0])[1:] if found else None


def calculate(family, plans, s, sizes):
    kind = family.get("scope")
    kind = "pool" if family.get("pooled") == "true" else kind
    each = kind == "user" and family.get("mixing") == "allowed"
    per_user, top, term = family.get("charged") == "user", int(family.get("seats-max", "0")), 12
    own = [p for p in plans.values() if p.family == family.get("id") and p.automatic]
    view = View(s)
    currency = choose_currency(view, own, term)
    margin, other = 1 + F(s.get("margin", "10")) / 100, s.get("other", 0)
    count, before, years = len(sizes), {}, []
    steppable = [p for p in own if p.storage]
    for n in range(1, s["years"] + 1):
        needs = [math.ceil(row[n] * margin) for row in sizes]
        if each:
            demands = [(i, needs[i], 0, 1) for i in range(count)]
        else:
            shared = kind in ("pool", "contract")
            total = math.ceil((sum(r[n] for r in sizes) + other) * margin) if shared else max(needs)
            demands = [(0, total, max(needs), count)]
        cost, fits, chosen = F(0), True, []
        for i, need, largest, seats in demands:
            last = before.get(i)
            allowed = [p for p in steppable if not last or leads(plans, last.id, p.id)]
            got = None if top and count > top else best(kind, allowed, need, largest, seats, top, term, currency, per_user, last)
            if not got:
                fits = False
                continue
            before[i] = got[0]
            chosen.append((i, got[0].id, got[1], got[2]))
            cost = cost + got[3] if cost is not None and got[3] is not None else None
        years.append((fits, cost, chosen))
    contained = next((p["tax"] for q in plans.values() if q.family == family.get("id") for p in [pick(q.prices, currency, 1)] if p), F(0))
    factor = view.factor(currency)
    shown = view.currency if factor else currency
    factor = (factor or 1) * (100 + view.tax) / (100 + contained)
    amount = lambda v, parts=1: rounded(v * factor / parts, shown)
    known = [fits and cost is not None and bool(chosen) for fits, cost, chosen in years]
    total = amount(sum(c for _, c, _ in years)) if all(known) else None
    return dict(currency=shown, monthly=[amount(c, 12) if k else None for k, (_, c, _) in zip(known, years)],
                each=[amount(c, 12 * count) if k else None for k, (_, c, _) in zip(known, years)], total=total,
                changes=any(a[2] != b[2] for a, b in zip(years, years[1:])), fits=[f for f, _, _ in years])


def project(octets, growth, rise, years):
    row = [octets]
    for _ in range(years):
        row.append(row[-1] + growth)
        growth = math.floor(growth * (1 + F(rise) / 100) + F(1, 2))
    return row


# ---- the scenarios ----
GB = 10 ** 9
WORKED = [("m%d" % i, 3 * GB, 2 * GB) for i in range(10)] + [("sales", 44 * GB, 2 * GB), ("info", 6 * GB, 2 * GB)]


def scenarios():
    base = dict(boxes=WORKED, years=5, margin="5", tax="10", rates=["USD/JPY=155"], currency="JPY")
    one = [("taro@example.co.jp", 7 * GB, GB)]
    yield "worked", base
    yield "without tax", dict(base, tax="0")
    yield "tax of a half percent", dict(base, tax="8.5")
    yield "another rate", dict(base, rates=["USD/JPY=161.37"])
    yield "dollars", dict(base, currency="USD")
    yield "dollars without a rate", dict(base, currency="USD", rates=[])
    yield "yen without a rate", dict(base, rates=[])
    yield "euros by two rates", dict(base, currency="EUR", rates=["EUR/USD=1.08", "EUR/JPY=167.4"])
    yield "no margin", dict(base, margin="0")
    yield "half as much again", dict(base, margin="50")
    yield "one year", dict(base, years=1)
    yield "ten years", dict(base, years=10)
    yield "growth that grows", dict(base, rise="20", years=8)
    yield "other use of the pool", dict(base, other=200 * GB)
    yield "sent mail", dict(base, sent="40")
    yield "local mail", dict(base, local=5 * GB)
    yield "both", dict(base, sent="12.5", local=3 * GB)
    yield "what is paid today", dict(base, current="12345")
    yield "one mailbox", dict(base, boxes=one)
    yield "one large mailbox", dict(base, boxes=[("big", 400 * GB, 50 * GB)])
    yield "an empty mailbox", dict(base, boxes=[("new", 0, 0)])
    yield "301 mailboxes", dict(base, boxes=[("u%d" % i, (1 + i % 40) * GB, (i % 4) * GB) for i in range(301)])
    yield "odd octets", dict(base, boxes=[("u%d" % i, 1234567891 * (i + 1), 987654321 + i) for i in range(17)], margin="7.3")
    yield "thirty years", dict(base, years=30, boxes=one)


def run(popferry, s, folder, form, *more):
    path = os.path.join(folder, "again.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("name,octets,growth\n" + "".join("%s,%d,%dB\n" % box for box in s["boxes"]))
    words = [popferry, "estimate", "--mailboxes", path, "--years", str(s["years"]), "--margin", s["margin"], "--tax", s["tax"],
             "--currency", s["currency"], "--growth-rise", s.get("rise", "0"), "--format", form, "--lang", "en"]
    words += [w for r in s["rates"] for w in ("--rate", r)]
    for name, option in (("other", "--other-use"), ("local", "--local"), ("sent", "--sent")):
        words += [option, str(s[name])] if name in s else []
    words += ["--current-cost", s["current"] + "JPY"] if "current" in s else []
    return subprocess.run(words + list(more), check=True, capture_output=True, text=True).stdout


def numbers_of(book):
    with zipfile.ZipFile(book) as z:
        return {round(float(v), 2) for v in re.findall("<v>(-?[0-9.eE+-]+)</v>", z.read("xl/worksheets/sheet1.xml").decode())}


def text(amount, currency):
    return None if amount is None else "%d" % amount if currency == "JPY" else "%d.%02d" % divmod(int(amount * 100), 100)


def compare(popferry, families, plans, s, folder):
    grown = lambda o: o + math.floor(o * F(s.get("sent", "0")) / 100 + F(1, 2)) + s.get("local", 0)
    sizes = [project(grown(o), g, s.get("rise", "0"), s["years"]) for _, o, g in s["boxes"]]
    d = json.loads(run(popferry, s, folder, "json"))
    rows = {r["family"]: r for r in csv.DictReader(io.StringIO(run(popferry, s, folder, "csv"))) if r["row"] == "plan"}
    page, book = os.path.join(folder, "again.html"), os.path.join(folder, "again.xlsx")
    printed, wrong, results, compared = run(popferry, s, folder, "text", "--report", page, "--report", book), [], {}, 0
    with open(page, encoding="utf-8") as f:
        page = f.read()
    cells = numbers_of(book)

    def same(what, is_, must):
        nonlocal compared
        compared += 1
        if is_ != must:
            wrong.append("%s: %s instead of %s" % (what, is_, must))

    same("projection", d["projection"]["mid"], [sum(r[n] for r in sizes) for n in range(s["years"] + 1)])
    same("families", {p["family"] for p in d["plans"]}, {i for i, f in families.items() if f.get("audience") != "person"})
    for p in d["plans"]:
        r = results[p["family"]] = calculate(families[p["family"]], plans, s, sizes)
        of, c = p["family"] + ", ", r["currency"]
        same(of + "currency", p["currency"], c)
        same(of + "months", [y["monthly"] for y in p["years"]], [text(m, c) for m in r["monthly"]])
        same(of + "total", p["total"], text(r["total"], c))
        same(of + "what does not fit", [y["misfits"] == 0 for y in p["years"]], r["fits"])
        row = rows[p["name"]]
        same(of + "CSV", (row["monthly"], row["monthly_last"], row["total"]),
             tuple(text(v, c) or "" for v in (r["monthly"][0], r["monthly"][-1], r["total"])))
        if r["total"] is not None:
            shown = ("¥{:,}" if c == "JPY" else ("$" if c == "USD" else "€") + "{:,.2f}").format(int(r["total"]) if c == "JPY" else float(r["total"]))
            same(of + "text", shown in printed, True)
            same(of + "HTML", shown in page, True)
            same(of + "XLSX", round(float(r["total"]), 2) in cells, True)

    ours = [(i, r) for i, r in results.items() if r["currency"] == s["currency"]] or list(results.items())
    cheapest = min((r["monthly"][0] for _, r in ours if r["monthly"][0] is not None), default=None)
    lasting = min((r["total"] for _, r in ours if r["total"] is not None), default=None)
    still = min((r["total"] for _, r in ours if r["total"] is not None and not r["changes"]), default=None)
    a = d["answer"]
    one = lambda pick_, name: pick_ and pick_[name]
    same("the cheapest today", one(a["cheapest"], "monthly"), text(cheapest, s["currency"]) if ours[0][1]["currency"] == s["currency"] else one(a["cheapest"], "monthly"))
    if a["lasting"]:
        r, c = results[a["lasting"]["family"]], a["lasting"]["currency"]
        same("the cheapest over the years", a["lasting"]["total"], text(lasting, c))
        same("each of it", (a["lasting"]["monthly_each"], a["lasting"]["monthly_each_last"]), (text(r["each"][0], c), text(r["each"][-1], c)))
        without = a["unchanged"] if a["lasting"]["change"] else a["lasting"]
        same("without a change", one(without, "total"), text(still, c))
        if "current" in s:
            same("less than today", [a[n] for n in ("difference_monthly", "difference_monthly_last", "difference_total")],
                 [text(v, c) for v in (r["monthly"][0] - int(s["current"]), r["monthly"][-1] - int(s["current"]), r["total"] - 12 * s["years"] * int(s["current"]))])
    else:
        same("nothing lasts", lasting, None)
    return wrong, compared


def main():
    popferry, folder, catalogs = sys.argv[1], sys.argv[-1], sys.argv[2:sys.argv.index("--")]
    families, plans = read(catalogs)
    bad = number = amounts = 0
    for name, s in scenarios():
        wrong, compared = compare(popferry, families, plans, s, folder)
        number, amounts, bad = number + 1, amounts + compared, bad + len(wrong)
        for w in wrong:
            print("%s: %s" % (name, w))
    print("%d scenarios, %d comparisons" % (number, amounts))
    sys.exit(bool(bad) or number < 20)


main()
