#!/usr/bin/env bash
# A destination that does with duplicates what is said of Gmail: whatever has the Message-ID of a message that is there is
# answered OK, and not stored. That is noticed at once, said in so many words, kept, and not tried again in each run.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=no start servers
from=$LEGACY_POP3_PORT

# message USER NAME MESSAGE-ID BODY
message() {
    printf 'Message-ID: %s\r\nFrom: taro@example.jp\r\nDate: Mon, 3 Mar 2014 10:00:00 +0900\r\nSubject: %s\r\n\r\n%s\r\n' "$3" "$2" "$4" \
        >"$S/legacy/$1/Maildir/new/1.$2"
    servers_own "$S/legacy/$1/Maildir/new/1.$2"
}
verify_or_delete() { # COMMAND [OPTIONS...]
    raw "$1" --from "pop3://$user@localhost:$from" --to "imap://$user@localhost:$to" --allow-plaintext \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-$user" --format json "${@:2}"
}

# ---- by what the answer says ----
kind() { # gone | old | label
    local name="Gmail, $1" left
    user=g$1
    fill "$user" --count 20 --octets 60000
    message "$user" first '<the.same@x>' 'one thing'
    message "$user" second '<the.same@x>' 'another thing'
    faulty badcloud "$CLOUD_IMAP_PORT" --gmail "$1"
    to=$faulty_port
    ferry "$user" --format json
    says "$name: the one that was swallowed is named" 1 \
        '[.summary.copied, .summary.refused, .summary.swallowed, .summary.quarantined_now, .summary.missing]' '[21,1,1,1,0]'
    says "$name: in these words" 1 '[.messages[] | select(.verdict == "swallowed") | [.message_id, .attention,
        (.reason | test("^Gmail took it for a duplicate of UID [0-9]+, by its Message-ID, and did not store it"))]]' '[["<the.same@x>",true,true]]'
    check "$name: nothing was used that is not offered" test "$(faults bad)" = 0
    check "$name: it lies in quarantine" test "$(find "$W/work-$user/quarantine" -type f -path '*/cur/*' | wc -l)" = 1

    ferry "$user" --format json
    says "$name: the next run names it, and sends nothing" 1 '[.summary.copied, .summary.quarantined, .summary.swallowed]' '[0,1,1]'
    raw report --work-dir "$W/work-$user" --format json
    says "$name: report" 0 '[.jobs[0].summary.swallowed, ([.jobs[0].messages[] | select(.state == "quarantined" and (.reason | test("^Gmail took it")))] | length)]' '[1,1]'
    raw status --work-dir "$W/work-$user" --format json
    says "$name: status" 0 '.jobs[0].swallowed' 1
    ferry "$user" --format json --retry-quarantined
    says "$name: tried again when asked to, to no other end" 1 '[.summary.copied, .summary.swallowed, .summary.quarantined_now]' '[0,1,1]'

    verify_or_delete verify
    says "$name: verify agrees" 1 '[.summary.pending, .summary.missing, .summary.altered]' '[1,0,0]'
    verify_or_delete delete --yes
    left=$(grep -l -r 'thing' "$S/legacy/$user/Maildir"/{cur,new} | wc -l)
    check "$name: delete leaves it ($left) where it is" test "$left" = 1
    check "$name: that is the one that is not there" bash -c '! grep -qF "$(grep -rhF thing "$1" | tr -d "\r")" -r "$2"' - \
        "$S/legacy/$user/Maildir" "$S/cloud/$user/Maildir"
}
gone() {
    kind gone
}
old() {
    kind old
}
label() {
    # The cloud behind this one stores it all the same, so that what is there cannot be judged.
    local name="Gmail, label"
    user=glabel
    fill "$user" --count 5 --octets 20000
    message "$user" first '<the.same@x>' 'one thing'
    message "$user" second '<the.same@x>' 'another thing'
    faulty badcloud "$CLOUD_IMAP_PORT" --gmail label
    to=$faulty_port
    ferry "$user" --format json
    says "$name: one that stands under the other's X-GM-MSGID" 1 '[.summary.copied, .summary.swallowed]' '[6,1]'
}

# ---- nothing is a duplicate: nothing is said ----
plain() {
    local name="Gmail, all different"
    user=gplain
    fill "$user" --count 30 --octets 300000
    faulty badcloud "$CLOUD_IMAP_PORT" --gmail gone
    to=$faulty_port
    ferry "$user" --format json
    says "$name" 0 '[.summary.swallowed, .summary.refused]' '[0,0]'
    exact "$name: exactly once" "$user"
    quiet_again "$name" "$user"
}
# The line is cut in place of answers: what is not looked at stays on its way until the next session.
cut() {
    local name="Gmail, answers swallowed"
    user=gcut
    fill "$user" --count 30 --octets 300000
    faulty badcloud "$CLOUD_IMAP_PORT" --gmail gone --swallow-percent 6 --seed 24
    to=$faulty_port
    again 4 20 ferry "$user"
    expect_exit "$name: done after $runs runs" 0
    exact "$name: exactly once" "$user"
    check "$name: it did happen" test "$(faults swallow)" -gt 0
    faulty badcloud "$CLOUD_IMAP_PORT" --gmail gone --expire-every 25
    to=$faulty_port
    user=gexpire
    fill "$user" --count 60 --octets 300000
    again 4 20 ferry "$user"
    expect_exit "Gmail, sessions that expire: done after $runs runs, two of another's Message-ID" 1
    left_out "Gmail, sessions that expire: all others exactly once" "$user" 2
}
# What is there already, of another sender, and has the Message-ID.
before() {
    local name="Gmail, a message that was there before" id
    user=gbefore
    fill "$user" --count 5 --octets 20000
    faulty badcloud "$CLOUD_IMAP_PORT" --gmail gone
    to=$faulty_port
    message "$user" first '<was.there@x>' 'one thing'
    ferry "$user"
    rm -rf "$W/work-$user" "$S/legacy/$user/Maildir"/{cur,new}/1.first*
    message "$user" second '<was.there@x>' 'another thing'
    ferry "$user" --format json
    says "$name" 1 '[.summary.copied, .summary.present, .summary.swallowed, .summary.missing]' '[0,5,1,0]'
}

aside gone old label plain cut before
