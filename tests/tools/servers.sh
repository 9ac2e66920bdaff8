# shellcheck shell=bash
# servers.sh - throw-away mail servers for tests, benchmarks and the quickstart; to be sourced by bash scripts.
#
#   servers_start DIR     a legacy POP3 server and a cloud IMAP server (Dovecot both) on free loopback ports, with
#                         all their files below DIR; sets the variables below and writes them to DIR/ports
#   servers_stop [DIR]    end them by their process ids (all that were started, or those of DIR)
#   servers_maildir DIR legacy|cloud USER     print a user's Maildir and see to it that it exists
#   servers_account DIR USER PASSWORD         before servers_start: a user with a password of its own, on both sides
#   servers_own PATH...   hand files over to the account the servers run as (nothing to do for an ordinary user)
#   servers_tool NAME     print the path of a built test tool (SERVERS_TOOLS, or build/tests/tools)
#
# Set by servers_start: LEGACY_POP3S_PORT LEGACY_POP3_PORT CLOUD_IMAPS_PORT CLOUD_IMAP_PORT (the plain ports offer
# STLS and STARTTLS), SERVERS_PASSWORD, SERVERS_CA (the CA file to trust).
# Any user name is accepted with that password.
#
# Settings, from the environment of servers_start:
#   SERVERS_SIDES       "legacy cloud"; one of them alone is possible
#   SERVERS_CERT        good, expired, wronghost or selfsigned (certs.sh)
#   SERVERS_SSL         no: neither TLS ports nor STLS/STARTTLS
#   SERVERS_QUOTA       storage limit of every cloud user, as 2M
#   SERVERS_MAX_MAIL    largest message the cloud side accepts, as 100k
#   SERVERS_NAMESPACE   prefix of the cloud's personal namespace, as INBOX. (its last character is the separator)
#   SERVERS_FSYNC       never (as a test wants it), optimized or always (as a real server does)
#   SERVERS_EXTRA       more lines for both configurations
#   SERVERS_SENT        the cloud's mailbox for sent mail (SPECIAL-USE), made for every user
#
# The servers never run as root: root starts them as the user nobody, who must be able to reach DIR.

SERVERS_PASSWORD='tofu-2019!Kyoto'
SERVERS_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SERVERS_STARTED=()

servers_fail() {
    echo "servers: $*" >&2
    return 1
}

servers_dovecot() {
    local found
    found=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v dovecot) || {
        servers_fail "no dovecot here; on Debian: apt-get install dovecot-imapd dovecot-pop3d"
        return 1
    }
    echo "$found"
}

# Is it one before 2.4, which renamed much?
servers_old_dovecot() {
    [[ $("$(servers_dovecot)" --version) == 2.[0-3].* ]]
}

servers_tool() {
    echo "${SERVERS_TOOLS:-$SERVERS_HERE/../../build/tests/tools}/$1"
}

servers_user() {
    if [[ $(id -u) == 0 ]]; then echo nobody; else id -un; fi
}

servers_own() {
    if [[ $(id -u) == 0 ]]; then chown -R nobody: "$@"; fi
}

servers_run() {
    if [[ $(id -u) == 0 ]]; then
        setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "$@"
    else
        "$@"
    fi
}

