#include "store_pst_file.h"

#include "mem.h"
#include "store_file.h"
#include "store_pst.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct store_pst {
    char *path;
    int fd;
    struct pst_process *process;
};

void store_pst_free(struct store_pst *p)
{
    if (!p)
        return;
    pst_process_free(p->process);
    if (p->fd >= 0)
        close(p->fd);
    free(p->path);
    free(p);
}

bool store_pst_ask(struct store *s, const char *path, const struct pst_request *request, struct buf *ret)
{
    if (s->pst && strcmp(s->pst->path, path) != 0) {
        store_pst_free(s->pst);
        s->pst = NULL;
    }
    if (!s->pst) {
        int fd = store_file_open(path, true);
        if (fd < 0) {
            buf_clear(ret);
            buf_append_str(ret, strerror(errno));
            return false;
        }
        s->pst = mem_alloc(sizeof *s->pst);
        s->pst->path = mem_strdup(path);
        s->pst->fd = fd;
        s->pst->process = pst_process_new(fd);
    }
    return pst_process_ask(s->pst->process, request, ret);
}
