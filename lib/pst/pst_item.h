/* pst_item.h - an item of an Outlook store as its properties, and as octets between two processes. Pure.
 *
 * What is parsed may come from anybody: lengths are checked, levels and counts bounded. Strings and data are
 * stretches of the octets that were parsed, which must outlive the item. */
#pragma once

#include "buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PST_LEVELS_MAX 12 /* messages within messages */

/* Value types (MS-OXCDATA section 2.11.1). */
#define PST_TYPE_LONG    0x0003u
#define PST_TYPE_BOOLEAN 0x000bu
#define PST_TYPE_STRING8 0x001eu
#define PST_TYPE_UNICODE 0x001fu
#define PST_TYPE_TIME    0x0040u
#define PST_TYPE_BINARY  0x0102u
#define PST_TYPE_LOST    0xffffu /* it is there, and cannot be read */

/* Property tags (MS-OXPROPS), those that are asked for. */
enum pst_tag {
    PST_IMPORTANCE = 0x0017,
    PST_MESSAGE_CLASS = 0x001a,
    PST_SENSITIVITY = 0x0036,
    PST_SUBJECT = 0x0037,
    PST_SUBMIT_TIME = 0x0039,
    PST_SENT_NAME = 0x0042, /* of whom it is */
    PST_SENT_ADDRESS_TYPE = 0x0064,
    PST_SENT_ADDRESS = 0x0065,
    PST_HEADERS = 0x007d, /* as received */
    PST_RECIPIENT_TYPE = 0x0c15,
    PST_SENDER_NAME = 0x0c1a, /* who sent it */
    PST_SENDER_ADDRESS_TYPE = 0x0c1e,
    PST_SENDER_ADDRESS = 0x0c1f,
    PST_DISPLAY_BCC = 0x0e02,
    PST_DISPLAY_CC = 0x0e03,
    PST_DISPLAY_TO = 0x0e04,
    PST_DELIVERY_TIME = 0x0e06,
    PST_MESSAGE_FLAGS = 0x0e07,
    PST_MESSAGE_SIZE = 0x0e08,
    PST_ATTACH_SIZE = 0x0e20,
    PST_BODY = 0x1000,
    PST_RTF = 0x1009,
    PST_HTML = 0x1013,
    PST_MESSAGE_ID = 0x1035,
    PST_REFERENCES = 0x1039,
    PST_IN_REPLY_TO = 0x1042,
    PST_ICON = 0x1080,
    PST_LAST_VERB = 0x1081,
    PST_FLAG_STATUS = 0x1090,
    PST_DISPLAY_NAME = 0x3001,
    PST_ADDRESS_TYPE = 0x3002,
    PST_ADDRESS = 0x3003,
    PST_CREATED = 0x3007,
    PST_SUBTREE_ID = 0x35e0,
    PST_OUTBOX_ID = 0x35e2,
    PST_TRASH_ID = 0x35e3,
    PST_SENT_ID = 0x35e4,
    PST_CONTENT_COUNT = 0x3602,
    PST_CONTAINER_CLASS = 0x3613,
    PST_DRAFTS_ID = 0x36d7,
    PST_OTHER_IDS = 0x36d8,
    PST_ATTACH_DATA = 0x3701,
    PST_ATTACH_SHORT_NAME = 0x3704,
    PST_ATTACH_METHOD = 0x3705,
    PST_ATTACH_NAME = 0x3707,
    PST_ATTACH_TYPE = 0x370e,
    PST_ATTACH_CONTENT_ID = 0x3712,
    PST_ATTACH_LOCATION = 0x3713,
    PST_SMTP_ADDRESS = 0x39fe,
    PST_INTERNET_CODEPAGE = 0x3fde,
    PST_LOCALE = 0x3ff1,
    PST_CODEPAGE = 0x3ffd,
    PST_SENDER_SMTP = 0x5d01,
    PST_SENT_SMTP = 0x5d02,
};
/* 0 ends them. */
extern const uint16_t pst_tags[];

struct pst_prop {
    uint16_t tag, type;
    uint32_t len;
    const char *data;
};

struct pst_props {
    struct pst_prop *all; /* owned */
    size_t count;
};

enum pst_attached {
    PST_ATTACHED_DATA,
    PST_ATTACHED_ITEM,      /* a message, whole; its item is NULL where it lies too deep */
    PST_ATTACHED_REFERENCE, /* a file that lies elsewhere */
    PST_ATTACHED_LOST,      /* named by the table, and cannot be opened */
    PST_ATTACHED_KINDS,
};

struct pst_item;

struct pst_attachment {
    struct pst_props props;
    enum pst_attached kind;
    uint64_t octets; /* of its data */
    uint64_t others; /* of its other properties, all together */
    struct pst_item *item;
    uint32_t path[PST_LEVELS_MAX + 1]; /* its place, and those of the messages that it lies in */
    unsigned levels;                   /* of them */
};

struct pst_item {
    struct pst_props props;
    struct pst_props *recipients;
    size_t recipient_count;
    struct pst_attachment *attachments;
    size_t attachment_count;
    bool recipients_lost, attachments_lost; /* their table cannot be read */
};

/* NULL: they are none. */
struct pst_item *pst_item_parse(const void *octets, size_t len);
void pst_item_free(struct pst_item *item);
/* Properties alone, with what follows them left. False: they are none. */
bool pst_props_parse(const char **at, const char *end, struct pst_props *ret);
void pst_props_done(struct pst_props *p);

/* NULL: it is not there, or of another type (PST_TYPE_LOST: of any). */
const struct pst_prop *pst_props_find(const struct pst_props *p, enum pst_tag tag);
bool pst_props_lost(const struct pst_props *p, enum pst_tag tag);
/* A number of up to 32 bits; `none` where there is none. */
uint32_t pst_props_number(const struct pst_props *p, enum pst_tag tag, uint32_t none);
/* UTC seconds; INT64_MIN: none. */
int64_t pst_props_time(const struct pst_props *p, enum pst_tag tag);

/* ---- as octets: what is written below each other is one item ---- */
void pst_put_u32(struct buf *out, uint32_t n);
void pst_put_u64(struct buf *out, uint64_t n);
void pst_put_prop(struct buf *out, uint16_t tag, uint16_t type, const void *data, size_t len);
uint32_t pst_get_u32(const char *at);
uint64_t pst_get_u64(const char *at);
