#!/usr/bin/env bash
# A cloud that throttles, fills up, ends sessions, refuses mail and keeps silent about what it stored: run again and again,
# everything is in it once, or in quarantine and named.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=no start servers
from=$LEGACY_POP3_PORT

# cloud FAULTS...: the cloud from now on.
cloud() {
    faulty badcloud "$CLOUD_IMAP_PORT" "$@"
    to=$faulty_port
}
# mailbox USER [OPTIONS OF mkmail...]: for $user.
mailbox() {
    user=$1
    fill "$user" --count 60 --octets 300000 --seed "${#user}" "${@:2}"
}
# everything USER NAME FAULTS...: with these, at last everything arrives once, and then no run copies more.
everything() {
    local name=$2
    mailbox "$1"
    cloud "${@:3}"
    again '4 6' 20 ferry "$user"
    expect_exit "$name: done after $runs runs" 0
    exact "$name: exactly once" "$user"
    quiet_again "$name" "$user"
}
happened() { # NAME WORD
    check "$1: it did happen ($(faults "$2") times)" test "$(faults "$2")" -gt 0
}
# How many different messages the log tells that of.
distinct() { # WORD
    sed -n "s/^$1 \([0-9a-f]*\) .*/\1/p" "$faulty_log" | sort -u | wc -l
}
# What is missing lies there; and no more than was refused, which may be several copies of one message.
in_quarantine() { # NAME WORD
    local there
    there=$(find "$W/work-$user/quarantine" -type f -path '*/cur/*' 2>/dev/null | wc -l)
    check "$1: what was refused lies in quarantine ($there)" \
        test "$there" -ge "$(grep -c '^missing: ' "$W/diff")" -a "$there" -le "$(distinct "$2")"
}

# ---- everything at once ----
one_more() {
    ferry "$user" --format json
    cat "$W/out" >>"$W/all-out"
}
all_faults() {
    local id unnamed=0
    mailbox all --count 200 --octets 2000000
    cloud --seed 19 --throttle-every 20 --full-after 60 --full-for 2 --expire-every 33 --reject-every 50 \
        --swallow-percent 10
    again '4 6' 20 one_more
    expect_exit "all faults: done after $runs runs, some messages refused" 1
    for fault in THROTTLED 'Quota exceeded' 'Session expired' '^reject' '^swallow'; do
        check "all faults: $fault happened $(grep -c "$fault" "$faulty_log") times" grep -q "$fault" "$faulty_log"
    done
    only_refused "all faults: all others arrived, none twice" "$user" reject
    in_quarantine "all faults" reject
    for id in $(sed -n 's/^reject .* <\(.*\)>$/\1/p' "$faulty_log" | sort -u); do
        grep -Fq "$id" "$W/all-out" || unnamed=$((unnamed + 1))
    done
    check "all faults: each refused one was named" test "$unnamed" = 0
    quiet_again "all faults" "$user"
}

# ---- each alone ----
throttling() {
    everything throttled "throttling" --throttle-every 10
    happened "throttling" 'refuse .*THROTTLED'
    everything narrow "a bandwidth limit" --overquota-bandwidth-every 9
    happened "a bandwidth limit" 'refuse .*bandwidth'
}
expiring() {
    everything expired "sessions that expire" --no-multiappend --expire-after 20
    happened "sessions that expire" 'refuse .*expired'
}
filling_up() {
    everything full "full for a while" --full-after 20 --full-for 2
    happened "full for a while" 'refuse .*Quota'
    mailbox fullforever
    cloud --full-after 20
    ferry "$user"
    expect_exit "full for ever" 6 'full|quota|room|storage'
    check "full for ever: what came before stays ($(arrived "$user") messages)" test "$(arrived "$user")" -gt 0
    cloud
    ferry "$user"
    expect_exit "more room was bought" 0
    exact "more room was bought: exactly once" "$user"
    no_room words 'Append failed: no space left on device'
    no_room limits 'The mailbox is over its storage limit'
}
# no_room USER WORDS: however it is said, the first run says 6 and how many are there, and goes on when there is room.
no_room() {
    mailbox "$1"
    cloud --no-multiappend --full-after 56 --full-text "$2"
    ferry "$user"
    expect_exit "no room for one message, in the words \"$2\"" 6 "$2"
    check "$2: the sum is what is there" grep -Fq "mailbox INBOX, $(arrived "$user") messages" "$W/out"
    check "$2: nothing lies in quarantine" test ! -d "$W/work-$user/quarantine/1"
    check "$2: and none is spoken of" bash -c '! grep -q quarantine "$1"' - "$W/out"
    cloud
    ferry "$user"
    expect_exit "$2: more room was bought" 0
    exact "$2: exactly once" "$user"
}
swallowing() {
    everything swallowed "answers swallowed" --swallow-percent 20 --seed 1
    happened "answers swallowed" swallow
    everything cut "lines cut before the last message" --swallow-percent 20 --swallow-before --seed 1
    happened "lines cut before the last message" swallow
}
disturbing() {
    everything stalled "a stall" --stall-after 3 --stall-ms 1500
    happened "a stall" stall
    everything garbled "garbage between the lines" --garbage-every 37
    happened "garbage between the lines" garbage
    everything single "one connection only" --no-literal-plus --connection-limit 1
    happened "one connection only" limit
}
signing_in() {
    everything refused "a sign-in refused for now" --login-refuse-first 1
    happened "a sign-in refused for now" 'refuse .*UNAVAILABLE'
    mailbox wrong
    cloud --login-refuse-first 9 --login-refuse-text '[AUTHENTICATIONFAILED] Invalid credentials (Failure)'
    ferry "$user"
    expect_exit "a wrong password" 3 'Invalid credentials'
    check "a wrong password is tried once" test "$(faults refuse)" = 1
}

