#!/usr/bin/env bash
# Mailboxes other than INBOX: names in Japanese, created when missing, in servers with other namespaces.
. "$(dirname "$0")/lib.sh"

start plain
fill taro --count 50 --octets 300000

pf migrate taro --folder 受信トレイ/2019
expect_exit "migrate --folder 受信トレイ/2019" 0
exact "the folder was created and holds everything" taro "/.&U9dP4TDIMOwwpA-.2019"
check "nothing went to INBOX" test "$(arrived taro)" = 0
pf migrate taro --folder 受信トレイ/2019
expect_exit "migrate into the folder again" 0
exact "the second run changed nothing" taro "/.&U9dP4TDIMOwwpA-.2019"

# The same by the URL.
"$POPFERRY" migrate --from "$(pop_url taro)" --to "$(imap_url taro)/Archive/A%26B%20100%25" \
    --from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" \
    --work-dir "$W/work-url" >"$W/out" 2>"$W/err"
rc=$?
expect_exit "migrate with the folder in the URL" 0
exact "its name was decoded" taro "/.Archive.A&-B 100%"

SERVERS_NAMESPACE=INBOX. start prefixed
fill taro --count 50 --octets 300000
pf migrate taro --folder Archive/2019 --work-dir "$W/work-prefixed"
expect_exit "migrate into a namespace with the prefix INBOX." 0
exact "the folder is below the prefix" taro /.Archive.2019
pf migrate taro --work-dir "$W/work-prefixed"
expect_exit "migrate into INBOX there" 0
exact "INBOX has no prefix" taro

SERVERS_NAMESPACE=mail/ start slashed
fill taro --count 50 --octets 300000
pf migrate taro --folder Archive/2019 --work-dir "$W/work-slashed"
expect_exit "migrate into a namespace with the prefix mail/" 0
exact "levels are divided by the server's separator" taro /.Archive.2019
