#!/usr/bin/env bash
# popferry login and the tokens it keeps: by browser and by device code, renewed by refresh token; a service account and
# an application that need no person. A token endpoint of the test's own, and Dovecot that checks the tokens.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tokens.sh"

tokens_ready || exit 0
tokens_servers xoauth2 oauthbearer
start servers
fill taro --count 20 --octets 200000

mkdir "$W/endpoint"
python3 "$(dirname "$0")/../tools/token_endpoint.py" "$S/certs/good.pem" "$S/certs/good.key" "$W/endpoint" 2>"$W/endpoint.log" &
LIB_PIDS+=($!)
await_text "$W/endpoint/port" . || { not_ok "the token endpoint starts" "$W/endpoint.log" && exit 1; }
base=https://localhost:$(<"$W/endpoint/port")
oauth=(--to-oauth other --oauth-tokens "$W/kept/tokens" --ca-file "$SERVERS_CA")
app=(--oauth-client client-1 --oauth-authorize-url "$base/authorize" --oauth-token-url "$base/token"
    --oauth-device-url "$base/device" --oauth-scope mail)

# answers SECONDS [REFRESH-TOKEN]: from now on the endpoint gives a token of taro's that lasts so long, it says.
answers() {
    tokens_make taro 3600
    printf '{"access_token":"%s","token_type":"Bearer","expires_in":%d,"refresh_token":"%s"}' "$(<"$W/token")" "$1" \
        "${2:-refresh-1}" >"$W/endpoint/answer-token.json"
}
asked() { # PATTERN COUNT
    [[ $(grep -cE -- "$1" "$W/endpoint/asked") == "$2" ]]
}
moved() { # COMMAND [options]: password at the source, what login keeps at the destination
    raw "$1" --from "$(pop_url taro)" --to "$(imap_url taro)" --from-password-file "$W/password" "${oauth[@]}" "${@:2}"
}

# The page at http://127.0.0.1:PORT/QUERY, as a browser gets it.
visit() { # PORT QUERY
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return
    printf 'GET /%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
    cat <&3
    exec 3>&-
}

# The browser goes at once where the provider would send it.
login_by_browser() { # [USER]
    local url port state
    "$POPFERRY" login --to "$(imap_url "${1:-taro}")" "${oauth[@]}" "${app[@]}" >"$W/out" 2>"$W/err" </dev/null &
    local pid=$!
    await_text "$W/out" 'https://' || kill "$pid"
    url=$(grep -o 'https://[^ ]*' "$W/out" | head -1)
    port=$(sed 's/.*redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A\([0-9]*\)%2F.*/\1/' <<<"$url")
    state=$(sed 's/.*state=\([^&]*\).*/\1/' <<<"$url")
    visit "$port" "?code=c0de&state=$state" >"$W/page"
    wait "$pid"
    rc=$?
}

moved check
expect_exit "without a login there is no token" 3 'no token is kept for imap:taro@localhost.*popferry login'

answers 3600
login_by_browser
expect_exit "login by a browser" 0
check "the browser is told so" grep -q 'Thank you' "$W/page"
check "the code was redeemed with its verifier" asked '^/token grant_type=authorization_code&code=c0de&.*&code_verifier=' 1
check "the tokens are for nobody else" test "$(stat -c %a "$W/kept/tokens"/*.json "$W/kept/tokens" | sort -u | tr '\n' ' ')" = "600 700 "
moved migrate --work-dir "$W/work-taro"
expect_exit "migrate with what login has kept" 0
exact "everything arrived" taro
check "nothing was asked of the endpoint: the token lasts" asked . 1

