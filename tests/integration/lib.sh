# shellcheck shell=bash
# lib.sh - what the integration tests share; sourced by each test_*.sh.
#
# A test talks to real servers that it starts itself and judges by what lies on the servers' disks. It prints lines
# of "ok - NAME", "not ok - NAME" and "skip - NAME (REASON)"; after a "not ok", what the program said, behind "#".
#
# From the environment: POPFERRY (the binary, default build/cli/popferry or build/popferry), SERVERS_TOOLS (folder of
# mkmail, maildiff, netproxy; default beside it).

LIB_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LIB_TOP=$(cd "$LIB_HERE/../.." && pwd)

lib_find_binary() {
    local place
    for place in "$LIB_TOP/build/popferry" "$LIB_TOP/build/cli/popferry"; do
        [[ -x $place && -f $place ]] && echo "$place" && return
    done
}
POPFERRY=${POPFERRY:-$(lib_find_binary)}
if [[ ! -x $POPFERRY ]]; then
    echo "not ok - $(basename "$0"): no popferry to test (POPFERRY is not set, and nothing is built in build/)"
    exit 1
fi
if [[ -z ${SERVERS_TOOLS:-} ]]; then
    SERVERS_TOOLS=$(dirname "$POPFERRY")/tests/tools
    [[ -d $SERVERS_TOOLS ]] || SERVERS_TOOLS=$(dirname "$POPFERRY")/../tests/tools
fi
. "$LIB_TOP/tests/tools/servers.sh"

# A sanitizer's finding must not look like one of the program's own exit codes.
export ASAN_OPTIONS=exitcode=99:detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:exitcode=99:print_stacktrace=1

