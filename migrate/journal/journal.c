#include "journal.h"

#include "disk.h"
#include "journal_mask.h"
#include "mem.h"
#include "own.h"
#include "sha256.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX    (10 * 1000 * 1000)
#define KEPT        5
#define SALT_OCTETS 16

struct journal {
    char *dir, *path;
    int fd; /* -1: writing has failed, and that was said */
    uint64_t octets;
    int64_t job, run;
    bool privacy;
    char *from, *to; /* accounts, as they may be written */
    struct journal_mask *mask;
    const struct clock *clock;
    int64_t begun_ms;      /* monotonic */
    int64_t wall_ahead_ms; /* of the monotonic clock */
    struct log complain, log;
    const struct outcome_sink *inner_sink;
    struct outcome_sink sink;
};

/* ---- the file ---- */
/* What a killed run left of its last line gets an end, so that it spoils no other. */
static int end_torn_line(struct journal *j, struct error *err)
{
    char last;
    if (!j->octets || (pread(j->fd, &last, 1, (off_t)j->octets - 1) == 1 && last == '\n'))
        return 0;
    if (write(j->fd, "\n", 1) != 1)
        return disk_error("write", j->path, err);
    j->octets++;
    return 0;
}

static int open_file(struct journal *j, struct error *err)
{
    struct stat st;
    j->fd = own_open(j->path, O_RDWR | O_CREAT | O_APPEND);
    if (j->fd < 0 || fchmod(j->fd, 0600) < 0 || fstat(j->fd, &st) < 0)
        return disk_error("write", j->path, err);
    j->octets = (uint64_t)st.st_size;
    return end_torn_line(j, err);
}

static int rotate(struct journal *j, struct error *err)
{
    for (int i = KEPT; i > 0; i--) {
        char *older CLEANUP(mem_free_str) = mem_printf("%s.%d", j->path, i);
        char *newer CLEANUP(mem_free_str) = i > 1 ? mem_printf("%s.%d", j->path, i - 1) : mem_strdup(j->path);
        if (rename(newer, older) < 0 && errno != ENOENT)
            return disk_error("rename", newer, err);
    }
    close(j->fd);
    return open_file(j, err);
}

/* Half a line is taken back: nothing in the file looks like what it is not. */
static int append(struct journal *j, const char *line, size_t len, struct error *err)
{
    if (j->octets && j->octets + len > FILE_MAX && rotate(j, err) < 0)
        return -1;
    ssize_t n = write(j->fd, line, len);
    if (n == (ssize_t)len) {
        j->octets += len;
        return 0;
    }
    if (n >= 0)
        errno = ENOSPC;
    disk_error("write", j->path, err);
    if (n > 0 && ftruncate(j->fd, (off_t)j->octets) < 0)
        return -1; /* the next run ends that line */
    return -1;
}

static void give_up(struct journal *j, const struct error *why)
{
    if (j->fd >= 0)
        close(j->fd);
    j->fd = -1;
    log_line(
        &j->complain, LOG_WARN, "%s (the rest of this run is not logged; the run itself goes on)", why->text);
}

/* ---- names ---- */
/* 1: read, 0: there is none that can be used, -1 failed. */
static int read_salt(const char *path, uint8_t salt[SALT_OCTETS], struct error *err)
{
    int fd = own_open(path, O_RDONLY);
    if (fd < 0)
        return errno == ENOENT ? 0 : disk_error("read", path, err);
    ssize_t n = read(fd, salt, SALT_OCTETS);
    close(fd);
    return n == SALT_OCTETS;
}

/* Made under another name first: whoever finds it, finds all of it. */
static int make_salt(const char *path, struct error *err)
{
    uint8_t salt[SALT_OCTETS];
    char *temporary CLEANUP(mem_free_str) = mem_printf("%s.new", path);
    if (getrandom(salt, sizeof salt, 0) != sizeof salt)
        return disk_error("make", path, err);
    int fd = own_make(temporary);
    if (fd < 0)
        return disk_error("write", temporary, err);
    int rc = disk_write(fd, salt, sizeof salt, temporary, err);
    rc = rc < 0 ? -1 : disk_sync(fd, temporary, err);
    close(fd);
    if (rc == 0 && rename(temporary, path) < 0)
        rc = disk_error("write", path, err);
    return rc;
}

static int find_salt(const struct journal *j, uint8_t salt[SALT_OCTETS], struct error *err)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/salt", j->dir);
    int rc = read_salt(path, salt, err);
    if (rc == 0 && (rc = make_salt(path, err)) == 0)
        rc = read_salt(path, salt, err);
    errno = EIO;
    return rc == 1 ? 0 : rc < 0 ? -1 : disk_error("read", path, err);
}

static char *alias(const uint8_t salt[SALT_OCTETS], const char *name)
{
    uint8_t digest[SHA256_OCTETS];
    char hex[SHA256_HEX];
    struct sha256 *h = sha256_new();
    sha256_update(h, salt, SALT_OCTETS);
    sha256_update(h, name, strlen(name));
    sha256_final(h, digest);
    sha256_free(h);
    sha256_hex(digest, hex);
    return mem_printf("account-%.8s", hex);
}

