#!/usr/bin/env bash
# A list of which a part has something wrong: all the others are done, each of these is named with its line, and what is
# left, corrected, completes it. BATCH_ACCOUNTS (default 40): how many; 200 for the full size.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"
. "$(dirname "$0")/batch.sh"
accounts=${BATCH_ACCOUNTS:-40}
kinds=(wrong ghost down full poison twice two cell)
bad=$((accounts * 15 / 100))
((bad >= ${#kinds[@]})) || bad=${#kinds[@]}

SERVERS_QUOTA=1M start servers
down=$(servers_port)
# A destination that refuses what has this in its header.
refusing() { # PORT FAULTS...
    faulty badcloud "$CLOUD_IMAP_PORT" --listen "$1" "${@:2}"
    refusing=$faulty_port
}
refusing 0 --reject-header sender3@ --reject-text '[CANNOT] Worm.Mydoom found'

crowd b "$accounts" --count 10 --octets 60000
everybody=("${crowd[@]}")
pop=pop3s://localhost:$LEGACY_POP3S_PORT
imap=imaps://localhost:$CLOUD_IMAPS_PORT

# The list, as Excel writes it in Japan: one account a line; kind_of[LINE] is what is wrong with it, right[LINE] the line as
# it should be ("": none).
declare -A kind_of=() right=()
declare -a lines=()
row() { # KIND NAME USER FROM PASSWORD TO TO-USER SINCE
    lines+=("$2;$3;$4;$5;$6;$7;$8;はい;営業部ソ")
    [[ $1 == good ]] || kind_of[$((${#lines[@]}))]=$1
}
right() { # the last line, but so
    right[${#lines[@]}]="$1;$2;$3;$4;$5;$6;$7;はい;営業部ソ"
}
lines=('氏名;移行元ユーザー名;移行元サーバー;移行元パスワード;移行先サーバー;移行先ユーザー名;この日以降;平文を許可;備考')
n=0 twins=()
for i in "${!everybody[@]}"; do
    user=${everybody[i]}
    kind=good
    # Spread over the list, the first ones in order.
    if ((i % (accounts / bad) == accounts / bad - 1 && n < bad)); then
        kind=${kinds[n % ${#kinds[@]}]}
        n=$((n + 1))
    fi
    case $kind in
    wrong) row wrong "山田$i" "$user" "$pop" "no-such-word" "$imap" "$user" '' ;;
    ghost)
        row ghost "鈴木$i" "$user!" "$pop" '' "$imap" "$user" ''
        right "鈴木$i" "$user" "$pop" '' "$imap" "$user" ''
        continue
        ;;
    down) row down "佐藤$i" "$user" "pop3s://localhost:$down" '' "$imap" "$user" '' ;;
    full)
        "$SERVERS_TOOLS/mkmail" --maildir "$S/legacy/$user/Maildir" --manifest "$S/$user.manifest" --seed 77 \
            --count 40 --octets 3000000 || exit 1
        servers_own "$S/legacy/$user"
        row full "高橋$i" "$user" "$pop" '' "$imap" "$user" ''
        ;;
    poison)
        row poison "渡辺$i" "$user" "$pop" '' "imap://localhost:$refusing" "$user" ''
        ;;
    twice)
        twins+=("$user")
        row good "伊藤$i" "$user" "$pop" '' "$imap" "$user" ''
        row twice "伊藤$i" "$user" "$pop" '' "$imap" "$user" ''
        right[${#lines[@]}]=''
        continue
        ;;
    two)
        row two "中村$i" "$user" "$pop" '' "$imap" "$user" ''
        right "中村$i" "$user" "$pop" '' "$imap" "$user" ''
        row two "中村$i" "$user" "$pop" '' "$imap" "other$i" ''
        right[${#lines[@]}]=''
        continue
        ;;
    cell) row cell "小林$i" "$user" "$pop" '' "$imap" "$user" '2015-13-45' ;;
    good) row good "加藤$i" "$user" "$pop" '' "$imap" "$user" '' ;;
    esac
    [[ $kind == good ]] || right "${lines[-1]%%;*}" "$user" "$pop" '' "$(cut -d';' -f5 <<<"${lines[-1]}")" "$user" ''
done
encode() {
    iconv -f UTF-8 -t CP932 | sed 's/$/\r/'
}
printf '%s\n' "${lines[@]}" | encode >"$W/bad.csv"
chmod 600 "$W/bad.csv"
given=("--accounts" "$W/bad.csv" --work-dir "$W/work" --from-password-file "$W/password" --to-password-file "$W/password"
    --ca-file "$SERVERS_CA" --trust-list --max-wait 3 --jobs 8)

declare -A code_of=([wrong]=3 [ghost]=3 [down]=4 [full]=6 [poison]=1 [twice]=2 [two]=2 [cell]=2)
declare -A words_of=([wrong]='user name|password|auth' [ghost]='user name|password|auth' [down]="localhost:$down"
    [full]='quota|full|room' [poison]='' [twice]='second time' [two]='--shared' [cell]='since|2015-13-45|この日以降')
good=()
for user in "${everybody[@]}"; do
    mine=0
    for line in "${!kind_of[@]}"; do
        [[ ${kind_of[$line]} != twice && ${lines[line - 1]} == *";$user"[\;!]* ]] && mine=1
    done
    ((mine)) || good+=("$user")
done

raw migrate "${given[@]}"
expect_exit "$accounts accounts, ${#kind_of[@]} lines with something wrong: the worst code" 2
exact_all "all the others are exact" "${good[@]}"
cp "$W/out" "$W/table"
cp "$W/work/status.json" "$W/status-1"
is "status.json: in order, and not" "$(status_says '"\(.sum.in_order) \(.sum.accounts - .sum.in_order)"')" \
    "$((${#lines[@]} - 1 - ${#kind_of[@]})) ${#kind_of[@]}"
judge() { # WHERE FILE FILTER-OF-THE-ACCOUNTS
    local line kind got
    for line in "${!kind_of[@]}"; do
        kind=${kind_of[$line]}
        got=$(jq -r --argjson line "$line" "$3 | map(select(.line == \$line)) | .[0] | \"\(.exit_code) \(.error.text // .words)\"" "$2")
        if [[ ${got%% *} != "${code_of[$kind]}" ]] || ! grep -Eiq -- "${words_of[$kind]}" <<<"$got"; then
            echo "line $line ($kind): $got"
        fi
    done >"$W/judged"
    if [[ -s $W/judged ]]; then
        not_ok "$1: not all have their code and reason, with their line" "$W/judged"
    else
        ok "$1: each has its code and its reason, with its line"
    fi
}
judge "status.json" "$W/work/status.json" .accounts
unnamed=0
for line in "${!kind_of[@]}"; do
    user=$(cut -d';' -f2 <<<"${lines[line - 1]}")
    grep -qF "$user" "$W/table" || unnamed=$((unnamed + 1))
done
is "the table names each" "$unnamed" 0
named=0
for user in "${good[@]}"; do
    [[ " ${twins[*]} " != *" $user "* ]] && grep -qw "$user" "$W/table" && named=$((named + 1))
done
is "the table names nobody else" "$named" 0
check "it says where the failures lie" grep -q "$W/work/failures.csv" "$W/table"
check "no password of the list is shown" test "$(grep -c no-such-word "$W/out" "$W/err" "$W/work/status.json" | grep -vc ':0')" = 0

# ---- failures.csv ----
{
    printf '%s\n' "${lines[0]}"
    for ((i = 2; i <= ${#lines[@]}; i++)); do [[ -n ${kind_of[$i]:-} ]] && printf '%s\n' "${lines[i - 1]}"; done
} | encode >"$W/expected.csv"
check "failures.csv has exactly these, as they stood" cmp "$W/work/failures.csv" "$W/expected.csv"
is "failures.csv is nobody else's to read" "$(stat -c %a "$W/work/failures.csv")" 600

raw migrate "${given[@]}" --format json
expect_exit "again, as JSON" 2
judge "the document" "$W/out" .batch.accounts
check "failures.csv has them still" cmp "$W/work/failures.csv" "$W/expected.csv"

# Corrected: the lists' lines, the mailbox' room, the scanner.
kill "${LIB_PIDS[@]}" && wait "${LIB_PIDS[@]}" 2>/dev/null
LIB_PIDS=()
refusing "$refusing"
sed -i 's/storage=1M/storage=1G/; s/storage_size = 1M/storage_size = 1G/' "$S/cloud.conf"
kill -HUP "$(<"$S/cloud-run/master.pid")"
await_text "$S/cloud.log" SIGHUP || not_ok "the server reads its configuration again" "$S/cloud.log"
sleep 0.5
{
    printf '%s\n' "${lines[0]}"
    for ((i = 2; i <= ${#lines[@]}; i++)); do
        [[ -n ${kind_of[$i]:-} && -n ${right[$i]} ]] && printf '%s\n' "${right[$i]}"
    done
} | encode >"$W/corrected.csv"
raw migrate "${given[@]}" --accounts "$W/corrected.csv" --retry-quarantined
expect_exit "failures.csv, corrected" 0
exact_all "and now every account is exact" "${everybody[@]}"
check "no failures are left" test ! -e "$W/work/failures.csv"

# ---- a host that is down ----
# It takes connections and closes them; twelve accounts want it, and twelve others have nothing to do with it.
crowd d 24 --count 2 --octets 4000
faulty netproxy "$(servers_port)"
closing=$faulty_port
{
    echo user,to_host
    for i in "${!crowd[@]}"; do
        if ((i % 2)); then echo "${crowd[i]},imap://localhost:$closing"; else echo "${crowd[i]},"; fi
    done
} >"$W/down.csv"
batch migrate down.csv --trust-list --allow-plaintext --jobs 8 --max-wait 3
expect_exit "a host that is down" 4
up=()
for ((i = 0; i < 24; i += 2)); do up+=("${crowd[i]}"); done
exact_all "a host that is down: all the others are exact" "${up[@]}"
asked=$(faults connection)
check "a host that is down is asked a few times for all ($asked)" test "$asked" -ge 1 -a "$asked" -le 10
is "a host that is down: its accounts wait for another run" "$(status_says .sum.waiting)" 12
check "a host that is down: it is named" grep -q "localhost:$closing" "$W/out"

# ---- a host that refuses everybody ----
crowd x 14 --count 2 --octets 4000
{
    echo user,from_password
    for user in "${crowd[@]}"; do echo "$user,no-such-word"; done
} >"$W/refused.csv"
chmod 600 "$W/refused.csv"
before=$(grep -c 'auth failed' "$S/legacy.log")
batch migrate refused.csv --jobs 10
expect_exit "a host that refuses everybody" 3
asked() {
    grep 'auth failed' "$S/legacy.log" | tail -n +$((before + 1)) | grep -o 'user=<[^>]*>' | sort -u | wc -l
}
five_asked() {
    (($(asked) >= 5))
}
await five_asked # the log may come a little late
asked=$(asked)
is "a host that refuses everybody is left alone after five accounts" "$asked" 5
is "all of them failed" "$(status_says .sum.failed)" 14
is "those that were not tried say so" "$(status_says '[.accounts[] | select(.state == "untried")] | length')" 9
# One right password, and the host is no longer suspected: all are asked.
sed -i "2s/.*/${crowd[0]},/" "$W/refused.csv"
rm -rf "$W/work"
batch migrate refused.csv --jobs 3
is "with one that may sign in, all are tried" "$(status_says '[.accounts[] | select(.state == "untried")] | length')" 0

# ---- --fail-fast ----
rm -rf "$W/work"
crowd f 6 --count 2 --octets 4000
{
    echo user,from_password
    echo "${crowd[0]},"
    echo "${crowd[1]},no-such-word"
    printf '%s,\n' "${crowd[@]:2}"
} >"$W/fast.csv"
chmod 600 "$W/fast.csv"
batch migrate fast.csv --jobs 1 --fail-fast
check "--fail-fast: a failure's code ($rc)" test "$rc" = 3
is "--fail-fast: nothing begins after the first failure" "$(status_says '[.accounts[].state] | join(" ")')" \
    "ended ended untried untried untried untried"
is "--fail-fast: the rest is in failures.csv" "$(tail -n +2 "$W/work/failures.csv" | wc -l)" 5
batch migrate fast.csv --jobs 1
is "without it one failure stops nothing" "$(status_says '"\(.sum.in_order) \(.sum.failed)"')" "5 1"
