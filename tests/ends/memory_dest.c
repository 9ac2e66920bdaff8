#include "memory_dest.h"

#include "buf.h"
#include "dest_ids.h"
#include "dest_private.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

struct op {
    struct op *next;
    void (*run)(struct dest *d, struct op *op);
    void (*cancel)(struct op *op, const struct error *why);
    union {
        dest_done_fn *done;
        dest_told_fn *told;
        dest_append_fn *appended;
    };
    void *ctx;
    char *folder;
    enum dest_mode mode;
    struct dest_message *msgs;
    uint32_t *ids;
    size_t count;
    struct dest_listing *listing;
    const struct dest_reader *reader;
    union {
        dest_id_fn *id;
        dest_twin_fn *twin;
        dest_role_fn *role;
    };
};

struct connection {
    struct dest base;
    struct memory_cloud *cloud;
    const struct connection *first;
    char *folder;
    struct op *ops, **last;
    size_t outstanding;
    bool broken;
    struct error error; /* of a break, or of the abort */
};

static struct connection *of(struct dest *d)
{
    return (struct connection *)d;
}

/* ---- the server ---- */
struct memory_cloud *memory_cloud_new(void)
{
    struct memory_cloud *c = mem_alloc(sizeof *c);
    *c =
        (struct memory_cloud){.batches = true, .tells_ids = true, .keeps_twins = true, .unread_listed = true};
    return c;
}

static void free_mailboxes(struct memory_cloud *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct memory_mailbox *box = &c->mailboxes[i];
        for (size_t k = 0; k < box->count; k++) {
            free(box->all[k].bytes);
            free(box->all[k].keywords);
        }
        free(box->all);
        free(box->name);
    }
    free(c->mailboxes);
}

void memory_cloud_free(struct memory_cloud *c)
{
    free_mailboxes(c);
    free(c);
}

struct memory_cloud *memory_cloud_copy(const struct memory_cloud *c)
{
    struct memory_cloud *copy = memory_cloud_new();
    copy->mailboxes = mem_array(c->count + 1, sizeof *copy->mailboxes);
    copy->count = c->count;
    for (size_t i = 0; i < c->count; i++) {
        const struct memory_mailbox *from = &c->mailboxes[i];
        struct memory_mailbox *to = &copy->mailboxes[i];
        *to = *from;
        to->name = mem_strdup(from->name);
        to->cap = from->count + 1;
        to->all = mem_array(to->cap, sizeof *to->all);
        for (size_t k = 0; k < from->count; k++) {
            to->all[k] = from->all[k];
            to->all[k].bytes = mem_strndup(from->all[k].bytes, from->all[k].octets);
            to->all[k].keywords = mem_strdup(from->all[k].keywords);
        }
    }
    return copy;
}

void memory_cloud_restore(struct memory_cloud *c, struct memory_cloud *copy)
{
    free_mailboxes(c);
    c->mailboxes = copy->mailboxes;
    c->count = copy->count;
    free(copy);
}

struct memory_mailbox *memory_cloud_mailbox(struct memory_cloud *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (!strcmp(c->mailboxes[i].name, name))
            return &c->mailboxes[i];
    return NULL;
}

struct memory_mailbox *memory_cloud_make(struct memory_cloud *c, const char *name)
{
    struct memory_mailbox *box = memory_cloud_mailbox(c, name);
    if (box)
        return box;
    c->mailboxes = mem_grow(c->mailboxes, c->count + 1, sizeof *c->mailboxes);
    box = &c->mailboxes[c->count++];
    *box =
        (struct memory_mailbox){.name = mem_strdup(name), .epoch = (uint32_t)(1000 + c->count), .next_id = 1};
    return box;
}

struct memory_message *memory_cloud_put(
    struct memory_mailbox *box, const void *bytes, size_t octets, int64_t date_s)
{
    if (box->count == box->cap) {
        box->cap = box->cap ? box->cap * 2 : 16;
        box->all = mem_grow(box->all, box->cap, sizeof *box->all);
    }
    struct memory_message *m = &box->all[box->count++];
    *m = (struct memory_message){.id = box->next_id++,
        .bytes = mem_strndup(bytes, octets),
        .octets = octets,
        .date_s = date_s,
        .keywords = mem_strdup("")};
    return m;
}

