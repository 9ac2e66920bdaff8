#!/usr/bin/env bash
# What servers really gave, and doors that did not open: each fault as data (lines_script.h), before real servers. Nothing
# that was not the whole message counts as copied, and nothing of it goes from the source.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=no start servers
to=$CLOUD_IMAP_PORT

# put USER NAME < MESSAGE: into the source's mailbox, in the order of names.
put() {
    local maildir
    maildir=$(servers_maildir "$S" legacy "$1")
    mkdir -p "$maildir"/{cur,new,tmp}
    cat >"$maildir/new/$2"
    servers_own "$maildir"
}
# letter N [LINE...]: a plain message.
letter() {
    printf 'Message-ID: <%s@example.jp>\nFrom: Taro <taro@example.jp>\nDate: Tue, 3 Nov 2015 10:00:00 +0900\nSubject: letter %s\n\nbody %s\n' "$1" "$1" "$1"
    printf '%s\n' "${@:2}"
}
# ferry_to COMMAND [OPTIONS]: for $user from $from to $to.
run() {
    raw "$1" --from "pop3://$user@localhost:$from" --to "imap://$user@localhost:$to" --allow-plaintext \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-$user" "${@:2}"
}
source_odd() { faulty oldpop "$LEGACY_POP3_PORT" "$@" && from=$faulty_port; }
cloud_odd() { faulty badcloud "$CLOUD_IMAP_PORT" "$@" && to=$faulty_port; }
on_source() { find "$S/legacy/$user/Maildir"/{new,cur} -type f 2>/dev/null | wc -l; }
still_there() { # NAME TEXT: a message with it stands on the source
    check "$1" grep -rqF -- "$2" "$S/legacy/$user/Maildir"
}
whole_there() { # NAME TEXT...: the destination holds messages with each of these
    local text
    for text in "${@:2}"; do
        check "$1 ($text)" grep -rqF -- "$text" "$S/cloud/$user/Maildir"
    done
}

# ---- the source ends a message too early ----
# dotted USER REST-LINE...: letters 1, 3 and 4, and between them one with a lone dot and these lines behind it.
dotted() {
    user=$1
    put "$user" 1 < <(letter 1)
    put "$user" 2 < <(letter 2 '.' "${@:2}")
    put "$user" 3 < <(letter 3)
    put "$user" 4 < <(letter 4 'of the same size as 3 and 1? no')
}
lone_dot() { # NAME USER REST...
    local name="a lone dot, then $1"
    dotted "$2" "${@:3}"
    source_odd --unstuffed
    run migrate --max-wait 5
    expect_exit "$name" 1
    check "$name: it is named" grep -q 'too early' "$W/out"
    whole_there "$name: the others are there" 'body 1' 'body 3' 'body 4'
    check "$name: none twice" test "$(grep -rlF 'body 3' "$S/cloud/$user/Maildir" | wc -l)" = 1
    run verify --max-wait 5
    expect_exit "$name: verify" 1
    run delete --yes --max-wait 5
    still_there "$name: it stays on the source" 'body 2'
    source_odd
    run migrate
    expect_exit "$name: the source stuffs dots at last" 0
    check "$name: the whole message is there" test "$(grep -rlF 'the very end' "$S/cloud/$user/Maildir" | wc -l)" = 1
    check "$name: the others are there once" test "$(grep -rlF 'body 3' "$S/cloud/$user/Maildir" | wc -l)" = 1
}
lone_dots() {
    lone_dot "text" dottext 'more of it' 'the very end'
    lone_dot "what looks like a reply" dotok '+OK 10 octets' 'Subject: forged' '' 'forged' 'the very end'
    lone_dot "what looks like a refusal" doterr '-ERR no such message' 'the very end'
    lone_dot "more lone dots" dotdots '+OK' '.' '+OK' '.' 'the very end'
    lone_dot "an empty line" dotempty '' 'the very end'
}

