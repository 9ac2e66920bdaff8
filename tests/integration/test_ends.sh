#!/usr/bin/env bash
# The conformance suites (tests/unit/ends) against real servers: what dest.h promises of IMAP, what source.h promises of
# POP3.
. "$(dirname "$0")/lib.sh"

servers=$SERVERS_TOOLS/../unit/ends/test_servers
suite() { # NAME ARG...
    local name=$1
    shift
    if "$servers" "$@" >"$W/out" 2>"$W/err" </dev/null; then
        ok "$name"
    else
        not_ok "$name" "$W/err" "$W/out"
    fi
}
dest() { # NAME
    suite "$1" dest "$(imap_url ends)" "$W/password" "$SERVERS_CA" Ends
}

start plain
dest "IMAP keeps what dest.h promises"
box=$S/legacy/ends/Maildir/new
mkdir -p "$box"
(cd "$box" && "$servers" letters && sed -i 's/\r$//' letter-*.eml)
servers_own "$S/legacy/ends/Maildir"
suite "POP3 keeps what source.h promises" source "$(pop_url ends)" "$W/password" "$SERVERS_CA" -

SERVERS_NAMESPACE=INBOX. start prefixed
dest "IMAP with a prefix and another separator"
