#!/usr/bin/env bash
# OAuth 2.0 tokens in place of passwords, by XOAUTH2 and OAUTHBEARER, over POP3 and IMAP: Dovecot takes JWTs and checks
# their signatures by itself.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tokens.sh"

tokens_ready || exit 0

# by_token COMMAND USER [options]: popferry between the user's mailboxes, with the token on both sides.
by_token() {
    local command=$1 user=$2 work=(--work-dir "$W/work-$2")
    shift 2
    [[ $command == check ]] && work=()
    raw "$command" --from "$(pop_url "$user")" --to "$(imap_url "$user")" --from-token-file "$W/token" \
        --to-token-file "$W/token" --ca-file "$SERVERS_CA" "${work[@]}" "$@"
}

# NAME: nothing of the token, nor of the messages it was sent in, lies anywhere.
not_shown() {
    local signature
    signature=$(cut -d. -f3 "$W/token")
    if grep -rqF "${signature:0:40}" "$W/out" "$W/err" "$W"/work-* 2>/dev/null ||
        grep -rqE 'YXV0aD1CZWFyZXIg|F1dGg9QmVhcmVyI|hdXRoPUJlYXJlci' "$W/out" "$W/err" "$W"/work-* 2>/dev/null; then
        not_ok "$1" "$W/out" "$W/err"
    else
        ok "$1"
    fi
}

signed_in_by() { # MECHANISM USER
    [[ -n $(sign_ins legacy "$2" "$1") && -n $(sign_ins cloud "$2" "$1") ]]
}

tokens_servers xoauth2 oauthbearer
start both
fill taro@example.jp --count 40 --octets 300000
tokens_make taro@example.jp 3600
by_token check taro@example.jp
expect_exit "check with a token" 0
by_token migrate taro@example.jp -v
expect_exit "migrate with a token on both sides" 0
exact "everything arrived" taro@example.jp
check "where both mechanisms are offered, OAUTHBEARER is used" signed_in_by OAUTHBEARER taro@example.jp
by_token verify taro@example.jp
expect_exit "verify with a token" 0
by_token delete taro@example.jp --yes
expect_exit "delete with a token" 0
check "the source is empty" test "$(find "$S/legacy/taro@example.jp/Maildir"/{cur,new} -type f | wc -l)" = 0
not_shown "the token is shown nowhere"

tokens_make taro@example.jp -60
by_token check taro@example.jp
expect_exit "an expired token is refused" 3 'token of "taro@example.jp" was refused .*status invalid_token.*expired'
not_shown "an expired token is shown nowhere"
tokens_make other@example.jp 3600
by_token check taro@example.jp
expect_exit "a token of another user is refused" 3 'token of "taro@example.jp" was refused'
printf 'two words\n' >"$W/token"
by_token check taro@example.jp
expect_exit "what is no token is not sent" 2 'no token holds'

tokens_servers xoauth2
start google
fill hanako --count 20 --octets 200000
tokens_make hanako 3600
by_token migrate hanako
expect_exit "migrate where only XOAUTH2 is offered" 0
exact "everything arrived by XOAUTH2" hanako
check "XOAUTH2 was used" signed_in_by XOAUTH2 hanako
tokens_make hanako -60
by_token check hanako
expect_exit "an expired token is refused by XOAUTH2" 3 'was refused .*status 401, a token for scope mail'

# A command renews the token; the source has a password.
tokens_servers oauthbearer
start mixed
fill jiro --count 20 --octets 200000
tokens_make jiro 3600
raw migrate --from "$(pop_url jiro)" --to "$(imap_url jiro)" --from-password-file "$W/password" --ca-file "$SERVERS_CA" \
    --to-token-command "echo {user} >>$W/asked; cat $W/token" --work-dir "$W/work-jiro"
expect_exit "a password on one side, a command's token on the other" 0
exact "everything arrived with a command's token" jiro
check "the command was told the user" grep -qx jiro "$W/asked"

SERVERS_EXTRA='' start passwords
tokens_make saburo 3600
by_token check saburo
expect_exit "a server that takes no tokens" 3 'no way to sign in "saburo" with an OAuth 2.0 token'
