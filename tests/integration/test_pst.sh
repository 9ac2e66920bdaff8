#!/usr/bin/env bash
# Outlook's stores as a source: the samples arrive, built to the same octets every time, and damaged ones harm nobody.
. "$(dirname "$0")/lib.sh"

samples=${POPFERRY_SAMPLES:-$LIB_TOP/../shared/samples}
if [[ ! -r $samples/EXPECTED.tsv ]]; then
    skip "samples of Outlook's stores" "POPFERRY_SAMPLES names no folder with EXPECTED.tsv"
    exit 0
fi
start servers

pst() { # COMMAND FILE USER [options]: $rc, $W/out, $W/err
    local command=$1 file=$2 user=$3
    shift 3
    "$POPFERRY" "$command" --from "pst:$file" --to "$(imap_url "$user")" --to-password-file "$W/password" \
        --ca-file "$SERVERS_CA" --work-dir "$W/work-$user" "$@" >"$W/out" 2>"$W/err" </dev/null
    rc=$?
}
# Of all messages of a user, by mailbox.
hashes() {
    (cd "$S/cloud/$1/Maildir" 2>/dev/null && find . -type f \( -path '*/cur/*' -o -path '*/new/*' \) -printf '%h ' -exec sha256sum {} \; |
        sed 's|/\(cur\|new\) | |; s| \./.*||' | sort)
}
state() {
    stat -c '%s %Y %i' "$1"
    sha256sum <"$1"
}

# Posts of a public folder are mail to whoever reads them; the two readers of EXPECTED.tsv leave them out.
posts() {
    case $1 in
    */test_ansi.pst) echo 1 ;;
    */test_unicode.pst) echo 2 ;;
    *) echo 0 ;;
    esac
}
n=0
while IFS=$'\t' read -r _ path kind messages _; do
    [[ $kind == pst && -e $samples/$path ]] || continue
    n=$((n + 1))
    file=$samples/$path
    before=$(state "$file")
    messages=$((messages + $(posts "$path")))
    raw discover "$file" --format json
    check "$path: $messages messages are found" test "$(jq '[.stores[].messages] | add' "$W/out")" = "$messages"
    pst migrate "$file" "a$n" --with-trash --with-junk --format json
    expect_exit "$path: migrate" 0
    check "$path: all of them are copied" test "$(jq .summary.copied "$W/out")" = "$messages"
    pst migrate "$file" "a$n" --with-trash --with-junk --format json
    expect_exit "$path: again" 0
    check "$path: nothing is copied again" test "$(jq .summary.copied "$W/out")" = 0
    pst verify "$file" "a$n" --with-trash --with-junk
    expect_exit "$path: verify" 0
    env TZ=Asia/Tokyo LC_ALL=C "$POPFERRY" migrate --from "pst:$file" --to "$(imap_url "b$n")" --to-password-file "$W/password" \
        --ca-file "$SERVERS_CA" --work-dir "$W/work-b$n" --with-trash --with-junk >"$W/out" 2>"$W/err" </dev/null
    check "$path: built again, the same octets" test "$(hashes "a$n")" = "$(hashes "b$n")"
    check "$path: the file is as it was" test "$(state "$file")" = "$before"
done < <(grep -P '^S\t' "$samples/EXPECTED.tsv" | sed 's/\t\t*/\t/g')
check "samples were there ($n)" test "$n" -gt 10

# ---- what is in them ----
python3 - "$S/cloud" >"$W/parts" 2>"$W/err" <<'PY'
import collections, email, email.policy, hashlib, os, sys
parts = collections.Counter()
for folder, _, names in os.walk(sys.argv[1]):
    if os.path.basename(folder) not in ("cur", "new") or "/a" not in folder:
        continue
    for name in names:
        with open(os.path.join(folder, name), "rb") as f:
            raw = f.read()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        for part in message.walk():
            for defect in part.defects:
                print("defect", os.path.join(folder, name), defect)
            parts[part.get_content_type()] += 1
            if part.get_filename():
                parts["named"] += 1
        if any(len(line) > 998 for line in raw.split(b"\n")):
            print("long line", os.path.join(folder, name))
print(dict(parts))
PY
check "no message is malformed" test "$(grep -c -e '^defect' -e '^long' "$W/parts")" = 0
check "messages lie within messages" grep -q "message/rfc822" "$W/parts"
check "files have their names" grep -q "'named'" "$W/parts"

# ---- not mail, and how the rest is made ----
raw discover "$samples/rjohnsondev-java-libpst/dist-list.pst"
check "what is no mail is counted" grep -q 'no mail, and left alone' "$W/out"
pst migrate "$samples/apache-tika/testPST.pst" told
check "a run says how its messages are made" grep -q 'put together' "$W/err"

