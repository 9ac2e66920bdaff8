#!/usr/bin/env bash
# popferry accounts: lists of every kind, what is wrong with them by file and line, a list to begin with. No server is
# asked, nothing is changed, no password shown.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/batch.sh"
SERVERS_PASSWORD='geheim-Tofu&7' # what stands in the lists; expect_exit looks for it

accounts() { # OPTIONS...
    (cd "$W/empty" && "$POPFERRY" accounts "$@" >"$W/out" 2>"$W/err" </dev/null)
    rc=$?
}
mkdir "$W/empty"
given=(--from-host pop.example.invalid --to-host imap.example.invalid)

# ---- every kind of list ----
plain='from_user,from_password,to_user,to_password
taro,geheim-Tofu&7,taro@example.com,geheim-Tofu&7
hanako,geheim-Tofu&7,hanako@example.com,geheim-Tofu&7'
japanese='氏名,移行元ユーザー名,移行元パスワード,移行先ユーザー名,移行先パスワード,備考
山田太郎,taro,geheim-Tofu&7,taro@example.com,geheim-Tofu&7,能登ソ表
鈴木花子,hanako,geheim-Tofu&7,hanako@example.com,geheim-Tofu&7,"二行の
備考"'
imapsync='pop.example.invalid;taro;geheim-Tofu&7;imap.example.invalid;taro@example.com;geheim-Tofu&7;
# a remark
pop.example.invalid;hanako;geheim-Tofu&7;imap.example.invalid;hanako@example.com;geheim-Tofu&7;'
microsoft='EmailAddress,UserName,Password,UserRoot
taro@example.com,taro,geheim-Tofu&7,
hanako@example.com,hanako,geheim-Tofu&7,'
crlf() {
    sed 's/$/\r/'
}
echo geheim-Tofu\&7 >"$W/word" && chmod 600 "$W/word"
printf '%s\n' "$plain" >"$W/utf8.csv"
{ printf '\xef\xbb\xbf' && printf '%s\n' "$plain" | crlf; } >"$W/bom.csv"
printf '%s\n' "$japanese" | iconv -f UTF-8 -t CP932 | crlf >"$W/cp932.csv"
printf '%s\n' "$japanese" | tr , ';' | iconv -f UTF-8 -t CP932 | crlf >"$W/semicolon.csv"
printf '%s\n' "$japanese" | tr , '\t' >"$W/tab.csv"
{ printf '\xff\xfe' && printf '%s\n' "$japanese" | tr , '\t' | crlf | iconv -f UTF-8 -t UTF-16LE; } >"$W/unicode.txt"
printf '%s\n' "$imapsync" >"$W/imapsync.txt"
printf '%s\n' "$microsoft" | crlf >"$W/microsoft.csv"
printf '%s\n' "$plain" | tr '\n' '\r' >"$W/cr.csv"
chmod 600 "$W"/*.csv "$W"/*.txt
sum() {
    find "$W" -maxdepth 1 -name '*.[ct][sx][vt]' -exec sha256sum {} + | sort | sha256sum
}
before=$(sum)
for list in utf8.csv bom.csv cp932.csv semicolon.csv tab.csv unicode.txt imapsync.txt microsoft.csv cr.csv; do
    accounts check "$W/$list" "${given[@]}" --to-password-file "$W/word"
    expect_exit "$list" 0
    check "$list: two accounts in order" grep -qE '^ *accounts +2$' "$W/out"
    accounts check "$W/$list" "${given[@]}" --to-password-file "$W/word" --format json
    expect_exit "$list, JSON" 0
    is "$list, JSON: in order" "$(said '"\(.accounts) \(.in_order) \(.errors | length)"')" "2 2 0"
done
kind() { # LIST FORM CHARSET DELIMITER
    accounts check "$W/$1" "${given[@]}" --to-password-file "$W/word" --format json
    is "$1: what it was taken for" "$(said '"\(.form)|\(.charset)|\(.delimiter)"')" "$2|$3|$4"
}
kind cp932.csv 'with a heading' CP932 ,
kind semicolon.csv 'with a heading' CP932 ';'
kind tab.csv 'with a heading' UTF-8 $'\t'
kind imapsync.txt "imapsync's" UTF-8 ';'
kind microsoft.csv "Microsoft's" UTF-8 ,
accounts check "$W/cp932.csv" "${given[@]}" --charset UTF-8
expect_exit "a charset that it is not" 2 'cp932.csv'
is "the lists are as they were" "$(sum)" "$before"
is "nothing was left behind" "$(find "$W/empty" | wc -l)" 1

# ---- what is wrong ----
# wrong NAME LINE PATTERN TEXT: of the list TEXT, this line is told of, wherever the others are in order.
wrong() {
    printf '%s\n' "$4" >"$W/wrong.csv"
    chmod 600 "$W/wrong.csv"
    accounts check "$W/wrong.csv" "${given[@]}" --from-password-file "$W/word" --to-password-file "$W/word"
    cat "$W/out" >>"$W/err"
    expect_exit "$1" 2 "wrong\.csv:$2: .*($3)|wrong\.csv: .*line $2.*($3)"
}
wrong "an unknown column" 1 'geheimnis' 'user,geheimnis
taro,x'
wrong "a column twice" 1 'twice|repeated|again|second' 'user,from_host,from_host
taro,a,b'
wrong "more cells than columns" 3 'column|cell|field' 'user,note
taro,x
hanako,x,y'
wrong "quotes that do not end" 3 'quot' 'user,note
taro,x
hanako,"y'
wrong "a day that does not exist" 3 'since' 'user,since
taro,2020-01-01
hanako,2020-02-30'
wrong "a number that is none" 2 'old_than|whole number' 'user,old_than
taro,many'
wrong "no user" 3 'user' 'from_user,to_user,note
taro,taro,
,hanako,x'
wrong "a URL that is none" 2 'from' 'user,from
taro,http://pop.example.jp'
wrong "the same account twice" 4 'line 2' 'user
taro
hanako
taro'
wrong "one source into two, the first" 2 'shared' 'from_user,to_user
taro,a
taro,b'
wrong "one source into two, the second" 3 'shared' 'from_user,to_user
taro,a
taro,b'
wrong "two sources into one" 3 'shared' 'from_user,to_user
taro,all
hanako,all'
wrong "enabled or not?" 3 'enabled' 'user,enabled
taro,yes
hanako,perhaps'
wrong "line numbers count line breaks in quotes" 5 'since' 'user,note,since
taro,"one
two
three",2020-01-01
hanako,,soon'
printf '%s\n' 'from_user,to_user' 'taro,a' 'taro,b' >"$W/wrong.csv"
accounts check "$W/wrong.csv" "${given[@]}" --shared --from-password-file "$W/word" --to-password-file "$W/word"
expect_exit "--shared allows it" 0
# All of a list at once, by the headings that stand in it.
printf '%s\n' '移行元ユーザー名,移行元パスワード,移行先ユーザー名,移行先パスワード,有効,開始日,接続数' \
    'taro,geheim-Tofu&7,taro@example.com,geheim-Tofu&7,たぶん,geheim-Tofu&7,many' 'jiro,geheim-Tofu&7,j@example.com,x,はい,,,,' \
    '# saburo moves later' 'hanako,geheim-Tofu&7,h@example.com,geheim-Tofu&7,,,,geheim-Tofu&7,geheim-Tofu&7' \
    'goro,"geheim"Tofu,g@example.com' | tr '\n' '\r' >"$W/wrong.csv"
chmod 600 "$W/wrong.csv"
accounts check "$W/wrong.csv" "${given[@]}"
expect_exit "all mistakes at once" 2
is "all mistakes at once" "$(grep -oE 'wrong.csv:[0-9]+: (column [^ :]+|there is something in field [0-9]+|text behind)' "$W/out" |
    cut -d: -f2- | tr '\n' '|')" \
    '2: column 有効|2: column 接続数|2: column 開始日|5: there is something in field 8|6: text behind|'
check "and one that is in order" grep -qE '^  without errors +1$' "$W/out"
is "no password of the list in them" "$(grep -c Tofu "$W/out")" 0

printf '%s\n' 'user,from_password' 'taro,' 'hanako,geheim-Tofu&7' >"$W/wrong.csv"
chmod 600 "$W/wrong.csv"
accounts check "$W/wrong.csv" "${given[@]}" --to-password-file "$W/word"
check "no password: the line is told" test "$rc" = 2 -a "$(grep -cE 'wrong.csv:2: no password for the source' "$W/out")" = 1
accounts check "$W/wrong.csv" "${given[@]}" --format json
is "no password on either side, JSON" "$(said '[.errors[].line] | join(" ")')" "2 2 3"
printf '%s\n' 'user,from_pasword' 'taro,geheim-Tofu&7' >"$W/wrong.csv"
accounts check "$W/wrong.csv" "${given[@]}"
expect_exit "a slip in the heading does not show the password" 2 'from_pasword'
printf 'geheim-Tofu&7;x;y\n' >"$W/wrong.csv"
accounts check "$W/wrong.csv" "${given[@]}"
check "a list without a heading: exit code 2" test "$rc" = 2
accounts check "$W/nowhere.csv"
expect_exit "no such list" 2 'nowhere.csv'
: >"$W/wrong.csv"
accounts check "$W/wrong.csv" "${given[@]}"
expect_exit "an empty list" 2 'wrong.csv'
accounts
expect_exit "no action" 2 'template'
accounts chekc "$W/utf8.csv"
expect_exit "another action" 2 'chekc'

# ---- what looks like a slip ----
printf '%s\n' '移行元サーバー,移行元ポート,移行元ユーザー名,移行元パスワード,移行先ユーザー名,移行先パスワード,フォルダー,移行元暗号化' \
    'ｐｏｐ．ｅｘａｍｐｌｅ．ｉｎｖａｌｉｄ,９９５,taro@example.jp,geheim-Tofu&7,taro@example.com,geheim-Tofu&7,,SSL/TLS' \
    'pop.example.invalid,993,hanako@example.jp,geheim-Tofu&7 ,jiro@example.com,geheim-Tofu&7,旧／2020,' \
    'pop.example.invalid:110,,jiro@example.jp,1.23E+10,hanako@example.com,geheim-Tofu&7,,ＳＴＡＲＴＴＬＳ' \
    'pop.example.invalid,,ｓａｂｕｒｏ,#NAME?,saburo@example.com,geheim-Tofu&7,,STARTTLS' \
    'pop.example.invalid,,geheim-Tofu&7,goro@example.jp,goro@example.com,geheim-Tofu&7,,' \
    ',110,rokuro@example.jp,geheim-Tofu&7,rokuro@example.com,geheim-Tofu&7,,' ',,shichiro,x,shichiro@example.com,x,,' \
    'pop.example.invalid,,hachiro,x,hachiro@example.com,x,,なし' >"$W/slips.csv"
chmod 600 "$W/slips.csv"
slip() { # NAME PATTERN
    check "a slip: $1" grep -qE "$2" "$W/out"
}
accounts check "$W/slips.csv" --to-host imap.example.invalid
expect_exit "slips" 2
slip "who goes to whom" '^ +2 +taro@example.jp@pop.example.invalid +→ +taro@example.com@imap.example.invalid$'
slip "a full-width host" 'line 2: column 移行元サーバー: full-width'
slip "a blank behind a password" 'line 3: column 移行元パスワード: .*blank'
slip "a port of the other protocol" 'line 3: .*port 993, which is IMAP'
slip "a full-width slash" 'line 3: column フォルダー: .*full-width /'
slip "rows shifted" 'line 3: hanako@.* goes to jiro@.*line 4'
slip "a number that is none any more" 'line 4: column 移行元パスワード: a number'
slip "a full-width user" 'line 5: column 移行元ユーザー名: full-width'
slip "a formula that failed" 'line 5: column 移行元パスワード: what a spreadsheet shows'
slip "user and password changed places" 'slips.csv:6: columns 移行元ユーザー名 and 移行元パスワード: .*changed places'
slip "encryption that only --trust-list may leave out" 'slips.csv:9: column 移行元暗号化: .*--trust-list'
slip "an empty host where the address tells it" 'line 7: column 移行元サーバー is empty'
slip "an empty host" 'slips.csv:8: there is no server for the source: fill the column 移行元サーバー'
is "no password of the list in them" "$(grep -cE 'Tofu|goro@example.jp' "$W/out")" 0
accounts check "$W/slips.csv" --to-host imap.example.invalid --lang ja
slip "in Japanese: changed places" '^.*slips.csv:6：列「移行元ユーザー名」と「移行元パスワード」が入れ替わっている'
is "in Japanese: no warning is left in English" "$(grep -cE '^  (warning|警告 .*line)|(column|have|which) .*$' "$W/out")" 1
accounts check "$W/slips.csv" --to-host imap.example.invalid --format json
is "who goes to whom, JSON" "$(said '.pairs | map("\(.line) \(.from) \(.to)") | .[0]')" \
    "2 taro@example.jp@pop.example.invalid taro@example.com@imap.example.invalid"

# ---- a password names no account ----
# word LINE...: a list in which Geheim7x is a password wherever it stands: no error, warning or name tells it.
word() { # NAME PATTERN LINES...
    (umask 077 && printf '%s\n' "${@:3}" >"$W/word.csv")
    accounts check "$W/word.csv" "${given[@]}" --to-password-file "$W/word"
    cp "$W/out" "$W/first"
    accounts check "$W/word.csv" "${given[@]}" --to-password-file "$W/word" --format json
    is "a password below another heading: $1: told nowhere" "$(cat "$W/first" "$W/out" "$W/err" | grep -c Geheim)" 0
    check "a password below another heading: $1: the row is told" grep -qE "$2" "$W/first"
    (cd "$W/empty" && "$POPFERRY" migrate --accounts "$W/word.csv" "${given[@]}" --to-password-file "$W/word" \
        --work-dir "$W/words" >"$W/out" 2>"$W/err" </dev/null)
    is "a password below another heading: $1: no folder, no status, no log" \
        "$({ find "$W/words"; cat "$W/words/status.json" "$W/words/lists.json" "$W/out" "$W/err"; } | grep -c Geheim)" 0
}
four='from_user,from_password,to_user,to_password'
word "shifted to the right" 'word.csv:2: .*names no user' "$four" ',taro,Geheim7x,taro2'
word "shifted to the left" 'word.csv:2: columns from_user and from_password.*changed places' "$four" \
    'Geheim7x,taro@example.jp,taro@example.com,'
word "changed places, a name" 'word.csv:2: columns from_user and from_password.*changed places' "$four" \
    'Geheim7x,taro,taro@example.com,Geheim7x'
word "changed places, an odd user" 'word.csv:2: columns user and from_password.*changed places' 'user,from_password' 'Geheim7x!,taro'
word "user and password in one cell" "word.csv:2: column from_user: a ':' in it" "$four" 'taro:Geheim7x,x,taro,x'
word "a URL" 'word.csv:2: .*password may not stand in the URL' 'from,to_user' 'pop3s://taro:Geheim7x@pop.example.invalid,taro'
word "an address" 'word.csv:2: ' 'from,to_user' 'taro:Geheim7x@example.invalid,taro'
printf '%s\n' "$four" 'taro,taro,taro@example.com,x' 'kaisha01,hanako,hanako@example.com,x' 'R&D,x,rd@example.com,x' \
    'Info7x,jiro,jiro2@example.com,x' >"$W/slips.csv"
accounts check "$W/slips.csv" "${given[@]}"
expect_exit "what may be so is no error" 0
slip "the same word twice" 'line 2: columns from_user and from_password are the same'
slip "a password that is a name" 'line 3: .*called as the other side.s user'
slip "an odd user" 'line 4: column from_user: characters that passwords have'
slip "a user like a password" 'line 5: column from_user: characters that passwords have'

printf 'PK\003\004\024\0\0\0[Content_Types].xml xl/workbook.xml' >"$W/list.xlsx"
accounts check "$W/list.xlsx"
expect_exit "a workbook given as a list" 2 'Excel workbook \(\.xlsx\).*CSV UTF-8'
printf '\320\317\021\340\241\261\032\341xxxx' >"$W/list.xls"
accounts check "$W/list.xls"
expect_exit "an old workbook given as a list" 2 'Excel workbook \(\.xls.*CSV UTF-8'

# ---- failures.csv: what a person wrote in it stays ----
printf '%s\n' 'user,from_password,to_password,since' 'taro,geheim-Tofu&7,geheim-Tofu&7,soon' \
    'hanako, geheim-Tofu&7,"geheim-Tofu&7",2026/2/30' >"$W/people.csv"
chmod 600 "$W/people.csv"
migrate() { # LIST
    (cd "$W/empty" && "$POPFERRY" migrate --accounts "$1" "${given[@]}" --work-dir "$W/my work" >"$W/out" 2>"$W/err" </dev/null)
    rc=$?
}
migrate "$W/people.csv"
expect_exit "two rows that are wrong" 2
is "the rows as they stood" "$(tail -n +2 "$W/my work/failures.csv" | tr -d '\r')" "$(tail -n +2 "$W/people.csv")"
check "the command to run them again is whole" grep -qxF \
    "  popferry migrate --accounts '$W/my work/failures.csv' --from-host pop.example.invalid --to-host imap.example.invalid --work-dir '$W/my work'" \
    "$W/out"
sed -i 's/soon/sooner/' "$W/my work/failures.csv" && cp "$W/my work/failures.csv" "$W/edited.csv"
migrate "$W/my work/failures.csv"
expect_exit "as the list" 2
check "as the list: not touched" cmp "$W/my work/failures.csv" "$W/edited.csv"
migrate "$W/people.csv"
expect_exit "the first list again" 2 'failures-edited-1\.csv'
check "what was edited is kept" cmp "$W/my work/failures-edited-1.csv" "$W/edited.csv"
migrate "$W/people.csv"
check "what was not edited is not" test ! -e "$W/my work/failures-edited-2.csv"

# ---- template, columns ----
for lang in en ja; do
    accounts template --lang "$lang"
    expect_exit "template ($lang)" 0
    cp "$W/out" "$W/template-$lang.csv" && chmod 600 "$W/template-$lang.csv"
    is "template ($lang): as Excel opens it" "$(head -c3 "$W/template-$lang.csv" | od -An -tx1 | tr -d ' ') $(grep -c $'\r$' "$W/template-$lang.csv")" \
        "efbbbf $(wc -l <"$W/template-$lang.csv")"
    accounts check "$W/template-$lang.csv"
    expect_exit "template ($lang): it is in order by itself" 0
    check "template ($lang): two accounts" grep -qE '^ *accounts +2$' "$W/out"
done
check "the template in Japanese is in Japanese" grep -q '移行元' "$W/template-ja.csv"
accounts columns
expect_exit "columns" 0
missing=''
for column in from_user from_password to_host folder since enabled note upload_cap; do
    grep -q "^$column " "$W/out" || missing+=" $column"
done
is "columns: all are told" "$missing" ''
check "columns: with their Japanese names" grep -q '移行元ユーザー名' "$W/out"