size_t memory_cloud_holds(struct memory_cloud *c, const char *mailbox, const void *bytes, size_t octets)
{
    size_t n = 0;
    for (size_t k = 0; k < c->count; k++) {
        const struct memory_mailbox *box = &c->mailboxes[k];
        for (size_t i = 0; i < box->count && (!mailbox || !strcmp(box->name, mailbox)); i++)
            n += !box->all[i].removed && box->all[i].octets == octets &&
                 !memcmp(box->all[i].bytes, bytes, octets);
    }
    return n;
}

/* ---- a connection ---- */
static struct op *submit(struct dest *d, void (*run)(struct dest *d, struct op *op),
    void (*cancel)(struct op *op, const struct error *why), void *ctx)
{
    struct connection *c = of(d);
    struct op *op = mem_alloc(sizeof *op);
    *op = (struct op){.run = run, .cancel = cancel, .ctx = ctx};
    *c->last = op;
    c->last = &op->next;
    c->outstanding++;
    return op;
}

static void free_op(struct op *op)
{
    free(op->folder);
    free(op->msgs);
    free(op->ids);
    free(op);
}

static void cancel_done(struct op *op, const struct error *why)
{
    op->done(op->ctx, why);
}

static void cancel_told(struct op *op, const struct error *why)
{
    op->told(op->ctx, false, why);
}

static void cancel_append(struct op *op, const struct error *why)
{
    op->appended(op->ctx, &(struct dest_answer){.status = DEST_UNKNOWN, .error = why});
}

/* It is not answered any more: the loop sees the connection end. */
static void break_off(struct connection *c)
{
    c->broken = true;
    error_set(&c->error, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_LOST, "memory: the connection ended");
}

static struct memory_mailbox *entered(struct connection *c)
{
    const char *folder = c->first ? c->first->folder : c->folder;
    return folder ? memory_cloud_mailbox(c->cloud, folder) : NULL;
}

static bool breaks(struct connection *c)
{
    struct memory_cloud *cloud = c->cloud;
    if (!cloud->breaks || !cloud->breaks(cloud->ctx, cloud->asked++))
        return false;
    break_off(c);
    return true;
}

static size_t left_in(const struct memory_mailbox *box)
{
    size_t n = 0;
    for (size_t i = 0; i < box->count; i++)
        n += !box->all[i].removed;
    return n;
}

static void note_traits(struct connection *c)
{
    c->base.traits.streams = true;
    c->base.traits.batches = c->cloud->batches;
    c->base.traits.tells_ids = c->cloud->tells_ids;
    c->base.traits.keeps_twins = c->cloud->keeps_twins;
}

static void run_enter(struct dest *d, struct op *op)
{
    struct connection *c = of(d);
    note_traits(c);
    if (op->folder) {
        struct memory_mailbox *box = memory_cloud_mailbox(c->cloud, op->folder);
        bool create = !box && op->mode == DEST_CREATE;
        free(c->folder);
        c->folder = mem_strdup(op->folder);
        if (create)
            box = memory_cloud_make(c->cloud, op->folder);
        if (box)
            d->mailbox = (struct dest_mailbox){.exists = true,
                .created = create,
                .keywords = true,
                .epoch = box->epoch,
                .next_id = box->next_id,
                .messages = (uint32_t)left_in(box),
                .append_limit = c->cloud->append_limit};
    }
    op->done(op->ctx, NULL);
}

static void enter(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx)
{
    struct op *op = submit(d, run_enter, cancel_done, ctx);
    op->done = done;
    op->folder = folder ? mem_strdup(folder) : NULL;
    op->mode = mode;
}

static void run_nothing(struct dest *d, struct op *op)
{
    note_traits(of(d));
    op->done(op->ctx, NULL);
}

static void nothing(struct dest *d, dest_done_fn *done, void *ctx)
{
    submit(d, run_nothing, cancel_done, ctx)->done = done;
}

static void join(struct dest *d, const struct dest *first, dest_done_fn *done, void *ctx)
{
    of(d)->first = (const struct connection *)first;
    nothing(d, done, ctx);
}

