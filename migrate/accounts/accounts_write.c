#include "accounts.h"

#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As it stands there: whatever a person wrote is what is written. */
static void append_row(struct buf *out, const struct account_list *l, const struct list_row *row)
{
    buf_append(out, l->text.text + row->at, row->octets);
    buf_append_str(out, "\r\n");
}

static bool is_written(const struct account_list *l, size_t row, const bool *chosen)
{
    return row < l->first || chosen[row - l->first];
}

int accounts_bytes(const struct account_list *l, const bool *chosen, struct buf *ret, struct error *err)
{
    struct buf text CLEANUP(list_text_wipe) = {0};
    size_t room = 0;
    for (size_t i = 0; i < l->csv.count; i++)
        room += is_written(l, i, chosen) ? l->csv.rows[i].octets + 2 : 0;
    buf_reserve(&text, room); /* it never grows, so that no copy of a password stays behind */
    for (size_t i = 0; i < l->csv.count; i++)
        if (is_written(l, i, chosen))
            append_row(&text, l, &l->csv.rows[i]);
    return list_text_encode(buf_bytes(&text), buf_len(&text), l->charset, ret, err);
}

static int disk_error(const char *doing, const char *path, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "cannot %s %s: %s; see that this folder can be written to and has room, and run again", doing, path,
        strerror(errno));
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return fsync(fd);
}

static int replace(const char *path, const struct buf *bytes, struct error *err)
{
    char *temporary CLEANUP(mem_free_str) = mem_printf("%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC); /* 0600 */
    if (fd < 0)
        return disk_error("write", path, err);
    bool failed = write_all(fd, buf_bytes(bytes), buf_len(bytes)) < 0;
    int why = errno;
    if (close(fd) < 0 && !failed) {
        failed = true;
        why = errno;
    }
    if (!failed && rename(temporary, path) == 0)
        return 0;
    errno = failed ? why : errno;
    disk_error("write", path, err);
    unlink(temporary);
    return -1;
}

int accounts_write(const struct account_list *l, const bool *chosen, const char *path, struct error *err)
{
    struct buf bytes CLEANUP(list_text_wipe) = {0};
    bool any = false;
    for (size_t i = 0; i < accounts_count(l); i++)
        any |= chosen[i];
    if (!any)
        return unlink(path) < 0 && errno != ENOENT ? disk_error("remove", path, err) : 0;
    if (accounts_bytes(l, chosen, &bytes, err) < 0)
        return error_prefix(err, "%s", path);
    return replace(path, &bytes, err);
}

/* ---- the template ---- */
/* row -1: the heading. */
static const char *template_field(const struct accounts_column *c, int row, bool japanese)
{
    if (row < 0)
        return japanese ? c->aliases[0] : c->name;
    return japanese && c->examples_ja[row] ? c->examples_ja[row] : c->examples[row];
}

void accounts_template(bool japanese, struct buf *ret)
{
    size_t count;
    const struct accounts_column *all = accounts_columns(&count);
    buf_append_str(ret, "\xef\xbb\xbf");
    for (int row = -1; row < 2; row++) {
        const char *between = "";
        for (size_t i = 0; i < count; i++) {
            if (!all[i].examples[0])
                continue;
            buf_append_str(ret, between);
            list_csv_field(ret, template_field(&all[i], row, japanese), ',');
            between = ",";
        }
        buf_append_str(ret, "\r\n");
    }
}
