#!/usr/bin/env bash
# Servers that mean harm (hostile_servers.py): endless lines, lists, literals and mail, numbers that cannot be, nesting,
# noise, octets that come one a second, terminal escapes in every text. Each must cost bounded memory and time, end
# with a clear error and the right exit code, or do the work all the same; and no control character may reach a
# terminal, a report or the log. HOSTILE: only scenarios whose name matches this pattern.
. "$(dirname "$0")/lib.sh"

memory_kib=$((96 * 1024)) # the largest answer of IMAP may have 16 MiB, a list of POP3 a million messages
tools=$LIB_TOP/tests/integration/hostile_servers.py
RSS=$SERVERS_TOOLS/../bench/rss
sanitized=''
grep -q '__asan_\|__tsan_' "$POPFERRY" && sanitized=yes

# What is right for a scenario: migrate's exit codes. 1: the mail was taken, with what a person must look at; 3: refused,
# or no mail server; 4: this server, or its line, may be better later. What is not named must end with 4.
right() {
    case $1 in
    pop3-greeting-noise | pop3-greeting-then-noise | imap-greeting-noise | pop3-pass-escapes | imap-login-escapes | imap-select-escapes) echo 3 ;;
    pop3-retr-escapes) echo 1 ;;
    pop3-capa-escapes | pop3-stat-* | pop3-list-descending | pop3-uidl-same | pop3-top-endless | pop3-retr-noise | \
        pop3-mail-escapes) echo '[014]' ;;
    imap-greeting-then-noise | imap-append-* | imap-*-escapes | imap-list-* | imap-exists-* | imap-uidvalidity-odd | \
        imap-fetch-* | imap-search-flood) echo '[14]' ;;
    *) echo 4 ;;
    esac
}

start servers
fill source --count 4 --octets 20000
printf 'geheim-hostil\n' >"$W/word" && chmod 600 "$W/word"
mapfile -t names < <(python3 "$tools" --names | grep -E -- "${HOSTILE:-.}")
python3 "$tools" "${names[@]}" >"$W/ports" 2>"$W/hostile.log" &
LIB_PIDS+=($!)
await_text "$W/ports" ready || { not_ok "hostile servers start" "$W/hostile.log"; exit 1; }

# one COMMAND NAME PORT: popferry between that server and a real one; all it leaves in $W/NAME/COMMAND.
one() {
    local dir=$W/$2/$1 sides work=()
    mkdir -p "$dir"
    if [[ $2 == pop3-* ]]; then
        sides=(--from "pop3://u@127.0.0.1:$3" --from-password-file "$W/word"
            --to "imaps://$2@localhost:$CLOUD_IMAPS_PORT" --to-password-file "$W/password")
    else
        sides=(--from "pop3s://source@localhost:$LEGACY_POP3S_PORT" --from-password-file "$W/password"
            --to "imap://u@127.0.0.1:$3" --to-password-file "$W/word")
    fi
    [[ $1 == check ]] || work=(--work-dir "$W/$2/work" --max-wait 1)
    [[ $1 == check ]] && work=(--format json)
    timeout 900 "$RSS" "$dir/took" "$POPFERRY" "$1" "${sides[@]}" "${work[@]}" --allow-plaintext \
        --ca-file "$SERVERS_CA" >"$dir/out" 2>"$dir/err" </dev/null
    echo $? >"$dir/code"
}

# Octets that would mean something to a terminal: C0 but tab and line end, DEL, C1 as such and in UTF-8.
control_characters() { # FILE...
    python3 - "$@" <<'PYTHON'
import re, sys
bad = 0
for path in sys.argv[1:]:
    data = open(path, "rb").read().replace(b"\r\n", b"\n")  # CSV has these
    text = data.decode("utf-8", "surrogateescape")
    for found in re.finditer("[\0-\x08\x0b-\x1f\x7f-\x9f\udc80-\udcff]", text):
        print(f"{path}: {found.group()!a} in {text[max(0, found.start() - 40):found.end() + 20]!a}")
        bad = 1
        break
sys.exit(bad)
PYTHON
}

