#include "mail_header.h"

#include "mail_blanks.h"
#include "mail_date.h"
#include "mail_field.h"
#include "mail_fields.h"
#include "mail_hash.h"
#include "mail_msgid.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define CHUNK     1024
#define FNV_PRIME 1099511628211u

enum place {
    AT_START, /* of a line */
    IN_NAME,
    IN_GAP,   /* blanks before the colon */
    IN_VALUE, /* of a field, a continuation or a line that is no field */
    IN_MBOX_FROM,
};

/* What the current line adds to: a field, or an odd line, with all its continuations. */
struct item {
    enum mail_field field;
    bool first; /* of its kind in this message */
    bool again; /* a Date after those that could not be read */
    bool wrote; /* something of it is in whole_header */
    struct mail_blanks blanks;
    uint64_t key_total;
    size_t key_len, raw_len;
    char key[MAIL_FIELD_MAX]; /* squeezed, the front of it */
    char raw[MAIL_FIELD_MAX]; /* unfolded, the front of it */
};

struct mail_header {
    struct mail_hash whole;
    struct mail_fields exact;
    struct sha256 *value;
    struct mail_facts facts;
    uint8_t digest[3][SHA256_OCTETS]; /* From, Date, Subject */
    uint64_t fields;
    bool seen[MAIL_FIELD_COUNT];
    bool internal_from, internal_subject;
    bool may_be_mbox_from;
    enum place place;
    size_t prefix_len, name_len;
    char prefix[MAIL_FIELD_PREFIX_MAX];
    struct item item;
};

static void start(struct mail_header *h)
{
    h->facts = (struct mail_facts){.date_s = MAIL_NO_DATE, .received_s = MAIL_NO_DATE};
    h->fields = 0;
    memset(h->seen, 0, sizeof h->seen);
    for (size_t i = 0; i < 3; i++)
        sha256_bytes("", 0, h->digest[i]);
    h->internal_from = h->internal_subject = false;
    h->may_be_mbox_from = true;
    h->place = AT_START;
    h->prefix_len = h->name_len = 0;
    h->item.field = MAIL_FIELD_NONE;
}

struct mail_header *mail_header_new(void)
{
    struct mail_header *h = mem_alloc(sizeof *h);
    mail_hash_init(&h->whole);
    mail_fields_init(&h->exact);
    h->value = sha256_new();
    start(h);
    return h;
}

void mail_header_free(struct mail_header *h)
{
    if (!h)
        return;
    mail_hash_done(&h->whole);
    mail_fields_done(&h->exact);
    sha256_free(h->value);
    mail_facts_done(&h->facts);
    free(h);
}

static char *raw_value(const struct item *it)
{
    size_t len = it->raw_len;
    while (len && (it->raw[len - 1] == ' ' || it->raw[len - 1] == '\t'))
        len--;
    return mem_strndup(it->raw, len);
}

/* What UW imapd and its relatives write: From: Mail System Internal Data <MAILER-DAEMON@host>. */
static bool is_internal_from(const struct item *it)
{
    static const char name[] = "Mail System Internal Data";
    size_t at = it->key_len && it->key[0] == '"', n = sizeof name - 1;
    return it->key_len >= at + n && !text_compare_nocase(it->key + at, n, name, n);
}

static bool is_internal_subject(const struct item *it)
{
    static const char subject[] = "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA";
    return !text_compare_nocase(it->key, it->key_len, subject, sizeof subject - 1);
}

static bool is_folder_internal(const struct mail_header *h)
{
    return h->internal_from + h->internal_subject + h->seen[MAIL_FIELD_X_IMAP] >= 2;
}