check_built() { # COMMAND WHAT JQ
    "$POPFERRY" "$1" --work-dir "$W/work-told" --format json >"$W/report" 2>"$W/err"
    check "$1 tells how they are made" test "$(jq -c "$2" "$W/report")" = "$3"
}
check_built report '.jobs[].summary.built' '{"A":0,"B":6,"C":1}'
check "and of each one" test "$(jq -r '.jobs[].messages[].built' "$W/report" | sort | uniq -c | xargs)" = "6 B1 1 C1"
check_built status '.jobs[].built' '{"A":0,"B":6,"C":1}'
raw report --work-dir "$W/work-told"
check "and people are told" grep -q 'put together of what Outlook keeps (C)  *1$' "$W/out"
raw report --work-dir "$W/work-told" --report "$W/told.json" --report "$W/told.html" --lang ja
check "and the customer" test "$(jq .sum.built "$W/told.json")" = 7
check "on the page" grep -q 'Outlook のデータから組み立て直したもの' "$W/told.html"

# ---- dates and flags ----
jane=$samples/liquidinvestigations-hoover-testdata/pst/flags_jane_doe.pst
pst migrate "$jane" jane --format json
says_dates=$(jq -c .summary.internaldate_from "$W/out")
check "where nobody on the way has left a time, it is Outlook's: $says_dates" test "$says_dates" = '{"received":6,"date":0,"store":2,"now":0}'
sent() { # of the message that was sent at 15:24:42 -0400, and kept at 19:24:00 UTC
    find "$S/cloud/jane" -path '*/cur/*' -type f -exec grep -l '^Message-ID: <006501cb13d2' {} +
}
check "and so is it in the destination" test "$(TZ=UTC0 date -r "$(sent)" +%FT%T)" = 2010-06-24T19:24:00
flags_of() { # SUBJECT
    find "$S/cloud/jane/Maildir/cur" -type f -exec grep -l "^Subject: $1" {} + | head -1 | sed 's/.*:2,//'
}
check "answered" test "$(flags_of 'Needed a response, and has one')" = FRS
check "unread" test "$(flags_of 'Unread email')" = ""
check "flagged" test "$(flags_of 'Needs response')" = FS
pst migrate "$jane" jane --codepage 932
expect_exit "a code page" 0
pst migrate "$jane" jane --codepage 12
expect_exit "a code page that is none" 2 'no code page of that number'
raw estimate --from "mbox:$samples" --codepage 932
expect_exit "a code page of another kind of store" 2 "codepage is of Outlook's stores"
raw discover "$samples/HiraokaHyperTools-pst-extractor/contacts97-2002.pst" --format json
check "names in CP932 are right" test "$(jq -r '.stores[0].folders[2].folder' "$W/out")" = '連絡先 (Contact dedicated)'

# ---- somebody holds it ----
cp "$jane" "$W/held.pst"
python3 -c 'import fcntl, time; f = open("'"$W/held.pst"'", "r+b"); fcntl.lockf(f, fcntl.LOCK_EX); print(1, flush=True); time.sleep(60)' >"$W/locked" &
LIB_PIDS+=($!)
while [[ ! -s $W/locked ]]; do sleep 0.1; done
raw discover "$W/held.pst"
check "that another program has it open is told" grep -q 'close Outlook' "$W/out"

# ---- damaged ----
python3 - "$samples/apache-tika/testPST.pst" "$W" <<'PY'
import random, sys
data = open(sys.argv[1], "rb").read()
used = [at for at in range(512, len(data) - 8192, 64) if any(data[at : at + 64])]
for n in range(12):
    chance, copy = random.Random(n), bytearray(data)
    if n < 3:
        copy = copy[: len(copy) * (n + 1) // 4]
    elif n < 6:
        at = chance.choice(used) + chance.randrange(64)
        copy[at] ^= 1 << chance.randrange(8)
    elif n < 9:
        for _ in range(3):
            at = chance.choice(used)
            copy[at : at + 64] = bytes(chance.randrange(256) for _ in range(64))
    else:
        at = chance.choice(used)
        copy[at : at + 4096] = bytes(4096)
    open("%s/damaged-%d.pst" % (sys.argv[2], n), "wb").write(copy)
PY
# What arrives is what the whole file gives, or it is named: nothing that was read from a damaged place, nothing in another folder.
pst migrate "$samples/apache-tika/testPST.pst" whole --with-trash
hashes whole >"$W/whole"
messages=$(wc -l <"$W/whole")
for ((n = 0; n < 12; n++)); do
    pst migrate "$W/damaged-$n.pst" "damaged$n" --with-trash --max-wait 1 --format json
    if ((rc == 2)); then
        check "damaged $n: nothing arrives of a file that is refused" test -z "$(hashes "damaged$n")"
        continue
    fi
    hashes "damaged$n" >"$W/arrived"
    arrived=$(wc -l <"$W/arrived")
    check "damaged $n: what arrives ($arrived of $messages) is as in the whole file" test -z "$(comm -13 "$W/whole" "$W/arrived")"
    if ((arrived < messages)); then
        expect_exit "damaged $n: something is missing" 1
        check "damaged $n: it is named" grep -q damaged "$W/out" "$W/err"
    fi
done
: >"$W/empty.pst"
pst migrate "$W/empty.pst" none
expect_exit "a file that is none of Outlook's" 2
