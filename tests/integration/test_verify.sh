#!/usr/bin/env bash
# popferry verify: what was copied is read again in the destination. Each disagreement is made by hand in the Maildirs.
. "$(dirname "$0")/lib.sh"
. "$LIB_HERE/faults.sh"

start servers
fill taro --count 100 --octets 1000000
cloud=$S/cloud/taro/Maildir
legacy=$S/legacy/taro/Maildir

# flip FILE OFFSET: another character there; the file's size, which stands in its name, stays.
flip() {
    local is to=A
    is=$(dd if="$1" bs=1 skip="$2" count=1 status=none)
    [[ $is == A ]] && to=B
    printf %s "$to" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# The server's memory of headers and sizes, not of UIDs.
forget_cache() {
    rm -f "$cloud"/dovecot.index*
}

# verdict [options]: verify, as JSON.
verdict() {
    pf verify taro --format json "$@"
}

tree() { # names and contents of both sides
    find "$legacy"/{cur,new} "$cloud"/{cur,new} -type f -exec sha256sum {} + | sort | sha256sum
}

# ---- never migrated ----
pf verify taro
expect_exit "verify before anything was migrated" 2 'nothing has been migrated'
check "and no work folder is made" test ! -e "$W/work-taro"
pf migrate taro --limit 10
pf verify taro --folder Elsewhere
expect_exit "another mailbox than that of the run" 2 'nothing was migrated from .* mailbox Elsewhere'
verdict
says "after --limit the rest is pending" 1 '[.summary.agreed, .summary.pending, .agree]' '[10,90,false]'
pf verify taro --level thorough
expect_exit "an unknown level" 2 'count, headers or content'

# ---- all agree ----
pf migrate taro
expect_exit "migrate" 0
before=$(tree)
verdict
says "all agree, byte for byte" 0 '[.summary.agreed, .summary.by_proof.exact, .agree, .exit_code]' '[100,98,true,0]'
says "duplicates that came by another way are not byte for byte what is there" 0 \
    '[.summary.by_proof.body, .summary.duplicates_other_header]' '[2,2]'
says "duplicates agree through their twin" 0 '.summary.duplicates' \
    "$(awk '$7 != "-" && NF >= 7' "$S/taro.manifest" | grep -c .)"
says "each message is told with its proof" 0 '[.messages[] | select(.verdict == "agreed" and .proof == "exact")] | length' 98
verdict --level headers
says "by headers" 0 '[.summary.by_proof.headers, .summary.extra]' '[100,0]'
verdict --level count
says "by number" 0 '[.summary.by_proof.count, .summary.extra]' '[100,0]'
check "neither side was changed" test "$before" = "$(tree)"
pf verify taro
expect_exit "as text" 0
check "with one sentence at the end" grep -q '^Source and destination agree: each of the 100 messages' "$W/out"
check "a weaker look does not take back the proof" test \
    "$(sqlite3 "$W/work-taro/ledger.sqlite" 'SELECT count(*) FROM message WHERE proof < 5')" = 2
verdict_sessions=$(sessions taro)
verdict
retr=$(last_session taro $((verdict_sessions + 1)))
check "no body was downloaded from the source" grep -q 'retr=0/0' <<<"$retr"

# ---- altered ----
cp -a "$cloud" "$W/as-copied"
restore() {
    rm -rf "$cloud"
    cp -a "$W/as-copied" "$cloud"
    servers_own "$cloud"
}
file=$(copy_of taro utf8 2 "$cloud")
flip "$file" $(($(stat -c %s "$file") - 20))
verdict
says "a body that was altered" 1 '[.summary.agreed, .summary.altered, .summary.missing]' '[99,1,0]'
says "what differs is said" 1 '[.messages[] | select(.verdict == "altered") | .reason | test("the body differs.*content of its parts")]' '[true]'
check "the proof is withdrawn" test \
    "$(sqlite3 "$W/work-taro/ledger.sqlite" 'SELECT count(*) FROM message WHERE proof = 0')" = 1
verdict --level headers
says "which headers alone do not show" 0 '.summary.altered' 0
pf verify taro
expect_exit "as text" 1
check "the message is listed with its UIDL and subject" grep -Eq '^  nr [0-9]+, UIDL [0-9a-f]+, .* subject ".+"$' "$W/out"
restore

# Header fields: the subject of a message with a Message-ID; and a field more in one without.
file=$(copy_of taro japanese 3 "$cloud")
at=$(grep -abo '^Subject: =?ISO-2022-JP?B?' "$file" | head -1 | cut -d: -f1)
flip "$file" $((at + 30))
forget_cache
verdict
says "a subject that was altered" 1 '[.messages[] | select(.verdict == "altered") | .reason]' '["header fields differ (other: Subject)"]'
verdict --level headers
says "headers show it, too" 1 '[.summary.agreed, .summary.altered]' '[99,1]'
restore

# A server that writes X for raw 8-bit characters of the header, and one that breaks base64 lines elsewhere.
file=$(copy_of taro 8bit 1 "$cloud")
perl -0pi -e 's{^(.*?\r\n\r\n)}{$1 =~ tr/\x80-\xff/X/r}se' "$file"
servers_own "$cloud"
forget_cache
verdict
says "8-bit characters of the header became X" 1 '[.messages[] | select(.verdict == "altered") | .reason]' \
    '["the server replaced the raw 8-bit characters of header fields by X: From, Subject"]'
restore
rewrap "$(copy_of taro utf8 2 "$cloud")"
verdict
says "the same parts in other bytes agree, as rewritten" 0 '[.summary.by_proof.structure, .summary.by_proof.exact, .summary.altered]' '[1,97,0]'
retr=$(last_session taro "$(sessions taro)")
check "that one message was read from the source again" grep -q 'retr=1/' <<<"$retr"
restore

# ---- missing, doubled, others ----
file=$(copy_of taro html 2 "$cloud")
rm "$file"
verdict
says "a message removed by hand is missing" 1 '[.summary.agreed, .summary.missing, .summary.altered]' '[99,1,0]'
verdict --level headers
says "and by headers" 1 '[.summary.agreed, .summary.missing]' '[99,1]'
verdict --level count
says "and by number" 1 '[.summary.agreed, .summary.missing]' '[99,1]'
restore
original=$(copy_of taro duplicate 1 "$cloud")
rm "$original"
verdict
says "its duplicates are missing with it" 1 '[.summary.agreed, .summary.missing]' '[98,2]'
restore

file=$(copy_of taro html 1 "$cloud")
cp "$file" "$cloud/new/1.again.$HOSTNAME"
servers_own "$cloud"
verdict
says "a message doubled by hand" 1 '[.summary.agreed, .summary.doubled, .summary.extra]' '[100,1,0]'
says "both UIDs can be found" 1 '[.messages[] | select(.verdict == "doubled") | .reason | test("mailbox INBOX, as UID [0-9]+")]' '[true]'
verdict --level headers
says "and by headers" 1 '[.summary.agreed, .summary.doubled]' '[100,1]'
restore

printf 'From: hanako@example.com\r\nTo: taro@example.com\r\nSubject: lunch?\r\nMessage-ID: <lunch@example.com>\r\nDate: Mon, 1 Apr 2024 10:00:00 +0900\r\n\r\nAt noon?\r\n' >"$W/lunch"
cp "$W/lunch" "$cloud/new/1.lunch.$HOSTNAME"
servers_own "$cloud"
verdict
says "mail of its own in the destination does no harm" 0 '[.summary.agreed, .summary.extra, .agree]' '[100,1,true]'
restore

# ---- moved, renumbered ----
mkdir -p "$cloud/.Elsewhere"/{cur,new,tmp}
file=$(copy_of taro japanese 1 "$cloud")
mv "$file" "$cloud/.Elsewhere/cur/"
servers_own "$cloud"
verdict
says "moved to a mailbox that is not the job's: missing" 1 '[.messages[] | select(.verdict == "missing") | .reason]' \
    '["not in the destination any more: moved elsewhere or deleted there"]'
restore

rm -f "$cloud"/dovecot-uidlist
forget_cache
verdict
says "the mailbox was made anew: found by identity and content" 0 '[.summary.agreed, .summary.by_proof.exact, .summary.extra]' '[100,98,0]'
verdict --level headers
says "by headers" 0 '[.summary.agreed, .summary.extra]' '[100,0]'
verdict --level count
says "by number" 0 '[.summary.agreed, .summary.extra]' '[100,0]'
rm "$(copy_of taro html 2 "$cloud")"
verdict --level count
says "one less" 1 '[.summary.agreed, .summary.missing]' '[99,1]'
verdict
says "one less, by content" 1 '[.summary.agreed, .summary.missing]' '[99,1]'
restore
rm -f "$cloud"/dovecot-uidlist # the proofs above have noted the new UIDs: all is looked for again
forget_cache
verdict
says "and made anew once more" 0 '[.summary.agreed, .summary.by_proof.exact]' '[100,98]'

# UIDs that the ledger has wrong: two messages under each other's.
db=$W/work-taro/ledger.sqlite
read -r a b < <(sqlite3 "$db" 'SELECT group_concat(id, " ") FROM (SELECT id FROM message WHERE uid > 0 LIMIT 2)')
sqlite3 "$db" "UPDATE message SET uid = (SELECT sum(uid) FROM message WHERE id IN ($a, $b)) - uid WHERE id IN ($a, $b)"
verdict
says "two UIDs exchanged in the ledger" 0 '[.summary.agreed, .summary.by_proof.exact]' '[100,98]'
sqlite3 "$db" "UPDATE message SET uid = 0, uidvalidity = 0"
verdict
says "no UID was ever told" 0 '[.summary.agreed, .summary.by_proof.exact, .summary.extra]' '[100,98,0]'
check "the ledger has them now" test "$(sqlite3 "$db" 'SELECT count(*) FROM message WHERE uid = 0 AND state = 2')" = 0

# ---- new on the source ----
cp "$W/lunch" "$legacy/new/9999999999.lunch.$HOSTNAME"
servers_own "$legacy"
verdict
says "new mail on the source is pending" 1 '[.summary.agreed, .summary.pending, .summary.missing]' '[100,1,0]'
verdict --max-size 100
says "what is left out as asked is not" 0 '[.summary.agreed, .summary.filtered, .summary.pending]' '[100,1,0]'
pf migrate taro
verdict
says "once it is copied all agree" 0 '[.summary.agreed, .agree]' '[101,true]'
rm "$legacy"/*/*.lunch.*
verdict
says "gone from the source: still held against the destination" 0 '[.summary.agreed, .summary.off_source]' '[101,1]'

# ---- several mailboxes ----
pf migrate taro --folder 'Mail/{year}' --work-dir "$W/years"
expect_exit "migrate by years" 0
verdict --folder 'Mail/{year}' --work-dir "$W/years"
says "verify them all" 0 '[.summary.agreed, .summary.by_proof.exact, .summary.mailboxes > 5]' '[100,98,true]'
year=$(find "$cloud" -maxdepth 1 -name '.Mail.20*' | sort | head -1)
one=$(find "$year"/{cur,new} -type f | head -1)
other=$(find "$cloud" -maxdepth 1 -name '.Mail.20*' | sort | tail -1)
mv "$one" "$other/cur/$(basename "$one")"
verdict --folder 'Mail/{year}' --work-dir "$W/years"
says "moved to another of the job's mailboxes: found" 0 '[.summary.agreed, .summary.missing]' '[100,0]'
rm -rf "$other"
verdict --folder 'Mail/{year}' --work-dir "$W/years"
says "a mailbox that was removed: its messages are missing" 1 '[.summary.agreed + .summary.missing, .summary.missing > 0]' '[100,true]'

# ---- a source without UIDLs ----
fill hana --count 30 --octets 200000
faulty oldpop "$LEGACY_POP3_PORT" --no-uidl
old() { # COMMAND [options]
    "$POPFERRY" "$1" --from "pop3://hana@localhost:$faulty_port" --to "$(imap_url hana)" --allow-plaintext --from-password-file \
        "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-hana" --format json \
        "${@:2}" >"$W/out" 2>"$W/err" </dev/null
    rc=$?
}
old migrate
expect_exit "migrate from a server without UIDL" 0
old verify
says "without UIDLs: known by content" 0 '[.summary.agreed, .summary.pending, .agree]' '[30,0,true]'
old verify --level headers
says "by headers and size" 0 '[.summary.agreed, .summary.pending]' '[30,0]'
cp "$W/lunch" "$S/legacy/hana/Maildir/new/9999999999.lunch.$HOSTNAME"
servers_own "$S/legacy/hana/Maildir"
old verify
says "new mail there is pending" 1 '[.summary.agreed, .summary.pending]' '[30,1]'

# ---- connections that break ----
fill jiro --count 30 --octets 200000
proxy "$CLOUD_IMAPS_PORT" --delay-ms 0 --cut-down 70000
through() { # COMMAND [options]
    local to
    to=$(imap_url jiro)
    "$POPFERRY" "$1" --from "$(pop_url jiro)" --to "${to/:$CLOUD_IMAPS_PORT/:$proxy_port}" --from-password-file \
        "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-jiro" --format json \
        "${@:2}" >"$W/out" 2>"$W/err" </dev/null
    rc=$?
}
through migrate
expect_exit "migrate through a connection that will be cut" 0
through verify
says "cut again and again, verify goes on where it was" 0 \
    '[.summary.agreed, .summary.by_proof.exact, .summary.reconnects >= 2]' '[30,30,true]'
proxy "$CLOUD_IMAPS_PORT" --delay-ms 0 --cut-down 100
sqlite3 "$W/work-jiro/ledger.sqlite" "UPDATE job SET destination = replace(destination, ':' || substr(destination, -5), ':$proxy_port')"
through verify
expect_exit "a connection that never holds" 4