# A port that nobody listens on, below the range the kernel picks from for outgoing connections.
servers_port() {
    local port
    for ((;;)); do
        port=$((10000 + (RANDOM * 32768 + RANDOM) % 20000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

servers_maildir() {
    local top=$1/$2/$3 dir
    dir=$top/Maildir
    if [[ ! -d $dir ]]; then
        mkdir -p "$dir"/{cur,new,tmp}
        servers_own "$top"
    fi
    echo "$dir"
}

servers_account() {
    mkdir -p "$1"
    printf '%s:{PLAIN.B64}%s::::::\n' "$2" "$(printf %s "$3" | base64 -w0)" >>"$1/users"
}

# What both dialects have alike. $1 = DIR, $2 = side, $3 $4 = plain and TLS port, $5 = "serve any number of logins"
servers_config_common() {
    local dir=$1 side=$2 plain=$3 tls=$4 user proto
    user=$(servers_user)
    proto=imap
    [[ $side == legacy ]] && proto=pop3
    cat <<CONF
base_dir = $dir/$side-run
state_dir = $dir/$side-run
log_path = $dir/$side.log
info_log_path = $dir/$side.log
log_timestamp = "%Y-%m-%d %H:%M:%S "
listen = 127.0.0.1
default_login_user = $user
default_internal_user = $user
default_internal_group = $(id -gn "$user")
first_valid_uid = 1
auth_mechanisms = plain login
auth_failure_delay = 0
mail_save_crlf = yes
mail_fsync = ${SERVERS_FSYNC:-never}
mail_max_userip_connections = 200
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service $proto-login {
  chroot =
  $5
  process_min_avail = 1
  inet_listener $proto {
    port = $plain
  }
  inet_listener ${proto}s {
    port = $tls
  }
}
CONF
    printf '%s
' "${SERVERS_EXTRA:-}"
}

servers_config_23() {
    local dir=$1 side=$2 plain=$3 tls=$4 cert=$5 proto=imap
    [[ $side == legacy ]] && proto=pop3
    echo "protocols = $proto"
    servers_config_common "$dir" "$side" "$plain" "$tls" "service_count = 1"
    cat <<CONF
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
passdb {
  driver = passwd-file
  args = scheme=PLAIN $dir/users
}
passdb {
  driver = static
  args = password=$SERVERS_PASSWORD
}
userdb {
  driver = static
  args = uid=$(id -u "$(servers_user)") gid=$(id -g "$(servers_user)") home=$dir/$side/%u
}
CONF
    if [[ ${SERVERS_SSL:-yes} == yes ]]; then
        printf 'ssl = yes\nssl_cert = <%s.pem\nssl_key = <%s.key\n' "$cert" "$cert"
    else
        echo "ssl = no"
    fi
    if [[ $side == legacy ]]; then
        echo "pop3_no_flag_updates = yes"
        echo "pop3_logout_format = top=%t/%p retr=%r/%b del=%d/%m size=%s"
        return
    fi
    local prefix=${SERVERS_NAMESPACE:-}
    printf 'namespace inbox {\n  inbox = yes\n  prefix = %s\n' "$prefix"
    if [[ ${SERVERS_SENT:-} ]]; then
        printf '  mailbox %s {\n    special_use = \\Sent\n    auto = create\n  }\n' "$SERVERS_SENT"
    fi
    [[ -n $prefix ]] && printf '  separator = %s\n' "${prefix: -1}"
    echo "}"
    if [[ -n ${SERVERS_QUOTA:-}${SERVERS_MAX_MAIL:-} ]]; then
        printf 'mail_plugins = $mail_plugins quota\nprotocol imap {\n  mail_plugins = $mail_plugins imap_quota\n}\n'
        printf 'plugin {\n  quota = count:User quota\n  quota_vsizes = yes\n  quota_grace = 0\n'
        printf '  quota_rule = *:storage=%s\n' "${SERVERS_QUOTA:-1G}"
        printf '  quota_max_mail_size = %s\n}\n' "${SERVERS_MAX_MAIL:-0}"
    fi
}

# Dovecot 2.4 (Debian 13) renamed much.
servers_config_24() {
    local dir=$1 side=$2 plain=$3 tls=$4 cert=$5 proto=imap
    [[ $side == legacy ]] && proto=pop3
    printf 'dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\nprotocols = %s\n' "$proto"
    servers_config_common "$dir" "$side" "$plain" "$tls" "restart_request_count = 1"
    cat <<CONF
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
passdb passwd-file {
  passwd_file_path = $dir/users
  default_password_scheme = PLAIN
}
passdb static {
  password = $SERVERS_PASSWORD
}
userdb static {
  fields {
    uid = $(id -u "$(servers_user)")
    gid = $(id -g "$(servers_user)")
    home = $dir/$side/%{user}
  }
}
CONF
    if [[ ${SERVERS_SSL:-yes} == yes ]]; then
        printf 'ssl = yes\nssl_server_cert_file = %s.pem\nssl_server_key_file = %s.key\n' "$cert" "$cert"
    else
        echo "ssl = no"
    fi
    if [[ $side == legacy ]]; then
        echo "pop3_no_flag_updates = yes"
        echo 'pop3_logout_format = top=%{top_count}/%{top_bytes} retr=%{retr_count}/%{retr_bytes} del=%{deleted_count}/%{message_count} size=%{message_bytes}'
        return
    fi
    local prefix=${SERVERS_NAMESPACE:-}
    printf 'namespace inbox {\n  inbox = yes\n  prefix = %s\n' "$prefix"
    if [[ ${SERVERS_SENT:-} ]]; then
        printf '  mailbox %s {\n    special_use = \\Sent\n    auto = create\n  }\n' "$SERVERS_SENT"
    fi
    [[ -n $prefix ]] && printf '  separator = %s\n' "${prefix: -1}"
    echo "}"
    if [[ -n ${SERVERS_QUOTA:-}${SERVERS_MAX_MAIL:-} ]]; then
        printf 'mail_plugins {\n  quota = yes\n}\nprotocol imap {\n  mail_plugins {\n    imap_quota = yes\n  }\n}\n'
        printf 'quota "User quota" {\n  driver = count\n  storage_size = %s\n  storage_grace = 0\n}\n' \
            "${SERVERS_QUOTA:-1G}"
        [[ -n ${SERVERS_MAX_MAIL:-} ]] && printf 'quota_mail_size = %s\n' "$SERVERS_MAX_MAIL"
    fi
}

servers_certs() {
    local dir=$1
    mkdir -p "$dir/certs"
    "$SERVERS_HERE/certs.sh" "$dir/certs" || servers_fail "certs.sh failed in $dir/certs" || return 1
    chmod 755 "$dir/certs"
    chmod 644 "$dir/certs"/*
}

# Start one side; sets servers_plain and servers_tls. A port may be taken between choosing and listening: again then.
servers_start_side() {
    local dir=$1 side=$2 dovecot version cert try wait
    dovecot=$(servers_dovecot) || return 1
    version=$("$dovecot" --version)
    cert=$dir/certs/${SERVERS_CERT:-good}
    for try in 1 2 3 4 5; do
        servers_plain=$(servers_port) servers_tls=$(servers_port)
        mkdir -p "$dir/$side-run" "$dir/$side"
        : >"$dir/$side.log"
        if servers_old_dovecot; then
            servers_config_23 "$dir" "$side" "$servers_plain" "$servers_tls" "$cert"
        else
            servers_config_24 "$dir" "$side" "$servers_plain" "$servers_tls" "$cert"
        fi >"$dir/$side.conf"
        servers_own "$dir/$side" "$dir/$side-run" "$dir/$side.log" "$dir/$side.conf"
        if servers_run "$dovecot" -c "$dir/$side.conf" >>"$dir/$side.out" 2>&1; then
            for ((wait = 0; wait < 3000; wait++)); do
                if (exec 3<>"/dev/tcp/127.0.0.1/$servers_plain") 2>/dev/null; then
                    SERVERS_STARTED+=("$dir/$side-run/master.pid")
                    return 0
                fi
                sleep 0.01
            done
        fi
        grep -q 'Address already in use' "$dir/$side.log" "$dir/$side.out" || break
    done
    cat "$dir/$side.out" "$dir/$side.log" >&2
    servers_fail "dovecot ($version) does not start; its configuration is $dir/$side.conf"
}

servers_start() {
    local dir=$1 sides=${SERVERS_SIDES:-legacy cloud}
    mkdir -p "$dir" && chmod a+rx "$dir" || return 1
    dir=$(cd "$dir" && pwd)
    if ((${#dir} > 60)); then
        servers_fail "$dir: too long a name, sockets below it must stay under 108 characters"
        return 1
    fi
    if ! servers_run test -x "$dir"; then
        servers_fail "$dir: cannot be reached by $(servers_user); choose a folder below /tmp"
        return 1
    fi
    [[ -e $dir/users ]] || : >"$dir/users"
    servers_own "$dir/users"
    servers_certs "$dir" || return 1
    SERVERS_CA=$dir/certs/ca.pem
    if [[ $sides == *legacy* ]]; then
        servers_start_side "$dir" legacy || return 1
        LEGACY_POP3_PORT=$servers_plain LEGACY_POP3S_PORT=$servers_tls
    fi
    if [[ $sides == *cloud* ]]; then
        servers_start_side "$dir" cloud || return 1
        CLOUD_IMAP_PORT=$servers_plain CLOUD_IMAPS_PORT=$servers_tls
    fi
    local name
    for name in LEGACY_POP3_PORT LEGACY_POP3S_PORT CLOUD_IMAP_PORT CLOUD_IMAPS_PORT SERVERS_CA SERVERS_PASSWORD; do
        printf '%s=%q\n' "$name" "${!name:-}"
    done >"$dir/ports"
}

# Nothing of a process that has gone.
servers_children() { # PID
    cat "/proc/$1/task/$1/children" 2>/dev/null || true
}

# Dovecot's master, told to end, lingers for seconds beside its log process: that is not waited for.
servers_stop_one() {
    local pid wait children left
    pid=$(cat "$1" 2>/dev/null) || return 0
    children=$(servers_children "$pid")
    kill "$pid" 2>/dev/null || return 0
    for ((wait = 0; wait < 100; wait++)); do
        left=$(servers_children "$pid")
        [[ -z $left || $(cat "/proc/${left%% *}/comm" 2>/dev/null) == log && $left != *' '[0-9]* ]] && break
        sleep 0.01
    done
    # shellcheck disable=SC2086
    kill -9 "$pid" $children 2>/dev/null || true
}

servers_stop() {
    local only=${1:-} file left=()
    if [[ -n $only ]]; then only=$(cd "$only" 2>/dev/null && pwd) || return 0; fi
    for file in "${SERVERS_STARTED[@]}"; do
        if [[ -z $only || $file == "$only"/* ]]; then servers_stop_one "$file"; else left+=("$file"); fi
    done
    SERVERS_STARTED=("${left[@]}")
}
