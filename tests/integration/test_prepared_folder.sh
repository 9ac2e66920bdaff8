#!/usr/bin/env bash
# A work, archive or token folder that somebody else has prepared: with links to files of ours, as another user's, or open
# to others. Nothing is written where a link leads, and the folder is refused by name. As root, another user's are made
# by chown.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/batch.sh"
start servers
fill taro --count 5
fill hana --count 3
cd "$W" || exit 1
printf 'user,from_password,to_password\ntaro,%s,%s\n' "$SERVERS_PASSWORD" "$SERVERS_PASSWORD" >list.csv && chmod 600 list.csv
hosts=(--from-host "pop3s://localhost:$LEGACY_POP3S_PORT" --to-host "imaps://localhost:$CLOUD_IMAPS_PORT" --ca-file "$SERVERS_CA")

mkdir victim && echo precious >victim/file
unharmed() { # NAME
    check "$1: nothing went where the links lead" test "$(cat victim/* 2>/dev/null)$(find victim -mindepth 1 | wc -l)" = precious1
}
listed() { # WORK
    raw migrate --accounts list.csv "${hosts[@]}" --work-dir "$1"
}

# ---- links in a folder that is ours ----
mkdir -m 700 work && listed work
expect_exit "a batch" 0
account=$(echo work/accounts/*)
for path in status.json.part batch.lock; do
    rm -f "work/$path" && ln -s "$W/victim/file" "work/$path"
    listed work
    unharmed "$path"
    rm -f "work/$path"
done
rm -f "$account/migrate.txt" && ln -s "$W/victim/file" "$account/migrate.txt"
listed work
expect_exit "migrate.txt is a link: it is replaced" 0
unharmed migrate.txt
check "migrate.txt is a file now" test -f "$account/migrate.txt" -a ! -L "$account/migrate.txt"
for path in lock log/job-1.ndjson ledger.sqlite ledger.sqlite-wal; do
    for kind in soft hard pipe; do
        rm -rf victim single && mkdir victim && echo precious >victim/file
        pf migrate hana --work-dir single
        rm -f "single/$path"
        case $kind in
        soft) ln -s "$W/victim/file" "single/$path" ;;
        hard) ln "$W/victim/file" "single/$path" ;;
        pipe) mkfifo "single/$path" ;;
        esac
        "$POPFERRY" migrate --from "$(pop_url hana)" --to "$(imap_url hana)" --from-password-file "$W/password" --to-password-file \
            "$W/password" --ca-file "$SERVERS_CA" --work-dir single >out 2>err </dev/null
        unharmed "$path, $kind"
        [[ $path == log/* ]] || check "$path, $kind: refused" grep -qE "single/.*(link|regular file).*look who made it" err
    done
done
rm -rf single && mkdir -m 700 single && ln -s "$W/victim" single/log
pf migrate hana --work-dir single
unharmed "log is a link"
rm -rf elsewhere && mkdir -m 700 elsewhere && mv work/accounts elsewhere/ && ln -s "$W/elsewhere/accounts" work/accounts
listed work
check "accounts is a link: refused" grep -q 'accounts is a symbolic link' err out
rm work/accounts && mv elsewhere/accounts work/

# ---- the report ----
echo precious >victim/file
ln -s "$W/victim/file" report.html.part
raw report --work-dir work --report report.html
expect_exit "a report beside which a link was put" 0
unharmed report.html.part
check "the report is there" test -s report.html

# ---- whose folder ----
mkdir -m 777 open && chmod 777 open
pf migrate hana --work-dir open
expect_exit "a work folder that others may write to" 5 'open can be written to by other users.*chmod -R go-w'
pf migrate hana --work-dir open --dry-run
expect_exit "a dry run says so, too" 5 'open can be written to by other users.*chmod -R go-w'
check "nothing was made in it" test -z "$(ls open)"
pf migrate hana --work-dir single-2 --archive open
expect_exit "an archive folder that others may write to" 5 'open can be written to by other users'
mkdir -m 700 own && ln -s own named
pf migrate hana --work-dir named
expect_exit "a work folder that is named by a link of one's own" 0
if [[ $(id -u) == 0 ]]; then
    mkdir -m 700 theirs && chown nobody theirs
    pf migrate hana --work-dir theirs
    expect_exit "another user's work folder" 5 'theirs belongs to nobody and not to you, who are root; run popferry as that user'
    check "nothing was made in it" test -z "$(ls theirs)"
    listed theirs
    expect_exit "a batch in it" 5 'theirs belongs to nobody'
    pf migrate hana --work-dir single-3 --archive theirs
    expect_exit "another user's archive folder" 5 'theirs belongs to nobody'
    raw check --from "$(pop_url hana)" --to "$(imap_url hana)" --ca-file "$SERVERS_CA" --from-oauth google --to-oauth google \
        --oauth-tokens theirs
    check "another user's folder of tokens" grep -q 'theirs belongs to nobody' err
    chown -R nobody work
    raw status --work-dir work
    expect_exit "status only reads, whosever it is" 0
else
    skip "another user's folders" "only root can make them"
fi
