/* store.h - mail that lies on a disk: a tree of folders with messages, read only.
 *
 * Order of calls: store_open; store_step until it says that all was found; then folders, items and notes are
 * there and messages can be read, any number at a time. store_free last. One thread. What is not there,
 * cannot be read or is not what it should be costs only itself: it is named in the notes, and the rest goes
 * on.
 *
 * Messages are handed out as they would go over the wire: each line end as CR LF, whatever the file has;
 * without what a store adds ("From " lines, X-Mozilla-Status, X-Becky-Status); with the quoting of "From "
 * undone where the file proves how it was done; with the parts that a store keeps in files of their own back
 * in their places. Nothing else is changed. Outlook keeps no messages but their properties: they are built,
 * each time to the same octets (pst_build.h).
 *
 * Memory: 32 octets a message, and for kinds with a file for each its name. */
#pragma once

#include "error.h"
#include "mail_role.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum store_kind {
    STORE_MBOX,        /* a file, or a folder of them at any depth */
    STORE_THUNDERBIRD, /* a profile, its Mail folder, or one account of it */
    STORE_MAILDIR,     /* Maildir, Maildir++, or a tree of them */
    STORE_EML,         /* a tree of files with a message each */
    STORE_MH,          /* a tree of folders with numbered files */
    STORE_DBX,         /* Outlook Express 5 and 6: a file for each folder, at any depth */
    STORE_BECKY,       /* Becky! Internet Mail: its folder, an account, or a folder of one */
    STORE_PST,         /* Outlook: a .pst or .ost file, or a folder of them at any depth */
    STORE_EMLX,        /* Apple Mail: its folder, an account, a mailbox, or any folder of .emlx files */
    STORE_KINDS,
};

/* As a user writes it: "mbox". */
const char *store_kind_name(enum store_kind kind);
/* In words for a table: "mbox files". */
const char *store_kind_words(enum store_kind kind);
/* "mbox:PATH": true, with both. */
bool store_parse(const char *text, enum store_kind *ret_kind, const char **ret_path);
bool store_is_named(const char *text); /* is it of that form? NULL is not */

struct store_folder {
    char *path; /* UTF-8, levels divided by "/"; a "/" within a name is U+FF0F. "" is the store itself */
    char *disk; /* the file or folder on the disk */
    enum mail_role role;       /* by its name, in English and Japanese */
    uint64_t messages, octets; /* its items */
    uint64_t deleted;          /* marked as such and not yet compacted: no items */
    uint64_t partial; /* of which only the first lines were ever fetched: no items, each in the notes */
    int64_t oldest_s, newest_s; /* of its items; MAIL_NO_DATE if not known */
};

enum store_flag {
    STORE_KNOWN = 1, /* the store says how it is: else the others mean nothing */
    STORE_SEEN = 2,
    STORE_ANSWERED = 4,
    STORE_FLAGGED = 8,
    STORE_DRAFT = 16,
    STORE_FORWARDED = 32,
    STORE_UNQUOTE = 64,   /* private */
    STORE_PARTS = 128,    /* private: parts of it lie in files of their own */
    STORE_RECEIVED = 256, /* date_s is when the store received it, as it says itself */
    STORE_BUILT = 512,    /* and 1024: private, store_built says it */
};

struct store_item {
    uint64_t at; /* private: where it is in its folder */
    uint64_t
        octets; /* as it lies there, or exactly as it will be handed out (mbox); as Outlook counts (PST) */
    int64_t date_s; /* its topmost Received, or STORE_RECEIVED, else its Date; MAIL_NO_DATE */
    uint32_t folder;
    uint16_t flags;
    uint16_t keywords; /* for store_keywords; 0: none */
};

enum store_note_kind {
    STORE_NOTE_LOST,    /* mail that cannot be had */
    STORE_NOTE_PARTIAL, /* a message of which the store has only the beginning */
    STORE_NOTE_DOUBT,   /* where a message begins is not plain: what was taken for what */
    STORE_NOTE_ASIDE,   /* no mail of this store: left alone */
    STORE_NOTE_MADE,    /* how its messages are made of what it keeps */
};
struct store_note {
    enum store_note_kind kind;
    char *path;      /* on the disk */
    uint64_t offset; /* in the file */
    char *words;
};

struct store;

/* Does not look at the disk but for whether there is something by that name. */
struct store *store_open(enum store_kind kind, const char *path, struct error *err);
void store_free(struct store *s);
/* Before the first step: what is no Unicode in it, and says no charset, is of this Windows code page; one
 * that is not known is as none. Of Outlook's stores alone. */
void store_set_codepage(struct store *s, unsigned codepage);
bool store_knows_codepage(unsigned codepage);

/* Find what there is, for some milliseconds: 1 there is more to do, 0 all was found, -1 nothing can be found
 * at all. *ret_done, unless NULL: octets looked at so far. */
int store_step(struct store *s, uint64_t *ret_done, struct error *err);

const struct store_folder *store_folders(const struct store *s, size_t *ret_count);
const struct store_item *store_items(const struct store *s, size_t *ret_count);
const struct store_note *store_notes(const struct store *s, size_t *ret_count);
/* Each keyword, divided by blanks. "": none. */
const char *store_keywords(const struct store *s, const struct store_item *item);
/* How a message is made that the store does not keep as such (Outlook): its class (pst_build.h) and the
 * version of what builds it, as "B1"; NULL: it is kept as it was. */
const char *store_built(const struct store_item *item);
/* "FILE, octet 1234", for people. Caller frees. */
char *store_place(const struct store *s, size_t item);

struct store_reader;
/* An error is of this message alone: the file is gone, cannot be read, or changed since it was found. */
struct store_reader *store_reader_open(struct store *s, size_t item, struct error *err);
/* 0: it is over. -1: it cannot be read to its end. */
ssize_t store_reader_read(struct store_reader *r, void *dst, size_t cap, struct error *err);
void store_reader_close(struct store_reader *r);
