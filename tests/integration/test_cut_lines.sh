#!/usr/bin/env bash
# Lines that are cut again and again, handshake and all: each session moves on a little, and in the end everything is there
# once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

start servers

# cut_ferry USER [options]: popferry migrate for USER through the proxies at $from and $to, with TLS.
cut_ferry() {
    raw migrate --from "pop3s://$1@localhost:$from" --to "imaps://$1@localhost:$to" --ca-file "$SERVERS_CA" \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-$1" --max-wait 5 "${@:2}"
}
# lines CUT-OF-POP CUT-OF-IMAP: octets from the server after which a connection ends (0: it holds).
lines() {
    from=$LEGACY_POP3S_PORT to=$CLOUD_IMAPS_PORT
    if (($1)); then proxy "$LEGACY_POP3S_PORT" --delay-ms 0 --cut-down "$1" && from=$proxy_port; fi
    if (($2)); then proxy "$CLOUD_IMAPS_PORT" --delay-ms 0 --cut-down "$2" && to=$proxy_port; fi
}
# gets_there NAME USER: in at most 20 runs, each of which ends with 4 but the last.
gets_there() {
    again 4 20 cut_ferry "$2"
    expect_exit "$1: done after $runs runs" 0
    exact "$1: exactly once" "$2"
    lines 0 0
    cut_ferry "$2"
    expect_exit "$1: then over whole lines" 0
    exact "$1: still exactly once" "$2"
}

both() {
    fill both --count 100 --octets 1500000
    lines 300000 15000
    gets_there "POP3 cut after 300 kB, IMAP after 15 kB" both
}
source_alone() {
    fill pop --count 60 --octets 600000 --big 190000
    lines 250000 0
    gets_there "POP3 cut after 250 kB" pop
}
destination_alone() {
    fill imap --count 300 --octets 900000
    lines 0 15000
    gets_there "IMAP cut after 15 kB" imap
}
# What the destination holds must be read first, in pieces that fit between two cuts (the largest has about 70 kB).
without_ledger() {
    fill lost --count 200 --octets 400000 --seed 2
    lines 0 0
    cut_ferry lost
    rm -rf "$W/work-lost"
    lines 0 120000
    gets_there "IMAP cut after 120 kB, the ledger lost" lost
}

aside both source_alone destination_alone without_ledger
