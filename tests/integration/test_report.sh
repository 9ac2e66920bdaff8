#!/usr/bin/env bash
# popferry report, from a real migration: its three forms agree with each other and with what was done. And nothing that a
# run leaves anywhere holds a password.
. "$(dirname "$0")/lib.sh"

old_password='o1d+Kyoto/tofu "9"' new_password='n3w=Osaka&soba %x'
servers_account "$W/servers" taro@old.example "$old_password"
servers_account "$W/servers" hanako@new.example "$new_password"
SERVERS_MAX_MAIL=60k start servers
fill taro@old.example --count 100 --octets 1000000 --big 100000
(umask 077 && printf '%s\n' "$old_password" >"$W/old-password" && printf '%s\n' "$new_password" >"$W/new-password")
total=$(grep -c . "$S/taro@old.example.manifest")

# go NAME [options]: migrate with the work folder $W/work-NAME; what it prints is added to $W/said-NAME.txt. $to_file: another
# file with the destination's password.
go() {
    local name=$1
    shift
    raw migrate --from "$(pop_url taro@old.example)" --to "$(imap_url hanako@new.example)" --ca-file "$SERVERS_CA" \
        --from-password-file "$W/old-password" --to-password-file "${to_file:-$W/new-password}" --work-dir "$W/work-$name" "$@"
    cat "$W/out" "$W/err" >>"$W/said-$name.txt"
}
report() { # NAME [options]
    raw report --work-dir "$W/work-$1" "${@:2}"
}
# json FILTER VALUE: what jq makes of the JSON report.
json() {
    local got
    got=$(jq -r "$1" "$W/report.json") && [[ $got == "$2" ]] || {
        echo "$1 is $got, expected $2"
        return 1
    }
}

# ---- before anything was done ----
report none
expect_exit "without a ledger" 2 "$W/work-none"

# ---- a trial, then the rest ----
go usual --limit 10
expect_exit "migrate --limit 10" 0
report usual
expect_exit "report after the trial" 0
check "it says how many were copied" grep -Eq '^  copied +10 ' "$W/out"
go usual --archive "$W/archive" --verbose
expect_exit "migrate all: some messages are too large for the destination" 1
arrived=$(arrived hanako@new.example)

report usual --format json
expect_exit "report --format json" 0
cp "$W/out" "$W/report.json"
check "it is one JSON document" jq -e . "$W/report.json"
check "its heading" json '"\(.schema) \(.command) \(.exit_code) \(.error) \(.jobs | length)"' "2 report 0 null 1"
check "the accounts" json '.jobs[0] | "\(.from) \(.to) \(.folder)"' \
    "taro@old.example@localhost:$LEGACY_POP3S_PORT hanako@new.example@localhost:$CLOUD_IMAPS_PORT INBOX"
check "as many done as arrived" json '.jobs[0].summary.by_state.done' "$arrived"
check "each message is listed once" json '.jobs[0].messages | "\(length) \(map(.uidl) | unique | length)"' "$total $total"
check "the sums are those of the list" jq -e '.jobs[0] | . as $j
    | .summary.by_state == ((.summary.by_state | map_values(0)) + (.messages | group_by(.state)
        | map({(.[0].state): length}) | add))
    and .summary.messages == (.messages | length)
    and .summary.octets == (.messages | map(.octets_claimed) | add)
    and .summary.octets_by_state.done == (.messages | map(select(.state == "done").octets_received) | add)
    and .summary.repaired == (.messages | map(select(.state == "done" and .repairs != "")) | length)
    and (.summary.by_proof | add) == (.messages | map(select(.state == "done" or .state == "present")) | length)' \
    "$W/report.json"
check "the sums of the mailboxes" jq -e '.jobs[0] | .summary.by_state.done == (.mailboxes | map(.by_state.done) | add)
    and .summary.octets_by_state.done == (.mailboxes | map(.copied_octets) | add)' "$W/report.json"
# Those that do not arrive: other messages' doubles, and what is over the destination's limit.
awk -F'\t' '$7 == "-" && $2 > 60 * 1024' "$S/taro@old.example.manifest" >"$W/over"
awk -F'\t' '$7 == "-" && $2 <= 60 * 1024' "$S/taro@old.example.manifest" >"$W/fitting"
check "the hashes of what was sent are those of what ought to arrive" test "$(jq -r \
    '.jobs[0].messages[] | select(.state == "done").sha256_sent' "$W/report.json" | sort)" = "$(cut -f4 "$W/fitting" | sort)"
