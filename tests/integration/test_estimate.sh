#!/usr/bin/env bash
# popferry estimate: its numbers are those of the mail that lies there and of the hand-made example, it changes nothing, a
# later migration asks for no header again, and what it does not know it says.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

is() { # NAME ACTUAL EXPECTED
    if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: $2 instead of $3" "$W/err"; fi
}
json() { # FILTER
    jq -r "$1" "$W/out"
}
says() { # NAME PATTERN
    if grep -Eq -- "$2" "$W/out"; then ok "$1"; else not_ok "$1: nothing like /$2/" "$W/out" "$W/err"; fi
}
estimate() { # USER [options]
    pf estimate "$@" --time-zone UTC
}
# Every message file of a user on both sides, with its flags and what is in it.
everything() { # USER
    find "$S"/{legacy,cloud}/"$1"/Maildir -path '*/[cn][ue][rw]/*' -type f -exec sha256sum {} + 2>/dev/null | sort
}
# Columns of the screen: does the last field of each row of a part of the text begin in the same one?
aligned() { # HEADING
    python3 - "$W/out" "$1" <<'END'
import re, sys, unicodedata
rows, inside = [], False
for line in open(sys.argv[1], encoding="utf-8").read().splitlines():
    if not line.startswith("  "):
        inside = line == sys.argv[2]
    elif inside and re.search(r"\S {2,}\S", line):
        rows.append(line)
width = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
starts = {width(re.match(r"(.* {2,})\S", row).group(1)) for row in rows}
sys.exit(0 if len(rows) > 3 and len(starts) == 1 else f"{len(rows)} rows, the last column begins at {starts}")
END
}

# ---- against what lies there ----
SERVERS_QUOTA=40M start servers
u=taro@example.jp
fill $u --count 400 --until 1790000000
manifest=$S/$u.manifest

measured() {
    everything $u >"$W/before"
    estimate $u --format json
    expect_exit "an estimate" 0
    everything $u >"$W/after"
    check "nothing was changed on either side" cmp "$W/before" "$W/after"
    is "every header was asked for once, and no message" \
        "$(last_session $u 1 | grep -o 'top=[0-9]*\|retr=[0-9]*' | xargs)" "top=400 retr=0"
    is "messages" "$(json .messages)" "$(wc -l <"$manifest")"
    is "octets, as the source counts them" "$(json .octets)" "$(last_session $u 1 | sed 's/.* size=\([0-9]*\).*/\1/')"
    is "STAT agrees" "$(json '.accounts[0].stat_agrees')" true
    is "months and their messages" "$(json '.months[] | "\(.month) \(.messages)"' | md5sum)" \
        "$(jq -rR 'split("\t")[4] | select(. != "now") | tonumber | strftime("%Y-%m")' "$manifest" | sort | uniq -c |
            awk '{ print $2, $1 }' | md5sum)"
    is "messages without a date" "$(json .undated)" "$(cut -f5 "$manifest" | grep -c now)"
    is "the octets of all months and of what has no date" "$(json '[.months[].octets] + [.undated_octets] | add')" \
        "$(json .octets)"
    is "each message is counted once" \
        "$(json '.to_copy + .duplicates + .present + .done_before + .too_big + .not_mail + .filtered + .quarantined')" 400
    cp "$W/out" "$W/first"
    pf plan $u --work-dir "$W/work-plan" --format json
    is "verdicts are those of plan" "$(jq -c '[.to_copy, .duplicates, .present, .too_big]' "$W/first")" \
        "$(jq -c '.summary | [.to_copy, .duplicates, .present, .too_big]' "$W/out")"
}

# The destination's provider is known by its host; this one takes 2 MB a day and 5 messages a second.
catalog() {
    local fact='as-of="2026" source="test" verified="true"'
    cat >"$W/own.xml" <<END
<?xml version="1.0" encoding="UTF-8"?>
<catalog version="1">
  <provider id="own" name="自社">
    <host protocol="imap" name="localhost" port="993" $fact/>
    <limit kind="upload-per-day" value="2000000" $fact/>
    <limit kind="message-size" value="300000" $fact/>
    <limit kind="messages-per-second" value="5" $fact/>
  </provider>
</catalog>
END
}
destination() {
    local copy
    catalog
    estimate $u --catalog "$W/own.xml" --format json
    is "the provider's limit for a message" "$(json '.accounts[0] | "\(.message_limit) \(.message_limit_from)"')" \
        "300000 catalog"
    is "messages over it are not to be copied" "$(json '.too_big > 0 and .held == .to_copy')" true
    copy=$(json .to_copy_octets)
    is "the days under its limit for a day" "$(json .days_to_migrate)" "$(((copy + 1999999) / 2000000))"
    is "the bottleneck is named" "$(json .bottleneck)" "the provider's upload limit per day"
    is "the room that stays after the copy" "$(json '.accounts[0].quota.octets_free_after')" "$((40 * 1024 * 1024 - copy))"
    estimate $u --catalog "$W/own.xml" --lang en
    says "the text tells of the limit" 'messages up to 300 kB, according to the catalog'
    says "of the time" "bottleneck is the provider's upload limit per day"
    says "and of the room" 'after the copy .* stay free'
}

