/* pst_process.h - requests to an Outlook store, answered by a process of its own in which libpff works. That
 * process has the store's file and a socket, and nothing else that is open here. When it dies, says nothing
 * for too long or wants too much memory, the request has failed, and the next one gets a new process: a
 * damaged or hostile file costs what cannot be read of it, and no more.
 *
 * One thread. It reads no environment, and ends with whoever started it. */
#pragma once

#include "buf.h"
#include "pst_library.h"
#include <stdbool.h>

#define PST_PROCESS_WAIT_S 60 /* for one answer */

struct pst_process;

/* Nothing is started yet. fd: the store's file, opened to be read; it stays the caller's, who keeps it open.
 */
struct pst_process *pst_process_new(int fd);
void pst_process_free(struct pst_process *p);

/* The answer. False: *ret says why, in words. */
bool pst_process_ask(struct pst_process *p, const struct pst_request *request, struct buf *ret);