check "the hashes of what was refused are those of the source" test "$(jq -r \
    '.jobs[0].messages[] | select(.state == "quarantined").sha256_received' "$W/report.json" | sort)" = "$(cut -f3 "$W/over" | sort)"
check "they lie where it says, byte for byte" sh -c 'cd "$1" && jq -r ".jobs[0].messages[] | select(.quarantine)
    | .sha256_received + \"  \" + .quarantine" "$2" | sha256sum --check --quiet --strict' sh "$W/work-usual" "$W/report.json"
check "each of them has its reason" jq -e '.jobs[0].messages | map(select(.state == "quarantined"))
    | length > 0 and all(.reason | test("LIMIT"))' "$W/report.json"
check "the runs" json '.jobs[0].runs | map("\(.command) \(.exit_code)") | join(", ")' "migrate 0, migrate 1"
duplicates=$(awk -F'\t' '$7 != "-"' "$S/taro@old.example.manifest" | wc -l)
check "the duplicates, each with what it equals" jq -e --argjson n "$duplicates" '.jobs[0].messages as $all
    | ($all | map(select(.state == "duplicate"))) | length == $n and all(.duplicate_of as $t
        | any($all[]; .id == $t.id and .uidl == $t.uidl and .message_id == $t.message_id and .state == "done"))' "$W/report.json"

# ---- the same as CSV, read by another program ----
report usual --format csv
expect_exit "report --format csv" 0
cp "$W/out" "$W/report.csv"
if command -v python3 >/dev/null; then
    check "the CSV tells the same of each message" python3 - "$W/report.json" "$W/report.csv" <<'PYTHON'
import csv, json, sys
messages = json.load(open(sys.argv[1]))["jobs"][0]["messages"]
raw = open(sys.argv[2], "rb").read()
assert not raw.startswith(b"\xef\xbb\xbf"), "a byte order mark"
assert raw.count(b"\n") == raw.count(b"\r\n") == len(messages) + 1, "rows"
rows = list(csv.DictReader(raw.decode("utf-8").splitlines(keepends=True), strict=True))
guarded = 0
for m, r in zip(messages, rows, strict=True):
    assert None not in r and None not in r.values(), r
    for name in "uidl message_id from subject date state reason mailbox uid octets_sent repairs sha256_sent proof".split():
        value = "" if m[name] is None else str(m[name])
        if value[:1] in ("=", "+", "-", "@"):
            value = "'" + value
            guarded += 1
        assert r[name] == value, (name, r[name], value)
assert all(not v or v[0] not in "=+-@" for r in rows for v in r.values())
PYTHON
else
    skip "the CSV tells the same of each message" "no python3 here"
fi
check "as many rows as messages" test "$(grep -c $'\r$' "$W/report.csv")" = $((total + 1))

# ---- for a person ----
report usual
expect_exit "report as text" 0
check "sums, mailbox and runs" sh -c 'grep -Eq "^  copied +'"$arrived"' " "$1" && grep -Eq "^    INBOX +'"$arrived"' " "$1" &&
    [ "$(grep -Ec "^    20[0-9-]+ [0-9:]+  migrate " "$1")" = 2 ]' sh "$W/out"
check "and what was dated now, after it" test "$(sed -n '/^  Dated by the hour/,$s/.*  UIDL //p' "$W/out")" = "$(jq -r \
    '.jobs[0].messages[] | select(.state == "done" and .date_from == "now").uidl' "$W/report.json")"
check "what did not arrive is named with its UIDL, and nothing else" test "$(sed '/^  Dated by the hour/,$d' "$W/out" | sed -n 's/.*  UIDL //p')" = "$(jq -r \
    '.jobs[0].messages[] | select(.state == "quarantined").uidl' "$W/report.json")"
check "duplicates are not listed" sh -c '! grep -q "same as" "$1"' sh "$W/out"
report usual --verbose
check "with --verbose they are" test "$(grep -c 'same as UIDL' "$W/out")" = "$duplicates"
check "and what was repaired, with its hashes" test "$(grep -c 'sha256 received' "$W/out")" = \
    "$(jq '.jobs[0].summary.repaired' "$W/report.json")"