static void run_create(struct dest *d, struct op *op)
{
    const struct connection *c = of(d);
    memory_cloud_make(c->cloud, c->first ? c->first->folder : c->folder);
    op->done(op->ctx, NULL);
}

static void create(struct dest *d, dest_done_fn *done, void *ctx)
{
    submit(d, run_create, cancel_done, ctx)->done = done;
}

/* ---- putting in ---- */
static bool refusal_of(enum memory_fate fate, struct error *err)
{
    switch (fate) {
    case MEMORY_REFUSE:
    case MEMORY_REFUSE_STORED:
        error_set(err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED, "memory: I do not like it");
        return true;
    case MEMORY_TOO_BIG:
        error_set(err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_TOO_BIG, "memory: too big");
        return true;
    case MEMORY_FULL:
        error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_FULL, "memory: no room");
        return true;
    case MEMORY_THROTTLE:
        error_set(err, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED, "memory: slow down");
        return true;
    case MEMORY_STORE:
    case MEMORY_DROP:
    case MEMORY_BREAK:
    case MEMORY_LOSE_ANSWER:
    case MEMORY_REWRITE:
    case MEMORY_SPOIL:
        break;
    }
    return false;
}

/* read hands out no more at once than it likes. */
static char *read_all(const struct dest_message *m)
{
    char *bytes = mem_alloc((size_t)m->octets + 1);
    struct error err;
    for (uint64_t at = 0; at < m->octets;) {
        ssize_t n = m->read(m->ctx, at, bytes + at, (size_t)(m->octets - at), &err);
        if (n <= 0) {
            free(bytes);
            return NULL;
        }
        at += (uint64_t)n;
    }
    return bytes;
}

static uint32_t store(
    struct memory_mailbox *box, const struct dest_message *m, const char *bytes, enum memory_fate fate)
{
    struct buf all CLEANUP(buf_done) = {0};
    if (fate == MEMORY_DROP)
        return box->next_id++;
    if (fate == MEMORY_REWRITE)
        buf_append_str(&all, "X-Memory: rewritten\r\n");
    buf_append(&all, bytes, (size_t)m->octets);
    struct memory_message *put = memory_cloud_put(box, buf_str(&all), buf_len(&all), m->date_s);
    if (fate == MEMORY_SPOIL)
        put->bytes[put->octets / 2] ^= 1;
    put->seen = m->seen;
    put->answered = m->answered;
    put->flagged = m->flagged;
    put->draft = m->draft;
    free(put->keywords);
    put->keywords = mem_strdup(m->keywords ? m->keywords : "");
    return put->id;
}

static void run_append(struct dest *d, struct op *op)
{
    struct connection *c = of(d);
    struct memory_mailbox *box = entered(c);
    enum memory_fate *fates = mem_array(op->count, sizeof *fates);
    uint32_t *ids = mem_array(op->count, sizeof *ids);
    char **bytes = mem_array(op->count, sizeof *bytes);
    bool lost = false, refused = false, stored = true;
    struct error why = {0};
    for (size_t i = 0; i < op->count; i++) {
        bytes[i] = read_all(&op->msgs[i]);
        fates[i] = c->cloud->fate && bytes[i]
                       ? c->cloud->fate(c->cloud->ctx, c->cloud->sent, bytes[i], (size_t)op->msgs[i].octets)
                       : MEMORY_STORE;
        c->cloud->sent++;
        lost |= fates[i] == MEMORY_BREAK || fates[i] == MEMORY_LOSE_ANSWER || !bytes[i];
        stored &= fates[i] != MEMORY_BREAK && bytes[i] != NULL;
        if (!refused && refusal_of(fates[i], &why)) {
            refused = true;
            stored &= fates[i] == MEMORY_REFUSE_STORED;
        }
    }
    if (!box) {
        refused = true;
        stored = false;
        error_set(&why, ERROR_SCOPE_FOLDER, ERROR_RETRY_NOW, ERROR_NO_FOLDER, "memory: no such mailbox");
    }
    for (size_t i = 0; stored && i < op->count; i++)
        ids[i] = store(box, &op->msgs[i], bytes[i], fates[i]);
    for (size_t i = op->count; c->cloud->lies_ids && i-- > 0;)
        ids[i] = ids[i] > 1 ? ids[i] - 1 : ids[i];
    if (lost)
        break_off(c);
    else
        op->appended(op->ctx, &(struct dest_answer){.status = refused ? DEST_REFUSED : DEST_STORED,
                                  .error = refused ? &why : NULL,
                                  .epoch = box ? box->epoch : 0,
                                  .ids = c->cloud->tells_ids && !refused ? ids : NULL,
                                  .id_count = op->count});
    for (size_t i = 0; i < op->count; i++)
        free(bytes[i]);
    free(bytes);
    free(fates);
    free(ids);
}

