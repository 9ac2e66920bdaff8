#!/usr/bin/env bash
# POP3 servers as they are out there: whatever they leave out, say wrongly or refuse for a while, everything arrives once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=no start servers
to=$CLOUD_IMAP_PORT

# server PECULIARITIES...: the legacy server from now on.
server() {
    faulty oldpop "$LEGACY_POP3_PORT" "$@"
    from=$faulty_port
}
# mailbox USER [OPTIONS OF mkmail...]: for $user.
mailbox() {
    user=$1
    fill "$user" --count 100 --octets 500000 --seed "${#user}" "${@:2}"
}
# arrives NAME PECULIARITIES...: everything, in one run; a second one copies nothing, and what comes later is added.
arrives() {
    local name=$1
    mailbox "u${name//[^a-z0-9]/}"
    server "${@:2}"
    ferry "$user"
    expect_exit "$name" 0
    exact "$name: exactly once" "$user"
    quiet_again "$name" "$user"
    fill "$user" --count 20 --octets 60000 --seed 90
    ferry "$user"
    expect_exit "$name: new mail" 0
    exact "$name: the new mail was added, exactly once" "$user"
}
# The Message-ID of the nth message that has one.
message_id() { # NTH
    grep -ahoE -m1 '^Message-ID: <[^>]*>' "$S/legacy/$user/Maildir/new"/* | sed -n "$1s/.*<\(.*\)>/\1/p"
}

# ---- what is not offered, or not true ----
without_commands() {
    arrives "no CAPA" --no-capa
    arrives "no UIDL" --no-uidl
    arrives "no TOP" --no-top
    arrives "none of CAPA, UIDL, TOP" --no-capa --no-uidl --no-top
    arrives "USER and PASS alone" --user-pass-only
    arrives "USER and PASS alone, no CAPA" --user-pass-only --no-capa
}
odd_uidls() {
    arrives "blank UIDLs" --blank-uidl
    arrives "one UIDL for all" --same-uidl
    arrives "numbers for UIDLs" --number-uidl
    arrives "blank UIDLs, no TOP" --blank-uidl --no-top
}
odd_answers() {
    arrives "TOP cut at 100 octets" --top-cut 100
    arrives "TOP cut at 100 octets, no UIDL" --top-cut 100 --no-uidl
    arrives "wrong sizes" --list-lies
    arrives "no pipelining" --capa-drop PIPELINING
    arrives "EXPIRE 0" --capa-add "EXPIRE 0" --capa-drop EXPIRE
    arrives "unknown lines in CAPA" --capa-add "X-OLD 1 2 3" --capa-add "IMPLEMENTATION Post.Office v3.1"
}

# ---- UIDLs that are others from one day to the next ----
changed_uidls() {
    mailbox changed
    server --uidl-salt one
    ferry "$user"
    expect_exit "UIDLs before they change" 0
    for salt in "--uidl-salt two" "--no-uidl" "--number-uidl" "--uidl-salt three"; do
        # shellcheck disable=SC2086
        server $salt
        ferry "$user"
        expect_exit "other UIDLs ($salt)" 0
        exact "other UIDLs ($salt): nothing was copied again" "$user"
    done
    rm -f "$(find "$S/legacy/$user/Maildir/new" -type f | sort | sed -n 5p)"
    ferry "$user"
    server --number-uidl
    rm -f "$(find "$S/legacy/$user/Maildir/new" "$S/legacy/$user/Maildir/cur" -type f | sort | sed -n 7p)"
    before=$(arrived "$user")
    ferry "$user"
    check "numbers for UIDLs, and mail was deleted: nothing was copied again" test "$(arrived "$user")" = "$before"
}

# ---- signing in ----
refused_for_now() { # NAME USER PECULIARITIES...
    mailbox "$2" --count 20
    server "${@:3}"
    again 4 5 ferry "$user"
    expect_exit "$1: done after $runs runs" 0
    check "$1: it did happen" test "$(faults sign-in)" -gt 0
    exact "$1: exactly once" "$user"
}
signing_in() {
    refused_for_now "mailbox in use" inuse --in-use-first 2
    refused_for_now "a server that is being restarted" systemp --sys-temp-first 1
    mailbox busy --count 20
    server --in-use-first 1000
    ferry "$user"
    expect_exit "a mailbox in use for long" 4 'in use|IN-USE|another'
    check "a mailbox in use for long: it was not tried without end ($(faults sign-in) times)" \
        test "$(faults sign-in)" -le 10
}
# The user does not come again at once.
later_ferry() {
    ferry "$user"
    [[ $rc == 4 ]] && sleep 0.5
}
login_delay() {
    mailbox delayed --count 20
    server --login-delay 2 --state "$W/delay-state"
    ferry "$user"
    expect_exit "LOGIN-DELAY: the first run" 0
    fill "$user" --count 5 --octets 20000 --seed 91
    server --login-delay 2 --state "$W/delay-state"
    again 4 10 later_ferry
    expect_exit "LOGIN-DELAY: the next run at once (done after $runs runs)" 0
    exact "LOGIN-DELAY: exactly once" "$user"
    check "LOGIN-DELAY: few sign-ins were too early ($(faults sign-in))" test "$(faults sign-in)" -le 5
}

# ---- a window on the mailbox ----
view() {
    local session name="a view of 30 messages"
    mailbox view
    server --view 30 --state "$W/view-state" --capa-add "EXPIRE 0"
    for ((session = 1; session <= 6; session++)); do
        ferry "$user"
        [[ $rc == 0 ]] || break
        (($(grep -c '^session: 0 ' "$faulty_log"))) && break
    done
    expect_exit "$name: all seen after $session runs" 0
    exact "$name: exactly once" "$user"
    quiet_again "$name" "$user"
}
view_one_run() {
    mailbox viewonce
    server --view 30
    ferry "$user"
    expect_exit "a view, in one run" 0
    exact "a view, in one run: everything that shows up one after the other" "$user"
}

# ---- lines and messages that break ----
cut_connections() {
    mailbox closed
    server --close-after 150000
    again 4 20 ferry "$user"
    expect_exit "a server that closes after 150 kB: done after $runs runs" 0
    exact "a server that closes after 150 kB: exactly once" "$user"
    check "a server that closes after 150 kB: it did happen ($(grep -c closed "$faulty_log") times)" \
        grep -q closed "$faulty_log"
}
broken_messages() {
    local id
    mailbox unreadable
    id=$(message_id 30)
    server --err-retr "$id"
    ferry "$user"
    expect_exit "a message that the server does not give" 1
    check "a message that the server does not give: its words are shown" grep -q 'cannot be read' "$W/out"
    left_out "a message that the server does not give: all others arrived" "$user" 1
    server
    ferry "$user"
    expect_exit "a message that the server gives at last" 0
    exact "a message that the server gives at last: exactly once" "$user"

    mailbox poisoned
    id=$(message_id 30)
    server --poison-retr "$id"
    again 4 10 ferry "$user"
    expect_exit "a message that breaks the line each time: done after $runs runs" 1
    left_out "a message that breaks the line: all others arrived" "$user" 1
    check "a message that breaks the line: it is named" grep -qi 'unreadable' "$W/out"
    check "a message that breaks the line: it was tried $(faults poison) times" test "$(faults poison)" -le 20
    server
    ferry "$user"
    expect_exit "the line holds again" 0
    exact "the line holds again: exactly once" "$user"
}

# ---- the end of the session ----
quitting() {
    arrives "no answer to QUIT" --quit-fails
    arrives "an error for QUIT" --quit-err
}

aside without_commands odd_uidls odd_answers changed_uidls signing_in login_delay view view_one_run cut_connections \
    broken_messages quitting
