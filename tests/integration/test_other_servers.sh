#!/usr/bin/env bash
# Servers other than Dovecot, right by the protocol and not by name: Cyrus, Courier and GNU Mailutils at either end.
. "$(dirname "$0")/lib.sh"
. "$LIB_TOP/tests/tools/other_servers.sh"
test_end() {
    others_stop
}

start servers
fill taro --count 300 --octets 6000000
manifest=$S/taro.manifest
mail=$S/legacy/taro/Maildir
clean=$W/clean
mkdir -p "$clean"/{cur,new,tmp}
"$SERVERS_TOOLS/mkmail" --maildir "$clean" --manifest "$W/clean.manifest" --count 300 --octets 6000000 --clean || exit 1

# begin NAME: start it; its folder is $O. Without it: said aloud, and false.
begin() {
    O=$W/$1
    others_start "$W" "$1" && return 0
    skip "$1" "$OTHERS_REASON"
    return 1
}

arguments() { # FROM TO WORK-FOLDER
    printf '%s\n' migrate --from "$1" --to "$2" --work-dir "$W/work-$3" --from-password-file "$W/password" \
        --to-password-file "$W/password" --ca-file "$SERVERS_CA" --allow-plaintext --format json
}

# go FROM TO WORK-FOLDER [options]
go() {
    local line
    mapfile -t line < <(arguments "$@")
    raw "${line[@]}" "${@:4}"
}

# verified NAME FROM TO WORK-FOLDER CODE [options]: what verify says of it, by its own way.
verified() {
    local line
    mapfile -t line < <(arguments "${@:2:3}")
    raw verify "${line[@]:1}" "${@:6}"
    expect_exit "$1" "$5"
}

# kill_after SECONDS FROM TO WORK-FOLDER [options]: the same, but it is killed.
kill_after() {
    local line pid
    mapfile -t line < <(arguments "${@:2}")
    "$POPFERRY" "${line[@]}" "${@:5}" >"$W/out" 2>"$W/err" </dev/null &
    pid=$!
    sleep "$1"
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
}

# told NAME FIELD NUMBER: what the last run's summary says.
told() {
    local is
    is=$(jq ".summary.$2" "$W/out" 2>&1)
    if [[ $is == "$3" ]]; then ok "$1"; else not_ok "$1: $2 is $is instead of $3" "$W/err"; fi
}

# like NAME MANIFEST SOURCE-MAILDIR DEST-MAILDIR [KIND...]: everything arrived exactly once with its date; only messages
# of these kinds may be missing, and nothing else may stand in their place than as many altered ones.
like() {
    local name=$1 manifest=$2 kind missing wrong=
    "$SERVERS_TOOLS/maildiff" --manifest "$2" --source "$3" --dest "$4" >"$W/diff" 2>&1
    shift 4
    missing=$(sed -n 's/^missing: \([^ ]*\) .*/\1/p' "$W/diff")
    for kind in $([[ -n $missing ]] && grep -F "$missing" "$manifest" | cut -f6 | sort -u); do
        [[ " $* " == *" $kind "* ]] || wrong+=" $kind"
    done
    if [[ -z $wrong ]] && grep -q ' [1-9][0-9]* of them wanted.*, 0 repeated, .*, 0 with a wrong date$' "$W/diff" &&
        (($(grep -c ^unexpected: "$W/diff") <= $(grep -c ^missing: "$W/diff"))); then
        ok "$name"
    else
        not_ok "$name:$wrong" "$W/diff" "$W/err"
    fi
}

pop=$(pop_url taro)

fields=(Subject From To Cc Reply-To Sender References Comments Content-Disposition Keywords Organization X-Remark)
# message USER NAME HEADER: with this header and a few more.
message() {
    local dir
    dir=$(servers_maildir "$S" legacy "$1")
    printf 'Received: from a by b; Sun, 31 Dec 2023 14:59:59 +0000\r\nMessage-ID: <%s@x>\r\nDate: Sun, 31 Dec 2023 14:59:58 +0000\r\n%b\r\n\r\n%s\r\n' \
        "$2" "$3" "body of $2" >"$dir/new/$2.x"
    servers_own "$dir"
}
raw_fields() { # USER: a message for each of $fields, with 8-bit octets in it
    local field
    for field in "${fields[@]}"; do
        case $field in
        Content-Disposition) message "$1" "$field" "$field: attachment; filename=\"caf\xe9.pdf\"" ;;
        *) message "$1" "$field" "$field: caf\xe9 d\xe9j\xe0 <a@x.example>" ;;
        esac
    done
}
more_raw_fields() { # USER: one more, and one that cannot be encoded
    message "$1" later 'X-Later: \xe9t\xe9'
    message "$1" never 'Content-Disposition: \xe9t\xe9 \xe9t\xe9 <a@x.example>'
}
# deleting FROM TO WORK-FOLDER
deleting() {
    local line
    mapfile -t line < <(arguments "$@")
    raw delete "${line[@]:1}" --yes
}

