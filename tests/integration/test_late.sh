#!/usr/bin/env bash
# A destination that is slow: the line is cut in place of an answer, and what it had taken is stored long after popferry
# has looked for it and sent it again. Then it is there twice, and that is said: in this run or the next one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=no start servers
from=$LEGACY_POP3_PORT

# slow USER MESSAGES FAULTS...: the cloud from now on, and mail for $user.
slow() {
    user=$1
    fill "$user" --count "$2" --octets $(($2 * 4000)) --seed "${#user}"
    faulty badcloud "$CLOUD_IMAP_PORT" "${@:3}"
    to=$faulty_port
}
verify() {
    raw verify --from "pop3://$user@localhost:$from" --to "imap://$user@localhost:$to" --allow-plaintext \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-$user" --format json
}
told() { # report | status
    raw "$1" --work-dir "$W/work-$user" --format json
}
cloud_file() { # UID
    local name
    name=$(awk -v uid="$1" 'NR > 1 && $1 == uid { print $NF }' "$S/cloud/$user/Maildir/dovecot-uidlist" | tr -d :)
    find "$S/cloud/$user/Maildir"/{cur,new} -name "${name%%:*}*"
}
# named NAME COUNT: the last run (JSON) ended with 1, and names so many that are there twice, each by UID and Message-ID.
named() {
    says "$1" 1 '[.summary.doubled, ([.messages[] | select(.verdict == "doubled") |
        select((.reason | test("UID [0-9]+.* and, later, UID [0-9]+")) and .message_id != "" and .subject != "")] | length)]' "[$2,$2]"
}

# ---- it comes while popferry still waits ----
in_time() {
    local name="stored while popferry looks for it"
    slow early 5 --late-ms 1000
    ferry "$user" --format json
    says "$name" 0 '[.summary.copied + .summary.recovered, .summary.doubled]' '[5,0]'
    exact "$name: exactly once" "$user"
    check "$name: it did happen" test "$(faults late:)" = 2
}

# ---- it comes after it was sent again ----
in_the_run() {
    local name="stored after it was sent again" uid
    slow after 5 --late-appends 1
    ferry "$user" --format json
    named "$name: named" 5
    check "$name: it did happen" test "$(faults late:)" = 2
    check "$name: nothing was removed" test "$(arrived "$user")" = 10
    verify
    says "$name: verify agrees" 1 '[.summary.agreed, .summary.doubled]' '[5,5]'
    told report
    says "$name: report names them" 0 '[.jobs[0].doubled[] | .uid > .kept_uid and .same_bytes] | [length, all]' '[5,true]'
    told status
    says "$name: status counts them" 0 '.jobs[0].doubled' '5'
    ferry "$user" --format json
    named "$name: the next run names them again" 5
    check "$name: and sends nothing" test "$(arrived "$user")" = 10

    told report
    for uid in $(jq '.jobs[0].doubled[].uid' "$W/out"); do
        rm "$(cloud_file "$uid")"
    done
    ferry "$user" --format json
    says "$name: the later ones removed by hand: all is well" 0 '[.summary.doubled, .summary.gone_since]' '[0,0]'
    verify
    says "$name: and verify says so" 0 '[.summary.agreed, .summary.doubled]' '[5,0]'
}

# The other of the two may be removed as well.
other_removed() {
    local name="the earlier ones removed by hand" uid
    slow other 3 --late-appends 1
    ferry "$user" --format json
    named "$name" 3
    told report
    for uid in $(jq '.jobs[0].doubled[].kept_uid' "$W/out"); do
        rm "$(cloud_file "$uid")"
    done
    ferry "$user" --format json
    says "$name: all is well" 0 '[.summary.doubled, .summary.gone_since, .summary.copied]' '[0,0,0]'
    verify
    says "$name: and verify says so" 0 '[.summary.agreed, .summary.doubled]' '[3,0]'
}

# ---- it comes when the run has ended, or was killed ----
stored() {
    [[ $(faults late:) == 2 ]]
}
in_the_next_run() {
    local name="stored when the run is over"
    slow next 5 --late-ms 20000
    ferry "$user" --format json
    says "$name: this run cannot know" 0 '.summary.doubled' 0
    await stored
    ferry "$user" --format json
    named "$name: the next one names it" 5
    check "$name: and sends nothing" test "$(arrived "$user")" = 10
}
killed() {
    local name="stored when the run was killed"
    slow killed 5 --late-ms 12000
    "$POPFERRY" migrate --from "pop3://$user@localhost:$from" --to "imap://$user@localhost:$to" --allow-plaintext \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-$user" >"$W/out" 2>"$W/err" &
    await_arrived "$user" 5 $!
    kill -KILL $!
    wait $! 2>/dev/null
    await stored
    ferry "$user" --format json
    named "$name: the next one names it" 5
    check "$name: and sends nothing" test "$(arrived "$user")" = 10
}

# ---- where the same Message-ID stands on another message, that is no second copy ----
another() {
    local name="another message of the same Message-ID" id
    slow another 3 --swallow-first 1 --swallow-before
    id=$(grep -ahoEi -m1 '^Message-ID: <[^>]*>' "$S/legacy/$user/Maildir/new"/* | head -1)
    (
        await_text "$faulty_log" '^swallow'
        printf '%s\r\nFrom: somebody@else\r\nSubject: another\r\n\r\nanother\r\n' "$id" >"$W/another"
        servers_own "$W/another"
        mv "$W/another" "$S/cloud/$user/Maildir/new/1.another"
    ) &
    ferry "$user" --format json
    wait $!
    says "$name" 0 '[.summary.copied, .summary.doubled]' '[3,0]'
}

aside in_time in_the_run other_removed in_the_next_run killed another
