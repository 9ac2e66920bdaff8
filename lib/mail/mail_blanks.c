#include "mail_blanks.h"

size_t mail_blanks_squeeze(struct mail_blanks *b, const char *src, size_t len, char *dst)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = src[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            b->gap = b->any;
        } else if (c) {
            if (b->gap)
                dst[n++] = ' ';
            dst[n++] = c;
            b->gap = false;
            b->any = true;
        }
    }
    return n;
}