# ---- Cyrus: refuses what is no header, writes X for raw 8-bit octets in headers ----
if begin cyrus; then
    to=imap://taro@127.0.0.1:$OTHERS_IMAP_PORT
    go "$pop" "$to" cyrus
    expect_exit "to Cyrus: it refuses messages without a header" 1
    check "to Cyrus: these are named, with its words" \
        jq -e '.summary.refused == ([.messages[] | select(.reason | test("invalid header"))] | length)' "$W/out"
    go "$pop" "$to" cyrus
    told "to Cyrus again: nothing is copied" copied 0
    others_view "$O/spool/user/taro" "$W/view"
    like "to Cyrus: the rest is exact but for raw 8-bit headers" "$manifest" "$mail" "$W/view" 8bit bare

    verified "to Cyrus: verify tells what it spoiled" "$pop" "$to" cyrus 1
    check "to Cyrus: verify names the X in place of 8-bit characters" \
        jq -e '[.messages[] | select(.verdict == "altered")] | length > 0 and all(.reason | test("by X"))' "$W/out"
    told "to Cyrus: nothing is missing" missing 0
    rm -rf "$W/work-cyrus"
    go "$pop" "$to" cyrus
    told "to Cyrus with a lost ledger: what it spoiled is known again, and nothing is copied" copied 0

    to=imap://saburo@127.0.0.1:$OTHERS_IMAP_PORT
    go "$pop" "$to" cyrus-encoded --encode-headers
    expect_exit "to Cyrus with --encode-headers" 1
    verified "to Cyrus with --encode-headers: only what it refused is not there" "$pop" "$to" cyrus-encoded 1
    told "to Cyrus with --encode-headers: nothing is altered" altered 0

    raw_fields kenji
    from=$(pop_url kenji)
    to=imap://kenji@127.0.0.1:$OTHERS_IMAP_PORT
    go "$from" "$to" cyrus-raw
    expect_exit "to Cyrus, 8-bit in twelve fields: told" 1
    check "to Cyrus, 8-bit in twelve fields: one is spoiled, and named; the others are encoded" \
        jq -e '.summary.spoiled == 1 and .summary.mended == 11 and .summary.copied == 12 and
            ([.messages[] | select(.spoiled)] | length) == 1' "$W/out"
    check "to Cyrus, 8-bit in twelve fields: said once" test "$(grep -c 'spoils 8-bit' "$W/err")" = 1
    verified "to Cyrus, 8-bit in twelve fields: verify" "$from" "$to" cyrus-raw 1
    told "to Cyrus, 8-bit in twelve fields: the one is altered" altered 1
    told "to Cyrus, 8-bit in twelve fields: the others are as they were sent" agreed 11
    more_raw_fields kenji
    go "$from" "$to" cyrus-raw
    expect_exit "to Cyrus, later: what cannot be encoded is told" 1
    check "to Cyrus, later: it is known, and what cannot be encoded is named" jq -e '.summary.spoiled == 1 and .summary.mended == 2 and
        [.messages[] | select(.spoiled).message_id] == ["<never@x>"]' "$W/out"

    raw_fields shinji
    from=$(pop_url shinji)
    to=imap://shinji@127.0.0.1:$OTHERS_IMAP_PORT
    go "$from" "$to" cyrus-kept --keep-headers
    expect_exit "to Cyrus with --keep-headers: as they are" 0
    verified "to Cyrus with --keep-headers: verify" "$from" "$to" cyrus-kept 1
    told "to Cyrus with --keep-headers: all are altered" altered 12
    for field in "${fields[@]}"; do
        check "to Cyrus with --keep-headers: $field is named" \
            jq -e --arg field "$field" '[.messages[] | select(.reason | test("\\b(?<!-)" + $field + "\\b"))] | length == 1' "$W/out"
    done
    deleting "$from" "$to" cyrus-kept
    expect_exit "to Cyrus with --keep-headers: delete" 1
    told "to Cyrus with --keep-headers: delete takes none of them" deleted 0

    to=imap://hanako@127.0.0.1:$OTHERS_IMAP_PORT
    kill_after 0.13 "$pop" "$to" cyrus-killed --folder 受信トレイ/2019
    kill_after 0.17 "$pop" "$to" cyrus-killed --folder 受信トレイ/2019
    go "$pop" "$to" cyrus-killed --folder 受信トレイ/2019
    expect_exit "to a folder of Cyrus after two kill -9" 1
    others_view "$O/spool/user/hanako/&U9dP4TDIMOwwpA-/2019" "$W/view"
    like "to a folder of Cyrus after two kill -9: exactly once" "$manifest" "$mail" "$W/view" 8bit bare

    go "pop3://taro@127.0.0.1:$OTHERS_POP3_PORT" "$(imap_url cyrus)" from-cyrus
    expect_exit "from Cyrus" 0
    told "from Cyrus: all of it" refused 0
