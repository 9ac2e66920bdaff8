/* past_sessions.h: what a session has shown of a server is known to the runs after it, and a refusal tells
 * when the account was accepted. */
#include "check.h"
#include "past_sessions.h"
#include "source_pop3.h"
#include "temp_dir.h"

#define MINUTE INT64_C(60)
#define DAY    (1440 * MINUTE)
#define BEGIN  (INT64_C(20000) * 86400 + 18 * 3600) /* 2024-10-04, 18:00 UTC, 03:00 the day after in Japan */

struct fixture {
    char dir[TEMP_DIR_MAX], said[2000];
    int64_t now_s;
    struct clock clock;
    struct world world;
    struct job job;
    struct ledger *ledger;
    struct session session;
    struct patience patience;
    struct past_sessions past;
};

static int64_t mono(void *ctx)
{
    return ((struct fixture *)ctx)->now_s * 1000;
}

static int64_t wall(void *ctx)
{
    return ((struct fixture *)ctx)->now_s;
}

static void say(void *ctx, enum log_level level, const char *line)
{
    struct fixture *f = ctx;
    size_t n = strlen(f->said);
    (void)level;
    snprintf(f->said + n, sizeof f->said - n, "%s\n", line);
}

/* A run begins. */
static void begin_run(struct fixture *f)
{
    struct job *job = &f->job;
    f->said[0] = '\0';
    f->ledger = ledger_open(f->dir, LEDGER_WRITE, NULL);
    CHECK(f->ledger != NULL);
    patience_begin(&f->patience, job, &f->world);
    CHECK_INT(past_sessions_begin(&f->past, f->ledger, job, &f->world, NULL), 0);
    f->session = (struct session){.lane_count = 1};
    f->session.source = source_pop3_new(&(struct source_pop3_options){.user = "taro"});
}

static void end_run(struct fixture *f)
{
    past_sessions_done(&f->past);
    source_free(f->session.source);
    ledger_close(f->ledger);
}

static void begin(struct fixture *f)
{
    static char pop[] = "pop.example.jp", imap[] = "imap.example.jp", user[] = "taro";
    *f = (struct fixture){.now_s = BEGIN};
    temp_dir_make(f->dir);
    f->clock = (struct clock){.mono_ms = mono, .wall_s = wall, .ctx = f};
    f->world = (struct world){.clock = &f->clock, .log = {.fn = say, .ctx = f}};
    f->job = (struct job){
        .from = {.protocol = ENDPOINT_POP3, .host = pop, .user = user, .port = 995},
        .to = {.protocol = ENDPOINT_IMAP, .host = imap, .user = user, .port = 993},
        .utc_offset_min = 9 * 60,
        .max_wait_ms = RETRY_MAX_WAIT_MS,
    };
    begin_run(f);
}

static void next_run(struct fixture *f, int64_t later_s)
{
    end_run(f);
    f->now_s += later_s;
    begin_run(f);
}

static void end(struct fixture *f)
{
    end_run(f);
    temp_dir_remove(f->dir);
}

/* The side is refused (and the other one is not told of), as session_open says. */
static struct error refuse(struct fixture *f, enum job_side side)
{
    struct link *l = side == JOB_SOURCE ? &f->session.source_link : &f->session.lanes[0].link;
    struct error err;
    error_set(
        &err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH, "login of taro refused: \"no\"; check it");
    l->error = err;
    CHECK_INT(past_sessions_opened(&f->past, &f->session, &f->patience, -1, &err), -1);
    return err;
}

static void accept_both(struct fixture *f)
{
    struct error err;
    f->session.source_link.ready = f->session.lanes[0].link.ready = true;
    CHECK_INT(past_sessions_opened(&f->past, &f->session, &f->patience, 0, &err), 0);
}

static void test_refused(void)
{
    static const struct {
        const char *name, *words;
        int64_t later_s;
        bool again;
    } rows[] = {
        {"soon",
            "; the same account was signed in to at 03:00: unless its password was changed since, the server "
            "refuses what comes too soon",
            10 * MINUTE, true},
        {"later", "; the same account was last signed in to at 03:00: what was changed since then?",
            60 * MINUTE, false},
        {"the day after",
            "; the same account was last signed in to at 2024-10-05 03:00: what was changed since "
            "then?",
            DAY, false},
    };
    for (enum job_side side = JOB_SOURCE; side <= JOB_DESTINATION; side++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct fixture f;
            CHECK_LABEL("%s, side %d", rows[i].name, side);
            begin(&f);
            struct error err = refuse(&f, side);
            CHECK(!strstr(err.text, "the same account"));
            CHECK(!f.patience.past.accepted);
            next_run(&f, 0);
            accept_both(&f);
            next_run(&f, rows[i].later_s);
            err = refuse(&f, side);
            CHECK(strstr(err.text, rows[i].words) != NULL);
            CHECK_INT(err.code, ERROR_AUTH);
            CHECK_INT(f.patience.past.accepted, rows[i].again);
            end(&f);
        }
}

