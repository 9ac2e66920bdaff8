#!/usr/bin/env bash
# Mail on a disk as a source: written by another program, brought into a real server, folder by folder; nothing on the
# disk is touched.
. "$(dirname "$0")/lib.sh"

# The cloud calls the mailbox for sent mail otherwise than any program on a PC.
SERVERS_SENT=Gesendet start servers
store=$LIB_TOP/tests/tools/mkstore.py
PER_FOLDER=50

# Three folders' worth of mail, with a manifest each; `clean` without what an mbox cannot hold.
make_mail() { # NAME [options of mkmail]
    local i
    for i in 1 2 3; do
        mkdir -p "$W/mail/$1-$i"/{cur,new,tmp}
        "$SERVERS_TOOLS/mkmail" --maildir "$W/mail/$1-$i" --manifest "$S/$1-$i.manifest" --count $PER_FOLDER \
            --octets 400000 --seed "$i$i" "${@:2}" || exit 1
    done
}
make_mail clean --clean
make_mail any

disk() { # COMMAND USER SOURCE [options]
    raw "$1" --from "$3" --to "$(imap_url "$2")" --to-password-file "$W/password" --ca-file "$SERVERS_CA" \
        --work-dir "$W/work-$2" "${@:4}"
}
cloud() { # USER FOLDER-ON-DISK: as Dovecot names it
    echo "$S/cloud/$1/Maildir${2:+/$2}"
}
# arrived NAME USER MAIL N FOLDER: the Nth of these folders is there, each message once, right.
arrived_in() {
    if "$SERVERS_TOOLS/maildiff" --manifest "$S/$3-$4.manifest" --dest "$(cloud "$2" "$5")" >"$W/diff" 2>&1; then
        ok "$1"
    else
        not_ok "$1" "$W/diff" "$W/out" "$W/err"
    fi
}
is() { # NAME ACTUAL EXPECTED
    if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: $2 instead of $3" "$W/out" "$W/err"; fi
}
seen_of() { # PATH: all that a write would change
    find "$1" -printf '%p %y %s %m %T@ %C@\n' | sort
    find "$1" -type f -exec sha256sum {} + | sort
}
settled() { # what each folder's messages became
    jq -c '.summary | .copied + .duplicates + .done_before + .present' "$W/out"
}