W=$(mktemp -d "${TMPDIR:-/tmp}/pf-XXXXXX")
chmod 755 "$W"
LIB_FAILED=0
LIB_PIDS=()
lib_end() {
    local code=$?
    ((${#LIB_PIDS[@]})) && kill "${LIB_PIDS[@]}" 2>/dev/null
    servers_stop
    declare -F test_end >/dev/null && test_end
    if [[ -n ${KEEP:-} ]]; then echo "# kept: $W"; else rm -rf "$W"; fi
    ((code == 0 && LIB_FAILED)) && code=1
    exit "$code"
}
trap lib_end EXIT
trap 'exit 130' INT TERM

ok() {
    echo "ok - $1"
}

# NAME [FILE...]: the files are shown.
not_ok() {
    echo "not ok - $1"
    shift
    # A sanitizer says what it found first, and where at length.
    grep -hE 'runtime error|ERROR: [A-Za-z]*Sanitizer' "$@" 2>/dev/null | head -3 | sed 's/^/# /'
    tail -qn 20 "$@" 2>/dev/null | sed 's/^/# /'
    LIB_FAILED=1
}

skip() {
    echo "skip - $1 ($2)"
}

# NAME: this part needs a program built with -Dcrash_points=true. CRASH_ELSEWHERE: another stage of tests/run has it.
no_crash_points() {
    [[ -n ${CRASH_ELSEWHERE:-} ]] || skip "$1" "this popferry was built without crash points"
}

# NAME COMMAND...: ok if it succeeds.
check() {
    local name=$1
    shift
    if "$@" >"$W/check" 2>&1; then ok "$name"; else not_ok "$name" "$W/check"; fi
}

# start DIR-NAME: servers below $W/DIR-NAME, which becomes $S.
start() {
    S=$W/$1
    if ! servers_start "$S" >"$W/start" 2>&1; then
        not_ok "servers start ($1)" "$W/start"
        exit 1
    fi
    (umask 077 && printf '%s\n' "$SERVERS_PASSWORD" >"$W/password")
}

# fill USER [options of mkmail]: mail for a user of the legacy server; its manifest is $S/USER.manifest.
fill() {
    local user=$1 maildir
    shift
    maildir=$(servers_maildir "$S" legacy "$user")
    "$SERVERS_TOOLS/mkmail" --maildir "$maildir" --manifest "$S/$user.manifest" "$@" || exit 1
    servers_own "$maildir"
}

pop_url() { # USER
    echo "pop3s://${1//@/%40}@localhost:$LEGACY_POP3S_PORT"
}
imap_url() { # USER
    echo "imaps://${1//@/%40}@localhost:$CLOUD_IMAPS_PORT"
}

# pf COMMAND USER [options]: popferry between the user's two mailboxes; its exit code in $rc, what it prints in $W/out and
# $W/err. Work folder $W/work-USER unless the options name another (check needs none).
pf() {
    local command=$1 user=$2 work=(--work-dir "$W/work-$2")
    shift 2
    [[ $command == check || " $* " == *" --work-dir "* ]] && work=()
    "$POPFERRY" "$command" --from "$(pop_url "$user")" --to "$(imap_url "$user")" --from-password-file "$W/password" \
        --to-password-file "$W/password" --ca-file "$SERVERS_CA" "${work[@]}" "$@" \
        >"$W/out" 2>"$W/err" </dev/null
    rc=$?
}

# raw [arguments]: popferry with nothing added.
raw() {
    "$POPFERRY" "$@" >"$W/out" 2>"$W/err" </dev/null
    rc=$?
}

# expect_exit NAME CODE [PATTERN]: the last run ended with CODE, and its stderr matches the extended PATTERN.
expect_exit() {
    if [[ $rc != "$2" ]]; then
        not_ok "$1: exit code is $rc instead of $2" "$W/out" "$W/err"
    elif [[ -n ${3:-} ]] && ! grep -Eiq -- "$3" "$W/err"; then
        not_ok "$1: nothing like /$3/ on stderr" "$W/err"
    elif grep -q "$SERVERS_PASSWORD" "$W/out" "$W/err"; then
        not_ok "$1: the password is shown" "$W/out" "$W/err"
    else
        ok "$1"
    fi
}

# says NAME EXIT FILTER VALUE: the last run ended with code EXIT, and jq's FILTER gives VALUE.
says() {
    local is
    is=$(jq -c "$3" "$W/out" 2>&1)
    if [[ $rc != "$2" ]]; then
        not_ok "$1: exit code is $rc instead of $2" "$W/err" "$W/out"
    elif [[ $is != "$4" ]]; then
        not_ok "$1: $3 is $is instead of $4" "$W/err"
    else
        ok "$1"
    fi
}

# exact NAME USER [FOLDER-OF-THE-MAILDIR]: everything arrived exactly once, byte for byte, dates right, nothing else.
exact() {
    if "$SERVERS_TOOLS/maildiff" --manifest "$S/$2.manifest" --source "$S/legacy/$2/Maildir" \
        --dest "$S/cloud/$2/Maildir${3:-}" >"$W/diff" 2>&1; then
        ok "$1"
    else
        not_ok "$1" "$W/diff" "$W/err"
    fi
}

# copy_of USER KIND N MAILDIR: the file there of the Nth message of this kind in the user's manifest.
copy_of() {
    local sha
    sha=$(awk -v kind="$2" -v n="$3" '$6 == kind && ++i == n { print $4 }' "$S/$1.manifest")
    find "$4"/{cur,new} -type f -exec sha256sum {} + | awk -v sha="$sha" '$1 == sha { file = $2 } END { print file }'
}

# rewrap FILE: another place for the first line end in its base64.
rewrap() {
    perl -0pi -e 's{([A-Za-z0-9+/]{40})([A-Za-z0-9+/]{4})\r\n(?=[A-Za-z0-9+/])}{$1\r\n$2}' "$1"
    servers_own "$1"
}

# A test judges order and outcome, never how long something took: the machine may be slow, and busy with other things.
# await COMMAND...: until it succeeds. The ten minutes judge nothing; they are the end of what never comes.
await() {
    local end=$((SECONDS + 600))
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.02
    done
}
await_text() { # FILE PATTERN
    await grep -qs -- "$2" "$1"
}
# await_file FILE PID: until there is something in what that process is to write; false if it ended without.
await_file() {
    until [[ -s $1 ]]; do
        kill -0 "$2" 2>/dev/null || [[ -s $1 ]] || return 1
        sleep 0.01
    done
}
# await_arrived USER COUNT PID: until so many messages are there; false if that process ended before.
await_arrived() {
    until (($(arrived "$1") >= $2)); do
        kill -0 "$3" 2>/dev/null || return 1
        sleep 0.01
    done
}
# signalled SIGNAL PID: sent, and the process has seen it.
signalled() {
    signal_seen() {
        ! grep -Eqs '^(Sig|Shd)Pnd:.*[1-9a-f]' "/proc/$1/status"
    }
    kill -s "$1" "$2" && await signal_seen "$2"
}
# killed_after MICROSECONDS COMMAND...: kill -9 after so long, if it still runs then. False if it had ended: then $took has
# the microseconds that it needed, which may be fewer than when the machine had other things to do.
killed_after() {
    local begin=${EPOCHREALTIME/./}
    timeout -s KILL "$(printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)))" "${@:2}" >"$W/out" 2>"$W/err" </dev/null
    [[ $? == 137 ]] && return
    took=$((${EPOCHREALTIME/./} - begin))
    return 1
}

# How many messages lie in a folder of a user's cloud Maildir.
arrived() { # USER [FOLDER]
    find "$S/cloud/$1/Maildir${2:-}"/{cur,new} -type f 2>/dev/null | wc -l
}

# What the legacy server says about the last session of a user: "top=A/B retr=C/D ...". It may come a little late.
last_session() { # USER, sessions so far
    sessions_told() {
        (($(sessions "$1") >= $2))
    }
    await sessions_told "$1" "$2"
    grep "pop3($1).*top=" "$S/legacy.log" | tail -1
}
sessions() { # USER
    grep -c "pop3($1).*top=" "$S/legacy.log"
}

# sign_ins legacy|cloud [USER [METHOD]]: the mechanism of each that the server tells of ("Login:" before Dovecot 2.4).
sign_ins() {
    sed -nE "s/.*-login: Info: (Login|Logged in): user=<${2:-[^>]*}>, method=(${3:-[A-Z0-9-]*}),.*/\2/p" "$S/$1.log"
}

# proxy PORT OPTIONS...: a netproxy in front of it; its port in $proxy_port.
proxy() {
    rm -f "$W/proxy-port"
    "$SERVERS_TOOLS/netproxy" --listen 0 --connect "127.0.0.1:$1" --port-file "$W/proxy-port" "${@:2}" 2>>"$W/proxy.log" &
    LIB_PIDS+=($!)
    await_file "$W/proxy-port" $! && proxy_port=$(<"$W/proxy-port") && return
    not_ok "netproxy starts" "$W/proxy.log"
    exit 1
}

# relay NAME ARGUMENTS...: tests/tools/relay.py; its port in $relay_port, what it saw in $W/NAME.seen.
relay() {
    rm -f "$W/$1.port"
    python3 "$LIB_TOP/tests/tools/relay.py" "${@:2}" --port-file "$W/$1.port" >"$W/$1.seen" 2>"$W/$1.err" &
    LIB_PIDS+=($!)
    await_file "$W/$1.port" $! && relay_port=$(<"$W/$1.port") && return
    not_ok "relay.py starts" "$W/$1.err"
    exit 1
}
