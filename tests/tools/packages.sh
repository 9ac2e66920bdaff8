# shellcheck shell=bash
# packages.sh - the Debian packages that popferry, the quickstart and the tests need; to be sourced by bash scripts.
# Every name is one of Debian 12 and of Debian 13.
#
#   packages_ensure NAME...    install those that are missing, through sudo unless root. False where that is not
#                              possible; then it has said why, with the line that an administrator can copy.

# To build popferry. Debian's libxlsxwriter-dev needs zlib and minizip without saying so, libpff-dev
# libbfio.
PACKAGES_BUILD=(gcc libc6-dev meson ninja-build pkgconf gettext libcurl4-openssl-dev libssl-dev libsqlite3-dev libjansson-dev
    libpopt-dev libxml2-dev libcsv-dev libc-ares-dev libidn2-dev libpff-dev libbfio-dev libxlsxwriter-dev libminizip-dev
    zlib1g-dev)
# To see it work between two servers.
PACKAGES_DEMO=(libcunit1-dev dovecot-imapd dovecot-pop3d openssl)
# For the tests; to run all of them, the second list, too.
PACKAGES_TESTS=(xz-utils jq sqlite3 dnsmasq-base python3 procps file curl libxml2-utils man-db groff-base)
PACKAGES_TESTS_ALL=(clang tmux chromium poppler-utils fonts-noto-cjk)

packages_missing() {
    local package
    for package; do
        [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) == *"ok installed" ]] || echo "$package"
    done
}

# apt-get, as root or through sudo, after another one that is at work.
packages_apt() {
    local as_root=()
    if [[ $(id -u) != 0 ]]; then as_root=(sudo); fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=600 "$@"
}

packages_ask() { # WHY NAME...
    printf '%s\nAn administrator of this machine (root) can copy this line; then run the same command again:\n\n' "$1" >&2
    printf '  apt-get update && apt-get -y --no-install-recommends install %s\n\n' "${*:2}" >&2
    return 1
}

packages_ensure() {
    local missing said
    mapfile -t missing < <(packages_missing "$@")
    if ((${#missing[@]} == 0)); then return; fi
    if ! command -v apt-get >/dev/null; then
        echo "Missing: ${missing[*]}. Only Debian 12 and 13 are known here; README.md names the libraries." >&2
        return 1
    fi
    if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
        packages_ask "Packages are missing, and there is no sudo here to install them with." "${missing[@]}" || return
    fi
    echo "Installing ${missing[*]}"
    said=$(mktemp)
    # A source of packages that is out of order matters only if something is missing then.
    packages_apt update >"$said" 2>&1 || true
    if ! packages_apt --no-install-recommends install "${missing[@]}" >>"$said" 2>&1; then
        cat "$said" >&2
        rm -f "$said"
        packages_ask "The packages could not be installed (above: what was said)." "${missing[@]}" || return
    fi
    rm -f "$said"
}
