#include "accounts.h"

#include "accounts_fold.h"
#include <string.h>

#define ALSO(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Words that could mean either side (password, サーバー) or two things (旧フォルダー) are none of these; what
 * accounts_fold makes equal stands here once. */
static const struct accounts_column columns[] = {
    {"from_host", "from-host",
        ALSO("移行元サーバー", "移行元ホスト", "移行元サーバー名", "移行元ホスト名", "移行元POPサーバー",
            "POPサーバー", "旧サーバー", "旧ホスト", "旧サーバー名", "旧ホスト名", "source server",
            "source host", "old server", "old host", "from server", "pop server", "host1"),
        "host of the source: pop.example.jp, HOST:PORT or a URL without user",
        {"pop.example.jp", "pop.example.jp"}, {NULL}},
    {"from_user", "from-user",
        ALSO("移行元ユーザー名", "移行元ユーザー", "移行元ユーザーID", "移行元アカウント",
            "移行元アカウント名", "移行元ログインID", "移行元ID", "移行元メールアドレス", "移行元アドレス",
            "旧ユーザー名", "旧ユーザー", "旧ユーザーID", "旧アカウント", "旧アカウント名", "旧ログインID",
            "旧ID", "旧メールアドレス", "旧アドレス", "source user", "POPユーザー名", "POPアカウント",
            "pop user", "pop account", "source user name", "source account", "source login", "source email",
            "source email address", "old user", "old user name", "old account", "old login", "old email",
            "old email address", "from user name", "from account", "from email", "user1"),
        "user of the source", {"taro@example.jp", "hanako@example.jp"}, {NULL}},
    {"from_password", NULL,
        ALSO("移行元パスワード", "移行元PW", "旧パスワード", "旧PW", "POPパスワード", "pop password",
            "source password", "old password", "password1"),
        "password of the source, exactly as it stands in the cell",
        {"legacy-password-1", "legacy-password-2"}, {NULL}},
    {"to_host", "to-host",
        ALSO("移行先サーバー", "移行先ホスト", "移行先サーバー名", "移行先ホスト名", "移行先IMAPサーバー",
            "IMAPサーバー", "新サーバー", "新ホスト", "新サーバー名", "新ホスト名", "destination server",
            "destination host", "target server", "target host", "new server", "new host", "to server",
            "imap server", "host2"),
        "host of the destination: imap.example.com, HOST:PORT or a URL without user",
        {"imap.example.com", "imap.example.com"}, {NULL}},
    {"to_user", "to-user",
        ALSO("移行先ユーザー名", "移行先ユーザー", "移行先ユーザーID", "移行先アカウント",
            "移行先アカウント名", "移行先ログインID", "移行先ID", "移行先メールアドレス", "移行先アドレス",
            "新ユーザー名", "新ユーザー", "新ユーザーID", "新アカウント", "新アカウント名", "新ログインID",
            "新ID", "新メールアドレス", "新アドレス", "destination user", "IMAPユーザー名", "IMAPアカウント",
            "imap user", "imap account", "destination user name", "destination account", "destination login",
            "destination email", "destination email address", "target user", "target user name",
            "target account", "target email", "target email address", "new user", "new user name",
            "new account", "new login", "new email", "new email address", "to user name", "to account",
            "to email", "user2"),
        "user of the destination", {"taro@example.com", "hanako@example.com"}, {NULL}},
    {"to_password", NULL,
        ALSO("移行先パスワード", "移行先PW", "新パスワード", "新PW", "IMAPパスワード", "imap password",
            "destination password", "target password", "new password", "password2"),
        "password of the destination, exactly as it stands in the cell",
        {"cloud-password-1", "cloud-password-2"}, {NULL}},
    {"folder", "folder",
        ALSO("移行先フォルダー", "フォルダー", "フォルダー名", "移行先フォルダー名", "保存先フォルダー",
            "destination folder", "target folder", "to folder", "new folder"),
        "mailbox of the destination, levels divided by /; may hold {year}, {month}, {day}",
        {"INBOX", "INBOX"}, {NULL}},
    {"user", NULL,
        ALSO("メールアドレス", "アドレス", "Eメール", "Eメールアドレス", "ユーザー名", "ユーザー",
            "ユーザーID", "アカウント", "アカウント名", "ログインID", "email", "email address", "mail",
            "mail address", "user name", "user id", "account", "account name", "login"),
        "user of both sides, where from_user or to_user is missing", {NULL}, {NULL}},
    {"from", "from", ALSO("移行元URL", "旧URL", "source url", "old url", "from url"),
        "the source as a URL: pop3s://USER@HOST[:PORT] (@ in USER is written %40)", {NULL}, {NULL}},
    {"to", "to", ALSO("移行先URL", "新URL", "destination url", "target url", "new url", "to url"),
        "the destination as a URL: imaps://USER@HOST[:PORT][/MAILBOX]", {NULL}, {NULL}},
    {"from_password_file", "from-password-file",
        ALSO("移行元パスワードファイル", "旧パスワードファイル", "source password file", "old password file",
            "passfile1"),
        "file with the source's password in its first line", {NULL}, {NULL}},
    {"to_password_file", "to-password-file",
        ALSO("移行先パスワードファイル", "新パスワードファイル", "destination password file",
            "target password file", "new password file", "passfile2"),
        "file with the destination's password in its first line", {NULL}, {NULL}},
    {"from_password_command", "from-password-command",
        ALSO("移行元パスワードコマンド", "旧パスワードコマンド", "source password command",
            "old password command"),
        "command that prints the source's password; {user} and {host} are replaced", {NULL}, {NULL}},
    {"to_password_command", "to-password-command",
        ALSO("移行先パスワードコマンド", "新パスワードコマンド", "destination password command",
            "target password command", "new password command"),
        "command that prints the destination's password; {user} and {host} are replaced", {NULL}, {NULL}},
    {"folder_old", "folder-old", ALSO("古いメールのフォルダー", "folder for old mail"),
        "mailbox for older messages", {NULL}, {NULL}},
    {"old_than", "old-than", ALSO("古いメールの日数"), "with folder_old: older than so many days goes there",
        {NULL}, {NULL}},
    {"since", "since", ALSO("この日以降", "開始日", "start date"),
        "only messages of this day or later (YYYY-MM-DD)", {NULL}, {NULL}},
    {"before", "before", ALSO("この日より前", "before date"), "only messages before this day", {NULL},
        {NULL}},
    {"min_size", "min-size", ALSO("最小サイズ", "minimum size"),
        "only messages of this size or more (as 500k, 10M)", {NULL}, {NULL}},
    {"max_size", "max-size", ALSO("最大サイズ", "maximum size"), "only messages of this size or less", {NULL},
        {NULL}},
    {"order", "order", ALSO("コピー順", "コピーの順序"), "which messages go first: oldest or newest", {NULL},
        {NULL}},
    {"seen", "seen", ALSO("既読", "既読の扱い", "mark read"), "mark messages read: age, all or none", {NULL},
        {NULL}},
    {"seen_older_than", "seen-older-than", ALSO("既読にする日数"), "older than so many days counts as read",
        {NULL}, {NULL}},
    {"limit", "limit", ALSO("件数の上限", "上限件数", "message limit"),
        "copy at most so many messages in a run", {NULL}, {NULL}},
    {"archive", "archive", ALSO("アーカイブ", "アーカイブ先", "archive folder"),
        "keep each message as received in this folder, too", {NULL}, {NULL}},
    {"encode_headers", "encode-headers", ALSO("ヘッダーの符号化"),
        "yes: encode raw 8-bit header fields before sending", {NULL}, {NULL}},
    {"retry_quarantined", "retry-quarantined", ALSO("隔離メールの再試行"),
        "yes: try again what lies in quarantine", {NULL}, {NULL}},
    {"allow_plaintext", "allow-plaintext", ALSO("平文を許可", "暗号化なしを許可"),
        "yes: let a server that offers no STLS/STARTTLS be used unencrypted", {NULL}, {NULL}},
    {"ca_file", "ca-file", ALSO("CAファイル", "CA証明書", "ca certificate"),
        "trust the certificate authorities in this PEM file", {NULL}, {NULL}},
    {"connections", "connections", ALSO("接続数", "移行先の接続数"), "connections to the destination, 1 to 8",
        {NULL}, {NULL}},
    {"max_wait", "max-wait", ALSO("最大待ち秒数", "最大待ち時間（秒）"),
        "longest wait in seconds for a server that asks for patience", {NULL}, {NULL}},
    {"time_zone", "time-zone", ALSO("タイムゾーン", "時間帯"), "zone in which days are counted, as +09:00",
        {NULL}, {NULL}},
    {"upload_cap", "upload-cap",
        ALSO("1日のアップロード上限", "1日の上限", "daily upload limit", "daily limit"),
        "what the destination takes of an account in a day, as 500MB; 0: no limit", {NULL}, {NULL}},
    {"enabled", NULL, ALSO("有効", "対象", "移行対象", "実行", "実施", "active", "enable"),
        "no: leave this account out (yes/no, はい/いいえ, 有効/無効, ○/×)", {"yes", "yes"}, {"はい", "はい"}},
    {"name", NULL,
        ALSO("氏名", "名前", "お名前", "利用者", "利用者名", "使用者", "担当者", "担当者名", "表示名",
            "full name", "display name", "person", "owner", "first name", "last name"),
        "the person's name; passed over", {"Taro Yamada", "Hanako Suzuki"}, {"山田太郎", "鈴木花子"}},
    {"note", NULL,
        ALSO("備考", "メモ", "コメント", "摘要", "No", "№", "#", "番号", "項番", "連番", "部署", "部署名",
            "所属", "役職", "社員番号", "notes", "remark", "remarks", "comment", "comments", "memo", "number",
            "department", "employee id", "title"),
        "for yourself; passed over, like the person's name, and may stand there more than once",
        {"", "sales"}, {"", "営業部"}},
};

#define COUNT (sizeof columns / sizeof *columns)

const struct accounts_column *accounts_columns(size_t *ret_count)
{
    *ret_count = COUNT;
    return columns;
}

const struct accounts_column *accounts_column_find(const char *heading)
{
    char word[ACCOUNTS_FOLD_MAX], name[ACCOUNTS_FOLD_MAX];
    if (!*accounts_fold(word, heading))
        return NULL;
    for (size_t i = 0; i < COUNT; i++)
        if (!strcmp(word, accounts_fold(name, columns[i].name)) ||
            accounts_fold_is_one(word, columns[i].aliases))
            return &columns[i];
    return NULL;
}
