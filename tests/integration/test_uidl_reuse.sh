#!/usr/bin/env bash
# A mailbox that was made anew, and whose UIDLs begin at 1 again: under names that are known stands other mail, of the same
# size, too. It is copied; what was there before is not copied again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

SERVERS_SSL=no start servers
to=$CLOUD_IMAP_PORT

server() {
    faulty oldpop "$LEGACY_POP3_PORT" "$@"
    from=$faulty_port
}
# put NAME...: one message for each, all of one size; five letters each.
put() {
    local name folder=$S/legacy/$user/Maildir
    for name in "$@"; do
        printf 'Message-ID: <%s@x>\r\nFrom: taro@example.jp\r\nDate: Mon, 3 Mar 2014 10:00:00 +0900\r\nSubject: %s\r\n\r\n%s\r\n' \
            "$name" "$name" "$name" >"$folder/new/1.$name"
        servers_own "$folder/new/1.$name"
    done
}
anew() {
    rm -f "$S/legacy/$user/Maildir"/{cur,new}/* "$S/legacy/$user/Maildir"/dovecot*
}
there() { # NAME...: these are in the destination, and nothing else
    local name
    [[ $(arrived "$user") == "$#" ]] || return 1
    for name in "$@"; do
        [[ $(grep -rl "^Message-ID: <$name@x>" "$S/cloud/$user/Maildir"/{cur,new} | wc -l) == 1 ]] || return 1
    done
}
other() { # COMMAND [OPTIONS...]
    raw "$1" --from "pop3://$user@localhost:$from" --to "imap://$user@localhost:$to" --allow-plaintext \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$W/work-$user" --format json "${@:2}"
}
begun() { # USER PECULIARITIES...
    user=$1
    fill "$user" --count 0
    put anton berta caesa
    server "${@:2}"
    ferry "$user" --format json
}

# What popferry has deleted there is not there again: it is other mail, whatever its size.
deleted() {
    local name="a mailbox emptied by popferry and made anew, of the same sizes"
    begun deleted --place-uidl
    says "$name: before" 0 '.summary.copied' 3
    other delete --yes
    says "$name: emptied" 0 '.summary.deleted' 3
    put emile fritz
    ferry "$user" --format json
    says "$name: what is new is copied" 0 '[.summary.copied, .summary.done_before]' '[2,0]'
    check "$name: all are there" there anton berta caesa emile fritz
    ferry "$user" --format json
    says "$name: the next run copies nothing" 0 '[.summary.copied, .summary.done_before]' '[0,2]'
    rm -f "$S/legacy/$user/Maildir"/{cur,new}/1.emile*
    ferry "$user" --format json
    says "one is gone, and the numbers have moved: nothing is copied again" 0 '.summary.copied' 0
    check "one is gone, and the numbers have moved: all are there, once" there anton berta caesa emile fritz
}
# One of them shows by its size that UIDLs are used again; so the others are looked at.
sizes() {
    local name="a UIDL with another size"
    begun sizes --place-uidl
    anew
    put emile fritz
    printf 'more\r\n' >>"$S/legacy/$user/Maildir/new/1.fritz"
    ferry "$user" --format json
    says "$name: both are copied" 0 '[.summary.copied, .summary.done_before]' '[2,0]'
    check "$name: all are there" there anton berta caesa emile fritz
}
# Where TOP tells less than the whole header, nothing is taken for another message that is not.
short_tops() {
    local name="TOP that is cut short"
    begun tops --place-uidl --top-cut 60
    printf 'more\r\n' >>"$S/legacy/$user/Maildir/$(cd "$S/legacy/$user/Maildir" && echo {cur,new}/1.berta* | tr ' ' '\n' | grep -v '\*')"
    rm -f "$S/legacy/$user/Maildir"/dovecot*
    ferry "$user" --format json
    says "$name: nothing is taken for another" 0 '[.summary.copied, .summary.done_before]' '[1,2]'
    check "$name: nor warned of" bash -c '! grep -q "uses UIDLs again" "$1"' - "$W/err"
}

# ---- no UIDL, and a message that the source does not give ----
unread() {
    local name="without UIDL, a message that the source does not give"
    begun unread --no-uidl --err-retr 'Subject: berta'
    says "$name" 1 '[.summary.copied, .summary.unreadable]' '[2,1]'
    ferry "$user" --format json
    says "$name: again" 1 '[.summary.copied, .summary.done_before, .summary.unreadable]' '[0,2,1]'
    raw status --work-dir "$W/work-$user" --format json
    says "$name: it is counted once" 0 '.jobs[0].balance | [.before.messages, .refused.messages]' '[3,1]'
}

# ---- other UIDLs in each session ----
fresh() {
    local name="other UIDLs in each session" left
    user=fresh
    fill "$user" --count 30 --octets 100000 --clean
    server --fresh-uidl
    ferry "$user" --format json
    says "$name" 0 '.summary.copied' 30
    ferry "$user" --format json
    says "$name: nothing is copied again" 0 '[.summary.copied, .summary.done_before]' '[0,30]'
    raw status --work-dir "$W/work-$user" --format json
    says "$name: each is counted once" 0 '.jobs[0].balance | [.before.messages, .copied.messages]' '[30,30]'
    other verify
    says "$name: verify agrees" 0 '[.summary.agreed, .summary.pending]' '[30,0]'
    other delete --yes
    left=$(find "$S/legacy/$user/Maildir"/{cur,new} -type f | wc -l)
    expect_exit "$name: delete does not go by names" 1 'other UIDLs'
    check "$name: and leaves all" test "$left" = 30
}

aside deleted sizes short_tops unread fresh
