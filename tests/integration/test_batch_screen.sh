#!/usr/bin/env bash
# What a batch shows on a terminal while it runs: no line wider than the window, the summary is there, in English and
# Japanese, in small and large windows. SCREENS=DIR keeps what was captured there.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"
. "$(dirname "$0")/batch.sh"
if ! command -v tmux >/dev/null; then
    skip "the display on a terminal" "there is no tmux here"
    exit 0
fi
utf8=$(locale -a | grep -iE '^(C|en_US)\.utf-?8$' | head -1)
if [[ -z $utf8 ]]; then
    skip "the display on a terminal" "no UTF-8 locale"
    exit 0
fi

start servers
crowd u 30 --count 30 --octets 300000
# Some names are wide, and some accounts have something wrong with them.
{
    echo user,folder,from_password
    for i in "${!crowd[@]}"; do
        case $i in
        3) echo "${crowd[i]},,no-such-word" ;;
        7) echo "${crowd[i]},旧メール/営業部第一課の共有フォルダー," ;;
        *) echo "${crowd[i]},," ;;
        esac
    done
} >"$W/list.csv"
chmod 600 "$W/list.csv"
slow_hosts 60
batch_options list.csv
tmux=(tmux -S "$W/tmux" -f /dev/null)
screen_end() {
    "${tmux[@]}" kill-server 2>/dev/null
}
test_end() {
    screen_end
}

fits() { # NAME FILE COLUMNS: CJK counts two
    local widest
    widest=$(LC_ALL=$utf8 wc -L <"$2")
    check "$1: no line is wider than the window ($widest)" test "$widest" -le "$3"
}
# screen LANG COLUMNS LINES SUMMARY
screen() {
    local lang=$1 columns=$2 lines=$3 summary=$4 name="$1 at $2x$3" try
    rm -rf "$W/work" "$S/cloud" && mkdir "$S/cloud" && servers_own "$S/cloud"
    rm -f "$W/done"
    printf '%q ' env LC_ALL="$utf8" LANG="$utf8" TERM=screen-256color "$POPFERRY" migrate "${batch_command[@]}" "${slow[@]}" \
        --jobs 4 --lang "$lang" >"$W/go"
    printf '; echo "code $?" >%q; sleep 600\n' "$W/done" >>"$W/go"
    LC_ALL=$utf8 "${tmux[@]}" new-session -d -x "$columns" -y "$lines" "sh $W/go"
    # Until something is there, then some moments of it.
    for ((try = 0; try < 400; try++)); do
        "${tmux[@]}" capture-pane -p >"$W/now"
        grep -qE "$summary" "$W/now" && grep -q 'u0' "$W/now" && break
        sleep 0.05
    done
    : >"$W/captured"
    local torn=0
    for ((try = 0; try < 8; try++)); do
        "${tmux[@]}" capture-pane -p >"$W/now"
        cat "$W/now" >>"$W/captured"
        # What was not wiped before it was drawn anew would stand there twice.
        [[ $(grep -cE "$summary" "$W/now") == 1 && -z $(grep -oE '^u0[0-9]{2}' "$W/now" | sort | uniq -d) ]] || torn=$((torn + 1))
        ((try == 5)) && cp "$W/now" "$W/screen-$lang-$columns"
        sleep 0.25
    done
    check "$name: it was captured while it ran" test ! -e "$W/done"
    check "$name: the summary is there" grep -E "$summary" "$W/screen-$lang-$columns"
    check "$name: so are the accounts at work" test "$(grep -cE 'u0[0-9]{2}' "$W/screen-$lang-$columns")" -ge 3
    is "$name: what was drawn before is gone" "$torn" 0
    fits "$name" "$W/captured" "$columns"
    is "$name: no escape sequence is seen" "$(grep -cE '\[([0-9;?]+[A-Za-z]|[KJHm])' "$W/captured")" 0
    [[ -n ${SCREENS:-} ]] && cp "$W/screen-$lang-$columns" "$SCREENS/"
    await test -e "$W/done" || not_ok "$name: it ends" "$W/now"
    "${tmux[@]}" capture-pane -p -S -200 >"$W/last"
    [[ -n ${SCREENS:-} ]] && cp "$W/last" "$SCREENS/last-$lang-$columns"
    fits "$name, at the end" "$W/last" "$columns"
    is "$name, at the end: nothing is left of the display" "$(grep -cE '^u0[0-9]{2}@' "$W/last")" 0
    is "$name: its exit code" "$(<"$W/done")" "code 3"
    screen_end
}
screen en 80 24 'of 30 accounts'
screen ja 80 24 '30 *(件|アカウント)'
screen en 200 50 'of 30 accounts'
screen ja 200 50 '30 *(件|アカウント)'