# ---- notes in place of mail, and messages cut short ----
note() { # FROM SUBJECT
    printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset="utf-8"\nFrom: %s\nSubject: %s\nDate: Tue, 3 Nov 2015 10:00:00 +0900\n\nThe server could not give it.\n' "$1" "$2"
}
stand_ins() {
    local name="notes in place of mail"
    user=notes
    put "$user" 1 < <(letter 1)
    put "$user" 2 < <(note 'Microsoft Exchange Server 2010' 'Retrieval using the POP3 protocol failed for the following message: 2')
    put "$user" 3 < <(note 'Microsoft Exchange Server 2016' '=?utf-8?B?UE9QMyDjg5fjg63jg4jjgrPjg6vjgafjga7lj5blvpfjgavlpLHmlZfjgZfjgb7jgZfjgZ86IDM=?=')
    put "$user" 4 < <(note 'Taro <taro@example.jp>' 'Re: Retrieval using the POP3 protocol failed for the following message: 2' | sed '1i Message-ID: <q@example.jp>')
    put "$user" 5 < <(note 'Taro <taro@example.jp>' 'settings of POP3: 110' | sed '1i Message-ID: <r@example.jp>')
    source_odd
    run migrate
    expect_exit "$name" 1
    check "$name: both are named" test "$(grep -c 'cannot give this message' "$W/out")" -ge 2
    check "$name: what people wrote about them is mail" test "$(arrived "$user")" = 3
    run delete --yes
    check "$name: they stay on the source ($(on_source))" test "$(on_source)" = 2
}
multipart() { # LINES
    printf 'Message-ID: <m@example.jp>\nFrom: Taro <taro@example.jp>\nSubject: parts\nDate: Tue, 3 Nov 2015 10:00:00 +0900\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n'
    yes QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD | head -"$1"
    printf '\n--bb--\n'
}
cut_short() {
    local name="RETR ends before the last boundary"
    user=short
    put "$user" 1 < <(multipart 400)
    put "$user" 2 < <(letter 2)
    printf 'RETR 1 => +OK\\r\\n%s.\\r\\n\n' "$(multipart 400 | head -60 | sed 's/$/\\r\\n/' | tr -d '\n')" >"$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name" 1
    check "$name: it is named" grep -q 'in a part whose end is missing' "$W/out"
    check "$name: the other is there, it is not" test "$(arrived "$user")" = 1
    run delete --yes
    check "$name: it stays on the source" test "$(on_source)" = 1
    source_odd
    run migrate
    expect_exit "$name: given whole at last" 0
    exact_two "$name: it is there once"
}
# What shows nothing else against itself is copied and named, and stays on the source until it was given whole.
shorter() { # NAME USER GIVEN-LINES
    local name=$1 i
    user=$2
    for i in 1 3 4; do put "$user" "$i" < <(letter "$i"); done
    put "$user" 2 < <(letter 2 $(seq 1000 1300))
    printf 'RETR 2 => +OK\\r\\n%s.\\r\\n\n' "$(letter 2 $(seq 1000 1300) | head -"$3" | sed 's/$/\\r\\n/' | tr -d '\n')" >"$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name" 1
    check "$name: it is named" grep -Eq 'lists [0-9]+ octets,? and gave' "$W/out"
    check "$name: the others are there" test "$(grep -rlE 'body [134]' "$S/cloud/$user/Maildir" | wc -l)" = 3
    run verify
    expect_exit "$name: verify" 1
    run migrate
    expect_exit "$name: given so again" 1
    check "$name: it is named again" grep -Eq 'lists [0-9]+ octets,? and gave' "$W/out"
    run delete --yes
    expect_exit "$name: delete" 1
    still_there "$name: it stays on the source" 'body 2'
    source_odd
    run migrate
    expect_exit "$name: given whole at last" 0
    whole_there "$name: it is there" 1300
    run delete --yes
    expect_exit "$name: and may go" 0
    check "$name: nothing is left on the source" test "$(on_source)" = 0
}
cut_plain() {
    shorter "half a message without parts" shorttext 150
    shorter "a header and no body" shorthead 5
    shorter "nothing at all" shortnone 0
}
# Nothing of the last message is known to be whole before what follows it.
late_rest() {
    local name="the rest of the last message comes late"
    user=laterest
    put "$user" 1 < <(letter 1)
    printf 'RETR 2 => +OK\\r\\n%s.\\r\\n\nNOOP => the very end\\r\\n.\\r\\n+OK\\r\\n\n' \
        "$(letter 2 | sed 's/$/\\r\\n/' | tr -d '\n')" >"$W/script"
    put "$user" 2 < <(letter 2 . 'the very end')
    source_odd --script "$W/script"
    run migrate --max-wait 5
    expect_exit "$name" 1
    check "$name: it is named" grep -q 'too early' "$W/out"
    run delete --yes --max-wait 5
    still_there "$name: it stays on the source" 'the very end'
}
# STAT counts one that no list names.
not_listed() {
    local name="a message that is counted and not listed"
    user=notlisted
    put "$user" 1 < <(letter 1)
    put "$user" 2 < <(letter 2)
    echo 'STAT => +OK 3 500\r\n' >"$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name" 1
    check "$name: it is told" grep -q 'counts 1 more (STAT)' "$W/out"
    exact_two "$name: the others are there"
    run verify --format json
    says "$name: verify" 1 '[.summary.agreed, .summary.unlisted, .agree]' '[2,1,false]'
    source_odd
    run migrate
    expect_exit "$name: not any more" 0
}
exact_two() { check "$1" test "$(arrived "$user")" = 2; }