static int name_accounts(struct journal *j, const struct journal_options *o, struct error *err)
{
    const struct journal_account *const accounts[] = {&o->from, &o->to};
    char **const names[] = {&j->from, &j->to};
    uint8_t salt[SALT_OCTETS];
    if (j->privacy && find_salt(j, salt, err) < 0)
        return -1;
    for (size_t i = 0; i < 2; i++) {
        const struct journal_account *a = accounts[i];
        journal_mask_secret(j->mask, a->secret);
        if (j->privacy) {
            *names[i] = alias(salt, a->name);
            journal_mask_account(j->mask, a->name, *names[i]);
            journal_mask_user(j->mask, a->user);
            journal_mask_user(j->mask, a->mailbox);
        } else {
            *names[i] = mem_strdup(a->name);
        }
    }
    return 0;
}

struct journal *journal_open(const struct journal_options *o, struct error *err)
{
    struct journal *j = mem_alloc(sizeof *j);
    *j = (struct journal){
        .dir = mem_printf("%s/log", o->work_dir),
        .path = mem_printf("%s/log/job-%lld.ndjson", o->work_dir, (long long)o->job),
        .fd = -1,
        .job = o->job,
        .run = o->run,
        .privacy = o->privacy,
        .mask = journal_mask_new(o->privacy),
        .clock = o->clock,
        .begun_ms = clock_mono_ms(o->clock),
        .wall_ahead_ms = INT64_MIN,
        .complain = o->complain,
    };
    if (disk_make_inner(o->work_dir, "log", err) < 0 || name_accounts(j, o, err) < 0 ||
        open_file(j, err) < 0) {
        journal_close(j);
        return NULL;
    }
    return j;
}

void journal_close(struct journal *j)
{
    if (!j)
        return;
    if (j->fd >= 0)
        close(j->fd);
    journal_mask_free(j->mask);
    free(j->dir);
    free(j->path);
    free(j->from);
    free(j->to);
    free(j);
}

void journal_secret(struct journal *j, const char *secret)
{
    if (j)
        journal_mask_secret(j->mask, secret);
}

/* ---- lines ---- */
/* The wall clock knows seconds, the monotonic one milliseconds: together they tell both, and time never goes
 * back unless the wall clock does. */
static int64_t now_ms(struct journal *j)
{
    int64_t mono = clock_mono_ms(j->clock), least = clock_wall_s(j->clock) * 1000 - mono;
    if (j->wall_ahead_ms < least)
        j->wall_ahead_ms = least;
    if (j->wall_ahead_ms > least + 999)
        j->wall_ahead_ms = least + 999;
    return mono + j->wall_ahead_ms;
}

static json_t *time_text(int64_t wall_s, const char *rest)
{
    struct clock_utc u = clock_to_utc(wall_s);
    return json_sprintf(
        "%04d-%02d-%02dT%02d:%02d:%02d%sZ", u.year, u.month, u.day, u.hour, u.minute, u.second, rest);
}

static json_t *begin(struct journal *j, const char *event)
{
    char fraction[8];
    int64_t at_ms = now_ms(j);
    snprintf(fraction, sizeof fraction, ".%03d", (int)(at_ms % 1000));
    return json_pack("{s:o, s:I, s:I, s:s}", "time", time_text(at_ms / 1000, fraction), "run",
        (json_int_t)j->run, "job", (json_int_t)j->job, "event", event);
}

/* Takes the object. */
static void finish(struct journal *j, json_t *line)
{
    struct error err = {0};
    char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(line);
    if (!text)
        return;
    size_t len = strlen(text);
    text[len] = '\n'; /* in place of the NUL: the line is written by its length */
    if (append(j, text, len + 1, &err) < 0)
        give_up(j, &err);
    free(text);
}

static bool writes(const struct journal *j)
{
    return j && j->fd >= 0;
}

static void add_text(const struct journal *j, json_t *to, const char *name, const char *text)
{
    char *fit CLEANUP(mem_free_str) = journal_mask_apply(j->mask, text ? text : "");
    json_object_set_new(to, name, json_string(fit));
}

static void add_count(json_t *to, const char *name, uint64_t n)
{
    json_object_set_new(to, name, json_integer((json_int_t)n));
}

static void add_time(json_t *to, const char *name, int64_t wall_s, bool known)
{
    json_object_set_new(to, name, known ? time_text(wall_s, "") : json_null());
}

/* ---- events ---- */
static void add_filter(json_t *to, const struct filter *f)
{
    if (f->since_s != FILTER_NO_SINCE)
        add_time(to, "since", f->since_s, true);
    if (f->before_s != FILTER_NO_BEFORE)
        add_time(to, "before", f->before_s, true);
    if (f->min_octets)
        add_count(to, "min_octets", f->min_octets);
    if (f->max_octets != FILTER_NO_MAX)
        add_count(to, "max_octets", f->max_octets);
}

