#include "kill.h"

#include "mem.h"
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    struct rig *rig;
    unsigned left; /* writes; 0: none is waited for */
    char aside[TEMP_DIR_MAX];
    struct memory_item *items;  /* of the source; what they own is not copied: it stays */
    struct memory_cloud *cloud; /* NULL: it has not come to that */
} now;

/* ---- the work folder ---- */
static void copy_file(const char *from, const char *to)
{
    char piece[65536];
    ssize_t n;
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    while (in >= 0 && out >= 0 && (n = read(in, piece, sizeof piece)) > 0)
        if (write(out, piece, (size_t)n) != n)
            abort();
    if (in < 0 || out < 0)
        abort();
    close(in);
    close(out);
}

/* But for what a process that is gone does not hold: SQLite makes its shared memory anew. */
static bool is_left(const char *name)
{
    size_t n = strlen(name);
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && (n < 4 || strcmp(name + n - 4, "-shm") != 0);
}

static void each(const char *from, const char *to, void (*file)(const char *from, const char *to))
{
    DIR *d = opendir(from);
    for (struct dirent *e; d && (e = readdir(d));) {
        char *path CLEANUP(mem_free_str) = mem_printf("%s/%s", from, e->d_name);
        char *copy CLEANUP(mem_free_str) = mem_printf("%s/%s", to, e->d_name);
        struct stat st;
        if (!is_left(e->d_name) || lstat(path, &st) < 0)
            continue;
        if (!S_ISDIR(st.st_mode)) {
            file(path, copy);
            continue;
        }
        mkdir(copy, 0700);
        each(path, copy, file);
    }
    if (d)
        closedir(d);
}

static void remove_file(const char *path, const char *ignored)
{
    (void)ignored;
    unlink(path);
}

static void put_aside(void)
{
    temp_dir_make(now.aside);
    each(now.rig->dir, now.aside, copy_file);
    now.cloud = memory_cloud_copy(now.rig->cloud);
    const struct memory_box *box = now.rig->box;
    now.items = mem_array(box->count + 1, sizeof *now.items);
    if (box->count)
        memcpy(now.items, box->all, box->count * sizeof *now.items);
}

static void count_write(void)
{
    if (now.left && !--now.left)
        put_aside();
}

/* ---- files of SQLite, with their writes counted ---- */
struct counted {
    sqlite3_file base;
    sqlite3_file *file; /* behind this struct */
};

static sqlite3_vfs *under;

static sqlite3_file *file_of(sqlite3_file *f)
{
    return ((struct counted *)f)->file;
}

static int do_close(sqlite3_file *f)
{
    return file_of(f)->pMethods->xClose(file_of(f));
}

static int do_read(sqlite3_file *f, void *dst, int n, sqlite3_int64 at)
{
    return file_of(f)->pMethods->xRead(file_of(f), dst, n, at);
}

static int do_write(sqlite3_file *f, const void *src, int n, sqlite3_int64 at)
{
    count_write();
    int rc = file_of(f)->pMethods->xWrite(file_of(f), src, n, at);
    count_write();
    return rc;
}

static int do_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    count_write();
    int rc = file_of(f)->pMethods->xTruncate(file_of(f), size);
    count_write();
    return rc;
}

static int do_sync(sqlite3_file *f, int flags)
{
    return file_of(f)->pMethods->xSync(file_of(f), flags);
}

static int do_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    return file_of(f)->pMethods->xFileSize(file_of(f), ret);
}

static int do_lock(sqlite3_file *f, int level)
{
    return file_of(f)->pMethods->xLock(file_of(f), level);
}

static int do_unlock(sqlite3_file *f, int level)
{
    return file_of(f)->pMethods->xUnlock(file_of(f), level);
}

static int do_reserved(sqlite3_file *f, int *ret)
{
    return file_of(f)->pMethods->xCheckReservedLock(file_of(f), ret);
}

static int do_control(sqlite3_file *f, int op, void *arg)
{
    return file_of(f)->pMethods->xFileControl(file_of(f), op, arg);
}

static int do_sector(sqlite3_file *f)
{
    return file_of(f)->pMethods->xSectorSize(file_of(f));
}

static int do_device(sqlite3_file *f)
{
    return file_of(f)->pMethods->xDeviceCharacteristics(file_of(f));
}

static int do_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
    return file_of(f)->pMethods->xShmMap(file_of(f), page, size, extend, ret);
}

static int do_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return file_of(f)->pMethods->xShmLock(file_of(f), at, n, flags);
}

static void do_shm_barrier(sqlite3_file *f)
{
    file_of(f)->pMethods->xShmBarrier(file_of(f));
}

static int do_shm_unmap(sqlite3_file *f, int del)
{
    return file_of(f)->pMethods->xShmUnmap(file_of(f), del);
}

static int do_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
    static const sqlite3_io_methods methods = {.iVersion = 2,
        .xClose = do_close,
        .xRead = do_read,
        .xWrite = do_write,
        .xTruncate = do_truncate,
        .xSync = do_sync,
        .xFileSize = do_size,
        .xLock = do_lock,
        .xUnlock = do_unlock,
        .xCheckReservedLock = do_reserved,
        .xFileControl = do_control,
        .xSectorSize = do_sector,
        .xDeviceCharacteristics = do_device,
        .xShmMap = do_shm_map,
        .xShmLock = do_shm_lock,
        .xShmBarrier = do_shm_barrier,
        .xShmUnmap = do_shm_unmap};
    struct counted *c = (struct counted *)f;
    (void)vfs;
    c->file = (sqlite3_file *)(c + 1);
    int rc = under->xOpen(under, name, c->file, flags, ret_flags);
    c->base.pMethods = c->file->pMethods ? &methods : NULL;
    return rc;
}

void kill_begin(void)
{
    static sqlite3_vfs vfs;
    under = sqlite3_vfs_find(NULL);
    vfs = *under;
    vfs.zName = "counted";
    vfs.szOsFile += (int)sizeof(struct counted);
    vfs.xOpen = do_open;
    vfs.pNext = NULL;
    sqlite3_vfs_register(&vfs, 1);
}

void kill_arm(struct rig *r, unsigned nth)
{
    now.rig = r;
    now.left = nth;
    now.cloud = NULL;
}

bool kill_fall(void)
{
    now.left = 0;
    if (!now.cloud)
        return false;
    memory_cloud_restore(now.rig->cloud, now.cloud);
    now.cloud = NULL;
    if (now.rig->box->count)
        memcpy(now.rig->box->all, now.items, now.rig->box->count * sizeof *now.items);
    free(now.items);
    each(now.rig->dir, now.aside, remove_file);
    char *shm CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite-shm", now.rig->dir);
    unlink(shm);
    each(now.aside, now.rig->dir, copy_file);
    temp_dir_remove(now.aside);
    return true;
}
