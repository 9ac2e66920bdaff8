#!/usr/bin/env bash
# What the destination refuses for good lies in quarantine as received, with the reasons; it is sent again only when that is
# asked for. A destination that refuses everything, or is full, or a message that breaks the line, is told apart.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=no start servers
from=$LEGACY_POP3_PORT

is() { # NAME ACTUAL EXPECTED
    if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: $2 instead of $3" "$W/err"; fi
}
summary() { # FIELD
    jq -r ".summary.$1" "$W/out"
}
# The cloud from now on, under the same port as before: another one would be another destination.
cloud() { # FAULTS...
    local port=${to:-}
    to=''
    faulty_end
    faulty badcloud "$CLOUD_IMAP_PORT" ${port:+--listen "$port"} "$@"
    to=$faulty_port
}
header_of() { # FILE
    sed '/^\r*$/q' "$1"
}
# What a POP3 server gives out of a file: every line ends in CR LF.
given() { # FILE
    {
        cat "$1"
        [[ $(tail -c1 "$1" | od -An -tx1) == ' 0a' ]] || printf '\r\n'
    } | LC_ALL=C sed 's/\r\?$/\r/'
}
shas() {
    local file
    while read -r file; do "$1" "$file" | sha256sum; done | cut -d' ' -f1 | sort
}
# The files of a user's source whose header has TEXT, and how they look when received.
with_header() { # USER TEXT
    local file
    find "$S/legacy/$1/Maildir"/{cur,new} -type f | while read -r file; do
        header_of "$file" | grep -aqF -- "$2" && echo "$file"
    done
}
quarantined() { # USER
    find "$W/work-$1/quarantine" -path '*/cur/*' -type f 2>/dev/null | sort
}
reasons() { # USER
    tail -qn +2 "$W/work-$1"/quarantine/*/reasons.tsv 2>/dev/null
}
# in_quarantine NAME USER TEXT: exactly the messages with TEXT in their header lie there, as received, with their reasons.
in_quarantine() {
    with_header "$2" "$3" | shas given >"$W/expected"
    quarantined "$2" | shas cat >"$W/lying"
    check "$1: in quarantine as received ($(wc -l <"$W/expected"))" diff "$W/lying" "$W/expected"
    is "$1: a reason for each" "$(reasons "$2" | cut -f1 | sort -u | wc -l)" "$(wc -l <"$W/expected")"
    for file in $(reasons "$2" | cut -f1); do
        [[ -f $(echo "$W/work-$2"/quarantine/*/"$file") || -f $W/work-$2/$file ]] || not_ok "$1: $file is not there"
    done
}
all_named() { # NAME USER: every UIDL of reasons.tsv stands in the output.
    local uidl unnamed=0
    for uidl in $(reasons "$2" | cut -f2); do grep -qF "$uidl" "$W/out" || unnamed=$((unnamed + 1)); done
    is "$1: each is named" "$unnamed" 0
}