# ---- one account of many, and none ----
report usual --from "$(pop_url taro@old.example)" --format json
check "--from finds the job" test "$(jq '.jobs | length' "$W/out")" = 1
report usual --from "$(pop_url jiro)"
expect_exit "an account that the ledger does not know" 2 "jiro"
report usual --format xml
expect_exit "a format that does not exist" 2 format

# ---- no password anywhere ----
# forms PASSWORD USER...: how a password could stand in a file.
forms() {
    local password=$1 user
    printf '%s\n' "$password"
    printf %s "$password" | base64 -w0
    echo
    for user in "${@:2}"; do
        printf '\0%s\0%s' "$user" "$password" | base64 -w0
        echo
    done
}
{
    forms "$old_password" taro@old.example
    forms "$new_password" hanako@new.example
} >"$W/forms"
cp "$W/report.json" "$W/report.csv" "$W/work-usual"
# leaks FILE...: false, naming the file, if any of the forms stands in one of them.
leaks() {
    local found
    found=$(grep -arFlf "$W/forms" "$@")
    [[ -z $found ]] || { echo "$found" && return 1; }
}
check "the search for passwords finds one where it is" test -n "$(leaks "$W/old-password")"
check "no password in the work folder, in what was printed, in the archive" leaks "$W/work-usual" "$W/said-usual.txt" "$W/archive"

to_file=$W/old-password go wrong --verbose
expect_exit "a sign-in that is refused" 3
check "no password where signing in failed" leaks "$W/work-wrong" "$W/said-wrong.txt"
# A run that is killed leaves the write-ahead log behind, too. Far from the destination it lasts long enough for that.
proxy "$CLOUD_IMAPS_PORT" --delay-ms 100
"$POPFERRY" migrate --verbose --from "$(pop_url taro@old.example)" --to "imaps://hanako%40new.example@localhost:$proxy_port" \
    --ca-file "$SERVERS_CA" --from-password-file "$W/old-password" --to-password-file "$W/new-password" --folder Killed \
    --work-dir "$W/work-killed" >"$W/said-killed.txt" 2>&1 </dev/null &
runner=$!
await_text "$W/work-killed/log/job-1.ndjson" '"event":"inventory"'
kill -9 $runner
wait $runner 2>/dev/null
check "a killed run left its write-ahead log" test -s "$W/work-killed/ledger.sqlite-wal"
check "no password in what a killed run left" leaks "$W/work-killed" "$W/said-killed.txt"

# ---- the log ----
log=$W/work-usual/log/job-1.ndjson
check "each line of the log is a JSON object" jq -es 'length > 0 and all(type == "object")' "$log"
check "every message that was copied stands in it" test \
    "$(jq -r 'select(.event == "message" and .verdict == "copy").uidl' "$log" | sort -u)" = \
    "$(jq -r '.jobs[0].messages[] | select(.state == "done").uidl' "$W/report.json" | sort)"
check "the runs stand in it with their ends" test \
    "$(jq -r 'select(.event == "run-begin" or .event == "run-end") | "\(.run) \(.event) \(.exit_code)"' "$log" | tr '\n' ,)" = \
    "1 run-begin null,1 run-end 0,2 run-begin null,2 run-end 1,"
check "it is for its owner alone" test "$(stat -c %a "$W/work-usual/log" "$log" | tr '\n' ' ')" = "700 600 "

# ---- --privacy ----
go private --privacy --verbose --folder Private
expect_exit "migrate --privacy" 1
check "a log was written" test -s "$W/work-private/log/job-1.ndjson"
check "no address in the log folder" sh -c '! grep -rE "[[:alnum:]]@[[:alnum:]]|%40|taro|hanako" --include="*.ndjson*" "$1"' sh \
    "$W/work-private/log"
jq -r '.jobs[0].messages[].subject | select(length > 3)' "$W/report.json" | sort -u >"$W/subjects"
check "there are subjects to look for" test -s "$W/subjects"
check "no subject in the log folder" sh -c '! grep -rFf "$1" --include="*.ndjson*" "$2"' sh "$W/subjects" "$W/work-private/log"
check "both are found where there is no --privacy" sh -c 'grep -qE "[[:alnum:]]@[[:alnum:]]" "$2" && grep -qFf "$1" "$2"' sh \
    "$W/subjects" "$log"
check "accounts have a name that stays" test "$(jq -r 'select(.event == "run-begin") | .from, .to' \
    "$W/work-private/log/job-1.ndjson" | grep -cE '^account-[0-9a-f]{8}$')" = 2