# ---- a limit on what may be fetched ----
six() {
    local i
    user=$1
    for i in 1 2 3 4 5 6; do put "$user" "$i" < <(letter "$i"); done
}
limited() { # USER WORDS
    local name="the source gives no more for now: $2"
    six "$1"
    printf 'RETR %s => -ERR %s\\r\\n\n' 3 "$2" 4 "$2" 5 "$2" 6 "$2" >"$W/script"
    source_odd --script "$W/script"
    run migrate --max-wait 3
    expect_exit "$name" 4 "$2"
    check "$name: what it gave is there" test "$(arrived "$user")" = 2
    check "$name: no message is named" bash -c '! grep -q unreadable "$1"' - "$W/out"
    run verify --max-wait 3
    expect_exit "$name: verify" 1
    source_odd
    run migrate
    expect_exit "$name: the next day" 0
    check "$name: all are there" test "$(arrived "$user")" = 6
}
limits() {
    local name="one message is refused with words about a limit"
    limited limit1 'Download exceed'
    limited limit2 'Daily POP3 bandwidth quota reached, try again tomorrow'
    limited limit3 'Too many retrievals'
    limited limit4 'ダウンロードの上限に達しました'
    six limit5
    echo 'RETR 3 => -ERR Download exceed\r\n' >"$W/script"
    source_odd --script "$W/script"
    run migrate --max-wait 3
    expect_exit "$name" 1
    check "$name: it is named" grep -q 'unreadable.*RETR 3: Download exceed' "$W/out"
    check "$name: the others are there" test "$(arrived "$user")" = 5
    name="messages that are too large to be given"
    six limit6
    printf 'RETR %s => -ERR message size exceeds the limit\\r\\n\n' 3 4 5 >"$W/script"
    source_odd --script "$W/script"
    run migrate --max-wait 3
    expect_exit "$name" 1
    check "$name: they are named" test "$(grep -c 'unreadable.*message size exceeds' "$W/out")" = 3
    check "$name: the others are there" test "$(arrived "$user")" = 3
}

