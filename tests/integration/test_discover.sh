#!/usr/bin/env bash
# discover: each rung of the ladder, against a real name server (dnsmasq), web servers and mail servers of the test's own;
# what must not be believed; the end when nothing answers.
. "$(dirname "$0")/lib.sh"

for program in dnsmasq python3 jq openssl; do
    PATH=$PATH:/usr/sbin command -v "$program" >/dev/null && continue
    skip "discover" "no $program here"
    exit 0
done
PATH=$PATH:/usr/sbin
A=127.77.$(($$ / 250 % 250)).$(($$ % 250 + 1)) # an address of our own, since ports like 443 are one for all

# ---- certificates: one for every good name ----
make_certificates() {
    local names='' name
    for name in autoconfig.{auto,evil,big,html,away,provider}.test known.test db.test {pop,imap,stls}.srv.test srvnamed.test \
        foreign.elsewhere.test {pop,imap}.guess.test abc.sakura.ne.jp; do
        names+=${names:+,}DNS:$name
    done
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=test CA" -keyout "$W/ca.key" \
        -out "$W/ca.pem" -addext keyUsage=critical,keyCertSign &&
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=test" -keyout "$W/key" -out "$W/csr" &&
        openssl x509 -req -in "$W/csr" -CA "$W/ca.pem" -CAkey "$W/ca.key" -days 30 -out "$W/cert" \
            -extfile <(echo "subjectAltName=$names")
}
if ! make_certificates 2>"$W/openssl"; then
    not_ok "certificates can be made" "$W/openssl"
    exit 1
fi

# ---- what the web servers have ----
www=$W/www
server() { # TYPE HOST SOCKET-TYPE [PORT]
    echo "<incomingServer type='$1'><hostname>$2</hostname>${4:+<port>$4</port>}<socketType>$3</socketType>" \
        "<username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></incomingServer>"
}
config() { # FILE SERVERS...
    mkdir -p "$(dirname "$1")"
    { echo "<clientConfig version='1.1'><emailProvider id='x'><displayName>Test Mail</displayName>" &&
        printf '%s\n' "${@:2}" && echo "</emailProvider></clientConfig>"; } >"$1"
}
both() { # FILE DOMAIN
    config "$1" "$(server pop3 "pop.$2" SSL)" "$(server imap "imap.$2" SSL)"
}
both "$www/autoconfig.auto.test/mail/config-v1.1.xml" auto.test
both "$www/known.test/.well-known/autoconfig/mail/config-v1.1.xml" known.test
both "$www/db.test/v1.1/indb.test" indb.test
both "$www/autoconfig.open.test/mail/config-v1.1.xml" open.test
both "$www/autoconfig.provider.test/mail/config-v1.1.xml" provider.test
both "$www/autoconfig.badcert.test/mail/config-v1.1.xml" badcert.test
both "$www/autoconfig.evil.test/mail/config-v1.1.xml" evil.test
sed -i '1i <!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' "$www/autoconfig.evil.test/mail/config-v1.1.xml"
mkdir -p "$www"/autoconfig.{big,html,away}.test/mail
head -c 1000000 /dev/zero >"$www/autoconfig.big.test/mail/config-v1.1.xml"
echo "<html><body>Welcome</body></html>" >"$www/autoconfig.html.test/mail/config-v1.1.xml"
echo "https://autoconfig.auto.test/mail/config-v1.1.xml" >"$www/autoconfig.away.test/mail/config-v1.1.xml.redirect"
both "$W/folder/infolder.test.xml" infolder.test
config "$W/folder/bare.test" "$(server pop3 127.0.0.1 SSL)" "$(server pop3 pop.bare.test plain)"

python3 "$LIB_HERE/discover_servers.py" "$A" "$www" "$W/cert" "$W/key" "$W/ports" 2>"$W/python" &
LIB_PIDS+=($!)
await_file "$W/ports" $!
HTTPS='' HTTP='' POP3S='' IMAPS=''
. "$W/ports" || { not_ok "the servers start" "$W/python" && exit 1; }

