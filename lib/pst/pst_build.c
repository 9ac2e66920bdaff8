#include "pst_build.h"

#include "mem.h"
#include "pst_field.h"
#include "pst_mime.h"
#include "pst_rtf.h"
#include "pst_text.h"
#include "sha256.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define SLACK           1024u /* octets that a table may count for an attachment beside its properties */
#define FLAG_ATTACHED   0x10u
#define NAME_MAX_OCTETS 250

struct builder {
    struct pst_message *m;
    const char *charset; /* asked for; NULL */
    char seed[SHA256_HEX];
    unsigned boundaries;
    size_t from; /* of the text that is in no piece yet */
};

/* Which fields a header has. */
struct fields {
    bool any, from, to, bcc, date, subject, message_id, version;
    char *type; /* Content-Type, all its lines */
};

/* ---- pieces ---- */
static struct buf *out(struct builder *b)
{
    return &b->m->text;
}

static void add_piece(struct builder *b, const struct pst_piece *piece)
{
    struct pst_message *m = b->m;
    if (m->count % 16 == 0)
        m->pieces = mem_grow(m->pieces, m->count + 16, sizeof *m->pieces);
    m->pieces[m->count++] = *piece;
}

static void end_text(struct builder *b)
{
    size_t len = buf_len(out(b)) - b->from;
    if (len)
        add_piece(b, &(struct pst_piece){.at = b->from, .len = len});
    b->from = buf_len(out(b));
}

static void add_data(struct builder *b, const struct pst_attachment *a, bool encoded)
{
    end_text(b);
    if (a->octets)
        add_piece(b, &(struct pst_piece){.data = a, .encoded = encoded});
}

static void lacks(struct builder *b, char *words)
{
    if (!b->m->lacks)
        b->m->lacks = words;
    else
        free(words);
}

void pst_message_done(struct pst_message *m)
{
    buf_done(&m->text);
    free(m->pieces);
    free(m->lacks);
    *m = (struct pst_message){0};
}

/* ---- boundaries ---- */
/* What makes the item what it is; not whether it was read or answered. */
static void seed(const struct pst_item *item, char ret[SHA256_HEX])
{
    static const enum pst_tag tags[] = {PST_MESSAGE_CLASS, PST_SUBJECT, PST_SUBMIT_TIME, PST_DELIVERY_TIME,
        PST_SENDER_ADDRESS, PST_HEADERS, PST_BODY, PST_HTML, PST_RTF, PST_MESSAGE_ID};
    struct sha256 *h = sha256_new();
    uint8_t digest[SHA256_OCTETS];
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const struct pst_prop *p = pst_props_find(&item->props, tags[i]);
        char head[8] = {(char)(tags[i] & 0xff), (char)(tags[i] >> 8)};
        for (int n = 0; p && n < 4; n++)
            head[4 + n] = (char)(p->len >> 8 * n);
        sha256_update(h, head, sizeof head);
        if (p)
            sha256_update(h, p->data, p->len);
    }
    sha256_final(h, digest);
    sha256_free(h);
    sha256_hex(digest, ret);
}

/* No line of base64 or quoted-printable begins so. */
static char *begin_multipart(struct builder *b, const char *subtype, bool eight_bit)
{
    char *boundary = mem_printf("=_pst%d_%.24s_%u", PST_BUILD_VERSION, b->seed, ++b->boundaries);
    buf_printf(out(b), "Content-Type: multipart/%s;\r\n boundary=\"%s\"\r\n", subtype, boundary);
    if (eight_bit)
        buf_append_str(out(b), "Content-Transfer-Encoding: 8bit\r\n");
    buf_printf(out(b), "\r\n--%s\r\n", boundary);
    return boundary;
}

static void next_part(struct builder *b, const char *boundary)
{
    buf_printf(out(b), "\r\n--%s\r\n", boundary);
}

static void end_multipart(struct builder *b, const char *boundary)
{
    buf_printf(out(b), "\r\n--%s--\r\n", boundary);
}

/* ---- the header as received ---- */
static bool is_field(const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    if (!colon || colon == line)
        return false;
    for (const char *c = line; c < colon; c++)
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7f)
            return false;
    return true;
}

static bool named(const char *line, const char *name)
{
    return text_has_prefix_nocase(line, name) && line[strlen(name)] == ':';
}

