#!/usr/bin/env bash
# migrate --dry-run and delete --dry-run tell what would be done and change nothing: not the mailboxes of either side, not
# the work folder.
# delete --limit deletes so many and no more. What a person answers to is told before.
. "$(dirname "$0")/lib.sh"
start servers

# What lies there: every message and mailbox of both sides, and every octet of the work folder.
tree() { # USER
    (
        cd "$S" && find "legacy/$1/Maildir" "cloud/$1" -path '*/cur/*' -o -path '*/new/*' -o -type d ! -name tmp 2>/dev/null | sort
        [[ -e $W/work-$1 ]] && find "$W/work-$1" -type f ! -name lock -exec sha256sum {} + | sort
        [[ -e $W/work-$1 ]] && find "$W/work-$1" ! -name lock | sort
    )
}
# dry NAME USER CODE [OPTIONS]: it ends so, and nothing is other than before. Of what $dry_command says, else migrate.
dry() {
    tree "$2" >"$W/before"
    pf "${dry_command:-migrate}" "$2" --dry-run "${@:4}"
    expect_exit "$1" "$3"
    tree "$2" >"$W/after"
    check "$1: nothing was changed" diff "$W/before" "$W/after"
}
said() { jq -c "$1" "$W/out"; }
is() { # NAME ACTUAL EXPECTED
    if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: $2 instead of $3" "$W/out" "$W/err"; fi
}

fill taro --count 60 --octets 200000
fill jiro --count 12 --octets 40000 --seed 2
pf check taro # the servers make what they need for an account at its first sign-in
pf check jiro

# ---- nothing was done yet ----
dry "before anything" taro 0
check "the work folder is not even made" test ! -e "$W/work-taro"
check "it speaks as migrate" grep -qE '^  would be copied +[0-9]+ ' "$W/out"
check "it says that nothing was changed" grep -q 'Nothing was changed: this was a dry run' "$W/out"
dry "as JSON" taro 0 --format json
is "the document is migrate's" "$(said '[.command, .dry_run, .exit_code, .agree]')" '["migrate",true,0,false]'
would=$(said .summary.to_copy)
check "every message that would be copied is listed" test "$(said '[.messages[] | select(.verdict == "copy")] | length')" = "$would"
dry "a limit" taro 0 --format json --limit 7
is "at most so many" "$(said '[.summary.to_copy, .summary.later]')" "[7,$((would - 7))]"
dry "a filter" taro 0 --format json --max-size 2k
check "what is left out is counted" test "$(said .summary.filtered)" -gt 0
dry "templates" taro 0 --format json --folder 'Old/{year}'
check "the mailboxes that would be made are named" test "$(said '[.mailboxes_to_make[] | select(startswith("Old/"))] | length > 0')" = true
pf migrate taro -n --folder 'Old/{year}'
check "in words, too" grep -q '^Mailboxes that would be made: Old/' "$W/out"
dry "with --delete-source" taro 0 --delete-source verified --older-than 30
check "what would be looked at for deletion" grep -q 'older than 30 days deleted from the source: at most [0-9]* messages' "$W/out"
pf migrate taro --dry --quiet
expect_exit "--dry, as imapsync has it" 0
check "nothing of all this made a work folder" test ! -e "$W/work-taro"

# ---- what it says is what is done ----
pf migrate taro --format json
copied=$(said .summary.copied) # it reads the bodies, and finds a few more duplicates than the headers tell
check "migrate copies as many ($copied of $would)" test "$copied" -le "$would" -a "$copied" -ge $((would - 3))
is "and says that it was none" "$(said .dry_run)" false
dry "afterwards" taro 0 --format json
is "nothing would be copied" "$(said '[.summary.to_copy, .agree, (.messages | length)]')" '[0,true,0]'
wrong=$W/wrong && (umask 077 && echo wrong >"$wrong")
dry "a wrong password" taro 3 --from-password-file "$wrong"