# ---- doors ----
empty_mailbox() {
    local answer name n=0
    for answer in '-ERR no messages in mailbox\r\n' '+OK 0 messages\r\n'; do
        name="an empty mailbox, LIST and UIDL answered \"$answer\""
        user=empty$((n++))
        servers_maildir "$S" legacy "$user" >/dev/null
        printf 'STAT => +OK 0 0\\r\\nLIST => %s\nUIDL => %s\n' "$answer" "$answer" | sed 's/\\r\\nLIST/\\r\\n\nLIST/' >"$W/script"
        source_odd --script "$W/script"
        run migrate
        expect_exit "$name" 0
        check "$name: neither was asked" test "$(faults 'script: [LU]I')" = 0
    done
}
signing_in() {
    local name
    user=signs
    put "$user" 1 < <(letter 1)
    name="AUTHENTICATE is not known"
    echo 'AUTHENTICATE => %T BAD Unknown command\r\n' >"$W/script"
    source_odd
    cloud_odd --script "$W/script"
    run migrate
    expect_exit "$name: signed in by LOGIN" 0
    name="PLAIN is not known"
    echo 'AUTHENTICATE PLAIN => %T NO Unsupported authentication mechanism\r\n' >"$W/script"
    cloud_odd --script "$W/script"
    run migrate
    expect_exit "$name: signed in another way" 0
    check "$name: PLAIN was tried once" test "$(faults script)" = 1
    name="a wrong password"
    echo 'AUTHENTICATE => %T NO [AUTHENTICATIONFAILED] no such mechanism for you\r\n' >"$W/script"
    cloud_odd --script "$W/script"
    run migrate
    expect_exit "$name" 3 'no such mechanism for you'
    check "$name: it was tried once" test "$(faults script)" = 1
    to=$CLOUD_IMAP_PORT
    name="+ERR"
    printf 'AUTH => +ERR go away, says the server\\r\\n\nPASS => +ERR go away, says the server\\r\\n\n' >"$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name: the server's own words" 3 'go away, says the server'
    name="AUTH PLAIN in two lines"
    echo 'AUTH PLAIN AHNpZ25z => -ERR Protocol error. 19\r\n' >"$W/script"
    sed -i "s/AHNpZ25z/$(printf '\0%s\0%s' "$user" "$(<"$W/password")" | base64 -w0 | sed 's/[&/\]/\\&/g')/" "$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name" 0
    check "$name: it did happen" test "$(faults script)" = 1
    name="replies that begin with an empty line"
    printf 'STAT => \\r\\n+OK 1 100\\r\\nUIDL => \\r\\n+OK\\r\\n1 abc\\r\\n.\\r\\n' | sed 's/\\r\\nUIDL/\\r\\n\nUIDL/' >"$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name" 0
    check "$name: it did happen" test "$(faults script)" = 2
}
who_are_you() {
    local name="SELECT wants ID first"
    user=netease
    put "$user" 1 < <(letter 1)
    source_odd
    printf 'x1 ID => * ID NIL\\r\\n%%T OK done\\r\\n' >"$W/script"
    cloud_odd --script "$W/script"
    run migrate
    expect_exit "$name" 0
    check "$name: ID was sent" test "$(faults 'script: ID')" = 1
}
beyond_the_last() {
    local name="UID FETCH beyond the last message is BAD"
    user=beyond
    put "$user" 1 < <(letter 1)
    put "$user" 2 < <(letter 2)
    source_odd
    echo 'UID FETCH 3:* => %T BAD The specified message set is invalid.\r\n' >"$W/script"
    cloud_odd --script "$W/script"
    run migrate
    expect_exit "$name: the first run" 0
    put "$user" 3 < <(letter 3)
    run migrate
    expect_exit "$name: the second run" 0
    check "$name: it did happen" test "$(faults script)" = 1
    rm -rf "$W/work-$user"
    name="UID FETCH leaves a message out"
    echo 'x1 UID FETCH 1:* => * 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE "03-Nov-2015 10:00:00 +0900" FLAGS () BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)] NIL)\r\n%T OK done\r\n' >"$W/script"
    cloud_odd --script "$W/script"
    run migrate
    expect_exit "$name" 0
    check "$name: it did happen" test "$(faults script)" = 1
    check "$name: nothing was copied again" test "$(arrived "$user")" = 3
}

# verify asks for what a FETCH leaves out, and does not call that missing.
# asked NAME LEVEL EXIT COUNT WORDS RULE...: verify at this level of three messages, the destination being so; the rules
# are heeded so often.
asked() {
    local name="$1: verify by $2"
    user=asked$((asked_count++))
    put "$user" 1 < <(letter 1)
    put "$user" 2 < <(letter 2)
    put "$user" 3 < <(letter 3)
    printf '%s\\r\\n\n' "${@:6}" >"$W/script"
    source_odd
    cloud_odd --script "$W/script"
    run migrate
    run verify --level "$2"
    expect_exit "$name" "$3" "$5"
    check "$name: nothing is called missing" bash -c '! grep -q "^ *missing" "$1"' - "$W/out"
    check "$name: it did happen" test "$(faults script)" = "$4"
}
verify_asks_again() {
    local level asked_count=0
    for level in content headers count; do
        asked "UID FETCH leaves messages out" $level 0 1 '' 'x1 UID FETCH 1:* => %T OK done'
        asked "no FETCH tells of a message" $level $([[ $level == headers ]] && echo 1 || echo 0) 3 'lists 1 of its messages' \
            'UID FETCH 1:* => %T OK done' 'UID FETCH 1:3 (UID RFC822.SIZE => %T OK done' 'UID FETCH 2 (UID RFC822.SIZE => %T OK done'
    done
    asked "UID FETCH is BAD" content 0 1 '' 'x1 UID FETCH 1:* => %T BAD The specified message set is invalid.'
}

