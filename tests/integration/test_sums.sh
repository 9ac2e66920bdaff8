#!/usr/bin/env bash
# Every sum that is printed is true: what was left on the source, and why, is known to status, report and the customer's
# page; what is said to be copied is there. Judged by the mail in the folders of the servers.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/batch.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=yes start servers
fill stopped --clean --count 1500 --octets 3000000
for user in trial filtered capped killed old; do fill "$user" --clean --count 60 --octets 600000 --seed "${#user}"; done

# there USER: messages and octets (as POP3 and IMAP count them) in the user's mailbox of the cloud, by the folder.
there() {
    find "$S/cloud/$1/Maildir" -path '*/cur/*' -type f -o -path '*/new/*' -type f | sed -n 's/.*,W=\([0-9]*\).*/\1/p' |
        awk '{ n++; octets += $1 } END { print n + 0, octets + 0 }'
}
# in_source USER: the same of the source.
in_source() {
    awk -F'\t' '{ n++; octets += $2 } END { print n + 0, octets + 0 }' "$S/$1.manifest"
}
# said FILTER: of what was printed last.
said() {
    jq -rc "$1" "$W/out"
}
# story NAME USER STATE REASON: status, report and the customer's page in all its forms agree with the folders, and name the
# reason for all that is left.
story() {
    local name=$1 user=$2 state=$3 reason=$4 here all left
    here=$(there "$user") all=$(in_source "$user")
    raw status --work-dir "$W/work-$user" --format json
    is "$name: status: copied" "$(said '.jobs[0].balance.copied | "\(.messages) \(.octets)"')" "$here"
    is "$name: status: in the source" "$(said '.jobs[0].balance.before | "\(.messages) \(.octets)"')" "$all"
    is "$name: status: each message is in one of the sums" "$(said '.jobs[0].balance | .before.messages - ([.copied, .present,
        .duplicates, .not_mail, .quarantined, .refused, .waiting, .left_out, .vanished] | map(.messages) | add)')" 0
    left=$(said '.jobs[0].balance | .waiting.messages + .left_out.messages')
    check "$name: something was left ($left)" test "$left" -gt 0
    is "$name: status: the reason" "$(said ".jobs[0].source.left | map_values(select(.messages > 0).messages)")" \
        "{\"$reason\":$left}"
    raw status --work-dir "$W/work-$user"
    check "$name: status tells a person" grep -Eq "(still to be copied|left out as asked): .*$left " "$W/out"
    raw report --work-dir "$W/work-$user"
    check "$name: report does not say that nothing needs attention" sh -c '! grep -q "Nothing needs attention\.$" "$1"' sh "$W/out"
    check "$name: report tells how many are left" grep -q "$left messages \(are still to be copied\|that were left out\)" "$W/out"
    raw report --work-dir "$W/work-$user" --format json
    is "$name: report: the same sums" "$(said '.jobs[0].summary.balance.copied | "\(.messages) \(.octets)"')" "$here"
    cp "$W/out" "$W/story.json"
    raw report --work-dir "$W/work-$user" --report "$W/h.json" --report "$W/h.html" --report "$W/h.csv" --report "$W/h.xlsx" --lang en \
        --customer Yamada --prepared-by Sato
    is "$name: the customer's page: state" "$(jq -r '.accounts[0].state' "$W/h.json")" "$state"
    is "$name: the customer's page: before and after" \
        "$(jq -r '.sum | "\(.before.messages) \(.before.octets) \(.after.messages)"' "$W/h.json")" "$all ${here% *}"
    for form in csv html xlsx; do
        check "$name: the same numbers as .$form" "$LIB_HERE/handover_check.py" "$form" "$W/h.$form" "$W/h.json"
    done
    check "$name: JSON and the story agree" "$LIB_HERE/handover_check.py" json "$W/h.json" "$W/story.json"
}

# ---- a plan, before anything else: what it foresees is not settled ----
fill planned --count 60 --octets 300000 --seed 8
pf plan planned --format json
check "the plan foresees duplicates" jq -e '.summary.duplicates > 0' "$W/out"
story "a plan" planned not-begun not_looked_at
pf migrate planned --work-dir "$W/work-other" --quiet
pf plan planned --work-dir "$W/work-again" --format json
check "and messages that are there" jq -e '.summary.present > 50' "$W/out"
raw status --work-dir "$W/work-again" --format json
is "status after a plan: each message once, and none settled" \
    "$(said '.jobs[0].balance | [.before.messages, .waiting.messages, .duplicates.messages]')" '[60,60,0]'
