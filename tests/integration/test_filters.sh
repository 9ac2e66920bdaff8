#!/usr/bin/env bash
# Runs that take only some of the mail (--since, --before, --min-size, --max-size, --limit, --order): exactly these arrive,
# the numbers say so, and a run without them brings the rest once.
. "$(dirname "$0")/lib.sh"

start servers
fill taro --count 200 --octets 2000000
manifest=$S/taro.manifest
zone=(--time-zone +09:00)

forget() {
    rm -rf "$W/work-taro" "$S/cloud/taro"
}
epoch() { # DATE (in Tokyo)
    date -d "$1 00:00 +0900" +%s
}
# pick SINCE BEFORE MIN MAX (epochs and octets, "" for none): the rows of the manifest that pass go to $W/picked, the numbers
# of the others to $W/left. A date that is not known passes. Of duplicates the first that passes is the one the others equal.
pick() {
    awk -F'\t' -v OFS='\t' -v since="$1" -v before="$2" -v min="$3" -v max="$4" -v left="$W/left" '
        BEGIN { printf "" > left }
        function out() {
            if ($5 != "now" && ((since != "" && $5 + 0 < since + 0) || (before != "" && $5 + 0 >= before + 0))) return 1
            return (min != "" && $2 + 0 < min + 0) || (max != "" && $2 + 0 > max + 0)
        }
        out() { print NR > left; next }
        {
            group = $7 == "-" ? $1 : $7
            $7 = group in first ? first[group] : "-"
            if (!(group in first)) first[group] = $1
            print
        }' "$manifest" >"$W/picked"
}
# exactly NAME: what was picked arrived, and nothing else.
exactly() {
    check "$1" "$SERVERS_TOOLS/maildiff" --manifest "$W/picked" --dest "$S/cloud/taro/Maildir"
}
summary() { # FIELD
    jq -r ".summary.$1" "$W/out"
}
is() { # NAME ACTUAL EXPECTED
    if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1: $2 instead of $3" "$W/err"; fi
}
# filtered NAME OPTIONS...: a plan, a migration and a second one with these options, of what was picked before.
filtered() {
    local name=$1 left picked distinct
    shift
    left=$(wc -l <"$W/left") picked=$(wc -l <"$W/picked")
    distinct=$(awk -F'\t' '$7 == "-"' "$W/picked" | wc -l)
    ((left > 0 && picked > 0)) || not_ok "$name: this filter tests nothing ($picked picked, $left left)"
    forget
    pf plan taro "${zone[@]}" --format json "$@"
    expect_exit "$name: plan" 0
    jq -r '.messages[] | select(.verdict == "filtered") | .number' "$W/out" | sort -n >"$W/planned"
    check "$name: the plan names the $left that are left out" diff "$W/planned" "$W/left"
    is "$name: the plan counts them" "$(summary filtered)" "$left"
    is "$name: all of it is accounted for" $(($(summary to_copy) + $(summary duplicates) + $(summary filtered))) 200
    pf migrate taro "${zone[@]}" --format json "$@"
    expect_exit "$name: migrate" 0
    exactly "$name: exactly these arrived"
    is "$name: copied" "$(summary copied)" "$distinct"
    is "$name: filtered" "$(summary filtered)" "$left"
    is "$name: not reached" "$(summary not_reached)" 0
    is "$name: bodies fetched" "$(summary fetched)" "$picked"
    pf migrate taro "${zone[@]}" --format json "$@"
    expect_exit "$name: migrate again" 0
    is "$name: nothing is copied again" "$(summary copied)/$(summary fetched)/$(summary done_before)" "0/0/$picked"
}
# rest NAME: without a filter the rest comes; then nothing.
rest() {
    pf migrate taro --format json
    expect_exit "$1: then all" 0
    exact "$1: then all, exactly once" taro
    is "$1: then all: nothing is left out" "$(summary filtered)/$(summary later)" 0/0
    pf migrate taro --format json
    is "$1: and then there is nothing to do" "$rc/$(summary copied)/$(summary fetched)" 0/0/0
}

# ---- alone ----
pick "$(epoch 2015-04-01)" "" "" ""
filtered --since --since 2015-04-01
rest --since
pick "" "$(epoch 2012-01-01)" "" ""
filtered --before --before 2012-01-01
rest --before
pick "" "" 10000 ""
filtered --min-size --min-size 10k
rest --min-size
pick "" "" "" 4096
filtered --max-size --max-size 4Ki
rest --max-size

