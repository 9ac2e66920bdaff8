#!/usr/bin/env bash
# kill -9 at any moment, then the same command again: every message exactly once.
. "$(dirname "$0")/lib.sh"
moments=${KILL_MOMENTS:-12}

start servers
fill taro --count 500 --octets 20000000

# How long does a whole run take here? (and it warms the servers up)
pf migrate taro
expect_exit "an undisturbed run" 0
forget() {
    rm -rf "$W/work-taro" "$S/cloud/taro"
}
forget
begin=${EPOCHREALTIME/./}
pf migrate taro
took=$((${EPOCHREALTIME/./} - begin))

# Start a run, kill it after so many microseconds; 0 if it was still running.
killed_run() {
    killed_after "$1" "$POPFERRY" migrate --from "$(pop_url taro)" --to "$(imap_url taro)" --from-password-file "$W/password" \
        --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-taro"
}

in_time=0
for ((i = 1; i <= moments || (in_time * 3 < moments && i <= 5 * moments); i++)); do
    forget
    part=$(((i - 1) % moments + 1))/$((moments + 1))
    killed_run $((took * ${part%/*} / ${part#*/})) && in_time=$((in_time + 1))
    had=$(arrived taro)
    pf migrate taro
    expect_exit "run again after kill -9 at $part of the time ($had messages there)" 0
    exact "exactly once after kill -9 at $part of the time" taro
done
check "enough kills came in time ($in_time of $((i - 1)))" test $((in_time * 3)) -ge "$moments"

# The same run killed again and again, each time a little later.
forget
scale=$took
for ((i = 2; i <= 9; i++)); do
    killed_run $((scale * i / 10))
done
pf migrate taro
expect_exit "run again after being killed eight times" 0
exact "exactly once after being killed eight times" taro

# One migration killed at random moments, again and again: most soon, some only while the destination is given the time
# to finish what was on its way. A small piece at a time gets through.
kills=${KILLS:-25}
RANDOM=${KILL_SEED:-2026}
forget
killed=0
for ((i = 1; i <= kills || (killed * 4 < kills && i <= 3 * kills); i++)); do
    if ((RANDOM % 4)); then micros=$((RANDOM * scale / 32768)); else micros=$((RANDOM * 4500000 / 32768)); fi
    if killed_run "$micros"; then
        killed=$((killed + 1))
    else # it came through: once more from the start
        ((micros < scale)) && scale=$((scale * 4 / 5))
        forget
    fi
done
pf migrate taro
expect_exit "run again after $killed random kill -9 in $((i - 1)) runs" 0
exact "exactly once after $killed random kill -9" taro
check "enough of them came in time ($killed of $((i - 1)))" test $((killed * 4)) -ge "$kills"

# The line cut in the middle instead, at either side.
for cut in "--cut-up 3000000" "--cut-up 60000" "--cut-down 9000000" "--cut-down 200"; do
    forget
    # shellcheck disable=SC2086
    proxy "$LEGACY_POP3S_PORT" $cut
    from=$proxy_port
    # shellcheck disable=SC2086
    proxy "$CLOUD_IMAPS_PORT" $cut
    raw migrate --from "pop3s://taro@localhost:$from" --to "imaps://taro@localhost:$proxy_port" \
        --from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" \
        --work-dir "$W/work-taro"
    case $rc in
    0 | 4) ok "lines that end early ($cut): exit code $rc" ;;
    *) not_ok "lines that end early ($cut): exit code is $rc instead of 0 or 4" "$W/out" "$W/err" ;;
    esac
    kill "${LIB_PIDS[@]}" 2>/dev/null
    LIB_PIDS=()
    raw migrate --from "$(pop_url taro)" --to "$(imap_url taro)" --from-password-file "$W/password" \
        --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-taro"
    expect_exit "run again after $cut, by another port" 0
    exact "exactly once after $cut" taro
done