# ---- the name server ----
hosts=(autoconfig.{auto,open,evil,big,html,away,provider,badcert}.test known.test db.test {pop,imap,stls,dead}.srv.test
    foreign.elsewhere.test {pop,imap}.guess.test abc.sakura.ne.jp)
{
    echo no-resolv && echo no-hosts && echo "local=/test/sakura.ne.jp/" && echo "listen-address=$A" && echo bind-interfaces
    for host in "${hosts[@]}"; do echo "host-record=$host,$A"; done
    echo "srv-host=_pop3s._tcp.srv.test,pop.srv.test,$SRV_POP3S,10,5"
    echo "srv-host=_pop3._tcp.srv.test" # "." : not offered
    echo "srv-host=_imaps._tcp.srv.test,dead.srv.test,$CLOSED,1,0"
    echo "srv-host=_imaps._tcp.srv.test,imap.srv.test,$SMTPS,2,90"
    echo "srv-host=_imaps._tcp.srv.test,imap.srv.test,$SRV_IMAPS,2,10"
    echo "srv-host=_pop3._tcp.stls.test,stls.srv.test,$SRV_POP3,0,0"
    echo "srv-host=_imap._tcp.stls.test,stls.srv.test,$SRV_IMAP,0,0"
    echo "srv-host=_pop3s._tcp.srvnamed.test,foreign.elsewhere.test,$SRV_POP3S,0,0"
    echo "srv-host=_imaps._tcp.srvnamed.test,foreign.elsewhere.test,$SRV_IMAPS,0,0"
    echo "mx-host=inms.test,inms-test.mail.protection.outlook.com,0"
    echo "mx-host=mxauto.test,mx1.provider.test,10" && echo "mx-host=mxauto.test,second.elsewhere.test,20"
    echo "mx-host=guess.test,guess.test,10" && echo "mx-host=nothing.test,mx.nothing.test,10"
    for domain in auto open evil big html away badcert; do echo "mx-host=$domain.test,mx.$domain.test,10"; done
} >"$W/dnsmasq.conf"
dns() { # PORT
    local user=()
    [[ $(id -u) == 0 ]] && user=(--user=root)
    dnsmasq --keep-in-foreground --conf-file="$W/dnsmasq.conf" --port="$1" "${user[@]}" --pid-file= \
        --log-facility="$W/dnsmasq.log" &
    LIB_PIDS+=($!)
}
D=$((20000 + RANDOM % 20000))
dns "$D"
names_are_served() {
    "$POPFERRY" discover --dns "$A:$D" --ispdb none taro@nosuch.test 2>/dev/null | grep -q 'there is no domain'
}
await names_are_served

# ---- asking ----
discover() { # ADDRESS [OPTIONS]: $rc, $W/out, $W/err, $W/json
    local address=$1
    shift
    raw discover "$address" --dns "$A:$D" --ca-file "$W/ca.pem" --ispdb "https://db.test:$WEB/v1.1/" --format json "$@"
}
# found NAME CODE POP3-URL IMAP-URL RUNG TRUSTED: of the last run; "-" for none.
found() {
    local is
    is=$rc\ $(jq -r '[(.pop3.url // "-"), (.imap.url // "-"), ([.pop3, .imap] | map(select(.)) | map(.rung) | unique | join(",")),
        ([.pop3, .imap] | map(select(.)) | map(.trusted) | unique | join(","))] | join(" ")' "$W/out" 2>&1)
    [[ $is == "$2 $3 $4 $5 $6" ]] && ok "$1" && return
    echo "$is" >"$W/is"
    not_ok "$1" "$W/is" "$W/err" "$W/out"
}
# attempt NAME RUNG OUTCOME PATTERN: one of the attempts was like this.
attempt() {
    check "$1" jq -e --arg rung "$2" --arg outcome "$3" --arg why "$4" \
        '[.attempts[] | select(.rung == $rung and .outcome == $outcome and (.why | test($why; "i")))] | length > 0' "$W/out"
}
urls() { # DOMAIN
    echo "pop3s://taro%40$1@pop.$1 imaps://taro%40$1@imap.$1"
}

discover taro@infolder.test --autoconfig-dir "$W/folder"
found "a local copy of the database comes first" 0 $(urls infolder.test) folder true
check "then nothing else is asked" test "$(jq '.attempts | length' "$W/out")" = 1
discover taro@bare.test --autoconfig-dir "$W/folder"
found "a server without encryption is named, and no better one found" 0 pop3://taro%40bare.test@pop.bare.test - folder true
attempt "a section with an address for a host is left out" folder found 'left out: its host'

discover taro@indb.test
found "the database of providers" 0 $(urls indb.test) ispdb true
check "it was told the domain alone" grep -qx 'db.test /v1.1/indb.test' "$www/log"

discover taro@srv.test --ispdb none
found "SRV: priority, weight, what does not answer is passed over" 0 "pop3s://taro%40srv.test@pop.srv.test:$SRV_POP3S" \
    "imaps://taro%40srv.test@imap.srv.test:$SRV_IMAPS" srv true
attempt "SRV: nobody at the first" srv not-found 'refused'
attempt "SRV: another protocol at the second" srv failed 'SMTP'
attempt "SRV: \".\" is not offered" srv not-found 'does not offer'
attempt "ISPDB switched off" ispdb skipped 'switched off'
discover taro@stls.test
found "SRV: a target elsewhere that does not name the domain is not trusted" 1 \
    "pop3://taro%40stls.test@stls.srv.test:$SRV_POP3" "imap://taro%40stls.test@stls.srv.test:$SRV_IMAP" srv false
