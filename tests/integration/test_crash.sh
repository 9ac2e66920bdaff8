#!/usr/bin/env bash
# A run killed at each of its steps (crash points: every commit, every piece of bytes in or out, every answer), then the
# same command again: every message exactly once. Needs a program built with -Dcrash_points=true.
#
# CRASH_STRIDE=1 takes every step; the default takes every 4th.
. "$(dirname "$0")/lib.sh"
if ! "$POPFERRY" --version | grep -q 'crash points'; then
    no_crash_points "killed at every step"
    exit 0
fi
stride=${CRASH_STRIDE:-4}

# crashes NAME [arguments of popferry]: kill at step 1, 1 + stride, ... until a run comes through.
crashes() {
    local name=$1 step=1 crashed=0 bad=0
    shift
    for ((;; step += stride)); do
        rm -rf "$W/work-taro" "$S/cloud/taro"
        POPFERRY_CRASH_AT=$step pf migrate taro "$@"
        if ((rc != 137)); then break; fi
        crashed=$((crashed + 1))
        local where
        where=$(tail -1 "$W/err")
        pf migrate taro "$@"
        if ((rc != 0)); then
            not_ok "$name, killed at step $step ($where): run again ends with $rc" "$W/out" "$W/err"
            bad=1
        fi
        if ! "$SERVERS_TOOLS/maildiff" --manifest "$S/taro.manifest" --source "$S/legacy/taro/Maildir" \
            --dest "$S/cloud/taro/Maildir" >"$W/diff" 2>&1; then
            not_ok "$name, killed at step $step ($where): not exactly once" "$W/diff" "$W/err"
            bad=1
        fi
        # Killed while it looks up what the first one had sent: the third run must still be right.
        if ((step % (3 * stride) == 1)); then
            pf migrate taro "$@"
            [[ $rc == 0 ]] || not_ok "$name, killed at step $step ($where): a third run ends with $rc" "$W/err"
        fi
    done
    expect_exit "$name: a run that is not killed comes through" 0
    ((crashed > 3)) || not_ok "$name: only $crashed steps"
    ((bad)) || ok "$name: killed at $crashed steps, none lost, none doubled"
}

start servers
fill taro --count 60 --octets 400000
crashes "MULTIAPPEND"

# The run that looks up what an interrupted one had sent is killed, too.
recovery=0 bad=0
for ((step = 1; ; step += stride)); do
    rm -rf "$W/work-taro" "$S/cloud/taro"
    POPFERRY_CRASH_AT=40 pf migrate taro
    POPFERRY_CRASH_AT=$step pf migrate taro
    if ((rc != 137)); then break; fi
    recovery=$((recovery + 1))
    pf migrate taro
    if ((rc != 0)) || ! "$SERVERS_TOOLS/maildiff" --manifest "$S/taro.manifest" --source "$S/legacy/taro/Maildir" \
        --dest "$S/cloud/taro/Maildir" >"$W/diff" 2>&1; then
        not_ok "killed again at step $step of the second run" "$W/diff" "$W/err"
        bad=1
    fi
done
((bad)) || ok "killed twice, at $recovery steps of the second run: none lost, none doubled"
