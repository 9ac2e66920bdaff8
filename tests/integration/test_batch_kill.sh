#!/usr/bin/env bash
# A batch that is killed, interrupted or held back by an upload limit, and the same command again: every message of every
# account exactly once. BATCH_ACCOUNTS (default 12), BATCH_KILLS (default 8), KILL_SEED.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"
. "$(dirname "$0")/batch.sh"
accounts=${BATCH_ACCOUNTS:-12}
kills=${BATCH_KILLS:-8}
RANDOM=${KILL_SEED:-2026}

start servers
crowd k "$accounts" --count 40 --octets 400000
{ echo user && printf '%s\n' "${crowd[@]}"; } >"$W/list.csv"
forget() {
    rm -rf "$W/work" "$S/cloud"
    mkdir "$S/cloud"
    servers_own "$S/cloud"
}
accounts_exact() { # NAME
    exact_all "$1" "${crowd[@]}"
}

# ---- kill -9 ----
batch migrate list.csv --jobs 6
expect_exit "an undisturbed run" 0
forget
begin=${EPOCHREALTIME/./}
batch migrate list.csv --jobs 6
took=$((${EPOCHREALTIME/./} - begin))
forget
in_time=0 partly=0
for ((i = 1; i <= kills || ((in_time * 3 < kills || partly < 1) && i <= kills * 5); i++)); do
    batch_options list.csv
    killed_after $((took * (RANDOM % 90 + 5) / 100)) "$POPFERRY" migrate "${batch_command[@]}" --jobs 6 && in_time=$((in_time + 1))
    there=$(arrived_all)
    ((there > 0 && there < accounts * 38)) && partly=$((partly + 1))
    # Now and then a run comes through in between, and it begins anew.
    if ((i % 3 == 0)); then
        batch migrate list.csv --jobs 6
        expect_exit "run again after kill $i ($there messages were there)" 0
        accounts_exact "exactly once after kill $i"
        forget
    fi
done
batch migrate list.csv --jobs 6
expect_exit "run again after $in_time kills in $((i - 1)) runs" 0
accounts_exact "exactly once after all of them"
check "enough kills came in time ($in_time of $((i - 1)), $partly of them half-way)" \
    test $((in_time * 3)) -ge "$kills" -a "$partly" -ge 1
batch migrate list.csv --jobs 6
is "and nothing is left to do" "$(status_says .sum.copied)" 0

# ---- Ctrl-C ----
slow_hosts 40
forget
batch_aside migrate list.csv "${slow[@]}" --jobs 3
check "it begins" await bash -c "[[ \$(find '$S/cloud' -path '*/cur/*' -type f | wc -l) -ge 170 ]]"
kill -INT "$ferry"
wait "$ferry"
rc=$?
cp "$W/aside.out" "$W/out" && cp "$W/aside.err" "$W/err"
expect_exit "SIGINT" 4
is "SIGINT: nobody is left at work" "$(status_says '.ended != null and .sum.running == 0 and .sum.queued == 0')" true
check "SIGINT: some were done, some not ($(status_says '"\(.sum.in_order), \(.sum.waiting)"'))" \
    test "$(status_says .sum.waiting)" -gt 0
is "SIGINT: one line for all that were stopped" "$(grep -ci 'stopped as asked' "$W/out")" 1
check "SIGINT: it says how to go on" grep -qiE 'same command again' "$W/out"
is "SIGINT: what is left is in failures.csv" "$(($(wc -l <"$W/work/failures.csv") - 1))" "$(status_says .sum.waiting)"
before=$(arrived_all)
batch migrate list.csv "${slow[@]}" --jobs 12
expect_exit "SIGINT, the same command again" 0
accounts_exact "SIGINT: exactly once"
check "SIGINT: what was there was not copied again" test "$(status_says .sum.copied)" -le $(($(arrived_all) - before))

forget
batch_aside migrate list.csv "${slow[@]}" --jobs 3
check "it begins again" await bash -c "[[ \$(find '$S/cloud' -path '*/cur/*' -type f | wc -l) -ge 10 ]]"
signalled INT "$ferry"
kill -INT "$ferry"
wait "$ferry"
rc=$?
cp "$W/aside.out" "$W/out" && cp "$W/aside.err" "$W/err"
expect_exit "SIGINT twice" 130
check "SIGINT twice: status.json is whole" jq -e .sum "$W/work/status.json"
batch migrate list.csv "${slow[@]}" --jobs 12
expect_exit "SIGINT twice, the same command again" 0
accounts_exact "SIGINT twice: exactly once"

# ---- an upload limit ----
# Every third account has more than may be sent in a day.
forget
large=() small=()
for i in "${!crowd[@]}"; do
    if ((i % 3)); then small+=("${crowd[i]}"); else large+=("${crowd[i]}"); fi
done
{
    echo user,upload_cap
    printf '%s,\n' "${small[@]}"
    printf '%s,300k\n' "${large[@]}"
} >"$W/cap.csv"
earlier() { # SECONDS: as if all had been sent so much earlier
    local ledger
    for ledger in "$W"/work/accounts/*/ledger.sqlite; do
        sqlite3 "$ledger" "UPDATE message SET intended_s = intended_s - $1 WHERE intended_s > 0"
    done
}
batch migrate cap.csv --jobs 6
expect_exit "an upload limit" 4
exact_all "the limit stops none of the others" "${small[@]}"
is "those that reached it are left for later" \
    "$(status_says '[.accounts[] | select(.state == "left" and .exit_code == 4)] | length')" "${#large[@]}"
is "and nobody else" "$(status_says '"\(.sum.in_order) \(.sum.waiting)"')" "${#small[@]} ${#large[@]}"
again=$(status_says '[.accounts[] | select(.again != null) | .again] | max')
check "the time to go on is a day from now ($again)" test $(($(date -d "$again" +%s) - $(date +%s))) -gt 86000
check "the table tells it" grep -qE "20[0-9]{2}-[0-9]{2}-[0-9]{2}" "$W/out"
before=$(arrived_all)
batch migrate cap.csv --jobs 6
expect_exit "the limit, again at once" 4
is "the limit, again at once: nothing is sent" "$(arrived_all)" "$before"
for day in 2 3 4 5; do
    earlier 86400
    batch migrate cap.csv --jobs 6
    ((rc == 4)) || break
done
expect_exit "one of the next days ($day)" 0
accounts_exact "some days later: exactly once"

# What was sent a day ago but some seconds: --wait goes on when these are over.
forget
batch migrate cap.csv --jobs 6
expect_exit "the limit once more" 4
for ledger in "$W"/work/accounts/*/ledger.sqlite; do
    sqlite3 "$ledger" "UPDATE message SET intended_s = strftime('%s', 'now') - 86400 + 20 WHERE intended_s > 0"
done
begin=$SECONDS
batch migrate cap.csv --jobs 6 --wait --max-wait 1
check "--wait waits ($((SECONDS - begin)) s)" test $((SECONDS - begin)) -ge 2
expect_exit "--wait goes on by itself" 0
accounts_exact "--wait: exactly once"
