#!/usr/bin/env bash
# discover PATH: the stores that lie on a disk, with what is in them; the samples of real stores, where they are there.
. "$(dirname "$0")/lib.sh"

disk=$W/disk
message() { # SUBJECT [DATE]
    printf 'From: a@x\nSubject: %s\nDate: %s\n\ntext\n' "$1" "${2:-Mon, 14 Jan 2008 12:34:56 +0000}"
}
mbox() { # SUBJECT...
    local s
    for s; do printf 'From - Tue Aug 05 08:00:23 2008\n' && message "$s" && echo; done
}
mkdir -p "$disk"/{mail/受信トレイ,"profile/Mail/Local Folders/Inbox.sbd",maildir/{cur,new,tmp},空}
mbox a b c >"$disk/mail/受信トレイ/古い.mbox"
mbox d >"$disk/mail/sent"
touch "$disk/profile/prefs.js" "$disk/profile/Mail/Local Folders/Inbox.msf"
{ mbox e | sed '2i X-Mozilla-Status: 0009' && mbox f; } >"$disk/profile/Mail/Local Folders/Inbox"
mbox g >"$disk/profile/Mail/Local Folders/Inbox.sbd/仕事"
message h 'Sat, 1 Mar 2003 00:00:00 +0900' >"$disk/maildir/cur/1.x:2,S"
printf '!BDN%8000s' >"$disk/Outlook.pst"
echo "From here on it is text" >"$disk/note.txt"
ln -s / "$disk/link"
find "$disk" -printf '%p %T@ %s\n' | sort >"$W/before"

raw() {
    "$POPFERRY" "$@" >"$W/out" 2>"$W/err" </dev/null
    rc=$?
}
is() { # NAME ACTUAL EXPECTED
    if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: $2 instead of $3" "$W/out" "$W/err"; fi
}
raw discover "$disk" --format json
expect_exit "a disk" 0
is "kinds, folders, messages" "$(jq -rc '[.stores[] | [.kind, (.folders // [] | length), .messages]]' "$W/out")" \
    '[["pst",0,0],["mbox",2,4],["maildir",1,1],["thunderbird",2,2]]'
is "folders by their names" "$(jq -rc '[.stores[].folders // [] | .[].folder]' "$W/out")" \
    '["sent","受信トレイ/古い","","Inbox","Inbox/仕事"]'
is "what is deleted counts as no message" "$(jq -c '[.stores[3].deleted, .stores[3].folders[0].messages]' "$W/out")" '[1,1]'
is "dates" "$(jq -rc '[.stores[2].oldest, .stores[1].newest]' "$W/out")" '["2003-02-28T15:00:00Z","2008-01-14T12:34:56Z"]'
is "a damaged one of Outlook is named" "$(jq -c '.stores[0].notes | map(.kind, (.words | test("damaged")))' "$W/out")" '["lost",true]'
find "$disk" -printf '%p %T@ %s\n' | sort >"$W/after"
check "nothing is written" cmp "$W/before" "$W/after"

raw discover "$disk"
expect_exit "as text" 0
check "a table" grep -qE '^  Thunderbird +2 +2 +[0-9]+ B +2008-01-14 +2008-01-14 +.*/profile$' "$W/out"
raw discover "$disk/profile" --verbose --lang ja
check "each folder, in Japanese" grep -qE '^ +1 +[0-9]+ B +2008-01-14 +2008-01-14 +1 +Inbox$' "$W/out"
check "its heading" grep -q '通数.*容量.*フォルダー' "$W/out"
raw discover "$disk/空"
expect_exit "a folder without mail" 1
check "is said" grep -q 'No mail was found' "$W/out"
raw discover "$disk/nowhere"
expect_exit "what is not there" 2 'nowhere: No such file'
raw discover "$disk" --dns 127.0.0.1
expect_exit "an option of the other search" 2 '--dns: it is of the search for'
raw discover a@b.invalid --verbose
expect_exit "and the other way" 2 '--verbose: it is of a folder'
printf -- '--dns 127.0.0.1\n--ca-file %s/none\n--verbose\n' "$W" >"$W/options"
raw discover "$disk" "@$W/options"
expect_exit "of a file of options, what is of the other search is passed over" 0
raw discover "$disk" "@$W/options" --dns 127.0.0.1
expect_exit "unless the command line says it, too" 2 '--dns: it is of the search for'
raw discover "$disk/mail/sent"
check "a file" grep -qE '^  mbox files +1 +1 ' "$W/out"

