#!/usr/bin/env bash
# --upload-cap: within 24 hours no more is sent than the destination takes; what is left follows when its time has come,
# and at the end all is there exactly once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

start servers
CAP=300000

# Octets that lie in a user's cloud mailbox, as they were sent.
there() { # USER [FOLDER OF THE MAILDIR]
    find "$S/cloud/$1/Maildir${2:-}"/{cur,new} -type f -printf '%s\n' 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'
}
# The first of the source's messages that is not settled yet: its octets.
next_octets() { # USER
    pf plan "$1" --format json
    jq '[.messages[] | select(.verdict != "done-before")][0].octets' "$W/out"
}
unsettled() { # USER
    pf plan "$1" --format json
    jq '[.messages[] | select(.verdict != "done-before")] | length' "$W/out"
}
# As if it had been sent so many seconds earlier.
earlier() { # USER SECONDS
    sqlite3 "$W/work-$1/ledger.sqlite" "UPDATE message SET intended_s = intended_s - $2 WHERE intended_s > 0"
}
# As if all of it had been sent at one moment, so many seconds ago.
sent_ago() { # USER SECONDS
    sqlite3 "$W/work-$1/ledger.sqlite" "UPDATE message SET intended_s = strftime('%s', 'now') - $2 WHERE intended_s > 0"
}
capped() { # USER [OPTIONS]
    pf migrate "$@" --upload-cap 300k
}
told='300 kB a day from one account and that much was sent \([0-9]+ messages are still to be copied\): run the same '
told+='command again after 20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}, or with --wait'

fill taro --count 60 --octets 1000000
capped taro
expect_exit "the first portion" 4 "$told"
sent=$(there taro) count=$(arrived taro)
cp "$W/err" "$W/first"
check "no more than the limit ($sent octets)" test "$sent" -gt 0 -a "$sent" -le $CAP
check "and no less than fits" test $((sent + $(next_octets taro))) -gt $CAP
check "how many are left is told" grep -q "($(unsettled taro) messages are still" "$W/first"
check "the time is a day from now" test \
    "$(($(date -d "$(sed -n 's/.*again after \(20[0-9-]* [0-9:]*\),.*/\1/p' "$W/first")" +%s) - $(date +%s)))" -gt 86000

had=$(sessions taro)
capped taro
expect_exit "again at once" 4 "$told"
check "nothing was sent" test "$(there taro) $(arrived taro)" = "$sent $count"
check "nor fetched" grep -q 'retr=0/' <<<"$(last_session taro $((had + 1)))"

earlier taro 43200
capped taro
expect_exit "half a day later" 4 "$told"
check "still nothing" test "$(there taro)" = "$sent"

for portion in 2 3 4 5; do
    earlier taro 86400
    before=$(there taro)
    capped taro
    now=$(there taro)
    sent=$((now - before))
    check "portion $portion: within the limit ($sent octets)" test "$sent" -gt 0 -a "$sent" -le $CAP
    ((rc == 0)) && break
    expect_exit "portion $portion" 4 "$told"
done
expect_exit "the last portion" 0
check "in as many portions as it takes ($portion)" test "$portion" -ge $(((now + CAP - 1) / CAP)) -a "$portion" -le 5
exact "all of it exactly once" taro

# What is there already costs nothing, however little may be sent.
pf migrate taro --work-dir "$W/work-anew" --upload-cap 1k
expect_exit "what is there already is not held back" 0
exact "and not doubled" taro

# A kill does not make the count begin anew; what was on its way then counts as sent. The destination takes one message
# after the other, slowly.
fill hana --count 60 --octets 1000000
faulty badcloud "$CLOUD_IMAP_PORT" --no-literal-plus --no-multiappend
proxy "$faulty_port" --delay-ms 5
hana=("$POPFERRY" migrate --from "$(pop_url hana)" --to "imap://hana@localhost:$proxy_port" --allow-plaintext
    --from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA"
    --work-dir "$W/work-hana" --connections 1 --upload-cap 600k)
for messages in 3 5 7 9; do
    "${hana[@]}" >"$W/out" 2>"$W/err" </dev/null &
    pid=$!
    await_arrived hana "$messages" "$pid"
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    code=$?
    check "killed under way ($(arrived hana) messages there)" test "$code" = 137 -a "$(there hana)" -le 600000
done
for ((portion = 1; portion <= 6; portion++)); do
    before=$(there hana)
    "${hana[@]}" >"$W/out" 2>"$W/err" </dev/null
    rc=$?
    now=$(there hana)
    sent=$((portion > 1 ? now - before : now))
    check "after the kills, portion $portion: within the limit ($sent octets)" test "$sent" -le 600000
    ((rc == 0)) && break
    expect_exit "after the kills, portion $portion" 4 "${told/300/600}"
    earlier hana 86400
done
expect_exit "after the kills, the last portion" 0
exact "after the kills exactly once" hana

# A limit below the size of a message: one message a day, alone.
fill yuki --count 3 --octets 120000 --clean
for day in 1 2 3; do
    pf migrate yuki --upload-cap 100
    check "day $day: one message" test "$(arrived yuki)" = "$day"
    ((day == 3)) && break
    expect_exit "day $day" 4 '100 B a day from one account'
    earlier yuki 86400
done
expect_exit "the last day" 0
exact "three days, exactly once" yuki

# --wait goes on by itself when the time has come, however short the waits are that others may cause.
fill sora --count 30 --octets 400000
capped sora
expect_exit "before the wait" 4 "$told"
sent_ago sora $((86400 - 900))
capped sora --max-wait 1
expect_exit "without --wait" 4 "$told"
sent_ago sora $((86400 - 20))
capped sora --max-wait 1 --wait
expect_exit "with --wait" 0 'the limit counts any 24 hours\); connecting again in'
exact "after the wait exactly once" sora

# Another folder at the same account is the same account.
fill mika --count 30 --octets 600000
pf migrate mika --folder Elsewhere --limit 5 --upload-cap 300k
before=$(there mika /.Elsewhere)
capped mika
expect_exit "two folders, one account" 4 "$told"
check "together within the limit ($before of it elsewhere)" test $(($(there mika) + before)) -le $CAP -a "$before" -gt 0

# ---- two accounts of a list into one destination share its day ----
for i in 1 2; do fill "half$i" --count 20 --octets 200000 --seed "$i$i"; done
printf 'from_user,to_user\nhalf1,whole\nhalf2,whole\n' >"$W/halves.csv"
raw migrate --accounts "$W/halves.csv" --from-host "localhost:$LEGACY_POP3S_PORT" --to-host "localhost:$CLOUD_IMAPS_PORT" \
    --from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-halves" \
    --shared --upload-cap 250k --jobs 2
expect_exit "two into one: the limit ends it" 4
sent=$(find "$S/cloud/whole/Maildir"/{cur,new} -type f -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }')
check "the two of them sent no more than one may ($sent octets)" test "$sent" -le 250000
check "but nearly as much" test "$sent" -gt 150000
