#!/usr/bin/env bash
# The disk of the work folder fills up in the middle: exit code 5, the ledger stays whole, and with room again the same
# command gives every message once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

small=$W/small
mkdir "$small"
test_end() {
    umount "$small" 2>/dev/null
}
# room SIZE: the work folder's file system, empty.
room() {
    umount "$small" 2>/dev/null
    mount -t tmpfs -o "size=$1" popferry "$small" 2>/dev/null
}
if ! room 2m; then
    skip "a disk that fills up in the middle" "mounting a small file system is not possible here"
    exit 0
fi

SERVERS_SSL=no start servers
# A destination that takes one message after the other, each with two round trips.
faulty badcloud "$CLOUD_IMAP_PORT" --no-literal-plus --no-multiappend
proxy "$faulty_port" --delay-ms 10
to=$proxy_port

go() { # USER
    raw migrate --from "pop3://$1@localhost:$LEGACY_POP3_PORT" --to "imap://$1@localhost:$to" --allow-plaintext \
        --from-password-file "$W/password" --to-password-file "$W/password" --work-dir "$small/work" --connections 1
}
status_reads() { # NAME
    raw status --work-dir "$small/work"
    expect_exit "$1: status reads the ledger" 0
}
sound() {
    if command -v sqlite3 >/dev/null; then
        check "$1: the ledger is sound" test "$(sqlite3 "$small/work/ledger.sqlite" 'pragma integrity_check')" = ok
    fi
}

# ---- another program fills it while popferry runs ----
# In the background, the exit code must come by a file.
go_and_tell() {
    go "$1"
    echo "$rc" >"$W/rc"
}
# filled_up_after MESSAGES: run, and leave no room once so many have arrived.
filled_up_after() {
    local ferry
    go_and_tell taro &
    ferry=$!
    await_arrived taro "$1" "$ferry"
    dd if=/dev/zero of="$small/ballast" bs=4k 2>/dev/null
    wait "$ferry"
    rc=$(<"$W/rc")
}

fill taro --count 200 --octets 1000000
distinct=$(awk -F'\t' '$7 == "-"' "$S/taro.manifest" | wc -l)
for messages in 1 20 90; do
    rm -rf "$S/cloud/taro"
    room 2m
    filled_up_after "$messages"
    name="full once $messages messages are there"
    expect_exit "$name" 5 "$small|disk|room|space"
    check "$name: that was in the middle ($(arrived taro) of $distinct)" test "$(arrived taro)" -lt "$distinct"
    status_reads "$name"
    sound "$name"
    go taro
    expect_exit "$name, still no room" 5
    rm -f "$small/ballast"
    go taro
    expect_exit "$name, then room again" 0
    exact "$name: exactly once" taro
done

# ---- messages that do not fit where they are kept on their way ----
fill jiro --count 20 --octets 200000 --big 6000000
room 3m
go jiro
expect_exit "a message larger than the disk" 5 "$small|disk|room|space"
status_reads "a message larger than the disk"
sound "a message larger than the disk"
mount -o remount,size=32m "$small"
go jiro
expect_exit "a message larger than the disk, then room" 0
exact "a message larger than the disk: exactly once" jiro
