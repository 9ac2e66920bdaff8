#include "token_store.h"

#include "auth_json.h"
#include "mem.h"
#include "oauth.h"
#include "own.h"
#include "sha256.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_OCTETS 150
#define LOCK_TRIES      2400
#define LOCK_PAUSE_MS   50

static int disk(const struct token_store *s, const char *what, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "the tokens of %.100s: cannot %s %.200s: %s", s->account, what, s->path, strerror(errno));
}

/* Readable, unique, and never a path or a hidden file. */
char *token_store_name(const char *account)
{
    size_t len = strlen(account);
    char *name = mem_alloc(3 * len + 1), *to = name, hex[SHA256_HEX];
    for (const unsigned char *p = (const unsigned char *)account; *p; p++) {
        bool plain = *p < 0x80 && (isalnum(*p) || strchr("@_-", *p) || (*p == '.' && to > name));
        if (plain)
            *to++ = (char)*p;
        else
            to += snprintf(to, 4, "%%%02X", *p);
    }
    if (strlen(name) <= NAME_MAX_OCTETS)
        return name;
    uint8_t digest[SHA256_OCTETS];
    sha256_bytes(account, len, digest);
    sha256_hex(digest, hex);
    char *cut = mem_printf("%.60s-%s", name, hex);
    free(name);
    return cut;
}

static int open_lock(struct token_store *s, const char *dir, const char *lock, struct error *err)
{
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return disk(s, "make the folder for", err);
    if (own_folder(dir, false, err) < 0)
        return -1;
    s->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->dir_fd < 0)
        return disk(s, "open the folder of", err);
    s->lock_fd = openat(s->dir_fd, lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return s->lock_fd < 0 ? disk(s, "make a lock for", err) : 0;
}

static int take_lock(const struct token_store *s, bool (*stop)(void *ctx), void *ctx, struct error *err)
{
    for (int i = 0; flock(s->lock_fd, LOCK_EX | LOCK_NB) < 0; i++) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return disk(s, "lock", err);
        if (stop && stop(ctx))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED, "stopped as asked");
        if (i == LOCK_TRIES)
            return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_LOCKED,
                "another popferry has been busy with the tokens of %.100s for two minutes; try again later",
                s->account);
        poll(NULL, 0, LOCK_PAUSE_MS);
    }
    return 0;
}

int token_store_open(struct token_store *ret, const char *dir, const char *account, bool (*stop)(void *ctx),
    void *ctx, struct error *err)
{
    CLEANUP(mem_free_str) char *name = token_store_name(account);
    CLEANUP(mem_free_str) char *lock = mem_printf("%s.lock", name);
    struct token_store s = {.dir_fd = -1, .lock_fd = -1};
    s.account = mem_strdup(account);
    s.path = mem_printf("%s/%s.json", dir, name);
    s.next = mem_printf("%s/%s.json.new", dir, name);
    if (open_lock(&s, dir, lock, err) < 0 || take_lock(&s, stop, ctx, err) < 0) {
        token_store_close(&s);
        return -1;
    }
    *ret = s;
    return 0;
}

void token_store_close(struct token_store *s)
{
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    if (s->dir_fd >= 0)
        close(s->dir_fd);
    free(s->account);
    free(s->path);
    free(s->next);
    *s = (struct token_store){.dir_fd = -1, .lock_fd = -1};
}

static int not_ours(const struct token_store *s, const char *why, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "the tokens of %.100s: %.200s %s; remove it and sign in again with \"popferry login\"", s->account,
        s->path, why);
}

static int read_all(int fd, char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = read(fd, text + at, len - at);
        if (n <= 0 && !(n < 0 && errno == EINTR))
            return -1;
        at += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static bool parse(const char *text, size_t len, struct token_set *ret)
{
    struct auth_json *j = auth_json_parse(text, len);
    if (!j)
        return false;
    struct token_set set = {
        .access = mem_strdup(auth_json_string(j, "access_token")),
        .refresh = mem_strdup(auth_json_string(j, "refresh_token")),
        .got_s = auth_json_number(j, "got", 0),
        .expires_s = auth_json_number(j, "expires", 0),
        .client_id = mem_strdup(auth_json_string(j, "client_id")),
        .client_secret = mem_strdup(auth_json_string(j, "client_secret")),
        .token_url = mem_strdup(auth_json_string(j, "token_url")),
        .scope = mem_strdup(auth_json_string(j, "scope")),
    };
    bool ok = auth_json_number(j, "popferry_tokens", 0) == 1 && (set.access || set.refresh) &&
              (!set.access || oauth_is_token(set.access)) && (!set.refresh || oauth_is_token(set.refresh));
    auth_json_free(j);
    if (ok)
        *ret = set;
    else
        token_set_done(&set);
    return ok;
}

static int read_file(const struct token_store *s, int fd, struct token_set *ret, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return disk(s, "read", err);
    if (!S_ISREG(st.st_mode) || st.st_size > AUTH_JSON_MAX)
        return not_ours(s, "is no file of popferry's", err);
    if (st.st_mode & 077)
        return not_ours(s, "could be read by other users of this machine", err);
    size_t len = (size_t)st.st_size;
    char *text = mem_alloc(len + 1);
    bool read = read_all(fd, text, len) == 0, ok = read && parse(text, len, ret);
    explicit_bzero(text, len);
    free(text);
    if (!read)
        return disk(s, "read", err);
    return ok ? 1 : not_ours(s, "is damaged", err);
}

int token_store_read(const struct token_store *s, struct token_set *ret, struct error *err)
{
    int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? 0 : disk(s, "open", err);
    int rc = read_file(s, fd, ret, err);
    close(fd);
    return rc;
}

static char *compose(const struct token_store *s, const struct token_set *set)
{
    struct auth_json *j = auth_json_new();
    auth_json_put_number(j, "popferry_tokens", 1); /* the version of this form */
    auth_json_put(j, "account", s->account);
    auth_json_put(j, "access_token", set->access);
    auth_json_put_number(j, "got", set->got_s);
    auth_json_put_number(j, "expires", set->expires_s);
    auth_json_put(j, "refresh_token", set->refresh);
    auth_json_put(j, "client_id", set->client_id);
    auth_json_put(j, "client_secret", set->client_secret);
    auth_json_put(j, "token_url", set->token_url);
    auth_json_put(j, "scope", set->scope);
    char *text = auth_json_write(j);
    auth_json_free(j);
    return text;
}

static int write_all(int fd, const char *text)
{
    for (size_t len = strlen(text); len;) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno != EINTR)
            return -1;
        text += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return fsync(fd);
}

static int write_next(const struct token_store *s, const char *text, struct error *err)
{
    unlink(s->next); /* what a crash left */
    int fd = open(s->next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return disk(s, "make the next", err);
    int rc = write_all(fd, text);
    if (close(fd) == 0 && rc == 0)
        return 0;
    disk(s, "write the next", err);
    unlink(s->next);
    return -1;
}

int token_store_write(const struct token_store *s, const struct token_set *set, struct error *err)
{
    char *text = compose(s, set);
    if (!text)
        return error_unhandled(err, "tokens that cannot be written as JSON");
    int rc = write_next(s, text, err);
    mem_wipe_free(text);
    if (rc < 0)
        return -1;
    if (rename(s->next, s->path) < 0 || fsync(s->dir_fd) < 0)
        return disk(s, "replace", err);
    return 0;
}