static void append(struct dest *d, const struct dest_message *msgs, size_t n, dest_append_fn *done, void *ctx)
{
    struct op *op = submit(d, run_append, cancel_append, ctx);
    op->appended = done;
    op->msgs = mem_array(n, sizeof *msgs);
    memcpy(op->msgs, msgs, n * sizeof *msgs);
    op->count = n;
}

/* ---- looking ---- */
static bool is_hidden(const struct connection *c, const struct memory_message *m)
{
    return c->cloud->hides && c->cloud->hides(c->cloud->ctx, m);
}

/* Message-ID, Date, From and Subject, with what is folded. */
static void header_of(const struct memory_message *m, struct buf *dst)
{
    static const char *const names[] = {"message-id:", "date:", "from:", "subject:"};
    const char *p = m->bytes, *end = m->bytes + m->octets;
    bool wanted = false;
    while (p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        const char *next = lf ? lf + 1 : end;
        if (*p == '\r' || *p == '\n')
            break;
        if (*p != ' ' && *p != '\t') {
            wanted = false;
            for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                wanted |= text_has_prefix_nocase(p, names[i]);
        }
        if (wanted)
            buf_append(dst, p, (size_t)(next - p));
        p = next;
    }
    buf_append_str(dst, "\r\n");
}

static void list_one(struct connection *c, struct dest_listing *l, const struct memory_message *m,
    struct dest_id_list *there, struct dest_id_list *unread)
{
    struct buf header CLEANUP(buf_done) = {0};
    dest_id_list_add(there, m->id);
    if (m->id < l->first || dest_ids_have(l->known, l->known_count, m->id))
        return;
    if (is_hidden(c, m)) {
        dest_id_list_add(unread, m->id);
        return;
    }
    header_of(m, &header);
    l->row(l->ctx, &(struct dest_row){.id = m->id,
                       .octets = m->octets,
                       .has_date = true,
                       .date_s = m->date_s,
                       .header = l->headers ? buf_str(&header) : NULL,
                       .header_len = l->headers ? buf_len(&header) : 0});
}

static void run_list(struct dest *d, struct op *op)
{
    struct connection *c = of(d);
    struct memory_mailbox *box = entered(c);
    struct dest_id_list there = {0}, unread = {0};
    if (breaks(c))
        return;
    for (size_t i = 0; box && i < box->count; i++)
        if (!box->all[i].removed)
            list_one(c, op->listing, &box->all[i], &there, &unread);
    op->listing->searched = true;
    op->listing->there = there.ids;
    op->listing->there_count = there.count;
    op->listing->unread = unread.ids;
    op->listing->unread_count = unread.count;
    op->done(op->ctx, NULL);
}

static void list(struct dest *d, struct dest_listing *l, dest_done_fn *done, void *ctx)
{
    struct op *op = submit(d, run_list, cancel_done, ctx);
    op->done = done;
    op->listing = l;
}

static void run_ids(struct dest *d, struct op *op)
{
    struct connection *c = of(d);
    struct memory_mailbox *box = entered(c);
    if (breaks(c))
        return;
    for (size_t i = 0; box && i < box->count; i++)
        if (!box->all[i].removed)
            op->id(op->ctx, box->all[i].id);
    op->told(op->ctx, true, NULL);
}

static void ids(struct dest *d, dest_id_fn *row, dest_told_fn *done, void *ctx)
{
    struct op *op = submit(d, run_ids, cancel_told, ctx);
    op->told = done;
    op->id = row;
}

