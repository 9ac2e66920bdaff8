#!/usr/bin/env bash
# The reports of popferry estimate, HTML and XLSX, in both languages: every number is that of the JSON, every string is
# translated, what a browser shows and prints is whole, and the workbook calculates to the same amounts.
. "$(dirname "$0")/lib.sh"

judge() { # NAME COMMAND...: ok if the command is true; what it says is shown if not
    local name=$1
    shift
    if "$@" >"$W/said" 2>&1; then ok "$name"; else not_ok "$name" "$W/said" "$W/err"; fi
}
quote_check() {
    "$LIB_HERE/quote_check.py" "$@"
}
languages=(en ja)
unset LANGUAGE LC_ALL LC_MESSAGES

# ---- translations ----
if command -v xgettext msgmerge >/dev/null; then
    judge "everything has a translation, and nothing is translated in vain" "$LIB_TOP/cli/po/update" --check
else
    skip "everything has a translation" "no gettext here"
fi
list=$LIB_TOP/tests/fixtures/estimate/worked.csv
first_line() { # WORDS ENVIRONMENT... -- OPTIONS...: what the first line of an estimate is
    local words=$1 environment=()
    shift
    while [[ $1 != -- ]]; do environment+=("$1") && shift; done
    shift
    env "${environment[@]}" "$POPFERRY" estimate --mailboxes "$list" "$@" >"$W/out" 2>"$W/err"
    [[ $(head -1 "$W/out") == "$words" ]]
}
judge "--lang ja where there is only the C locale" first_line 御見積書 LC_ALL=C -- --lang ja
judge "--lang ja with C.UTF-8" first_line 御見積書 LC_ALL=C.UTF-8 -- --lang ja
judge "a Japanese locale, installed or not" first_line 御見積書 LANG=ja_JP.UTF-8 --
judge "LANGUAGE goes before the locale" first_line 御見積書 LANG=C.UTF-8 LANGUAGE=ja:en --
judge "LC_ALL=C is English" first_line Estimate LC_ALL=C LANG=ja_JP.UTF-8 LANGUAGE=ja --
judge "--lang en goes before the environment" first_line Estimate LANG=ja_JP.UTF-8 -- --lang en
raw estimate --mailboxes "$list" --lang fr
expect_exit "a language that there is not" 2 'lang fr'

# ---- reports ----
# report NAME [OPTIONS]: NAME.en.html, NAME.ja.xlsx and so on in $W, and NAME.json of the same estimate.
report() {
    local name=$1 lang
    shift
    for lang in "${languages[@]}"; do
        raw estimate --lang "$lang" --currency JPY --rate USD/JPY=155.25 --tax 10 --customer '株式会社 <b>京都</b> 商事' \
            --prepared-by 'Kyoto IT & Partners' --format json --report "$W/$name.$lang.html" --report "$W/$name.$lang.xlsx" "$@"
        expect_exit "$name: a report in $lang" 0
        mv "$W/out" "$W/$name.json"
    done
}
{
    echo name,octets,messages,growth
    for ((i = 0; i < 100; i++)); do
        name=user$i
        ((i % 10 == 3)) && name="honsha-daihyo-toiawase-madoguchi-2004-kyoto-minami-shiten-$i"
        ((i % 10 == 7)) && name="本社代表お問い合わせ窓口共有メールボックス（京都南支店）$i"
        echo "$name@mail.example.co.jp,$((200 + i * 97))MB,$((300 + i * 211)),$((i % 5))GB"
    done
} >"$W/hundred.csv"
report worked --mailboxes "$list"
report hundred --mailboxes "$W/hundred.csv" --years 10 --margin 20 --other-use 50GB --growth-rise 5

start servers
fill hanako@example.jp --count 120 --octets 3000000
report real --from "$(pop_url hanako@example.jp)" --to "$(imap_url hanako@example.jp)" --from-password-file "$W/password" \
    --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work"

for name in worked hundred real; do
    for lang in "${languages[@]}"; do
        judge "$name, $lang: the numbers of the JSON are on the page" quote_check json "$W/$name.$lang.html" "$W/$name.json"
        judge "$name, $lang: what is unverified says so" quote_check unverified "$W/$name.$lang.html" "$W/$name.json"
    done
done
raw estimate --mailboxes "$list" --report "$W/none/quote.html"
expect_exit "a report that cannot be written" 5 'none/quote.html'
raw estimate --mailboxes "$list" --report "$W/quote.pdf"
expect_exit "a kind of report that there is not" 2 'quote.pdf'

