#include "pst_rtf.h"

#include "pst_item.h"
#include "pst_text.h"
#include <string.h>

#define WINDOW 4096u

/* What the window holds at the beginning (MS-OXRTFCP section 2.1.2.1). */
static const char prefix[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct unpacking {
    char window[WINDOW];
    unsigned at; /* where the next octet goes */
    struct buf *out;
    size_t left;
};

static bool put(struct unpacking *u, char c)
{
    if (!u->left)
        return false;
    u->left--;
    u->window[u->at] = c;
    u->at = (u->at + 1) % WINDOW;
    buf_append_char(u->out, c);
    return true;
}

/* 1: go on, 0: the end mark, -1: damaged. */
static int copy(struct unpacking *u, unsigned reference)
{
    unsigned from = reference >> 4, count = (reference & 15) + 2;
    if (from == u->at)
        return 0;
    for (unsigned i = 0; i < count; i++)
        if (!put(u, u->window[(from + i) % WINDOW]))
            return -1;
    return 1;
}

static bool unpack(struct unpacking *u, const unsigned char *p, const unsigned char *end)
{
    while (p < end) {
        unsigned control = *p++;
        for (int bit = 0; bit < 8 && p < end; bit++) {
            if (!(control >> bit & 1)) {
                if (!put(u, (char)*p++))
                    return false;
                continue;
            }
            if (end - p < 2)
                return false;
            int rc = copy(u, (unsigned)p[0] << 8 | p[1]);
            p += 2;
            if (rc <= 0)
                return rc == 0 && !u->left;
        }
    }
    return !u->left; /* without the end mark, but whole */
}

bool pst_rtf_unpack(const char *packed, size_t len, struct buf *out)
{
    struct unpacking u = {.at = sizeof prefix - 1, .out = out};
    if (len < 16)
        return false;
    size_t size = pst_get_u32(packed), raw = pst_get_u32(packed + 4);
    if (raw > PST_RTF_MAX || size < 12 || size - 12 > len - 16)
        return false;
    size -= 12;
    if (!memcmp(packed + 8, "MELA", 4)) {
        if (raw > size)
            return false;
        buf_append(out, packed + 16, raw);
        return true;
    }
    if (memcmp(packed + 8, "LZFu", 4) != 0)
        return false;
    memset(u.window, ' ', sizeof u.window);
    memcpy(u.window, prefix, sizeof prefix - 1);
    u.left = raw;
    const unsigned char *p = (const unsigned char *)packed + 16;
    return unpack(&u, p, p + size);
}