static void finish_first(struct mail_header *h, const uint8_t digest[SHA256_OCTETS])
{
    const struct item *it = &h->item;
    struct mail_facts *f = &h->facts;
    switch (it->field) {
    case MAIL_FIELD_MESSAGE_ID:
        f->message_id =
            mail_msgid_from_key(it->key, it->key_len, it->key_total > it->key_len ? digest : NULL);
        break;
    case MAIL_FIELD_FROM:
        f->from = raw_value(it);
        h->internal_from = is_internal_from(it);
        memcpy(h->digest[0], digest, SHA256_OCTETS);
        break;
    case MAIL_FIELD_DATE:
        f->date = raw_value(it);
        f->date_s = mail_date_parse(it->key, it->key_len);
        memcpy(h->digest[1], digest, SHA256_OCTETS);
        break;
    case MAIL_FIELD_SUBJECT:
        f->subject = raw_value(it);
        h->internal_subject = is_internal_subject(it);
        memcpy(h->digest[2], digest, SHA256_OCTETS);
        break;
    case MAIL_FIELD_RECEIVED:
        f->received_s = mail_date_received(it->key, it->key_len);
        break;
    default:
        mail_field_flags(it->field, it->key, it->key_len, &f->flags);
    }
}

static void finish_item(struct mail_header *h)
{
    struct item *it = &h->item;
    if (it->wrote)
        mail_hash_add(&h->whole, "\n", 1);
    if (it->first) {
        uint8_t digest[SHA256_OCTETS];
        sha256_final(h->value, digest);
        finish_first(h, digest);
    }
    if (it->again)
        h->facts.date_s = mail_date_parse(it->key, it->key_len);
    it->field = MAIL_FIELD_NONE;
    it->first = it->again = it->wrote = false;
}

static void begin_item(struct mail_header *h, enum mail_field field)
{
    struct item *it = &h->item;
    finish_item(h);
    it->field = field;
    it->first = mail_field_is_kept(field) && !h->seen[field];
    it->again = field == MAIL_FIELD_DATE && !it->first && h->facts.date_s == MAIL_NO_DATE;
    h->seen[field] = true;
    it->blanks = (struct mail_blanks){0};
    it->key_total = it->key_len = it->raw_len = 0;
}

