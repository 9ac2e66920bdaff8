# shellcheck shell=bash
# tokens.sh - OAuth 2.0 for the throw-away servers: Dovecot takes JWTs and checks their signatures by itself, with a key
# that is made here. To be sourced after lib.sh.

# Make the key.
tokens_ready() {
    mkdir -p "$W/keys/default/RS256"
    openssl genrsa -out "$W/key.pem" 2048 2>/dev/null
    openssl rsa -in "$W/key.pem" -pubout -out "$W/keys/default/RS256/default" 2>/dev/null
    cat >"$W/oauth2.conf" <<CONF
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$W/keys/
username_attribute = email
CONF
    chmod -R a+rX "$W/keys" "$W/oauth2.conf"
}

# MECHANISM...: the servers started from now on offer these, beside passwords.
tokens_servers() {
    local how='passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = '$W/oauth2.conf'
}'
    servers_old_dovecot || how='oauth2 {
  introspection_mode = local
  username_attribute = email
}
oauth2_local_validation {
  dict fs {
    fs posix {
      prefix = '$W/keys/'
    }
  }
}
passdb oauth2 {
  mechanisms_filter = xoauth2 oauthbearer
}'
    SERVERS_EXTRA="auth_mechanisms = plain login $*
$how"
}

tokens_base64url() {
    openssl base64 -A | tr '+/' '-_' | tr -d =
}

# USER SECONDS-FROM-NOW: a token for the user that ends then, in $W/token (0600).
tokens_make() {
    local now head claims
    now=$(date +%s)
    head=$(printf '{"alg":"RS256","typ":"JWT"}' | tokens_base64url)
    claims=$(printf '{"sub":"1","email":"%s","scope":"mail","iat":%d,"nbf":%d,"exp":%d}' "$1" $((now - 7200)) \
        $((now - 7200)) $((now + $2)) | tokens_base64url)
    rm -f "$W/token"
    (umask 077 && printf '%s.%s.%s\n' "$head" "$claims" \
        "$(printf '%s.%s' "$head" "$claims" | openssl dgst -sha256 -sign "$W/key.pem" | tokens_base64url)" >"$W/token")
}
