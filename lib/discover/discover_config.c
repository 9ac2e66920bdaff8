#include "discover_config.h"

#include "mem.h"
#include "text.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No network, no notes on standard error; neither the replacement of entities nor the loading of a document
 * type is asked for, and on_doctype ends the parser before either could matter. */
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA)

/* libxml2 2.12 made the error of its handlers const. */
#if LIBXML_VERSION >= 21200
#define XML_ERROR const xmlError *
#else
#define XML_ERROR xmlError *
#endif

static int broken(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int broken(struct error *err, const char *fmt, ...)
{
    char words[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL, "%s", words);
}

/* ---- the text before libxml2 sees it ---- */
static int check_octets(const char *text, size_t len, struct error *err)
{
    if (len > DISCOVER_CONFIG_MAX)
        return broken(err, "the file is larger than %d KiB", DISCOVER_CONFIG_MAX / 1024);
    if (!len || memchr(text, '\0', len))
        return broken(err, len ? "the file is no text in UTF-8 (it holds NUL)" : "the file is empty");
    for (size_t i = 0, n; i < len; i += n) {
        n = text_utf8_len(text + i, len - i);
        if (!n)
            return broken(err, "the file is not in UTF-8");
    }
    return 0;
}

/* libxml2 would believe what the XML declaration says, and convert. */
static int check_encoding(const xmlDoc *doc, struct error *err)
{
    const char *said = (const char *)doc->encoding;
    if (!said || text_equal_nocase(said, "UTF-8") || text_equal_nocase(said, "US-ASCII"))
        return 0;
    return broken(err, "the file says that it is in %.40s; only UTF-8 is taken", said);
}

/* ---- parsing ---- */
struct finding {
    bool doctype;
    int line;
    char words[160];
};

static void on_parse_error(void *ctx, XML_ERROR e)
{
    struct finding *f = ((const xmlParserCtxt *)ctx)->_private;
    if (e->level <= XML_ERR_WARNING || f->words[0])
        return;
    const char *said = e->message ? e->message : "?";
    text_clean(f->words, sizeof f->words, said, strcspn(said, "\n"));
    f->line = e->line;
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
    (void)name;
    (void)external_id;
    (void)system_id;
    xmlParserCtxt *ctxt = ctx;
    ((struct finding *)ctxt->_private)->doctype = true;
    xmlStopParser(ctxt);
}

static pthread_once_t parser_once = PTHREAD_ONCE_INIT;

static xmlDoc *parse(const char *text, size_t len, struct error *err)
{
    struct finding f = {0};
    pthread_once(&parser_once, xmlInitParser);
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    if (!ctxt)
        abort(); /* out of memory, as everywhere */
    ctxt->_private = &f;
    ctxt->sax->serror = on_parse_error;
    ctxt->sax->internalSubset = on_doctype;
    xmlDoc *doc = xmlCtxtReadMemory(ctxt, text, (int)len, NULL, NULL, PARSE_OPTIONS);
    xmlFreeParserCtxt(ctxt);
    if (f.doctype)
        broken(err, "the file has a document type (<!DOCTYPE ...>), which such a file must not have");
    else if (!doc || !xmlDocGetRootElement(doc))
        broken(err, "not well-formed XML, line %d: %s", f.line, f.words[0] ? f.words : "no element");
    if (doc && !f.doctype && xmlDocGetRootElement(doc) && check_encoding(doc, err) == 0)
        return doc;
    xmlFreeDoc(doc);
    return NULL;
}

static void doc_free(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
}

/* ---- the tree; names without regard to namespaces ---- */
static bool is_element(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && !strcmp((const char *)node->name, name);
}

static xmlNode *element_from(xmlNode *node, const char *name)
{
    while (node && !is_element(node, name))
        node = node->next;
    return node;
}

static char *trimmed(xmlChar *raw)
{
    const char *s = raw ? (const char *)raw : "";
    s += strspn(s, " \t\r\n");
    size_t len = strlen(s);
    while (len && strchr(" \t\r\n", s[len - 1]))
        len--;
    char *out = mem_strndup(s, len);
    xmlFree(raw);
    return out;
}

/* The text of a child, "" without it. Caller frees. */
static char *child_text(const xmlNode *parent, const char *name)
{
    xmlNode *child = element_from(parent->children, name);
    return trimmed(child ? xmlNodeGetContent(child) : NULL);
}

/* ---- values ---- */
static bool text_is_fine(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            return false;
    return true;
}

static const char *placeholder(const char *at, const struct discover_address *who, size_t *ret_len)
{
    const struct {
        const char *name, *value;
    } table[] = {
        {"%EMAILADDRESS%", who->whole},
        {"%EMAILLOCALPART%", who->local},
        {"%EMAILDOMAIN%", who->domain},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        *ret_len = strlen(table[i].name);
        if (!strncmp(at, table[i].name, *ret_len))
            return table[i].value;
    }
    /* A misprint that the ISPDB has had for years. */
    *ret_len = strlen("%EMAILADDRESS");
    return !strcmp(at, "%EMAILADDRESS") ? who->whole : NULL;
}

/* False if it does not fit, or names a placeholder that is not known. */
static bool expand(char *dst, size_t cap, const char *pattern, const struct discover_address *who)
{
    size_t used = 0, step;
    for (const char *p = pattern; *p; p += step) {
        const char *value = p;
        size_t len = step = 1;
        if (*p == '%') {
            value = placeholder(p, who, &step);
            if (!value)
                return false;
            len = strlen(value);
        }
        if (used + len >= cap)
            return false;
        memcpy(dst + used, value, len);
        used += len;
    }
    dst[used] = '\0';
    return text_is_fine(dst);
}

/* ---- a server ---- */
static bool read_security(const xmlNode *node, enum stream_security *ret)
{
    CLEANUP(mem_free_str) char *type = child_text(node, "socketType");
    if (text_equal_nocase(type, "SSL") || text_equal_nocase(type, "TLS"))
        *ret = STREAM_TLS_IMPLICIT;
    else if (text_equal_nocase(type, "STARTTLS"))
        *ret = STREAM_TLS_STARTTLS;
    else if (text_equal_nocase(type, "plain"))
        *ret = STREAM_PLAINTEXT;
    else
        return false;
    return true;
}

static bool read_port(const xmlNode *node, struct discover_server *s)
{
    CLEANUP(mem_free_str) char *text = child_text(node, "port");
    bool tls = s->security == STREAM_TLS_IMPLICIT, pop3 = s->protocol == STREAM_POP3;
    unsigned long long port = pop3 ? (tls ? 995 : 110) : (tls ? 993 : 143);
    if (*text && (!text_parse_u64(text, strlen(text), &port) || port < 1 || port > 65535))
        return false;
    s->port = (uint16_t)port;
    return true;
}

static bool read_user(const xmlNode *node, const struct discover_address *who, struct discover_server *s)
{
    CLEANUP(mem_free_str) char *pattern = child_text(node, "username");
    s->user_told = *pattern != '\0';
    return expand(s->user, sizeof s->user, s->user_told ? pattern : "%EMAILADDRESS%", who);
}

static unsigned auth_flag(const char *name)
{
    static const struct {
        const char *name;
        unsigned flag;
    } table[] = {
        {"password-cleartext", DISCOVER_AUTH_PASSWORD},
        {"plain", DISCOVER_AUTH_PASSWORD}, /* older files */
        {"password-encrypted", DISCOVER_AUTH_ENCRYPTED},
        {"secure", DISCOVER_AUTH_ENCRYPTED},
        {"OAuth2", DISCOVER_AUTH_OAUTH2},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (text_equal_nocase(name, table[i].name))
            return table[i].flag;
    return DISCOVER_AUTH_OTHER;
}

static void read_auth(const xmlNode *node, struct discover_server *s)
{
    for (xmlNode *n = element_from(node->children, "authentication"); n;
         n = element_from(n->next, "authentication")) {
        CLEANUP(mem_free_str) char *name = trimmed(xmlNodeGetContent(n));
        if (*name)
            s->auth |= auth_flag(name);
    }
}

/* NULL, or what is wrong. */
static const char *read_server(
    const xmlNode *node, const struct discover_address *who, struct discover_server *s)
{
    CLEANUP(mem_free_str) char *pattern = child_text(node, "hostname");
    char host[DISCOVER_HOST_MAX];
    bool named =
        expand(host, sizeof host, pattern, who) &&
        (who->own_settings ? discover_host_take_own(s->host, host) : discover_host_take(s->host, host));
    if (!named)
        return "its host is no public host name";
    if (!read_security(node, &s->security))
        return "its socketType is none of SSL, STARTTLS, plain";
    if (!read_port(node, s))
        return "its port is no number from 1 to 65535";
    if (!read_user(node, who, s))
        return "its username has placeholders that are not known, or is too long";
    read_auth(node, s);
    return NULL;
}

static void leave_out(struct discover_config *c, const char *protocol, const char *why)
{
    size_t used = strlen(c->left_out);
    int n = snprintf(c->left_out + used, sizeof c->left_out - used, "%sa section for %s is left out: %s",
        used ? "; " : "", protocol, why);
    if (n < 0 || (size_t)n >= sizeof c->left_out - used)
        c->left_out[used] = '\0';
}

static void take_server(const xmlNode *node, const struct discover_address *who, struct discover_config *c)
{
    CLEANUP(mem_free_str) char *type = trimmed(xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)"type"));
    bool pop3 = text_equal_nocase(type, "pop3");
    if ((!pop3 && !text_equal_nocase(type, "imap")) || c->count == DISCOVER_CONFIG_SERVERS)
        return;
    struct discover_server s = {.protocol = pop3 ? STREAM_POP3 : STREAM_IMAP};
    const char *why = read_server(node, who, &s);
    if (why)
        leave_out(c, pop3 ? "POP3" : "IMAP", why);
    else
        c->servers[c->count++] = s;
}

