#!/usr/bin/env bash
# popferry delete: from the source goes what is proved to be in the destination, and nothing else; killed anywhere, the
# next run does the rest.
. "$(dirname "$0")/lib.sh"
. "$LIB_HERE/faults.sh"

start servers
db=$W/work-taro/ledger.sqlite
legacy=$S/legacy/taro/Maildir
cloud=$S/cloud/taro/Maildir

# The user's mailboxes and work folder anew, migrated.
begin() {
    rm -rf "$S/legacy/taro" "$S/cloud/taro" "$W/work-taro" "$S/taro.manifest"
    fill taro --count 60 --octets 500000
    pf migrate taro
    [[ $rc == 0 ]] || not_ok "migrate" "$W/err"
}
on_source() {
    find "$legacy"/{cur,new} -type f | wc -l
}
spoil() { # FILE: another character near its end
    printf '#' | dd of="$1" bs=1 seek=$(($(stat -c %s "$1") - 20)) conv=notrunc status=none
}

# ---- nothing without being asked ----
pf delete taro --yes
expect_exit "delete before anything was migrated" 2 'nothing has been migrated'
begin
before=$(find "$legacy" "$cloud" -type f -name '*,S=*' | sort | xargs sha256sum | sha256sum)
pf delete taro
expect_exit "off a terminal, without --yes" 2 '\-\-yes'
check "nothing is gone" test "$(on_source)" = 60
pf delete taro --dry-run --format json
says "a duplicate that came by another way is no copy of what is there: it stays" 1 \
    '[.summary.chosen, .summary.kept, (.messages[] | select(.verdict == "kept") | .proof)]' '[59,1,"body"]'