# ---- together, and to the second and the octet ----
pick "$(epoch 2008-01-01)" "$(epoch 2018-07-01)" 1000 20000
filtered "all four" --since 2008-01-01 --before 2018-07-01 --min-size 1000 --max-size 20k
rest "all four"
first=$(sed -n 60p "$manifest" | cut -f5) last=$(sed -n 120p "$manifest" | cut -f5)
pick "$first" "$last" "" ""
filtered "to the second" --since "$(date -ud "@$first" +%Y-%m-%dT%H:%M:%SZ)" --before "$(date -ud "@$last" +%Y-%m-%dT%H:%M:%SZ)"
check "to the second: --since is included" grep -q "^$(sed -n 60p "$manifest" | cut -f1)" "$W/picked"
check "to the second: --before is not" grep -qx 120 "$W/left"
octets=$(sed -n 2p "$manifest" | cut -f2)
pick "" "" "$octets" "$octets"
filtered "to the octet" --min-size "$octets" --max-size "$octets"

# The day begins when it does in the user's zone.
stamp=$(epoch 2016-10-01)
pick "$stamp" "" "" ""
forget
pf plan taro --time-zone +09:00 --since 2016-10-01 --format json
is "--time-zone: the day begins in Tokyo" "$(summary filtered)" "$(wc -l <"$W/left")"
pf plan taro --since 2016-09-30T15:00:00Z --format json
is "--time-zone: as the moment itself" "$(summary filtered)" "$(wc -l <"$W/left")"

# ---- one after the other: nothing twice, nothing forgotten ----
forget
pf migrate taro --limit 10 --format json
expect_exit "a trial with --limit 10" 0
is "a trial: ten are copied" "$(summary copied)/$(arrived taro)" 10/10
is "a trial: the rest is for later" $(($(summary later) + $(summary duplicates))) 190
pf migrate taro "${zone[@]}" --before 2012-01-01 --format json
expect_exit "after the trial, --before" 0
pick "" "$(epoch 2012-01-01)" "" ""
exactly "after the trial, --before: exactly these"
rest "after the trial and --before"

forget
pf migrate taro --limit 0 --format json
is "--limit 0 copies nothing" "$rc/$(summary copied)/$(arrived taro)" 0/0/0

# ---- --order ----
# The last of the source that are not the same as one behind them.
newest=$(tac "$manifest" | awk -F'\t' '{ group = $7 == "-" ? $1 : $7; if (!(group in seen)) { seen[group] = 1; print } }' |
    head -10 | cut -f1,3)
forget
pf migrate taro --order newest --limit 10 --format json
expect_exit "--order newest --limit 10" 0
is "--order newest: ten" "$(summary copied)/$(arrived taro)" 10/10
jq -r '.messages[] | select(.verdict == "copy") | .number' "$W/out" | sort -n >"$W/copied"
for name in $(cut -f1 <<<"$newest"); do grep -n "^$name" "$manifest" | cut -d: -f1; done | sort -n >"$W/newest"
check "--order newest: the newest are taken" diff "$W/copied" "$W/newest"
pf migrate taro --order newest --limit 10 --format json
is "--order newest: the next ten" "$rc/$(summary copied)/$(arrived taro)" 0/10/20
check "--order newest: and they come before the others" \
    test "$(jq '[.messages[] | select(.verdict == "copy") | .number] | max < '"$(head -1 "$W/newest")" "$W/out")" = true
rest "--order newest"

# ---- values that are none ----
wrong() { # PATTERN OPTION VALUE
    local command
    for command in plan migrate; do
        [[ $command == plan && $2 == --order ]] && continue
        pf "$command" taro "$2" "$3"
        expect_exit "$command $2 '$3'" 2 "$1"
    done
}
wrong 'since.*2024-13-01' --since 2024-13-01
wrong 'since.*yesterday' --since yesterday
wrong 'before.*2023-02-29' --before 2023-02-29
wrong 'min-size' --min-size 10X
wrong 'min-size' --min-size -5
wrong 'max-size' --max-size ''
wrong 'max-size' --max-size 1.5M
wrong 'limit' --limit many
wrong 'limit' --limit -1
wrong 'order' --order biggest
wrong "time-zone" --time-zone Tokio
wrong 'time-zone' --time-zone +25:00
pf migrate taro --since 2024-01-01 --before 2023-01-01
expect_exit "no message could pass: dates" 2 'since.*before|before.*since'
pf migrate taro --min-size 2M --max-size 1M
expect_exit "no message could pass: sizes" 2 'min-size.*max-size|max-size.*min-size'

# Deleting does not filter: it says so, rather than going over all the mail.
for option in --since --before --min-size --max-size; do
    value=2010-01-01
    [[ $option == *-size ]] && value=10k
    pf delete taro "$option" "$value" --dry-run
    expect_exit "delete $option" 2 "$option"
done