static const struct memory_message *find(struct connection *c, uint32_t id)
{
    struct memory_mailbox *box = entered(c);
    for (size_t i = 0; box && i < box->count; i++)
        if (box->all[i].id == id && !box->all[i].removed && !is_hidden(c, &box->all[i]))
            return &box->all[i];
    return NULL;
}

static void run_read(struct dest *d, struct op *op)
{
    struct connection *c = of(d);
    for (size_t i = 0; i < op->count; i++) {
        const struct memory_message *m = find(c, op->ids[i]);
        if (breaks(c))
            return;
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= op->ids[k] == op->ids[i];
        if (!m || again)
            continue;
        op->reader->begin(op->ctx);
        op->reader->data(op->ctx, m->bytes, m->octets / 2);
        op->reader->data(op->ctx, m->bytes + m->octets / 2, m->octets - m->octets / 2);
        op->reader->end(op->ctx, m->id);
    }
    op->done(op->ctx, NULL);
}

static void read_messages(struct dest *d, const uint32_t *which, size_t count,
    const struct dest_reader *reader, dest_done_fn *done, void *ctx)
{
    struct op *op = submit(d, run_read, cancel_done, ctx);
    op->done = done;
    op->ids = mem_array(count, sizeof *which);
    memcpy(op->ids, which, count * sizeof *which);
    op->count = count;
    op->reader = reader;
}

static void quota(struct dest *d, dest_quota_fn *row, dest_done_fn *done, void *ctx)
{
    (void)row;
    nothing(d, done, ctx);
}

static void run_roles(struct dest *d, struct op *op)
{
    const struct memory_cloud *cloud = of(d)->cloud;
    for (int r = 0; r <= MAIL_ROLE_ARCHIVE; r++)
        if (cloud->roles[r])
            op->role(op->ctx, (enum mail_role)r, cloud->roles[r]);
    op->done(op->ctx, NULL);
}

static void roles(struct dest *d, dest_role_fn *row, dest_done_fn *done, void *ctx)
{
    struct op *op = submit(d, run_roles, cancel_done, ctx);
    op->done = done;
    op->role = row;
}

/* ---- the engine ---- */
static void end_op(struct connection *c, struct op *op)
{
    c->ops = op->next;
    if (!c->ops)
        c->last = &c->ops;
    c->outstanding--;
}

static void cancel_all(struct dest *d, const struct error *why)
{
    struct connection *c = of(d);
    while (c->ops) {
        struct op *op = c->ops;
        end_op(c, op);
        op->cancel(op, why);
        free_op(op);
    }
    c->broken = true;
    c->error = *why;
}

/* One at a time: what its end submits comes behind all others. */
static int step(struct dest *d, struct error *err)
{
    struct connection *c = of(d);
    struct op *op = c->ops;
    if (c->broken) {
        *err = c->error;
        return -1;
    }
    if (!op)
        return 0;
    op->run(d, op);
    if (c->broken) { /* its end is told by abort */
        *err = c->error;
        return -1;
    }
    end_op(c, op);
    free_op(op);
    return 1;
}

static size_t outstanding(const struct dest *d)
{
    return ((const struct connection *)d)->outstanding;
}

static void free_connection(struct dest *d)
{
    static const struct error gone = {
        .scope = ERROR_SCOPE_SESSION, .code = ERROR_CANCELLED, .text = "the connection was closed"};
    struct connection *c = of(d);
    cancel_all(d, &gone);
    free(c->folder);
    free(c);
}

struct dest *memory_dest_new(struct memory_cloud *cloud)
{
    static const struct dest_kind kind = {
        .free = free_connection,
        .prepare = enter,
        .enter = enter,
        .join = join,
        .refresh = nothing,
        .create = create,
        .append = append,
        .list = list,
        .ids = ids,
        .read = read_messages,
        .quota = quota,
        .roles = roles,
        .close = nothing,
        .abort = cancel_all,
        .outstanding = outstanding,
        .step = step,
    };
    struct connection *c = mem_alloc(sizeof *c);
    *c = (struct connection){
        .base = {.kind = &kind, .traits = {.delimiter = '/', .keeps_twins = true}}, .cloud = cloud};
    c->last = &c->ops;
    return &c->base;
}