judge() { # COMMAND NAME WANTED-CODES
    local dir=$W/$2/$1 code seconds=0 kib=0 _ what="$2, $1"
    code=$(<"$dir/code")
    [[ -s $dir/took ]] && read -r seconds kib _ <"$dir/took"
    # shellcheck disable=SC2053
    if [[ $code == 124 ]]; then
        not_ok "$what: it does not end by itself" "$dir/out" "$dir/err"
    elif [[ $code != $3 ]]; then
        not_ok "$what: exit code $code, not $3" "$dir/out" "$dir/err"
    elif ((code > 1)) && ! grep -q '^popferry: error: .\{20\}' "$dir/err"; then
        not_ok "$what: no clear error" "$dir/out" "$dir/err"
    elif grep -q 'geheim-hostil\|tofu-2019' "$dir/out" "$dir/err"; then
        not_ok "$what: a password is shown" "$dir/out" "$dir/err"
    elif [[ -z $sanitized ]] && ((kib > memory_kib)); then
        not_ok "$what: $((kib / 1024)) MiB resident" "$dir/err"
    else
        ok "$what (exit $code, ${seconds}s, $((kib / 1024)) MiB)"
    fi
}

while read -r name port; do
    [[ $name == ready ]] && break
    { one check "$name" "$port" && one migrate "$name" "$port"; } &
    while (($(jobs -pr | wc -l) > 3)); do sleep 0.05; done
done <"$W/ports"
while (($(jobs -pr | wc -l) > 1)); do sleep 0.1; done # the servers go on

for name in "${names[@]}"; do
    judge check "$name" '[034]'
    judge migrate "$name" "$(right "$name")"
    if [[ -d $W/$name/work ]]; then
        for command in report status; do
            "$POPFERRY" "$command" --work-dir "$W/$name/work" >"$W/$name/$command.out" 2>"$W/$name/$command.err" </dev/null
        done
        "$POPFERRY" report --work-dir "$W/$name/work" --format csv >"$W/$name/csv.out" 2>/dev/null </dev/null
        "$POPFERRY" report --work-dir "$W/$name/work" --format json >"$W/$name/json.out" 2>/dev/null </dev/null
    fi
    mapfile -t shown < <(find "$W/$name" -name out -o -name err -o -name '*.out' -o -name '*.err' -o -name '*.ndjson' \
        -o -name reasons.tsv)
    if control_characters "${shown[@]}" >"$W/found"; then
        ok "$name: nothing for a terminal to act on, in ${#shown[@]} files"
    else
        not_ok "$name: control characters are shown" "$W/found"
    fi
    find "$W/$name" -path '*/work*' -perm /077 -not -type l >"$W/open"
    [[ -s $W/open ]] && not_ok "$name: others can read what it left" "$W/open"
done

# A list whose cells hold escapes (the row that has them where it matters is refused); plan and estimate show From and Subject; as text, on the board, in status.json.
if [[ -z ${HOSTILE:-} ]]; then
    python3 "$tools" pop3-mail-escapes >"$W/ports2" 2>>"$W/hostile.log" &
    LIB_PIDS+=($!)
    await_text "$W/ports2" ready
    port=$(awk 'NR == 1 { print $2 }' "$W/ports2")
    printf 'from_user,to_user,note\n"u\033]0;x\007\302\233","listed","\033[2J"\nplain,"listed2","\302\2336n\033[2J"\n' >"$W/list.csv"
    chmod 600 "$W/list.csv"
    for command in plan migrate verify status report; do
        signs_in=(--from-password-file "$W/word" --to-password-file "$W/password" --ca-file "$SERVERS_CA" --allow-plaintext --all)
        [[ $command == status || $command == report ]] && signs_in=()
        raw "$command" --accounts "$W/list.csv" --work-dir "$W/listed" --from-host "pop3://127.0.0.1:$port" \
            --to-host "imaps://localhost:$CLOUD_IMAPS_PORT" "${signs_in[@]}"
        mapfile -t shown < <(find "$W/listed" -name '*.ndjson' -o -name status.json -o -name '*.tsv')
        check "a list with escapes, $command (exit $rc): none is shown" control_characters "$W/out" "$W/err" "${shown[@]}"
    done
    "$POPFERRY" plan --from "pop3://u@127.0.0.1:$port" --from-password-file "$W/word" \
        --to "imaps://other@localhost:$CLOUD_IMAPS_PORT" --to-password-file "$W/password" --ca-file "$SERVERS_CA" \
        --allow-plaintext --work-dir "$W/planned" >"$W/out" 2>"$W/err" </dev/null
    check "plan shows such mail" grep -q 'red' "$W/out"
    check "plan: no escape of its From or Subject" control_characters "$W/out" "$W/err"
fi