answers 600 refresh-2
login_by_browser
answers 600 refresh-3
sed -i 's/"expires":[0-9]*/"expires":1/' "$W/kept/tokens"/*.json
moved check
expect_exit "a token at its end is renewed" 0
check "by the refresh token" asked '^/token grant_type=refresh_token&refresh_token=refresh-2&.*client_id=client-1' 1
sed -i 's/"expires":[0-9]*/"expires":1/' "$W/kept/tokens"/*.json
moved check
check "by the newer one the next time" asked '^/token grant_type=refresh_token&refresh_token=refresh-3&' 1
sed -i 's/"expires":[0-9]*/"expires":1/' "$W/kept/tokens"/*.json
printf '{"error":"invalid_grant","error_description":"refresh-3 is revoked"}' >"$W/endpoint/answer-token.json"
moved check
expect_exit "a refresh token that is revoked" 3 'refresh token .*was refused .*invalid_grant.*popferry login'
check "is not shown" test "$(grep -c refresh-3 "$W/err")" = 0

answers 3600
printf '{"device_code":"dc","user_code":"ABCD-EFGH","verification_uri":"https://example.com/device","interval":1}' \
    >"$W/endpoint/answer-device.json"
raw login --to "$(imap_url taro)" "${oauth[@]}" "${app[@]}" --device
expect_exit "login by a device code" 0
check "the code is shown" grep -q 'Open https://example.com/device .*ABCD-EFGH' "$W/out"
moved check
expect_exit "and its token is good" 0

# Without a person.
cat >"$W/service.json" <<JSON
{"type":"service_account","client_email":"ferry@project.example","private_key_id":"k1","token_uri":"$base/token",
"private_key":"$(awk '{ printf "%s\\n", $0 }' "$W/key.pem")"}
JSON
chmod 600 "$W/service.json" "$W/key.pem"
oauth=(--to-oauth google-service --oauth-key "$W/service.json" --oauth-tokens "$W/kept/tokens" --ca-file "$SERVERS_CA")
moved check
expect_exit "a service account" 0
check "by an assertion" asked '^/token grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=' 1
(umask 077 && printf 's3cret\n' >"$W/secret")
oauth=(--to-oauth microsoft-app --oauth-client app-1 --oauth-tenant example.com --oauth-client-secret-file "$W/secret"
    --oauth-token-url "$base/token" --oauth-tokens "$W/kept/tokens" --ca-file "$SERVERS_CA")
moved check
expect_exit "an application with a secret" 0
moved check
check "asks once, since its token is kept" \
    asked '^/token grant_type=client_credentials&scope=https%3A%2F%2Foutlook.office365.com%2F.default&client_id=app-1&client_secret=s3cret' 1
raw login --to "$(imap_url taro)" "${oauth[@]}"
expect_exit "login tries it out" 0
check "by asking anew: what is kept may lack a right that was granted since" asked '^/token grant_type=client_credentials&' 2
moved check --oauth-key "$W/none"
expect_exit "a key that is missing" 2 '--oauth-key .*No such file'

# ---- tokens that end under way: sessions are cut again and again, and each new one needs a new token ----
oauth=(--to-oauth other --oauth-tokens "$W/kept/tokens" --ca-file "$SERVERS_CA")
fill kenji --count 60 --octets 900000
answers_for() { # USER SECONDS [SECONDS-OF-THE-TOKEN-ITSELF]
    tokens_make "$1" "${3:-$2}"
    printf '{"access_token":"%s","token_type":"Bearer","expires_in":%d,"refresh_token":"refresh-9"}' "$(<"$W/token")" "$2" \
        >"$W/endpoint/answer.new"
    mv "$W/endpoint/answer.new" "$W/endpoint/answer-token.json"
}
answers_for kenji 600
login_by_browser kenji
expect_exit "login of another user" 0
sed -i 's/"expires":[0-9]*/"expires":1/' "$W/kept/tokens"/*.json
: >"$W/endpoint/asked"
answers_for kenji 1 600
proxy "$CLOUD_IMAPS_PORT" --delay-ms 80 --cut-up 220000
raw migrate --from "$(pop_url kenji)" --to "imaps://kenji@localhost:$proxy_port" --from-password-file "$W/password" \
    "${oauth[@]}" --work-dir "$W/work-kenji"
expect_exit "tokens that are to last a second, lines that last 220 kB" 0
exact "everything arrived exactly once" kenji
renewed=$(grep -c '^/token grant_type=refresh_token' "$W/endpoint/asked")
check "new tokens were fetched under way ($renewed)" test "$renewed" -ge 2

# ---- a refresh that is refused for good in the middle ends the run at once ----
rm -rf "$S/cloud/kenji" "$W/work-kenji"
sed -i 's/"expires":[0-9]*/"expires":1/' "$W/kept/tokens"/*.json
answers_for kenji 1 600
is_kept() {
    [[ -n $(grep -L '"expires":1[,}]' "$W/kept/tokens"/*.json) ]]
}
(await is_kept
    printf '{"error":"invalid_grant","error_description":"revoked"}' >"$W/endpoint/answer.new"
    mv "$W/endpoint/answer.new" "$W/endpoint/answer-token.json") &
: >"$W/endpoint/asked"
raw migrate --from "$(pop_url kenji)" --to "imaps://kenji@localhost:$proxy_port" --from-password-file "$W/password" \
    "${oauth[@]}" --work-dir "$W/work-kenji"
expect_exit "a refresh that is refused under way" 3 'invalid_grant.*popferry login'
check "it does not wait for what cannot come" sh -c '! sed -n "/invalid_grant/,\$p" "$1" | grep "again in"' sh "$W/err"
