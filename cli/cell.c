#include "cell.h"

#include "mem.h"
#include "text.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How many octets from s on fit into so many columns, and how many columns they take. */
static size_t fitting(const char *s, int room, int *ret_used)
{
    size_t len = 0, left = strlen(s);
    int used = 0;
    while (len < left) {
        size_t n = text_utf8_len(s + len, left - len);
        char one[5] = {0};
        memcpy(one, s + len, n);
        int width = text_width(one);
        if (used + width > room)
            break;
        used += width;
        len += n;
    }
    *ret_used = used;
    return len;
}

static void pad(struct buf *out, int columns)
{
    for (; columns > 0; columns--)
        buf_append_char(out, ' ');
}

/* Returns the columns used. */
static int fit(struct buf *out, const char *s, int width)
{
    char *text CLEANUP(mem_free_str) = text_clean_dup(s);
    int used, full = text_width(text);
    if (width < 1)
        return 0;
    size_t len = fitting(text, full > width ? width - 1 : width, &used);
    buf_append(out, text, len);
    if (full <= width)
        return used;
    buf_append_str(out, "…");
    return used + 1;
}

void cell_fit(struct buf *out, const char *s, int width)
{
    fit(out, s, width);
}

void cell_left(struct buf *out, const char *s, int width)
{
    pad(out, width - fit(out, s, width));
}

void cell_right(struct buf *out, const char *s, int width)
{
    struct buf one CLEANUP(buf_done) = {0};
    pad(out, width - fit(&one, s, width));
    buf_append(out, buf_bytes(&one), buf_len(&one));
}

/* ---- paragraphs ---- */
/* What may not begin a line (kinsoku), of what occurs in such text. */
static bool clings(const char *s)
{
    static const char *const marks[] = {"、", "。", "，", "．", "」", "』", "）", "】", "・", "ー", "：",
        "；", "％", "っ", "ゃ", "ゅ", "ょ", "ッ", "ャ", "ュ", "ョ"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (!strncmp(s, marks[i], strlen(marks[i])))
            return true;
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Does the blank at s + len belong to what is before it? Blanks do, and one between a number and its unit. */
static bool binds(const char *s, size_t len)
{
    return len && (s[len - 1] == ' ' ||
                      (is_digit(s[len - 1]) && (s[len + 1] | 0x20) >= 'a' && (s[len + 1] | 0x20) <= 'z'));
}

/* How many octets from s on stay together: one wide character with what clings to it and a number before it,
 * or a word with the blanks before it; but never more than a line. */
static size_t piece(const char *s, int room, int *ret_width)
{
    size_t len = 0, left = strlen(s);
    int width = 0;
    while (len < left) {
        size_t n = text_utf8_len(s + len, left - len);
        char one[5] = {0};
        memcpy(one, s + len, n);
        int w = text_width(one);
        bool together =
            w == 2 ? clings(s + len) || (len && is_digit(s[len - 1])) : *one != ' ' || binds(s, len);
        if (len && (!together || (room && width + w > room)))
            break;
        width += w;
        len += n;
        if (w == 2 && !clings(s + len))
            break;
    }
    *ret_width = width;
    return len;
}

void cell_wrap(struct buf *out, const char *text, int first, int indent, int columns)
{
    char *cleaned CLEANUP(mem_free_str) = text_clean_dup(text);
    int room = !columns ? 0 : columns > indent ? columns - indent : 1;
    bool fresh = true; /* nothing of the text stands in this line yet */
    int column = first;
    for (const char *s = cleaned; *s;) {
        int width;
        size_t len = piece(s, room, &width);
        if (room && !fresh && column + width > columns) {
            buf_append_char(out, '\n');
            pad(out, indent);
            column = indent;
            fresh = true;
            while (*s == ' ')
                s++;
            continue;
        }
        buf_append(out, s, len);
        column += width;
        fresh = false;
        s += len;
    }
}

char *cell_duration(char dst[CELL_DURATION_MAX], int64_t seconds)
{
    long long s = seconds > 0 ? seconds : 0;
    if (s >= 3600)
        snprintf(dst, CELL_DURATION_MAX, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(dst, CELL_DURATION_MAX, "%lld:%02lld", s / 60, s % 60);
    return dst;
}
