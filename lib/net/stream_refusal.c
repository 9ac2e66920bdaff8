#include "stream_refusal.h"

#include "text.h"
#include <stdbool.h>
#include <string.h>

/* ---- words ---- */
struct row {
    const char *words, *also; /* both must be there, without regard to case; also may be NULL */
    enum stream_refusal why;
};

/* The first row that fits counts: what names a cause stands before what many causes share. */
static const struct row rows[] = {
    {"application-specific", NULL, STREAM_REFUSAL_APP},
    {"app-specific", NULL, STREAM_REFUSAL_APP},
    {"app password", NULL, STREAM_REFUSAL_APP},
    {"apppassword", NULL, STREAM_REFUSAL_APP},
    {"application password", NULL, STREAM_REFUSAL_APP},
    {"アプリパスワード", NULL, STREAM_REFUSAL_APP},
    {"BasicAuthBlocked", NULL, STREAM_REFUSAL_BASIC},
    {"BasicAuthDisabled", NULL, STREAM_REFUSAL_BASIC},
    {"basic auth", NULL, STREAM_REFUSAL_BASIC},
    {"legacy auth", NULL, STREAM_REFUSAL_BASIC},
    {"oauth", NULL, STREAM_REFUSAL_BASIC},
    {"modern auth", NULL, STREAM_REFUSAL_BASIC},
    {"PRIVACYREQUIRED", NULL, STREAM_REFUSAL_TLS},
    {"plaintext", NULL, STREAM_REFUSAL_TLS},
    {"cleartext", "disabled", STREAM_REFUSAL_TLS},
    {"secure connection", NULL, STREAM_REFUSAL_TLS},
    {"WEBALERT", NULL, STREAM_REFUSAL_BROWSER},
    {"web browser", NULL, STREAM_REFUSAL_BROWSER},
    {"web login", NULL, STREAM_REFUSAL_BROWSER},
    {"verify your account", NULL, STREAM_REFUSAL_BROWSER},
    {"captcha", NULL, STREAM_REFUSAL_BROWSER},
    {"two-factor", NULL, STREAM_REFUSAL_TWO_STEP},
    {"two factor", NULL, STREAM_REFUSAL_TWO_STEP},
    {"two-step", NULL, STREAM_REFUSAL_TWO_STEP},
    {"2-step", NULL, STREAM_REFUSAL_TWO_STEP},
    {"2FA", NULL, STREAM_REFUSAL_TWO_STEP},
    {"multi-factor", NULL, STREAM_REFUSAL_TWO_STEP},
    {"verification code", NULL, STREAM_REFUSAL_TWO_STEP},
    {"二段階認証", NULL, STREAM_REFUSAL_TWO_STEP},
    {"2段階認証", NULL, STREAM_REFUSAL_TWO_STEP},
    {"[EXPIRED]", NULL, STREAM_REFUSAL_EXPIRED},
    {"password", "expired", STREAM_REFUSAL_EXPIRED},
    {"change", "your password", STREAM_REFUSAL_EXPIRED},
    {"too many login", NULL, STREAM_REFUSAL_OFTEN},
    {"too many log", "in", STREAM_REFUSAL_OFTEN},
    {"too many failed", NULL, STREAM_REFUSAL_OFTEN},
    {"too many auth", NULL, STREAM_REFUSAL_OFTEN},
    {"too many sign", NULL, STREAM_REFUSAL_OFTEN},
    {"too many attempts", NULL, STREAM_REFUSAL_OFTEN},
    {"rate limit", NULL, STREAM_REFUSAL_OFTEN},
    {"LOGIN-DELAY", NULL, STREAM_REFUSAL_OFTEN},
    {"minimum interval", NULL, STREAM_REFUSAL_OFTEN},
    {"not enabled", "IMAP", STREAM_REFUSAL_OFF},
    {"not enabled", "POP", STREAM_REFUSAL_OFF},
    {"yet to enable", NULL, STREAM_REFUSAL_OFF},
    {"disabled", "IMAP", STREAM_REFUSAL_OFF},
    {"disabled", "POP", STREAM_REFUSAL_OFF},
    {"not allowed", "IMAP", STREAM_REFUSAL_OFF},
    {"not allowed", "POP", STREAM_REFUSAL_OFF},
    {"not permitted", "IMAP", STREAM_REFUSAL_OFF},
    {"not permitted", "POP", STREAM_REFUSAL_OFF},
    {"deaktiviert", NULL, STREAM_REFUSAL_OFF},
    {"nicht aktiviert", NULL, STREAM_REFUSAL_OFF},
    {"protocol", "disabled", STREAM_REFUSAL_OFF},
    {"account", "locked", STREAM_REFUSAL_LOCKED},
    {"account", "suspend", STREAM_REFUSAL_LOCKED},
    {"account", "disabled", STREAM_REFUSAL_LOCKED},
    {"account", "deactivated", STREAM_REFUSAL_LOCKED},
    {"account", "blocked", STREAM_REFUSAL_LOCKED},
    {"account", "closed", STREAM_REFUSAL_LOCKED},
    {"user", "disabled", STREAM_REFUSAL_LOCKED},
    {"user", "suspend", STREAM_REFUSAL_LOCKED},
    {"user", "is locked", STREAM_REFUSAL_LOCKED},
    {"gesperrt", NULL, STREAM_REFUSAL_LOCKED},
    {"アカウントがロック", NULL, STREAM_REFUSAL_LOCKED},
};

