#include "answers.h"

struct wait {
    const struct content_reader *contents;
    const size_t *waiting;
};

static bool answered(void *ctx)
{
    const struct wait *w = ctx;
    return !*w->waiting && content_reader_idle(w->contents);
}

int answers_wait(struct session *s, struct content_reader *contents, const size_t *waiting,
    const struct error *found, struct error *err)
{
    struct wait w = {.contents = contents, .waiting = waiting};
    if (session_wait(s, answered, &w, err) < 0) {
        content_reader_abort(contents, err);
        return -1;
    }
    if (!found->code)
        return 0;
    *err = *found;
    return -1;
}
