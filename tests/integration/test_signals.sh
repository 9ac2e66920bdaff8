#!/usr/bin/env bash
# SIGINT and SIGTERM: once, popferry ends what is on its way and says how to go on; twice, it leaves at once. The same
# command again gives every message once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=no start servers
from=$LEGACY_POP3_PORT
fill taro --count 200 --octets 1000000
distinct=$(awk -F'\t' '$7 == "-"' "$S/taro.manifest" | wc -l)

# A destination that takes one message after the other, each with two round trips of twice DELAY ms.
slow() { # DELAY
    faulty badcloud "$CLOUD_IMAP_PORT" --no-literal-plus --no-multiappend
    proxy "$faulty_port" --delay-ms "$1"
    to=$proxy_port
}
forget() {
    rm -rf "$W/work-taro" "$S/cloud/taro"
}
# One that runs in the background, its process in $ferry. (A shell's background processes ignore SIGINT unless told.)
set_off() {
    env --default-signal=INT,TERM "$POPFERRY" migrate --from "pop3://taro@localhost:$from" \
        --to "imap://taro@localhost:$to" --allow-plaintext --from-password-file "$W/password" \
        --to-password-file "$W/password" --work-dir "$W/work-taro" --connections 1 >"$W/out" 2>"$W/err" </dev/null &
    ferry=$!
}
until_there() { # MESSAGES
    await_arrived taro "$1" "$ferry"
}
# How it ended: its code in $rc.
landed() {
    wait "$ferry"
    rc=$?
}
in_the_middle() { # NAME
    local there
    there=$(arrived taro)
    check "$1: in the middle ($there of $distinct)" test "$there" -gt 0 -a "$there" -lt "$distinct"
}
# Over a fast line.
again_exact() { # NAME
    to=$CLOUD_IMAP_PORT
    ferry taro
    expect_exit "$1, the same command again" 0
    exact "$1: exactly once" taro
}

for signal in INT TERM; do
    forget
    slow 5
    set_off
    until_there 20
    kill -s "$signal" "$ferry"
    landed
    expect_exit "SIG$signal: it ends" 4 'same command again'
    in_the_middle "SIG$signal"
    raw status --work-dir "$W/work-taro"
    expect_exit "SIG$signal: status reads the ledger" 0
    again_exact "SIG$signal"

    forget
    # The destination falls silent in the middle, for longer than anybody would wait.
    faulty badcloud "$CLOUD_IMAP_PORT" --no-literal-plus --no-multiappend --stall-after 12 --stall-ms 3600000
    to=$faulty_port
    set_off
    await_text "$faulty_log" '^stall'
    signalled "$signal" "$ferry"
    check "SIG$signal: what is on its way is waited for" kill -0 "$ferry"
    kill -s "$signal" "$ferry"
    landed
    expect_exit "SIG$signal twice: it leaves at once" $((128 + $(kill -l "$signal")))
    in_the_middle "SIG$signal twice"
    again_exact "SIG$signal twice"
done

# Again and again, at any moment: no run does harm.
forget
for pause in 0.05 0.2 0.4 0.7 1; do
    slow 12
    set_off
    sleep "$pause"
    kill -s TERM "$ferry" 2>/dev/null
    landed
    case $rc in
    4) ok "SIGTERM after $pause s: exit code 4" ;;
    143) ok "SIGTERM after $pause s: before it had begun" ;;
    *) not_ok "SIGTERM after $pause s: exit code is $rc instead of 4" "$W/out" "$W/err" ;;
    esac
done
again_exact "five times SIGTERM"
faulty_end

# ---- no standard descriptors ----
# What would be printed must not go into the file, or to the server, that was given the number of a closed one.
fill jiro --count 5 --octets 20000 --seed 2
jiro=(migrate --from "pop3://jiro@localhost:$LEGACY_POP3_PORT" --to "imap://jiro@localhost:$CLOUD_IMAP_PORT" --allow-plaintext
    --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-jiro" --verbose)
: >"$W/err"
"$POPFERRY" "${jiro[@]}" >"$W/out" 2>&- </dev/null
rc=$?
expect_exit "without standard error: exit code 0" 0
check "and the lock holds nothing that was to be printed" test ! -s "$W/work-jiro/lock"
exact "and every message is there" jiro
"$POPFERRY" "${jiro[@]}" --folder Again <&- >&- 2>"$W/err"
rc=$?
expect_exit "without standard output: exit code 5" 5 'standard output could not be written'
check "and the lock holds nothing then either" test ! -s "$W/work-jiro/lock"
exact "and every message is there, too" jiro /.Again
