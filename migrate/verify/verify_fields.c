#include "verify_fields.h"

#include "buf.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define PREFIX_MAX 256
#define HELD_MAX   512
#define NAME_SHOWN 60
#define FNV_BASIS  14695981039346656037u
#define FNV_PRIME  1099511628211u

void verify_fields_done(struct verify_fields *f)
{
    free(f->items);
    free(f->names);
    *f = (struct verify_fields){0};
}

size_t verify_fields_octets(const struct verify_fields *f)
{
    return f->count * sizeof *f->items + f->names_len;
}

struct verify_fields verify_fields_copy(const struct verify_fields *f)
{
    struct verify_fields copy = *f;
    copy.cap = f->count;
    copy.names_cap = f->names_len;
    copy.items = f->count ? mem_array(f->count, sizeof *f->items) : NULL;
    copy.names = f->names_len ? mem_array(f->names_len, 1) : NULL;
    if (f->count)
        memcpy(copy.items, f->items, f->count * sizeof *f->items);
    if (f->names_len)
        memcpy(copy.names, f->names, f->names_len);
    return copy;
}

/* ---- reading ---- */
enum place {
    AT_START, /* of a line */
    IN_NAME,  /* or before its colon */
    IN_TEXT,
    IN_MBOX_FROM,
    IN_BODY,
};

struct verify_reader {
    struct sha256 *hash;
    struct buf gathered; /* to be hashed */
    struct verify_fields fields;
    enum place place;
    unsigned cr_run;
    bool begun, first_line, unended, any_field, any_odd;
    size_t prefix_len, name_len;
    char prefix[PREFIX_MAX];
    /* the current field */
    bool open;
    enum mail_servers_value kind;
    size_t held_len;
    char held[HELD_MAX];
    struct verify_field field;
    bool gap, any_text;
    size_t name_text_len; /* octets of the line that are its name, and not its value */
};

static void forget(struct verify_reader *r)
{
    uint8_t unused[SHA256_OCTETS];
    sha256_final(r->hash, unused);
    buf_clear(&r->gathered);
    r->fields.count = r->fields.names_len = 0;
    r->fields.more = false;
    r->open = false;
}

static void begin(struct verify_reader *r)
{
    forget(r);
    r->place = AT_START;
    r->cr_run = 0;
    r->begun = r->first_line = true;
    r->unended = r->any_field = r->any_odd = false;
    r->prefix_len = r->name_len = 0;
}

struct verify_reader *verify_reader_new(void)
{
    struct verify_reader *r = mem_alloc(sizeof *r);
    r->hash = sha256_new();
    begin(r);
    r->begun = false;
    return r;
}

void verify_reader_free(struct verify_reader *r)
{
    if (!r)
        return;
    sha256_free(r->hash);
    buf_done(&r->gathered);
    verify_fields_done(&r->fields);
    free(r);
}

static void hash_octet(uint64_t *h, char c)
{
    *h = (*h ^ (unsigned char)c) * FNV_PRIME;
}

