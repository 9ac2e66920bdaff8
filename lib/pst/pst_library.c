#include "pst_library.h"

#include "mem.h"
#include <libpff.h>
#include <stdlib.h>
#include <string.h>

#define WHY_MAX 300

struct pst_library {
    libpff_file_t *file;
    /* The message that was asked for last, and what was opened on the way to an attachment of it. */
    uint32_t id;
    libpff_item_t *message;
    libpff_item_t *opened[2 * PST_LEVELS_MAX + 3];
    size_t opened_count;
    uint32_t path[PST_LEVELS_MAX + 1];
    uint32_t levels;
    uint64_t offset; /* in its data */
};

/* ---- errors ---- */
static void forget(libpff_error_t **error)
{
    libpff_error_free(error);
    *error = NULL;
}

/* The library's words, on one line. */
static bool refuse(struct buf *ret, libpff_error_t **error, const char *what)
{
    char words[WHY_MAX] = "";
    if (*error && libpff_error_sprint(*error, words, sizeof words) < 0)
        *words = '\0';
    words[strcspn(words, "\r\n")] = '\0';
    buf_clear(ret);
    buf_append_str(ret, what);
    if (*words)
        buf_printf(ret, " (libpff: %s)", words);
    forget(error);
    return false;
}

/* ---- properties ---- */
static bool is_asked(uint32_t tag)
{
    for (size_t i = 0; pst_tags[i]; i++)
        if (pst_tags[i] == tag)
            return true;
    return false;
}

struct entries {
    struct buf props;
    uint32_t count;
    uint64_t others; /* octets of all but an attachment's data */
    bool body, html, rtf, headers;
};

static void entries_done(struct entries *e)
{
    buf_done(&e->props);
}

static void note_text(struct entries *e, uint32_t tag)
{
    e->body = e->body || tag == PST_BODY;
    e->html = e->html || tag == PST_HTML;
    e->rtf = e->rtf || tag == PST_RTF;
    e->headers = e->headers || tag == PST_HEADERS;
}

static bool is_long(uint32_t tag)
{
    return tag == PST_BODY || tag == PST_HTML || tag == PST_HEADERS;
}

/* data: with the texts of the message. */
static void take_entry(libpff_record_entry_t *entry, bool texts, struct entries *e)
{
    libpff_error_t *error = NULL;
    uint32_t tag = 0, type = 0;
    size_t size = 0;
    libpff_name_to_id_map_entry_t *named = NULL;
    if (libpff_record_entry_get_entry_type(entry, &tag, &error) != 1 ||
        libpff_record_entry_get_value_type(entry, &type, &error) != 1) {
        forget(&error);
        return;
    }
    if (libpff_record_entry_get_name_to_id_map_entry(entry, &named, &error) == 1 && named)
        return;
    forget(&error);
    if (tag == PST_ATTACH_DATA)
        return;
    bool has_size = libpff_record_entry_get_data_size(entry, &size, &error) == 1;
    forget(&error);
    e->others += has_size ? size : 0;
    if (!is_asked(tag) || e->count >= 200)
        return;
    note_text(e, tag);
    if (!texts && is_long(tag))
        return;
    e->count++;
    if (has_size && !size) {
        pst_put_prop(&e->props, (uint16_t)tag, (uint16_t)type, "", 0);
        return;
    }
    uint8_t *data = has_size && size <= PST_PROP_MAX ? malloc(size) : NULL;
    if (data && libpff_record_entry_get_data(entry, data, size, &error) == 1)
        pst_put_prop(&e->props, (uint16_t)tag, (uint16_t)type, data, size);
    else
        pst_put_prop(&e->props, (uint16_t)tag, PST_TYPE_LOST, "", 0);
    free(data);
    forget(&error);
}

static bool take_set(libpff_item_t *item, int set, bool texts, struct entries *ret)
{
    libpff_error_t *error = NULL;
    libpff_record_set_t *records = NULL;
    int count = 0;
    bool had = libpff_item_get_record_set_by_index(item, set, &records, &error) == 1 && records &&
               libpff_record_set_get_number_of_entries(records, &count, &error) == 1;
    for (int i = 0; had && i < count; i++) {
        libpff_record_entry_t *entry = NULL;
        if (libpff_record_set_get_entry_by_index(records, i, &entry, &error) == 1 && entry)
            take_entry(entry, texts, ret);
        if (entry)
            libpff_record_entry_free(&entry, &error);
        forget(&error);
    }
    if (records)
        libpff_record_set_free(&records, &error);
    forget(&error);
    return had;
}

static void put_entries(struct buf *out, const struct entries *e)
{
    pst_put_u32(out, e->count);
    buf_append(out, buf_bytes(&e->props), buf_len(&e->props));
}