static json_t *options_of(const struct journal *j, const struct job *job)
{
    static const char *const seen[] = {[SEEN_BY_AGE] = "age", [SEEN_ALL] = "all", [SEEN_NONE] = "none"};
    json_t *o = json_object();
    if (job->folder_old) {
        add_text(j, o, "folder_old", job->folder_old);
        add_count(o, "old_than_days", (uint64_t)job->folder_old_days);
    }
    if (job->limit != UINT64_MAX)
        add_count(o, "limit", job->limit);
    json_object_set_new(o, "seen", json_string(seen[job->seen]));
    if (job->connections)
        add_count(o, "connections", job->connections);
    if (job->order == ORDER_NEWEST)
        json_object_set_new(o, "order", json_string("newest"));
    add_filter(o, &job->filter);
    if (job->archive_dir)
        add_text(j, o, "archive", job->archive_dir);
    if (job->retry_quarantined)
        json_object_set_new(o, "retry_quarantined", json_true());
    if (job->keep_headers)
        json_object_set_new(o, "keep_headers", json_true());
    if (job->encode_headers)
        json_object_set_new(o, "encode_headers", json_true());
    return o;
}

void journal_begin_run(struct journal *j, const char *command, const struct job *job)
{
    if (!writes(j))
        return;
    json_t *line = begin(j, "run-begin");
    json_object_set_new(line, "command", json_string(command));
    json_object_set_new(line, "version", json_string(MIGRATE_VERSION));
    add_text(j, line, "from", j->from);
    add_text(j, line, "to", j->to);
    add_text(j, line, "folder", job->folder);
    json_object_set_new(line, "options", options_of(j, job));
    finish(j, line);
}

void journal_inventory(struct journal *j, uint64_t messages, uint64_t octets)
{
    if (!writes(j))
        return;
    json_t *line = begin(j, "inventory");
    add_count(line, "messages", messages);
    add_count(line, "octets", octets);
    finish(j, line);
}

void journal_message(struct journal *j, const struct outcome_message *m)
{
    if (!writes(j))
        return;
    json_t *line = begin(j, "message");
    add_text(j, line, "uidl", m->key);
    if (!j->privacy) {
        add_text(j, line, "message_id", m->message_id);
        add_text(j, line, "from", m->from);
        add_text(j, line, "subject", m->subject);
    }
    add_time(line, "date", m->date_s, m->date_s != MAIL_NO_DATE);
    add_count(line, "octets", m->octets);
    json_object_set_new(line, "verdict", json_string(m->verdict));
    add_text(j, line, "reason", m->reason);
    finish(j, line);
}

void journal_words(struct journal *j, enum log_level level, const char *text)
{
    static const char *const names[] = {
        [LOG_ERROR] = "error", [LOG_WARN] = "warning", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};
    if (!writes(j))
        return;
    json_t *line = begin(j, "log");
    json_object_set_new(line, "level", json_string(names[level]));
    add_text(j, line, "text", text);
    finish(j, line);
}

static json_t *counts_of(const struct outcome *o)
{
    json_t *all = json_object();
#define X(name, how) add_count(all, #name, o->name);
    OUTCOME_COUNTS(X)
#undef X
    return all;
}

void journal_end_run(
    struct journal *j, int exit_code, const struct outcome *outcome, const struct error *error)
{
    if (!writes(j))
        return;
    json_t *line = begin(j, "run-end");
    json_object_set_new(line, "exit_code", json_integer(exit_code));
    json_object_set_new(line, "elapsed_ms", json_integer(clock_mono_ms(j->clock) - j->begun_ms));
    if (outcome)
        json_object_set_new(line, "counts", counts_of(outcome));
    json_t *why = error && error->code ? json_object() : json_null();
    if (json_is_object(why)) {
        json_object_set_new(why, "code", json_string(error_code_name(error->code)));
        add_text(j, why, "text", error->text);
    }
    json_object_set_new(line, "error", why);
    finish(j, line);
}

/* ---- adapters ---- */
static void on_message(void *ctx, const struct outcome_message *m)
{
    struct journal *j = ctx;
    journal_message(j, m);
    if (j->inner_sink)
        j->inner_sink->message(j->inner_sink->ctx, m);
}

const struct outcome_sink *journal_sink(struct journal *j, const struct outcome_sink *inner)
{
    if (!j)
        return inner;
    j->inner_sink = inner;
    j->sink = (struct outcome_sink){.message = on_message, .ctx = j};
    return &j->sink;
}

static void on_log(void *ctx, enum log_level level, const char *line)
{
    struct journal *j = ctx;
    journal_words(j, level, line);
    if (j->log.fn)
        j->log.fn(j->log.ctx, level, line);
}

struct log journal_log(struct journal *j, struct log inner)
{
    if (!j)
        return inner;
    j->log = inner;
    return (struct log){.fn = on_log, .ctx = j};
}
