#!/usr/bin/env bash
# What a server wants people to see ([ALERT]) is shown, each once, wherever it comes: when signing in, with a mailbox, later.
. "$(dirname "$0")/lib.sh"

if ! command -v python3 >/dev/null; then
    skip "alerts of a server" "no python3 here"
    exit 0
fi
start servers
fill taro --count 20 --octets 60000
certificate=(--cert "$S/certs/good.pem" --key "$S/certs/good.key")
relay alarm tls --to "127.0.0.1:$CLOUD_IMAP_PORT" "${certificate[@]}" \
    --swap '^(\S+ OK) (\[CAPABILITY[^]]*\] )?Logged in.?' '\1 [ALERT] The mailbox is 95% full' \
    --swap '^(\S+ OK \[READ-(WRITE|ONLY)\] )' '* OK [ALERT] Maintenance at noon\r\n\1' \
    --swap '^(\S+ OK \[(APPENDUID)[^]]*\])' '* OK [ALERT] Maintenance at noon\r\n* NO [ALERT] The disk is warm\r\n\1'
to=imaps://taro@localhost:$relay_port
go() { # COMMAND [OPTIONS]
    raw "$1" --from "$(pop_url taro)" --to "$to" --from-password-file "$W/password" --to-password-file "$W/password" \
        --ca-file "$SERVERS_CA" "${@:2}"
}
# told WORDS...: so often each stands on standard error: once.
told() {
    local words
    for words in "$@"; do
        [[ $(grep -c "warning: .*the server says: .*$words" "$W/err") == 1 ]] || return 1
    done
    [[ $(grep -c 'the server says' "$W/err") == "$#" ]]
}
go check
expect_exit "check" 0
check "check: shown once each" told "The mailbox is 95% full" "Maintenance at noon"
go check --format json
check "check: in the JSON" test "$(jq -r '.alerts | map(sub("^imaps://localhost:[0-9]+: "; "")) | sort | join("|")' "$W/out")" = \
    "Maintenance at noon|The mailbox is 95% full"
go migrate --work-dir "$W/work"
expect_exit "migrate" 0
check "migrate: shown once each" told "The mailbox is 95% full" "Maintenance at noon" "The disk is warm"
exact "everything arrived" taro
check "the log has them" grep -q 'The disk is warm' "$W"/work/log/job-1.ndjson
go migrate --work-dir "$W/work-2" --format json
check "migrate: in the JSON" test "$(jq '.alerts | length' "$W/out")" = 2
printf 'from,to\n%s,%s\n' "$(pop_url taro)" "$to" >"$W/list.csv"
raw check --accounts "$W/list.csv" --trust-list --from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA"
expect_exit "check of a list" 0
check "a list: shown once each, with the account" told "The mailbox is 95% full" "Maintenance at noon"