/* ---- providers ---- */
struct provider {
    const char *const *hosts;
    enum stream_refusal silent; /* what a refusal means that says no reason */
    const char *app;            /* where such a password is made; NULL: not known */
};

#define HOSTS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const struct provider providers[] = {
    {HOSTS("outlook.office365.com", "outlook.office.com", "outlook.com", "hotmail.com"), STREAM_REFUSAL_BASIC,
        NULL},
    {HOSTS("gmail.com", "googlemail.com"), STREAM_REFUSAL_APP,
        "make an app password at https://myaccount.google.com/apppasswords (two-step verification must be on) "
        "and use that in place of the account's password, or use --from-oauth or --to-oauth"},
    {HOSTS("mail.me.com", "icloud.com"), STREAM_REFUSAL_APP,
        "make an app-specific password at https://account.apple.com (Sign-In and Security) and use that in place "
        "of the account's password"},
    {HOSTS("mail.yahoo.com", "mail.aol.com"), STREAM_REFUSAL_APP,
        "make an app password in the account's security settings (https://login.yahoo.com/account/security) and "
        "use that in place of the account's password"},
    {HOSTS("zoho.com", "zoho.eu", "zoho.in", "zoho.jp", "zoho.com.au"), STREAM_REFUSAL_PASSWORD,
        "make an application-specific password in the account's security settings (https://accounts.zoho.com) and "
        "use that"},
    {HOSTS("fastmail.com"), STREAM_REFUSAL_APP,
        "make an app password in the account's settings (Privacy & Security) and use that in place of the "
        "account's password"},
    {HOSTS("web.de", "gmx.net", "gmx.com", "gmx.de"), STREAM_REFUSAL_PASSWORD, NULL},
};

/* The host itself or one below the name. */
static bool belongs(const char *host, const char *name)
{
    size_t len = strlen(host), n = strlen(name);
    return len >= n && text_equal_nocase(host + len - n, name) && (len == n || host[len - n - 1] == '.');
}

static const struct provider *provider_of(const char *host)
{
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        for (const char *const *name = providers[i].hosts; *name; name++)
            if (belongs(host, *name))
                return &providers[i];
    return NULL;
}

enum stream_refusal stream_refusal_of(const char *refusal, const char *host)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (text_find_nocase(refusal, rows[i].words) &&
            (!rows[i].also || text_find_nocase(refusal, rows[i].also)))
            return rows[i].why;
    const struct provider *p = provider_of(host);
    return p ? p->silent : STREAM_REFUSAL_PASSWORD;
}

/* ---- advice ---- */
static const char *of_protocol(enum stream_protocol protocol, const char *pop3, const char *imap)
{
    return protocol == STREAM_POP3 ? pop3 : imap;
}

static const char *app_password(const char *host)
{
    const struct provider *p = provider_of(host);
    return p && p->app
               ? p->app
               : "make an app password (a password for programs) in the account's security settings and use "
                 "that in place of the account's own";
}

static const char *password(enum stream_protocol protocol, const char *host)
{
    if (belongs(host, "web.de") || belongs(host, "gmx.net"))
        return "check user name and password; this host also refuses so when POP3 and IMAP are not switched on in "
               "the mailbox's settings, and when it was asked again within 15 minutes: wait that long, then once more";
    return of_protocol(protocol,
        "check user name and password (some hosts want an app password, or access by POP3 switched on in the "
        "account's settings)",
        "check user name and password (some hosts want an app password, or access by IMAP switched on in the "
        "account's settings)");
}

const char *stream_refusal_advice(enum stream_refusal why, enum stream_protocol protocol, const char *host)
{
    switch (why) {
    case STREAM_REFUSAL_BASIC:
        return "sign-in by password (basic authentication) is switched off there: this server wants OAuth 2.0, see "
               "\"popferry login\" and --from-oauth, --to-oauth";
    case STREAM_REFUSAL_APP:
        return app_password(host);
    case STREAM_REFUSAL_TWO_STEP:
        return "two-step verification is on for this account: a program needs an app password, made in the account's "
               "security settings, or OAuth 2.0 (--from-oauth, --to-oauth)";
    case STREAM_REFUSAL_BROWSER:
        return "the owner must sign in once with a web browser and answer what the provider asks there, then again "
               "here";
    case STREAM_REFUSAL_EXPIRED:
        return "the password has expired: set a new one at the provider and use that";
    case STREAM_REFUSAL_LOCKED:
        return "the account is locked or disabled: its administrator or the provider must release it";
    case STREAM_REFUSAL_OFF:
        return of_protocol(protocol,
            "access by POP3 is switched off for this account: switch it on in its settings, or ask the "
            "administrator",
            "access by IMAP is switched off for this account: switch it on in its settings, or ask the "
            "administrator");
    case STREAM_REFUSAL_OFTEN:
        return "too many sign-ins: wait for some 15 minutes before the next one, and check the password before";
    case STREAM_REFUSAL_TLS:
        return "use implicit TLS or STARTTLS";
    case STREAM_REFUSAL_PASSWORD:
        break;
    }
    return password(protocol, host);
}
