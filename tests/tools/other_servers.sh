# shellcheck shell=bash
# other_servers.sh - throw-away mail servers that are not Dovecot; to be sourced after servers.sh.
#
#   others_start DIR NAME         Start cyrus, courier or mailutils with all its files below DIR/NAME; sets OTHERS_IMAP_PORT
#                                 and OTHERS_POP3_PORT, plaintext on loopback. Returns 1 when it cannot be had here, with
#                                 the reason in OTHERS_REASON.
#   others_stop                   end them all
#   others_get NAME               only see to it that its packages are there (others_start does that itself)
#   others_fill DIR/NAME USER MAILDIR     give a user the messages of a Maildir (not cyrus: migrate some there)
#   others_view FOLDER MAILDIR    make a Maildir of what lies in a mailbox folder of cyrus or courier
#
# The users are taro, hanako and jiro, the password is SERVERS_PASSWORD (cyrus takes any). Where their mail lies:
#   DIR/cyrus/spool/user/taro      DIR/courier/mail/taro/Maildir      DIR/mailutils/mail/taro (one mbox file)
# What a server says stands in DIR/NAME/log and DIR/NAME/out. OTHERS_GSASL=yes: mailutils as its package comes, with
# mechanisms on offer that it has no secrets for.
#
# The Debian packages are neither installed nor configured: most of these servers exclude each other and Dovecot. They
# are downloaded once with apt-get, unpacked below ${XDG_CACHE_HOME:-$HOME/.cache}/popferry-tests, and each server runs
# in namespaces of its own (users, mounts, processes) with a root folder made of the unpacked packages and this system's
# libraries. Nothing needs root, and the servers end with the shell that started them.

OTHERS_STARTED=()
OTHERS_REASON= # for those who source this
export OTHERS_REASON

others_fail() {
    OTHERS_REASON=$*
    return 1
}

others_packages() { # NAME
    case $1 in
    cyrus) echo cyrus-common cyrus-imapd cyrus-pop3d ;;
    courier)
        echo courier-imap courier-pop courier-base courier-authlib courier-authdaemon courier-authlib-userdb
        echo gamin # without it each command takes 1.2 s longer
        ;;
    mailutils) echo mailutils-imap4d mailutils-pop3d ;;
    esac
}