/* Its first set of properties; false: there is none. */
static bool put_props(libpff_item_t *item, struct buf *out)
{
    struct entries e CLEANUP(entries_done) = {0};
    bool had = take_set(item, 0, true, &e);
    put_entries(out, &e);
    return had;
}

/* ---- a message, whole ---- */
static void put_recipients(libpff_item_t *message, struct buf *out)
{
    libpff_error_t *error = NULL;
    libpff_item_t *table = NULL;
    int count = 0, rc = libpff_message_get_recipients(message, &table, &error);
    if (rc == 1 && table && libpff_item_get_number_of_record_sets(table, &count, &error) == 1) {
        pst_put_u32(out, (uint32_t)count + 1);
        for (int i = 0; i < count; i++) {
            struct entries e CLEANUP(entries_done) = {0};
            take_set(table, i, true, &e);
            put_entries(out, &e);
        }
    } else {
        pst_put_u32(out, rc == 0 || (rc == 1 && !table) ? 1 : 0);
    }
    if (table)
        libpff_item_free(&table, &error);
    forget(&error);
}

static void put_message(libpff_item_t *message, unsigned level, struct buf *out);

static bool seek(libpff_item_t *attachment, uint64_t offset)
{
    libpff_error_t *error = NULL;
    bool moved =
        libpff_attachment_data_seek_offset(attachment, (off64_t)offset, SEEK_SET, &error) == (off64_t)offset;
    forget(&error);
    return moved;
}

/* The front of its data as a property, with the others. */
static void take_front(libpff_item_t *attachment, uint64_t octets, struct entries *e)
{
    libpff_error_t *error = NULL;
    size_t want = octets < PST_FRONT_MAX ? (size_t)octets : PST_FRONT_MAX;
    uint8_t *data = mem_alloc(PST_FRONT_MAX);
    ssize_t n = want ? libpff_attachment_data_read_buffer(attachment, data, want, &error) : 0;
    if (n > 0) {
        pst_put_prop(&e->props, PST_ATTACH_DATA, PST_TYPE_BINARY, data, (size_t)n);
        e->count++;
    }
    free(data);
    forget(&error);
    seek(attachment, 0);
}

static void put_attachment(libpff_item_t *attachment, unsigned level, bool front, struct buf *out)
{
    libpff_error_t *error = NULL;
    libpff_item_t *inner = NULL;
    int type = LIBPFF_ATTACHMENT_TYPE_UNDEFINED;
    size64_t octets = 0;
    enum pst_attached kind = PST_ATTACHED_LOST;
    struct entries e CLEANUP(entries_done) = {0};
    if (libpff_attachment_get_type(attachment, &type, &error) != 1)
        type = LIBPFF_ATTACHMENT_TYPE_UNDEFINED;
    forget(&error);
    take_set(attachment, 0, true, &e);
    if (type == LIBPFF_ATTACHMENT_TYPE_DATA &&
        libpff_attachment_get_data_size(attachment, &octets, &error) == 1)
        kind = PST_ATTACHED_DATA;
    else if (type == LIBPFF_ATTACHMENT_TYPE_REFERENCE)
        kind = PST_ATTACHED_REFERENCE;
    else if (type == LIBPFF_ATTACHMENT_TYPE_ITEM && level + 1 >= PST_LEVELS_MAX)
        kind = PST_ATTACHED_ITEM;
    else if (type == LIBPFF_ATTACHMENT_TYPE_ITEM &&
             libpff_attachment_get_item(attachment, &inner, &error) == 1 && inner)
        kind = PST_ATTACHED_ITEM;
    forget(&error);
    if (front && kind == PST_ATTACHED_DATA)
        take_front(attachment, octets, &e);
    pst_put_u32(out, kind);
    pst_put_u64(out, octets);
    pst_put_u64(out, e.others);
    put_entries(out, &e);
    pst_put_u32(out, inner != NULL);
    if (inner) {
        put_message(inner, level + 1, out);
        libpff_item_free(&inner, &error);
        forget(&error);
    }
}

static bool is_signed(const struct entries *e)
{
    const char *at = buf_bytes(&e->props), *end = at + buf_len(&e->props);
    static const char ascii[] = "IPM.Note.SMIME", utf16[] = "S\0M\0I\0M\0E";
    for (; end - at >= 8; at += 8 + pst_get_u32(at + 4))
        if (pst_get_u32(at) >> 16 == PST_MESSAGE_CLASS) {
            size_t len = pst_get_u32(at + 4);
            return memmem(at + 8, len, ascii, sizeof ascii - 1) ||
                   memmem(at + 8, len, utf16, sizeof utf16 - 1);
        }
    return false;
}

