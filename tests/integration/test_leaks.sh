#!/usr/bin/env bash
# No secret leaks: every command, a batch, refused sign-ins and a kill -9, with known secrets given in every way; then
# every file that was left, everything printed, and /proc/PID of what ran is searched for them, as they are and in
# Base64, percent and hex.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/batch.sh"

# One secret for each way, so that a find tells which.
ways=(file command env fd netrc cell wrong token)
declare -A secret
for way in "${ways[@]}"; do secret[$way]="Zq9+${way}=&%\"s;e\\c r/e{t}$(head -c 9 /dev/urandom | base64 | tr -d '+/=')"; done

# The forms a secret could turn up in, one a line, with the way's name.
for way in "${ways[@]}"; do printf '%s\0%s\0' "$way" "${secret[$way]}"; done >"$W/secrets"
chmod 600 "$W/secrets"
cat >"$W/search.py" <<'PYTHON'
"""search.py SECRETS FILE...: prints what secret stands where, in which form; ends with 1 if any does."""
import base64, os, sys, urllib.parse
parts = open(sys.argv[1], "rb").read().split(b"\0")[:-1]
forms = []
for way, secret in zip(parts[::2], parts[1::2]):
    forms.append((way, b"raw", secret))
    forms.append((way, b"quoted", secret.replace(b"\\", b"\\\\").replace(b'"', b'\\"')))
    forms.append((way, b"percent", urllib.parse.quote(secret, safe="").encode()))
    forms.append((way, b"percent of blanks", secret.replace(b" ", b"%20")))
    forms.append((way, b"hex", secret.hex().encode()))
    forms.append((way, b"HEX", secret.hex().upper().encode()))
    forms.append((way, b"a part", secret[-12:]))
    for shift in range(3):  # in the midst of more, as SASL PLAIN has it
        inner = base64.b64encode(b"\0" * shift + secret)[(0, 2, 3)[shift]:].rstrip(b"=")[:-2]
        forms.append((way, b"base64", inner))
        forms.append((way, b"base64url", inner.replace(b"+", b"-").replace(b"/", b"_")))
found = 0
for path in sys.argv[2:]:
    try:
        data = open(path, "rb").read()
    except OSError:
        continue
    for way, form, text in forms:
        if text in data:
            print(f"{path}: the secret given by {way.decode()}, {form.decode()}")
            found = 1
