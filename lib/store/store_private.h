/* store_private.h - what the files store_*.c share: a store being filled, and its tasks. */
#pragma once

#include "buf.h"
#include "store.h"
#include "store_dir.h"
#include "store_piece.h"
#include <sys/stat.h>

/* What is still to be looked at, in order: a file or a folder of the disk. */
struct store_task {
    struct store_task *next;
    uint32_t folder; /* of the items that come of it */
    char *path;
    void *state; /* the step's own */
    /* Do some of it: 1 more, 0 done. What cannot be done is noted. */
    int (*step)(struct store *s, struct store_task *t);
    void (*done)(void *state); /* NULL: nothing of its own */
};

struct store {
    enum store_kind kind;
    char *path;
    struct store_folder *folders;
    size_t folder_count;
    struct store_item *items;
    size_t item_count;
    struct store_note *notes;
    size_t note_count;
    struct store_task *tasks, **tasks_end;
    struct buf names; /* of files with a message each, each with its NUL; an item's `at` is where it begins */
    char **keywords;  /* sets; [0] is "" */
    size_t keyword_count;
    uint16_t *keyword_slots; /* by a hash of the words; NULL: none is known yet */
    struct store_files *files;
    size_t file_count;
    const char *charset;   /* of names and texts that do not say theirs; NULL: guessed */
    struct store_pst *pst; /* the file of Outlook that is open; NULL */
    uint64_t octets_done;
    bool found; /* store_step has begun */
};

/* A file that holds many messages, as it was when they were found. */
struct store_files {
    uint32_t folder;
    uint64_t octets;
    int64_t mtime_ns;
};

/* ---- filling ---- */
/* parent: the path of the folder above, or "". name: as on the disk. Returns its index. */
uint32_t store_add_folder(struct store *s, const char *path, const char *disk);
/* state: NULL, or the task's own, for which done is called at its end. */
void store_add_task(struct store *s, uint32_t folder, const char *path,
    int (*step)(struct store *s, struct store_task *t), void *state, void (*done)(void *state));
/* Counts it in its folder, too. */
void store_add_item(struct store *s, const struct store_item *item);
/* words: taken over. */
void store_add_note(
    struct store *s, enum store_note_kind kind, const char *path, uint64_t offset, char *words);
/* The same of a failing call: "doing: reason". */
void store_add_errno(struct store *s, const char *path, uint64_t offset, const char *doing);
/* So many files of this folder of the disk are left alone; 0: nothing is said. */
void store_add_aside(struct store *s, const char *disk, uint64_t count);
/* The folder is one file with many messages, which is to stay as it is now. */
void store_add_file(struct store *s, uint32_t folder, const struct stat *st);
/* Open the task's file and add it, with *ret as it is now. The descriptor, the caller's; -1: that it cannot
 * be is noted. */
int store_add_opened(struct store *s, const struct store_task *t, struct stat *ret);
/* What lies in this folder of the disk, so many levels below the store; links and devices are noted, unless
 * this is done again. false, and noted: it cannot be read, or lies deeper than STORE_DIR_LEVELS_MAX. */
bool store_list(struct store *s, const char *disk, unsigned level, bool again, struct store_dir *ret);
/* A tree of the disk in which each file of some kind has a folder of its own: entry is called for every file,
 * and tells whether it is left alone (1), without being named; parent is the path of the folders above. */
typedef unsigned store_entry_fn(struct store *s, const char *parent, const char *disk, const char *name);
void store_add_tree(
    struct store *s, const char *parent, const char *disk, unsigned level, store_entry_fn *entry);
/* The first octets of a file, at most max; 0, and noted (unless s is NULL): it cannot be read. */
size_t store_front(struct store *s, const char *path, void *dst, size_t max);
/* Compressed, and noted. */
bool store_front_is_packed(struct store *s, const char *path, const char *front, size_t len);
uint64_t store_add_name(struct store *s, const char *name);
/* The set's number; 0 for none, or when there are too many. */
uint16_t store_add_keywords(struct store *s, const char *words);

/* ---- messages that are put together ---- */
/* What the message that begins there in this file is put together from. -1: a part of it is missing;
 * *ret_why says which, caller frees. fd stays open. */
int store_becky_pieces(
    const struct store_item *item, int fd, const char *path, struct store_pieces *ret, char **ret_why);

int store_emlx_pieces(
    const struct store_item *item, int fd, const char *path, struct store_pieces *ret, char **ret_why);

/* ---- kinds: each puts the first tasks and folders in place. -1: this is none, or cannot be read. ---- */
int store_mbox_begin(struct store *s, struct error *err);
int store_thunderbird_begin(struct store *s, struct error *err);
int store_maildir_begin(struct store *s, struct error *err);
int store_eml_begin(struct store *s, struct error *err);
int store_mh_begin(struct store *s, struct error *err);
int store_dbx_begin(struct store *s, struct error *err);
int store_becky_begin(struct store *s, struct error *err);
int store_emlx_begin(struct store *s, struct error *err);
int store_pst_begin(struct store *s, struct error *err);

/* Does this file look like an mbox? An empty one does not. What cannot be read is noted, unless s is NULL. */
bool store_mbox_is_one(struct store *s, const char *path);
/* One mbox file becomes items of this folder. */
int store_mbox_step(struct store *s, struct store_task *t);