pf migrate planned --work-dir "$W/work-again"
expect_exit "the migration after it" 0
raw status --work-dir "$W/work-again" --format json
is "status: each message once, and all settled" \
    "$(said '.jobs[0].balance | [.before.messages, .waiting.messages, .present.messages + .duplicates.messages]')" '[60,0,60]'

# ---- --limit: a trial of three ----
pf migrate trial --limit 3 --format json
expect_exit "a trial of three" 0
is "a trial: what was copied, and its octets" "$(said '.summary | "\(.copied) \(.copied_octets)"')" "$(there trial)"
is "a trial: what is there now" "$(said '.summary.there | "\(.messages) \(.octets)"')" "$(there trial)"
story "a trial" trial unfinished limit
check "a trial: the page says why" grep -q 'left for a later run (the run was limited)' "$W/h.html"
raw report --work-dir "$W/work-trial" --report "$W/ja.html" --lang ja
check "a trial: in Japanese, too" grep -q '次回に回したメール' "$W/ja.html"
pf verify trial
expect_exit "a trial: verify does not agree" 1
pf migrate trial
expect_exit "a trial, and then the rest" 0
raw status --work-dir "$W/work-trial" --format json
is "then nothing is left" "$(said '.jobs[0].source | "\(.ended) \(.left | map(.messages) | add)"')" "true 0"
pf verify trial
expect_exit "verified" 0
raw report --work-dir "$W/work-trial"
check "and nothing needs attention" grep -q 'Nothing needs attention\.$' "$W/out"

# ---- left out as asked ----
pf migrate filtered --max-size 8k
expect_exit "only small ones" 0
story "only small ones" filtered not-verified max_size
pf verify filtered --max-size 8k
expect_exit "only small ones: verified" 0
raw report --work-dir "$W/work-filtered" --report "$W/h.html" --lang en
check "in order, and the page tells what was left out" grep -q 'left out as asked, or are no longer in the old mailbox: [1-9]' "$W/h.html"

# ---- a daily limit; Ctrl-C; kill -9 ----
pf migrate capped --upload-cap 200k --max-wait 0
expect_exit "a daily upload limit" 4
story "a daily upload limit" capped unfinished upload_cap

proxy "$CLOUD_IMAPS_PORT" --delay-ms 60
aside_ferry() { # USER
    env --default-signal=INT "$POPFERRY" migrate --from "$(pop_url "$1")" --to "imaps://$1@localhost:$proxy_port" \
        --from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" --connections 1 \
        --work-dir "$W/work-$1" >"$W/aside.out" 2>"$W/aside.err" </dev/null &
    ferry=$!
    LIB_PIDS+=("$ferry")
    for ((try = 0; try < 2000; try++)); do
        grep -q '"event":"inventory"' "$W/work-$1/log/job-1.ndjson" 2>/dev/null && break
        sleep 0.01
    done
}
aside_ferry killed
kill -9 "$ferry"
wait "$ferry" 2>/dev/null
raw status --work-dir "$W/work-killed" --format json
is "killed: the ledger knows how much there was, and that nobody told what was left" \
    "$(said '.jobs[0] | "\(.source.messages) \(.source.ended) \(.balance.before.messages)"')" "60 false 60"
raw status --work-dir "$W/work-killed"
check "killed: a person is told" grep -q 'has not come to its end' "$W/out"
raw report --work-dir "$W/work-killed"
check "killed: report does not claim that all is well" sh -c '! grep -q "Nothing needs attention" "$1"' sh "$W/out"
aside_ferry stopped
kill -INT "$ferry"
wait "$ferry"
rc=$?
if [[ $rc == 4 ]]; then
    story "Ctrl-C" stopped unfinished interrupted
else
    skip "Ctrl-C" "the run was over before"
fi

# ---- a ledger of the version before ----
pf migrate old --limit 3
python3 - "$W/work-old/ledger.sqlite" <<'PYTHON'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("DROP INDEX message_built; ALTER TABLE message DROP COLUMN built; ALTER TABLE mailbox DROP COLUMN gone; ALTER TABLE mailbox DROP COLUMN gone_octets;"
                 "DROP TABLE learned; DROP TABLE folder; DROP INDEX message_unseen; ALTER TABLE message DROP COLUMN unseen; ALTER TABLE message DROP COLUMN swallowed; DROP TABLE late; DROP TABLE doubled; DROP TABLE source; DROP TABLE left_; ALTER TABLE run DROP COLUMN error; ALTER TABLE message DROP COLUMN header;"
                 "ALTER TABLE message DROP COLUMN header_sent; ALTER TABLE message DROP COLUMN mended;"
                 "ALTER TABLE job DROP COLUMN raw_headers; PRAGMA user_version = 3")