static void put_message(libpff_item_t *message, unsigned level, struct buf *out)
{
    libpff_error_t *error = NULL;
    struct entries e CLEANUP(entries_done) = {0};
    int count = 0;
    take_set(message, 0, true, &e);
    put_entries(out, &e);
    put_recipients(message, out);
    if (libpff_message_get_number_of_attachments(message, &count, &error) != 1 ||
        buf_len(out) > PST_ITEM_MAX) {
        forget(&error);
        pst_put_u32(out, 0);
        return;
    }
    pst_put_u32(out, (uint32_t)count + 1);
    for (int i = 0; i < count; i++) {
        libpff_item_t *attachment = NULL;
        if (buf_len(out) <= PST_ITEM_MAX &&
            libpff_message_get_attachment(message, i, &attachment, &error) == 1 && attachment) {
            put_attachment(attachment, level, is_signed(&e), out);
        } else {
            pst_put_u32(out, PST_ATTACHED_LOST);
            pst_put_u64(out, 0);
            pst_put_u64(out, 0);
            pst_put_u32(out, 0); /* properties */
            pst_put_u32(out, 0); /* no item */
        }
        if (attachment)
            libpff_item_free(&attachment, &error);
        forget(&error);
    }
}

/* ---- what stays open ---- */
static void close_attachment(struct pst_library *l)
{
    libpff_error_t *error = NULL;
    while (l->opened_count) {
        libpff_item_free(&l->opened[--l->opened_count], &error);
        forget(&error);
    }
    l->levels = 0;
}

static void close_message(struct pst_library *l)
{
    libpff_error_t *error = NULL;
    close_attachment(l);
    if (l->message)
        libpff_item_free(&l->message, &error);
    forget(&error);
    l->message = NULL;
}

static bool open_message(struct pst_library *l, uint32_t id, struct buf *ret)
{
    libpff_error_t *error = NULL;
    if (l->message && l->id == id)
        return true;
    close_message(l);
    if (libpff_file_get_item_by_identifier(l->file, id, &l->message, &error) != 1 || !l->message)
        return refuse(ret, &error, "it cannot be opened");
    l->id = id;
    return true;
}

static bool open_attachment(struct pst_library *l, const struct pst_request *q, struct buf *ret)
{
    libpff_error_t *error = NULL;
    bool same = l->opened_count && l->levels == q->levels && l->id == q->id &&
                !memcmp(l->path, q->path, q->levels * sizeof *q->path);
    if (same)
        return true;
    if (!open_message(l, q->id, ret))
        return false;
    close_attachment(l);
    libpff_item_t *in = l->message;
    for (uint32_t i = 0; i < q->levels; i++) {
        if (i) {
            libpff_item_t *item = NULL;
            if (libpff_attachment_get_item(in, &item, &error) != 1 || !item)
                return refuse(ret, &error, "a message in it cannot be opened");
            l->opened[l->opened_count++] = in = item;
        }
        libpff_item_t *attachment = NULL;
        if (libpff_message_get_attachment(in, (int)q->path[i], &attachment, &error) != 1 || !attachment)
            return refuse(ret, &error, "an attachment cannot be opened");
        l->opened[l->opened_count++] = in = attachment;
    }
    memcpy(l->path, q->path, sizeof l->path);
    l->levels = q->levels;
    l->offset = 0;
    return true;
}

/* ---- requests ---- */
static bool answer_store(struct pst_library *l, struct buf *ret)
{
    libpff_error_t *error = NULL;
    libpff_item_t *store = NULL, *root = NULL;
    uint32_t id = 0;
    bool known = libpff_file_get_root_folder(l->file, &root, &error) == 1 && root &&
                 libpff_item_get_identifier(root, &id, &error) == 1;
    if (!known)
        refuse(ret, &error, "it has no folders");
    if (known) {
        pst_put_u32(ret, id);
        if (libpff_file_get_message_store(l->file, &store, &error) == 1 && store)
            put_props(store, ret);
        else
            pst_put_u32(ret, 0);
    }
    forget(&error);
    if (store)
        libpff_item_free(&store, &error);
    forget(&error);
    if (root)
        libpff_item_free(&root, &error);
    forget(&error);
    return known;
}

static void put_folder(libpff_item_t *folder, struct buf *ret)
{
    libpff_error_t *error = NULL;
    int folders = 0, messages = 0;
    put_props(folder, ret);
    bool messages_known = libpff_folder_get_number_of_sub_messages(folder, &messages, &error) == 1;
    forget(&error);
    bool folders_known = libpff_folder_get_number_of_sub_folders(folder, &folders, &error) == 1;
    forget(&error);
    pst_put_u32(ret, messages_known ? (uint32_t)messages : UINT32_MAX);
    pst_put_u32(ret, folders_known ? (uint32_t)folders : UINT32_MAX);
    for (int i = 0; folders_known && i < folders; i++) {
        libpff_item_t *sub = NULL;
        uint32_t id = 0;
        if (libpff_folder_get_sub_folder(folder, i, &sub, &error) != 1 || !sub ||
            libpff_item_get_identifier(sub, &id, &error) != 1)
            id = 0;
        pst_put_u32(ret, id);
        if (sub)
            libpff_item_free(&sub, &error);
        forget(&error);
    }
}

