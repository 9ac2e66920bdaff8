#!/usr/bin/env bash
# Every distinct message exactly once, however often it is run.
. "$(dirname "$0")/lib.sh"
user=taro@example.jp

start servers
fill "$user" --count 500

pf check "$user"
expect_exit "check signs in to both sides" 0
pf plan "$user"
expect_exit "plan tells a verdict for each message" 0
check "check and plan copy nothing" test "$(arrived "$user")" = 0

pf migrate "$user"
expect_exit "migrate copies 500 messages" 0
exact "500 messages arrived, each distinct one exactly once" "$user"

before=$(sessions "$user")
pf migrate "$user"
expect_exit "migrate again" 0
exact "the second run changed nothing" "$user"
if [[ $(last_session "$user" $((before + 1))) == *retr=0/0* ]]; then
    ok "the second run fetched no message"
else
    not_ok "the second run fetched messages" <(grep "pop3($user).*top=" "$S/legacy.log" | tail -2)
fi

raw status --work-dir "$W/work-$user"
expect_exit "status reads the ledger" 0

fill "$user" --count 60 --seed 2 --octets 600000
pf migrate "$user"
expect_exit "migrate after new mail came" 0
exact "the new mail was added" "$user"

rm -rf "$W/work-$user"
pf migrate "$user"
expect_exit "migrate with the ledger lost" 0
exact "the destination itself is known by its messages" "$user"

pf migrate "$user" --format json
expect_exit "migrate --format json" 0
check "its output is JSON" jq -es 'length > 0' "$W/out"

# The first messages by --limit, then the rest; then a destination that already holds some of them.
fill hanako --count 100 --octets 1000000 --seed 3
pf migrate hanako --limit 10
expect_exit "migrate --limit 10" 0
check "--limit 10 copies 10" test "$(arrived hanako)" = 10
pf migrate hanako
expect_exit "migrate the rest" 0
exact "10 and then the rest make the whole" hanako

fill jiro --count 100 --octets 1000000 --seed 4
pf migrate jiro --limit 40
rm -rf "$W/work-jiro"
pf migrate jiro
expect_exit "migrate into a mailbox with 40 of 100 messages and no ledger" 0
exact "only what was missing was added" jiro

# Two destinations of one source in one work folder do not know each other's messages.
fill saburo --count 50 --octets 300000 --seed 5
pf migrate saburo
pf migrate saburo --folder Archive
expect_exit "migrate into a second folder" 0
exact "the first folder is whole" saburo
exact "the second folder is whole" saburo /.Archive

# A mailbox without mail.
fill empty --count 0
pf migrate empty
expect_exit "migrate an empty mailbox" 0
check "nothing arrived from an empty mailbox" test "$(arrived empty)" = 0