static bool is_mime(const char *line)
{
    return named(line, "Content-Type") || named(line, "MIME-Version") ||
           named(line, "Content-Transfer-Encoding");
}

static void note_field(struct fields *f, const char *line)
{
    f->any = true;
    f->from = f->from || named(line, "From");
    f->to = f->to || named(line, "To") || named(line, "Cc");
    f->bcc = f->bcc || named(line, "Bcc");
    f->date = f->date || named(line, "Date");
    f->subject = f->subject || named(line, "Subject");
    f->message_id = f->message_id || named(line, "Message-ID");
    f->version = f->version || named(line, "MIME-Version");
}

/* All of the header but what tells of its body's form; that, the type, is kept aside. */
static void copy_header(const char *text, struct buf *dst, struct fields *f)
{
    struct buf type CLEANUP(buf_done) = {0};
    bool left_out = false, of_type = false;
    for (const char *line = text, *next; *line; line = next) {
        size_t len = strcspn(line, "\n");
        next = line + len + (line[len] == '\n');
        while (len && line[len - 1] == '\r')
            len--;
        if (!len && f->any)
            break;
        bool more = *line == ' ' || *line == '\t', field = is_field(line, len);
        if (!f->any && !field)
            continue; /* "Microsoft Mail Internet Headers Version 2.0" */
        if (!more) {
            left_out = field && is_mime(line);
            of_type = field && named(line, "Content-Type") && !buf_len(&type);
            if (field)
                note_field(f, line);
        }
        if (left_out && of_type)
            buf_append(&type, line, len), buf_append_str(&type, "\r\n");
        if (left_out)
            continue;
        buf_append(dst, line, len);
        buf_append_str(dst, "\r\n");
    }
    if (buf_len(&type))
        f->type = buf_strdup(&type);
}

/* ---- the header from properties ---- */
static const char *charset_for(const struct builder *b, const struct pst_item *item)
{
    return b->charset ? b->charset : pst_text_charset_of(&item->props);
}

static char *line_of(const struct builder *b, const struct pst_item *item, enum pst_tag tag)
{
    return pst_text_line(&item->props, tag, charset_for(b, item));
}

struct person {
    char *name, *address;
};

static void person_done(struct person *p)
{
    free(p->name);
    free(p->address);
}

static struct person person_of(const struct pst_props *p, const char *charset, enum pst_tag name,
    enum pst_tag type, enum pst_tag address, enum pst_tag smtp)
{
    struct person who = {.name = pst_text_line(p, name, charset), .address = pst_text_line(p, smtp, charset)};
    char *kind CLEANUP(mem_free_str) = pst_text_line(p, type, charset);
    if (!pst_field_is_address(who.address)) {
        free(who.address);
        who.address = kind && text_equal_nocase(kind, "EX") ? NULL : pst_text_line(p, address, charset);
    }
    if (who.address && !pst_field_is_address(who.address) && who.name) {
        free(who.address);
        who.address = NULL;
    }
    return who;
}

static bool is_nobody(const struct person *p)
{
    return !p->name && !p->address;
}

static void put_person(struct builder *b, const char *field, const struct person *p)
{
    struct pst_field_list list = {.name = field};
    pst_field_address(out(b), &list, p->name, p->address);
    pst_field_end(out(b), &list);
}

static void put_from(struct builder *b, const struct pst_item *item)
{
    const char *charset = charset_for(b, item);
    struct person from CLEANUP(person_done) = person_of(
        &item->props, charset, PST_SENT_NAME, PST_SENT_ADDRESS_TYPE, PST_SENT_ADDRESS, PST_SENT_SMTP);
    struct person sender CLEANUP(person_done) = person_of(
        &item->props, charset, PST_SENDER_NAME, PST_SENDER_ADDRESS_TYPE, PST_SENDER_ADDRESS, PST_SENDER_SMTP);
    put_person(b, "From", is_nobody(&from) ? &sender : &from);
    if (from.address && sender.address && !text_equal_nocase(from.address, sender.address))
        put_person(b, "Sender", &sender);
}

/* Those of a list like "A; B", which is all that is known of them. */
static void put_names(struct builder *b, struct pst_field_list *list, const char *names)
{
    for (const char *at = names; *at;) {
        size_t len = strcspn(at, ";"), skip = strspn(at, " ");
        char *name CLEANUP(mem_free_str) = skip < len ? mem_strndup(at + skip, len - skip) : NULL;
        pst_field_address(out(b), list, name, NULL);
        at += len + (at[len] == ';');
    }
}

