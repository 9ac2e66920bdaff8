#!/usr/bin/env bash
# README.md names every Debian package that the build needs.
. "$(dirname "$0")/lib.sh"
. "$LIB_TOP/tests/tools/packages.sh"

for package in "${PACKAGES_BUILD[@]}"; do
    check "README.md names $package" grep -qw -- "$package" "$LIB_TOP/README.md"
done