PYTHON
raw status --work-dir "$W/work-old"
expect_exit "an older ledger is not read as if it knew" 5 'older popferry'
pf verify old
expect_exit "a verification brings it up to date" 1
raw status --work-dir "$W/work-old"
check "what was left is said not to be known" grep -q 'what is still on the source is not known' "$W/out"
raw report --work-dir "$W/work-old"
check "nor does report claim it" sh -c '! grep -q "Nothing needs attention" "$1"' sh "$W/out"
raw report --work-dir "$W/work-old" --report "$W/h.json"
is "nor the customer's page" "$(jq -r '"\(.in_order) \(.accounts[0].left)"' "$W/h.json")" "false null"
pf plan old
raw status --work-dir "$W/work-old" --format json
check "a plan has looked" jq -e '.jobs[0] | .balance.waiting.messages == 57 and .source.left.not_looked_at.messages > 50' "$W/out"

# ---- a batch ----
crowd user 4 --clean --count 15 --octets 150000
{
    echo from_user,to_user,from_password,to_host
    for user in "${crowd[@]}"; do echo "$user,$user,,"; done
} >"$W/four.csv"
batch migrate four.csv --limit 3
expect_exit "a batch of trials" 0
messages=0 octets=0
for user in "${crowd[@]}"; do
    read -r n o < <(there "$user")
    messages=$((messages + n)) octets=$((octets + o))
done
is "status.json: messages and octets are those in the folders" \
    "$(jq -r '.sum | "\(.done) \(.done_octets) \(.copied) \(.copied_octets)"' "$W/work/status.json")" \
    "$messages $octets $messages $octets"
is "status.json: and what is left" "$(jq -r '.sum.rest' "$W/work/status.json")" $((60 - messages))
check "the end tells it" grep -q "In the destinations: $messages messages, .*Still to be done: $((60 - messages)) messages" "$W/out"
raw report --work-dir "$W/work" --report "$W/h.json"
is "the customer's page of the batch" "$(jq -r '.sum | "\(.before.messages) \(.after.messages) \(.after.octets) \(.left.limit.messages)"' "$W/h.json")" \
    "60 $messages $octets $((60 - messages))"
batch migrate four.csv
expect_exit "the rest of the batch" 0
messages=0
for user in "${crowd[@]}"; do
    read -r n o < <(there "$user")
    messages=$((messages + n))