static void begin_field(struct mail_header *h)
{
    char name[MAIL_FIELD_PREFIX_MAX];
    h->fields++;
    for (size_t i = 0; i < h->name_len; i++) {
        char c = h->prefix[i];
        name[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    begin_item(h, mail_field_of(name, h->name_len));
    mail_fields_begin(&h->exact, mail_servers_value(name, h->name_len), h->prefix, h->prefix_len);
    if (mail_field_travels(h->item.field)) {
        mail_hash_add(&h->whole, name, h->name_len);
        mail_hash_add(&h->whole, ":", 1);
        h->item.wrote = true;
    }
}

static void keep_raw(struct item *it, const char *text, size_t len)
{
    while (len && !it->raw_len && (*text == ' ' || *text == '\t')) {
        text++;
        len--;
    }
    size_t room = sizeof it->raw - it->raw_len;
    size_t n = len < room ? len : room;
    memcpy(it->raw + it->raw_len, text, n);
    it->raw_len += n;
}

static void keep_key(struct item *it, const char *text, size_t len)
{
    size_t room = sizeof it->key - it->key_len;
    size_t n = len < room ? len : room;
    memcpy(it->key + it->key_len, text, n);
    it->key_len += n;
    it->key_total += len;
}

static void value_chunk(struct mail_header *h, const char *text, size_t len)
{
    struct item *it = &h->item;
    char key[CHUNK + 1];
    size_t n = mail_blanks_squeeze(&it->blanks, text, len, key);
    if (!n)
        return;
    /* An odd line starts with the colon that no field name can be without letters before. */
    if (it->field == MAIL_FIELD_ODD && !it->wrote) {
        mail_hash_add(&h->whole, ":", 1);
        it->wrote = true;
    }
    if (it->wrote)
        mail_hash_add(&h->whole, key, n);
    if (it->first)
        sha256_update(h->value, key, n);
    if (it->first || it->again)
        keep_key(it, key, n);
}

static void value(struct mail_header *h, const char *text, size_t len)
{
    mail_fields_text(&h->exact, text, len);
    if (h->item.first)
        keep_raw(&h->item, text, len);
    if (!mail_field_travels(h->item.field) && !h->item.first) /* a Date travels */
        return;
    while (len) {
        size_t n = len < CHUNK ? len : CHUNK;
        value_chunk(h, text, n);
        text += n;
        len -= n;
    }
}

static void odd_line(struct mail_header *h)
{
    h->facts.odd_header_lines++;
    begin_item(h, MAIL_FIELD_ODD);
    mail_fields_begin(&h->exact, MAIL_SERVERS_NOT, "", 0);
    value(h, h->prefix, h->prefix_len);
    h->place = IN_VALUE;
}

static void continuation(struct mail_header *h, const char *first)
{
    if (h->item.field == MAIL_FIELD_NONE)
        odd_line(h);
    value(h, first, 1);
    h->place = IN_VALUE;
}

/* "From " at the very start, and not an obsolete "From :". */
static bool is_mbox_from(const struct mail_header *h)
{
    return h->may_be_mbox_from && h->prefix_len >= 5 && !memcmp(h->prefix, "From ", 5);
}

static void no_field(struct mail_header *h)
{
    if (is_mbox_from(h)) {
        h->facts.mbox_from_line = true;
        h->place = IN_MBOX_FROM;
    } else {
        odd_line(h);
    }
}

static bool is_name_octet(unsigned char c)
{
    return c > ' ' && c != 0x7f;
}

static void in_prefix(struct mail_header *h, char c)
{
    bool blank = c == ' ' || c == '\t';
    if (h->prefix_len == MAIL_FIELD_PREFIX_MAX || (h->place == IN_GAP && c != ':' && !blank)) {
        no_field(h);
        if (h->place == IN_VALUE)
            value(h, &c, 1);
        return;
    }
    h->prefix[h->prefix_len++] = c;
    if (c == ':' && h->name_len) {
        begin_field(h);
        h->place = IN_VALUE;
    } else if (blank) {
        h->place = IN_GAP;
    } else if (c != ':' && is_name_octet((unsigned char)c)) {
        h->place = IN_NAME;
        h->name_len = h->prefix_len;
    } else {
        no_field(h);
    }
}

static void note_8bit(struct mail_header *h, const char *text, size_t len)
{
    unsigned char all = 0;
    for (size_t i = 0; i < len; i++)
        all |= (unsigned char)text[i];
    if (!(all & 0x80))
        return;
    h->facts.header_8bit = true;
    for (size_t i = 0; i < len; i++)
        if (text[i] & 0x80)
            h->facts.octets_8bit = (h->facts.octets_8bit ^ (unsigned char)text[i]) * FNV_PRIME;
}

void mail_header_text(struct mail_header *h, const char *text, size_t len)
{
    note_8bit(h, text, len);
    size_t i = 0;
    for (; i < len && h->place < IN_VALUE; i++) {
        if (h->place == AT_START && (text[i] == ' ' || text[i] == '\t'))
            continuation(h, text + i);
        else
            in_prefix(h, text[i]);
    }
    if (i < len && h->place == IN_VALUE)
        value(h, text + i, len - i);
}

static void close_line(struct mail_header *h)
{
    if (h->place == IN_NAME || h->place == IN_GAP)
        no_field(h);
    mail_fields_end(&h->exact);
    h->may_be_mbox_from = false;
    h->place = AT_START;
    h->prefix_len = h->name_len = 0;
}

bool mail_header_end(struct mail_header *h)
{
    if (h->place == AT_START)
        return true;
    close_line(h);
    return false;
}

bool mail_header_is_none(const struct mail_header *h)
{
    return !h->fields && h->facts.odd_header_lines;
}

bool mail_header_has_fields(const struct mail_header *h)
{
    return h->fields;
}

static void discard(struct mail_header *h)
{
    uint8_t unused[SHA256_OCTETS];
    mail_hash_final(&h->whole, unused);
    mail_fields_finish(&h->exact, unused);
    h->facts.odd_header_lines = 0;
    h->facts.header_8bit = false;
    h->facts.octets_8bit = 0;
}

bool mail_header_finish(struct mail_header *h, struct mail_facts *ret)
{
    if (h->place != AT_START)
        close_line(h);
    finish_item(h);
    bool none = mail_header_is_none(h);
    if (none)
        discard(h);
    sha256_bytes(h->digest, sizeof h->digest, h->facts.core);
    mail_hash_final(&h->whole, h->facts.whole_header);
    mail_fields_finish(&h->exact, h->facts.fields);
    h->facts.folder_internal = is_folder_internal(h);
    *ret = h->facts;
    start(h);
    return !none;
}
