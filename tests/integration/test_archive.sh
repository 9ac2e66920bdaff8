#!/usr/bin/env bash
# --archive: every message as the source gave it, byte for byte, in a Maildir or an mbox, with a manifest; after a kill, after
# a migration without it, and once only.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

start servers
fill taro --count 150 --octets 1500000

forget() { # USER
    rm -rf "$W/work-$1" "$S/cloud/$1" "$W/archive"
}
is() { # NAME ACTUAL EXPECTED
    if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: $2 instead of $3" "$W/err"; fi
}
summary() { # FIELD
    jq -r ".summary.$1" "$W/out"
}
archive_check=$(dirname "$0")/archive_check.py
# The archive's manifest, by the names of its columns.
column() { # NAME
    head -1 "$W/archive/manifest.tsv" | tr '\t' '\n' | grep -nx "$1" | cut -d: -f1
}
cells() { # NAME...
    local name list=''
    for name in "$@"; do list+="${list:+,}$(column "$name")"; done
    tail -n +2 "$W/archive/manifest.tsv" | cut -f"$list"
}
# kept NAME USER FORMAT: the archive holds exactly the user's messages.
kept() {
    "$archive_check" lying "$3" "$W/archive" >"$W/lying"
    cells sha256 octets >"$W/claimed"
    check "$1: the manifest tells what lies there" diff "$W/lying" "$W/claimed"
    "$archive_check" given "$S/legacy/$2/Maildir" >"$W/expected"
    cut -f1 "$W/lying" | sort >"$W/shas"
    check "$1: every message as received ($(wc -l <"$W/shas"))" diff "$W/shas" "$W/expected"
    check "$1: each under its UIDL" test "$(cells uidl | sort -u | wc -l)" = "$(wc -l <"$W/expected")"
    if [[ $3 == maildir ]]; then
        is "$1: no other file" "$(find "$W/archive" -type f ! -name 'manifest*' ! -path '*/.*' | wc -l)" "$(wc -l <"$W/expected")"
    else
        is "$1: nothing else in the mbox" "$(cells stored | awk '{ n += $1 } END { print n }')" "$(stat -c %s "$W/archive/messages.mbox")"
    fi
}
print_of() {
    (cd "$W/archive" && find . -type f -printf '%p %s\n' | sort && cat manifest.tsv) | sha256sum
}
# Dates as the migration's: 1 "epoch" a line, of those that have one.
dates_right() { # NAME USER
    cells date | date -f - +%s | sort >"$W/dates"
    cut -f5 "$S/$2.manifest" | grep -v now | sort >"$W/dates-expected"
    check "$1: dates" test "$(comm -13 "$W/dates" "$W/dates-expected" | wc -l)" = 0
}
archiving() { # FORMAT OPTIONS...
    local format=$1 before
    shift
    forget taro
    pf migrate taro --archive "$W/archive" "$@" --format json
    expect_exit "$format: migrate --archive" 0
    is "$format: counted" "$(summary archived)" 150
    exact "$format: the migration, too" taro
    kept "$format" taro "$format"
    dates_right "$format" taro
    check "$format: the account is named" test "$(cells account | sort -u | wc -l)" = 1
    check "$format: nobody else may read it" test "$(stat -c %a "$W/archive")" = 700
    before=$(print_of)
    pf migrate taro --archive "$W/archive" "$@" --format json
    is "$format: a second run adds and reads nothing" "$rc/$(summary archived)/$(summary fetched)" 0/0/0
    is "$format: a second run changes nothing" "$(print_of)" "$before"
    rm -rf "$W/work-taro"
    pf migrate taro --archive "$W/archive" "$@" --format json
    is "$format: nor one that has lost its ledger" "$rc/$(summary archived)/$(summary copied)/$(print_of)" "0/0/0/$before"
    # After a migration without it.
    forget taro
    pf migrate taro
    pf migrate taro --archive "$W/archive" "$@" --format json
    is "$format: after a migration without it, all are archived and none is copied" \
        "$rc/$(summary archived)/$(summary copied)/$(summary done_before)" 0/150/0/150
    kept "$format, after a migration without it" taro "$format"
    exact "$format, after a migration without it: nothing twice" taro
    # A part first, then the rest.
    forget taro
    pf migrate taro --archive "$W/archive" "$@" --limit 20 --format json
    is "$format: a trial with --limit 20" "$rc/$(summary copied)" 0/20
    pf migrate taro --archive "$W/archive" "$@"
    expect_exit "$format: after the trial" 0
    kept "$format, after the trial" taro "$format"
}
archiving maildir
archiving mbox --archive-format mbox

