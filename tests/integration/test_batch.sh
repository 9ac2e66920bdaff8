#!/usr/bin/env bash
# A command over a list of accounts: every account exact, again without work, all commands, what each row may say, and
# status while it runs. BATCH_ACCOUNTS (default 24): how many; 1000 for the full size.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"
. "$(dirname "$0")/batch.sh"
accounts=${BATCH_ACCOUNTS:-24}
jobs=${BATCH_JOBS:-16}
memory_kib=$((256 * 1024))
one_document='type == "object" and .schema and .command'

start servers
RSS=$SERVERS_TOOLS/../bench/rss

# ---- the same for all ----
crowd u "$accounts" --count 20 --octets 200000
everybody=("${crowd[@]}")
{ echo user && printf '%s\n' "${everybody[@]}"; } >"$W/list.csv"
batch_options list.csv
"$RSS" "$W/took" "$POPFERRY" migrate "${batch_command[@]}" --jobs "$jobs" >"$W/out" 2>"$W/err" </dev/null
rc=$?
read -r seconds kib _ <"$W/took"
expect_exit "$accounts accounts at once, $jobs at a time" 0
exact_all "every account is exact" "${everybody[@]}"
echo "# $accounts accounts of 20 messages: $seconds s, $((kib / 1024)) MiB at most"
# A sanitizer's own memory is not the program's.
if grep -q __asan_\\\|__tsan_ "$POPFERRY"; then
    skip "resident memory" "a sanitizer's build"
else
    check "resident memory is bounded ($((kib / 1024)) MiB)" test "$kib" -le "$memory_kib"
fi
check "the table says that all is well" grep -q "All $accounts accounts are in order" "$W/out"
is "and how much was copied" "$(sed -n 's/.*Copied by this run: \([0-9,]*\) .*/\1/p' "$W/out" | tr -d ,)" "$((accounts * 20))"
is "status.json: all of them" "$(status_says '"\(.sum.accounts) \(.sum.in_order) \(.sum.copied) \(.sum.exit_code)"')" \
    "$accounts $accounts $((accounts * 20)) 0"
is "status.json: it has ended" "$(status_says '.ended != null and ([.accounts[].state] | unique) == ["ended"]')" true
is "a folder for each" "$(find "$W/work/accounts" -mindepth 2 -maxdepth 2 -name ledger.sqlite | wc -l)" "$accounts"
check "nobody else may look into it" test "$(find "$W/work" -perm /077 -not -type l | wc -l)" = 0
check "no failures, no list of them" test ! -e "$W/work/failures.csv"

# ---- again ----
pop=$(logins legacy) imap=$(logins cloud) before=$(arrived_all)
batch migrate list.csv --jobs "$jobs"
expect_exit "again" 0
is "again: nothing is copied" "$(arrived_all) $(status_says .sum.copied)" "$before 0"
is "again: one sign-in for each account and side" "$(($(logins legacy) - pop)) $(($(logins cloud) - imap))" \
    "$accounts $accounts"
pop=$(logins legacy) imap=$(logins cloud)
batch migrate list.csv --skip-finished
expect_exit "again with --skip-finished" 0
is "--skip-finished: no sign-in at all" "$(($(logins legacy) - pop)) $(($(logins cloud) - imap))" "0 0"
is "--skip-finished: told so" "$(status_says .sum.skipped)" "$accounts"

# ---- every command ----
for command in check plan estimate verify migrate status report; do
    batch "$command" list.csv --format json
    expect_exit "$command over the list" 0
    check "$command --format json is one document" jq -se "length == 1 and (.[0] | $one_document)" "$W/out"
    is "$command --format json tells of each" \
        "$(for user in "${everybody[@]}"; do grep -qE "\"$user(@[^\"]*)?\"" "$W/out" && echo "$user"; done | wc -l)" "$accounts"
    batch "$command" list.csv
    expect_exit "$command, text" 0
