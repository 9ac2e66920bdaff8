#include "batch_rig.h"

#include "exit_code.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>

static int64_t rig_mono_ms(void *ctx)
{
    return ((struct batch_rig *)ctx)->now_ms;
}

static int64_t rig_wall_s(void *ctx)
{
    return ((struct batch_rig *)ctx)->now_s;
}

void batch_rig_begin(struct batch_rig *r, size_t count)
{
    *r = (struct batch_rig){.accounts = mem_array(count, sizeof *r->accounts),
        .count = count,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .clock = {.mono_ms = rig_mono_ms, .wall_s = rig_wall_s, .ctx = r},
        .now_ms = 1000,
        .now_s = RIG_NOW_S,
        .names = mem_array(count, sizeof *r->names)};
    for (size_t i = 0; i < count; i++) {
        snprintf(r->names[i], sizeof *r->names, "user%03zu@example.jp", i);
        r->accounts[i] = (struct batch_account){.name = r->names[i],
            .source = "pop3s://pop.example.jp",
            .destination = "imaps://imap.example.com",
            .folder = "INBOX",
            .line = (long)i + 2,
            .work_dir = "work/accounts/user"};
    }
}

void batch_rig_done(struct batch_rig *r)
{
    free(r->accounts);
    free(r->names);
}

void batch_rig_pass(struct batch_rig *r, int64_t ms)
{
    r->now_s += (r->now_ms + ms) / 1000 - r->now_ms / 1000;
    r->now_ms += ms;
}

static enum error_code error_of(int code)
{
    static const enum error_code of[] = {[EXIT_CODE_USAGE] = ERROR_USAGE,
        [EXIT_CODE_LOGIN] = ERROR_AUTH,
        [EXIT_CODE_TEMPORARY] = ERROR_CONNECT,
        [EXIT_CODE_LOCAL] = ERROR_LEDGER,
        [EXIT_CODE_FULL] = ERROR_FULL};
    return of[code];
}

void batch_rig_end(struct batch_account *a, int code, const char *text, uint64_t messages)
{
    a->state = BATCH_ENDED;
    a->result = (struct errand_result){.code = code,
        .told = code <= EXIT_CODE_ATTENTION,
        .messages = 1000,
        .octets = 56000000,
        .done = 1000 - messages,
        .done_octets = 56000000,
        .copied = 10,
        .copied_octets = 560000,
        .attention = messages};
    if (code > EXIT_CODE_ATTENTION)
        error_set(&a->result.error, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, error_of(code), "%s", text);
    else
        snprintf(a->result.words, sizeof a->result.words, "%s", text);
}

void batch_rig_work(struct batch_account *a, const char *phase, uint64_t messages, uint64_t total,
    uint64_t octets, uint64_t total_octets)
{
    a->state = BATCH_RUNNING;
    a->progress = (struct progress){
        .phase = phase, .messages = messages, .total = total, .octets = octets, .total_octets = total_octets};
}