sys.exit(found)
PYTHON
search() { # NAME FILE...
    local name=$1
    shift
    if (($# == 0)); then
        not_ok "$name: nothing to search"
    elif python3 "$W/search.py" "$W/secrets" "$@" >"$W/found"; then
        ok "$name ($# files)"
    else
        not_ok "$name" "$W/found"
    fi
}
# The search itself finds each form.
hex() {
    od -An -v -tx1 | tr -d ' \n'
}
for form in cat "base64 -w0" hex; do
    printf 'x%s' "${secret[file]}" | $form >"$W/planted"
    check "the search finds a planted secret ($form)" bash -c "! python3 '$W/search.py' '$W/secrets' '$W/planted'"
done
rm "$W/planted"

# ---- servers and secrets ----
mkdir "$W/given" && chmod 700 "$W/given"
for way in file command env fd netrc cell; do servers_account "$W/servers" "u$way" "${secret[$way]}"; done
start servers
for way in "${ways[@]}"; do
    printf '%s\n' "${secret[$way]}" >"$W/given/$way"
    fill "u$way" --count 6 --octets 30000 --seed 3
done
quoted=${secret[netrc]//\\/\\\\}
printf 'machine localhost login unetrc password "%s"\n' "${quoted//\"/\\\"}" >"$W/given/netrc-file"
python3 - "$W" <<'PYTHON'
import csv, sys
top = sys.argv[1]
word = lambda way: open(f"{top}/given/{way}").read().rstrip("\n")
with open(top + "/given/list.csv", "w", newline="") as f:
    rows = csv.writer(f, quoting=csv.QUOTE_ALL)
    rows.writerow(["from_user", "to_user", "from_password", "to_password", "from_password_file", "to_password_file"])
    rows.writerow(["ucell", "ucell", word("cell"), word("cell"), "", ""])
    rows.writerow(["ufile", "ufile", "", "", f"{top}/given/file", f"{top}/given/file"])
    rows.writerow(["uwrong", "uwrong", word("wrong"), word("wrong"), "", ""])
PYTHON
chmod 600 "$W/given"/*

# In the background watches what ran: command line and environment of every popferry of this test.
watch_processes() {
    local pid n=0
    while :; do
        for pid in $(pgrep -f "$W/work-" -U "$(id -u)" 2>/dev/null); do
            [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$(readlink -f "$POPFERRY")" ]] || continue
            cat "/proc/$pid/cmdline" >>"$W/seen-cmdline" 2>/dev/null
            # The environment of one that was given a secret there holds it until it has read it.
            [[ -e $W/env-read ]] && cat "/proc/$pid/environ" >>"$W/seen-environ" 2>/dev/null
        done
        sleep 0.1
    done
}
watch_processes 2>/dev/null &
LIB_PIDS+=($!)

# run NAME COMMAND WAY OPTIONS...: everything it says in $W/said.
mkdir "$W/said"
said=0
run() { # COMMAND WAY OPTIONS...
    local command=$1 way=$2 work=(--work-dir "$W/work-$2") signs_in=(--ca-file "$SERVERS_CA" --verbose)
    shift 2
    said=$((said + 1))
    [[ $command == check ]] && work=()
    [[ $command == status || $command == report ]] && signs_in=() && set -- # they need no password
    "$POPFERRY" "$command" --from "pop3s://u$way@localhost:$LEGACY_POP3S_PORT" --to "imaps://u$way@localhost:$CLOUD_IMAPS_PORT" \
        "${signs_in[@]}" "${work[@]}" "$@" >"$W/said/$said-$command-$way.out" 2>"$W/said/$said-$command-$way.err" </dev/null
    rc=$?
}
declare -A options=(
    [file]="--from-password-file $W/given/file --to-password-file $W/given/file"
    [netrc]="--netrc $W/given/netrc-file"
    [env]="--from-password-env PF_LEAK --to-password-env PF_LEAK"
)
for way in file netrc env; do
    export PF_LEAK=${secret[env]}
    for command in check plan migrate verify report status delete; do
        # shellcheck disable=SC2086
        if [[ $command == delete ]]; then
            run delete "$way" ${options[$way]} --yes
        else
            run "$command" "$way" ${options[$way]}
        fi
        ((rc == 0)) || not_ok "$command, by $way: exit $rc" "$W/said/$said-$command-$way.err"
    done
    unset PF_LEAK
done
for command in check migrate; do
    run "$command" command --from-password-command "cat $W/given/{user}" --to-password-command "cat $W/given/command"
    ((rc == 2)) || not_ok "$command, by a command that fails: exit $rc"
    run "$command" command --from-password-command "cat $W/given/command" --to-password-command "cat $W/given/command"
    ((rc == 0)) || not_ok "$command, by command: exit $rc" "$W/said/$said-$command-command.err"
    run "$command" fd --from-password-fd 7 --to-password-fd 8 7<"$W/given/fd" 8<"$W/given/fd"
    ((rc == 0)) || not_ok "$command, by descriptor: exit $rc" "$W/said/$said-$command-fd.err"
    run "$command" wrong --from-password-file "$W/given/wrong" --to-password-file "$W/given/wrong"
    ((rc == 3)) || not_ok "$command, wrong password: exit $rc"
    run "$command" token --from-token-file "$W/given/token" --to-token-file "$W/given/token"
    ((rc > 1)) || not_ok "$command, token that nobody takes: exit $rc"
done
ok "each command, by each way of giving the password"

find_ledger() {
    compgen -G "$W/work-batch/accounts/ucell@localhost*/ledger.sqlite" >/dev/null
}
# Killed in the midst, by the list, and again; a batch of right and wrong passwords.
for signal in KILL none; do
    said=$((said + 1))
    "$POPFERRY" migrate --accounts "$W/given/list.csv" --trust-list --from-host "pop3s://localhost:$LEGACY_POP3S_PORT" \
        --to-host "imaps://localhost:$CLOUD_IMAPS_PORT" --ca-file "$SERVERS_CA" --work-dir "$W/work-batch" --verbose \
        --progress json:9 9>"$W/said/$said-progress" >"$W/said/$said-batch.out" 2>"$W/said/$said-batch.err" </dev/null &
    ferry=$!
    if [[ $signal == KILL ]]; then
        await find_ledger
        kill -KILL "$ferry" 2>/dev/null
    fi
    wait "$ferry"
    rc=$?
done 2>/dev/null
is "the batch: two accounts arrive, one is refused" "$rc" 3
for command in status report; do
    said=$((said + 1))
    "$POPFERRY" "$command" --accounts "$W/given/list.csv" --from-host "pop3s://localhost:$LEGACY_POP3S_PORT" \
        --to-host "imaps://localhost:$CLOUD_IMAPS_PORT" --work-dir "$W/work-batch" \
        >"$W/said/$said-$command.out" 2>"$W/said/$said-$command.err" </dev/null
done
said=$((said + 1))
"$POPFERRY" accounts check "$W/given/list.csv" --trust-list --from-host "pop3s://localhost:$LEGACY_POP3S_PORT" \
    --to-host "imaps://localhost:$CLOUD_IMAPS_PORT" >"$W/said/$said-accounts.out" 2>"$W/said/$said-accounts.err" </dev/null

# A slow run by an environment variable: what /proc shows once it was read, which is when it signs in.
signed_in() {
    (($(grep -c uenv "$S/legacy.log") > before))
}
before=$(grep -c uenv "$S/legacy.log")
proxy "$CLOUD_IMAPS_PORT" --delay-ms 1000
PF_LEAK=${secret[env]} "$POPFERRY" check --from "pop3s://uenv@localhost:$LEGACY_POP3S_PORT" \
    --to "imaps://uenv@localhost:$proxy_port" --ca-file "$SERVERS_CA" --from-password-env PF_LEAK --to-password-env PF_LEAK \
    >"$W/said/slow.out" 2>"$W/said/slow.err" </dev/null &
ferry=$!
await signed_in
cat "/proc/$ferry/environ" >"$W/slow-environ" 2>/dev/null
cat "/proc/$ferry/cmdline" >"$W/slow-cmdline" 2>/dev/null
grep 'Max core file size' "/proc/$ferry/limits" >"$W/seen-core" 2>/dev/null
wait "$ferry"
is "by a slow line and a variable" "$?" 0
check "its environment was seen while it ran" grep -qa PF_LEAK= "$W/slow-environ"
search "no secret in its environment once it was read" "$W/slow-environ"
search "no secret in a command line" "$W/slow-cmdline" "$W/seen-cmdline"
check "no core dumps" grep -q 'size *0 *0' "$W/seen-core"

# ---- what was left ----
mapfile -d '' -t left < <(find "$W" -path "$W/work-*" -type f ! -name failures.csv -print0)
search "no secret in the work folders: ledgers, WAL, logs, quarantine, status.json" "${left[@]}"
search "no secret in what was printed" "$W/said"/*
is "failures.csv, which holds the list's own cells, is for its owner alone" \
    "$(stat -c %a "$W/work-batch/failures.csv" 2>/dev/null)" 600
check "work folders are for their owner alone" test -z "$(find "$W"/work-* -perm /077 -not -type l)"
check "the folder itself: 0700" test "$(stat -c %a "$W/work-file")" = 700
check "nothing is left in the folder for temporary files" \
    test -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -user "$(id -un)" -newer "$W/secrets" -name 'popferry*' ! -name 'popferry-t*' ! -name 'popferry-quickstart*' 2>/dev/null)"
