#!/usr/bin/env bash
# Passwords of any octets (but NUL, CR and LF, which none can have, and two that Dovecot spoils), in each way of giving them, and the ways a server may want them. PASSWORDS
# (default 500): how many.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/batch.sh"
count=${PASSWORDS:-500}

# ---- five hundred passwords ----
mkdir "$W/words" && chmod 700 "$W/words"
python3 - "$W" "$count" <<'PYTHON'
import base64, csv, random, sys
top, count = sys.argv[1], int(sys.argv[2])
rnd = random.Random(20090)
# Dovecot 2.3 itself refuses a right password that has TAB or SOH in it (its auth protocol spoils them).
octets = [c for c in range(2, 256) if c not in (9, 10, 13)]
fixed = [b" ", b"  lead", b"trail  ", b"a b", b"$HOME `id` $(id)", b"&;|<>()*?[]{}~!#", b'"', b"\\", b'\\"', b"%n%s%41",
         b"'", b"''", b":", b"a:b:c", b"{PLAIN}x", b"{4}", b"~{3+}", b"=", b"=1+1", b"@x", b"-h", b"--help", b"\x02", b"\x0btab\x0b",
         "パスワード".encode(), "　全角　".encode(), "é".encode(), b"\xe9\xff\xfe", b"\x1a", b"\x1b[31m", b"\x7f", b"*", b"machine",
         b"login", b"#x", b",", b'","', b";", b"a" * 300, b"NIL", b"+", b".", b"..", b"\xc2\x85"]
words = fixed[:count] + [bytes(rnd.choices(octets, k=rnd.choice([1, 2, 4, 8, 12, 20, 40]))) for _ in range(count - len(fixed))]
users = open(top + "/users", "wb")
for n, word in enumerate(words):
    users.write(b"w%03d:{PLAIN.B64}%s::::::\n" % (n, base64.b64encode(word)))
    with open(f"{top}/words/{n:03d}", "wb") as f:
        f.write(word + b"\n")


def quoted(word):
    return b'"' + word.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


with open(top + "/netrc", "wb") as f:
    for n, word in enumerate(words):
        f.write(b"machine localhost login w%03d password %s\n" % (n, quoted(word)))


# A list has one charset: what is no UTF-8 stands in files.
def text(word):
    try:
        return word.decode()
    except UnicodeDecodeError:
        return None


def table(name, heading, row):
    with open(f"{top}/{name}.csv", "w", encoding="utf-8", newline="") as f:
        rows = csv.writer(f, quoting=csv.QUOTE_ALL)
        rows.writerow(heading)
        kept = 0
        for n, word in enumerate(words):
            cells = row(n, word)
            if cells:
                rows.writerow(cells)
                kept += 1
    open(f"{top}/{name}.count", "w").write(str(kept))


both = ["from_user", "to_user"]
user = lambda n: ["w%03d" % n] * 2
table("file", both + ["from_password_file", "to_password_file"], lambda n, w: user(n) + [f"{top}/words/{n:03d}"] * 2)
table("command", both, lambda n, w: user(n) if n % 5 == 0 else None)
table("cell", both + ["from_password", "to_password"], lambda n, w: user(n) + [text(w)] * 2 if text(w) else None)
table("env", both + ["from_password_env", "to_password_env"], lambda n, w: user(n) + ["PF_%03d" % n] * 2 if n % 2 == 0 else None)
table("netrc", both, lambda n, w: user(n))
with open(top + "/env", "wb") as f:
    for n, word in enumerate(words):
        if n % 2 == 0:
            f.write(b"PF_%03d=%s\0" % (n, word))