# ---- a lost OK of a destination that rewrites what it stores ----
three() { # USER DAY...: three letters, each of its day
    local n=0 day
    user=$1
    for day in "${@:2}"; do
        n=$((n + 1))
        put "$user" "$n" < <(letter "$n" | sed "s/3 Nov 2015/$day Nov 2015/")
    done
}
lost_and_rewritten() {
    local name="a lost OK, Message-IDs rewritten"
    three lost1 3 4 5
    source_odd
    cloud_odd --rewrite --swallow-first 1
    run migrate --max-wait 20
    expect_exit "$name" 0 'by their date and size alone'
    check "$name: it did happen" test "$(faults swallow)" = 1
    check "$name: none is there twice ($(arrived "$user"))" test "$(arrived "$user")" = 3
    name="a lost OK, Message-IDs rewritten, all of one date"
    three lost2 3 3 3
    cloud_odd --rewrite --swallow-first 1
    run migrate --max-wait 20
    expect_exit "$name" 0 'by their date and size alone'
    check "$name: none is there twice ($(arrived "$user"))" test "$(arrived "$user")" = 3
    name="a lost OK, mail without header fields"
    user=lost3
    put "$user" 1 < <(printf 'no header 1\n\nbody\n')
    put "$user" 2 < <(printf 'no header at all 2\n\nbody of 2\n')
    cloud_odd --rewrite --swallow-first 1
    run migrate --max-wait 20
    check "$name: none is there twice ($(arrived "$user"))" test "$(arrived "$user")" = 2
}
in_doubt() {
    local name="a lost OK, rewritten, and not all of it is there"
    three doubt 3 3 4
    source_odd
    cloud_odd --rewrite --swallow-first 1 --no-multiappend
    run migrate --max-wait 20 --connections 1 --format json
    says "$name" 1 '[.summary.in_doubt, .summary.copied]' '[2,1]'
    check "$name: what may be there is named, and not sent again ($(arrived "$user"))" test "$(arrived "$user")" = 2
    run migrate
    expect_exit "$name: the next run" 1
    check "$name: it says what it is" grep -q 'in-doubt: .*was sent, and its answer was lost.*--retry-quarantined' "$W/out"
    raw report --work-dir "$W/work-$user" --format json
    says "$name: the sums of report" 0 '[.jobs[0].summary.balance | .copied, .duplicates, .waiting | .messages]' '[1,0,2]'
    run plan
    expect_exit "$name: plan" 0
    check "$name: plan says so, too" test "$(grep -c ' in-doubt ' "$W/out")" = 2
    run verify
    expect_exit "$name: verify" 1
    check "$name: verify says why" test "$(grep -c 'in doubt: it was sent, and its answer was lost' "$W/out")" = 2
    run delete --yes
    check "$name: they stay on the source ($(on_source))" test "$(on_source)" -ge 2
    check "$name: still no more there" test "$(arrived "$user")" = 2
    run migrate --retry-quarantined
    expect_exit "$name: the user's word sends them" 1
    check "$name: the one that was there is there twice, and named" grep -q 'stands in the destination twice' "$W/out"
    check "$name: all are there, one of them twice" test "$(arrived "$user")" = 4
}