/* Tried once more, then it is temporary. */
static void test_temporary(void)
{
    struct fixture f;
    CHECK_LABEL("temporary");
    begin(&f);
    accept_both(&f);
    next_run(&f, MINUTE);
    struct error err = refuse(&f, JOB_SOURCE);
    struct retry_decision d = retry_decide(&err, &f.patience.past);
    CHECK(d.again);
    CHECK_INT(d.kind, RETRY_AUTH_AGAIN);
    retry_count(&f.patience.past, &err);
    CHECK(!patience_again(&f.patience, &err));
    CHECK_INT(err.retry, ERROR_RETRY_LATER);
    end(&f);
}

/* ---- silences ---- */
static struct job asked(const struct fixture *f)
{
    struct job job = f->job;
    past_sessions_apply(&f->past, &job);
    return job;
}

static void fall_silent(struct fixture *f, enum ledger_learned what)
{
    struct link *from = &f->session.source_link, *to = &f->session.lanes[0].link;
    struct error err;
    error_set(&err, ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_TIMEOUT, "no answer");
    from->ready = to->ready = true;
    (what == LEDGER_NO_SEARCH ? to : from)->error = err;
    from->waiting.kind = what == LEDGER_NO_CAPA ? SOURCE_SILENCE_CAPA : SOURCE_SILENCE_QUEUE;
    to->awaiting.kind = DEST_SILENCE_SEARCH;
    CHECK_INT(past_sessions_ended(&f->past, &f->session, &f->patience, -1, &err), -1);
    CHECK(f->patience.past.opened); /* so that it is tried again */
}

static void check_asked(const struct fixture *f, enum ledger_learned what)
{
    struct job job = asked(f);
    CHECK_INT(job.no_capa, what == LEDGER_NO_CAPA);
    CHECK_INT(job.one_at_a_time, what == LEDGER_ONE_AT_A_TIME);
    CHECK_INT(job.no_search, what == LEDGER_NO_SEARCH);
}

static void test_silences(void)
{
    for (enum ledger_learned what = LEDGER_NO_CAPA; what < LEDGER_LEARNED; what++) {
        struct fixture f;
        CHECK_LABEL("silence %d", what);
        begin(&f);
        check_asked(&f, LEDGER_LEARNED);
        fall_silent(&f, what);
        check_asked(&f, what);
        next_run(&f, DAY);
        check_asked(&f, what);
        CHECK(strstr(
            f.said, what == LEDGER_NO_SEARCH ? "imap.example.jp does not" : "pop.example.jp does not"));
        CHECK(strstr(f.said, "found at 2024-10-05 03:00") != NULL);
        next_run(&f, PAST_SESSIONS_DAYS * DAY); /* then it is asked as usual */
        check_asked(&f, LEDGER_LEARNED);
        CHECK_STR(f.said, "");
        end(&f);
    }
}

/* A server that answered CAPA before has merely stood still: what it tells in it matters (reading may hide).
 */
static void test_capa_answered(void)
{
    struct fixture f;
    CHECK_LABEL("CAPA was answered before");
    begin(&f);
    CHECK_INT(ledger_learn(f.ledger, "taro@pop.example.jp", LEDGER_CAPA, BEGIN - DAY, NULL), 0);
    fall_silent(&f, LEDGER_NO_CAPA);
    check_asked(&f, LEDGER_NO_CAPA);
    next_run(&f, MINUTE);
    check_asked(&f, LEDGER_LEARNED);
    end(&f);
}

/* One session out of step makes the run careful, and no more than this run. */
static void test_out_of_step(void)
{
    struct fixture f;
    struct error err;
    CHECK_LABEL("out of step");
    begin(&f);
    error_set(&err, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_PROTOCOL, "what?");
    CHECK_INT(past_sessions_ended(&f.past, &f.session, &f.patience, -1, &err), -1);
    check_asked(&f, LEDGER_ONE_AT_A_TIME);
    next_run(&f, MINUTE);
    check_asked(&f, LEDGER_LEARNED);
    end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"refused", test_refused},
        {"temporary", test_temporary},
        {"silences", test_silences},
        {"CAPA answered before", test_capa_answered},
        {"out of step", test_out_of_step},
    };
    return check_main("past sessions", tests, sizeof tests / sizeof *tests);
}