# ---- clouds that offer less ----
poor_cloud() { # USER LESS...
    everything "$1" "${*:2}" "${@:2}"
    check "${*:2}: nothing was used that is not offered" test "$(faults bad)" = 0
    everything "$1x" "${*:2}, and answers swallowed" "${@:2}" --swallow-percent 6 --seed 24
    happened "${*:2}, and answers swallowed" swallow
    check "${*:2}, and answers swallowed: nothing was used that is not offered" test "$(faults bad)" = 0
}
without_uidplus() {
    poor_cloud nouidplus --no-uidplus --no-multiappend
}
without_literal_plus() {
    poor_cloud noliteral --no-literal-plus
}
with_nothing() {
    poor_cloud nothing --no-uidplus --no-multiappend --no-literal-plus
}

# ---- some messages are not wanted ----
refused() { # USER LESS...
    local name="refused messages${2:+ ($2)}"
    mailbox "$1"
    cloud --reject-every 10 --reject-text '[CANNOT] Worm.Mydoom found' "${@:2}"
    ferry "$user"
    expect_exit "$name" 1
    check "$name: the server's words are shown" grep -q 'Worm.Mydoom' "$W/out"
    happened "$name" reject
    only_refused "$name: all others arrived" "$user" reject
    in_quarantine "$name" reject
    quiet_again "$name" "$user"
}
refusing() {
    refused worm
    refused wormsingle --no-multiappend
    refused wormslow --no-literal-plus
}
poisoned() {
    local poison
    mailbox poisoned
    poison=$(grep -ahoE -m1 '^Message-ID: <[^>]*>' "$S/legacy/$user/Maildir/new"/* | sed -n '30s/.*<\(.*\)>/\1/p')
    cloud --poison "$poison"
    again 4 20 ferry "$user"
    expect_exit "a message that breaks the line each time: done after $runs runs" 1
    left_out "a message that breaks the line: all others arrived" "$user" 1
    check "a message that breaks the line: it lies in quarantine" grep -rqF "$poison" "$W/work-$user/quarantine"
    check "a message that breaks the line: it was tried $(faults poison) times" test "$(faults poison)" -le 20
    quiet_again "a message that breaks the line" "$user"
}
dropping() {
    local name="a cloud that keeps one message of each Message-ID"
    mailbox dropped --count 100 --octets 500000
    cloud --drop-duplicates
    ferry "$user"
    expect_exit "$name" 1
    happened "$name" drop
    only_refused "$name: all others arrived" "$user" drop
    check "$name: what is missing is said" grep -Eqi 'not in the destination|not agree' "$W/out"
    quiet_again "$name" "$user"
}

# ---- reading a destination without a ledger ----
truncating() {
    mailbox truncated
    cloud
    ferry "$user"
    rm -rf "$W/work-$user"
    cloud --truncate-literal-every 50
    again 4 20 ferry "$user"
    expect_exit "literals that end too early: done after $runs runs" 0
    happened "literals that end too early" truncate
    exact "literals that end too early: exactly once" "$user"
}

aside all_faults throttling expiring filling_up swallowing disturbing signing_in without_uidplus without_literal_plus \
    with_nothing refusing poisoned dropping truncating
