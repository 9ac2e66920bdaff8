#!/usr/bin/env bash
# A destination whose answers are not true: it says OK and has stored nothing, NO and has stored it, names the UID of another
# message, or gives less of a header than it holds. No message is lacking, or there twice, without a word.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=no start servers
from=$LEGACY_POP3_PORT to=$CLOUD_IMAP_PORT

cloud() {
    faulty badcloud "$CLOUD_IMAP_PORT" "$@"
    to=$faulty_port
}
verify() {
    raw verify --from "pop3://$user@localhost:$from" --to "imap://$user@localhost:$to" --allow-plaintext \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-$user" --format json
}
mailbox() { # USER MESSAGES
    user=$1
    fill "$user" --count "$2" --octets $(($2 * 2000)) --seed "${#user}"
}
uidvalidity() {
    sed -n '1s/^3 V\([0-9]*\) .*/\1/p' "$S/cloud/$user/Maildir/dovecot-uidlist"
}

# ---- OK, and not stored ----
# dropped USER UID: the third message is answered OK with this UID, and not stored.
dropped() {
    local name="OK to what is not stored, under UID $2"
    mailbox "$1" 8
    ferry "$user" --limit 2
    printf 'x1 APPEND => %%T OK [APPENDUID %s %s] Append completed.\\r\\n\n' "$(uidvalidity)" "$2" >"$W/script"
    cloud --no-multiappend --script "$W/script"
    ferry "$user" --connections 1
    expect_exit "$name" 1
    check "$name: it did happen" test "$(faults script)" = 1
    check "$name: what is lacking is told" grep -Eq 'messages more than it holds|does not hold it|not there' "$W/out"
    ferry "$user"
    expect_exit "$name: the next run" 0
    exact "$name: the next run brings what is lacking, once" "$user"
}
ok_not_stored() {
    dropped okold 1  # another message's, of an earlier run
    dropped oknext 3 # the next one gets it
    dropped okahead 5 # one that comes later gets it
    dropped okfar 99 # nobody has it
}

# ---- NO, and stored ----
denied() { # NAME USER MESSAGES HOW-MANY-TWICE FAULTS...
    local name=$1
    mailbox "$2" "$3"
    cloud "${@:5}" --deny-first 1
    ferry "$user" --format json
    says "$name: those that are there twice are named" 1 \
        '[.summary.doubled, ([.messages[] | select(.verdict == "doubled" and .message_id != "")] | length)]' "[$4,$4]"
    check "$name: it did happen" test "$(faults deny)" = 1
    verify
    says "$name: verify" 1 '[.summary.agreed, .summary.doubled]' "[$3,$4]"
}
no_but_stored() {
    denied "NO to a MULTIAPPEND that is stored" nomulti 20 20
    denied "NO to a MULTIAPPEND that is stored, no UIDs told" nouids 20 20 --no-uidplus
    local name="NO to a message that is stored"
    mailbox nosingle 5
    cloud --no-multiappend --deny-first 1
    ferry "$user" --connections 1
    expect_exit "$name" 1 ''
    check "$name: it is named, with the server's words" grep -q 'refused: .*Internal error' "$W/out"
    exact "$name: none is there twice" "$user"
}

# ---- less of a header than there is ----
# poor USER WHAT HEADER: the header of UID 2 is told so; there is no ledger.
poor() {
    local name="a header of which $2 is told" fields='BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]' row n
    user=$1
    for n in 1 2 3; do
        mkdir -p "$(servers_maildir "$S" legacy "$user")"/{cur,new,tmp}
        printf 'Message-ID: <%s@x>\nFrom: a@x\nDate: Tue, 3 Nov 2015 10:00:00 +0900\nSubject: s%s\nTo: b@x\n\nbody %s\n' $n $n $n \
            >"$S/legacy/$user/Maildir/new/$n"
    done
    servers_own "$S/legacy/$user/Maildir"
    to=$CLOUD_IMAP_PORT
    ferry "$user"
    rm -rf "$W/work-$user"
    printf -v row '* 2 FETCH (UID 2 RFC822.SIZE 120 INTERNALDATE "03-Nov-2015 10:00:00 +0900" FLAGS () %s %s)\\r\\n' "$fields" "$3"
    printf 'UID FETCH 1:* (UID RFC822.SIZE => %s%%T OK done\\r\\n\nUID FETCH 1:3 (UID RFC822.SIZE => %s%%T OK done\\r\\n\nUID FETCH 1,3 (UID RFC822.SIZE => %%T OK done\\r\\n\nUID FETCH 2 (UID RFC822.SIZE => %s%%T OK done\\r\\n\n' \
        "$row" "$row" "$row" >"$W/script"
    cloud --script "$W/script"
    ferry "$user"
    expect_exit "$name" 0
    check "$name: it did happen" test "$(faults script)" -gt 0
    check "$name: nothing is copied again ($(arrived "$user"))" test "$(arrived "$user")" = 3
    verify
    says "$name: verify" 0 '[.summary.agreed, .summary.doubled]' '[3,0]'
}
headers() {
    poor empty "nothing (NIL)" NIL
    poor quoted "nothing (an empty string)" '""'
    poor ended "nothing but its end" '{2}\r\n\r\n'
    poor subject "all but the Subject" '{70}\r\nMessage-ID: <2@x>\r\nFrom: a@x\r\nDate: Tue, 3 Nov 2015 10:00:00 +0900\r\n\r\n'
    poor nameless "all but the Message-ID" '{64}\r\nFrom: a@x\r\nDate: Tue, 3 Nov 2015 10:00:00 +0900\r\nSubject: s2\r\n\r\n'
}

aside ok_not_stored no_but_stored headers