done
batch delete four.csv --dry-run
expect_exit "delete --dry-run of a list" 0
check "it tells what would go, all together" grep -q 'Would be deleted from the sources: 60 messages' "$W/out"
for user in "${crowd[@]}"; do check "and of $user" grep -Eq "$user[^ ]* +15 would be deleted" "$W/out"; done
is "and nothing went" "$(find "$S"/legacy/user0*/Maildir -path '*/cur/*' -type f -o -path "$S/legacy/user0*/new/*" -type f | wc -l)" 60

# ---- advice by kind ----
{
    echo from_user,to_user,from_password,to_host
    echo "${crowd[0]},${crowd[0]},wrong,"
    echo "${crowd[1]},${crowd[1]},,imaps://no-such-host.invalid"
} >"$W/wrong.csv"
batch_options wrong.csv
batch_command=("${batch_command[@]/%"$W/work"/$W/work-wrong}")
raw migrate "${batch_command[@]}" --trust-list
expect_exit "a password and a host that are wrong" 3
check "the host is to be corrected, not tried again" grep -A1 '^No such host: 1 account' "$W/out"
check "in the list" grep -q 'Correct the host in the list' "$W/out"
raw report --work-dir "$W/work-wrong" --report "$W/h.json" --report "$W/h.html" --lang en
is "the customer's page: both are kept out, and nothing is known of them" \
    "$(jq -rc '[.accounts[] | .state, .before]' "$W/h.json")" '["no-access",null,"no-access",null]'
check "the page says that what was deleted in the new mailbox since is counted" \
    grep -q 'What was moved or deleted there since is still counted' "$W/h.html"
check "the page says what to do about the password" grep -q 'Correct the user name or password' "$W/h.html"
check "and about the host" grep -q 'Correct the name of the server' "$W/h.html"
check "and shows no 0 for what was never seen" grep -q '<td class="num">–</td>' "$W/h.html"

# ---- check ----
batch check wrong.csv --trust-list --format json
check "check of a list: each document has its error" \
    jq -e '[.documents[] | has("error") and .error.code != null] | all' "$W/out"
pf check trial --format json
says "check: no error" 0 '[has("error"), .error]' '[true,null]'
"$POPFERRY" check --from "$(pop_url trial)" --to "imaps://trial@no-such-host.invalid" --from-password-file "$W/password" \
    --to-password-file "$W/password" --ca-file "$SERVERS_CA" --format json >"$W/out" 2>"$W/err" </dev/null
rc=$?
says "check: one side" 4 '[.error.code, .source.messages, .destination.folder_messages]' '["no-host",60,null]'

# ---- a cloud that is full; one that drops what it said OK to ----
servers_stop
SERVERS_SSL=no start plain
fill full --clean --count 40 --octets 200000
fill dropped --clean --count 100 --octets 500000 --seed 7
from=$LEGACY_POP3_PORT
faulty badcloud "$CLOUD_IMAP_PORT" --full-after 20
to=$faulty_port
ferry full
expect_exit "no room" 6
raw status --work-dir "$W/work-full" --format json
is "no room: what is there" "$(said '.jobs[0].balance.copied | "\(.messages) \(.octets)"')" "$(there full)"
check "no room: the reason" jq -e '.jobs[0] | .source.left.destination_full.messages > 0 and
    .balance.before.messages == 40' "$W/out"
raw report --work-dir "$W/work-full" --report "$W/h.html" --lang en
check "no room: the page says what to do" grep -Eq 'get more storage|waits? for room' "$W/h.html"

faulty badcloud "$CLOUD_IMAP_PORT" --drop-duplicates
to=$faulty_port
ferry dropped --format json
expect_exit "a cloud that drops" 1
missing=$(said .summary.missing)
check "it did drop some ($missing)" test "$missing" -gt 0
is "copied: what is there" "$(said '.summary | "\(.copied) \(.copied_octets)"')" "$(there dropped)"
is "and nothing else" "$(said '.summary.there | "\(.messages) \(.octets)"')" "$(there dropped)"
is "dates are told of those that are there" "$(said '.summary | .copied - (.internaldate_from | add)')" 0
raw status --work-dir "$W/work-dropped" --format json
is "the ledger says the same" "$(said '.jobs[0] | "\(.balance.copied.messages) \(.balance.copied.octets) \(.source.left.dropped.messages)"')" \
    "$(there dropped) $missing"
raw report --work-dir "$W/work-dropped" --report "$W/h.json"
is "and the customer's page" "$(jq -r '.sum | "\(.before.messages) \(.after.messages)"' "$W/h.json")" \
    "100 $(there dropped | cut -d' ' -f1)"
faulty_end

# ---- what is moved or deleted in the destination after its copy ----
servers_stop
SERVERS_SSL=yes start again
to=$CLOUD_IMAPS_PORT
fill gone --clean --count 20 --octets 100000
pf migrate gone
lost=$(find "$S/cloud/gone/Maildir" -path '*/cur/*' -type f -o -path '*/new/*' -type f | sort | head -3)
mkdir "$W/lost"
while read -r file; do mv "$file" "$W/lost/"; done <<<"$lost"
pf migrate gone
expect_exit "moved there since" 0
gone_is() { # NAME MESSAGES
    raw status --work-dir "$W/work-gone" --format json
    is "$1: status" "$(said '.jobs[0].balance | "\(.copied.messages) \(.gone_since.messages)"')" "20 $2"
    raw report --work-dir "$W/work-gone" --report "$W/h.json" --report "$W/h.html" --report "$W/h.csv" --report "$W/h.xlsx" --lang en
    is "$1: the customer's page" "$(jq -r '.sum | "\(.after.messages) \(.gone_since.messages)"' "$W/h.json")" "20 $2"
    check "$1: csv" "$LIB_HERE/handover_check.py" csv "$W/h.csv" "$W/h.json"
    check "$1: xlsx" "$LIB_HERE/handover_check.py" xlsx "$W/h.xlsx" "$W/h.json"
}
gone_is "moved there since" 3
check "moved there since: a person reads it" grep -q '3 copied messages are no longer in the new mailbox' "$W/h.html"
check "moved there since: among the sums, too" grep -q 'of these no longer there: moved or deleted since' "$W/h.html"
raw report --work-dir "$W/work-gone"
check "moved there since: report" grep -Eq 'no longer there +3 .*moved or deleted there since' "$W/out"
pf verify gone
expect_exit "moved there since: verify" 1
gone_is "moved there since, verified" 3
check "its advice promises no second copy" grep -q 'is not copied again' "$W/h.html"
mv "$W"/lost/* "$S/cloud/gone/Maildir/cur/"
pf verify gone
expect_exit "put back there: verify finds them" 0
gone_is "put back there" 0