# ---- while a run is at work ----
start unlimited
fill goro --count 400 --octets 4000000
proxy "$CLOUD_IMAPS_PORT" --delay-ms 40
"$POPFERRY" migrate --from "$(pop_url goro)" --to "imaps://goro@localhost:$proxy_port" --from-password-file "$W/password" \
    --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-goro" >/dev/null 2>"$W/run-err" </dev/null &
runner=$!
agree() {
    jq -e '.exit_code == 0 and (.jobs | all(.summary.messages == (.messages | length)
        and .summary.by_state.done == (.messages | map(select(.state == "done")) | length)))' "$W/out" >/dev/null
}
reports=0 differ=''
await_file "$W/work-goro/log/job-1.ndjson" "$runner"
while kill -0 $runner 2>/dev/null && [[ -z $differ ]]; do
    raw report --work-dir "$W/work-goro" --format json
    if [[ $rc == 0 ]] && agree; then reports=$((reports + 1)); else differ=yes; fi
done
check "reports can be had while a run is at work" test "$reports" -gt 0
if [[ -z $differ ]]; then ok "each of them agrees with itself"; else not_ok "each of them agrees with itself" "$W/err"; fi
wait $runner
rc=$? && cp "$W/run-err" "$W/err"
expect_exit "the run is not disturbed by it" 0

# ---- a customer with several accounts, each with a ledger of its own ----
SERVERS_MAX_MAIL=60k start many
customer=$W/work-customer
fill saburo --count 30 --octets 90000
fill shiro --count 25 --octets 600000 --big 100000
# Too large, and named so that no table could hold it.
# Octets: in the C locale bash leaves \\uFFFE as it stands.
evil=$'\xef\xbf\xbe\xef\xbf\xbf_x0041_ a;=1+1;b'
{
    printf 'Message-ID: <=evil;+1@example.jp>\r\nFrom: =?utf-8?B?%s?= <evil@example.jp>\r\nSubject: =?utf-8?B?%s?=\r\n\r\n' \
        "$(printf '＝1+1' | base64 -w0)" "$(printf %s "$evil" | base64 -w0)"
    head -c 90000 /dev/zero | tr '\0' a | fold -w 70 | sed 's/$/\r/'
} >"$(servers_maildir "$S" legacy shiro)/cur/1500000000.evil:2,S"
servers_own "$(servers_maildir "$S" legacy shiro)"
# account COMMAND USER [options]
account() {
    pf "$1" "$2" --work-dir "$customer/accounts/$2-0000" "${@:3}"
}
account migrate saburo
expect_exit "the first account" 0
account verify saburo
expect_exit "is verified" 0
account migrate shiro
expect_exit "the second one: some messages are too large" 1
# handover LANG [options]: handed.html and so on in $W.
handover() {
    raw report --work-dir "$customer" --lang "$1" --customer '丸山商事 & <Söhne>' --prepared-by '=1+1' --report "$W/handed.html" \
        --report "$W/handed.xlsx" --report "$W/handed.csv" --report "$W/handed.json" "${@:2}"
}
raw report --work-dir "$customer" --format json
expect_exit "the report goes over all accounts" 0
cp "$W/out" "$W/story.json"
check "both are in it, each with its folder" test "$(jq -r '.jobs[].work_dir' "$W/out" | sed 's,.*/,,' | tr '\n' ' ')" = \
    "saburo-0000 shiro-0000 "
raw report --work-dir "$customer" --from "$(pop_url shiro)" --format json
check "--from finds one of them" test "$(jq -r '.jobs[].from' "$W/out")" = "shiro@localhost:$LEGACY_POP3S_PORT"
for lang in en ja; do
    handover $lang
    expect_exit "report --report, $lang" 0
    check "$lang: what was written is said, and nothing else" test "$(wc -l <"$W/out")" = 5
    check "$lang: the states" test "$(jq -r '[.in_order, .accounts[].state] | join(" ")' "$W/handed.json")" = \
        "false in-order not-moved"
    if command -v python3 >/dev/null; then
        check "$lang: the JSON has the sums of the ledgers" "$LIB_HERE/handover_check.py" json "$W/handed.json" "$W/story.json"
        for form in csv html xlsx; do
            check "$lang: the ${form^^} has those of the JSON" "$LIB_HERE/handover_check.py" $form "$W/handed.$form" "$W/handed.json"
        done
    else
        skip "$lang: the files agree" "no python3 here"
    fi
    if command -v xmllint >/dev/null; then
        check "$lang: the page is well-formed" xmllint --noout "$W/handed.html"
    else
        skip "$lang: the page is well-formed" "no xmllint here"
    fi
