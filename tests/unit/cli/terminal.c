#include "terminal.h"

#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void terminal_begin(struct terminal *t, int width, int height)
{
    *t = (struct terminal){.width = width, .height = height};
}

void terminal_done(struct terminal *t)
{
    buf_done(&t->history);
}

static size_t encode(unsigned c, char *dst)
{
    if (c < 0x80)
        return (size_t)sprintf(dst, "%c", (char)c);
    if (c < 0x800)
        return (size_t)sprintf(dst, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 63));
    if (c < 0x10000)
        return (size_t)sprintf(dst, "%c%c%c", 0xe0 | c >> 12, 0x80 | (c >> 6 & 63), 0x80 | (c & 63));
    return (size_t)sprintf(
        dst, "%c%c%c%c", 0xf0 | c >> 18, 0x80 | (c >> 12 & 63), 0x80 | (c >> 6 & 63), 0x80 | (c & 63));
}

static bool is_wide(unsigned c)
{
    char one[5] = {0};
    encode(c, one);
    return text_width(one) == 2;
}

char *terminal_line(const struct terminal *t, int row, char *dst)
{
    size_t at = 0, end = 0;
    for (int i = 0; i < t->width; i++) {
        unsigned c = t->cells[row][i];
        at += encode(c ? c : ' ', dst + at);
        end = c && c != ' ' ? at : end;
        i += c && is_wide(c);
    }
    dst[end] = '\0';
    return dst;
}

char *terminal_text(const struct terminal *t)
{
    struct buf all = {0};
    char line[4 * TERMINAL_WIDTH];
    for (int i = 0; i < t->height; i++)
        if (*terminal_line(t, i, line)) {
            buf_append_str(&all, line);
            buf_append_char(&all, '\n');
        }
    char *text = buf_strdup(&all);
    buf_done(&all);
    return text;
}

static void scroll(struct terminal *t)
{
    char line[4 * TERMINAL_WIDTH];
    buf_append_str(&t->history, terminal_line(t, 0, line));
    buf_append_char(&t->history, '\n');
    memmove(t->cells[0], t->cells[1], sizeof t->cells - sizeof t->cells[0]);
    memset(t->cells[TERMINAL_HEIGHT - 1], 0, sizeof t->cells[0]);
    t->scrolled++;
}

void terminal_resize(struct terminal *t, int width, int height)
{
    for (; t->row >= height; t->row--)
        scroll(t);
    for (int i = 0; i < TERMINAL_HEIGHT; i++)
        for (int k = i < height ? width : 0; k < TERMINAL_WIDTH; k++)
            t->cells[i][k] = 0;
    t->width = width;
    t->height = height;
    t->column = t->column < width ? t->column : width - 1;
}

static void put(struct terminal *t, unsigned c)
{
    int width = is_wide(c) ? 2 : 1;
    if (t->column + width > t->width) {
        t->overflows++;
        return;
    }
    t->cells[t->row][t->column] = c;
    if (width == 2)
        t->cells[t->row][t->column + 1] = 0;
    t->column += width;
}

static void clear(struct terminal *t, bool below)
{
    for (int i = t->row; i < (below ? t->height : t->row + 1); i++)
        for (int k = i == t->row ? t->column : 0; k < t->width; k++)
            t->cells[i][k] = 0;
}

/* s: behind ESC [. Returns how many octets it took. */
static size_t control(struct terminal *t, const char *s)
{
    char *end;
    long n = strtol(s, &end, 10);
    if (*end == 'A' && n > 0 && n <= t->row)
        t->row -= (int)n;
    else if (*end == 'K' || *end == 'J')
        clear(t, *end == 'J');
    else
        t->unknown++;
    return (size_t)(end - s) + 1;
}

void terminal_feed(struct terminal *t, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = text_utf8_len(bytes + i, len - i);
        if (len - i > 2 && bytes[i] == '\033' && bytes[i + 1] == '[') {
            i += 2 + control(t, bytes + i + 2);
            continue;
        }
        if (bytes[i] == '\r')
            t->column = 0;
        else if (bytes[i] == '\n' && t->row + 1 == t->height)
            scroll(t);
        else if (bytes[i] == '\n')
            t->row++;
        else if (!n || (unsigned char)bytes[i] < ' ')
            t->unknown++;
        else
            put(t, text_utf8_code(bytes + i, n));
        i += n ? n : 1;
    }
}