static void take_provider(const xmlNode *node, const struct discover_address *who, struct discover_config *c)
{
    CLEANUP(mem_free_str) char *name = child_text(node, "displayName");
    if (!c->name[0])
        text_clean(c->name, sizeof c->name, name, strlen(name));
    for (xmlNode *n = element_from(node->children, "incomingServer"); n;
         n = element_from(n->next, "incomingServer"))
        take_server(n, who, c);
}

int discover_config_read(const char *text, size_t len, const struct discover_address *who,
    struct discover_config *ret, struct error *err)
{
    if (check_octets(text, len, err) < 0)
        return -1;
    xmlDoc *doc CLEANUP(doc_free) = parse(text, len, err);
    if (!doc)
        return -1;
    xmlNode *root = xmlDocGetRootElement(doc);
    if (!is_element(root, "clientConfig"))
        return broken(err, "no file of mail server settings: it begins with <%.40s>, not with <clientConfig>",
            (const char *)root->name);
    struct discover_config c = {0};
    for (xmlNode *n = element_from(root->children, "emailProvider"); n;
         n = element_from(n->next, "emailProvider"))
        take_provider(n, who, &c);
    *ret = c;
    return 0;
}

const char *discover_auth_words(char dst[64], unsigned auth)
{
    static const char *const words[] = {"password", "hashed password", "OAuth 2.0", "other"};
    dst[0] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (auth & 1u << i) {
            size_t used = strlen(dst);
            snprintf(dst + used, 64 - used, "%s%s", used ? ", " : "", words[i]);
        }
    return dst;
}
