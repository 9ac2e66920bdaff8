#!/usr/bin/env bash
# Real messages from POPFERRY_REAL_MAIL, a folder of .eml files, with all that is wrong with them.
. "$(dirname "$0")/lib.sh"

if [[ ! -d ${POPFERRY_REAL_MAIL:-} ]]; then
    skip "real messages arrive exactly once" "POPFERRY_REAL_MAIL names no folder of .eml files"
    exit 0
fi

start servers
maildir=$(servers_maildir "$S" legacy real)
find "$POPFERRY_REAL_MAIL" -name '*.eml' -size +0 -exec cp -t "$maildir/new" {} +
servers_own "$maildir"
count=$(find "$maildir/new" -type f | wc -l)
check "there are real messages to test with" test "$count" -gt 0

pf migrate real
expect_exit "migrate $count real messages" 0
check "real messages arrive exactly once" "$SERVERS_TOOLS/maildiff" --source "$S/legacy/real/Maildir" \
    --dest "$S/cloud/real/Maildir"
before=$(arrived real)
sessions=$(sessions real)
pf migrate real
expect_exit "migrate them again" 0
check "the second run added nothing" test "$(arrived real)" = "$before"
check "the second run fetched nothing" grep -q 'retr=0/0' <(last_session real $((sessions + 1)))
rm -rf "$W/work-real"
pf migrate real
expect_exit "migrate with the ledger lost" 0
check "without its ledger it added nothing" test "$(arrived real)" = "$before"