done
fill spare --count 3 --octets 3000
{ echo user && printf '%s\n' "${everybody[0]}" spare; } >"$W/two.csv"
batch delete two.csv
expect_exit "delete asks nobody: it wants --yes" 2 -- '--yes'
batch delete two.csv --dry-run --format json
check "delete --dry-run --format json is one document" jq -se "length == 1 and (.[0] | $one_document)" "$W/out"
is "delete --dry-run deletes nothing" "$(find "$S/legacy/${everybody[0]}/Maildir" -path '*/cur/*' -o -path '*/new/*' -type f | wc -l)" 20
{ echo user && echo "${everybody[0]}"; } >"$W/one.csv"
batch delete one.csv --yes --accept duplicates
expect_exit "delete --yes" 0
is "delete: what is proved is gone" "$(find "$S/legacy/${everybody[0]}/Maildir" -path '*/cur/*' -o -path '*/new/*' -type f | wc -l)" 0
is "delete: nobody else's" "$(find "$S/legacy/${everybody[1]}/Maildir" -path '*/cur/*' -o -path '*/new/*' -type f | wc -l)" 20

# ---- what each row may say: folder, filters, enabled, passwords of its own; as Excel writes it in Japan ----
rows() {
    rm -rf "$W/work"
    crowd r 6 --count 12 --octets 60000
    cat >"$W/rows-utf8.csv" <<'CSV'
氏名,メールアドレス,移行先フォルダ,この日より前,対象,備考
山田太郎,r001,旧メール/能登ソ表,,はい,
鈴木花子,r002,,2015-01-01,,"二行に
わたる備考"
佐藤一郎,r003,アーカイブ,,いいえ,退職
高橋美咲,r004,,,○,
渡辺健,r005,"営業,第一",,有効,
伊藤,r006,,,×,
CSV
    iconv -f UTF-8 -t CP932 "$W/rows-utf8.csv" | sed 's/$/\r/' >"$W/rows.csv"
    batch migrate rows.csv
    expect_exit "a list in CP932" 0
    is "CP932: only who is enabled" "$(status_says '[.accounts[].name] | join(" ")' | sed 's/@[^ ]*//g')" "r001 r002 r004 r005"
    check "CP932: the others are counted" grep -q 'left out: 2' "$W/out"
    exact "CP932: a folder in Japanese" r001 "/.$(utf7 旧メール).$(utf7 能登ソ表)"
    exact "CP932: a folder with a comma" r005 "/.$(utf7 営業),$(utf7 第一)"
    exact "CP932: no folder named" r004
    is "CP932: only what is older" "$(arrived r002)" "$(awk -F'\t' '$7 == "-" && $5 != "now" && $5 < 1420070400' "$S/r002.manifest" | wc -l)"
    is "CP932: nobody asked for those who are not enabled" "$(grep -cE 'r003|r006' "$S/legacy.log")" 0
}
# How IMAP writes a mailbox name (RFC 3501, 5.1.3), of what is not ASCII alone.
utf7() {
    local code
    code=$(printf %s "$1" | iconv -f UTF-8 -t UTF-16BE | base64 -w0 | tr -d = | tr / ,)
    printf '&%s-' "$code"
}
# ---- passwords ----
passwords=('$HOME & "x"' 'a;b,c' ' lead and trail ' "it's" '%40{user}' '`id`\n' '#no|comment')
passwords() {
    rm -rf "$W/work"
    crowd p 7 --count 3 --octets 9000
    local i
    echo 'user;from_password;to_password' >"$W/pw.csv"
    for ((i = 0; i < 7; i++)); do
        printf 'p00%d;"%s";"%s"\n' $((i + 1)) "${passwords[i]//\"/\"\"}" "${passwords[i]//\"/\"\"}" >>"$W/pw.csv"
    done
    chmod 600 "$W/pw.csv"
    batch migrate pw.csv
    expect_exit "passwords with \$ & ; \" , and blanks in their cells" 0
    exact_all "passwords in cells" "${crowd[@]}"
    check "no password is shown or kept" test "$(grep -rlF -e 'lead and trail' -e '$HOME' -e 'a;b,c' "$W/out" "$W/err" "$W/work" | wc -l)" = 0
    chmod 644 "$W/pw.csv"
    batch check pw.csv
    check "a list with passwords that others can read is warned of" grep -q 'chmod 600' "$W/err"

    # One command for all, with the user's name in it.
    mkdir "$W/store"
    for i in 0 1 2; do
        printf '%s\n' "${passwords[i]}" >"$W/store/p00$((i + 1))"
    done
    printf 'user\np001\np002\np003\n' >"$W/three.csv"
    raw check --accounts "$W/three.csv" --from-host "pop3s://localhost:$LEGACY_POP3S_PORT" \
        --to-host "imaps://localhost:$CLOUD_IMAPS_PORT" --ca-file "$SERVERS_CA" \
        --from-password-command "cat $W/store/{user}" --to-password-command "cat $W/store/{user}"
    expect_exit "--from-password-command with {user}" 0
    is "--from-password-command: each with its own" "$(grep -c 'All 3 accounts are in order' "$W/out")" 1
    printf 'user\n"x; touch %s"\n' "$W/hurt" >"$W/hurt.csv"
    raw check --accounts "$W/hurt.csv" --from-host "pop3s://localhost:$LEGACY_POP3S_PORT" \
        --to-host "imaps://localhost:$CLOUD_IMAPS_PORT" --ca-file "$SERVERS_CA" \
        --from-password-command "echo {user}" --to-password-command "echo {user}"
    check "a user name is no command" test ! -e "$W/hurt"
}