# ---- a mailbox that cannot be opened ----
# refused_for NAME ANSWER EXIT WORDS: each command says why, with this exit code, and creates nothing.
refused_for() {
    local command wait
    printf '%s => %%T %s\\r\\n\n' SELECT "$2" EXAMINE "$2" CREATE OK >"$W/script"
    cloud_odd --script "$W/script"
    for command in migrate plan estimate verify; do
        [[ $command == [mv]* ]] && wait=(--max-wait 5) || wait=()
        run "$command" --folder Opened "${wait[@]}"
        expect_exit "$1: $command" "$3" "$4"
    done
    check "$1: nothing was created" test "$(faults 'script: CREATE')" = 0
}
not_opened() {
    user=opened
    put "$user" 1 < <(letter 1)
    source_odd
    cloud_odd
    run migrate --folder Opened
    expect_exit "a mailbox is made" 0
    refused_for "no permission" 'NO [NOPERM] Permission denied' 3 'Permission denied'
    refused_for "in use" 'NO [INUSE] Mailbox in use by the backup' 4 'in use by the backup'
    refused_for "locked, without a code" 'NO Mailbox is locked by another session' 4 'locked by another session'
    refused_for "a server's bug" 'NO [SERVERBUG] Internal error occurred' 4 'Internal error occurred'
    refused_for "somebody is to be asked" 'NO [CONTACTADMIN] This mailbox is on hold' 3 'is on hold'
    refused_for "BAD" 'BAD Invalid state for this' 3 'Invalid state for this'
    refused_for "a code that nobody knows" 'NO [XHOLD] legal hold' 3 'legal hold'
    refused_for "unknown words" 'NO Failure 0x8004' 3 'Failure 0x8004'
}
said_in_words() {
    local name="a missing mailbox, told without a code"
    user=inwords
    put "$user" 1 < <(letter 1)
    source_odd
    printf '%s => %%T NO no such mailbox\\r\\n\n' 'EXAMINE "New"' 'x1 SELECT "New"' >"$W/script"
    cloud_odd --script "$W/script"
    run plan --folder New
    expect_exit "$name: plan" 0
    run migrate --folder New
    expect_exit "$name: migrate creates it" 0
    check "$name: it did happen" test "$(faults script)" = 2
    check "$name: the message is there" test "$(arrived "$user" /.New)" = 1
}
spelled_otherwise() {
    local name="the server knows only \"Inbox\""
    user=spelled
    put "$user" 1 < <(letter 1)
    source_odd
    cat >"$W/script" <<'END'
=SELECT "INBOX" => %T NO Unknown mailbox: INBOX\r\n
=EXAMINE "INBOX" => %T NO Unknown mailbox: INBOX\r\n
=APPEND "INBOX" => %T NO [TRYCREATE] Unknown mailbox: INBOX\r\n
=CREATE "INBOX" => %T NO Cannot create INBOX\r\n
=SELECT "INBOX/Sub" => %T NO [NONEXISTENT] Unknown mailbox: INBOX/Sub\r\n
=CREATE "INBOX/Sub" => %T NO Cannot create INBOX/Sub\r\n
LIST "" "INBOX" => %T OK none\r\n
LIST "" "%" => * LIST () "/" Inbox\r\n* LIST () "/" Sent\r\n%T OK done\r\n
END
    cloud_odd --script "$W/script"
    run migrate
    expect_exit "$name: migrate" 0
    run verify
    expect_exit "$name: verify" 0
    check "$name: INBOX was selected in vain, and never more than that" \
        test "$(faults 'script: SELECT "INBOX"') $(faults 'script: CREATE') $(faults 'script: APPEND')" = '1 0 0'
    check "$name: the message is there" test "$(arrived "$user")" = 1
    run migrate --folder INBOX/Sub --work-dir "$W/work-sub"
    expect_exit "$name: a folder in it" 0
    check "$name: that was made in the one that it knows" test "$(faults 'script: CREATE')" = 0
}