# ---- many accounts ----
printf 'user\ntaro\njiro\n' >"$W/list.csv"
common=(--accounts "$W/list.csv" --from-host "localhost:$LEGACY_POP3S_PORT" --to-host "localhost:$CLOUD_IMAPS_PORT"
    --from-password-file "$W/password" --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-list")
tree jiro >"$W/before"
raw migrate "${common[@]}" --dry-run
expect_exit "a list" 0
tree jiro >"$W/after"
check "a list: nothing was changed" diff "$W/before" "$W/after"
check "a list: no work folder" test ! -e "$W/work-list"
check "a list: it says so" grep -q 'To be copied: .*Nothing was changed\|this was a dry run' "$W/out"
raw migrate "${common[@]}" --dry-run --format json
is "a list, JSON" "$(said '[.documents[].dry_run] | all')" true
raw migrate "${common[@]}" --quiet
find "$W/work-list" -type f ! -name lock -exec sha256sum {} + | sort >"$W/before"
raw migrate "${common[@]}" --dry-run --quiet
find "$W/work-list" -type f ! -name lock -exec sha256sum {} + | sort >"$W/after"
check "a list that was migrated: its work folder is as it was" diff "$W/before" "$W/after"

# ---- delete ----
folder_of() { (cd "$1" && find . -type f ! -name lock -exec sha256sum {} + | sort); }
dry_command=delete dry "delete" taro 1
dry_command=delete dry "delete --limit, JSON" taro 1 --limit 5 --format json
raw delete "${common[@]/%"$W/work-list"/$W/nowhere}" --dry-run
expect_exit "of a list in a work folder that is not there" 2
check "the folder is not made" test ! -e "$W/nowhere"
folder_of "$W/work-list" >"$W/before"
raw delete "${common[@]}" --dry-run --limit 3 --format json
folder_of "$W/work-list" >"$W/after"
check "delete of a list: its work folder is as it was" diff "$W/before" "$W/after"
is "delete of a list: the sum is of what would go, by --limit" \
    "$(said '[.batch.sum.rest, .batch.sum.rest_octets == ([.documents[].summary.chosen_octets] | add), .batch.sum.done]')" '[6,true,0]'
raw delete "${common[@]}" --dry-run --limit 3
check "and so it says" grep -q 'Would be deleted from the sources: 6 messages, .*' "$W/out"
check "and that nothing was changed" grep -q 'Nothing was changed: this was a dry run' "$W/out"

# ---- what no run has read ----
fill saburo --count 4 --octets 20000 --seed 3
pf migrate saburo --limit 1
pf verify saburo
expect_exit "a trial is not the whole" 1
check "of what was not read no sender is told, nor that it has none" grep -q 'sender and subject not known$' "$W/out"
check "and nobody sent nothing" sh -c '! grep -q "from nobody, subject \"\"" "$1"' sh "$W/out"

# ---- delete --limit ----
left() { find "$S/legacy/taro/Maildir/cur" "$S/legacy/taro/Maildir/new" -type f | wc -l; }
pf delete taro --limit 5 --dry-run --format json
is "delete --dry-run --limit 5 shows five" "$(said '[([.messages[] | select(.verdict == "to-delete")] | length), .summary.chosen, .summary.later > 0]')" '[5,5,true]'
is "and deletes none" "$(left)" 60
pf delete taro --limit 5 --yes --accept duplicates
expect_exit "delete --limit 5" 0
is "five are gone" "$(left)" 55
check "it says how many more could go" grep -qE '^[0-9]+ more messages are proved and could go' "$W/out"
pf delete taro --limit 0 --yes
is "--limit 0 deletes none" "$(left)" 55
pf delete taro --limit 3 </dev/null
expect_exit "without a terminal and without --yes it refuses" 2 'there is no terminal to ask'
is "and deletes none" "$(left)" 55
pf delete taro --limit 1000 --yes --accept duplicates
is "a limit beyond all deletes what is proved" "$(left)" 0
