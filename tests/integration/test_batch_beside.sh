#!/usr/bin/env bash
# Two batches on one work folder: the second refuses. The shards of one list work side by side, each account in exactly
# one of them. A single pair beside a batch, and after it, finds the account's folder.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"
. "$(dirname "$0")/batch.sh"
accounts=${BATCH_ACCOUNTS:-18}

start servers
crowd u "$accounts" --count 8 --octets 40000
{ echo user && printf '%s\n' "${crowd[@]}"; } >"$W/list.csv"
slow_hosts 40
has_begun() { # OPTIONS
    local part=''
    [[ ${1:-} == --shard ]] && part=-${2/\//-of-}
    grep -qs '"ended":null' "$W/work/status$part.json"
}
batch_at_work() { # OPTIONS: in the background, and it has begun
    batch_aside migrate list.csv "${slow[@]}" --jobs 2 "$@"
    await has_begun "$@" || not_ok "a batch begins" "$W/aside.err"
}
batch_lands() { # NAME
    kill -CONT "$ferry"
    wait "$ferry"
    rc=$?
    cp "$W/aside.out" "$W/out" && cp "$W/aside.err" "$W/err"
    expect_exit "$1" 0
}

# ---- two at once ----
batch_at_work
kill -STOP "$ferry" # it cannot end before the others have come
for command in migrate verify plan 'delete --yes'; do
    # shellcheck disable=SC2086
    set -- $command
    batch "$1" list.csv "${slow[@]}" "${@:2}"
    expect_exit "a second batch ($command) in this work folder refuses" 4 'at work|another|already'
done
check "it names the folder" grep -q "$W/work" "$W/err"
batch migrate list.csv "${slow[@]}" --shard 1/3
expect_exit "a shard beside a whole list refuses" 4
{ echo user && echo "${crowd[0]}"; } >"$W/one.csv"
batch check one.csv
expect_exit "nor does check, which keeps nothing" 0
kill -CONT "$ferry" # a ledger that it was making when it was stopped could be read by nobody
check "status does not mind" "$POPFERRY" status --work-dir "$W/work"
batch_lands "the first one is not disturbed"
exact_all "and exact" "${crowd[@]}"

# ---- killed: nobody is kept out ----
rm -rf "$W/work" "$S/cloud" && mkdir "$S/cloud" && servers_own "$S/cloud"
batch_at_work
kill -9 "$ferry" && wait "$ferry" 2>/dev/null
batch migrate list.csv "${slow[@]}"
expect_exit "a batch that was killed keeps nobody out" 0
exact_all "after the kill exactly once" "${crowd[@]}"

# ---- shards ----
rm -rf "$W/work" "$S/cloud" && mkdir "$S/cloud" && servers_own "$S/cloud"
pids=()
for shard in 1 2 3; do
    batch_at_work --shard "$shard/3" --format json
    # Each has words of its own.
    mv "$W/aside.out" "$W/shard-$shard.out" && mv "$W/aside.err" "$W/shard-$shard.err"
    pids+=("$ferry")
done
batch migrate list.csv "${slow[@]}"
expect_exit "a whole list beside shards refuses" 4
batch migrate list.csv "${slow[@]}" --shard 3/3
expect_exit "the same shard twice refuses" 4
batch migrate list.csv "${slow[@]}" --shard 1/2
expect_exit "another number of shards refuses" 4
for shard in 1 2 3; do
    wait "${pids[shard - 1]}"
    rc=$?
    cp "$W/shard-$shard.out" "$W/out" && cp "$W/shard-$shard.err" "$W/err"
    expect_exit "shard $shard of 3" 0
    jq -r '.batch.accounts[].from' "$W/out"
done >"$W/said"
grep -v '^u' "$W/said"
is "the shards cover each account exactly once" "$(grep '^u' "$W/said" | sort | uniq -c | awk '$1 == 1' | wc -l)" "$accounts"
check "each of them has some" test "$(for s in 1 2 3; do jq '.batch.accounts | length > 0' "$W/shard-$s.out"; done | grep -c true)" = 3
exact_all "and all are exact" "${crowd[@]}"
is "a status.json for each" "$(find "$W/work" -maxdepth 1 -name 'status-*-of-3.json' | wc -l)" 3
"$POPFERRY" status --work-dir "$W/work" >"$W/out"
is "status has a line for each" "$(grep -c "^Shard [123]/3: migrate, .*exit code 0" "$W/out")" 3
is "one ledger for each account" "$(find "$W/work" -name ledger.sqlite | wc -l)" "$accounts"
batch migrate list.csv "${slow[@]}" --jobs 8
expect_exit "the whole list afterwards" 0
is "it finds all of it done" "$(status_says .sum.copied)" 0
for bad in 0/3 4/3 x 1/0 3; do
    batch migrate list.csv --shard "$bad"
    expect_exit "--shard $bad" 2 '--shard'
done

# ---- one pair ----
one() {
    raw "$1" --from "${slow[1]/localhost/${crowd[0]}@localhost}" --to "${slow[3]/localhost/${crowd[0]}@localhost}" \
        --from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" \
        --work-dir "$W/work" "${@:2}"
}
one migrate --format json
expect_exit "one pair of the list" 0
is "it goes on in the account's folder" "$(said .summary.copied) $(find "$W/work" -maxdepth 1 -name ledger.sqlite | wc -l)" "0 0"
exact "and doubles nothing" "${crowd[0]}"
