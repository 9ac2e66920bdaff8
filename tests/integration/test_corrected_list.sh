#!/usr/bin/env bash
# Lists that are corrected between runs: what was never meant is not counted any more, what several lists share is, and
# nothing that was copied is passed over in silence. And whose work folder it is.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/batch.sh"
start servers
crowd g 8 --count 5

pop=pop3s://localhost:$LEGACY_POP3S_PORT
# list NAME LINES...: from_user and to_user in each line.
list() {
    (umask 077 && printf '%s\n' 'from_user,to_user,enabled' "${@:2}" >"$W/$1")
}
accounts_of() { # of a status document: how many are counted, and how many messages were copied
    said '"\(.jobs | length) \([.jobs[].balance | .copied.messages + .present.messages] | add)"'
}
left_of() {
    said '[.unlisted[] | "\(.from | sub("@.*"; "")) \(.copied)"] | sort | join(",")'
}
stands() { # NAME COUNTED LEFT [OPTIONS]
    raw status --work-dir "$W/work" --format json "${@:4}"
    expect_exit "$1: status" 0
    is "$1: counted" "$(accounts_of)" "$2"
    is "$1: left" "$(left_of)" "$3"
    raw report --work-dir "$W/work" --format json "${@:4}"
    expect_exit "$1: report" 0
    is "$1: counted by report" "$(accounts_of | sed 's/ .*//')" "${2%% *}"
    is "$1: left, by report" "$(left_of)" "$3"
}

# ---- a list that is corrected ----
# g001 first goes to a mailbox that nobody meant (and gets 5 messages there), g002 has a slip in its user.
list a.csv g001,g008 g002!,g002 g003,g003 g004,g004
batch migrate a.csv
expect_exit "a list with two slips" 3
stands "nothing is corrected yet" "4 15" ''
list a.csv g001,g001 g002,g002 g003,g003 g004,g004
batch migrate a.csv
expect_exit "the list, corrected: g001 goes elsewhere now" 2 "accounts forget"
batch migrate a.csv --shared
expect_exit "the list, corrected" 0
stands "corrected" "4 20" 'g001 5,g002! 0'
raw status --work-dir "$W/work"
check "status names those that have left, and what they had copied" \
    grep -qE '^2 accounts of earlier runs .*g001@.* \(5 messages copied\), g002_@.*forget NAME --work-dir' "$W/out"
raw status --work-dir "$W/work" --lang ja
check "in Japanese, too" grep -q '以前の実行の2件のアカウント' "$W/out"
raw report --work-dir "$W/work" --report "$W/page.html" --report "$W/sums.json"
expect_exit "the customer's page" 0
is "the customer's page counts four" "$(jq '.accounts | length' "$W/sums.json")" 4
check "it is said who is not in it" grep -q '2 accounts of earlier runs' "$W/out"
check "the page does not name them" bash -c "! grep -q g002! '$W/page.html'"
raw report --work-dir "$W/work" --format csv
check "CSV stays data" bash -c "! grep -q 'earlier runs' '$W/out'"
check "and standard error says it" grep -q 'warning: 2 accounts of earlier runs' "$W/err"
raw status --work-dir "$W/work" --from "pop3s://g001@localhost:$LEGACY_POP3S_PORT" --to "imaps://g008@localhost:$CLOUD_IMAPS_PORT" \
    --format json
is "asked for by name, one that has left is shown" "$(accounts_of)" "1 5"

# ---- forgetting ----
ghost=$(basename "$W"/work/accounts/g002_@*)
raw accounts forget "$ghost" --work-dir "$W/work" --dry-run
expect_exit "forget --dry-run" 0
check "it says what it would do" grep -q "$ghost would be put away, as .*/forgotten/" "$W/out"
check "and changes nothing" test -d "$W/work/accounts/$ghost" -a ! -e "$W/work/forgotten"
raw accounts forget "g002!@localhost:$LEGACY_POP3S_PORT" --work-dir "$W/work" --format json
expect_exit "forget, as the source is called" 0
is "it says where it is now" "$(said '.forgotten[0].moved_to' | sed -E 's/-[0-9]{8}-[0-9]{6}$//')" "$W/work/forgotten/$ghost"
check "its ledger is kept" test -s "$(said '.forgotten[0].moved_to')/ledger.sqlite"
stands "one is forgotten" "4 20" 'g001 5'
raw accounts forget "${ghost%-*}" g003@localhst_$LEGACY_POP3S_PORT --work-dir "$W/work"
expect_exit "what is not there" 2 'no account g003@localhst.*; did you mean g003@localhost'
for name in '' . .. ../work a/b "accounts/$ghost" .hidden; do
    raw accounts forget "$name" --work-dir "$W/work"
    expect_exit "a name that is none: \"$name\"" 2 'there is no account'
done
raw accounts forget --work-dir "$W/work"
expect_exit "no name" 2 'which account'
raw accounts forget x --work-dir "$W/work" --to-host imap.example.invalid
expect_exit "an option that it does not heed" 2 '--to-host'
raw accounts check "$W/a.csv" --dry-run
expect_exit "an option of forget alone" 2 '--dry-run'
raw accounts check "$W/a.csv" "$W/b.csv"
expect_exit "check has one list" 2 'b.csv'
other=$(basename "$W"/work/accounts/g003@*)
exec 8>>"$W/work/accounts/$other/lock" && flock -x 8
raw accounts forget "$other" --work-dir "$W/work"
expect_exit "one that is in use" 4 'another popferry is at work'
raw accounts forget "$other" --work-dir "$W/work" --dry-run
expect_exit "one that is in use, --dry-run" 4 'another popferry is at work'
exec 8>&-
mv "$W/work/accounts/$other" "$W/aside" && ln -s "$W/aside" "$W/work/accounts/$other"
raw accounts forget "$other" --work-dir "$W/work"
expect_exit "a link in its place" 5 'symbolic link'
rm "$W/work/accounts/$other" && mv "$W/aside" "$W/work/accounts/$other"