static void put_recipients(
    struct builder *b, const struct pst_item *item, const char *field, unsigned type, enum pst_tag names)
{
    const char *charset = charset_for(b, item);
    struct pst_field_list list = {.name = field};
    for (size_t i = 0; i < item->recipient_count; i++) {
        const struct pst_props *p = &item->recipients[i];
        if ((pst_props_number(p, PST_RECIPIENT_TYPE, 1) & 0xf) != type)
            continue;
        struct person who CLEANUP(person_done) =
            person_of(p, charset, PST_DISPLAY_NAME, PST_ADDRESS_TYPE, PST_ADDRESS, PST_SMTP_ADDRESS);
        pst_field_address(out(b), &list, who.name, who.address);
    }
    char *shown CLEANUP(mem_free_str) = item->recipient_count ? NULL : line_of(b, item, names);
    if (shown)
        put_names(b, &list, shown);
    pst_field_end(out(b), &list);
}

static void put_subject(struct builder *b, const struct pst_item *item)
{
    char *whole CLEANUP(mem_free_str) = pst_text_dup(&item->props, PST_SUBJECT, charset_for(b, item));
    if (whole && *whole == '\x01' && whole[1]) { /* how long its prefix is ("Re: ") */
        struct pst_prop copy = {.tag = PST_SUBJECT, .type = PST_TYPE_STRING8, .data = whole + 2};
        copy.len = (uint32_t)strlen(copy.data);
        char *line CLEANUP(mem_free_str) =
            pst_text_line(&(struct pst_props){.all = &copy, .count = 1}, PST_SUBJECT, "UTF-8");
        if (line)
            pst_field_text(out(b), "Subject", line);
        return;
    }
    char *line CLEANUP(mem_free_str) = line_of(b, item, PST_SUBJECT);
    if (line)
        pst_field_text(out(b), "Subject", line);
}

static void put_date(struct builder *b, const struct pst_item *item)
{
    static const enum pst_tag tags[] = {PST_SUBMIT_TIME, PST_DELIVERY_TIME, PST_CREATED};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        int64_t s = pst_props_time(&item->props, tags[i]);
        if (s == INT64_MIN)
            continue;
        pst_field_date(out(b), s);
        return;
    }
}

static void put_plain(struct builder *b, const struct pst_item *item, const char *field, enum pst_tag tag)
{
    char *line CLEANUP(mem_free_str) = line_of(b, item, tag);
    if (line)
        pst_field_plain(out(b), field, line);
}

static void put_message_id(struct builder *b, const struct pst_item *item)
{
    char *id CLEANUP(mem_free_str) = line_of(b, item, PST_MESSAGE_ID);
    if (!id || strchr(id, ' '))
        return;
    char *whole CLEANUP(mem_free_str) = *id == '<' ? mem_strdup(id) : mem_printf("<%s>", id);
    pst_field_plain(out(b), "Message-ID", whole);
}

static void put_header(struct builder *b, const struct pst_item *item)
{
    static const char *const sensitivity[] = {NULL, "Personal", "Private", "Company-Confidential"};
    uint32_t sensitive = pst_props_number(&item->props, PST_SENSITIVITY, 0);
    uint32_t importance = pst_props_number(&item->props, PST_IMPORTANCE, 1);
    put_from(b, item);
    put_recipients(b, item, "To", 1, PST_DISPLAY_TO);
    put_recipients(b, item, "Cc", 2, PST_DISPLAY_CC);
    put_recipients(b, item, "Bcc", 3, PST_DISPLAY_BCC);
    put_subject(b, item);
    put_date(b, item);
    put_message_id(b, item);
    put_plain(b, item, "In-Reply-To", PST_IN_REPLY_TO);
    put_plain(b, item, "References", PST_REFERENCES);
    if (importance == 0 || importance == 2)
        pst_field_plain(out(b), "Importance", importance ? "high" : "low");
    if (sensitive && sensitive < sizeof sensitivity / sizeof *sensitivity)
        pst_field_plain(out(b), "Sensitivity", sensitivity[sensitive]);
}