# ---- some are refused ----
some_refused() {
    local refused sent
    fill taro --count 250 --octets 1200000
    cloud --reject-header sender7@ --reject-text '[CANNOT] Worm.Mydoom found'
    ferry taro
    expect_exit "some refused" 1
    refused=$(with_header taro sender7@ | wc -l)
    check "some refused: the test has some ($refused)" test "$refused" -ge 3
    in_quarantine "some refused" taro sender7@
    all_named "some refused" taro
    check "some refused: with the server's words" test "$(grep -c 'Worm.Mydoom' "$W/out")" -ge "$refused"
    is "some refused: the reasons have them, too" "$(reasons taro | cut -f8 | grep -c 'Worm.Mydoom')" "$refused"
    check "some refused: subjects can be read" test "$(reasons taro | cut -f5 | grep -cE 'いた|お|ご|年|の')" -ge $((refused - 1))
    is "some refused: the list has a header" "$(head -qn1 "$W/work-taro"/quarantine/*/reasons.tsv)" \
        "$(printf 'file\tuidl\tmessage-id\tfrom\tsubject\tdate\toctets\treason')"
    check "some refused: nobody else may read them" \
        test "$(find "$W/work-taro/quarantine" -perm /077 | wc -l)" = 0
    cp "$W/work-taro"/quarantine/*/reasons.tsv "$W/reasons"

    sent=$(faults reject)
    ferry taro --format json
    expect_exit "some refused, again" 1
    is "some refused, again: they are not sent" "$(faults reject)" "$sent"
    is "some refused, again: nothing is read or copied" "$(summary fetched)/$(summary copied)/$(summary quarantined)" "0/0/$refused"
    all_named "some refused, again" taro
    in_quarantine "some refused, again" taro sender7@
    check "some refused, again: the list is the same" cmp "$W/reasons" "$W/work-taro"/quarantine/*/reasons.tsv
    raw plan --from "pop3://taro@localhost:$from" --to "imap://taro@localhost:$to" --allow-plaintext --format json \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-taro"
    is "some refused: the plan tells of them" "$(jq '[.messages[] | select(.verdict == "quarantined")] | length' "$W/out")" "$refused"
    raw plan --from "pop3://taro@localhost:$from" --to "imap://taro@localhost:$to" --allow-plaintext --format json \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-taro" --retry-quarantined
    is "some refused: and with --retry-quarantined, that it would send them" "$(summary to_copy)/$(summary quarantined)" "$refused/0"

    ferry taro --retry-quarantined
    expect_exit "tried again, refused again" 1
    in_quarantine "tried again, refused again" taro sender7@
    all_named "tried again, refused again" taro

    cloud
    ferry taro --retry-quarantined --format json
    expect_exit "tried again, accepted" 0
    is "tried again, accepted: no more than these were sent" "$(summary copied)" \
        "$(with_header taro sender7@ | shas given | sort -u | wc -l)"
    exact "tried again, accepted: exactly once" taro
    is "tried again, accepted: nothing is left in quarantine" "$(quarantined taro | wc -l)/$(reasons taro | wc -l)" 0/0
    ferry taro --format json
    is "after that there is nothing to do" "$rc/$(summary copied)/$(summary quarantined)" 0/0/0
}

# ---- everything is refused ----
all_refused() {
    fill hanako --count 120 --octets 600000
    cloud --reject-every 1 --reject-text '[CANNOT] this account takes no mail'
    ferry hanako
    expect_exit "everything refused: it stops" 3 'refused 50 messages.*takes no mail'
    is "everything refused: it is not about single messages, so none lies in quarantine" "$(quarantined hanako | wc -l)" 0
    is "everything refused: nothing arrived" "$(arrived hanako)" 0
    cloud
    ferry hanako
    expect_exit "everything refused, then tried again" 0
    exact "everything refused, then tried again: exactly once" hanako
    is "everything refused, then tried again: nothing is left in quarantine" "$(quarantined hanako | wc -l)" 0

    fill few --count 20 --octets 100000
    cloud --reject-every 1
    ferry few
    expect_exit "a small mailbox refused as a whole" 1
    is "a small mailbox refused as a whole: all lie in quarantine" "$(quarantined few | wc -l)" 20
    all_named "a small mailbox refused as a whole" few
}

