#include "verify.h"

#include "mem.h"
#include <string.h>

static bool same(const uint8_t a[SHA256_OCTETS], const uint8_t b[SHA256_OCTETS])
{
    return !memcmp(a, b, SHA256_OCTETS);
}

static const char *part_words(const struct verify_content *ours, const struct verify_content *theirs)
{
    if (!ours->parts_known || !theirs->parts_known)
        return "";
    if (ours->parts != theirs->parts)
        return ", in the number of its parts";
    return same(ours->structure, theirs->structure) ? ", though its parts have the same content"
                                                    : ", in the content of its parts";
}

static char *body_words(const struct verify_pair *p)
{
    unsigned long long there = p->theirs->octets;
    if (!p->ours || p->header_alone)
        return mem_printf("the body differs (the message has %llu octets there)", there);
    return mem_printf("the body differs%s (the message has %llu octets there, %llu in the source)",
        part_words(p->ours, p->theirs), there, (unsigned long long)p->ours->octets);
}

/* Which fields differ, or as far as that is known without the source; "" when all that can be told is the
 * same. Caller frees. */
static char *header_words(const struct verify_pair *p, const char *fields, bool body)
{
    if (fields)
        return *fields ? mem_printf("header fields differ (%s)", fields) : mem_strdup("");
    if (p->row->ident != p->theirs->ident)
        return mem_strdup("Message-ID, From, Date or Subject differ");
    if (!same(p->row->header, p->theirs->header))
        return mem_strdup("From, Date or Subject differ");
    return mem_strdup(body ? "header fields other than Message-ID, From, Date and Subject differ" : "");
}

char *verify_difference(const struct verify_pair *p, bool body, const char *fields, bool munged)
{
    const char *names = munged ? strchr(fields, ':') : NULL;
    if (names)
        return mem_printf("the server replaced the raw 8-bit characters of header fields by X%s", names);
    if (p->row->ident != p->theirs->ident && !body)
        return mem_strdup("under its UID stands another message");
    char *header CLEANUP(mem_free_str) = header_words(p, fields, body);
    char *more CLEANUP(mem_free_str) = body ? mem_strdup("") : body_words(p);
    return mem_printf("%s%s%s", header, *header && *more ? "; " : "", more);
}