static void gather(struct verify_reader *r, const char *s, size_t len)
{
    buf_append(&r->gathered, s, len);
    if (buf_len(&r->gathered) < 2048)
        return;
    sha256_update(r->hash, buf_bytes(&r->gathered), buf_len(&r->gathered));
    buf_clear(&r->gathered);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* For the hash of the header: held back while it may be a server's field. */
static void keep(struct verify_reader *r, char c)
{
    if (r->kind == MAIL_SERVERS_ANY)
        return;
    bool fits = c == '\n' || mail_servers_octet(r->kind, c);
    if (r->kind != MAIL_SERVERS_NOT && (!fits || r->held_len == HELD_MAX)) {
        gather(r, r->held, r->held_len);
        r->kind = MAIL_SERVERS_NOT;
    }
    if (r->kind == MAIL_SERVERS_NOT)
        gather(r, &c, 1);
    else
        r->held[r->held_len++] = c;
}

static void put(struct verify_reader *r, char c)
{
    struct verify_field *f = &r->field;
    if (!r->open)
        return;
    keep(r, c);
    hash_octet(&f->exact, c);
    hash_octet(&f->munged, c & 0x80 ? 'X' : c);
    f->has_8bit |= (c & 0x80) != 0;
    if (is_blank(c) || c == '\n') {
        r->gap = r->any_text;
        return;
    }
    if (r->gap)
        hash_octet(&f->loose, ' ');
    hash_octet(&f->loose, c);
    r->gap = false;
    r->any_text = true;
}

static void add_name(struct verify_reader *r, const char *name, size_t len)
{
    struct verify_fields *fs = &r->fields;
    size_t shown = len < NAME_SHOWN ? len : NAME_SHOWN;
    if (fs->names_cap - fs->names_len < shown + 1) {
        fs->names_cap = fs->names_cap * 2 + shown + 256;
        fs->names = mem_grow(fs->names, fs->names_cap, 1);
    }
    r->field.name = (uint32_t)fs->names_len;
    for (size_t i = 0; i < shown; i++)
        fs->names[fs->names_len++] = name[i] > ' ' && name[i] < 0x7f ? name[i] : '?';
    fs->names[fs->names_len++] = '\0';
}

static void close_field(struct verify_reader *r)
{
    struct verify_fields *fs = &r->fields;
    bool own = r->open && r->kind == MAIL_SERVERS_NOT;
    if (r->open && !own)
        fs->names_len = r->field.name; /* the servers' own: it is not told of */
    r->open = false;
    if (!own)
        return;
    if (fs->count == VERIFY_FIELDS_MAX) {
        fs->more = true;
        return;
    }
    if (fs->count == fs->cap) {
        fs->cap = fs->cap ? fs->cap * 2 : 32;
        fs->items = mem_grow(fs->items, fs->cap, sizeof *fs->items);
    }
    fs->items[fs->count++] = r->field;
}

static void open_field(struct verify_reader *r, size_t name_len)
{
    char lower[PREFIX_MAX];
    close_field(r);
    for (size_t i = 0; i < name_len; i++)
        lower[i] = (char)(r->prefix[i] >= 'A' && r->prefix[i] <= 'Z' ? r->prefix[i] | 0x20 : r->prefix[i]);
    r->open = true;
    r->kind = mail_servers_value(lower, name_len);
    r->field = (struct verify_field){.exact = FNV_BASIS, .loose = FNV_BASIS, .munged = FNV_BASIS};
    r->gap = r->any_text = false;
    add_name(r, r->prefix, name_len);
    /* Name and colon are no value: they are in neither the loose hash nor what decides whose it is. */
    enum mail_servers_value kind = r->kind;
    r->held_len = 0;
    if (name_len && kind != MAIL_SERVERS_NOT) {
        memcpy(r->held, r->prefix, r->prefix_len);
        r->held_len = r->prefix_len;
    } else {
        gather(r, r->prefix, r->prefix_len);
    }
    for (size_t i = 0; i < r->prefix_len; i++) {
        hash_octet(&r->field.exact, r->prefix[i]);
        hash_octet(&r->field.munged, r->prefix[i] & 0x80 ? 'X' : r->prefix[i]);
        r->field.has_8bit |= (r->prefix[i] & 0x80) != 0;
        if (!name_len)
            hash_octet(&r->field.loose, r->prefix[i]);
    }
    r->any_text = !name_len;
    r->place = IN_TEXT;
}

static void no_field(struct verify_reader *r)
{
    if (r->first_line && r->prefix_len >= 5 && !memcmp(r->prefix, "From ", 5)) {
        r->place = IN_MBOX_FROM;
        return;
    }
    r->any_odd = true;
    open_field(r, 0);
}

static void in_name(struct verify_reader *r, char c)
{
    bool after_gap = r->prefix_len > r->name_len;
    if (r->prefix_len == PREFIX_MAX || (after_gap && c != ':' && !is_blank(c))) {
        no_field(r);
        put(r, c);
        return;
    }
    r->prefix[r->prefix_len++] = c;
    if (c == ':' && r->name_len) {
        r->any_field = true;
        open_field(r, r->name_len);
    } else if (is_blank(c) && r->name_len) {
        r->place = IN_NAME;
    } else if (c != ':' && (unsigned char)c > ' ' && c != 0x7f) {
        r->place = IN_NAME;
        r->name_len = r->prefix_len;
    } else {
        no_field(r);
    }
}

static void take(struct verify_reader *r, char c)
{
    r->unended = true;
    if (r->place == AT_START && is_blank(c)) { /* a continuation */
        if (!r->open) {
            r->any_odd = true;
            open_field(r, 0);
        }
        r->place = IN_TEXT;
        put(r, c);
    } else if (r->place == AT_START || r->place == IN_NAME) {
        in_name(r, c);
    } else if (r->place == IN_TEXT) {
        put(r, c);
    }
}

static void end_line(struct verify_reader *r)
{
    r->unended = false;
    if (r->place == AT_START) { /* an empty line: the header is over, if it was one */
        r->place = IN_BODY;
        return;
    }
    if (r->place == IN_NAME)
        no_field(r);
    if (r->place == IN_TEXT)
        put(r, '\n');
    r->first_line = false;
    r->prefix_len = r->name_len = 0;
    r->place = AT_START;
}

static void end_lines(struct verify_reader *r)
{
    for (; r->cr_run && r->place != IN_BODY; r->cr_run--)
        end_line(r);
    r->cr_run = 0;
}

void verify_reader_feed(struct verify_reader *r, const void *data, size_t len)
{
    const char *s = data;
    if (!r->begun)
        begin(r);
    for (size_t i = 0; i < len && r->place != IN_BODY; i++) {
        if (s[i] == '\0')
            continue;
        if (s[i] == '\r') {
            r->cr_run++;
        } else if (s[i] == '\n') {
            r->cr_run = 0;
            end_line(r);
        } else {
            end_lines(r);
            if (r->place != IN_BODY)
                take(r, s[i]);
        }
    }
}

void verify_reader_finish(struct verify_reader *r, uint8_t ret_digest[SHA256_OCTETS])
{
    if (!r->begun)
        begin(r);
    end_lines(r);
    if (r->unended && r->place != IN_BODY)
        end_line(r);
    close_field(r);
    if (!r->any_field && r->any_odd)
        forget(r); /* no field at all, but lines that are none: all of it is body */
    sha256_update(r->hash, buf_bytes(&r->gathered), buf_len(&r->gathered));
    buf_clear(&r->gathered);
    sha256_final(r->hash, ret_digest);
    r->begun = false;
}

const struct verify_fields *verify_reader_fields(const struct verify_reader *r)
{
    return &r->fields;
}