again() {
    estimate $u --format json
    is "a second estimate asks for no header" "$(last_session $u "$1" | grep -o 'top=[0-9]*')" top=0
    is "and finds the same" "$(json 'del(.date) | tostring' | md5sum)" \
        "$(jq -r 'del(.date) | tostring' "$W/first" | md5sum)"
}

then_migrate() {
    pf migrate $u
    expect_exit "a migration after it" 0
    is "the migration asks for no header" "$(last_session $u "$1" | grep -o 'top=[0-9]*')" top=0
    estimate $u --format json
    is "afterwards there is nothing left to copy" "$(json '[.to_copy, .done_before > 300] | tostring')" "[0,true]"
    is "and the months are what they were" "$(json .months | md5sum)" "$(jq -r .months "$W/first" | md5sum)"
    pf estimate $u --work-dir "$W/work-fresh" --format json
    is "without the ledger, what was copied is present" "$(json '.present + .duplicates + .too_big')" 400
}

measured
destination
again 5
then_migrate 6

# ---- less is asked for ----
fast() {
    local user=hanako@example.jp
    fill $user --count 60 --until 1790000000
    estimate $user --fast --format json
    expect_exit "--fast" 0
    is "--fast asks for nothing but the list" "$(last_session $user 1 | grep -o 'top=[0-9]*\|retr=[0-9]*' | xargs)" \
        "top=0 retr=0"
    is "--fast knows the sizes" "$(json '"\(.messages) \(.to_copy + .too_big) \(.unread)"')" "60 60 60"
    is "--fast says that the growth is assumed" "$(json '.growth | "\(.from) \(.reliable)"')" "assumed false"
    estimate $user --fast
    says "--fast: the text tells what is not known" 'Headers not read: 60 messages'
    estimate $user --since 2020-01-01 --format json
    is "--since leaves out" "$(json '.filtered > 0 and .filtered + .to_copy + .duplicates + .too_big == 60')" true
    estimate $user --fast --since 2020-01-01
    expect_exit "--fast and --since exclude each other" 2 '--fast'
}
source_alone() {
    local user=hanako@example.jp
    raw estimate --from "$(pop_url $user)" --from-password-file "$W/password" --ca-file "$SERVERS_CA" \
        --work-dir "$W/work-alone" --format json
    expect_exit "without --to" 0
    is "without --to: duplicates are found all the same" "$(json '.messages == 60 and .duplicates > 0')" true
    is "without --to: nothing of a destination" \
        "$(json '.accounts[0] | [.to, .destination_asked, .message_limit, .quota.octets_limit, .days_to_migrate] | tostring')" \
        '["",false,null,null,null]'
    is "without --to: each plan tells how long the move takes" \
        "$(json '.plans[] | select(.family == "exchange-online") | .days_to_migrate')" 1
    raw status --work-dir "$W/work-alone"
    says "status knows such a job" 'hanako@example.jp.*\(no destination\)'
}
old_servers() {
    SERVERS_SSL=no start plain
    local user=jiro words
    fill $user --count 40 --until 1790000000
    faulty oldpop "$LEGACY_POP3_PORT" --no-top
    words=(--allow-plaintext --from-password-file "$W/password" --format json)
    raw estimate --from "pop3://$user@localhost:$faulty_port" "${words[@]}" --work-dir "$W/work-no-top"
    is "no TOP: sizes are known, and it says what is not" \
        "$(json '[.messages, .unread, .growth.from, (.growth.notes | tostring | test("no TOP"))] | tostring')" \
        '[40,40,"assumed",true]'
    faulty oldpop "$LEGACY_POP3_PORT" --capa-drop EXPIRE --capa-add "EXPIRE 30"
    raw estimate --from "pop3://$user@localhost:$faulty_port" "${words[@]}" --work-dir "$W/work-expire"
    is "EXPIRE 30 makes the growth unreliable" "$(json '[.accounts[0].expire_days, .growth.reliable] | tostring')" \
        '[30,false]'
    faulty_end
}
fast
source_alone