/* What a header as received lacks and the item has. */
static void put_missing(struct builder *b, const struct pst_item *item, const struct fields *f)
{
    if (!f->from)
        put_from(b, item);
    if (!f->to) {
        put_recipients(b, item, "To", 1, PST_DISPLAY_TO);
        put_recipients(b, item, "Cc", 2, PST_DISPLAY_CC);
    }
    if (!f->bcc)
        put_recipients(b, item, "Bcc", 3, PST_DISPLAY_BCC);
    if (!f->subject)
        put_subject(b, item);
    if (!f->date)
        put_date(b, item);
    if (!f->message_id)
        put_message_id(b, item);
}

/* ---- bodies ---- */
struct body {
    char *plain; /* UTF-8; NULL: none */
    struct buf html, rtf;
    const char *html_charset;
    bool has_html, has_rtf; /* has_rtf: to be attached */
};

static void body_done(struct body *t)
{
    free(t->plain);
    buf_done(&t->html);
    buf_done(&t->rtf);
}

static void take_html(struct builder *b, const struct pst_item *item, struct body *t)
{
    const struct pst_prop *p = pst_props_find(&item->props, PST_HTML);
    if (!p || !p->len)
        return;
    t->has_html = true;
    if (p->type == PST_TYPE_BINARY || p->type == PST_TYPE_STRING8) {
        buf_append(&t->html, p->data, p->len);
        t->html_charset =
            pst_mime_charset(pst_props_number(&item->props, PST_INTERNET_CODEPAGE, 0), p->data, p->len);
        return;
    }
    char *text CLEANUP(mem_free_str) = pst_text_dup(&item->props, PST_HTML, charset_for(b, item));
    buf_append_str(&t->html, text_or_empty(text));
    t->html_charset = "utf-8";
}

static void take_rtf(struct builder *b, const struct pst_item *item, struct body *t)
{
    const struct pst_prop *p = pst_props_find(&item->props, PST_RTF);
    if (!p || !p->len || t->has_html)
        return;
    if (!pst_rtf_unpack(p->data, p->len, &t->rtf)) {
        if (!t->plain)
            lacks(b, mem_strdup("its text (RTF) is damaged"));
        return;
    }
    struct buf text CLEANUP(buf_done) = {0};
    enum pst_rtf kind = pst_rtf_kind(buf_bytes(&t->rtf), buf_len(&t->rtf));
    bool original = pst_rtf_original(buf_bytes(&t->rtf), buf_len(&t->rtf), &text);
    if (original && kind == PST_RTF_HTML) {
        buf_append(&t->html, buf_bytes(&text), buf_len(&text));
        t->html_charset = "utf-8";
        t->has_html = true;
    } else if (original && !t->plain) {
        t->plain = buf_strdup(&text);
    } else if (!original) {
        t->has_rtf = true;
        b->m->rtf = true;
    }
}

static struct body take_body(struct builder *b, const struct pst_item *item)
{
    static const enum pst_tag tags[] = {PST_BODY, PST_HTML, PST_HEADERS, PST_SUBJECT};
    struct body t = {.plain = pst_text_dup(&item->props, PST_BODY, charset_for(b, item))};
    take_html(b, item, &t);
    take_rtf(b, item, &t);
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (pst_props_lost(&item->props, tags[i]))
            lacks(b, mem_printf("its %s cannot be read", tags[i] == PST_HEADERS   ? "header"
                                                         : tags[i] == PST_SUBJECT ? "subject"
                                                                                  : "text"));
    if (pst_props_lost(&item->props, PST_RTF) && !t.plain && !t.has_html)
        lacks(b, mem_strdup("its text cannot be read"));
    return t;
}

static void put_plain_part(struct builder *b, const struct body *t)
{
    pst_mime_text(out(b), "plain", "utf-8", text_or_empty(t->plain), strlen(text_or_empty(t->plain)));
}

static void put_html_part(struct builder *b, const struct body *t)
{
    pst_mime_text(out(b), "html", t->html_charset, buf_bytes(&t->html), buf_len(&t->html));
}

static void put_texts(struct builder *b, const struct body *t)
{
    if (!t->has_html || !t->plain || !*t->plain) {
        if (t->has_html)
            put_html_part(b, t);
        else
            put_plain_part(b, t);
        return;
    }
    char *boundary CLEANUP(mem_free_str) = begin_multipart(b, "alternative", false);
    put_plain_part(b, t);
    next_part(b, boundary);
    put_html_part(b, t);
    end_multipart(b, boundary);
}