# ---- names and fields that would command a terminal ----
esc=$'\e]0;x\a' strange=$W/strange
mkdir -p "$strange/mail/a$esc"$'\n\xff' "$strange/profile/Mail/x" "$strange/empty$esc"
mbox a b >"$strange/mail/a$esc"$'\n\xff/in'$'\x80box\n'
mbox c >"$strange/mail/other$esc"
touch "$strange/profile/prefs.js"
mbox d | sed "2i X-Mozilla-Status: 0400\nMessage-ID: <p$esc@x>" >"$strange/profile/Mail/x/Inbox"
ln -s / "$strange/mail/link$esc"
printf 'no mail\n' >"$strange/mail/locked$esc"
chmod 0 "$strange/mail/locked$esc"
mkdir "$strange/shut$esc" && chmod 0 "$strange/shut$esc"
raw discover "$strange" --verbose
expect_exit "strange names" 0
check "no control reaches the terminal" bash -c '! LC_ALL=C grep -q "[[:cntrl:]]" <(tr -d "\n" <"$1")' - "$W/out"
check "the output is UTF-8" iconv -f UTF-8 -t UTF-8 -o /dev/null "$W/out"
raw discover "$strange/empty$esc"
check "nor that of a folder without mail" bash -c '! LC_ALL=C grep -q "[[:cntrl:]]" <(tr -d "\n" <"$1")' - "$W/out"
raw discover "$strange" --format json
is "and JSON is whole" "$(jq -c '[.stores[].messages] | add' "$W/out")" 3
chmod 755 "$strange/shut$esc"

# ---- many ----
mkdir -p "$W/many"
for ((i = 0; i < 2000; i++)); do mbox "subject $i"; done >"$W/many/one"
raw discover "$W/many" --format json
is "2,000 messages in a file" "$(jq -c '.stores[0].messages' "$W/out")" 2000

# ---- a client that is at work ----
if python3 -c 'import fcntl' 2>/dev/null; then
    touch "$disk/profile/.parentlock"
    python3 - "$disk/profile/.parentlock" "$W/locked" <<'PY' &
import fcntl, sys, time
f = open(sys.argv[1], "r+")
fcntl.lockf(f, fcntl.LOCK_EX)
open(sys.argv[2], "w").close()
time.sleep(600)
PY
    LIB_PIDS+=($!)
    for ((i = 0; i < 300; i++)); do [[ -e $W/locked ]] && break || sleep 0.1; done
    raw discover "$disk/profile"
    check "a running Thunderbird is told" grep -q 'Thunderbird is running with this profile' "$W/out"
fi

# ---- real samples ----
samples=${POPFERRY_SAMPLES:-$LIB_TOP/../shared/samples}
if [[ ! -r $samples/EXPECTED.tsv ]]; then
    skip "samples of real stores" "POPFERRY_SAMPLES names no folder with EXPECTED.tsv"
    exit 0
fi
wrong=0 seen=0
while IFS=$'\t' read -r _ path kind messages _; do
    case $kind in mbox | MH | Maildir* | dbx) ;; *) continue ;; esac
    [[ -e $samples/$path && $kind != *tree* ]] || continue
    raw discover "$samples/$path" --format json
    seen=$((seen + 1))
    got=$(jq '[.stores[] | (.messages // 0) + (.deleted // 0)] | add' "$W/out")
    [[ $got == "$messages" ]] || { not_ok "$path: $got messages instead of $messages" "$W/out" && wrong=1; }
done < <(grep -P '^S\t' "$samples/EXPECTED.tsv" | sed 's/\t\t*/\t/g')
if tar -C "$W" -xf "$samples/KDE-mailimporter/oe6/OutlookExpress6.tar.bz2" 2>/dev/null; then
    raw discover "$W/oe6" --format json
    is "a whole store of Outlook Express" "$(jq -rc '[.stores[] | [.kind, .messages, (.folders | length)]]' "$W/out")" \
        '[["dbx",31,9]]'
else
    skip "a whole store of Outlook Express" "it cannot be unpacked here (bzip2)"
fi
check "samples were there ($seen)" test "$seen" -gt 40
((wrong)) || ok "$seen samples hold as many messages as two other readers agree on"
