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

# Clear text where TLS is spoken: both sides wait for each other, and that is found out.
between hanako pop3:// "$LEGACY_POP3S_PORT" imaps:// "$CLOUD_IMAPS_PORT"
expect_exit "clear text to a port that speaks TLS (source)" 3 'speaks TLS from the first octet.*pop3s://'
between hanako pop3s:// "$LEGACY_POP3S_PORT" imap:// "$CLOUD_IMAPS_PORT"
expect_exit "clear text to a port that speaks TLS (destination)" 3 'speaks TLS from the first octet.*imaps://'

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

# ---- the version ----
certificate=(--cert "$S/certs/good.pem" --key "$S/certs/good.key")
fill saburo --count 20 --octets 100000
relay old-pop tls --max 1.0 --to "127.0.0.1:$LEGACY_POP3_PORT" "${certificate[@]}"
old_pop=$relay_port
relay old-imap tls --max 1.1 --to "127.0.0.1:$CLOUD_IMAP_PORT" "${certificate[@]}"
old_imap=$relay_port
between saburo pop3s:// "$old_pop" imaps:// "$old_imap" --to-tls-min 1.1
expect_exit "TLS 1.0 is refused" 3 'no TLS version that is new enough.* --from-tls-min 1\.1 \(if that is not enough, 1\.0\) accepts it: whoever breaks'
check "nothing older was tried by itself" test ! -s "$W/old-pop.seen"
between saburo pop3s:// "$old_pop" imaps:// "$old_imap" --from-tls-min 1.0
expect_exit "TLS 1.1 is refused" 3 'no TLS version that is new enough.* --to-tls-min 1\.1'
between saburo pop3s:// "$old_pop" imaps:// "$old_imap" --from-tls-min 1.1 --to-tls-min 1.1
expect_exit "TLS 1.0 where 1.1 is accepted is refused" 3 'TLS 1\.1 is the least here.* --from-tls-min 1\.0 accepts it'
between saburo pop3s:// "$old_pop" imaps:// "$old_imap" --from-tls-min 1.0 --to-tls-min 1.1
expect_exit "what the sentences named is enough, and is warned of" 0 'encrypted by TLSv1 alone'
exact "everything arrived by TLS 1.0 and 1.1" saburo
relay new-pop tls --max 1.2 --to "127.0.0.1:$LEGACY_POP3_PORT" "${certificate[@]}"
between saburo pop3s:// "$relay_port" imaps:// "$old_imap" --to-tls-min 1.1 --from-tls-min 1.3
expect_exit "TLS 1.2 can be refused, too" 3 'TLS 1\.3 is the least here.*--from-tls-min 1\.2 accepts it'

# ---- none ----
raw check --from "pop3s://jiro@localhost:$LEGACY_POP3_PORT" --from-tls starttls --to "imap://jiro@localhost:$CLOUD_IMAP_PORT" \
    --from-password-file "$W/password" --to-password-file "$W/password"
expect_exit "a server without STLS is refused by --from-tls starttls" 3 '--(from|to)-tls plaintext accepts it: then anyone'
check "each side's error names its own option" test "$(grep -cE -- '--(from|to)-tls plaintext accepts it' "$W/out")" = 2
fill shiro --count 20 --octets 100000
between shiro pop3s:// "$LEGACY_POP3_PORT" imaps:// "$CLOUD_IMAP_PORT" --from-tls plaintext --to-tls plaintext
expect_exit "plaintext, said for each side, uses it, with a warning" 0 'is not encrypted'
exact "everything arrived in plain text" shiro
between shiro pop3s:// "$LEGACY_POP3_PORT" imaps:// "$CLOUD_IMAP_PORT" --from-tls plaintext --from-tls-pin \
    sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= --to-tls plaintext
expect_exit "a pin and plaintext contradict each other" 2 'can be pinned only where TLS is certain'

# ---- the certificate ----
# The option that the error of a side (from, to) named.
named() {
    grep -o -- "--$1-tls-pin sha256//[A-Za-z0-9+/]*=" "$W/out" | head -1
}
words_selfsigned='self-signed'
words_expired='expired on 2020-02-01'
words_wronghost='for another host name \(other\.example'
for kind in selfsigned expired wronghost; do
    SERVERS_CERT=$kind start "$kind"
    ends=(--from "$(pop_url goro)" --to "$(imap_url goro)" --from-password-file "$W/password" --to-password-file "$W/password"
        --ca-file "$SERVERS_CA")
    fill goro --count 20 --octets 100000
    raw check "${ends[@]}"
    words=words_$kind
    expect_exit "$kind: refused" 3 "${!words}.*--(from|to)-tls-pin sha256//.* another way"
    read -ra from_pin <<<"$(named from)"
    read -ra to_pin <<<"$(named to)"
    pin=sha256//$(openssl x509 -in "$S/certs/$kind.pem" -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary |
        base64)
    check "$kind: it is the key's pin" test "${from_pin[1]:-} ${to_pin[1]:-}" = "$pin $pin"
    check "$kind: check shows it, and how to compare" grep -q 'this certificate was refused; before you accept its key' "$W/out"
    raw check "${ends[@]}" --format json
    check "$kind: JSON has it, too" jq -e --arg pin "$pin" '.source | .tls == null and .certificate.pin == $pin' "$W/out"
    raw migrate "${ends[@]}" --work-dir "$W/work-$kind" "${from_pin[@]}"
    expect_exit "$kind: a pin is for its own side" 3 'imaps://.*--to-tls-pin'
    raw migrate "${ends[@]}" --work-dir "$W/work-$kind" "${from_pin[@]}" "${to_pin[@]}"
    expect_exit "$kind: accepted by what the sentences named" 0
    exact "$kind: everything arrived" goro
    raw check "${ends[@]}" "${from_pin[@]}" "${to_pin[@]}"
    expect_exit "$kind: check by the pin" 0
    check "$kind: check says so" grep -q 'accepted by its key alone' "$W/out"
    other=${pin:0:20}$([[ ${pin:20:1} == A ]] && echo B || echo A)${pin:21}
    raw check "${ends[@]}" --from-tls-pin "$other" "${to_pin[@]}"
    expect_exit "$kind: another pin is refused" 3 "shows another key than --from-tls-pin names: ${pin//+/\\+}"
