#!/usr/bin/env bash
# Mailboxes by the date of each message (--folder 'Archive/{year}', --folder-old, --time-zone): every message once, in the
# right one, also after a kill, without a ledger, and where the source has no TOP.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

start servers
fill taro --count 200 --octets 2000000
zone=(--time-zone +09:00)
export TZ=UTC-9 # for find: dates as in Tokyo
read -r begun_s begun_year begun_month < <(date '+%s %Y %m')

forget() { # USER
    rm -rf "$W/work-$1" "$S/cloud/$1"
}
is() { # NAME ACTUAL EXPECTED
    if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: $2 instead of $3" "$W/err"; fi
}
summary() { # FIELD
    jq -r ".summary.$1" "$W/out"
}
# All messages of a user's cloud, with their folder and date: FOLDER YEAR MONTH EPOCH PATH.
placed() { # USER
    find "$S/cloud/$1/Maildir" -type f \( -path '*/cur/*' -o -path '*/new/*' \) -printf '%P\t%TY\t%Tm\t%T@\t%p\n' |
        awk -F'\t' -v OFS='\t' '{ sub(/\/?(cur|new)\/[^\/]*$/, "", $1); sub(/\..*/, "", $4); print }'
}
everywhere() { # USER
    placed "$1" | wc -l
}
# once NAME USER: over all mailboxes together, every message is there once, as it should be.
once() {
    local path n=0
    rm -rf "$W/together"
    mkdir -p "$W/together"/{cur,new}
    placed "$2" | cut -f5 >"$W/paths"
    while read -r path; do ln "$path" "$W/together/new/$((++n)).x" 2>/dev/null || cp -p "$path" "$W/together/new/$n.x"; done <"$W/paths"
    check "$1" "$SERVERS_TOOLS/maildiff" --manifest "$S/$2.manifest" --source "$S/legacy/$2/Maildir" --dest "$W/together"
}
# in_place NAME USER AWK-EXPRESSION: it gives the folder, from year, month and date of a message ($2 $3 $4). What is dated by
# the hour of its copy may stand in the month in which this test began: midnight may have come in between.
in_place() {
    placed "$2" | awk -F'\t' "
        { was = want = $3 }
        \$4 >= $begun_s { \$2 = \"$begun_year\"; \$3 = \"$begun_month\"; was = $3 }
        \$1 != want && \$1 != was { print \$5 \": in \" \$1 \" instead of \" want; bad = 1 }
        END { exit bad }" >"$W/misplaced"
    if (($(wc -l <"$W/misplaced"))); then not_ok "$1" "$W/misplaced"; else ok "$1"; fi
}
nothing_new() { # NAME USER MESSAGES OPTIONS...
    local name=$1 user=$2 messages=$3 before
    shift 3
    before=$(sessions "$user")
    pf migrate "$user" --format json "$@"
    expect_exit "$name: the second run" 0
    is "$name: the second run copies nothing" "$(summary copied)/$(everywhere "$user")" "0/$messages"
    check "$name: the second run reads no header and no body" \
        grep -q 'top=0/0 retr=0/0' <<<"$(last_session "$user" $((before + 1)))"
}
# placing NAME FOLDER-AWK OPTIONS...: plan, migrate, again, again without the ledger.
placing() {
    local name=$1 folder=$2 copied planned
    shift 2
    forget taro
    pf plan taro "${zone[@]}" --format json "$@"
    expect_exit "$name: plan" 0
    planned="$(summary to_copy)+$(summary duplicates) messages, $(summary mailboxes) mailboxes"
    check "$name: the plan makes nothing" test ! -e "$S/cloud/taro/Maildir/.Archive"
    pf migrate taro "${zone[@]}" --format json "$@"
    expect_exit "$name: migrate" 0
    copied=$(everywhere taro)
    is "$name: copied" "$(summary copied)" "$copied"
    is "$name: the plan and the migration agree" "$(($(summary copied) + $(summary duplicates))), $(summary mailboxes) mailboxes" \
        "$((${planned%% *})), ${planned#*, }"
    once "$name: exactly once" taro
    in_place "$name: each in its mailbox" taro "$folder"
    nothing_new "$name" taro "$copied" "${zone[@]}" "$@"
    rm -rf "$W/work-taro"
    pf migrate taro "${zone[@]}" --format json "$@"
    expect_exit "$name: without the ledger" 0
    is "$name: without the ledger nothing is copied" "$(summary copied)/$(everywhere taro)" "0/$copied"
}

# ---- every kind ----
placing "{year}" '".Archive." $2' --folder 'Archive/{year}'
check "{year}: several mailboxes ($(placed taro | cut -f1 | sort -u | wc -l))" test "$(placed taro | cut -f1 | sort -u | wc -l)" -gt 10
placing "{year}-{month}" '".&Zecw4TD8MOs-." $2 "-" $3' --folder '旧メール/{year}-{month}'
limit=$(($(date +%s) - 3650 * 86400))
placing "--folder-old" "(\$4 < $limit ? \".Archive.\" \$2 : \"\")" --folder INBOX --folder-old 'Archive/{year}' --old-than 3650
check "--folder-old: INBOX has some" test "$(arrived taro)" -gt 10
placing "--folder-old, both by year" "(\$4 < $limit ? \".Old.\" : \".New.\") \$2" --folder 'New/{year}' --folder-old 'Old/{year}' \
    --old-than 3650

# A trial, then the rest.
forget taro
pf migrate taro "${zone[@]}" --folder 'Archive/{year}' --limit 10 --format json
is "a trial with --limit 10" "$rc/$(summary copied)/$(everywhere taro)" 0/10/10
pf migrate taro "${zone[@]}" --folder 'Archive/{year}' --format json
expect_exit "after the trial" 0
once "after the trial: exactly once" taro
in_place "after the trial: each in its mailbox" taro '".Archive." $2'

# ---- the two sides of New Year ----
mail_of() { # USER NAME DATE: DATE is when it was received
    local dir
    dir=$(servers_maildir "$S" legacy "$1")
    printf 'Received: from a by b; %s\r\nMessage-ID: <%s@x>\r\nFrom: a@x\r\nSubject: %s\r\nDate: %s\r\n\r\nbody\r\n' \
        "$3" "$2" "$2" "$3" >"$dir/new/$2.x"
    servers_own "$dir"
}
new_year() { # ZONE ONE... : the years of the four messages
    local want="${*:2}" got='' name
    mail_of shogatsu 1 'Sun, 31 Dec 2023 14:59:59 +0000'
    mail_of shogatsu 2 'Sun, 31 Dec 2023 15:00:00 +0000'
    mail_of shogatsu 3 'Mon, 1 Jan 2024 00:00:00 +0000'
    mail_of shogatsu 4 'Mon, 1 Jan 2024 05:00:00 +0000'
    forget shogatsu
    pf migrate shogatsu --time-zone "$1" --folder '{year}'
    expect_exit "New Year, --time-zone $1" 0
    for name in 1 2 3 4; do
        got+=" $(basename "$(dirname "$(dirname "$(grep -rl "<$name@x>" "$S/cloud/shogatsu/Maildir"/.2*/{cur,new})")")")"
    done
    is "New Year, --time-zone $1: years" "${got//[ .]/ }" "$(printf '  %s' $want)"
}
new_year +09:00 2023 2024 2024 2024
new_year +00:00 2023 2023 2024 2024
new_year -05:00 2023 2023 2023 2024

# ---- dates as the world writes them ----
dated() { # NAME LINE...: a message with these lines in its header
    local dir name=$1
    dir=$(servers_maildir "$S" legacy hizuke)
    shift
    { printf '%s\r\n' "$@" "Message-ID: <$name@x>" "From: a@x" "Subject: about $name"; printf '\r\nbody\r\n'; } >"$dir/new/$name.x"
    servers_own "$dir"
}
arrived_at() { # NAME: its INTERNALDATE, in UTC
    find "$S/cloud/hizuke/Maildir" -type f \( -path '*/cur/*' -o -path '*/new/*' \) -exec grep -l "<$1@x>" {} + |
        xargs stat -c %Y | TZ=UTC xargs -I{} date -d @{} '+%F %T'
}
dated french 'Date: mar., 21 nov. 2023 10:11:12 +0100'
dated spanish 'Date: martes, 14 de marzo de 2023 12.34.56 +0100'
dated german 'Date: Mo, 29 Mär 2007 21:13:00 +0100'
dated japanese 'Date: 2008年1月14日(月) 午後3時04分05秒 +0900'
dated era 'Date: =?iso-2022-jp?B?GyRCSj8bKEI=?= 2008-01-14 12:34:56'
dated word 'Date: =?UTF-8?B?MjAwOOW5tDHmnIgxNOaXpQ==?='
dated empty 'Date:' 'Date: Mon, 14 Jan 2008 12:34:56 +0000'
dated weekday 'Date: Thu, 03/04/2008 10:00:00 +0000'
dated received 'Received: from a by b; Fri, 4 Apr 2008 11:00:00 +0000' 'Date: 03/04/2008 10:00:00'
dated either 'Date: 03/04/2008 10:00:00'
dated none 'X-Nothing: x'
dated before 'Date: Thu, 1 Jan 1970 00:00:00 +0000'
pf plan hizuke --format json
is "a plan says what would be dated now" "$(jq -rc '[.messages[] | select(.dated_now).subject] | sort' "$W/out")" \
    '["about before","about either","about none"]'
pf migrate hizuke --dry-run
check "and so does a dry run" grep -q 'Would be dated now, .* (3):$' "$W/out"
pf migrate hizuke --format json
expect_exit "dates of all kinds" 0
for want in french/2023-11-21\ 09:11:12 spanish/2023-03-14\ 11:34:56 german/2007-03-29\ 20:13:00 japanese/2008-01-14\ 06:04:05 \
    era/2008-01-14\ 12:34:56 word/2008-01-14\ 00:00:00 empty/2008-01-14\ 12:34:56 weekday/2008-04-03\ 10:00:00 \
    received/2008-04-04\ 11:00:00; do
    is "INTERNALDATE: ${want%%/*}" "$(arrived_at "${want%%/*}")" "${want#*/}"
done
for name in either none before; do
    is "INTERNALDATE: $name: now" "$(arrived_at $name | cut -c1-10)" "$(date -u +%F)"
done
is "migrate names what it dated now (JSON)" \
    "$(jq -rc '[.messages[] | select(.dated_now) | [.number > 0, .uidl != "", .message_id, .subject]] | sort | map(.[2:]) | flatten' "$W/out")" \
    '["<before@x>","about before","<either@x>","about either","<none@x>","about none"]'
is "and counts it" "$(summary internaldate_from.now)" 3
rm -rf "$W/work-hizuke" "$S/cloud/hizuke"
pf migrate hizuke
check "migrate names what it dated now" grep -qE '^  nr [0-9]+, UIDL .+, Message-ID <either@x>, from a@x, subject "about either"$' "$W/out"
is "one line for each" "$(sed -n '/^Dated now, .* (3):$/,/^[^ ]/p' "$W/out" | grep -c '^  nr')" 3
pf migrate hizuke # nothing new; the ledger remembers
check "a run that copies nothing dates nothing" bash -c "! grep -q '^Dated now' '$W/out'"
raw report --work-dir "$W/work-hizuke"
for name in either none before; do
    check "report names what was dated now: $name" bash -c "sed -n '/Dated by the hour of their copy.* (3):/,\$p' '$W/out' | grep -A1 'about $name' | grep -q '<$name@x>'"
done
raw report --work-dir "$W/work-hizuke" --format json
is "report, as JSON" "$(jq -rc '.jobs[0] | [.summary.dated_now, ([.messages[] | select(.date_from == "now").subject] | sort)]' "$W/out")" \
    '[3,["about before","about either","about none"]]'

# ---- a source without TOP ----
with_options=()
ferry_json() { # USER [options]
    ferry "$1" --format json "${with_options[@]}" "${@:2}"
}
SERVERS_SSL=no start plain
to=$CLOUD_IMAP_PORT
fill hanako --count 100 --octets 1000000
faulty oldpop "$LEGACY_POP3_PORT" --no-top
from=$faulty_port
with_options=("${zone[@]}" --folder 'Archive/{year}')
ferry_json hanako
expect_exit "no TOP" 0
once "no TOP: exactly once" hanako
in_place "no TOP: each in its mailbox" hanako '".Archive." $2'
had=$(everywhere hanako)
ferry_json hanako
is "no TOP: the second run copies and reads nothing" "$rc/$(summary copied)/$(summary fetched)/$(everywhere hanako)" "0/0/0/$had"
rm -rf "$W/work-hanako"
ferry_json hanako
is "no TOP: without the ledger nothing is copied" "$rc/$(summary copied)/$(everywhere hanako)" "0/0/$had"

# Neither TOP nor UIDL: only content tells, in every run.
faulty oldpop "$LEGACY_POP3_PORT" --no-top --no-uidl
from=$faulty_port
forget hanako
ferry_json hanako
expect_exit "no TOP, no UIDL" 0
once "no TOP, no UIDL: exactly once" hanako
in_place "no TOP, no UIDL: each in its mailbox" hanako '".Archive." $2'
ferry_json hanako
is "no TOP, no UIDL: the second run copies nothing" "$rc/$(summary copied)/$(everywhere hanako)" "0/0/$had"
faulty_end

# ---- kill -9 ----
start tls
fill jiro --count 300 --octets 6000000
by_month=("${zone[@]}" --folder '旧メール/{year}-{month}')
begin=${EPOCHREALTIME/./}
pf migrate jiro "${by_month[@]}"
took=$((${EPOCHREALTIME/./} - begin))
expect_exit "an undisturbed run" 0
killed_run() { # after so many microseconds
    killed_after "$1" "$POPFERRY" migrate --from "$(pop_url jiro)" --to "$(imap_url jiro)" --from-password-file "$W/password" \
        --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-jiro" "${by_month[@]}"
}
in_time=0
for ((i = 1; i <= 4 || (in_time < 1 && i <= 12); i++)); do
    forget jiro
    part=$(((i - 1) % 4 + 1))/5
    killed_run $((took * ${part%/*} / 5)) && in_time=$((in_time + 1))
    had=$(everywhere jiro)
    pf migrate jiro "${by_month[@]}"
    expect_exit "run again after kill -9 at $part of the time ($had messages there)" 0
    once "exactly once after kill -9 at $part of the time" jiro
    in_place "each in its mailbox after kill -9 at $part of the time" jiro '".&Zecw4TD8MOs-." $2 "-" $3'
done
check "enough kills came in time ($in_time of $((i - 1)))" test "$in_time" -ge 1

# At each of its steps, where the program can be told to.
if "$POPFERRY" --version | grep -q 'crash points'; then
    crashed=0 bad=0
    fill saburo --count 30 --octets 100000
    for ((step = 1; ; step += ${CRASH_STRIDE:-11})); do
        forget saburo
        POPFERRY_CRASH_AT=$step pf migrate saburo "${zone[@]}" --folder 'Archive/{year}'
        [[ $rc == 137 ]] || break
        crashed=$((crashed + 1))
        pf migrate saburo "${zone[@]}" --folder 'Archive/{year}'
        once "killed at step $step" saburo >"$W/once"
        if [[ $rc != 0 ]] || ! grep -q '^ok' "$W/once"; then
            not_ok "killed at step $step, then again: $rc" "$W/once" "$W/err"
            bad=1
        fi
    done
    ((bad || crashed < 4)) || ok "killed at $crashed steps: exactly once"
else
    no_crash_points "killed at every step"
fi