# ---- forms ----
forms() {
    estimate $u --lang ja --customer 株式会社サンプル商事 --prepared-by 鈴木花子 --rate USD/JPY=155
    expect_exit "in Japanese" 0
    says "the customer's name" '株式会社サンプル商事'
    says "who prepared it" '鈴木花子'
    says "an unverified price is marked" '¥[0-9,]+ \*'
    check "Japanese columns are aligned" aligned "$(awk '/^[^ ]/ { part = $0 } /Workspace/ { print part; exit }' "$W/out")"
    estimate $u --lang en --customer $'A\tB' --currency JPY
    says "control characters of a name are not shown" '^Estimate for A.B$'
    check "columns are aligned" aligned Plans
    estimate $u --format json --customer 山田商店 --prepared-by Yo
    is "JSON: the names" "$(json '"\(.schema) \(.command) \(.customer) \(.prepared_by)"')" "2 estimate 山田商店 Yo"
    is "JSON: each plan has its fields" "$(json '[.plans[] | has("id") and has("monthly") and has("total") and
        (.verified | type == "boolean") and has("days_to_migrate")] | all')" true
    is "JSON: no amount without a plan, no plan in use without a source" "$(json '[.plans[] |
        ((.id == null) <= (.monthly == null)) and ([.uses[] | .storage_source != "" and has("price_as_of")] | all)] | all')" true
    estimate $u --format csv
    is "CSV: a row for each mailbox and each plan, all of one width" "$(python3 - "$W/out" <<'END'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))
print(len({len(r) for r in rows}), [r[0] for r in rows].count("account"), [r[0] for r in rows].count("plan") > 9,
    rows[1][3], {r[-2] for r in rows[2:]} == {"yes", "no"})
END
    )" "1 1 True 400 True"
}
forms

# ---- what goes wrong ----
wrong() {
    local args
    for args in "--years 0" "--years 31" "--growth much" "--growth 5" "--rate JPY/USD=155" "--growth -1GB" "--growth-rise 101" "--margin x" "--tax 10%" \
        "--currency GBP" "--rate USD/JPY" "--rate JPY=155" "--other-use 20XB" "--sent 101" "--local x" "--current-cost 5000" "--report estimate.pdf" "--report html" \
        "--lang fr" "--format xml" "--catalog $W/none.xml" "--mailboxes $W/none.csv"; do
        # shellcheck disable=SC2086 # two words each
        estimate $u $args
        expect_exit "refused: $args" 2 "${args%% *}|none.xml"
        [[ ! -s $W/out ]] || not_ok "refused, and yet something is printed: $args" "$W/out"
    done
    raw estimate --work-dir "$W/work-none"
    expect_exit "neither --from nor --mailboxes" 2 '--from is missing'
    raw estimate --mailboxes "$W/none.csv"
    expect_exit "a list that is not there" 2 'none.csv'
    printf '%s\n' wrong >"$W/wrong"
    chmod 600 "$W/wrong"
    raw estimate --from "$(pop_url $u)" --to "$(imap_url $u)" --from-password-file "$W/wrong" \
        --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-none" --format json
    expect_exit "a wrong password" 3
    is "JSON tells of it, too" "$(json '"\(.exit_code) \(.error.code == .accounts[0].error.code) \(.measured) \(.plans | length)"')" \
        "3 true 0 0"
}
wrong

