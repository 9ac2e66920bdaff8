/* Why a sign-in was refused, by the words of real servers. */
#include "check.h"
#include "error.h"
#include "stream_refusal.h"
#include "stream_words.h"
#include <string.h>

#define P3 STREAM_POP3
#define I4 STREAM_IMAP

static const struct {
    enum stream_protocol protocol;
    const char *host, *refusal;
    enum stream_refusal why;
    const char *advice;   /* part of it */
    enum error_code code; /* by stream_words_judge */
} rows[] = {
    /* nothing but the password */
    {P3, "pop.example.jp", "-ERR [AUTH] Authentication failed.", STREAM_REFUSAL_PASSWORD, "POP3", ERROR_AUTH},
    {I4, "imap.example.jp", "A1 NO [AUTHENTICATIONFAILED] Authentication failed.", STREAM_REFUSAL_PASSWORD,
        "check user name and password", ERROR_AUTH},
    {I4, "imap.example.jp", "A1 NO Login failed.", STREAM_REFUSAL_PASSWORD, "IMAP", ERROR_AUTH},
    {P3, "pop.example.jp", "-ERR invalid user popo or password", STREAM_REFUSAL_PASSWORD, "", ERROR_AUTH},
    {P3, "pop.example.jp", "-ERR", STREAM_REFUSAL_PASSWORD, "", ERROR_AUTH},
    /* Google */
    {I4, "imap.gmail.com", "A1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", STREAM_REFUSAL_APP,
        "https://myaccount.google.com/apppasswords", ERROR_AUTH},
    {I4, "imap.gmail.com",
        "A1 NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 "
        "(Failure)",
        STREAM_REFUSAL_APP, "myaccount.google.com", ERROR_AUTH},
    {P3, "pop.gmail.com", "-ERR [AUTH] Application-specific password required", STREAM_REFUSAL_APP,
        "myaccount.google.com", ERROR_AUTH},
    {I4, "imap.gmail.com",
        "A1 NO [ALERT] Please log in via your web browser: https://support.google.com/mail/answer/78754 (Failure)",
        STREAM_REFUSAL_BROWSER, "web browser", ERROR_AUTH},
    {P3, "pop.gmail.com", "-ERR [AUTH] Web login required: https://support.google.com/mail/answer/78754",
        STREAM_REFUSAL_BROWSER, "web browser", ERROR_AUTH},
    {I4, "imap.gmail.com", "A1 NO [WEBALERT https://accounts.google.com/signin/continue] Web login required.",
        STREAM_REFUSAL_BROWSER, "owner", ERROR_AUTH},
    {I4, "imap.gmail.com",
        "A1 NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page (Failure)",
        STREAM_REFUSAL_OFF, "access by IMAP is switched off", ERROR_AUTH},
    {P3, "pop.gmail.com", "-ERR [SYS/PERM] Your account is not enabled for POP access.", STREAM_REFUSAL_OFF,
        "access by POP3 is switched off", ERROR_REFUSED},
    /* Microsoft */
    {I4, "outlook.office365.com", "A1 NO LOGIN failed.", STREAM_REFUSAL_BASIC, "OAuth 2.0", ERROR_AUTH},
    {P3, "outlook.office365.com", "-ERR Logon failure: unknown user name or bad password.",
        STREAM_REFUSAL_BASIC, "basic authentication", ERROR_AUTH},
    {I4, "mail.example.com", "A1 NO Authentication unsuccessful, basic authentication is disabled.",
        STREAM_REFUSAL_BASIC, "popferry login", ERROR_AUTH},
    {P3, "mail.example.com", "-ERR Authentication failed. LogonDenied-BasicAuthBlocked", STREAM_REFUSAL_BASIC,
        "OAuth 2.0", ERROR_AUTH},
    {P3, "notoutlook.office365.com.example.jp", "-ERR no", STREAM_REFUSAL_PASSWORD, "", ERROR_AUTH},
    {P3, "myoutlook.com", "-ERR no", STREAM_REFUSAL_PASSWORD, "", ERROR_AUTH},
    /* Apple, Yahoo, Zoho, Fastmail */
    {I4, "imap.mail.me.com", "A1 NO [AUTHENTICATIONFAILED] Authentication Failed", STREAM_REFUSAL_APP,
        "https://account.apple.com", ERROR_AUTH},
    {I4, "p07-imap.mail.me.com", "A1 NO [AUTHENTICATIONFAILED] Authentication Failed", STREAM_REFUSAL_APP,
        "account.apple.com", ERROR_AUTH},
    {I4, "imap.mail.yahoo.com", "A1 NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials", STREAM_REFUSAL_APP,
        "login.yahoo.com", ERROR_AUTH},
    {I4, "imap.mail.yahoo.com", "A1 NO [AUTHENTICATIONFAILED] (#MBR1240) Please verify your account",
        STREAM_REFUSAL_BROWSER, "browser", ERROR_AUTH},
    {I4, "imap.mail.yahoo.com", "A1 NO [LIMIT] LOGIN Rate limit hit", STREAM_REFUSAL_OFTEN, "15 minutes",
        ERROR_THROTTLED},
    {I4, "imap.zoho.jp", "A1 NO [ALERT] You are yet to enable IMAP for your account.", STREAM_REFUSAL_OFF,
        "IMAP is switched off", ERROR_AUTH},
    {I4, "imap.zoho.jp", "A1 NO [ALERT] Application-specific password required", STREAM_REFUSAL_APP,
        "accounts.zoho.com", ERROR_AUTH},
    {I4, "imap.fastmail.com", "A1 NO [AUTHENTICATIONFAILED] You need to use an app password",
        STREAM_REFUSAL_APP, "Privacy & Security", ERROR_AUTH},
    {I4, "imap.example.jp", "A1 NO [AUTHENTICATIONFAILED] please use an app password", STREAM_REFUSAL_APP,
        "security settings", ERROR_AUTH},
    /* web.de and GMX */
    {P3, "pop3.web.de", "-ERR Authentication failed", STREAM_REFUSAL_PASSWORD, "15 minutes", ERROR_AUTH},
    {P3, "pop3.web.de", "-ERR Too many login attempts", STREAM_REFUSAL_OFTEN, "15 minutes", ERROR_THROTTLED},
    {I4, "imap.gmx.net", "A1 NO IMAP-Zugriff ist deaktiviert", STREAM_REFUSAL_OFF, "switched off",
        ERROR_AUTH},
    /* anybody */
    {P3, "pop.example.jp", "-ERR [AUTH] Two-factor authentication is on", STREAM_REFUSAL_TWO_STEP,
        "app password", ERROR_AUTH},
    {I4, "imap.example.jp", "A1 NO [CONTACTADMIN] Account suspended", STREAM_REFUSAL_LOCKED, "administrator",
        ERROR_AUTH},
    {I4, "imap.example.jp", "A1 NO [AUTHORIZATIONFAILED] Account disabled", STREAM_REFUSAL_LOCKED,
        "administrator", ERROR_AUTH},
    {P3, "pop.example.jp", "-ERR [AUTH] your account is locked", STREAM_REFUSAL_LOCKED, "release it",
        ERROR_AUTH},
    {I4, "imap.example.jp", "A1 NO [EXPIRED] Password expired", STREAM_REFUSAL_EXPIRED, "set a new one",
        ERROR_AUTH},
    {P3, "pop.example.jp", "-ERR Your password has expired", STREAM_REFUSAL_EXPIRED, "set a new one",
        ERROR_AUTH},
    {P3, "pop.example.jp", "-ERR POP3 access is disabled for this user", STREAM_REFUSAL_OFF, "POP3",
        ERROR_AUTH},
    {I4, "imap.example.jp", "A1 NO [PRIVACYREQUIRED] Plaintext authentication disallowed", STREAM_REFUSAL_TLS,
        "STARTTLS", ERROR_AUTH},
    {P3, "pop.example.jp", "-ERR [LOGIN-DELAY] minimum interval between logins is 300 s",
        STREAM_REFUSAL_OFTEN, "15 minutes", ERROR_THROTTLED},
    {P3, "pop.example.jp", "-ERR [IN-USE] Unable to lock maildrop: Mailbox is locked by POP server",
        STREAM_REFUSAL_PASSWORD, "", ERROR_IN_USE},
};