discover taro@srvnamed.test
found "SRV: nor is one with a certificate that names the domain: another connection could be shown it" 1 \
    "pop3s://taro%40srvnamed.test@foreign.elsewhere.test:$SRV_POP3S" \
    "imaps://taro%40srvnamed.test@foreign.elsewhere.test:$SRV_IMAPS" srv false
check "nobody was sent a user or a password" bash -c "! grep -qE '^MAIL' '$www/log'"

discover taro@inms.test
found "MX of a known provider: found, not trusted" 1 pop3s://taro%40inms.test@outlook.office365.com \
    imaps://taro%40inms.test@outlook.office365.com mx false
discover taro@gmail.com
found "what the catalog knows" 0 pop3s://taro%40gmail.com@pop.gmail.com imaps://taro%40gmail.com@imap.gmail.com preset true
discover taro@icloud.com
found "what the catalog knows and nobody verified; the local part signs in" 1 - imaps://taro@imap.mail.me.com preset false

discover taro@nosuch.test
found "a domain that does not exist" 1 - - "" ""
check "it is said so" test "$(jq .no_domain "$W/out")" = true
discover taro@nothing.test
found "a domain without any server" 1 - - "" ""

# ---- what needs the ports of the web and of mail ----
if [[ -n $HTTPS && -n $HTTP && -n $POP3S && -n $IMAPS ]]; then
    discover taro+x@auto.test
    found "what the domain publishes" 0 pop3s://taro%2Bx%40auto.test@pop.auto.test imaps://taro%2Bx%40auto.test@imap.auto.test \
        autoconfig true
    check "it was told the address" grep -qFx 'autoconfig.auto.test /mail/config-v1.1.xml?emailaddress=taro%2Bx%40auto.test' \
        "$www/log"
    discover taro@known.test
    found "what its web site publishes" 0 $(urls known.test) well-known true
    discover taro@open.test
    found "what comes unencrypted is not asked for" 1 - - "" ""
    attempt "it is said how" autoconfig-http skipped 'allow-http'
    discover taro@open.test --allow-http
    found "with --allow-http it is found, not trusted" 1 $(urls open.test) autoconfig-http false
    discover taro@mxauto.test
    found "settings of the domain of the MX: found, not trusted" 1 pop3s://taro%40mxauto.test@pop.provider.test \
        imaps://taro%40mxauto.test@imap.provider.test mx-autoconfig false
    discover taro@guess.test
    found "usual names that answer" 0 $(urls guess.test) guess true
    discover taro@abc.sakura.ne.jp
    found "a provider's host by its pattern" 0 pop3s://taro%40abc.sakura.ne.jp@abc.sakura.ne.jp \
        imaps://taro%40abc.sakura.ne.jp@abc.sakura.ne.jp preset true
    discover taro@badcert.test
    found "a certificate for another name" 1 - - "" ""
    attempt "it is said so" autoconfig failed 'TLS|certificate'
    discover taro@evil.test
    attempt "a document type is refused" autoconfig failed 'document type'
    discover taro@big.test
    attempt "a large file is refused" autoconfig failed 'longer|larger'
    discover taro@html.test
    attempt "a page for people is no settings file" autoconfig failed 'begins with <html>'
    discover taro@away.test
    attempt "a redirect to another host is not followed" autoconfig failed 'another host'
    check "still nobody was sent a user or a password" bash -c "! grep -qE '^MAIL' '$www/log'"
else
    skip "autoconfig, well-known, http, mx-autoconfig, guess" "ports below 1024 are forbidden here"
fi

# ---- nothing answers ----
raw discover taro@auto.test --dns "127.0.0.1:1" --format json
found "no name service: an end at once, to be run again" 4 - - "" ""
"$POPFERRY" discover taro@auto.test --dns "$A:$SILENT" --timeout 600 >"$W/patient" 2>&1 </dev/null &
patient=$!
LIB_PIDS+=("$patient")
raw discover taro@auto.test --dns "$A:$SILENT" --timeout 3 --format json
found "a silent name service: an end in time" 4 - - "" ""
check "before one that may take longer" kill -0 "$patient"
kill "$patient" && wait "$patient" 2>/dev/null

# ---- usage ----
for wrong in "taro" "taro@localhost" "taro@auto.test more" "taro@auto.test --dns nowhere" "taro@auto.test --ispdb http://x" \
    "taro@auto.test --format csv" "taro@auto.test --autoconfig-dir $W/no" "taro@auto.test --protocol smtp" ""; do
    # shellcheck disable=SC2086
    raw discover $wrong
    expect_exit "usage: discover $wrong" 2 'popferry: error'
done
raw discover taro@known.test --dns "$A:$D" --ispdb none --protocol imap # without --ca-file the web site is not believed
expect_exit "as text" 1
check "the text names each attempt" grep -q 'SRV _imaps._tcp.known.test' "$W/out"
