# shellcheck shell=bash
# faults.sh - what the tests with badcloud, oldpop and netproxy share; sourced after lib.sh.

# faulty TOOL PORT OPTIONS...: a tool before a server; its port in $faulty_port, its log in $faulty_log.
faulty() {
    local tool=$1 port=$2
    faulty_count=$((${faulty_count:-0} + 1))
    faulty_log=$W/$tool-$faulty_count.log
    rm -f "$W/faulty-port"
    : >"$faulty_log"
    # (The leak check stops all threads; in some containers it never goes on.)
    ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 "$SERVERS_TOOLS/$tool" --listen 0 --connect "127.0.0.1:$port" --port-file "$W/faulty-port" --log "$faulty_log" \
        "${@:3}" 2>>"$W/faulty.err" &
    LIB_PIDS+=($!)
    await_file "$W/faulty-port" $! && faulty_port=$(<"$W/faulty-port") && return
    not_ok "$tool starts" "$W/faulty.err"
    exit 1
}

# End all of them. A sanitizer's finding in one of them is a failure.
faulty_end() {
    local pid
    for pid in "${LIB_PIDS[@]}"; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        [[ $? == 99 ]] && not_ok "a tool before a server broke" "$W/faulty.err"
    done
    LIB_PIDS=()
}

# The faults a tool's log tells of: how many lines begin so.
faults() { # WORD
    grep -c "^$1" "$faulty_log"
}

# ferry USER [options]: popferry migrate for USER from port $from to port $to, both without TLS.
ferry() {
    raw migrate --from "pop3://$1@localhost:$from" --to "imap://$1@localhost:$to" --allow-plaintext \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-$1" --max-wait 5 "${@:2}"
}

# again CODES MAX COMMAND...: the command while it ends with one of CODES (as "4 6"), at most MAX times; how often in
# $runs.
again() {
    local codes=" $1 " max=$2
    shift 2
    for ((runs = 1; runs <= max; runs++)); do
        "$@"
        [[ $codes == *" $rc "* ]] || return 0
    done
    runs=$max
}

# left_out NAME USER COUNT: so many distinct messages are missing, and everything else arrived once, right.
left_out() {
    "$SERVERS_TOOLS/maildiff" --manifest "$S/$2.manifest" --dest "$S/cloud/$2/Maildir" >"$W/diff" 2>&1
    if [[ $(grep -c '^missing: ' "$W/diff") == "$3" ]] &&
        grep -q '0 repeated, 0 unexpected, 0 with a wrong date' "$W/diff"; then
        ok "$1"
    else
        not_ok "$1: not $3 missing and all else right" "$W/diff" "$W/err"
    fi
}

# only_refused NAME USER WORD: every message that is missing is one of which badcloud's log says WORD, and everything else
# arrived once, right.
only_refused() {
    local file id strange=
    "$SERVERS_TOOLS/maildiff" --manifest "$S/$2.manifest" --dest "$S/cloud/$2/Maildir" >"$W/diff" 2>&1
    for file in $(sed -n 's/^missing: \([^ ]*\) .*/\1/p' "$W/diff"); do
        id=$(sed -n 's/^Message-ID: *\(<[^>]*>\).*/\1/p; /^\r*$/q' "$S/legacy/$2/Maildir"/*/"$file"* | head -1)
        [[ -z $id || $id == '<>' ]] && id=-
        grep -Eq "^$3 [0-9a-f]+ $id\$" "$faulty_log" || strange+=" $file"
    done
    if [[ -z $strange ]] && grep -q ' 0 repeated, 0 unexpected, 0 with a wrong date' "$W/diff"; then
        ok "$1"
    else
        not_ok "$1${strange:+: missing, but not refused:$strange}" "$W/diff" "$W/err"
    fi
}

# quiet_again NAME USER: one more run copies nothing.
quiet_again() {
    local before
    before=$(arrived "$2")
    ferry "$2"
    check "$1: a second run copies nothing" test "$(arrived "$2")" = "$before"
}

# Most of the time these tests wait, so parts of them run side by side. aside FUNCTION...: each in a shell and a folder of
# its own; what they say comes in order, when all have ended. They share the servers, not the users.
aside() {
    local part pids=()
    for part in "$@"; do
        (
            W=$W/$part
            mkdir "$W"
            cp "$W/../password" "$W/password"
            LIB_PIDS=() LIB_FAILED=0
            trap faulty_end EXIT
            "$part"
            faulty_end
            exit "$LIB_FAILED"
        ) >"$W/$part.said" 2>&1 </dev/null &
        pids+=($!)
    done
    for part in "$@"; do
        wait "${pids[0]}" || LIB_FAILED=1
        pids=("${pids[@]:1}")
        cat "$W/$part.said"
        grep -Eq '^(not )?ok - ' "$W/$part.said" || not_ok "$part says nothing"
    done
}
