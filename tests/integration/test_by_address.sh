#!/usr/bin/env bash
# An address in place of a server: --from taro@example.jp, and a list that has only addresses.
. "$(dirname "$0")/lib.sh"

start servers
mkdir "$W/ispdb"
server() { # TYPE PORT
    cat <<XML
    <incomingServer type="$1"><hostname>localhost</hostname><port>$2</port><socketType>SSL</socketType>
      <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></incomingServer>
XML
}
cat >"$W/ispdb/example.jp.xml" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="example.jp"><domain>example.jp</domain><displayName>Example</displayName>
$(server pop3 "$LEGACY_POP3S_PORT")
$(server imap "$CLOUD_IMAPS_PORT")
</emailProvider></clientConfig>
XML
usual=(--from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" --autoconfig-dir "$W/ispdb"
    --ispdb none --discover-timeout 5)

fill taro@example.jp --count 20 --octets 200000
raw migrate --from taro@example.jp --to taro@example.jp --work-dir "$W/work" "${usual[@]}"
expect_exit "both servers by their addresses" 0 "localhost:$LEGACY_POP3S_PORT"
exact "and everything arrives" taro@example.jp
raw status --work-dir "$W/work"
check "the ledger knows the account by its host" grep -q "taro@example.jp@localhost:$LEGACY_POP3S_PORT" "$W/out"
raw migrate --from taro@example.invalid --to taro@example.jp --work-dir "$W/work-2" "${usual[@]}" --dns 127.0.0.1:9
check "a domain that nobody knows: no success" test "$rc" != 0
check "and the sentence names it" grep -q 'example.invalid' "$W/err"

{
    echo user
    for i in 1 2 3 4 5; do echo "user$i@example.jp"; done
    echo "user6@example.invalid"
} >"$W/list.csv"
for i in 1 2 3 4 5; do fill "user$i@example.jp" --count 5 --octets 20000; done
raw accounts check "$W/list.csv" --to-host "localhost:$CLOUD_IMAPS_PORT" --from-password-file "$W/password" \
    --to-password-file "$W/password"
check "what is for all is not sent to servers that are found by a list" grep -q 'the server of this address is named by the list' "$W/out"
raw accounts check "$W/list.csv" --to-host "localhost:$CLOUD_IMAPS_PORT" --from-password-file "$W/password" \
    --to-password-file "$W/password" --trust-list
expect_exit "accounts check asks nobody" 0
usual+=(--trust-list)
raw migrate --accounts "$W/list.csv" --to-host "localhost:$CLOUD_IMAPS_PORT" --work-dir "$W/work-3" "${usual[@]}" --dns 127.0.0.1:9
check "a list of addresses: the worst exit code is that of the unknown domain" test "$rc" != 0
for i in 1 2 3 4 5; do exact "user$i arrived" "user$i@example.jp"; done
check "one domain is looked for once" test "$(grep -c 'user[1-5]@example.jp' "$W/err")" -le 1
check "the account of the unknown domain is in failures.csv, alone" test "$(grep -c @ "$W/work-3/failures.csv")" = 1
raw estimate --accounts "$W/list.csv" --work-dir "$W/work-3" "${usual[@]}" --format json
check "estimate of a list without destinations" sh -c 'jq -e ".measured == 5 or (.accounts | length) >= 5" "$1"' sh "$W/out"