# ---- each kind ----
kind() { # KIND SOURCE MAIL FOLDER1 FOLDER2 FOLDER3
    local user=${1//[^a-z]/}@example.jp i=0 folder
    seen_of "$W/pc/$1" >"$W/before"
    disk migrate "$user" "$2" --format json
    says "$1: migrate" 0 '.summary.messages' $((3 * PER_FOLDER))
    for folder in "${@:4}"; do
        arrived_in "$1: folder ${folder:-INBOX}" "$user" "$3" $((++i)) "$folder"
    done
    disk migrate "$user" "$2" --format json
    says "$1: again, nothing is copied" 0 '.summary.copied' 0
    disk verify "$user" "$2" --format json
    says "$1: verify" 0 '[.summary.altered, .summary.missing, .summary.doubled, .summary.pending, .summary.vanished] | add' 0
    says "$1: verify sees them all" 0 .summary.messages $((3 * PER_FOLDER))
    seen_of "$W/pc/$1" >"$W/after"
    check "$1: nothing on the disk was touched" cmp "$W/before" "$W/after"
}
eigyo='.&VbZpbQ-' # 営業, in modified UTF-7
pc=$W/pc
for k in mboxrd mboxo; do
    "$store" $k "$W/mail/clean-1" "$pc/$k/Inbox" >/dev/null
    "$store" $k "$W/mail/clean-2" "$pc/$k/営業/2019.05" >/dev/null
    "$store" $k "$W/mail/clean-3" "$pc/$k/Sent" >/dev/null
    kind $k "mbox:$pc/$k" clean "" "$eigyo.2019_05" .Gesendet
done
t="$pc/thunderbird/Mail/Local Folders"
"$store" thunderbird "$W/mail/clean-1" "$t/Inbox" >/dev/null
"$store" thunderbird "$W/mail/clean-2" "$t/Inbox.sbd/営業" >/dev/null
"$store" thunderbird "$W/mail/clean-3" "$t/Sent" >/dev/null
touch "$pc/thunderbird/prefs.js" "$t/Inbox.msf" "$t/Sent.msf" "$t/Inbox.sbd/営業.msf"
kind thunderbird "thunderbird:$pc/thunderbird" clean "" ".INBOX$eigyo" .Gesendet
check "thunderbird: read is read" test -z "$(find "$(cloud thunderbird@example.jp "")/cur" -type f ! -name '*:2,*S*')"
"$store" maildir "$W/mail/any-1" "$pc/maildir" >/dev/null
"$store" maildir "$W/mail/any-2" "$pc/maildir/$eigyo" >/dev/null
"$store" maildir "$W/mail/any-3" "$pc/maildir/.Sent" >/dev/null
kind maildir "maildir:$pc/maildir" any "" "$eigyo" .Gesendet
for k in eml mh; do
    "$store" $k "$W/mail/any-1" "$pc/$k/Inbox" >/dev/null
    "$store" $k "$W/mail/any-2" "$pc/$k/営業" >/dev/null
    "$store" $k "$W/mail/any-3" "$pc/$k/Sent" >/dev/null
    kind $k "$k:$pc/$k" any "" "$eigyo" .Gesendet
done
b=$pc/becky/1.mb
"$store" becky "$W/mail/clean-1" "$b/!!!!Inbox/1a.bmf" >/dev/null
"$store" becky "$W/mail/clean-2" "$b/営業/2b.bmf" >/dev/null
"$store" becky "$W/mail/clean-3" "$b/!!!!Outbox/3c.bmf" >/dev/null
check "becky: some parts lie in files of their own" test "$(find "$b" -path '*#Attach/*' | wc -l)" -ge 3
kind becky "becky:$pc/becky" clean "" "$eigyo" .Gesendet
check "becky: read is read" test -z "$(find "$(cloud becky@example.jp "")/cur" -type f ! -name '*:2,*S*')"
a="$pc/emlx/V10/0A1B2C3D-7B19-4C30-B2E9-B58FE4789D51"
"$store" emlx "$W/mail/clean-1" "$a/INBOX.mbox" >/dev/null
"$store" emlx "$W/mail/clean-2" "$a/営業.mbox" >/dev/null
"$store" emlx "$W/mail/clean-3" "$a/Sent Messages.mbox" >/dev/null
check "emlx: some parts lie in files of their own" test "$(find "$a" -name part.bin | wc -l)" -ge 3
kind emlx "emlx:$pc/emlx" clean "" "$eigyo" .Gesendet
check "emlx: read is read" test -z "$(find "$(cloud emlx@example.jp "")/cur" -type f ! -name '*:2,*S*')"
# What Apple Mail has noted as the time of receipt counts before Date.
mkdir "$pc/own"
printf -v own 'From: a@x\nMessage-ID: <own@x>\nDate: Mon, 1 Mar 2010 10:00:00 +0900\nSubject: own\n\ntext\n'
printf '%-10d\n%s<plist version="1.0"><dict><key>date-received</key><integer>1217930000</integer><key>flags</key><integer>1</integer></dict></plist>\n' \
    ${#own} "$own" >"$pc/own/1.emlx"
disk migrate own@example.jp "emlx:$pc/own" --format json
says "emlx: its own time of receipt" 0 '.summary.internaldate_from.store' 1
is "is the date" "$(date -r "$(find "$(cloud own@example.jp "")" -path '*/cur/*' -type f)" +%s)" 1217930000

# ---- killed in the midst ----
killed() {
    local user=killed@example.jp n
    "$POPFERRY" migrate --from "mbox:$pc/mboxrd" --to "$(imap_url $user)" --to-password-file "$W/password" --ca-file "$SERVERS_CA" \
        --work-dir "$W/work-$user" >/dev/null 2>&1 &
    n=$!
    while kill -0 $n 2>/dev/null && [[ $(find "$S/cloud/$user" -path '*/cur/*' 2>/dev/null | wc -l) == 0 ]]; do :; done
    kill -9 $n 2>/dev/null
    wait $n 2>/dev/null
    disk migrate $user "mbox:$pc/mboxrd" --format json
    says "after a kill -9, the same command" 0 .summary.messages $((3 * PER_FOLDER))
    arrived_in "killed: once each (1)" $user clean 1 ""
    arrived_in "killed: once each (2)" $user clean 2 "$eigyo.2019_05"
    arrived_in "killed: once each (3)" $user clean 3 .Gesendet
}
killed

# Without a name of its own a message is known by its content alone: at each step the next run must see what was sent.
killed_at_each_step() {
    local user=step@example.jp step crashed=0 bad=0 i folder
    for ((step = 1; ; step += ${CRASH_STRIDE:-9})); do
        rm -rf "$W/work-$user" "$S/cloud/$user"
        POPFERRY_CRASH_AT=$step disk migrate $user "mbox:$pc/mboxrd"
        [[ $rc == 137 ]] || break
        crashed=$((crashed + 1))
        disk migrate $user "mbox:$pc/mboxrd"
        [[ $rc == 0 ]] || bad=1
        i=0
        for folder in "" "$eigyo.2019_05" .Gesendet; do
            "$SERVERS_TOOLS/maildiff" --manifest "$S/clean-$((++i)).manifest" --dest "$(cloud $user "$folder")" >"$W/diff" 2>&1 || bad=1
        done
        ((bad)) && not_ok "a disk, killed at step $step" "$W/diff" "$W/out" "$W/err" && return
    done
    expect_exit "a disk: a run that is not killed comes through" 0
    if ((crashed > 3)); then
        ok "a disk: killed at $crashed steps, none lost, none doubled"
    else
        not_ok "a disk: only $crashed steps"
    fi
}
if "$POPFERRY" --version | grep -q 'crash points'; then
    killed_at_each_step
else
    no_crash_points "a disk, killed at every step"
fi

# ---- the PC and the POP host into one mailbox ----
# The host has the newer half of what lies in the Inbox of the PC.
together() {
    local user=both@example.jp maildir
    maildir=$(servers_maildir "$S" legacy $user)
    mkdir -p "$maildir"/{cur,new,tmp}
    find "$W/mail/clean-1/new" -type f | sort | tail -$((PER_FOLDER / 2)) | xargs cp -t "$maildir/new"
    servers_own "$maildir"
    disk migrate $user "mbox:$pc/mboxrd" --only-folder Inbox
    expect_exit "the PC first" 0
    pf migrate $user
    expect_exit "then the host" 0
    arrived_in "each message once" $user clean 1 ""
    pf verify $user
    expect_exit "the host agrees" 0
    disk verify $user "mbox:$pc/mboxrd" --only-folder Inbox
    expect_exit "and so does the PC" 0
}
together

# ---- which folders, and where to ----
text() { # SUBJECT...: small messages, as an mbox
    local s
    for s; do
        printf 'From - Tue Aug 05 08:00:23 2008\nFrom: a@x\nSubject: %s\nMessage-ID: <%s@x>\nDate: Mon, 14 Jan 2008 12:34:56 +0000\n\ntext\n\n' "$s" "$s"
    done
}
one() { # FILE SUBJECT...
    mkdir -p "$(dirname "$1")"
    text "${@:2}" >"$1"
}
choice=$pc/choice
one "$choice/Inbox" a b both
one "$choice/Work" c both
one "$choice/Work.sbd/Deep" d
one "$choice/Trash" t
one "$choice/迷惑メール" j
one "$choice/送信トレイ" o
copied() { # NAME USER COUNT OPTIONS...: so many are copied, exit 0
    disk migrate "$2" "mbox:$choice" --format json "${@:4}"
    says "$1" 0 .summary.copied "$3"
}
copied "trash, junk and outbox stay" usual@example.jp 6
says "and are counted" 0 '[.summary.left.trash, .summary.left.junk, .summary.left.outbox] | map(.messages)' '[1,1,1]'
mails_with() { # SUBJECT FOLDER...: the files of such messages, and none of the server's indices
    find "${@:2}" -type f \( -path '*/cur/*' -o -path '*/new/*' \) -exec grep -l "^Subject: $1" {} +
}
check "the same message in two folders is two" test "$(mails_with both "$S/cloud/usual@example.jp" | wc -l)" = 2
copied "with trash and junk" trash@example.jp 8 --with-trash --with-junk
copied "one copy for the account" dedup@example.jp 5 --dedup account
copied "a folder with those below it" only@example.jp 1 --only-folder Work.sbd
copied "all but one" skip@example.jp 4 --skip-folder work
copied "a pattern" wild@example.jp 3 --only-folder 'w*'
copied "the trash, by its name" named@example.jp 1 --only-folder Trash
copied "nothing matches" none@example.jp 0 --only-folder Nowhere
copied "below a folder of their own" below@example.jp 6 --folder '旧PC/{path}'
check "is where they are" test -d "$S/cloud/below@example.jp/Maildir/.&Zec-PC.Work"
copied "all in one" flat@example.jp 5 --folder INBOX
disk plan usual@example.jp "mbox:$choice" --format json --with-trash
says "a plan knows what is there" 0 '[.messages[] | select(.verdict == "copy") | .subject]' '["t"]'
raw estimate --from "mbox:$choice" --format json
says "an estimate of the disk alone" 0 .messages 9

# ---- the destination's own folders, flags and keywords ----
marks=$pc/marks
mkdir -p "$marks/cur" "$marks/new" "$marks/tmp" "$marks/.&kAFP4W4IMH8-"/{cur,new,tmp} "$marks/.Work.Sent"/{cur,new,tmp}
printf '0 Important\n1 bad{key\n' >"$marks/dovecot-keywords"
text a | sed 1d >"$marks/cur/1.a:2,FRSab"
text b | sed 1d >"$marks/cur/2.b:2,P"
text c | sed 1d >"$marks/new/3.c"
text sent | sed 1d >"$marks/.&kAFP4W4IMH8-/cur/4.d:2,S" # 送信済み
text deep | sed 1d >"$marks/.Work.Sent/cur/5.e:2,S"
disk migrate marks@example.jp "maildir:$marks"
expect_exit "a Maildir with flags" 0
at=$S/cloud/marks@example.jp/Maildir
flags_of() { # SUBJECT: Dovecot's letters, with keywords by name
    local file letters key
    file=$(mails_with "$1" "$at" | head -1)
    letters=${file##*:2,}
    printf '%s' "${letters//[a-z]/}"
    for key in $(grep -o '[a-z]' <<<"$letters" | tr -d '\n' | tr a-z '\0-\31' | od -An -tu1); do
        printf ' %s' "$(awk -v n="$key" '$1 == n { print $2 }' "$(dirname "$file")/../dovecot-keywords")"
    done
}
is "flagged, answered, read and a keyword" "$(flags_of a)" "FRS Important"
is "forwarded" "$(flags_of b)" ' $Forwarded'
is "new is new" "$(flags_of c)" ""
is "sent mail goes to the destination's own" "$(mails_with sent "$at/.Gesendet" | wc -l)" 1
is "what lies deeper keeps its name" "$(mails_with deep "$at/.Work.Sent" | wc -l)" 1
disk migrate off@example.jp "maildir:$marks" --special-use off
is "or not, as asked" "$(mails_with sent "$S/cloud/off@example.jp/Maildir/.&kAFP4W4IMH8-" | wc -l)" 1

# ---- verify goes by the folder, as migrate does ----
twice=$pc/twice
one "$twice/A" x y
one "$twice/B" x
disk migrate twice@example.jp "mbox:$twice" --only-folder A
disk verify twice@example.jp "mbox:$twice" --format json
says "what lies in another folder, too, is not there yet" 1 '[.summary.agreed, .summary.pending]' '[2,1]'
disk verify twice@example.jp "mbox:$twice" --format json --level headers
says "by headers neither" 1 '[.summary.agreed, .summary.pending]' '[2,1]'
disk verify twice@example.jp "mbox:$twice" --dedup account --format json
says "unless one for the account is enough" 0 '[.summary.agreed, .summary.pending]' '[3,0]'
disk migrate twice@example.jp "mbox:$twice"
disk verify twice@example.jp "mbox:$twice" --format json
says "then it is" 0 '[.summary.agreed, .summary.pending]' '[3,0]'
one "$twice/Later" y
disk verify twice@example.jp "mbox:$twice" --format json
says "nor one that has come into a new folder" 1 '[.summary.agreed, .summary.pending]' '[3,1]'

# ---- what cannot be had ----
broken=$pc/broken/Mail/x
mkdir -p "$broken"
{
    text whole
    text partial | sed '2i X-Mozilla-Status: 0401'
    text deleted | sed '2i X-Mozilla-Status: 0009'
} >"$broken/Inbox"
touch "$pc/broken/prefs.js" "$broken/Inbox.msf"
disk migrate broken@example.jp "thunderbird:$pc/broken" --format json
says "a message that was never fetched whole is named" 1 \
    '[.summary.copied, [.messages[] | select(.attention) | .reason | test("Inbox, octet [0-9]+: ")]]' '[1,[true]]'
raw report --work-dir "$W/work-broken@example.jp"
check "also by report" grep -q 'Inbox, octet' "$W/out"
disk verify broken@example.jp "thunderbird:$pc/broken"
expect_exit "verify does not call that whole" 1

# ---- refusals ----
disk delete usual@example.jp "mbox:$choice" --yes
expect_exit "delete" 2 'never changes mail that lies on a disk'
disk migrate usual@example.jp "mbox:$choice" --delete-source verified
expect_exit "--delete-source" 2 'never changes mail that lies on a disk'
disk migrate usual@example.jp "mbox:$choice" --from-user taro
expect_exit "a user" 2 'from-user is for a server'
disk migrate usual@example.jp "mbox:$choice/none"
expect_exit "a path that is none" 2 'none: No such file.*popferry discover'
pf migrate usual@example.jp --only-folder x
expect_exit "a folder of a POP3 account" 2 'only-folder is of mail on a disk'
pf migrate usual@example.jp --folder '{path}'
expect_exit "{path} of a POP3 account" 2 'a POP3 account has no folders'
raw check --from "mbox:$choice" --to "$(imap_url usual@example.jp)" --to-password-file "$W/password" --ca-file "$SERVERS_CA"
expect_exit "check" 0

# ---- in a list ----
printf 'from,to_user,to_password\nmbox:%s,list@example.jp,%s\n' "$choice" "$SERVERS_PASSWORD" >"$W/list.csv"
chmod 600 "$W/list.csv"
listed() { # COMMAND OPTIONS...
    raw "$1" --accounts "$W/list.csv" --to-host "localhost:$CLOUD_IMAPS_PORT" --ca-file "$SERVERS_CA" --work-dir "$W/work-list" "${@:2}"
}
listed migrate
expect_exit "a list may not read this machine's files" 2
check "why is said" grep -q -- --trust-list "$W/out" "$W/err"
listed migrate --trust-list
expect_exit "unless it is trusted" 0
check "then all is there" test "$(find "$S/cloud/list@example.jp" -path '*/cur/*' -o -path '*/new/*' | grep -c .)" = 6
listed verify --trust-list
expect_exit "and verified" 0
listed delete --trust-list --yes
expect_exit "but never deleted" 2

# What discover lists is such a list, once it is said whose mail it is.
raw discover "$choice" --format csv
expect_exit "discover as a list" 0
for lang in en ja; do
    raw discover "$choice" --format csv --lang $lang
    sed "2s/,\"\",\"\",/,\"found-$lang@example.jp\",\"$SERVERS_PASSWORD\",/" "$W/out" >"$W/list.csv"
    chmod 600 "$W/list.csv"
    raw accounts check "$W/list.csv" --to-host "localhost:$CLOUD_IMAPS_PORT" --trust-list
    expect_exit "accounts check finds nothing wrong with it ($lang)" 0
    raw migrate --accounts "$W/list.csv" --to-host "localhost:$CLOUD_IMAPS_PORT" --ca-file "$SERVERS_CA" --work-dir "$W/work-$lang" \
        --trust-list --skip-folder Work/Deep
    expect_exit "it goes into --accounts ($lang)" 0
    is "and all is there ($lang)" "$(mails_with '' "$S/cloud/found-$lang@example.jp" | wc -l)" 5
done
raw discover taro@example.invalid --format csv
expect_exit "of an address there is none" 2 'format csv: it is a list of the mail in a folder'
