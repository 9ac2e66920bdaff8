#!/bin/sh
# certs.sh DIR - a test CA and server certificates for localhost, 127.0.0.1 and ::1, made with the openssl command:
#   ca.pem                         the CA (give it as --ca-file)
#   good.pem good.key              signed by it
#   expired.pem expired.key        the same, out of date
#   wronghost.pem wronghost.key    for other.example
#   selfsigned.pem selfsigned.key  by nobody
# Quiet; what is there already is kept.
set -eu
umask 077

if [ $# -ne 1 ]; then
    echo "usage: certs.sh DIR" >&2
    exit 2
fi
mkdir -p "$1"
cd "$1"

# Several tests may begin at once: one makes the files, elsewhere, and moves them here when done; the last is the sign.
if [ -f selfsigned.pem ]; then
    exit 0
fi
exec 9>.lock
flock 9
if [ -f selfsigned.pem ]; then
    exit 0
fi
work=$(mktemp -d ./.making-XXXXXX)
trap 'rm -rf "$work"' EXIT

here='DNS:localhost,IP:127.0.0.1,IP:::1'
quietly() {
    if ! "$@" 2>"$work/errors"; then
        cat "$work/errors" >&2
        exit 1
    fi
}

key() { # FILE
    quietly openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

key "$work/ca.key"
quietly openssl req -x509 -new -key "$work/ca.key" -days 3650 -subj '/O=popferry test/CN=popferry test CA' \
    -addext keyUsage=critical,keyCertSign -out "$work/ca.pem"

: >"$work/index"
cat >"$work/ca.conf" <<END
[ca]
default_ca = test
[test]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
unique_subject = no
policy = any
copy_extensions = copy
[any]
organizationName = optional
commonName = supplied
END

server() { # NAME COMMON-NAME SUBJECT-ALT-NAMES FROM TO
    key "$work/$1.key"
    quietly openssl req -new -key "$work/$1.key" -subj "/O=popferry test/CN=$2" \
        -addext "subjectAltName=$3" -out "$work/$1.csr"
    quietly openssl ca -batch -notext -config "$work/ca.conf" -cert "$work/ca.pem" -keyfile "$work/ca.key" \
        -startdate "$4" -enddate "$5" -in "$work/$1.csr" -out "$work/$1.pem"
}

server good localhost "$here" 20200101000000Z 20491231000000Z
server expired localhost "$here" 20200101000000Z 20200201000000Z
server wronghost other.example 'DNS:other.example,DNS:mail.other.example' 20200101000000Z 20491231000000Z
key "$work/selfsigned.key"
quietly openssl req -x509 -new -key "$work/selfsigned.key" -days 3650 -subj '/O=popferry test/CN=localhost' \
    -addext "subjectAltName=$here" -out "$work/selfsigned.pem"

mv "$work/ca.pem" "$work"/good.* "$work"/expired.* "$work"/wronghost.* .
rm -f ./*.csr
mv "$work/selfsigned.key" .
mv "$work/selfsigned.pem" .