done
if command -v python3 >/dev/null; then
    raw report --work-dir "$customer" --format csv
    check "what no table can hold is harmless in each" python3 - "$W/out" "$W/handed.xlsx" "$W/handed.html" \
        "$customer"/accounts/shiro-0000/quarantine/*/reasons.tsv <<'PYTHON'
import csv, re, sys, zipfile
import xml.etree.ElementTree as tree
report, book, page, reasons = sys.argv[1:]
text = open(report, encoding="utf-8", newline="").read()
rows = list(csv.reader(text.splitlines(True), strict=True))
assert any("??_x0041_ a;'=1+1;b" in r and "<=evil;'+1@example.jp>" in r for r in rows), rows[-1]
for name, split in ((report, ","), (report, ";"), (reasons, "\t"), (reasons, ";")):
    lines = open(name, encoding="utf-8", newline="").read().splitlines(True)
    cells = [c for r in csv.reader(lines, delimiter=split) for c in r]
    assert not [c for c in cells if c[:1] in tuple("=+-@＝＋－＠")], (name, split)
with zipfile.ZipFile(book) as z:
    for name in z.namelist():
        tree.fromstring(z.read(name))
    assert "??_x005F_x0041_ a;=1+1;b" in z.read("xl/sharedStrings.xml").decode()
assert "??_x0041_ a;=1+1;b" in "".join(tree.fromstring(open(page, encoding="utf-8").read().split("\n", 1)[1]).itertext())
PYTHON
fi
check "the Japanese page is Japanese" grep -q '<h1>移行結果報告書</h1>' "$W/handed.html"
handover en --format csv
check "with --format the story is printed as well" test "$(grep -c $'\r$' "$W/out")" = \
    $(($(jq '[.jobs[].messages | length] | add' "$W/story.json") + 1))
raw report --work-dir "$customer" --report "$W/handed.pdf"
expect_exit "a kind of file that there is not" 2 'handed.pdf'
raw report --work-dir "$customer" --report "$W/none/handed.html"
expect_exit "a file that cannot be written" 5 'none/handed.html'

# ---- those of a list ----
cat >"$W/list.csv" <<LIST
from,to,enabled
$(pop_url saburo),$(imap_url saburo),
$(pop_url goro),$(imap_url goro),
$(pop_url shiro),$(imap_url shiro),no
LIST
raw status --work-dir "$customer" --accounts "$W/list.csv" --format json
expect_exit "status of a list" 0
check "the enabled accounts of the list, begun or not" test "$(jq -r '.jobs[] | "\(.from | sub("@.*"; "")) \(.begun)"' "$W/out" |
    tr '\n' ,)" = "saburo true,goro false,"
handover en --accounts "$W/list.csv"
expect_exit "what is handed over for a list" 0
check "it names who has not begun" test "$(jq -r '.accounts[].state' "$W/handed.json" | tr '\n' ' ')" = "in-order not-begun "

# ---- many of them, and one that is damaged ----
raw status --work-dir "$customer"
expect_exit "status of two accounts" 0
check "a paragraph for each" test "$(grep -c '^  last run: ' "$W/out")" = 2
# batch_file ENDED: what a batch of two accounts leaves while it runs, as it is documented.
batch_file() {
    cat >"$customer/status.json" <<JSON
{"schema": 1, "popferry": "0.1.0", "command": "migrate", "began": "2026-11-22T10:00:00Z", "now": "2026-11-22T10:05:00Z",
 "ended": $1, "sum": {"accounts": 2, "in_order": 0, "attention": 1, "failed": 0, "waiting": 0, "skipped": 0, "running": 1,
 "queued": 0, "exit_code": 1}, "accounts": []}
JSON
}
first_line() { # PATTERN
    raw status --work-dir "$customer"
    head -1 "$W/out"
    head -1 "$W/out" | grep -Eq "$1"
}
batch_file null
check "a batch that ended without a word is named" first_line \
    '^Batch: migrate, begun 2026-11-22T10:00:00Z, 1 of 2 accounts ended, 1 at work, 1 needs attention; interrupted after 2026-11-22T10:05'
raw status --work-dir "$customer" --format json
check "in the JSON, too" test "$(jq -r '.batch | "\(.command) \(.at_work) \(.sum.accounts) \(has("accounts"))"' "$W/out")" = \
    "migrate false 2 false"
batch_file '"2026-11-22T10:06:00Z"'
check "one that ended, with its exit code" first_line '; ended 2026-11-22T10:06:00Z with exit code 1$'
echo 'no JSON' >"$customer/status.json"
check "a file that is something else is passed over" first_line '^saburo@'
rm "$customer/status.json"
for ((i = 10; i < 32; i++)); do
    cp -r "$customer/accounts/saburo-0000" "$customer/accounts/saburo-00$i"
done
raw status --work-dir "$customer"
expect_exit "status of 24 accounts" 0
check "a line for each" test "$(grep -c '^  [a-z].* saburo@\|^  [a-z].* shiro@' "$W/out")" = 24
check "what needs attention first" sh -c 'sed -n 3p "$1" | grep -q "^  attention .*shiro@"' sh "$W/out"
check "the columns are aligned" test "$(awk 'NR > 1 { print index($0, "20" "'"$(date -u +%y)"'-") }' "$W/out" | sort -u | wc -l)" = 2
head -c 4096 /dev/urandom | dd of="$customer/accounts/saburo-0015/ledger.sqlite" conv=notrunc status=none
for command in status report; do
    raw $command --work-dir "$customer" --format json
    expect_exit "$command with a damaged ledger" 5 'saburo-0015/ledger.sqlite'
    check "$command: the others are shown, the damaged one is named" jq -e \
        '.exit_code == 5 and (.jobs | length) == 23 and (.damaged | map(.work_dir | sub(".*/"; ""))) == ["saburo-0015"]' "$W/out"