# ---- lines that an mbox would take for its own ----
mail_of() { # USER NAME BODY
    local dir
    dir=$(servers_maildir "$S" legacy "$1")
    printf "Received: from a by b; Sun, 31 Dec 2023 14:59:59 +0000\r\nMessage-ID: <$2@x>\r\n\r\n$3" >"$dir/new/$2.x"
    servers_own "$dir"
}
mail_of quoted 1 'From me to you\r\n>From you\r\n>>From\r\n>>From them\r\nfrom\r\n From here\r\n'
mail_of quoted 2 'From \r\n\r\nFrom MAILER-DAEMON Fri May 31 12:00:00 2024\r\n\r\n\r\n'
mail_of quoted 3 'no more\r\n.\r\n..\r\n'
pf migrate quoted --archive "$W/quoted" --archive-format mbox
expect_exit "From lines: migrate" 0
check "From lines: quoted" grep -qP '^>>>From them\r$' "$W/quoted/messages.mbox"
check "From lines: three entries for a reader of mbox" test "$(grep -c '^From ' "$W/quoted/messages.mbox")" = 3
forget quoted
mv "$W/quoted" "$W/archive"
kept "From lines" quoted mbox
pf migrate quoted --archive "$W/archive" --archive-format maildir
expect_exit "the other format in the same folder" 2 'mbox|format'
kept "From lines, after that" quoted mbox
mkdir "$W/alien" && echo x >"$W/alien/letter.txt"
pf migrate quoted --archive "$W/alien"
expect_exit "a folder with other files in it" 2 'alien'
check "a folder with other files in it: left alone" test "$(ls "$W/alien")" = letter.txt

# ---- several accounts in one archive ----
forget taro
fill hanako --count 30 --octets 200000 --seed 9
pf migrate taro --archive "$W/archive" -q
pf migrate hanako --archive "$W/archive" -q
is "two accounts: both are there" "$(cells account | sort | uniq -c | awk '{ print $1 }' | sort -n | paste -sd/)" 30/150
rm -rf "$W/work-hanako"

# ---- kill -9 ----
killed_run() { # MICROSECONDS OPTIONS...
    killed_after "$1" "$POPFERRY" migrate --from "$(pop_url taro)" --to "$(imap_url taro)" --from-password-file "$W/password" \
        --to-password-file "$W/password" --ca-file "$SERVERS_CA" --work-dir "$W/work-taro" --archive "$W/archive" "${@:2}"
}
killing() { # FORMAT
    local begin took i in_time=0 had
    forget taro
    begin=${EPOCHREALTIME/./}
    pf migrate taro --archive "$W/archive" --archive-format "$1"
    took=$((${EPOCHREALTIME/./} - begin))
    for ((i = 1; i <= 4 || (in_time < 2 && i <= 12); i++)); do
        forget taro
        killed_run $((took * ((i - 1) % 4 + 1) / 5)) --archive-format "$1" && in_time=$((in_time + 1))
        had=$(wc -l 2>/dev/null <"$W/archive/manifest.tsv")
        pf migrate taro --archive "$W/archive" --archive-format "$1"
        expect_exit "$1: again after kill -9, nr $i (${had:-no} lines there)" 0
        kept "$1: after kill -9, nr $i" taro "$1"
        exact "$1: after kill -9, nr $i, the migration" taro
    done
    check "$1: kills came in time ($in_time of $((i - 1)))" test "$in_time" -ge 2
}
killing maildir
killing mbox

# At each of its steps, where the program can be told to.
crashing() { # FORMAT
    local step crashed=0 bad=0
    for ((step = 1; ; step += ${CRASH_STRIDE:-9})); do
        forget saburo
        POPFERRY_CRASH_AT=$step pf migrate saburo --archive "$W/archive" --archive-format "$1"
        [[ $rc == 137 ]] || break
        crashed=$((crashed + 1))
        pf migrate saburo --archive "$W/archive" --archive-format "$1"
        { [[ $rc == 0 ]] || echo "not ok"; kept "step $step" saburo "$1"; exact "step $step" saburo; } >"$W/said"
        if grep -q '^not ok' "$W/said"; then
            not_ok "$1: killed at step $step, then again: $rc" "$W/said" "$W/err"
            bad=1
        fi
    done
    ((bad || crashed < 4)) || ok "$1: killed at $crashed steps: everything once, on both sides"
}
if "$POPFERRY" --version | grep -q 'crash points'; then
    fill saburo --count 12 --octets 60000
    crashing maildir
    crashing mbox
else
    no_crash_points "killed at every step"
fi

# ---- what the destination refuses is archived, what the user leaves out is not ----
SERVERS_SSL=no start plain
fill jiro --count 60 --octets 400000
faulty badcloud "$CLOUD_IMAP_PORT" --reject-every 10
from=$LEGACY_POP3_PORT to=$faulty_port
forget jiro
ferry jiro --archive "$W/archive"
expect_exit "a destination that refuses some" 1
kept "a destination that refuses some" jiro maildir
forget jiro
to=$CLOUD_IMAP_PORT
ferry jiro --archive "$W/archive" --max-size 4000 --format json
expect_exit "with --max-size" 0
is "with --max-size: only these" "$(cells octets | sort -n | awk '$1 > 4000' | wc -l)/$(wc -l < <(cells octets))" \
    "0/$((60 - $(summary filtered)))"
faulty_end
