/* HTML in RTF: {\*\htmltag ...} holds the tags, \htmlrtf ... \htmlrtf0 what RTF alone needs, and the rest is
 * the text between the tags. */
#include "pst_rtf.h"

#include "mem.h"
#include "pst_text.h"
#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX 200
#define FONTS_MAX  1024
#define FRONT      512 /* octets in which the kind stands */
#define WORD_MAX   32

/* What a group inherits. */
struct state {
    bool ignored;  /* a destination that is none of the text */
    bool tag;      /* in htmltag: as it is */
    bool rtf;      /* between \htmlrtf and \htmlrtf0 */
    bool fonts;    /* in the table of fonts */
    unsigned skip; /* characters behind \u that say the same */
    unsigned font;
};

struct rtf {
    const char *at, *end;
    struct state stack[GROUPS_MAX];
    unsigned depth;
    bool html, star;     /* star: \* was the last word */
    unsigned skipping;   /* characters still to be passed over */
    const char *charset; /* of the document */
    const char *charsets[FONTS_MAX];
    struct buf run; /* octets of one charset, to be decoded together */
    struct buf *out;
    unsigned high; /* surrogate */
};

struct word {
    char name[WORD_MAX];
    bool has_number;
    int number;
};

static struct state *now(struct rtf *r)
{
    return &r->stack[r->depth];
}

static bool is_text(struct rtf *r)
{
    const struct state *s = now(r);
    return !s->ignored && !s->fonts && (s->tag || !s->rtf);
}

static void flush(struct rtf *r)
{
    unsigned font = now(r)->font;
    const char *charset = font < FONTS_MAX ? r->charsets[font] : NULL;
    if (!buf_len(&r->run))
        return;
    pst_text_decode(charset ? charset : r->charset, buf_bytes(&r->run), buf_len(&r->run), r->out);
    buf_clear(&r->run);
}

/* An octet of the text. */
static void octet(struct rtf *r, char c)
{
    if (r->skipping) {
        r->skipping--;
        return;
    }
    if (is_text(r) && c)
        buf_append_char(&r->run, c);
}

/* UTF-8 */
static void text(struct rtf *r, const char *utf8)
{
    if (r->skipping) {
        r->skipping--;
        return;
    }
    if (!is_text(r))
        return;
    flush(r);
    buf_append_str(r->out, utf8);
}

static void unicode(struct rtf *r, int number)
{
    unsigned code = (unsigned)number & 0xffff;
    char utf16[4] = {(char)(r->high & 0xff), (char)(r->high >> 8), (char)(code & 0xff), (char)(code >> 8)};
    struct pst_prop prop = {.tag = PST_BODY, .type = PST_TYPE_UNICODE, .len = 2, .data = utf16 + 2};
    r->skipping = now(r)->skip;
    if (!is_text(r))
        return;
    flush(r);
    if (code >= 0xd800 && code < 0xdc00) {
        r->high = code;
        return;
    }
    if (r->high && code >= 0xdc00 && code < 0xe000) {
        prop.data = utf16;
        prop.len = 4;
    }
    r->high = 0;
    char *utf8 CLEANUP(mem_free_str) =
        pst_text_dup(&(struct pst_props){.all = &prop, .count = 1}, PST_BODY, NULL);
    buf_append_str(r->out, utf8);
}

/* ---- words ---- */
static const char *charset_of_font(int number)
{
    switch (number) {
    case 128:
        return "Shift_JIS";
    case 129:
        return "ks_c_5601-1987";
    case 134:
        return "GB2312";
    case 136:
        return "Big5";
    case 161:
        return "windows-1253";
    case 162:
        return "windows-1254";
    case 163:
        return "windows-1258";
    case 177:
        return "windows-1255";
    case 178:
        return "windows-1256";
    case 186:
        return "windows-1257";
    case 204:
        return "windows-1251";
    case 222:
        return "windows-874";
    case 238:
        return "windows-1250";
    case 0:
        return "windows-1252";
    }
    return NULL;
}

struct sign {
    const char *word, *html, *text;
};

/* Words that stand for a character. */
static bool put_sign(struct rtf *r, const char *name)
{
    static const struct sign signs[] = {{"par", "\r\n", "\r\n"}, {"line", "\r\n", "\r\n"},
        {"tab", "\t", "\t"}, {"lquote", "&lsquo;", "\xe2\x80\x98"}, {"rquote", "&rsquo;", "\xe2\x80\x99"},
        {"ldblquote", "&ldquo;", "\xe2\x80\x9c"}, {"rdblquote", "&rdquo;", "\xe2\x80\x9d"},
        {"bullet", "&bull;", "\xe2\x80\xa2"}, {"endash", "&ndash;", "\xe2\x80\x93"},
        {"emdash", "&mdash;", "\xe2\x80\x94"}, {"~", "&nbsp;", "\xc2\xa0"}, {"_", "&shy;", "\xc2\xad"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (!strcmp(name, signs[i].word)) {
            text(r, r->html ? signs[i].html : signs[i].text);
            return true;
        }
    return false;
}

static bool is_destination(const char *name)
{
    static const char *const names[] = {"colortbl", "stylesheet", "info", "pict", "object", "header",
        "footer", "headerl", "headerr", "headerf", "footerl", "footerr", "footerf", "footnote", "title",
        "author"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i]))
            return true;
    return false;
}

static void begin_destination(struct rtf *r, const char *name, bool star)
{
    struct state *s = now(r);
    if (!strcmp(name, "fonttbl"))
        s->fonts = true;
    else if (star && r->html && !strcmp(name, "htmltag"))
        s->tag = true;
    else if (star || is_destination(name))
        s->ignored = true;
}