# ---- the worked example: 12 accounts, 80 GB, 2 GB more for each user and year ----
worked() {
    local list=$LIB_TOP/tests/fixtures/estimate/worked.csv prices=$LIB_TOP/tests/fixtures/catalog/worked.xml
    local options=(--mailboxes "$list" --currency JPY --rate USD/JPY=155 --tax 10 --margin 5)
    raw estimate "${options[@]}" --catalog "$prices" --format json
    expect_exit "a list needs no server" 0
    is "the sum now and at the end of each year" "$(json '.projection.mid | map(. / 1e9) | tostring')" \
        '[80,104,128,152,176,200]'
    # As calculated by hand in tests/unit/migrate/estimate/test_estimate.c.
    is "totals over five years" "$(json '[.plans[] | select(.provider == "maker") | "\(.family) \(.monthly) \(.total)"] | tostring')" \
        '["contract 1000 96000","each 8184 523776","pool 10560 633600","address 363 null","unknown null null"]'
    is "how long each holds" "$(json '[.plans[] | select(.provider == "maker") | .holds_years] | tostring')" '[2,1,5,1,0]'
    is "unverified prices say so" "$(json '[.plans[] | select(.provider == "maker") | .verified] | tostring')" \
        '[true,true,true,false,false]'
    raw estimate "${options[@]}" --lang en
    expect_exit "the example in text" 0
    sed -n '/^The answer$/,/^$/p; /^Plans$/,/^$/p' "$W/out" | sed '/^ *$/d' >"$W/plans"
    check "the answer and the plan table of the example" diff "$LIB_TOP/tests/fixtures/estimate/worked.txt" "$W/plans"
    sed -n '/^The answer$/,/^  \.\.\.$/p' "$LIB_TOP/README.md" | grep -v '^  \.\.\.$' | sed '/^ *$/d' >"$W/readme"
    check "the README shows it as it is" test -z "$(grep -vxFf "$W/plans" "$W/readme")"
    is "and shows the answer" "$(grep -c . "$W/readme")" 15
    # What is paid today.
    raw estimate "${options[@]}" --catalog "$prices" --format json --current-cost 40USD
    is "40 dollars are 6,200 yen, against 1,000 a month, 2,000 in year 5 and 96,000 in all" \
        "$(json '.answer | [.current_monthly, .difference_monthly, .difference_monthly_last, .difference_total] | join(" ")')" \
        "6200 -5200 -4200 -276000"
    # What POP does not show: 30 % of 80 GB and 2 GB for each of 12.
    raw estimate "${options[@]}" --sent 30 --local 2GB --format json
    is "sent mail and local mail are held, too" "$(json '[.projection.mid[0], .accounts[4].unseen_octets, .held_octets] | join(" ")')" \
        "128000000000 15200000000 128000000000"
    is "a growth that is given stays as it is" "$(json '.projection.mid[5]')" 248000000000
    raw estimate "${options[@]}" --lang en
    is "the default is said" "$(tr -s ' \n' ' ' <"$W/out" | grep -c 'are taken as 0: what the source does not show')" 1
    says "families of which nothing is known are one line" '^  Not compared, since price or storage is not known: Sakura Rental Server'
    raw estimate "${options[@]}" --format json
    is "a mailbox beyond the limit for one is told as such" "$(json '.plans[] | select(.family == "xserver") | .state, .years[0].misfit')" \
        "$(printf 'misfit\na mailbox is larger than one may be there')"
    raw estimate "${options[@]}" --catalog "$prices" --format json
    is "and is not compared" "$(json '.plans[] | select(.family == "unknown") | "\(.state) \(.compared)"')" "unknown false"
    raw estimate --mailboxes <(printf 'name,octets,growth\nu@gmail.com,90GB,0GB\n') --currency JPY --tax 10 --personal --format json
    is "consumers' yen prices contain tax already" "$(json '.plans[] | select(.family == "google-one") | .monthly')" 290
    raw estimate --mailboxes <(printf 'name,octets,growth,sent,local\na,10GB,0,50%%,1GB\nb,10GB,0,,\n') --sent 10 --format json
    is "columns of the list go before the options" "$(json '[.accounts[].unseen_octets] | join(" ")')" "6000000000 1000000000"
    raw estimate "${options[@]}" --current-cost 5000
    expect_exit "--current-cost without a currency" 2 'with its currency'
    raw estimate "${options[@]}" --current-cost 50EUR
    expect_exit "--current-cost that cannot be converted" 2 'add --rate EUR/JPY='
    raw estimate --mailboxes <(printf 'name,octets,growth\na,10GB,0\n') --currency USD --current-cost 5000JPY
    expect_exit "--current-cost in yen" 2 'add --rate USD/JPY='
}
worked
# ---- the same once more, by other means ----
if "$LIB_HERE/estimate_again.py" "$POPFERRY" "$LIB_TOP"/migrate/catalog/*.xml -- "$W" >"$W/again" 2>&1; then
    ok "recomputed independently: $(tail -1 "$W/again")"
else
    not_ok "recomputed independently" "$W/again"
fi
old_servers
