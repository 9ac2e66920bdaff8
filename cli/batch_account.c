#include "batch_account.h"

#include "exit_code.h"

const char *batch_account_state_name(enum batch_account_state s)
{
    static const char *const names[] = {
        [BATCH_WAITING] = "waiting",
        [BATCH_RUNNING] = "running",
        [BATCH_PAUSED] = "paused",
        [BATCH_ENDED] = "ended",
        [BATCH_UNTRIED] = "untried",
        [BATCH_LEFT] = "left",
        [BATCH_SKIPPED] = "skipped",
    };
    return names[s];
}

int batch_account_rank(int code)
{
    static const int order[] = {EXIT_CODE_DONE, EXIT_CODE_ATTENTION, EXIT_CODE_TEMPORARY, EXIT_CODE_FULL,
        EXIT_CODE_LOGIN, EXIT_CODE_USAGE, EXIT_CODE_LOCAL};
    int count = sizeof order / sizeof *order;
    for (int i = 0; i < count; i++)
        if (order[i] == code)
            return i;
    return count;
}

static int worse(int a, int b)
{
    return batch_account_rank(a) >= batch_account_rank(b) ? a : b;
}

int batch_account_code(const struct batch_account *a)
{
    int code = a->result.code ? a->result.code : (int)exit_code_of(&a->result.error);
    switch (a->state) {
    case BATCH_ENDED:
        return a->result.code;
    case BATCH_UNTRIED:
        return code ? code : EXIT_CODE_TEMPORARY;
    case BATCH_LEFT:
        return worse(code, EXIT_CODE_TEMPORARY);
    case BATCH_WAITING:
    case BATCH_RUNNING:
    case BATCH_PAUSED:
    case BATCH_SKIPPED:
        break;
    }
    return EXIT_CODE_DONE;
}

static enum batch_account_kind kind_of_code(int code)
{
    switch (code) {
    case EXIT_CODE_DONE:
        return BATCH_KIND_IN_ORDER;
    case EXIT_CODE_ATTENTION:
        return BATCH_KIND_ATTENTION;
    case EXIT_CODE_TEMPORARY:
        return BATCH_KIND_AGAIN;
    default:
        return BATCH_KIND_FAILED;
    }
}

enum batch_account_kind batch_account_kind(const struct batch_account *a)
{
    switch (a->state) {
    case BATCH_WAITING:
        return BATCH_KIND_QUEUED;
    case BATCH_RUNNING:
        return BATCH_KIND_RUNNING;
    case BATCH_PAUSED:
        return BATCH_KIND_PAUSED;
    case BATCH_SKIPPED:
        return BATCH_KIND_SKIPPED;
    case BATCH_ENDED:
    case BATCH_UNTRIED:
    case BATCH_LEFT:
        break;
    }
    return kind_of_code(batch_account_code(a));
}

int batch_account_worst(const struct batch_account *accounts, size_t count)
{
    int code = EXIT_CODE_DONE;
    for (size_t i = 0; i < count; i++)
        code = worse(batch_account_code(&accounts[i]), code);
    return code;
}