static void do_word(struct rtf *r, const struct word *w)
{
    struct state *s = now(r);
    bool star = r->star;
    r->star = false;
    if (put_sign(r, w->name))
        return;
    flush(r);
    if (!strcmp(w->name, "bin")) {
        size_t left = (size_t)(r->end - r->at), n = w->number > 0 ? (size_t)w->number : 0;
        r->at += n < left ? n : left;
    } else if (!strcmp(w->name, "u") && w->has_number) {
        unicode(r, w->number);
    } else if (!strcmp(w->name, "uc")) {
        s->skip = w->number >= 0 && w->number < 16 ? (unsigned)w->number : 1;
    } else if (!strcmp(w->name, "f") && w->number >= 0) {
        s->font = (unsigned)w->number;
    } else if (!strcmp(w->name, "fcharset") && s->fonts && s->font < FONTS_MAX) {
        r->charsets[s->font] = charset_of_font(w->number);
    } else if (!strcmp(w->name, "ansicpg")) {
        r->charset = pst_text_charset((uint32_t)w->number);
    } else if (!strcmp(w->name, "plain")) {
        s->font = FONTS_MAX;
    } else if (!strcmp(w->name, "htmlrtf")) {
        s->rtf = !w->has_number || w->number != 0;
    } else {
        begin_destination(r, w->name, star);
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters, perhaps a number, and one blank that is part of it. */
static struct word take_word(struct rtf *r)
{
    struct word w = {0};
    size_t len = 0;
    for (; r->at < r->end && is_letter(*r->at); r->at++)
        if (len + 1 < sizeof w.name)
            w.name[len++] = *r->at;
    bool minus = r->end - r->at > 1 && *r->at == '-' && is_digit(r->at[1]);
    r->at += minus;
    for (; r->at < r->end && is_digit(*r->at); r->at++) {
        w.has_number = true;
        if (w.number < 100000000)
            w.number = w.number * 10 + (*r->at - '0');
    }
    if (minus)
        w.number = -w.number;
    if (r->at < r->end && *r->at == ' ')
        r->at++;
    return w;
}

static int hex(char c)
{
    return is_digit(c)            ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Behind a backslash. */
static void escape(struct rtf *r)
{
    char c = r->at < r->end ? *r->at : '\0';
    if (is_letter(c)) {
        struct word w = take_word(r);
        do_word(r, &w);
        return;
    }
    if (r->at < r->end)
        r->at++;
    switch (c) {
    case '\'':
        if (r->end - r->at >= 2 && hex(r->at[0]) >= 0 && hex(r->at[1]) >= 0)
            octet(r, (char)(hex(r->at[0]) << 4 | hex(r->at[1])));
        r->at += r->end - r->at >= 2 ? 2 : r->end - r->at;
        break;
    case '*':
        r->star = true;
        break;
    case '\\':
    case '{':
    case '}':
        octet(r, c);
        break;
    case '~':
    case '_':
        put_sign(r, c == '~' ? "~" : "_");
        break;
    case '\r':
    case '\n':
        put_sign(r, "par");
        break;
    }
}

static bool open_group(struct rtf *r)
{
    flush(r);
    r->star = false;
    r->skipping = 0;
    if (r->depth + 1 == GROUPS_MAX)
        return false;
    r->stack[r->depth + 1] = r->stack[r->depth];
    r->depth++;
    return true;
}

static bool close_group(struct rtf *r)
{
    flush(r);
    r->star = false;
    r->skipping = 0;
    if (!r->depth)
        return false;
    r->depth--;
    return true;
}

/* Up to the brace that closes the first. */
static bool walk(struct rtf *r)
{
    bool begun = false;
    while (r->at < r->end) {
        char c = *r->at++;
        if (c == '\\')
            escape(r);
        else if (c == '{' && !open_group(r))
            return false;
        else if (c == '}' && !close_group(r))
            return false;
        else if (c != '{' && c != '}' && c != '\r' && c != '\n')
            octet(r, c);
        begun = begun || r->depth;
        if (begun && !r->depth)
            return true;
    }
    return false;
}

static bool has_word(const char *rtf, size_t len, const char *word)
{
    const char *found = memmem(rtf, len < FRONT ? len : FRONT, word, strlen(word));
    return found && found + strlen(word) < rtf + len && !is_digit(found[strlen(word)]);
}

enum pst_rtf pst_rtf_kind(const char *rtf, size_t len)
{
    if (has_word(rtf, len, "\\fromhtml1"))
        return PST_RTF_HTML;
    return has_word(rtf, len, "\\fromtext") ? PST_RTF_TEXT : PST_RTF_NATIVE;
}

bool pst_rtf_original(const char *rtf, size_t len, struct buf *out)
{
    enum pst_rtf kind = pst_rtf_kind(rtf, len);
    if (kind == PST_RTF_NATIVE)
        return false;
    struct buf text CLEANUP(buf_done) = {0};
    struct rtf *r = mem_alloc(sizeof *r);
    r->at = rtf;
    r->end = rtf + len;
    r->html = kind == PST_RTF_HTML;
    r->charset = "windows-1252";
    r->out = &text;
    r->stack[0].skip = 1;
    r->stack[0].font = FONTS_MAX;
    bool whole = walk(r);
    if (whole)
        buf_append(out, buf_bytes(&text), buf_len(&text));
    buf_done(&r->run);
    free(r);
    return whole;
}
