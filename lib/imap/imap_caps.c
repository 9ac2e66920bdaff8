#include "imap_caps.h"

#include "text.h"
#include <string.h>

struct word {
    const char *name;
    size_t offset; /* of the bool in struct imap_caps */
};
#define WORD(name, field)                                                                                    \
    {                                                                                                        \
        name, offsetof(struct imap_caps, field)                                                              \
    }

static const struct word words[] = {
    WORD("IMAP4rev1", imap4rev1),
    WORD("IMAP4rev2", imap4rev2),
    WORD("LITERAL+", literal_plus),
    WORD("LITERAL-", literal_minus),
    WORD("MULTIAPPEND", multiappend),
    WORD("UIDPLUS", uidplus),
    WORD("NAMESPACE", namespace),
    WORD("ID", id),
    WORD("QUOTA", quota),
    WORD("ESEARCH", esearch),
    WORD("UNSELECT", unselect),
    WORD("STATUS=SIZE", status_size),
    WORD("CONDSTORE", condstore),
    WORD("MOVE", move),
    WORD("SPECIAL-USE", special_use),
    WORD("LIST-EXTENDED", list_extended),
    WORD("UTF8=ACCEPT", utf8_accept),
    WORD("X-GM-EXT-1", gmail),
    WORD("OBJECTID", objectid),
    WORD("IDLE", idle),
    WORD("COMPRESS=DEFLATE", compress_deflate),
    WORD("APPENDLIMIT", appendlimit_per_mailbox),
};

static void set(struct imap_caps *caps, size_t offset)
{
    *(bool *)((char *)caps + offset) = true;
}

/* RFC 9208 servers name resources (QUOTA=RES-STORAGE) and need not say QUOTA alone. */
static void read_assignment(struct imap_caps *caps, const char *s, size_t len)
{
    static const char limit[] = "APPENDLIMIT=", quota[] = "QUOTA=";
    unsigned long long n;
    if (len > sizeof limit - 1 && !text_compare_nocase(s, sizeof limit - 1, limit, sizeof limit - 1)) {
        if (text_parse_u64(s + sizeof limit - 1, len - (sizeof limit - 1), &n))
            caps->appendlimit = n;
    } else if (len > sizeof quota - 1 && !text_compare_nocase(s, sizeof quota - 1, quota, sizeof quota - 1)) {
        caps->quota = true;
    }
}

static void add_raw(struct imap_caps *caps, const char *s, size_t len)
{
    char shown[128];
    text_clean(shown, sizeof shown, s, len);
    size_t have = strlen(caps->raw), more = strlen(shown);
    if (have + more + 2 > sizeof caps->raw)
        return;
    if (have)
        caps->raw[have++] = ' ';
    memcpy(caps->raw + have, shown, more + 1);
}

/* RFC 9051 appendix E: what a server that speaks only revision 2 need not name. */
static void imply(struct imap_caps *caps)
{
    if (!caps->imap4rev2 || caps->imap4rev1)
        return;
    caps->namespace = caps->unselect = caps->uidplus = caps->esearch = true;
    caps->move = caps->status_size = caps->special_use = caps->list_extended = true;
    caps->literal_minus = !caps->literal_plus;
}

void imap_caps_read(struct imap_caps *caps, const struct imap_value *list, size_t first)
{
    *caps = (struct imap_caps){.known = true};
    IMAP_EACH(m, list)
    {
        if (first) {
            first--;
            continue;
        }
        if (!m->s)
            continue;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (imap_value_is(m, words[i].name))
                set(caps, words[i].offset);
        read_assignment(caps, m->s, m->len);
        add_raw(caps, m->s, m->len);
    }
    imply(caps);
}
