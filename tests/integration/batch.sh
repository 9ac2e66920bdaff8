# shellcheck shell=bash
# batch.sh - what the tests of batches share; sourced after lib.sh.

is() { # NAME ACTUAL EXPECTED
    if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: $2 instead of $3" "$W/out" "$W/err"; fi
}

# crowd PREFIX COUNT [options of mkmail]: users PREFIX001... of the legacy server, each with mail of its own; their names
# in $crowd.
crowd() {
    local prefix=$1 count=$2 i user
    shift 2
    crowd=()
    for ((i = 1; i <= count; i++)); do
        printf -v user '%s%03d' "$prefix" "$i"
        crowd+=("$user")
        mkdir -p "$S/legacy/$user/Maildir"/{cur,new,tmp}
        "$SERVERS_TOOLS/mkmail" --maildir "$S/legacy/$user/Maildir" --manifest "$S/$user.manifest" --seed "$i" "$@" || exit 1
    done
    servers_own "$S/legacy"
}

# The common options of a batch over $W/LIST in the work folder $W/work; the passwords of both sides are those of the
# servers unless the list says otherwise.
batch_command=()
batch_options() { # LIST
    batch_command=(--accounts "$W/$1" --work-dir "$W/work" --from-host "pop3s://localhost:$LEGACY_POP3S_PORT"
        --to-host "imaps://localhost:$CLOUD_IMAPS_PORT" --from-password-file "$W/password"
        --to-password-file "$W/password" --ca-file "$SERVERS_CA")
}
batch() { # COMMAND LIST [OPTIONS]
    batch_options "$2"
    case $1 in
    check) batch_command=("${batch_command[@]:0:2}" "${batch_command[@]:4}") ;; # it keeps nothing
    status | report) batch_command=("${batch_command[@]:0:8}") ;;               # they sign in nowhere
    esac
    raw "$1" "${batch_command[@]}" "${@:3}"
}
# batch_aside COMMAND LIST [OPTIONS]: in the background, its process in $ferry, its words in $W/aside.out and .err. (A
# shell's background processes ignore SIGINT unless told.)
batch_aside() {
    batch_options "$2"
    env --default-signal=INT,TERM "$POPFERRY" "$1" "${batch_command[@]}" "${@:3}" >"$W/aside.out" 2>"$W/aside.err" \
        </dev/null &
    ferry=$!
    LIB_PIDS+=("$ferry")
}

# exact_all NAME USER...: every account's mail arrived exactly once, byte for byte, dates right, nothing else.
exact_all() {
    local name=$1 user bad=0
    shift
    : >"$W/diffs"
    for user in "$@"; do
        "$SERVERS_TOOLS/maildiff" --manifest "$S/$user.manifest" --dest "$S/cloud/$user/Maildir" >"$W/diff" 2>&1 && continue
        bad=$((bad + 1))
        sed "s/^/$user: /" "$W/diff" >>"$W/diffs"
    done
    if ((bad)); then not_ok "$name: $bad of $# are not exact" "$W/diffs"; else ok "$name ($# accounts)"; fi
}

# Sign-ins so far of a side, by its log.
logins() { # legacy|cloud
    sign_ins "$1" | wc -l
}
# All messages that arrived, of all accounts.
arrived_all() {
    find "$S/cloud" -path '*/Maildir*/cur/*' -type f | wc -l
}

# What the document on standard output, or status.json, says of all together, and of one account.
said() { # FILTER [OPTIONS OF JQ]
    jq -r "$@" "$W/out"
}
status_says() { # FILTER
    jq -r "$1" "$W/work/status.json"
}
of_account() { # NAME FIELD
    jq -r --arg name "$1" "[.accounts[] | select(.name == \$name) | $2][0]" "$W/work/status.json"
}

# The options that take both sides over slow lines, in ${slow[@]}: so long each way.
slow_hosts() { # DELAY-MS
    local from
    proxy "$LEGACY_POP3S_PORT" --delay-ms "$1"
    from=$proxy_port
    proxy "$CLOUD_IMAPS_PORT" --delay-ms "$1"
    slow=(--from-host "pop3s://localhost:$from" --to-host "imaps://localhost:$proxy_port")
}