static void every_row(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error axes = {0};
        CHECK_LABEL("%s", rows[i].refusal);
        enum stream_refusal why = stream_refusal_of(rows[i].refusal, rows[i].host);
        CHECK_INT(why, rows[i].why);
        CHECK(strstr(stream_refusal_advice(why, rows[i].protocol, rows[i].host), rows[i].advice) != NULL);
        stream_words_judge(rows[i].refusal, &axes);
        CHECK_INT(axes.code, rows[i].code);
        bool patience = rows[i].code == ERROR_THROTTLED || rows[i].code == ERROR_IN_USE;
        CHECK_INT(axes.retry, patience ? ERROR_RETRY_LATER : ERROR_RETRY_NEVER);
    }
}

static void any_host(void)
{
    CHECK_LABEL("hosts");
    CHECK_INT(stream_refusal_of("", ""), STREAM_REFUSAL_PASSWORD);
    CHECK_INT(stream_refusal_of("-ERR", "GMAIL.COM"), STREAM_REFUSAL_APP);
    CHECK_INT(stream_refusal_of("-ERR", "xgmail.com"), STREAM_REFUSAL_PASSWORD);
}

static void apop_challenges(void)
{
    static const struct {
        const char *greeting;
        bool sound;
    } greetings[] = {
        {"+OK <1896.697170952@dbc.mtview.ca.us>", true},
        {"+OK ready <a@b> more", true},
        {"+OK <@b>", false},
        {"+OK <a@>", false},
        {"+OK <a@b@c>", false},
        {"+OK <ab>", false},
        {"+OK <a b@c>", false},
        {"+OK <a<x@c>", false},
        {"+OK <a\201@c>", false},
        {"+OK <a\x1b@c>", false},
        {"+OK a@b>", false},
        {"+OK <a@b", false},
    };
    for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++) {
        struct stream_words w = {0};
        CHECK_LABEL("%s", greetings[i].greeting);
        stream_words_line(&w, P3, greetings[i].greeting, strlen(greetings[i].greeting));
        CHECK_INT(stream_words_apop_is_sound(&w), greetings[i].sound);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"the words of real servers", every_row},
        {"hosts of providers", any_host},
        {"what APOP would sign", apop_challenges},
    };
    return check_main("net refusal", tests, sizeof tests / sizeof *tests);
}