static void put_listed(libpff_item_t *message, uint32_t id, struct buf *ret)
{
    struct entries e CLEANUP(entries_done) = {0};
    take_set(message, 0, false, &e);
    pst_put_u32(ret, id);
    pst_put_u32(
        ret, (uint32_t)e.body | (uint32_t)e.html << 1 | (uint32_t)e.rtf << 2 | (uint32_t)e.headers << 3);
    put_entries(ret, &e);
}

static void put_list(libpff_item_t *folder, const struct pst_request *q, struct buf *ret)
{
    for (uint32_t i = 0; i < q->count && buf_len(ret) < PST_CHUNK_MAX; i++) {
        libpff_error_t *error = NULL;
        libpff_item_t *message = NULL;
        uint32_t id = 0;
        if (libpff_folder_get_sub_message(folder, (int)(q->index + i), &message, &error) != 1 || !message ||
            libpff_item_get_identifier(message, &id, &error) != 1 || !id) {
            pst_put_u32(ret, 0);
        } else {
            put_listed(message, id, ret);
        }
        forget(&error);
        if (message)
            libpff_item_free(&message, &error);
        forget(&error);
    }
}

static bool answer_folder(struct pst_library *l, const struct pst_request *q, struct buf *ret)
{
    libpff_error_t *error = NULL;
    if (!open_message(l, q->id, ret))
        return false;
    uint8_t type = 0;
    if (libpff_item_get_type(l->message, &type, &error) != 1 || type != LIBPFF_ITEM_TYPE_FOLDER)
        return refuse(ret, &error, "it is no folder");
    if (q->kind == PST_REQUEST_FOLDER)
        put_folder(l->message, ret);
    else
        put_list(l->message, q, ret);
    return true;
}

static bool answer_message(struct pst_library *l, const struct pst_request *q, struct buf *ret)
{
    if (!open_message(l, q->id, ret))
        return false;
    put_message(l->message, 0, ret);
    if (buf_len(ret) <= PST_ITEM_MAX)
        return true;
    libpff_error_t *none = NULL;
    return refuse(ret, &none, "its texts are larger than popferry takes");
}

static bool answer_data(struct pst_library *l, const struct pst_request *q, struct buf *ret)
{
    libpff_error_t *error = NULL;
    if (!q->levels || q->levels > PST_LEVELS_MAX || q->count > PST_CHUNK_MAX || !open_attachment(l, q, ret))
        return buf_len(ret) ? false : refuse(ret, &error, "no such attachment");
    libpff_item_t *attachment = l->opened[l->opened_count - 1];
    if (l->offset != q->offset && !seek(attachment, q->offset))
        return refuse(ret, &error, "an attachment's data cannot be found");
    l->offset = UINT64_MAX;
    size_t have = 0;
    uint8_t *data = buf_reserve(ret, q->count);
    while (have < q->count) {
        ssize_t n = libpff_attachment_data_read_buffer(attachment, data + have, q->count - have, &error);
        if (n < 0)
            return refuse(ret, &error, "an attachment's data cannot be read");
        if (!n)
            break;
        have += (size_t)n;
    }
    buf_commit(ret, have);
    l->offset = q->offset + have;
    return true;
}

bool pst_library_answer(struct pst_library *l, const struct pst_request *q, struct buf *ret)
{
    switch (q->kind) {
    case PST_REQUEST_STORE:
        return answer_store(l, ret);
    case PST_REQUEST_FOLDER:
    case PST_REQUEST_LIST:
        return answer_folder(l, q, ret);
    case PST_REQUEST_MESSAGE:
        return answer_message(l, q, ret);
    case PST_REQUEST_DATA:
        return answer_data(l, q, ret);
    }
    return false;
}

struct pst_library *pst_library_new(void)
{
    return mem_alloc(sizeof(struct pst_library));
}

bool pst_library_open(struct pst_library *l, const char *path, struct buf *ret_why)
{
    libpff_error_t *error = NULL;
    if (libpff_file_initialize(&l->file, &error) != 1)
        return refuse(ret_why, &error, "libpff cannot be used");
    if (libpff_file_open(l->file, path, LIBPFF_OPEN_READ, &error) != 1)
        return refuse(ret_why, &error, "it is damaged, or no file of Outlook");
    return true;
}

void pst_library_free(struct pst_library *l)
{
    libpff_error_t *error = NULL;
    if (!l)
        return;
    close_message(l);
    if (l->file) {
        libpff_file_close(l->file, &error);
        forget(&error);
        libpff_file_free(&l->file, &error);
    }
    forget(&error);
    free(l);
}
