#!/usr/bin/env bash
# Encryption: on its own port, by STLS and STARTTLS, and none at all only when asked for.
. "$(dirname "$0")/lib.sh"

start servers
fill taro --count 50 --octets 300000
fill hanako --count 50 --octets 300000

between() { # USER POP-URL-BEFORE-USER POP-PORT IMAP-SCHEME IMAP-PORT options...
    local user=$1 from=$2 from_port=$3 to=$4 to_port=$5
    shift 5
    raw migrate --from "$from$user@localhost:$from_port" --to "$to$user@localhost:$to_port" \
        --from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" \
        --work-dir "$W/work-$user" "$@"
}

between taro pop3:// "$LEGACY_POP3_PORT" imap:// "$CLOUD_IMAP_PORT"
expect_exit "migrate by STLS and STARTTLS" 0
exact "everything arrived by STLS and STARTTLS" taro
check "both sessions were encrypted" test "$(grep -hcE 'Log(in|ged in): user=<taro>.* TLS,' "$S/legacy.log" "$S/cloud.log" |
    grep -vxc 0)" = 2

between hanako pop3s:// "$LEGACY_POP3S_PORT" imaps:// "$CLOUD_IMAPS_PORT"
expect_exit "migrate by TLS ports" 0
exact "everything arrived by TLS ports" hanako

# Passwords with everything that shells, URLs and protocols like to trip over.
odd='p a"ss\w%rd&;$(id)´日本語`'
servers_account "$W/odd-servers" oddly "$odd"
start odd-servers
fill oddly --count 50 --octets 300000
(umask 077 && printf '%s\n' "$odd" >"$W/odd")
raw migrate --from "$(pop_url oddly)" --to "$(imap_url oddly)" --from-password-file "$W/odd" --to-password-file "$W/odd" \
    --ca-file "$SERVERS_CA" --work-dir "$W/work-oddly"
expect_exit "sign in with an odd password" 0
exact "everything arrived with an odd password" oddly

SERVERS_SSL=no start bare
fill jiro --count 50 --octets 300000
between jiro pop3:// "$LEGACY_POP3_PORT" imap:// "$CLOUD_IMAP_PORT"
expect_exit "a server without STLS is refused" 3 'STLS|STARTTLS|TLS|encrypt'
check "no password went over the open line" test "$(grep -cE 'Log(in|ged in): user=<jiro>' "$S/legacy.log")" = 0
between jiro pop3:// "$LEGACY_POP3_PORT" imap:// "$CLOUD_IMAP_PORT" --allow-plaintext
expect_exit "--allow-plaintext uses it, with a warning" 0 'plain|unencrypted|encrypt'
exact "everything arrived without encryption" jiro
