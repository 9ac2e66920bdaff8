#include "secret_netrc.h"

#include "mem.h"
#include "secret_command.h"
#include "text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct scan {
    const char *at, *end;
    char word[SECRET_MAX]; /* the last one */
    bool quoted;
};

/* One entry, as far as it was read. */
struct entry {
    bool host, has_user, user; /* the machine is ours; a login is named; it is ours */
    char *password;
};

/* ---- words ---- */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_line(struct scan *s)
{
    while (s->at < s->end && *s->at != '\n')
        s->at++;
}

/* A note stands where a keyword could; a password may well begin with "#". */
static void skip_blanks(struct scan *s, bool notes)
{
    while (s->at < s->end && (is_blank(*s->at) || (notes && *s->at == '#'))) {
        if (*s->at == '#')
            skip_line(s);
        else
            s->at++;
    }
}

/* Up to the closing quote or the end of the line. Returns the length, of which what has room is kept. */
static size_t read_quoted(struct scan *s)
{
    size_t n = 0;
    for (s->at++; s->at < s->end && *s->at != '"' && *s->at != '\n'; s->at++) {
        if (*s->at == '\\' && s->at + 1 < s->end && (s->at[1] == '"' || s->at[1] == '\\'))
            s->at++;
        if (n < sizeof s->word)
            s->word[n] = *s->at;
        n++;
    }
    if (s->at < s->end && *s->at == '"')
        s->at++;
    return n;
}

static size_t read_plain(struct scan *s)
{
    size_t n = 0;
    for (; s->at < s->end && !is_blank(*s->at); s->at++, n++)
        if (n < sizeof s->word)
            s->word[n] = *s->at;
    return n;
}

/* The next word; false at the end. One that is too long for anything is empty. */
static bool next(struct scan *s, bool keyword)
{
    skip_blanks(s, keyword);
    if (s->at >= s->end)
        return false;
    s->quoted = *s->at == '"';
    size_t n = s->quoted ? read_quoted(s) : read_plain(s);
    s->word[n < sizeof s->word ? n : 0] = '\0';
    return true;
}

static bool is(const struct scan *s, const char *keyword)
{
    return !s->quoted && !strcmp(s->word, keyword);
}

/* A macro ends at an empty line. */
static void skip_macro(struct scan *s)
{
    for (;;) {
        skip_line(s);
        if (s->at < s->end)
            s->at++;
        const char *line = s->at;
        if (line < s->end && *line == '\r')
            line++;
        if (line >= s->end || *line == '\n')
            return;
    }
}

/* ---- entries ---- */
static char *finish(struct entry *e)
{
    bool ours = e->host && (!e->has_user || e->user) && e->password && *e->password;
    char *password = TAKE(e->password);
    if (ours)
        return password;
    mem_wipe_free(password);
    return NULL;
}

static void begin(struct entry *e, bool host)
{
    *e = (struct entry){.host = host};
}

static void take_value(struct scan *s, struct entry *e, const char *user)
{
    bool login = is(s, "login"), password = is(s, "password");
    if (is(s, "macdef")) {
        skip_macro(s);
        return;
    }
    if ((!login && !password && !is(s, "account")) || !next(s, false))
        return;
    if (login) {
        e->has_user = true;
        e->user = !strcmp(s->word, user);
    } else if (password) {
        mem_wipe_free(e->password);
        e->password = mem_strdup(s->word);
    }
}

char *secret_netrc_find(const char *text, size_t len, const char *host, const char *user, bool others)
{
    struct scan *s = mem_alloc(sizeof *s);
    struct entry e = {0};
    char *found = NULL;
    bool marked = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3); /* by an editor */
    s->at = text + (marked ? 3 : 0);
    s->end = text + len;
    while (!found && next(s, true)) {
        if (!is(s, "machine") && !is(s, "default")) {
            take_value(s, &e, user);
            continue;
        }
        bool machine = is(s, "machine");
        found = finish(&e);
        begin(&e, machine ? next(s, false) && text_equal_nocase(s->word, host) : others);
    }
    if (found)
        mem_wipe_free(e.password);
    else
        found = finish(&e);
    explicit_bzero(s, sizeof *s);
    free(s);
    return found;
}

/* ---- the file ---- */
static int refuse(struct error *err, const char *file, const char *why)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "--netrc %s: %s", file, why);
}

static int check_file(const char *file, int fd, struct stat *ret, struct error *err)
{
    if (fstat(fd, ret) < 0)
        return refuse(err, file, strerror(errno));
    if (!S_ISREG(ret->st_mode))
        return refuse(err, file, "is no regular file");
    if (ret->st_mode & 077)
        return refuse(err, file, "other users of this machine can read it: chmod 600");
    return ret->st_size > SECRET_NETRC_MAX ? refuse(err, file, "is too large") : 0;
}

static int read_file(const char *file, char **ret, size_t *ret_len, struct error *err)
{
    struct stat st;
    size_t len = 0;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return refuse(err, file, strerror(errno));
    if (check_file(file, fd, &st, err) < 0) {
        close(fd);
        return -1;
    }
    char *text = mem_alloc((size_t)st.st_size + 1);
    for (ssize_t got; len < (size_t)st.st_size; len += (size_t)got)
        if ((got = read(fd, text + len, (size_t)st.st_size - len)) <= 0)
            break;
    close(fd);
    *ret = text;
    *ret_len = len;
    return 0;
}

char *secret_netrc_read(const char *file, const char *host, const char *user, bool others, struct error *err)
{
    char *text = NULL;
    size_t len = 0;
    if (read_file(file, &text, &len, err) < 0)
        return NULL;
    char *secret = secret_netrc_find(text, len, host, user, others);
    explicit_bzero(text, len);
    free(text);
    if (!secret)
        error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--netrc %s: no password for %.200s at %.200s; write a line \"machine %.200s login %.200s password ...\"",
            file, user, host, host, user);
    return secret;
}