/* ---- attachments ---- */
static char *name_of(const struct builder *b, const struct pst_item *item, const struct pst_attachment *a)
{
    static const enum pst_tag tags[] = {PST_ATTACH_NAME, PST_ATTACH_SHORT_NAME, PST_DISPLAY_NAME};
    char *name = NULL;
    for (size_t i = 0; i < sizeof tags / sizeof *tags && !name; i++)
        name = pst_text_line(&a->props, tags[i], charset_for(b, item));
    if (!name && a->item)
        name = pst_text_line(&a->item->props, PST_SUBJECT, charset_for(b, a->item));
    if (!name)
        return NULL;
    const char *base = name;
    for (const char *c = name; *c; c++)
        if ((*c == '/' || *c == '\\') && c[1])
            base = c + 1;
    size_t len = strlen(base);
    while (len > NAME_MAX_OCTETS || (len < strlen(base) && (base[len] & 0xc0) == 0x80))
        len--;
    char *kept = a->item && !text_has_suffix_nocase(base, ".eml") ? mem_printf("%.*s.eml", (int)len, base)
                                                                  : mem_strndup(base, len);
    free(name);
    return kept;
}

/* What the table says of it against what is there; false: it is not whole, and that is told. */
static bool is_whole(struct builder *b, const struct pst_item *item, const struct pst_attachment *a)
{
    char *name CLEANUP(mem_free_str) = name_of(b, item, a);
    const char *shown = name ? name : "without a name";
    uint32_t size = pst_props_number(&a->props, PST_ATTACH_SIZE, 0);
    if (a->kind == PST_ATTACHED_REFERENCE)
        lacks(b, mem_printf("its attachment \"%s\" is only a reference to a file elsewhere", shown));
    else if (a->kind == PST_ATTACHED_LOST)
        lacks(b, mem_printf("its attachment \"%s\" cannot be read", shown));
    else if (a->kind == PST_ATTACHED_ITEM && !a->item)
        lacks(b, mem_printf("its attachment \"%s\" is a message that lies too deep", shown));
    else if (a->kind == PST_ATTACHED_DATA && size > a->others + SLACK && a->octets < (size - a->others) / 2)
        lacks(b, mem_printf("its attachment \"%s\" has %llu octets where the store counts %lu", shown,
                     (unsigned long long)a->octets, (unsigned long)size));
    else
        return true;
    return false;
}

static bool is_token(const char *type)
{
    const char *slash = strchr(type, '/');
    if (!slash || slash == type || !slash[1] || strchr(slash + 1, '/') || strlen(type) > 100)
        return false;
    for (const char *c = type; *c; c++)
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7f || strchr("()<>@,;:\\\"[]?=", *c))
            return false;
    return true;
}

/* What is not data alone cannot go as base64 (RFC 2046 section 5.2.1). */
static const char *usable_type(const char *type)
{
    if (!type || !is_token(type) || text_has_prefix_nocase(type, "multipart/") ||
        text_has_prefix_nocase(type, "message/"))
        return "application/octet-stream";
    return type;
}

/* Its Content-ID without brackets, fit for a header; NULL: none. */
static char *content_id(const struct pst_attachment *a)
{
    char *id = pst_text_line(&a->props, PST_ATTACH_CONTENT_ID, NULL);
    size_t len = id ? strlen(id) : 0, at = 0;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)id[i] > 0x20 && (unsigned char)id[i] < 0x7f && id[i] != '<' && id[i] != '>')
            id[at++] = id[i];
    if (id)
        id[at] = '\0';
    if (at && at <= NAME_MAX_OCTETS)
        return id;
    free(id);
    return NULL;
}

static bool is_inline(const struct pst_attachment *a, const struct body *t)
{
    char *id CLEANUP(mem_free_str) = content_id(a);
    if (!id || !t->has_html || a->kind != PST_ATTACHED_DATA)
        return false;
    char *reference CLEANUP(mem_free_str) = mem_printf("cid:%s", id);
    return memmem(buf_bytes(&t->html), buf_len(&t->html), reference, strlen(reference)) != NULL;
}

static void put_disposition(struct builder *b, const char *kind, const char *name)
{
    buf_printf(out(b), "Content-Disposition: %s", kind);
    if (name)
        pst_field_parameter(out(b), "filename", name);
    buf_append_str(out(b), "\r\n");
}