# ---- what a browser makes of it ----
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
browse() {
    timeout 120 "$chromium" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$W/browser" "$@" 2>>"$W/browser.log"
}
fits() { # PAGE WIDTH: nothing is wider than the window or its cell
    quote_check probe "$1" "$W/probe.html"
    browse --window-size="$2,2000" --dump-dom "file://$W/probe.html" | grep -o '<title>probe .*</title>' >"$W/probe"
    cat "$W/probe"
    grep -qF '{"page":0,"wide":[],"cut":[],"outside":[]}' <(sed 's/&quot;/"/g' "$W/probe")
}
printed() { # PAGE: to paper; every text is there, and nothing beyond its edges
    rm -f "$W/paper.pdf"
    browse --no-pdf-header-footer --print-to-pdf="$W/paper.pdf" "file://$1" >/dev/null
    pdftotext "$W/paper.pdf" "$W/paper.txt" && quote_check text "$1" "$W/paper.txt" &&
        pdfinfo "$W/paper.pdf" | grep -q 'Page size:.*A4' &&
        pdftotext -bbox "$W/paper.pdf" - | awk -F'"' '/<word/ && ($2 < 30 || $6 > 566 || $4 < 10 || $8 > 842) { print; bad = 1 } END { exit bad }'
}
pixels() { # PAGE [OPTIONS]: a picture at 1280 px; its mean brightness, 0 to 255
    browse "${@:2}" --window-size=1280,1600 --screenshot="$W/page.png" "file://$1" >/dev/null
    python3 - "$W/page.png" <<'END'
import sys, zlib, struct
data, at, idat, width, height = open(sys.argv[1], "rb").read(), 8, b"", 0, 0
while at < len(data):
    length, kind = struct.unpack(">I4s", data[at:at + 8])
    if kind == b"IHDR":
        width, height, depth, colour = struct.unpack(">IIBB", data[at + 8:at + 18])
    idat += data[at + 8:at + 8 + length] if kind == b"IDAT" else b""
    at += 12 + length
per, raw, before, total = {2: 3, 6: 4}[colour], zlib.decompress(idat), bytearray(width * 4), 0
for y in range(height):
    row = bytearray(raw[y * (width * per + 1) + 1:(y + 1) * (width * per + 1)])
    how = raw[y * (width * per + 1)]
    for x in range(len(row)):
        a, b, c = row[x - per] if x >= per else 0, before[x], before[x - per] if x >= per else 0
        p = a + b - c
        nearest = a if abs(p - a) <= abs(p - b) and abs(p - a) <= abs(p - c) else b if abs(p - b) <= abs(p - c) else c
        row[x] = (row[x] + (0, a, b, (a + b) // 2, nearest)[how]) & 255
    before, total = row, total + sum(row[::per])
print(total // (width * height))
END
}
looks() { # light or dark, as asked for
    local light dark
    light=$(pixels "$W/worked.ja.html")
    dark=$(pixels "$W/worked.ja.html" --blink-settings=preferredColorScheme=0)
    echo "brightness: light $light, dark $dark"
    ((light > 200 && dark < 80))
}
heads() { # the head of the table of mailboxes stands on each page that the table takes
    browse --no-pdf-header-footer --print-to-pdf="$W/paper.pdf" "file://$W/hundred.en.html" >/dev/null
    pdftotext -layout "$W/paper.pdf" - | awk 'BEGIN { RS = "\f" } # the answer names one or two of them
        gsub(/user[0-9]+@mail/, "&") > 3 || /Remarks/ { rows++; if (/Remarks/) heads++ }
        END { print rows, heads; exit !(rows >= 3 && heads == rows) }'
}
if [[ -n $chromium ]] && command -v pdftotext >/dev/null; then
    for name in worked hundred real; do
        for lang in "${languages[@]}"; do
            judge "$name, $lang: nothing overflows at 1280 px" fits "$W/$name.$lang.html" 1280
            judge "$name, $lang: nothing is missing on A4" printed "$W/$name.$lang.html"
        done
    done
    judge "a hundred mailboxes: each page has the head of the table" heads
    judge "light and dark" looks
else
    skip "what a browser shows and prints" "no chromium or no pdftotext here: apt-get install chromium poppler-utils"
fi

# ---- the workbook ----
whole() { # sheets, formulas, words of caution
    python3 - "$1" "$2" <<'END'
import sys, zipfile, re
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
book = z.read("xl/workbook.xml").decode()
strings = z.read("xl/sharedStrings.xml").decode()
formulas = sum(len(re.findall("<f>", z.read(n).decode())) for n in z.namelist() if n.startswith("xl/worksheets/sheet"))
print(formulas, re.findall('<sheet name="([^"]*)"', book))
assert len(re.findall("<sheet ", book)) == 4 and formulas > 100
assert sys.argv[2] in strings and "株式会社 &lt;b&gt;京都&lt;/b&gt; 商事" in strings
END
}
judge "the workbook in English" whole "$W/worked.en.xlsx" unverified
judge "the workbook in Japanese" whole "$W/worked.ja.xlsx" 未確認
calculate() { # IN.xlsx [CHANGES...]: sheets as CSV in $W/sheets, calculated by LibreOffice
    rm -rf "$W/sheets"
    quote_check blank "$1" "$W/blank.xlsx" "${@:2}" &&
        timeout 180 soffice "-env:UserInstallation=file://$W/office" --headless --convert-to \
            'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1' --outdir "$W/sheets" "$W/blank.xlsx"
}
same_amounts() {
    calculate "$W/$1.en.xlsx" && quote_check sheet "$W/$1.json" "$W/sheets/blank-Summary.csv"
}
# The seats of the pool grow with the mail; what each mailbox may hold does not, and says so.
more_growth() {
    local changes=() row
    for ((row = 4; row <= 15; row++)); do changes+=("3!N$row=40"); done
    calculate "$W/worked.en.xlsx" "${changes[@]}" || return
    tr -d '"' <"$W/sheets/blank-Plans.csv" | awk -F, '/^Google Workspace Business,5,|^Exchange Online,5,/
        /^Google Workspace Business,5,/ { pool = $6 > 80 && $12 == "yes" } /^Exchange Online,5,.*,no,/ { each = 1 }
        END { exit !(pool && each) }'
}
if command -v soffice >/dev/null; then
    for name in worked hundred real; do
        judge "$name: the workbook calculates to the amounts of the JSON" same_amounts "$name"
    done
    judge "another growth changes seats, and says where a plan is full" more_growth
else
    skip "the workbook, calculated" "no soffice here: apt-get install libreoffice-calc"
fi