check "it says what would take it" grep -q -- '--accept duplicates deletes this one' "$W/out"
pf delete taro --dry-run --accept duplicates
expect_exit "--dry-run" 0
check "it lists what would go" test "$(grep -c ' to-delete ' "$W/out")" = 60
check "and counts it" grep -q '^60 messages (.*) would be deleted from the source; nothing was changed' "$W/out"
check "nothing is gone then" test "$(on_source)" = 60
if command -v script >/dev/null; then
    # exec: a shell in between may die of Ctrl-C itself, and its exit code is not popferry's.
    ask() { # ANSWER
        local line=("$POPFERRY" delete --accept duplicates --from "$(pop_url taro)" --to "$(imap_url taro)" --from-password-file "$W/password"
            --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-taro")
        : >"$W/out"
        (await_text "$W/out" 'Type yes:'; echo "$1"; sleep 1) | script -qec "exec ${line[*]@Q}" /dev/null >>"$W/out" 2>"$W/err"
        rc=$?
    }
    ask no
    check "on a terminal it asks" grep -q 'Delete 60 messages (.*) from localhost? Type yes:' "$W/out"
    check "who answers sees both mailboxes" grep -q '^60 messages would go from the mailbox of taro at localhost.*that of taro at localhost' "$W/out"
    check "and what was verified" test "$(grep -c '^Source:\|^Destination:' "$W/out")" -ge 2
    check "another answer than yes deletes nothing" test "$rc $(on_source)" = "0 60"
    check "and it says so" grep -q 'Nothing was deleted' "$W/out"
    check "it says what the question rests on" grep -q 'read in the destination just now' "$W/out"
    ask $'\003'
    check "Ctrl-C at the question: as a run that was interrupted" test "$rc $(on_source)" = "4 60"
else
    skip "the question on a terminal" "no script(1) here"
fi
after=$(find "$legacy" "$cloud" -type f -name '*,S=*' | sort | xargs sha256sum | sha256sum)
check "both sides are as they were" test "$before" = "$after"

# An answer that comes late: both sides are compared again first. It is given below, to hanako's question.
if command -v script >/dev/null; then
    fill hanako --count 20 --octets 100000
    pf migrate hanako
    late=("$POPFERRY" delete --accept duplicates --from "$(pop_url hanako)" --to "$(imap_url hanako)" --from-password-file "$W/password"
        --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-hanako")
    : >"$W/late-out"
    (await_text "$W/late-out" 'Type yes:'; sleep 63; echo yes; sleep 3) | script -qec "exec ${late[*]@Q}" /dev/null >>"$W/late-out" 2>&1 &
    late_pid=$!
    (await_text "$W/late-out" 'Type yes:'; rm -r "$S/cloud/hanako/Maildir"/{cur,new}/*) 2>/dev/null &
fi

# ---- all of it ----
pf delete taro --yes --accept duplicates --format json
says "all of it" 0 '[.summary.deleted, .summary.kept, .summary.rest, .summary.verification.agreed]' '[60,0,0,60]'
check "the source is empty" test "$(on_source)" = 0
check "the destination is not" test "$(arrived taro)" -gt 50
check "the ledger knows" test "$(sqlite3 "$db" 'SELECT count(*) FROM message WHERE deleted_s > 0')" = 60
pf verify taro
expect_exit "verify afterwards" 0
pf delete taro --yes --accept duplicates --format json
says "again: nothing to do" 0 '[.summary.chosen, .summary.deleted]' '[0,0]'
pf migrate taro
expect_exit "migrate afterwards copies nothing" 0
pf verify taro --format json
says "and doubles nothing" 0 '[.summary.doubled, .summary.extra]' '[0,0]'

# ---- what is not proved stays ----
begin
altered=$(copy_of taro utf8 2 "$legacy") rewritten=$(copy_of taro utf8 3 "$legacy") missing=$(copy_of taro html 2 "$legacy")
spoil "$(copy_of taro utf8 2 "$cloud")"
rewrap "$(copy_of taro utf8 3 "$cloud")"
rm "$(copy_of taro html 2 "$cloud")"
printf 'From: x@example.com\r\nSubject: just in\r\n\r\nnew\r\n' >"$legacy/new/9999999999.new.$HOSTNAME"
servers_own "$legacy"
pf delete taro --yes --accept duplicates
expect_exit "with messages that are altered, rewritten, missing and new" 1
still() { # FILE...: on the source, as they were
    local file
    for file in "$@"; do
        [[ -n $file && -n $(find "$legacy"/{cur,new} -name "$(basename "${file%%:*}")*") ]] || return 1
    done
}
check "four stay" test "$(on_source)" = 4
check "and these are the four" still "$altered" "$rewritten" "$missing" "$legacy/new/9999999999.new.$HOSTNAME"
for words in 'kept: altered: the body differs' 'kept: rewritten by the server' 'kept: missing: not in the destination any more' \
    'kept: new on the source, not copied yet'; do
    check "named: $words" grep -Eq "^ +($words)" "$W/out"
done
check "the sum is said" grep -q '^4 messages stay on the source' "$W/out"

# ---- by age ----
begin
days=3650
old=$(sqlite3 "$db" "SELECT count(*) FROM message WHERE internaldate_s > 0 AND state = 2
    AND internaldate_s <= strftime('%s', 'now') - $days * 86400")
pf delete taro --yes --accept duplicates --older-than $days --format json
check "there are old and young ones" test "$old" -gt 10 -a "$old" -lt 50
says "--older-than" 0 '[.summary.deleted + .summary.younger, .summary.kept]' '[60,0]'
check "as many as are older, and their duplicates" test "$(jq .summary.deleted "$W/out")" -ge "$old" -a \
    "$(jq .summary.deleted "$W/out")" -le $((old + 3))
check "the rest stays" test "$(on_source)" = "$(jq .summary.younger "$W/out")"
check "none of those that stay is that old" test "$(jq "[.messages[] | select(.verdict == \"younger\" and .date != null) |
    select((.date | fromdate) < (now - $days * 86400))] | length" "$W/out")" = 0

begin
undated=$(sqlite3 "$db" "SELECT count(*) FROM message WHERE date_source = 'now'")
sqlite3 "$db" "UPDATE message SET internaldate_s = internaldate_s - 10 * 86400 WHERE date_source = 'now'"
check "there are messages without a date" test "$undated" -gt 0
pf delete taro --yes --accept duplicates --older-than 1 --format json
says "a date that a run took from its own clock is no age" 0 '[.summary.deleted, .summary.younger]' \
    "[$((60 - undated)),$undated]"

# ---- what stands under a UIDL may be another message by now ----
reuse() { # FILE: another message of the same size under its name
    perl -0pi -e 's/^(Message-ID:\s*<)../$1~~/mi or die' "$1"
    servers_own "$legacy"
}
begin
reused=$(copy_of taro html 1 "$legacy")
reuse "$reused"
pf delete taro --yes --accept duplicates --format json
says "a UIDL that another message has now" 1 '[.summary.deleted, .summary.kept]' '[59,1]'
check "that one is still there" still "$reused"
says "and it is named" 1 '[.messages[] | select(.verdict == "kept") | (.reason | test("and is another one")) and .uidl != ""]' '[true]'
before=$(arrived taro)
pf migrate taro
check "migrate copies it then" test "$rc $(arrived taro)" = "0 $((before + 1))"
pf delete taro --yes --accept duplicates --format json
says "and after that it goes" 0 '[.summary.deleted, .summary.kept]' '[1,0]'

begin
duplicates=$(sqlite3 "$db" 'SELECT count(*) FROM message WHERE state = 4')
sqlite3 "$db" "UPDATE message SET fingerprint = randomblob(32) WHERE state = 4"
pf delete taro --yes --accept duplicates --format json
check "there are duplicates" test "$duplicates" -gt 0
says "a duplicate that is none any more is not proved by its twin" 1 '[.summary.deleted, .summary.kept]' \
    "[$((60 - duplicates)),$duplicates]"

rm -rf "$S/legacy/taro" "$S/cloud/taro" "$W/work-taro" "$S/taro.manifest"
fill taro --count 20 --octets 100000
pf migrate taro
for ((i = 0; i < 12; i++)); do
    printf 'From: x@example.com\r\nSubject: late %d\r\n\r\nnew\r\n' "$i" >"$legacy/new/99999999$((10 + i)).new.$HOSTNAME"
done
servers_own "$legacy"
pf delete taro --yes --accept duplicates --format json
says "20 go while 12 new ones have come" 1 '[.summary.deleted, .summary.kept, .summary.rest]' '[20,12,0]'
pf delete taro --yes --accept duplicates --format json
says "and again" 1 '[.summary.deleted, .summary.kept]' '[0,12]'

# ---- peculiar servers ----
old_ferry() { # COMMAND [options]
    "$POPFERRY" "$1" --from "pop3://taro@localhost:$port" --to "$(imap_url taro)" --allow-plaintext --from-password-file \
        "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-taro" --format json \
        "${@:2}" >"$W/out" 2>"$W/err" </dev/null
    rc=$?
}
# peculiar OPTIONS...: oldpop before the legacy server, always on the port of the first: the ledger knows it by that.
peculiar() {
    faulty_end
    faulty oldpop "$LEGACY_POP3_PORT" "$@"
    [[ -s $db ]] && sqlite3 "$db" "UPDATE job SET source = 'taro@localhost:$faulty_port'"
    port=$faulty_port
}
# renew OPTIONS...: the mailboxes anew, migrated through such a server.
renew() {
    rm -rf "$S/legacy/taro" "$S/cloud/taro" "$W/work-taro" "$S/taro.manifest"
    fill taro --count 60 --octets 500000
    peculiar "$@"
    old_ferry migrate
    [[ $rc == 0 ]] || not_ok "migrate ($*)" "$W/err"
}
renew --no-uidl
old_ferry delete --yes --accept duplicates
says "without UIDLs nothing is deleted" 1 '[.summary.deleted, .summary.kept, .summary.verification.agreed]' '[0,60,60]'
says "and it is said why" 1 '[.messages[].reason | test("no UIDL of its own")] | all' true
check "nothing is gone without UIDLs" test "$(on_source)" = 60

renew --same-uidl
old_ferry delete --yes --accept duplicates
says "nor with one UIDL for all" 1 '[.summary.deleted, .summary.kept]' '[0,60]'

renew --no-top
reused=$(copy_of taro html 1 "$legacy")
spoil "$reused"
servers_own "$legacy"
old_ferry delete --yes --accept duplicates
says "without TOP all of each is read, and another body is seen" 1 '[.summary.deleted, .summary.kept]' '[59,1]'
check "it is still there" still "$reused"

renew --top-cut 60
old_ferry delete --yes --accept duplicates
says "headers that TOP cuts short are read by RETR" 0 '[.summary.deleted, .summary.kept]' '[60,0]'

renew --no-top --capa-add 'EXPIRE 0'
old_ferry delete --yes --accept duplicates
says "no TOP, and RETR removes what it reads" 1 '[.summary.deleted, .summary.kept]' '[0,60]'
says "which is said" 1 '[.messages[].reason | test("has no TOP")] | all' true
check "nothing was removed" test "$(on_source)" = 60

# UIDL fails once the verification is over: the server is another one while LOGIN-DELAY is waited for.
renew --login-delay 15
sleep 15.1
old_ferry delete --yes --accept duplicates &
deleting=$!
await_text "$W/err" LOGIN-DELAY
faulty_end
"$SERVERS_TOOLS/oldpop" --listen "$port" --connect "127.0.0.1:$LEGACY_POP3_PORT" --no-uidl >/dev/null 2>>"$W/faulty.err" &
LIB_PIDS+=($!)
wait "$deleting"
check "UIDL fails after the verification: nothing is taken for gone" jq -e \
    '.exit_code == 4 and .summary.deleted == 0 and .summary.gone == 0 and .summary.rest == 60' "$W/out"
check "which is said" grep -q 'does not answer UIDL, though it did a moment ago' "$W/err"
check "nothing is gone, and nothing recorded" test \
    "$(sqlite3 "$db" 'SELECT count(*) FROM message WHERE deleted_s > 0') $(on_source)" = "0 60"

renew --uidl-salt one
peculiar --uidl-salt two
old_ferry delete --yes --accept duplicates
expect_exit "UIDLs that changed since: refused" 1 'other UIDLs than when they were copied'
check "nothing is gone then, either" test "$(on_source)" = 60

# Another size than was seen: read again from the source, and kept if it is not what was copied.
renew
sqlite3 "$db" "UPDATE message SET octets_claimed = octets_claimed + 1 WHERE id IN (7, 8)"
sqlite3 "$db" "UPDATE message SET fingerprint = randomblob(32) WHERE id = 8"
old_ferry delete --yes --accept duplicates
says "other sizes than were seen" 1 '[.summary.deleted, .summary.kept]' '[59,1]'
says "the one of other content stays" 1 '[.messages[] | select(.verdict == "kept") | .number]' '[8]'

renew
peculiar --quit-err
old_ferry delete --yes --accept duplicates
expect_exit "QUIT is refused each time" 4 'still lists 60 messages after they were deleted 3 times'
check "nothing is recorded as deleted" test "$(sqlite3 "$db" 'SELECT count(*) FROM message WHERE deleted_s > 0')" = 0
peculiar --quit-fails
old_ferry delete --yes --accept duplicates
expect_exit "QUIT is never answered" 4
check "nor then" test "$(sqlite3 "$db" 'SELECT count(*) FROM message WHERE deleted_s > 0') $(on_source)" = "0 60"
peculiar
old_ferry delete --yes --accept duplicates
says "a server in order again: all go" 0 '[.summary.deleted, .summary.kept]' '[60,0]'

renew --login-delay 10
sleep 10.1
old_ferry delete --yes --accept duplicates
says "LOGIN-DELAY is waited for" 0 '[.summary.deleted, .summary.sessions]' '[60,2]'
check "and said" grep -Eq 'LOGIN-DELAY' "$W/err"
renew --login-delay 10
sleep 10.1
old_ferry delete --yes --max-wait 1
expect_exit "a LOGIN-DELAY beyond --max-wait" 4 'LOGIN-DELAY.*run the same command again'
check "nothing is gone before it" test "$(on_source)" = 60
faulty_end

# ---- many: several sessions ----
rm -rf "$S/legacy/taro" "$S/cloud/taro" "$W/work-taro" "$S/taro.manifest"
fill taro --count 1200 --octets 2400000
pf migrate taro
pf delete taro --yes --accept duplicates --format json
says "1,200 messages in three sessions and one that looks" 0 '[.summary.deleted, .summary.sessions]' '[1200,4]'
check "all are gone" test "$(on_source)" = 0

# ---- the late answer ----
if [[ -n ${late_pid:-} ]]; then
    wait "$late_pid"
    check "answered late, when the destination was emptied: nothing goes" test \
        "$(find "$S/legacy/hanako/Maildir"/{cur,new} -type f | wc -l)" = 20
    check "it had been asked for all" grep -q 'Delete 20 messages' "$W/late-out"
    check "and they are named" grep -q 'kept: missing' "$W/late-out"
else
    skip "an answer that comes late" "no script(1) here"
fi

# ---- killed ----
if ! "$POPFERRY" --version | grep -q 'crash points'; then
    no_crash_points "delete, killed at every step"
    exit 0
fi
stride=${CRASH_STRIDE:-4} bad=0 crashed=0
begin
cp -a "$S/legacy/taro" "$W/legacy-copy"
cp -a "$W/work-taro" "$W/work-copy"
spoil "$(copy_of taro utf8 2 "$cloud")"
altered=$(basename "$(copy_of taro utf8 2 "$legacy")")
for ((step = 1; ; step += stride)); do
    rm -rf "$S/legacy/taro" "$W/work-taro"
    cp -a "$W/legacy-copy" "$S/legacy/taro"
    cp -a "$W/work-copy" "$W/work-taro"
    POPFERRY_CRASH_AT=$step pf delete taro --yes --accept duplicates
    if ((rc != 137)); then break; fi
    crashed=$((crashed + 1))
    where=$(tail -1 "$W/err")
    recorded=$(sqlite3 "$db" 'SELECT count(*) FROM message WHERE deleted_s > 0')
    if ((recorded > 60 - $(on_source))); then
        not_ok "killed at step $step ($where): $recorded recorded as deleted, $(on_source) still there" && bad=1
    fi
    pf delete taro --yes --accept duplicates
    if [[ $rc != 1 || $(on_source) != 1 || $(find "$legacy" -name "${altered%%:*}*" -type f) == "" ]]; then
        not_ok "killed at step $step ($where): run again ends with $rc, $(on_source) left" "$W/out" "$W/err" && bad=1
    fi
done
check "a delete that is not killed comes through" test "$rc $(on_source)" = "1 1"
((crashed > 10)) || not_ok "delete: only $crashed steps"
((bad)) || ok "delete, killed at $crashed steps: nothing unproved is gone, the rest goes"