static void put_message(struct builder *b, const struct pst_item *item, bool top);
static bool has_8bit(const struct pst_item *item);

static void put_attachment(
    struct builder *b, const struct pst_item *item, const struct pst_attachment *a, bool within)
{
    char *name CLEANUP(mem_free_str) = name_of(b, item, a);
    if (a->item) {
        buf_append_str(out(b), "Content-Type: message/rfc822\r\n");
        if (has_8bit(a->item))
            buf_append_str(out(b), "Content-Transfer-Encoding: 8bit\r\n");
        put_disposition(b, "attachment", name);
        buf_append_str(out(b), "\r\n");
        put_message(b, a->item, false);
        return;
    }
    char *type CLEANUP(mem_free_str) = pst_text_line(&a->props, PST_ATTACH_TYPE, NULL);
    char *id CLEANUP(mem_free_str) = content_id(a);
    buf_printf(out(b), "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n", usable_type(type));
    put_disposition(b, within ? "inline" : "attachment", name);
    if (id)
        buf_printf(out(b), "Content-ID: <%s>\r\n", id);
    buf_append_str(out(b), "\r\n");
    add_data(b, a, true);
}

static void put_rtf(struct builder *b, const struct body *t)
{
    buf_append_str(out(b), "Content-Type: application/rtf\r\nContent-Transfer-Encoding: base64\r\n");
    put_disposition(b, "attachment", "message.rtf");
    buf_append_str(out(b), "\r\n");
    pst_mime_base64(out(b), buf_bytes(&t->rtf), buf_len(&t->rtf));
}

/* The texts with what they show. */
static void put_related(struct builder *b, const struct pst_item *item, const struct body *t)
{
    bool any = false;
    for (size_t i = 0; i < item->attachment_count; i++)
        any = any || is_inline(&item->attachments[i], t);
    if (!any) {
        put_texts(b, t);
        return;
    }
    char *boundary CLEANUP(mem_free_str) = begin_multipart(b,
        t->plain && *t->plain ? "related; type=\"multipart/alternative\"" : "related; type=\"text/html\"",
        false);
    put_texts(b, t);
    for (size_t i = 0; i < item->attachment_count; i++)
        if (is_inline(&item->attachments[i], t)) {
            next_part(b, boundary);
            put_attachment(b, item, &item->attachments[i], true);
        }
    end_multipart(b, boundary);
}

static bool any_8bit_within(const struct pst_item *item)
{
    for (size_t i = 0; i < item->attachment_count; i++)
        if (item->attachments[i].item && has_8bit(item->attachments[i].item))
            return true;
    return false;
}

static void put_body(struct builder *b, const struct pst_item *item)
{
    struct body t CLEANUP(body_done) = take_body(b, item);
    size_t others = t.has_rtf;
    for (size_t i = 0; i < item->attachment_count; i++)
        others += is_whole(b, item, &item->attachments[i]) && !is_inline(&item->attachments[i], &t);
    if (!others) {
        put_related(b, item, &t);
        return;
    }
    char *boundary CLEANUP(mem_free_str) = begin_multipart(b, "mixed", any_8bit_within(item));
    put_related(b, item, &t);
    if (t.has_rtf) {
        next_part(b, boundary);
        put_rtf(b, &t);
    }
    for (size_t i = 0; i < item->attachment_count; i++) {
        const struct pst_attachment *a = &item->attachments[i];
        if (is_inline(a, &t) || (a->kind != PST_ATTACHED_DATA && !a->item))
            continue;
        next_part(b, boundary);
        put_attachment(b, item, a, false);
    }
    end_multipart(b, boundary);
}

/* ---- S/MIME: the body as it was (MS-OXOSMIME) ---- */
static const struct pst_attachment *only_data(const struct pst_item *item)
{
    if (item->attachment_count != 1 || item->attachments[0].kind != PST_ATTACHED_DATA ||
        !item->attachments[0].octets)
        return NULL;
    return &item->attachments[0];
}

static bool has_class(const struct pst_item *item, const char *class)
{
    char *own CLEANUP(mem_free_str) = pst_text_line(&item->props, PST_MESSAGE_CLASS, NULL);
    return own && text_has_prefix_nocase(own, class) && (!own[strlen(class)] || own[strlen(class)] == '.');
}