done
handover en
expect_exit "what is handed over with a damaged ledger" 5 'saburo-0015'
check "it says so" test "$(jq -r '.accounts[] | select(.state == "unreadable").name' "$W/handed.json")" = saburo-0015

# ---- damaged inside, and not to be written ----
rm -rf "$customer"/accounts/saburo-00[123]?
names=("saburo@localhost:$LEGACY_POP3S_PORT" "saburo@localhost:$CLOUD_IMAPS_PORT" INBOX)
own=$customer/accounts/saburo@localhost_$LEGACY_POP3S_PORT-$(printf '%s\0' "${names[@]}" | sha256sum | cut -c 1-8) # as a batch names it
mv "$customer/accounts/saburo-0000" "$own"
whole=$own/ledger.sqlite
# on_read_only COMMAND...: raw, where the work folder lies on a disk that cannot be written.
on_read_only() {
    # shellcheck disable=SC2016
    unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"' sh "$customer" \
        "$POPFERRY" "$@" >"$W/out" 2>"$W/err" </dev/null
    rc=$?
}
if unshare -m sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"' sh "$customer" 2>/dev/null; then
    for command in status report; do
        raw $command --work-dir "$customer"
        cp "$W/out" "$W/written"
        on_read_only $command --work-dir "$customer"
        expect_exit "$command of a folder that cannot be written" 0
        check "$command: it says the same" cmp "$W/out" "$W/written"
    done
else
    skip "a folder that cannot be written" "nothing may be mounted here"
fi
for ((page = 4096; page < $(stat -c %s "$whole"); page += 4096)); do # all but the first
    head -c 64 /dev/urandom | dd of="$whole" bs=1 seek=$page conv=notrunc status=none
done
for command in status report; do
    raw $command --work-dir "$customer" --accounts "$W/list.csv" --format json
    expect_exit "$command of a list with a ledger damaged inside" 5 "$whole"
    check "$command: no sums of it, and it is not called new" jq -e \
        '(.jobs | map(.from) | join(" ") | contains("saburo") | not) and (.damaged | length) == 1' "$W/out"
    raw $command --work-dir "$customer"
    expect_exit "$command of all, one damaged inside" 5 "$whole"
    check "$command: the others are told" grep -q '^.*shiro@' "$W/out"
    check "$command: nothing of the damaged one" sh -c '! grep -q "^saburo@" "$1"' sh "$W/out"
done
handover en --accounts "$W/list.csv"
check "what is handed over names it as unreadable, and once" test \
    "$(jq -r '.accounts | map("\(.name | sub("[-@].*"; "")) \(.state)") | sort | join(",")' "$W/handed.json")" = "goro not-begun,saburo unreadable"
