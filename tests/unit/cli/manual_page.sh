#!/bin/sh
# manual_page.sh PAGE - man has nothing to warn of, and no words run together. Exit 77 (meson: skipped) without man.
command -v man >/dev/null || { echo "skipped: no man here" && exit 77; }
said=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l "$1" 2>&1 >/dev/null)
if [ -n "$said" ]; then
    echo "$said"
    exit 1
fi
# Blanks lost between arguments of a macro, or quotes that are not closed.
if LC_ALL=C.UTF-8 MANWIDTH=500 man -l "$1" 2>/dev/null | grep -nE '[a-z),;'\'']{45,}|[A-Z]", -'; then
    exit 1
fi
exit 0