/* A clear-signed one is the whole entity with its own header, or its body alone. */
static bool put_signed(struct builder *b, const struct pst_item *item, const struct fields *f)
{
    const struct pst_attachment *a = only_data(item);
    const struct pst_prop *front = a ? pst_props_find(&a->props, PST_ATTACH_DATA) : NULL;
    if (!front || !has_class(item, "IPM.Note.SMIME.MultipartSigned"))
        return false;
    char *text CLEANUP(mem_free_str) = mem_strndup(front->data, front->len);
    struct fields inner = {0};
    struct buf rest CLEANUP(buf_done) = {0};
    copy_header(text, &rest, &inner);
    char *type CLEANUP(mem_free_str) = TAKE(inner.type);
    if (type && is_field(text, strcspn(text, "\r\n")) && !inner.from &&
        text_find_nocase(type, "multipart/signed")) {
        buf_append_str(out(b), inner.version ? "" : "MIME-Version: 1.0\r\n");
        add_data(b, a, false);
        return true;
    }
    if (!f->type || !text_find_nocase(f->type, "multipart/signed") || strncmp(text, "--", 2) != 0)
        return false;
    buf_printf(out(b), "MIME-Version: 1.0\r\n%s\r\n", f->type);
    add_data(b, a, false);
    return true;
}

/* One that is encrypted, or signed in one piece, is a blob. */
static bool put_opaque(struct builder *b, const struct pst_item *item, const struct fields *f)
{
    const struct pst_attachment *a = only_data(item);
    char *type CLEANUP(mem_free_str) = a ? pst_text_line(&a->props, PST_ATTACH_TYPE, NULL) : NULL;
    if (!type || !has_class(item, "IPM.Note.SMIME") || !text_find_nocase(type, "pkcs7-mime"))
        return false;
    buf_append_str(out(b), "MIME-Version: 1.0\r\n");
    if (f->type && text_find_nocase(f->type, "pkcs7-mime"))
        buf_append_str(out(b), f->type);
    else
        buf_printf(out(b), "Content-Type: %s; name=\"smime.p7m\"\r\n", usable_type(type));
    buf_append_str(out(b), "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n");
    add_data(b, a, true);
    return true;
}

/* ---- all of it ---- */
/* Does anything of it go with octets of 8 bits? Headers as received, and what was signed. */
static bool has_8bit(const struct pst_item *item)
{
    char *header CLEANUP(mem_free_str) = pst_text_dup(&item->props, PST_HEADERS, "UTF-8");
    for (const char *c = text_or_empty(header); *c; c++)
        if ((unsigned char)*c >= 0x80)
            return true;
    return has_class(item, "IPM.Note.SMIME.MultipartSigned") || any_8bit_within(item);
}

static void put_message(struct builder *b, const struct pst_item *item, bool top)
{
    char *header CLEANUP(mem_free_str) = pst_text_dup(&item->props, PST_HEADERS, charset_for(b, item));
    struct fields f = {0};
    if (header)
        copy_header(header, out(b), &f);
    char *type CLEANUP(mem_free_str) = TAKE(f.type);
    f.type = type;
    enum pst_class class = f.any ? PST_CLASS_B : PST_CLASS_C;
    if (f.any)
        put_missing(b, item, &f);
    else
        put_header(b, item);
    if (item->attachments_lost)
        lacks(b, mem_strdup("the table of its attachments cannot be read"));
    else if (!item->attachment_count &&
             (pst_props_number(&item->props, PST_MESSAGE_FLAGS, 0) & FLAG_ATTACHED))
        lacks(b, mem_strdup("it says that it has attachments, and there is none"));
    if (item->recipients_lost && !f.any)
        lacks(b, mem_strdup("the table of its recipients cannot be read"));
    if (put_signed(b, item, &f) || put_opaque(b, item, &f)) {
        class = PST_CLASS_A;
    } else {
        buf_append_str(out(b), "MIME-Version: 1.0\r\n");
        put_body(b, item);
    }
    if (top)
        b->m->class = class;
}

void pst_build(const struct pst_item *item, const char *charset, struct pst_message *ret)
{
    struct builder b = {.m = ret, .charset = charset};
    *ret = (struct pst_message){0};
    seed(item, b.seed);
    put_message(&b, item, true);
    end_text(&b);
}
