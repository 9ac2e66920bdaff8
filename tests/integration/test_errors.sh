#!/usr/bin/env bash
# What goes wrong outside: each has its exit code, a sentence that names it, and harms nothing.
. "$(dirname "$0")/lib.sh"

start servers
fill taro --count 100 --octets 1000000
(umask 077 && printf 'wrong\n' >"$W/wrong")
# go [options]: migrate between the mailboxes of taro on the present servers; the options given replace the usual ones.
go() {
    local usual args=() i
    usual=(--from "$(pop_url taro)" --to "$(imap_url taro)" --from-password-file "$W/password"
        --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work")
    for ((i = 0; i < ${#usual[@]}; i += 2)); do
        [[ " $* " == *" ${usual[i]} "* ]] || args+=("${usual[@]:i:2}")
    done
    raw migrate "${args[@]}" "$@"
}

# ---- usage: 2 ----
raw
expect_exit "no command" 2
raw sail
expect_exit "an unknown command" 2 sail
raw migrate
expect_exit "no servers" 2 -- '--from'
go --sideways
expect_exit "an unknown option" 2 sideways
go --from "$(imap_url taro)"
expect_exit "a source that is not POP3" 2 pop3
go --from "pop3s://taro:secret@localhost"
expect_exit "a password in the URL" 2 password
check "the password of the URL is not repeated" sh -c '! grep -q secret "$1" "$2"' sh "$W/out" "$W/err"
go --from-password-file "$W/none"
expect_exit "a password file that is not there" 2 "$W/none"
go --ca-file "$W/none"
expect_exit "a CA file that is not there" 2 "$W/none"
go --limit some
expect_exit "--limit without a number" 2 limit

# ---- signing in: 3 ----
go --from-password-file "$W/wrong"
expect_exit "wrong password at the source" 3 "localhost:$LEGACY_POP3S_PORT"
check "one wrong password is tried once" test "$(grep -c 'auth failed, 1 attempts' "$S/legacy.log")" = 1
go --to-password-file "$W/wrong" --work-dir "$W/work-wrong" # the other one knows that the account was signed in to
expect_exit "wrong password at the destination" 3 "localhost:$CLOUD_IMAPS_PORT"
go --from "pop3s://taro@localhost:$CLOUD_IMAPS_PORT"
expect_exit "an IMAP server where POP3 is expected" 3 IMAP
go --to "imaps://taro@localhost:$LEGACY_POP3S_PORT"
expect_exit "a POP3 server where IMAP is expected" 3 POP3
go --from "pop3s://taro@localhost:$LEGACY_POP3_PORT"
expect_exit "TLS to a port without" 3
go --from "pop3s://taro@localhost:$LEGACY_POP3S_PORT" --ca-file "$S/certs/selfsigned.pem"
expect_exit "an unknown certificate authority" 3 'certificate|--ca-file'

# ---- not to be reached: 4 ----
go --from "pop3s://taro@nowhere.invalid"
expect_exit "unknown host" 4 nowhere.invalid
closed=$(servers_port)
go --to "imaps://taro@localhost:$closed"
expect_exit "refused connection" 4 "localhost:$closed"

# ---- local: 5 ----
: >"$W/file"
go --work-dir "$W/file/work"
expect_exit "a work folder that cannot be made" 5 "$W/file"
small=$W/small
mkdir "$small"
test_end() {
    umount "$small" 2>/dev/null
}
if mount -t tmpfs -o size=256k popferry "$small" 2>/dev/null; then
    dd if=/dev/zero of="$small/ballast" bs=1k count=200 2>/dev/null
    go --work-dir "$small/work"
    expect_exit "a full disk" 5
    rm -f "$small/ballast"
    umount "$small"
    mount -t tmpfs -o size=64m popferry "$small"
    go --work-dir "$small/work"
    expect_exit "the same with room, in a new work folder" 0
    exact "exactly once after a full disk" taro
    umount "$small"
else
    skip "a full disk" "mounting a small file system is not possible here"
fi

go
expect_exit "after all that, the run that works" 0
exact "exactly once after all that" taro

# ---- certificates: 3 ----
for cert in expired wronghost selfsigned; do
    case $cert in
    expired) words='expired' ;;
    wronghost) words='host|name|localhost' ;;
    selfsigned) words='self.signed|--ca-file' ;;
    esac
    SERVERS_CERT=$cert start "$cert"
    fill taro --count 3
    go --work-dir "$W/work-$cert"
    expect_exit "a certificate: $cert" 3 "$words"
    check "nobody signed in to it ($cert)" test "$(grep -cE 'Log(in|ged in): ' "$S/legacy.log")" = 0
    servers_stop "$S"
done

# ---- a destination that refuses a message: 1; that is full: 6 ----
SERVERS_MAX_MAIL=60k start picky
fill taro --count 50 --octets 200000 --big 100000
go --work-dir "$W/work-picky"
expect_exit "a destination that refuses some messages" 1
"$SERVERS_TOOLS/maildiff" --manifest "$S/taro.manifest" --dest "$S/cloud/taro/Maildir" >"$W/diff"
over=$(awk -F'\t' '$2 > 60 * 1024 && $7 == "-" { print $1 }' "$S/taro.manifest" | sort)
check "there are messages over the limit" test -n "$over"
check "only the messages over the limit are missing" test "$(sed -n 's/^missing: \([^ ]*\) .*/\1/p' "$W/diff" | sort)" = "$over"
check "nothing else differs" grep -q '0 repeated, 0 unexpected, 0 with a wrong date' "$W/diff"
go --work-dir "$W/work-picky"
expect_exit "the same again" 1
check "the second run added nothing" test "$(arrived taro)" = $(($(grep -c . "$S/taro.manifest") - 3 - $(wc -w <<<"$over")))
servers_stop "$S"

SERVERS_QUOTA=500k start full
fill taro --count 100 --octets 2000000
go --work-dir "$W/work-full"
expect_exit "a destination without room" 6 'full|quota|room|storage'
"$SERVERS_TOOLS/maildiff" --manifest "$S/taro.manifest" --dest "$S/cloud/taro/Maildir" >"$W/diff"
check "what arrived before is right" grep -q '0 repeated, 0 unexpected, 0 with a wrong date' "$W/diff"
check "something arrived before it was full" test "$(arrived taro)" -gt 0
