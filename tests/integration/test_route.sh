#!/usr/bin/env bash
# How the servers are reached, and as whom: proxies, IPv6, the local address; an administrator for a user.
. "$(dirname "$0")/lib.sh"
unset all_proxy ALL_PROXY pop3s_proxy POP3S_PROXY imaps_proxy IMAPS_PROXY no_proxy NO_PROXY

start servers
fill taro --count 30 --octets 200000
passwords=(--from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA")

# ---- proxies ----
relay proxy proxy
relay closed proxy --refuse 403
closed_port=$relay_port
relay locked proxy --user 'me:s3cret-of-proxy'
locked_port=$relay_port
proxy_port=$(<"$W/proxy.port")
pf migrate taro --proxy "socks5://127.0.0.1:$proxy_port"
expect_exit "migrate by a SOCKS5 proxy" 0
exact "everything arrived by the proxy" taro
check "both servers were reached by it, by address" test "$(cut -d' ' -f1,2 "$W/proxy.seen" | sort -u)" = \
    "$(printf 'socks5 127.0.0.1:%s\n' "$CLOUD_IMAPS_PORT" "$LEGACY_POP3S_PORT" | sort)"
fill hana --count 30 --octets 200000
pf migrate hana --proxy "http://127.0.0.1:$proxy_port"
expect_exit "migrate by HTTP CONNECT" 0
exact "everything arrived by HTTP CONNECT" hana
for scheme in socks5h socks4a http; do
    pf check taro --proxy "$scheme://127.0.0.1:$proxy_port"
    expect_exit "check by $scheme" 0
    check "$scheme: the proxy looks the name up" grep -q "^$scheme localhost:$LEGACY_POP3S_PORT" "$W/proxy.seen"
done
raw check --from "pop3://taro@localhost:$LEGACY_POP3_PORT" --to "imap://taro@localhost:$CLOUD_IMAP_PORT" "${passwords[@]}" \
    --proxy "http://127.0.0.1:$proxy_port"
expect_exit "STARTTLS by HTTP CONNECT" 0
pf verify taro --proxy "socks5h://127.0.0.1:$proxy_port"
expect_exit "verify by a proxy" 0
before=$(wc -l <"$W/proxy.seen")
pf delete taro --proxy "socks5h://127.0.0.1:$proxy_port" --yes --accept duplicates
expect_exit "delete by a proxy" 0
check "the deleting session went by it, too" test "$(($(wc -l <"$W/proxy.seen") - before))" -ge 3

pf check taro --proxy "http://127.0.0.1:$closed_port"
expect_exit "a proxy that refuses" 4 'proxy http://127.0.0.1:[0-9]+ does not connect to it \("HTTP/1.1 403 Refused"\)'
pf check taro --proxy "socks5h://127.0.0.1:$closed_port"
expect_exit "a SOCKS proxy that refuses" 4 'proxy socks5h://127.0.0.1:[0-9]+ does not connect to it'
pf check taro --proxy "http://127.0.0.1:$locked_port"
expect_exit "a proxy that wants a password" 4 'wants a user and password.*ALL_PROXY'
pf check taro --proxy "socks5://127.0.0.1:1"
expect_exit "no proxy there" 4 'proxy socks5://127.0.0.1:1 cannot be reached'
pf check taro --proxy "socks5://me:s3cret-of-proxy@127.0.0.1:$locked_port"
expect_exit "a proxy's password has no place on the command line" 2 'ALL_PROXY'
pf check taro --proxy "gopher://127.0.0.1:1"
expect_exit "a proxy of another kind" 2 'must be socks5://'
for scheme in socks5 http; do
    ALL_PROXY=$scheme://me:s3cret-of-proxy@127.0.0.1:$locked_port pf check taro --verbose
    expect_exit "a proxy of the environment, with its password ($scheme)" 0
    check "its password is not shown ($scheme)" test -z "$(grep -h s3cret "$W/err" "$W/out")"
done
ALL_PROXY=socks5://127.0.0.1:1 pf check taro
expect_exit "the environment's proxy counts" 4 'cannot be reached'
ALL_PROXY=socks5://127.0.0.1:1 NO_PROXY=example.jp,localhost pf check taro
expect_exit "NO_PROXY excepts a host from it" 0
ALL_PROXY=socks5://127.0.0.1:1 pf check taro --proxy ""
expect_exit "--proxy \"\" takes none" 0
imaps_proxy=socks5://127.0.0.1:1 pf check taro
expect_exit "a proxy for one kind of server" 4 'imaps://.*cannot be reached'

# ---- addresses ----
relay six-pop pipe --listen ::1 --to "127.0.0.1:$LEGACY_POP3S_PORT"
six_pop=$relay_port
relay six-imap pipe --listen ::1 --to "127.0.0.1:$CLOUD_IMAPS_PORT"
six=(--from "pop3s://taro@[::1]:$six_pop" --to "imaps://taro@[::1]:$relay_port" "${passwords[@]}")
raw check "${six[@]}"
expect_exit "IPv6 addresses" 0
raw check "${six[@]}" --ipv6
expect_exit "--ipv6" 0
raw check "${six[@]}" --ipv4
expect_exit "--ipv4 takes no IPv6 address" 4 'no address|cannot connect'
pf check taro --ipv6 --ipv4
expect_exit "both is none" 2 'one of them'
raw check --from "pop3s://taro@localhost:$six_pop" --to "imaps://taro@localhost:$relay_port" "${passwords[@]}" --ipv6
expect_exit "--ipv6 chooses among a name's addresses" 0
pf check taro --bind 127.0.0.9
expect_exit "--bind" 0
check "the server saw that address" grep -q 'user=<taro>.*rip=127.0.0.9' "$S/legacy.log"
pf check taro --bind 192.0.2.1
expect_exit "--bind with an address of another machine" 2 'one of this machine'

# ---- an administrator ----
mkdir -p "$W/admin-servers"
printf 'admin:{PLAIN}master-of-all-77\n' >"$W/admin-servers/masters"
chmod 644 "$W/admin-servers/masters"
if [[ $("$(servers_dovecot)" --version) == 2.[0-3].* ]]; then
    extra="auth_master_user_separator = *
passdb {
  driver = passwd-file
  args = $W/admin-servers/masters
  master = yes
}"
else
    extra="auth_master_user_separator = *
passdb masters {
  driver = passwd-file
  passwd_file_path = $W/admin-servers/masters
  master = yes
}"
fi
SERVERS_EXTRA=$extra start admin-servers
(umask 077 && echo master-of-all-77 >"$W/admin")
admin=(--from-password-file "$W/admin" --to-password-file "$W/admin" --ca-file "$SERVERS_CA")
fill ichiro --count 30 --octets 200000
raw migrate --from "pop3s://ichiro*admin@localhost:$LEGACY_POP3S_PORT" --to "imaps://ichiro*admin@localhost:$CLOUD_IMAPS_PORT" \
    "${admin[@]}" --work-dir "$W/work-ichiro"
expect_exit "a master user, as user*master" 0
exact "the user's mail arrived in the user's mailbox" ichiro

fill jun --count 30 --octets 200000
whose=(--from "pop3s://admin@localhost:$LEGACY_POP3S_PORT" --to "imaps://admin@localhost:$CLOUD_IMAPS_PORT" --from-authzid jun --to-authzid jun)
ends=("${whose[@]}" "${admin[@]}")
raw check "${ends[@]}"
expect_exit "check for another" 0
check "check says whose mailbox it is" grep -q 'user admin for the mailbox of jun' "$W/out"
raw migrate "${ends[@]}" --work-dir "$W/work-jun"
expect_exit "an administrator for a user (SASL PLAIN)" 0
exact "that user's mail arrived in that user's mailbox" jun
check "the administrator has got nothing" test ! -e "$S/cloud/admin/Maildir/cur"
check "the ledger's account is the mailbox" test "$(sqlite3 "$(find "$W/work-jun" -name ledger.sqlite)" \
    'SELECT source || " " || destination FROM job')" = "jun@localhost:$LEGACY_POP3S_PORT jun@localhost:$CLOUD_IMAPS_PORT"
raw status "${whose[@]}" --work-dir "$W/work-jun"
expect_exit "status knows it by the mailbox" 0
printf '%s\n' "$SERVERS_PASSWORD" >"$W/own"
raw migrate --from "$(pop_url jun)" --to "$(imap_url jun)" --from-password-file "$W/own" --to-password-file "$W/own" --ca-file "$SERVERS_CA" \
    --work-dir "$W/work-jun" --format json
expect_exit "later the user itself goes on in the same ledger" 0
check "nothing is copied again" jq -e '.summary.copied == 0 and .summary.done_before == 30' "$W/out"
raw migrate "${ends[@]}" --work-dir "$W/work-nobody" --from-authzid ""
expect_exit "an empty mailbox is refused" 2 '--from-authzid'
raw check --from "$(pop_url jun)" --to "$(imap_url jun)" --from-password-file "$W/own" --to-password-file "$W/own" --ca-file "$SERVERS_CA" \
    --from-authzid ichiro
expect_exit "who is no administrator opens no other mailbox" 3 'login of "jun" for the mailbox of "ichiro" refused'

(umask 077 && cat >"$W/list.csv" <<CSV
from_host,to_host,from_authzid,to_authzid,user,from_password,to_password
localhost:$LEGACY_POP3S_PORT,localhost:$CLOUD_IMAPS_PORT,kenji,kenji,admin,master-of-all-77,master-of-all-77
localhost:$LEGACY_POP3S_PORT,localhost:$CLOUD_IMAPS_PORT,kumi,kumi,admin,master-of-all-77,master-of-all-77
CSV
)
fill kenji --count 20 --octets 100000
fill kumi --count 20 --octets 100000 --seed 7
raw migrate --accounts "$W/list.csv" --ca-file "$SERVERS_CA" --work-dir "$W/work-list"
expect_exit "a list of mailboxes that one administrator opens" 0
exact "the first one's mail arrived" kenji
exact "the second one's mail arrived" kumi
check "each has its own folder" test "$(find "$W/work-list/accounts" -mindepth 1 -maxdepth 1 | wc -l)" = 2