# ---- several lists, parts of lists, rows that are off ----
list b.csv g005,g005 g006,g006
batch migrate b.csv --shard 1/2
batch migrate b.csv --shard 2/2
stands "another list adds to it" "6 30" 'g001 5'
list a.csv g001,g001 g002,g002,no g003,g003 g004
batch migrate a.csv --shared
stands "rows that are off, or cannot be read, do not leave" "6 30" 'g001 5'
list a.csv g001,g001 g002,g002 g003,g003 g004,g004
batch migrate a.csv --dry-run
list b.csv g005,g005
batch migrate a.csv --shared
stands "a list that was not run again has not changed" "6 30" 'g001 5'
batch plan b.csv
stands "run again, it has" "5 25" 'g001 5,g006 5'
list c.csv g006,g006 g007,g007
batch migrate c.csv
stands "what another list has, has not left" "7 35" 'g001 5'
raw status --work-dir "$W/work" --accounts "$W/b.csv" --from-host "$pop" --to-host "imaps://localhost:$CLOUD_IMAPS_PORT" \
    --format json
is "--accounts counts what is in that list" "$(accounts_of)" "1 5"
mv "$W/work" "$W/work-before"

# ---- failures.csv ----
list d.csv g001,g001 g002!,g002 g003,g003 g004!,g004!
batch migrate d.csv
expect_exit "two slips" 3
stands "two slips" "4 10" ''
sed -i 's/g002!,/g002,/; /g004!/d' "$W/work/failures.csv"
batch migrate ../"$(basename "$W")"/work/failures.csv
expect_exit "one corrected in failures.csv, one taken out" 0
stands "corrected in failures.csv" "4 15" 'g002! 0'
batch migrate d.csv
stands "the list itself was not corrected" "5 15" ''
list d.csv g001,g001 g002,g002 g003,g003 g004,g004
batch migrate d.csv
expect_exit "it is now" 0
stands "it is now" "4 20" 'g002! 0,g004! 0'
mv "$W/work" "$W/work-failures"

# A line that repeats another is no account that could be corrected.
(umask 077 && printf '%s\n' user g001 g002 g001 'g003!' >"$W/e.csv")
batch migrate e.csv
expect_exit "a line twice, and a slip in both users" 2
sed -i '/g001/d; s/g003!/g003/' "$W/work/failures.csv"
batch migrate ../"$(basename "$W")"/work/failures.csv
expect_exit "both corrected in failures.csv" 0
stands "both corrected in failures.csv" "3 15" 'g003! 0'
mv "$W/work" "$W/work-twice"

# ---- a file that is damaged, and a folder from before ----
batch migrate d.csv
printf '{"schema":1,"lists":[' >"$W/work/lists.json"
raw status --work-dir "$W/work" --format json
expect_exit "damaged: told" 0 'lists.json is damaged'
is "damaged: all are counted" "$(accounts_of)" "4 20"
is "damaged: in the document" "$(said '.warnings[0]' | grep -c 'is damaged')" 1
batch migrate d.csv
expect_exit "damaged: a run begins a new one" 0 'lists.json is damaged.*lists.json.damaged'
check "damaged: and keeps the old one" grep -q schema "$W/work/lists.json.damaged"
rm "$W/work/lists.json"
stands "a folder of an older popferry" "4 20" ''
ln -s "$W/d.csv" "$W/work/lists.json"
raw status --work-dir "$W/work"
expect_exit "a link is not followed" 0 'warning: .*lists.json'
batch migrate d.csv
expect_exit "nor written through" 5 'lists.json'
check "nor written through: the list stands" grep -q from_user "$W/d.csv"

# ---- another customer ----
here() { # COMMAND LIST [OPTIONS]: in a folder of its own, without --work-dir
    batch_options "$2"
    mkdir -p "$W/here"
    (cd "$W/here" && "$POPFERRY" "$1" "${batch_command[@]:0:2}" "${batch_command[@]:4}" "${@:3}" >"$W/out" 2>"$W/err" </dev/null)
    rc=$?
}
list a.csv g001,g001 g002,g002
here migrate a.csv
expect_exit "the default folder" 0
check "the first list: no warning" bash -c "! grep -q 'another' '$W/err'"
here migrate a.csv
check "the same list: no warning" bash -c "! grep -q 'another' '$W/err'"
list a2.csv g002,g002 g003,g003
here migrate a2.csv
check "a list with one in common: no warning" bash -c "! grep -q 'another' '$W/err'"
list other.csv g004,g004 g005,g005
here migrate other.csv --dry-run
expect_exit "another customer's list, --dry-run" 0 "popferry-work holds 3 accounts of another list, $W/a2.csv, .*--work-dir"
here migrate other.csv --lang ja --format json
expect_exit "another customer's list" 0 "--work-dir"
is "it is among the warnings of the document" "$(said '[.warnings[] | select(contains("a2.csv"))] | length')" 1
check "in Japanese" grep -q '別のリスト' "$W/err"
here migrate other.csv
check "told once" bash -c "! grep -q 'another' '$W/err'"
list other.csv g006,g006 g007,g007
here migrate other.csv --work-dir popferry-work
check "whoever names the folder knows it" bash -c "! grep -q 'another' '$W/err'"
exit $LIB_FAILED