# ---- UIDLs that are used again ----
used_again() {
    local name="UIDLs used again, sizes the same"
    user=again
    put "$user" 1 < <(letter 1)
    put "$user" 2 < <(letter 2)
    put "$user" 3 < <(letter 3)
    printf 'UIDL => +OK\\r\\n1 aa\\r\\n2 bb\\r\\n3 cc\\r\\n.\\r\\n\n' >"$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name: the first run" 0
    run verify
    expect_exit "$name: verify finds nothing" 0
    rm -f "$S/legacy/$user/Maildir"/{new,cur}/*
    put "$user" 4 < <(letter 4)
    put "$user" 5 < <(letter 5)
    put "$user" 6 < <(letter 6)
    run migrate
    run verify
    expect_exit "$name: verify says so" 1
    check "$name: it says what to do" grep -q 'is another one: run popferry migrate again' "$W/out"
    run migrate
    expect_exit "$name: migrate copies them" 0
    check "$name: all are there" test "$(arrived "$user")" = 6
    run verify
    expect_exit "$name: verify again" 0
}

# The same message, in which another header field has changed on the source: no other message.
other_fields() {
    local name="another header field under the same UIDL"
    user=fields
    put "$user" 1 < <(letter 1 | sed '1i X-Note: one')
    printf 'UIDL => +OK\\r\\n1 aa\\r\\n.\\r\\n\n' >"$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name: the first run" 0
    rm -f "$S/legacy/$user/Maildir"/{new,cur}/*
    put "$user" 2 < <(letter 1 | sed '1i X-Note: two')
    run verify
    expect_exit "$name: the destination holds what was copied" 0
    check "$name: it is not called another message" bash -c '! grep -q "is another one" "$1"' - "$W/out"
    run delete --yes
    check "$name: delete says what it is" grep -q 'has other header fields on the source now' "$W/out"
    still_there "$name: it stays on the source" 'X-Note: two'
    run migrate
    expect_exit "$name: migrate again" 0
    check "$name: there is no second one" test "$(arrived "$user")" = 1
    run delete --yes
    still_there "$name: it is another copy, and stays" 'X-Note: two'
    run delete --yes --accept duplicates
    expect_exit "$name: it goes as what it is" 0
    check "$name: it is gone" test "$(on_source)" = 0
}

# A refusal right after the same account was accepted is told with that time, and is temporary.
refused_soon() {
    local name="a password that worked a moment ago"
    user=soon
    put "$user" 1 < <(letter 1)
    from=$LEGACY_POP3_PORT
    echo wrong >"$W/wrong"
    run migrate --from-password-file "$W/wrong" --max-wait 5
    expect_exit "$name: not yet" 3
    check "$name: nothing is said of it" test "$(grep -c 'was signed in to' "$W/err")" = 0
    run migrate
    expect_exit "$name: now" 0
    run migrate --from-password-file "$W/wrong" --max-wait 5
    expect_exit "$name: then" 4 'the same account was signed in to at [0-9][0-9]:[0-9][0-9]: unless its password was changed'
    run plan --to-password-file "$W/wrong"
    expect_exit "$name: the destination's, by plan" 3 'the same account was signed in to at'
}

# ---- answers that never come (each takes as long as the silence may last) ----
silent_capa() {
    local name="CAPA is never answered after the sign-in"
    user=silent
    put "$user" 1 < <(letter 1)
    printf 'x1 CAPA => +OK\\r\\nUSER\\r\\nTOP\\r\\nUIDL\\r\\n.\\r\\n\nx1 CAPA => silence\n' >"$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name" 0 'waiting for the answer to CAPA for'
    check "$name: the message is there" test "$(arrived "$user")" = 1
    run verify
    expect_exit "$name: the next command knows" 0
    check "$name: and does not ask" test "$(grep -c 'waiting for the answer' "$W/err")" = 0
}
silent_search() {
    local name="SEARCH is never answered by the destination"
    user=searches
    put "$user" 1 < <(letter 1)
    from=$LEGACY_POP3_PORT
    echo 'UID SEARCH => silence' >"$W/script"
    cloud_odd --script "$W/script"
    run migrate
    expect_exit "$name" 0 'waiting for the answer to UID SEARCH for'
    check "$name: the message is there, once" test "$(arrived "$user")" = 1
    put "$user" 2 < <(letter 2)
    run migrate
    expect_exit "$name: the next run knows" 0
    check "$name: and does not ask" test "$(grep -c 'waiting for the answer' "$W/err")" = 0
    check "$name: both messages are there, once" test "$(arrived "$user")" = 2
    run verify
    expect_exit "$name: verify" 0
}
pipelining_not_kept() {
    local name="PIPELINING is said and not kept"
    user=pipes
    put "$user" 1 < <(letter 1)
    echo 'x1 UIDL => silence' >"$W/script"
    source_odd --script "$W/script"
    run migrate
    expect_exit "$name" 0 'waiting for the answer to UIDL for'
    check "$name: the message is there" test "$(arrived "$user")" = 1
}

aside lone_dots stand_ins cut_short cut_plain late_rest not_listed limits empty_mailbox signing_in who_are_you beyond_the_last verify_asks_again lost_and_rewritten in_doubt not_opened said_in_words \
    spelled_otherwise used_again other_fields refused_soon silent_capa silent_search \
    pipelining_not_kept