done
start good
pf check goro --from-tls-pin "$pin"
expect_exit "a pin that does not match is refused, whatever the certificate" 3 'shows another key'
pf verify goro --from-tls-pin sha256//x
expect_exit "what is no pin is a usage error" 2 '--from-tls-pin sha256//x: must be'
raw check --from "$(pop_url goro)" --to "$(imap_url goro)" --from-password-file "$W/password" --to-password-file "$W/password"
expect_exit "an unknown CA is refused" 3 'CA that is not trusted.*--ca-file.*--(from|to)-tls-pin sha256//'
mkdir "$W/cas" && cp "$SERVERS_CA" "$W/cas/" && openssl rehash "$W/cas"
raw check --from "$(pop_url goro)" --to "$(imap_url goro)" --from-password-file "$W/password" --to-password-file "$W/password" \
    --ca-dir "$W/cas" --format json
expect_exit "--ca-dir" 0
check "a certificate for years is no worry" jq -e '[.source, .destination][] | .certificate | .days_left > 30 and .ends_soon == false and
    .accepted_by_pin == false' "$W/out"

# One that ends in ten days.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 10 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$W/soon.key" -out "$W/soon.pem" 2>/dev/null
SERVERS_SSL=no start soon-bare
relay soon-pop tls --to "127.0.0.1:$LEGACY_POP3_PORT" --cert "$W/soon.pem" --key "$W/soon.key"
soon_pop=$relay_port
relay soon-imap tls --to "127.0.0.1:$CLOUD_IMAP_PORT" --cert "$W/soon.pem" --key "$W/soon.key"
soon=(check --from "pop3s://goro@localhost:$soon_pop" --to "imaps://goro@localhost:$relay_port" --from-password-file "$W/password"
    --to-password-file "$W/password" --ca-file "$W/soon.pem")
raw "${soon[@]}"
expect_exit "a certificate that ends soon is accepted" 0
check "check says so" test "$(grep -cE 'NOTE +the certificate ends in (9|10) days' "$W/out")" = 2
raw "${soon[@]}" --format json
check "JSON says so" jq -e '[.source, .destination][] | .certificate | .ends_soon and .days_left < 11' "$W/out"

# For each row of a list its own.
SERVERS_CERT=selfsigned start list
fill rokuro --count 20 --octets 100000
pin=sha256//$(openssl x509 -in "$S/certs/selfsigned.pem" -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary |
    base64)
(umask 077 && cat >"$W/list.csv" <<CSV
from_host,to_host,user,from_password,to_password,from_tls,from_tls_pin,to_tls_pin
localhost:$LEGACY_POP3_PORT,localhost:$CLOUD_IMAPS_PORT,rokuro,$SERVERS_PASSWORD,$SERVERS_PASSWORD,starttls,$pin,$pin
localhost:$LEGACY_POP3_PORT,localhost:$CLOUD_IMAPS_PORT,shichiro,$SERVERS_PASSWORD,$SERVERS_PASSWORD,starttls,$pin,
CSV
)
raw migrate --accounts "$W/list.csv" --trust-list --work-dir "$W/work-list"
expect_exit "a list: one row with pins, one without" 3
exact "the row with its pins is done" rokuro
check "the other says what is missing" grep -q -- '--to-tls-pin' "$W/work-list/status.json"

# Keys of another age.
openssl req -x509 -newkey rsa:1024 -nodes -days 100 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout "$W/weak.key" \
    -out "$W/weak.pem" 2>/dev/null
SERVERS_SSL=no start weak-bare
relay weak-pop tls --max 1.2 --to "127.0.0.1:$LEGACY_POP3_PORT" --cert "$W/weak.pem" --key "$W/weak.key"
weak_pop=$relay_port
relay weak-imap tls --to "127.0.0.1:$CLOUD_IMAP_PORT" --cert "$W/weak.pem" --key "$W/weak.key"
weak=(check --from "pop3s://taro@localhost:$weak_pop" --to "imaps://taro@localhost:$relay_port" --from-password-file "$W/password"
    --to-password-file "$W/password" --ca-file "$W/weak.pem")
raw "${weak[@]}" --to-tls-min 1.1
expect_exit "a key of 1024 bits is refused" 3 'keys are too weak.*key too weak.*--from-tls-min 1\.1 .* accepts it'
raw "${weak[@]}" --from-tls-min 1.1 --to-tls-min 1.1
expect_exit "it is accepted by what the sentence named" 0