PYTHON
chmod 600 "$W"/*.csv "$W/netrc" "$W/users" "$W/words"/*
mkdir -p "$W/servers" && cp "$W/users" "$W/servers/users"
start servers
common=(--from-host "pop3s://localhost:$LEGACY_POP3S_PORT" --to-host "imaps://localhost:$CLOUD_IMAPS_PORT"
    --ca-file "$SERVERS_CA" --jobs 8)

signs_in() { # WORDS LIST OPTIONS...
    local name=$1 list=$2
    shift 2
    rm -rf "$W/work"
    raw check --accounts "$W/$list.csv" "${common[@]}" --format json "$@"
    is "$name: all $(<"$W/$list.count") sign in on both sides" "$rc $(jq .batch.sum.in_order "$W/out")" \
        "0 $(<"$W/$list.count")"
}
signs_in "a file for each" file --trust-list
signs_in "a cell of the list" cell
signs_in "a command" command --from-password-command "cat $W/words/\$(printf %s {user} | tail -c 3)" \
    --to-password-command "cat $W/words/\$(printf %s {user} | tail -c 3)"
signs_in "a netrc file" netrc --netrc "$W/netrc"
python3 -c '
import os, sys
for pair in open(sys.argv[1], "rb").read().split(b"\0")[:-1]:
    name, _, value = pair.partition(b"=")
    os.environb[name] = value
os.execv(sys.argv[2], sys.argv[2:])' "$W/env" "$POPFERRY" check --accounts "$W/env.csv" "${common[@]}" --trust-list --format json \
    >"$W/out" 2>"$W/err" </dev/null
rc=$?
is "an environment variable for each: all $(<"$W/env.count") sign in" \
    "$rc $(jq .batch.sum.in_order "$W/out")" "0 $(<"$W/env.count")"

# One pair: descriptors, and the prompt.
pair() { # USER
    pair=(--from "pop3s://$1@localhost:$LEGACY_POP3S_PORT" --to "imaps://$1@localhost:$CLOUD_IMAPS_PORT" --ca-file "$SERVERS_CA")
}
bad=0
for ((n = 0; n < count; n += count / 40 + 1)); do
    printf -v word %03d "$n"
    pair "w$word"
    "$POPFERRY" check "${pair[@]}" --from-password-fd 7 --to-password-fd 8 7<"$W/words/$word" 8< <(cat "$W/words/$word") \
        >"$W/out" 2>"$W/err" </dev/null || { bad=$((bad + 1)) && cp "$W/err" "$W/bad"; }
done
is "descriptors, a file and a pipe: each signs in" "$bad" 0
pair w010
raw check "${pair[@]}" --from-password-fd 63 --to-password-fd 63
expect_exit "a descriptor that is not open" 2 '--from-password-fd 63: Bad file descriptor'
raw check "${pair[@]}" --from-password-env PF_NOWHERE --to-password-env PF_NOWHERE
expect_exit "a variable that is not set" 2 '--from-password-env PF_NOWHERE'
chmod 644 "$W/netrc"
raw check "${pair[@]}" --netrc "$W/netrc"
expect_exit "a netrc file that others can read" 2 'chmod 600'
chmod 600 "$W/netrc"
pair nobody
raw check "${pair[@]}" --netrc "$W/netrc"
expect_exit "an account that netrc does not know" 2 'no password for nobody at localhost'

# ---- what the server offers ----
servers_stop
mechanisms() { # NAME LIST [OPTIONS]: servers that offer these alone; w011 signs in; what it was in $methods
    local name=$1 offer=$2
    shift 2
    mkdir -p "$W/$name" && cp "$W/users" "$W/$name/users"
    SERVERS_EXTRA="auth_mechanisms = $offer" start "$name"
    pair w011
    raw check "${pair[@]}" --from-password-file "$W/words/011" --to-password-file "$W/words/011" "$@"
    methods=$({ sign_ins legacy && sign_ins cloud; } | sort -u | tr '\n' ' ')
    servers_stop
}
mechanisms plain "plain"
expect_exit "only PLAIN" 0
mechanisms login "login"
expect_exit "only LOGIN" 0
is "only LOGIN: that is what was used" "$methods" "LOGIN "
mechanisms cram "cram-md5"
expect_exit "only CRAM-MD5" 0
is "only CRAM-MD5: that is what was used" "$methods" "CRAM-MD5 "
mechanisms many "digest-md5 cram-md5 plain login"
expect_exit "several: one of the plain ones, inside TLS" 0
is "several: no hash" "$methods" "PLAIN "
mechanisms weak "digest-md5"
expect_exit "only DIGEST-MD5: not without leave" 3 'allow-weak-auth|no (good )?way to sign in|refused'
is "only DIGEST-MD5: nobody was signed in" "$methods" ""
mechanisms leave "digest-md5" --allow-weak-auth
# Dovecot quotes the algorithm's name, which libcurl does not understand: but it is what was tried.
if [[ $rc == [03] ]]; then ok "only DIGEST-MD5, with leave: it is tried"; else not_ok "only DIGEST-MD5, with leave: exit $rc" "$W/err"; fi
check "only DIGEST-MD5, with leave: nothing to allow any more" bash -c "! grep -q allow-weak-auth '$W/err'"
# libcurl does SCRAM where it was built with libgsasl.
mechanisms scram "scram-sha-256 scram-sha-1"
if curl-config --features 2>/dev/null | grep -qi gsasl || curl -V | grep -qi gsasl; then
    expect_exit "only SCRAM" 0
else
    skip "only SCRAM" "this libcurl has none"
    expect_exit "only SCRAM, which this libcurl does not have: a clear error" 3 'SCRAM-SHA-256|refused'
fi
mechanisms apop "plain apop"
expect_exit "a greeting that invites to APOP" 0
is "a greeting that invites to APOP: not taken" "$methods" "PLAIN "

# APOP: on a connection without TLS, and with leave.
mkdir -p "$W/open" && cp "$W/users" "$W/open/users"
SERVERS_SSL=no SERVERS_EXTRA="auth_mechanisms = apop" start open
open=(--from "pop3://w011@127.0.0.1:$LEGACY_POP3_PORT" --from-password-file "$W/words/011"
    --to "imap://w011@127.0.0.1:$CLOUD_IMAP_PORT" --to-password-file "$W/words/011" --allow-plaintext)
raw check "${open[@]}"
is "APOP is not taken without leave" "$rc $(sign_ins legacy w011 APOP | wc -l)" "3 0"
raw check "${open[@]}" --allow-weak-auth
is "APOP is taken with leave" "$(sign_ins legacy w011 APOP | wc -l)" 1