# ---- while it runs ----
looking() {
    rm -rf "$W/work"
    crowd s 12 --count 10 --octets 50000
    { echo user && printf '%s\n' "${crowd[@]}"; } >"$W/slow.csv"
    slow_hosts 40
    batch_aside migrate slow.csv "${slow[@]}" --jobs 3 --progress json:3 3>"$W/progress"
    local reads=0 broken=0 running=0 ended=0 seen=''
    await test -s "$W/work/status.json"
    while kill -0 "$ferry" 2>/dev/null; do
        cat "$W/work/status.json" >"$W/copy" 2>/dev/null
        reads=$((reads + 1))
        jq -se "length == 1 and (.[0] | $one_document) and .[0].sum.accounts == 12" "$W/copy" >"$W/jq" 2>&1 ||
            broken=$((broken + 1))
        ((running)) || running=$(jq '.sum.running' "$W/copy")
        if [[ -z $seen && $running -gt 0 ]]; then
            # Not stopped meanwhile: a ledger that it was just making could be read by nobody.
            raw status --work-dir "$W/work"
            seen=$rc
            cp "$W/out" "$W/status-text"
            raw status --work-dir "$W/work" --format json
            jq -e "$one_document" "$W/out" >/dev/null || seen="$seen, JSON broken"
        fi
        sleep 0.02
    done
    wait "$ferry"
    ended=$?
    rc=$ended
    cp "$W/aside.out" "$W/out" && cp "$W/aside.err" "$W/err"
    expect_exit "a batch that is looked at" 0
    is "status.json is whole at any moment ($reads looks)" "$broken" 0
    check "it tells who is at work ($running)" test "${running:-0}" -gt 0
    is "status from another process while it runs" "$seen" 0
    check "status tells of the batch" grep -qE 'Batch: migrate, begun .*(of 12 accounts ended)' "$W/status-text"
    is "and that it has not ended" "$(head -1 "$W/status-text" | grep -c '; ended')" 0
    exact_all "nothing suffered" "${crowd[@]}"

    jq -c . "$W/progress" >"$W/progress-read" 2>"$W/progress-err"
    is "--progress: each line is JSON" "$(wc -l <"$W/progress-read") $(wc -c <"$W/progress-err")" "$(wc -l <"$W/progress") 0"
    is "--progress: from begin to end" "$(head -1 "$W/progress" | jq -r .event) $(tail -1 "$W/progress" | jq -r .event)" "begin end"
    is "--progress: nothing of it on standard error" "$(grep -c '"event"' "$W/err")" 0
}

# ---- more at a time than there may be open files ----
descriptors() {
    local limit told=0
    crowd o 40 --count 2 --octets 4000
    { echo user && printf '%s\n' "${crowd[@]}"; } >"$W/many.csv"
    slow_hosts 30
    for limit in soft hard; do
        rm -rf "$W/work" "$S/cloud" && mkdir "$S/cloud" && servers_own "$S/cloud"
        batch_options many.csv
        (
            if [[ $limit == soft ]]; then ulimit -S -n 128; else ulimit -n 200; fi
            exec "$POPFERRY" migrate "${batch_command[@]}" "${slow[@]}" --jobs 40
        ) >"$W/out" 2>"$W/err" </dev/null
        rc=$?
        expect_exit "few open files ($limit limit)" 0
        exact_all "few open files ($limit limit): exact" "${crowd[@]}"
        is "few open files ($limit limit): whether it is told of fewer at a time" "$(grep -c 'ulimit -n' "$W/err")" "$told"
        told=1
    done
}

rows
looking
descriptors
servers_stop
# Users with passwords of their own want servers that know them.
for i in "${!passwords[@]}"; do
    servers_account "$W/words" "p00$((i + 1))" "${passwords[i]}"
done
start words
passwords