# The packages, and the libraries they need that are not installed here.
others_closure() {
    local queue=("$@") seen=' ' name more
    while ((${#queue[@]})); do
        name=${queue[0]} queue=("${queue[@]:1}")
        [[ $seen == *" $name "* ]] && continue
        seen+="$name "
        echo "$name"
        for more in $(apt-cache depends --important "$name" | awk '/^ *\|?Depends: lib/ { print $2 }'); do
            [[ $(dpkg-query -W -f '${Status}' "$more" 2>/dev/null) == *"ok installed" ]] || queue+=("$more")
        done
    done
}

others_get() {
    local name=$1 top part
    top=${XDG_CACHE_HOME:-$HOME/.cache}/popferry-tests
    OTHERS_ROOT=$top/$name
    [[ -e $OTHERS_ROOT/complete ]] && return 0
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        others_fail "$name comes as Debian packages, and this is no Debian" || return 1
    mkdir -p "$top" && part=$(mktemp -d "$top/$name-XXXXXX") || others_fail "cannot write into $top" || return 1
    # shellcheck disable=SC2046
    if ! (cd "$part" && timeout 240 apt-get -q download $(others_closure $(others_packages "$name"))) \
        >"$part/log" 2>&1; then
        OTHERS_REASON="the packages of $name cannot be downloaded: $(grep '^E:' "$part/log" | head -1)"
        rm -rf "$part"
        return 1
    fi
    for name in "$part"/*.deb; do
        dpkg-deb -x "$name" "$part/files" || others_fail "$name cannot be unpacked" || return 1
        rm "$name"
    done
    rm -rf "$part/files/usr/share"/{doc,man,locale,info,lintian,bug}
    chmod -R a+rX "$part" && : >"$part/complete"
    mv -T "$part" "$OTHERS_ROOT" 2>/dev/null || rm -rf "$part" # somebody else was faster
    [[ -e $OTHERS_ROOT/complete ]]
}

# ---- the root folder of one server; within it, /o is its folder DIR/NAME ----
others_links() { # FROM-DIR TO-DIR PREFIX: a link for each entry, those that are there stay
    local entries=("$1"/*)
    [[ -e ${entries[0]} ]] && ln -s "${entries[@]/#"$1"/$3}" "$2/" 2>/dev/null
    return 0
}

others_root() {
    local o=$1 root=$1/root dir
    cp -a "$OTHERS_ROOT/files" "$o/pkg" || return 1 # the cache may lie where the servers' account cannot go
    mkdir -p "$root"/{host,etc,run,tmp,dev,var/{lib,spool,mail,run,tmp,lock},usr} "$o/mail"
    ln -s "/host$o" "$root/o"
    ln -s /host/{bin,lib,lib64,proc} "$root/"
    others_links /dev "$root/dev" /host/dev
    rm -f "$root/dev/log"
    for dir in lib libexec sbin bin share; do
        mkdir -p "$root/usr/$dir"
        others_links "$o/pkg/usr/$dir" "$root/usr/$dir" "/o/pkg/usr/$dir"
        rm -f "$root/usr/$dir"/*-linux-gnu*
        others_links "/usr/$dir" "$root/usr/$dir" "/host/usr/$dir"
    done
    cp -rL "$o/pkg/etc/." "$root/etc" 2>/dev/null
    others_links /etc "$root/etc" /host/etc
    rm -f "$root/etc"/{passwd,group,shadow,hosts.allow,hosts.deny,imapd.conf,cyrus.conf,mailutils.conf}
    for dir in taro hanako jiro; do
        echo "$dir:$(openssl passwd -6 "$SERVERS_PASSWORD"):1:0:::::" >>"$root/etc/shadow"
    done
    cat >"$root/etc/passwd" <<'CONF'
root:x:0:0:root:/o:/bin/sh
mail:x:8:8::/o:/bin/sh
cyrus:x:8:8::/o:/bin/sh
taro:x:8:8::/o/home/taro:/bin/sh
hanako:x:8:8::/o/home/hanako:/bin/sh
jiro:x:8:8::/o/home/jiro:/bin/sh
nobody:x:65534:65534::/:/bin/false
CONF
    printf 'root:x:0:\nmail:x:8:\ncourier:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
    printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\n' >"$root/etc/nsswitch.conf.own"
    mv -f "$root/etc/nsswitch.conf.own" "$root/etc/nsswitch.conf"
}

# Run bash -c SCRIPT as the first process of namespaces of its own, with the root folder above; it ends with this shell.
others_run() { # DIR/NAME SCRIPT
    local o=$1 as=() libs
    [[ $(id -u) == 0 ]] && as=(--reuid=nobody --regid="$(id -g nobody)" --clear-groups)
    libs=$(find "$o/pkg/lib" "$o/pkg/usr/lib" -maxdepth 1 -name '*-linux-gnu*' 2>/dev/null | sed "s|^$o|/o|" | paste -sd:)
    # shellcheck disable=SC2016
    cd / && exec setpriv "${as[@]}" --pdeathsig KILL unshare --user --map-root-user --mount --pid --fork --kill-child \
        bash -c 'mount --bind "$1/root" "$1/root" && cd "$1/root" && pivot_root . host && cd / && exec env -i \
            LD_LIBRARY_PATH="$2" PATH=/usr/sbin:/usr/bin:/bin unshare --user --map-user=8 --map-group=8 bash -c "$3"' \
        - "$o" "$libs" "$OTHERS_SYSLOG$2"
}

# shellcheck disable=SC2016
# What the server says to syslog, into /o/log.
OTHERS_SYSLOG='perl -MSocket -e '\''socket(S, PF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un("/dev/log")) or die $!;
    open(L, ">>", "/o/log"); L->autoflush(1); while (1) { recv(S, $_, 8192, 0); s/^<\d+>//; s/\0?\n?$/\n/; print L $_ }'\'' &
for i in 1 2 3 4 5 6 7 8 9; do [ -e /dev/log ] && break; sleep 0.05; done
'

# ---- one function per server: writes its configuration and prints the script that runs it ----
others_cyrus() { # O IMAP-PORT POP3-PORT
    mkdir -p "$1/config" "$1/spool"
    cat >"$1/root/etc/imapd.conf" <<'CONF'
configdirectory: /o/config
partition-default: /o/spool
defaultpartition: default
mailbox_legacy_dirs: yes
admins: cyrus
allowplaintext: yes
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN LOGIN
unixhierarchysep: yes
autocreate_quota: 0
CONF
    cat >"$1/root/etc/cyrus.conf" <<CONF
START {
    recover cmd="ctl_cyrusdb -r"
}
SERVICES {
    imap cmd="imapd" listen="127.0.0.1:$2" proto="tcp4" prefork=1
    pop3 cmd="pop3d" listen="127.0.0.1:$3" proto="tcp4" prefork=1
}
EVENTS {
}
CONF
    echo 'cyrus makedirs; exec /usr/lib/cyrus/bin/master -p /run/master.pid'
}

others_courier() {
    local user words='uid=8|gid=8|home=/o/mail/%s|mail=/o/mail/%s/Maildir|systempw=%s' hash
    sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' "$1/root/etc/courier/authdaemonrc"
    hash=$(openssl passwd -6 "$SERVERS_PASSWORD")
    for user in taro hanako jiro; do
        mkdir -p "$1/mail/$user/Maildir"/{cur,new,tmp}
        # shellcheck disable=SC2059
        printf "%s\t$words\n" "$user" "$user" "$user" "$hash" >>"$1/root/etc/courier/userdb"
    done
    chmod 600 "$1/root/etc/courier/userdb"
    # The limits of connections are the defaults of the packages.
    cat <<CONF
mkdir -p /run/courier/authdaemon && makeuserdb && authdaemond start
set -a
. /etc/courier/imapd
. /etc/courier/pop3d
listen="couriertcpd -address=127.0.0.1 -maxprocs=40 -nodnslookup -noidentlookup"
cd /usr/lib/courier/courier
\$listen -maxperip=4 $3 \$PWD/courierpop3login \$PWD/courierpop3d Maildir &
exec \$listen -maxperip=20 $2 \$PWD/imaplogin /usr/bin/imapd Maildir
CONF
}

others_mailutils() {
    mkdir -p "$1/home"/{taro,hanako,jiro}
    cat >"$1/root/etc/mailutils.conf" <<CONF
auth { authentication generic:system; authorization system; };
mailbox { mailbox-pattern "mbox:///o/mail/\${user}"; mailbox-type mbox; };
tcp-wrappers { enable no; };
gsasl { enable ${OTHERS_GSASL:-no}; };
mode daemon;
foreground yes;
CONF
    cat <<CONF

for daemon in "imap4d $2" "pop3d $3"; do
    (cat /etc/mailutils.conf; echo "server 127.0.0.1:\${daemon#* } { transcript no; };") >"/etc/\${daemon% *}.conf"
done
imap4d --config-file=/etc/imap4d.conf &
exec pop3d --config-file=/etc/pop3d.conf
CONF
}

# ---- start and stop ----
others_answers() { # PORT
    local line
    { exec 3<>"/dev/tcp/127.0.0.1/$1" && read -r -t 5 line <&3; } 2>/dev/null && exec 3<&- && [[ $line == [+*]* ]]
}

others_start() {
    local dir=$1 name=$2 o script try
    others_get "$name" || return 1
    unshare --user --map-root-user --mount --pid --fork true 2>/dev/null ||
        others_fail "no user namespaces here, $name cannot be started apart from the system" || return 1
    mkdir -p "$dir" && o=$(cd "$dir" && pwd)/$name
    rm -rf "$o" && mkdir "$o" && others_root "$o" || others_fail "cannot write into $o" || return 1
    OTHERS_IMAP_PORT=$(servers_port) OTHERS_POP3_PORT=$(servers_port)
    script=$("others_$name" "$o" "$OTHERS_IMAP_PORT" "$OTHERS_POP3_PORT")
    servers_own "$o"
    others_run "$o" "$script" >"$o/out" 2>&1 </dev/null &
    OTHERS_STARTED+=($!)
    for ((try = 0; try < 100; try++)); do
        others_answers "$OTHERS_POP3_PORT" && return 0
        kill -0 "${OTHERS_STARTED[-1]}" 2>/dev/null || break
        sleep 0.1
    done
    others_fail "$name does not start: $(tail -qn 1 "$o/out" "$o/log" 2>/dev/null | paste -sd' ')"
}

others_stop() {
    ((${#OTHERS_STARTED[@]})) && kill -KILL "${OTHERS_STARTED[@]}" 2>/dev/null
    wait "${OTHERS_STARTED[@]}" 2>/dev/null
    OTHERS_STARTED=()
    sleep 0.1 # what they had started is gone a moment later
}

# ---- mail ----
# A user's messages, from the files of a Maildir, as this server keeps them (courier and the mbox servers).
others_fill() { # DIR/NAME USER MAILDIR
    local o=$1 user=$2
    if [[ -d $o/mail/$user/Maildir ]]; then
        perl -e '$to = shift; for (@ARGV) { local $/; open F, "<", $_; ($name) = m{([^/]+)$}; $_ = <F>; s/\r\n/\n/g;
            open T, ">", "$to/$name" and print T $_ and close T or die $! }' "$o/mail/$user/Maildir/new" "$3"/new/* || return 1
    else
        perl -e 'for (@ARGV) { local $/; open F, "<", $_; $_ = <F>; s/\r\n/\n/g; s/^(?=>*From )/>/mg;
            print "From sender\@example.jp Thu Jan  1 00:00:00 2015\n", $_, /\n$/ ? "\n" : "\n\n" }' "$3"/new/* \
            >"$o/mail/$user" && chmod 600 "$o/mail/$user" || return 1
    fi
    servers_own "$o/mail"
}

# A Maildir of what lies in a mailbox folder of cyrus or courier, with CRLF and the INTERNALDATEs as times.
others_view() { # FOLDER-ON-DISK MAILDIR
    rm -rf "$2" && mkdir -p "$2"/{cur,new,tmp}
    perl -e '$to = shift; $from = shift; for (glob("\Q$from\E/{cur,new}/*"), grep m{/\d+\.$}, glob("\Q$from\E/*")) {
            local $/; open F, "<", $_ or die $!; $time = (stat F)[9]; ($name) = m{([^/]+)$}; $_ = <F>; s/\r?\n/\r\n/g;
            open T, ">", "$to/new/$name" and print T $_ and close T or die $!; utime $time, $time, "$to/new/$name" }' "$2" "$1"
}
