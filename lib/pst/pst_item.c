/* An item is: properties; recipients: their number + 1, or 0 where their table is lost, the properties of
 * each; attachments: likewise, each its kind, octets, others, properties, 1 and its item, or 0. Properties
 * are their number, and of each its tag, type, length and data. Numbers are little-endian. */
#include "pst_item.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define RECIPIENTS_MAX  100000u
#define ATTACHMENTS_MAX 10000u
#define PROPS_MAX       256u
/* 1601-01-01 to 1970-01-01, in seconds */
#define EPOCH_S 11644473600

const uint16_t pst_tags[] = {PST_IMPORTANCE, PST_MESSAGE_CLASS, PST_SENSITIVITY, PST_SUBJECT, PST_SUBMIT_TIME,
    PST_SENT_NAME, PST_SENT_ADDRESS_TYPE, PST_SENT_ADDRESS, PST_HEADERS, PST_RECIPIENT_TYPE, PST_SENDER_NAME,
    PST_SENDER_ADDRESS_TYPE, PST_SENDER_ADDRESS, PST_DISPLAY_BCC, PST_DISPLAY_CC, PST_DISPLAY_TO,
    PST_DELIVERY_TIME, PST_MESSAGE_FLAGS, PST_MESSAGE_SIZE, PST_ATTACH_SIZE, PST_BODY, PST_RTF, PST_HTML,
    PST_MESSAGE_ID, PST_REFERENCES, PST_IN_REPLY_TO, PST_ICON, PST_LAST_VERB, PST_FLAG_STATUS,
    PST_DISPLAY_NAME, PST_ADDRESS_TYPE, PST_ADDRESS, PST_CREATED, PST_SUBTREE_ID, PST_OUTBOX_ID, PST_TRASH_ID,
    PST_SENT_ID, PST_CONTENT_COUNT, PST_CONTAINER_CLASS, PST_DRAFTS_ID, PST_OTHER_IDS, PST_ATTACH_SHORT_NAME,
    PST_ATTACH_METHOD, PST_ATTACH_NAME, PST_ATTACH_TYPE, PST_ATTACH_CONTENT_ID, PST_ATTACH_LOCATION,
    PST_SMTP_ADDRESS, PST_INTERNET_CODEPAGE, PST_LOCALE, PST_CODEPAGE, PST_SENDER_SMTP, PST_SENT_SMTP, 0};

/* ---- numbers ---- */
void pst_put_u32(struct buf *out, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        buf_append_char(out, (char)(n >> 8 * i & 0xff));
}

void pst_put_u64(struct buf *out, uint64_t n)
{
    pst_put_u32(out, (uint32_t)n);
    pst_put_u32(out, (uint32_t)(n >> 32));
}

void pst_put_prop(struct buf *out, uint16_t tag, uint16_t type, const void *data, size_t len)
{
    pst_put_u32(out, (uint32_t)tag << 16 | type);
    pst_put_u32(out, (uint32_t)len);
    buf_append(out, data, len);
}

uint32_t pst_get_u32(const char *at)
{
    const unsigned char *p = (const unsigned char *)at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint64_t pst_get_u64(const char *at)
{
    return pst_get_u32(at) | (uint64_t)pst_get_u32(at + 4) << 32;
}

/* ---- parsing ---- */
static bool take_u32(const char **at, const char *end, uint32_t *ret)
{
    if (end - *at < 4)
        return false;
    *ret = pst_get_u32(*at);
    *at += 4;
    return true;
}

static bool take_u64(const char **at, const char *end, uint64_t *ret)
{
    if (end - *at < 8)
        return false;
    *ret = pst_get_u64(*at);
    *at += 8;
    return true;
}

/* A number of things of at least so many octets each. */
static bool take_count(const char **at, const char *end, uint32_t max, size_t least, uint32_t *ret)
{
    return take_u32(at, end, ret) && *ret <= max && *ret <= (size_t)(end - *at) / least;
}

/* Their number + 1; 0: not known. */
static bool take_table(const char **at, const char *end, uint32_t max, size_t least, uint32_t *ret)
{
    return take_u32(at, end, ret) && *ret <= max && (!*ret || *ret - 1 <= (size_t)(end - *at) / least);
}

bool pst_props_parse(const char **at, const char *end, struct pst_props *ret)
{
    uint32_t count;
    *ret = (struct pst_props){0};
    if (!take_count(at, end, PROPS_MAX, 8, &count))
        return false;
    ret->all = mem_array(count, sizeof *ret->all);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t name, len;
        if (!take_u32(at, end, &name) || !take_u32(at, end, &len) || len > (size_t)(end - *at))
            return false;
        ret->all[ret->count++] = (struct pst_prop){
            .tag = (uint16_t)(name >> 16), .type = (uint16_t)(name & 0xffff), .len = len, .data = *at};
        *at += len;
    }
    return true;
}

