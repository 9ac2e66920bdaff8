#include "nearest.h"

#include "buf.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t width = b_len + 1;
    unsigned *d = mem_array((a_len + 1) * width, sizeof *d);
    for (size_t i = 0; i <= a_len; i++)
        for (size_t k = 0; k <= b_len; k++) {
            unsigned *at = &d[i * width + k];
            if (!i || !k) {
                *at = (unsigned)(i + k);
                continue;
            }
            *at = least(at[-1], at[-(ptrdiff_t)width]) + 1;
            *at = least(*at, at[-(ptrdiff_t)width - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                *at = least(*at, at[-2 * (ptrdiff_t)width - 2] + 1);
        }
    unsigned distance = d[a_len * width + b_len];
    free(d);
    return distance;
}

unsigned nearest_distance(const char *typed, const char *word)
{
    size_t len = strlen(typed), word_len = strlen(word);
    if (len > 2 && len < word_len && !strncmp(typed, word, len))
        return 1;
    return edits(typed, len, word, word_len);
}

void nearest_offer(struct nearest *n, const char *word)
{
    size_t len = strlen(n->word);
    if (!len || len > 100)
        return;
    unsigned distance = nearest_distance(n->word, word);
    if (distance > (len + 2) / 3 || distance >= len || (n->count && distance > n->distance))
        return;
    if (n->count && distance < n->distance)
        n->count = 0;
    n->distance = distance;
    if (n->count < NEAREST_MAX)
        n->found[n->count++] = word;
}

char *nearest_words(const struct nearest *n, const char *prefix)
{
    struct buf words = {0};
    for (size_t i = 0; i < n->count; i++)
        buf_printf(&words, "%s%s%s",
            !i                  ? "; did you mean "
            : i + 1 == n->count ? " or "
                                : ", ",
            prefix, n->found[i]);
    if (n->count)
        buf_append_char(&words, '?');
    char *text = buf_strdup(&words);
    buf_done(&words);
    return text;
}