fi

# ---- Courier: no LITERAL+, a namespace INBOX., 4 POP3 sessions from one address, UTF8 to be asked for ----
if begin courier; then
    to=imap://taro@127.0.0.1:$OTHERS_IMAP_PORT
    go "$pop" "$to" courier
    expect_exit "to Courier" 0
    others_view "$O/mail/taro/Maildir" "$W/view"
    like "to Courier: exact" "$manifest" "$mail" "$W/view"
    verified "to Courier: verify agrees" "$pop" "$to" courier 0
    go "$pop" "$to" courier-new
    told "to Courier with a new ledger: nothing is copied twice" copied 0

    to=imap://hanako@127.0.0.1:$OTHERS_IMAP_PORT
    kill_after 0.4 "$pop" "$to" courier-killed --folder 受信トレイ/2019
    kill_after 0.8 "$pop" "$to" courier-killed --folder 受信トレイ/2019
    go "$pop" "$to" courier-killed --folder 受信トレイ/2019
    expect_exit "to a folder of Courier after two kill -9" 0
    folder=$(find "$O/mail/hanako/Maildir" -mindepth 1 -maxdepth 1 -name '.*.2019')
    others_view "${folder:-$W/none}" "$W/view"
    like "to a folder of Courier after two kill -9: exactly once" "$manifest" "$mail" "$W/view"

    others_fill "$O" jiro "$clean"
    from=pop3://jiro@127.0.0.1:$OTHERS_POP3_PORT
    go "$from" "$(imap_url courier)" from-courier
    expect_exit "from Courier" 0
    like "from Courier: exact, raw 8-bit headers too" "$W/clean.manifest" "$clean" "$S/cloud/courier/Maildir"
    go "$from" "$(imap_url courier)" from-courier
    told "from Courier again: nothing is copied" copied 0
fi

sign_in() { # PASSWORD-FILE
    raw check --from "$pop" --to "imap://taro@127.0.0.1:$OTHERS_IMAP_PORT" --from-password-file "$W/password" \
        --to-password-file "$1" --ca-file "$SERVERS_CA" --allow-plaintext
}

# ---- Mailutils: no UIDPLUS, one mbox file, TRYCREATE for all that it cannot store, more mechanisms than it can do ----
if begin mailutils; then
    to=imap://taro@127.0.0.1:$OTHERS_IMAP_PORT
    go "$pop" "$to" mailutils
    expect_exit "to Mailutils: it refuses messages without a header" 1
    told "to Mailutils: what it said OK to lies there" copied "$(grep -c '^From ' "$O/mail/taro")"
    go "$pop" "$to" mailutils
    told "to Mailutils again: nothing is copied" copied 0

    # A mailbox that holds mail: what a session appends to it that has it open for writing, that server drops.
    mkdir -p "$W/others"/{cur,new,tmp}
    "$SERVERS_TOOLS/mkmail" --maildir "$W/others" --manifest "$W/others.manifest" --count 60 --seed 60 --clean || exit 1
    others_fill "$O" hanako "$W/others"
    before=$(grep -c '^From ' "$O/mail/hanako")
    to=imap://hanako@127.0.0.1:$OTHERS_IMAP_PORT
    go "$pop" "$to" mailutils-full
    expect_exit "to a mailbox of Mailutils that holds mail" 1
    told "to a mailbox of Mailutils that holds mail: what it said OK to lies there" copied \
        $(($(grep -c '^From ' "$O/mail/hanako") - before))
    told "to a mailbox of Mailutils that holds mail: nothing is missing" missing 0
    check "to a mailbox of Mailutils that holds mail: it was not little" jq -e '.summary.copied > 200' "$W/out"
    go "$pop" "$to" mailutils-full
    told "to a mailbox of Mailutils that holds mail, again: nothing is copied" copied 0

    others_fill "$O" jiro "$clean"
    from=pop3://jiro@127.0.0.1:$OTHERS_POP3_PORT
    go "$from" "$(imap_url mailutils)" from-mailutils
    expect_exit "from Mailutils" 0
    check "from Mailutils: as many as there are distinct ones" test "$(arrived mailutils)" = \
        "$(awk -F'\t' '$7 == "-"' "$W/clean.manifest" | wc -l)"
    go "$from" "$(imap_url mailutils)" from-mailutils-new
    told "from Mailutils with a new ledger: nothing is copied twice" copied 0

    printf 'wrong\n' >"$W/wrong" && chmod 600 "$W/wrong"
    sign_in "$W/wrong"
    expect_exit "a wrong password at Mailutils is a wrong password" 3 'check user name and password'
    # As the package comes: mechanisms on offer that this server has no secrets for.
    OTHERS_GSASL=yes others_start "$W/more" mailutils && sign_in "$W/password"
    expect_exit "sign in to a server that offers DIGEST-MD5 and cannot do it" 0
fi