void pst_props_done(struct pst_props *p)
{
    free(p->all);
    *p = (struct pst_props){0};
}

static bool parse_item(
    const char **at, const char *end, const struct pst_attachment *in, struct pst_item *ret);

static bool parse_attachment(const char **at, const char *end, const struct pst_attachment *in,
    uint32_t number, struct pst_attachment *ret)
{
    uint32_t kind, inner;
    if (!take_u32(at, end, &kind) || kind >= PST_ATTACHED_KINDS || !take_u64(at, end, &ret->octets) ||
        !take_u64(at, end, &ret->others) || !pst_props_parse(at, end, &ret->props) ||
        !take_u32(at, end, &inner))
        return false;
    ret->kind = (enum pst_attached)kind;
    if (in)
        memcpy(ret->path, in->path, sizeof ret->path);
    ret->levels = in ? in->levels : 0;
    ret->path[ret->levels++] = number;
    if (!inner)
        return true;
    if (ret->levels > PST_LEVELS_MAX)
        return false;
    ret->item = mem_alloc(sizeof *ret->item);
    return parse_item(at, end, ret, ret->item);
}

static bool parse_item(
    const char **at, const char *end, const struct pst_attachment *in, struct pst_item *ret)
{
    uint32_t count;
    if (!pst_props_parse(at, end, &ret->props) || !take_table(at, end, RECIPIENTS_MAX, 4, &count))
        return false;
    ret->recipients_lost = count == 0;
    ret->recipients = mem_array(count, sizeof *ret->recipients);
    while (count > ret->recipient_count + 1)
        if (!pst_props_parse(at, end, &ret->recipients[ret->recipient_count++]))
            return false;
    if (!take_table(at, end, ATTACHMENTS_MAX, 1, &count))
        return false;
    ret->attachments_lost = count == 0;
    ret->attachments = mem_array(count, sizeof *ret->attachments);
    for (uint32_t i = 0; i + 1 < count; i++)
        if (!parse_attachment(at, end, in, i, &ret->attachments[ret->attachment_count++]))
            return false;
    return true;
}

struct pst_item *pst_item_parse(const void *octets, size_t len)
{
    const char *at = octets, *end = at + len;
    struct pst_item *item = mem_alloc(sizeof *item);
    if (parse_item(&at, end, NULL, item) && at == end)
        return item;
    pst_item_free(item);
    return NULL;
}

void pst_item_free(struct pst_item *item)
{
    if (!item)
        return;
    for (size_t i = 0; i < item->recipient_count; i++)
        pst_props_done(&item->recipients[i]);
    for (size_t i = 0; i < item->attachment_count; i++) {
        pst_props_done(&item->attachments[i].props);
        pst_item_free(item->attachments[i].item);
    }
    pst_props_done(&item->props);
    free(item->recipients);
    free(item->attachments);
    free(item);
}

/* ---- what it says ---- */
const struct pst_prop *pst_props_find(const struct pst_props *p, enum pst_tag tag)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->all[i].tag == tag && p->all[i].type != PST_TYPE_LOST)
            return &p->all[i];
    return NULL;
}

bool pst_props_lost(const struct pst_props *p, enum pst_tag tag)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->all[i].tag == tag && p->all[i].type == PST_TYPE_LOST)
            return true;
    return false;
}

uint32_t pst_props_number(const struct pst_props *p, enum pst_tag tag, uint32_t none)
{
    const struct pst_prop *prop = pst_props_find(p, tag);
    return prop && prop->type == PST_TYPE_LONG && prop->len >= 4 ? pst_get_u32(prop->data) : none;
}

int64_t pst_props_time(const struct pst_props *p, enum pst_tag tag)
{
    const struct pst_prop *prop = pst_props_find(p, tag);
    if (!prop || prop->type != PST_TYPE_TIME || prop->len < 8 || !pst_get_u64(prop->data))
        return INT64_MIN;
    uint64_t s = pst_get_u64(prop->data) / 10000000;
    return s < 253402300800u + EPOCH_S ? (int64_t)s - EPOCH_S : INT64_MIN;
}