# ---- one breaks the line each time ----
# The Message-ID of the message in this row of a user's manifest.
id_of() { # USER ROW
    header_of "$S/legacy/$1/Maildir/new/$(sed -n "$2p" "$S/$1.manifest" | cut -f1)" | grep -aiA1 '^Message-ID:' |
        grep -ao '<[^>]*>' | head -1
}
poison_there() {
    local id
    fill jiro --count 100 --octets 500000
    id=$(id_of jiro 25)
    is "poison for the destination: it is one message" "$(with_header jiro "$id" | wc -l)" 1
    cloud --poison "$id"
    ferry jiro --max-wait 60
    expect_exit "poison for the destination" 1
    left_out "poison for the destination: all others arrived" jiro 1
    in_quarantine "poison for the destination" jiro "$id"
    all_named "poison for the destination" jiro
    check "poison for the destination: tried a few times ($(faults poison))" test "$(faults poison)" -le 6
    cloud
    ferry jiro --retry-quarantined
    expect_exit "poison for the destination, then accepted" 0
    exact "poison for the destination, then accepted: exactly once" jiro
}
# One server for the source, poisoned or not, under one port.
source_of_mail() { # FAULTS...
    local port=${source_port:-}
    faulty_end
    faulty oldpop "$LEGACY_POP3_PORT" ${port:+--listen "$port"} "$@"
    source_port=$faulty_port from=$faulty_port to=$CLOUD_IMAP_PORT
}
poison_here() {
    local id
    fill saburo --count 100 --octets 500000
    id=$(id_of saburo 25)
    is "poison at the source: it is one message" "$(with_header saburo "$id" | wc -l)" 1
    source_of_mail --poison-retr "$id"
    ferry saburo --max-wait 60
    expect_exit "poison at the source" 1
    left_out "poison at the source: all others arrived" saburo 1
    check "poison at the source: it is named" grep -Eq 'nr 25, .*' "$W/out"
    check "poison at the source: as unreadable" grep -Eq 'unreadable' "$W/out"
    is "poison at the source: it cannot lie in quarantine" "$(quarantined saburo | wc -l)" 0
    source_of_mail
    ferry saburo
    expect_exit "poison at the source, then given out" 0
    exact "poison at the source, then given out: exactly once" saburo
}

# ---- full ----
full() {
    fill shiro --count 100 --octets 500000
    cloud --full-after 40
    ferry shiro
    expect_exit "full" 6 'full|quota|room|storage'
    is "full: nothing lies in quarantine" "$(quarantined shiro | wc -l)/$(reasons shiro | wc -l)" 0/0
    check "full: what came before stays ($(arrived shiro))" test "$(arrived shiro)" -ge 1
    cloud
    ferry shiro
    expect_exit "full, then there is room" 0
    exact "full, then there is room: exactly once" shiro
    is "full, then there is room: nothing lies in quarantine" "$(quarantined shiro | wc -l)" 0
}

# ---- killed at each step, while refusing and while trying again ----
killed() {
    local step crashed=0 bad=0 before=''
    if ! "$POPFERRY" --version | grep -q 'crash points'; then
        no_crash_points "killed at every step"
        ok "nothing to kill"
        return
    fi
    fill goro --count 24 --octets 100000
    for ((step = 1; ; step += ${CRASH_STRIDE:-9})); do
        rm -rf "$W/work-goro" "$S/cloud/goro"
        cloud --reject-header sender7@
        POPFERRY_CRASH_AT=$step ferry goro
        before=$rc
        [[ $rc == 137 ]] && crashed=$((crashed + 1)) && ferry goro
        { [[ $rc == 1 ]] || echo "not ok - $rc"; in_quarantine "step $step" goro sender7@; } >"$W/said"
        cloud
        POPFERRY_CRASH_AT=$step ferry goro --retry-quarantined
        [[ $rc == 137 ]] && crashed=$((crashed + 1)) && ferry goro --retry-quarantined
        {
            [[ $rc == 0 ]] || echo "not ok - $rc"
            exact "step $step" goro
            is "step $step" "$(quarantined goro | wc -l)" 0
        } >>"$W/said"
        if grep -q '^not ok' "$W/said"; then
            not_ok "killed at step $step, then again" "$W/said" "$W/err"
            bad=1
        fi
        [[ $before == 137 ]] || break
    done
    ((bad || crashed < 6)) || ok "killed $crashed times: quarantine and destination together hold everything once"
}

aside some_refused all_refused poison_there poison_here full killed
