#!/usr/bin/env bash
# popferry catalog: what is printed is aligned whatever the script, says what is not verified, and a bad file is named
# with its line.
. "$(dirname "$0")/lib.sh"

# judge NAME COMMAND...: ok if the command is true.
judge() {
    local name=$1
    shift
    if "$@" >/dev/null; then ok "$name"; else not_ok "$name" "$W/out" "$W/err"; fi
}
catalog() {
    "$POPFERRY" catalog "$@" >"$W/out" 2>"$W/err"
}
fails_with() {
    local code=$1 words=$2
    shift 2
    catalog "$@"
    [[ $? == "$code" && ! -s $W/out ]] && grep -qF "$words" "$W/err"
}
ends_with() {
    local code=$1
    shift
    catalog "$@"
    [[ $? == "$code" ]]
}
fact='as-of="2026" source="test" verified="false"'
write_catalog() {
    cat >"$W/own.xml" <<END
<?xml version="1.0" encoding="UTF-8"?>
<catalog version="1">
  <provider id="own" name="自社"/>
  <family id="own" provider="own" name="自社サーバー" scope="contract" charged="contract" mixing="refused" $fact/>
  <plan id="own-plan" family="own" name="ﾒｰﾙ専用プラン">
    <storage amount="10" unit="GB" base="1024" base-verified="true" $fact/>
    <price currency="JPY" amount="$1" per="month" term-months="1" tax="included" tax-percent="10" $fact/>
  </plan>
</catalog>
END
}
# The column (of the terminal) in which the last field of each row begins is the same for all rows.
aligned() {
    python3 - "$W/out" <<'END'
import re, sys, unicodedata
starts = set()
for line in open(sys.argv[1], encoding="utf-8").read().split("\n\n")[0].splitlines():
    head = re.match(r"(.*  )(\S+)$", line).group(1)
    starts.add(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in head))
sys.exit(len(starts) != 1)
END
}

write_catalog 1500
judge "the list" catalog list --catalog "$W/own.xml"
judge "every row is aligned, Japanese ones too" aligned
judge "a plan of one's own is in it" grep -qE '^own-plan +自社サーバー: ﾒｰﾙ専用プラン +10 GB \* +per contract +¥1,500/month incl. tax +2026 +unverified$' "$W/out"
judge "unverified prices say so" grep -qE 'icloud-50 .*¥150/user/month incl. tax +undated +unverified$' "$W/out"
judge "a plan without a price says so" grep -qE '^sakura-rental-standard .*no price known' "$W/out"
judge "the list as JSON" catalog list --format json
judge "JSON: each price has its date and its mark" jq -e '[.plans[].prices[] | has("as_of") and has("source") and
    (.verified | type == "boolean") and (.amount | test("^[0-9]+([.][0-9][0-9])?$"))] | all and length > 40' "$W/out"
judge "JSON: no price without a reason" jq -e '[.plans[] | (.prices == []) == (.no_price != null)] | all' "$W/out"
judge "show a plan" catalog show xserver-standard
judge "show tells the sources" grep -qF 'as of 2023-06; verified; junzou-marketing.com' "$W/out"
judge "show a provider" catalog show google
judge "show tells its limits" grep -qF 'upload-per-day 500000000' "$W/out"
judge "a good file" catalog check "$W/own.xml"
judge "old prices are named" ends_with 1 check --age 180
judge "with their date and source" grep -qE '^xserver-standard: price ¥1,100, of 2023-06, [0-9]+ days ago, verified: junzou' "$W/out"
judge "undated ones, too" grep -qE '^icloud-50: price ¥150, undated, unverified: ' "$W/out"
judge "the same as JSON" ends_with 1 check --age 180 --format json
judge "JSON: days, or null" jq -e '[.old[] | (.as_of == "unknown") == (.days == null) and (.days == null or .days > 180)] | all and length > 20' "$W/out"
for as_of in "$(date -u +%Y)" "$(date -u +%Y-%m)" "$(date -u +%Y-%m-%d)"; do # a year is taken as its end
    sed -i "s/as-of=\"[^\"]*\"/as-of=\"$as_of\"/" "$W/own.xml"
    judge "what is of $as_of is not old" eval 'ends_with 1 check --age 1 "$W/own.xml" && ! grep -q ^own-plan "$W/out"'
done
sed -i 's/as-of="[^"]*"/as-of="2020-02"/' "$W/own.xml"
days=$((($(date -u +%s) - $(date -u -d 2020-02-29 +%s)) / 86400))
judge "the days since the end of a month" eval 'ends_with 1 check --age $((days - 1)) "$W/own.xml" && grep -q "^own-plan: price ¥1,500, of 2020-02, $days days ago" "$W/out"'
judge "not one day more" eval 'ends_with 1 check --age $days "$W/own.xml" && ! grep -q ^own-plan "$W/out"'
judge "--age is of check" fails_with 2 'catalog check alone' list --age 180
judge "show what is not there" fails_with 2 '"nowhere"' show nowhere
judge "list takes nothing more" fails_with 2 'list takes nothing more' list google
judge "nothing to do" fails_with 2 'list, show or check' --format text
judge "a file that is not there" fails_with 2 "$W/none.xml: cannot be read" check "$W/none.xml"
write_catalog -1500
judge "a negative price, with its line" fails_with 2 "$W/own.xml:7: element \"price\"" check "$W/own.xml"
judge "the same with --catalog" fails_with 2 "$W/own.xml:7: element \"price\"" list --catalog "$W/own.xml"
write_catalog '&amp;' && sed -i '2i <!DOCTYPE catalog [<!ENTITY x SYSTEM "file:///etc/passwd">]>' "$W/own.xml"
judge "an external entity" fails_with 2 "$W/own.xml:2: " check "$W/own.xml"
