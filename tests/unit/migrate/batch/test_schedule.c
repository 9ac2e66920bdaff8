/* schedule.h: each rule as a small play, with the time in the test's hand. */
#include "check.h"
#include "mem.h"
#include "schedule.h"

#define TASKS 64
#define S     INT64_C(1000)

/* The tasks, one word each: "a>z" needs host a and host z, "-" for none, "!k" an exclusive, ":9" its octets
 * (else each has less than the one before). The play, one word for each act or expectation; N is a task, the
 * side S or D, times are seconds from now:
 *   bN begins   - nothing now, nor at a known time   @T nothing before T   . over   +T time passes
 *   sN let sign in   sN:T let after T   sNx not any more
 *   oNS in   fNS no connection   tNS certificate   lNS LOGIN-DELAY   wNS:T throttled for T   rNS refused
 *   qNS refused for now   uNS mailbox in use   dNS our own disk   pNS another protocol
 *   eN ended   eN! failed   eN~T not before T   X stop
 *   WN RN PN EN GN state   aN:T again at T   h:T the only host paused, for T   h- none is */
struct row {
    const char *name, *tasks, *play;
    struct schedule_limits limits; /* 0: as in `usual` */
};

static const struct schedule_limits usual = {
    .jobs = 9, .failures = 3, .max_pause_ms = 300 * S, .max_wait_ms = 900 * S};

static const struct row rows[] = {
    {"nothing to do", "", ".", {0}},
    {"longest first, unknown before", "a>z:5 a>z:0 a>z:9 a>z:0 a>z:9", "b1 - e1 b3 e3 b2 e2 b4 e4 b0 - e0 .",
        {.jobs = 1}},
    {"longest first at many hosts", "a>z:5 b>z:7 c>z:0 d>y:6 e>y:8", "b2 b4 - e2 b1 e4 b3 e1 b0",
        {.jobs = 2}},
    {"jobs", "a>z b>z c>y", "b0 b1 - - e1 b2 e0 e2 .", {.jobs = 2}},
    {"no hosts at all", "->- ->-", "b0 b1 - s0 s1 e0 e1 .", {0}},
    {"source alone", "a>- a>-", "b0 - e0 b1 s1 o1S o1D e1 .", {.host_jobs = 1}},
    {"at one host", "a>z a>z a>y b>y", "b0 b1 b3 - e1 b2 e0 e2 e3 .",
        {.host_jobs = 2, .jobs = 4, .refusals = 9}},
    {"at one host, either side", "a>z b>z c>z d>y", "b0 b3 - e0 b1 - e3 e1 b2", {.host_jobs = 1}},
    {"one host twice counts once", "a>a a>a a>a", "b0 b1 - e0 b2", {.host_jobs = 2}},
    {"exclusive", "a>z!k a>z!k b>y!k c>x", "b0 b3 - e0 b1 - e1 b2 - e2 e3 .", {0}},
    {"exclusive, the best of all", "a>z!k:9 a>z!k:7 b>z!k:8 a>z!m:1 a>z!m:2", "b0 b4 - e0 b2 e2 b1 e4 b3",
        {0}},
    {"exclusive, while its lane is paused", "a>z a>z a>z a>z!k b>y!k:1",
        "b0 b1 b2 b3 - s0 s1 s2 f0S f1S f2S e3 b4", {0}},

    {"logins", "a>z b>z c>z d>z", "b0 b1 - s0 @60 s1 @60 +59 @1 +1 b2 b3 s2 s3 e0 e1 e2 e3 .",
        {.logins_per_minute = 2}},
    {"logins, signing in again", "a>z a>z", "b0 s0 o0S o0D b1 s1 o1S o1D +20 s0:40 +40 s0 s1 +30 s0:30",
        {.logins_per_minute = 2}},
    {"logins within any minute", "a>z a>z a>z", "b0 s0 +50 b1 s1 @10 e0 +10 b2 s2 s1:50 +49 s1:1 +1 s1",
        {.logins_per_minute = 2}},
    {"logins, two at once at a limit of one", "a>a a>a", "b0 s0 o0S o0D @60 +60 b1 s1",
        {.logins_per_minute = 1}},

    {"paused", "a>z a>z a>z a>z a>z b>z",
        "b0 b1 b2 s0 s1 s2 f0S e0 b3 f1S e1 b4 h- f2S h:30 e2 s3:30 e3 s4:30 e4 b5 - e5 .", {.jobs = 3}},
    {"paused, one alone tries, all go on", "a>z a>z a>z a>z a>z a>z",
        "b0 b1 b2 s0 s1 s2 f0S f1S f2S e0 e1 e2 @30 h:30 +29 @1 +1 h:0 b3 - s3 - o3S h- b4 b5 o3D",
        {.jobs = 3}},
    {"paused longer and longer", "a>z a>z a>z a>z a>z a>z a>z a>z",
        "b0 s0 f0S e0 b1 s1 f1S e1 b2 s2 f2S e2 @30 +30 b3 s3 f3S e3 h:60 @60 +60 b4 s4 "
        "f4S e4 @120 +120 b5 s5 "
        "f5S e5 @240 +240 b6 s6 f6S e6 @300 +300 b7 s7 o7S e7 .",
        {.jobs = 1}},
    {"after it answered the first pause is short", "a>z a>z a>z a>z a>z a>z a>z a>z",
        "b0 s0 f0S e0 b1 s1 f1S e1 b2 s2 f2S e2 +30 b3 s3 f3S e3 +60 b4 s4 o4S e4 b5 s5 "
        "f5S e5 b6 s6 f6S e6 b7 s7 "
        "f7S h:30",
        {.jobs = 1}},
    {"the longest pause", "a>z a>z a>z a>z a>z",
        "b0 s0 f0S e0 @10 +10 b1 s1 f1S e1 @10 +10 b2 s2 f2S e2 G3 G4 .",
        {.jobs = 1, .failures = 1, .max_pause_ms = 10 * S, .max_wait_ms = 20 * S}},
    {"not in a row", "a>z a>z a>z a>z a>z", "b0 s0 f0S b1 s1 f1S b2 s2 o2S b3 s3 f3S b4 s4 f4S h-",
        {.jobs = 5, .logins_per_minute = 0}},
    {"one task that tries thrice", "a>z a>z", "b0 s0 f0S s0 f0S s0 f0S h- b1 s1 o1S", {.jobs = 9}},
    {"one task that fails again after others came through", "a>z a>z a>z a>z",
        "b0 s0 f0S b1 s1 o1S s0 f0S b2 s2 f2S h- b3 s3 f3S h:30", {0}},
    {"what was on its way when the pause began", "a>z a>z a>z a>z a>z a>z",
        "b0 b1 b2 b3 b4 b5 s0 s1 s2 s3 s4 f0S f1S f2S h:30 +10 f3S h:20 s5:20 +20 s5:0 f4S h:0 s5 f5S h:60",
        {0}},
    {"what was on its way comes through", "a>z a>z a>z a>z a>z",
        "b0 b1 b2 b3 s0 s1 s2 s3 f0S f1S f2S e0 h:30 o3S h- b4 s4", {.jobs = 4}},
    {"those that run try first, one alone", "a>z a>z a>z a>z a>z a>z",
        "b0 b1 s0 s1 o0S o0D o1S o1D b2 b3 b4 s2 s3 s4 f2S f3S f4S e2 e3 e4 s0:30 @30 "
        "+30 - s0 s1:0 - o0S s1 b5",
        {.jobs = 5}},
    {"a probe with a wrong password", "a>z a>z a>z a>z a>z",
        "b0 b1 b2 s0 s1 s2 f0S f1S f2S e0 e1 e2 +30 b3 s3 r3S h- b4", {.jobs = 3}},
    {"a probe whose mailbox is in use", "a>z a>z a>z a>z a>z",
        "b0 b1 b2 s0 s1 s2 f0S f1S f2S e0 e1 e2 +30 b3 s3 u3S h- b4", {.jobs = 3}},
    {"a probe that tells nothing", "a>z a>z a>z a>z a>z a>z",
        "b0 b1 b2 s0 s1 s2 f0S f1S f2S e0 e1 e2 +30 b3 s3 d3S h:0 b4 s4 e4 b5 s5 f5S h:60 e3 e5 .",
        {.jobs = 3}},
    {"two hosts, one paused", "a>z a>z a>z a>z b>z",
        "b0 b1 b2 s0 s1 s2 f0S f1S f2S b4 s4 o4S o4D e4 @30 e0 e1 e2 @30 +30 b3 s3 o3S o3D e3 .",
        {.jobs = 4}},
    {"the destination is paused", "a>z b>z c>z d>z e>y",
        "b0 b1 b2 b3 b4 s0 s1 s2 o0S f0D o1S f1D o2S f2D h:30 s3:30 s4 o4S e4 e0 e1 e2 +30 s3 o3S o3D h-",
        {0}},
    {"two hosts that wait for each other", "a>z a>- a>- b>- b>- a>b b>a",
        "b0 b1 b2 b3 b4 b5 b6 s0 s1 s2 s3 s4 f0S f1S f2S f3S f4S e0 e1 e2 e3 e4 s5:30 "
        "s6:30 +30 s5 s6:0 o5S s6:0 "
        "o5D s6 o6S o6D e5 e6 .",
        {.failures = 2}},
    {"no pause at all", "a>z a>z", "b0 s0 f0S e0 b1 s1 f1S e1 .", {.failures = UINT32_MAX, .jobs = 1}},
    {"throttled, and told how long", "a>z a>z", "b0 s0 w0S:400 h:400 e0 @400 +400 b1 s1 w1S:600 e1 .",
        {.failures = 1, .jobs = 1}},
    {"LOGIN-DELAY is the account's", "a>z a>z a>z a>z", "b0 s0 l0S b1 s1 l1S b2 s2 l2S b3 h-", {0}},

    {"given up", "a>z a>z a>z a>z b>z", "b0 s0 f0S e0 b4 e4 @30 +30 b1 s1 f1S e1 G2 G3 .",
        {.failures = 1, .max_wait_ms = 89 * S, .jobs = 1}},
    {"given up at once", "a>z a>z a>z b>z", "b0 s0 f0S G1 G2 W3 h- b3 e0 e3 .",
        {.failures = 1, .max_wait_ms = 29 * S, .jobs = 2}},
    {"a certificate gets no better", "a>z a>z a>z a>z a>z", "b0 s0 t0S e0 b1 s1 t1S e1 b2 s2 t2S e2 G3 G4 .",
        {.jobs = 1}},
    {"another protocol", "a>z a>z", "b0 s0 p0S G1 e0 .", {.jobs = 1, .failures = 1}},
    {"given up while others run there", "a>z b>z c>z d>z d>y",
        "b0 b1 b2 s0 s1 o1S o1D o0S t0D G3 W4 s1x s2x e0 b4 s4 e1 e2 e4 .", {.failures = 1, .jobs = 3}},

    {"refusals", "a>z a>z a>z b>z", "b0 s0 r0S e0 b1 s1 r1S e1 G2 b3 s3 e3 .", {.refusals = 2, .jobs = 1}},
    {"refusals, no more at a time", "a>z a>z a>z a>z a>z", "b0 b1 - s0 s1 r0S - e0 - r1S e1 G2 G3 G4 .",
        {.refusals = 2}},
    {"one that succeeds ends the trial", "a>z a>z a>z a>z a>z",
        "b0 b1 - s0 s1 r0S - o1S o1D b2 b3 b4 s2 r2S s3 r3S s4 r4S h-", {.refusals = 2}},
    {"refused on one side", "a>z b>z c>z", "b0 s0 o0S r0D e0 b1 s1 o1S r1D e1 G2 .",
        {.refusals = 2, .jobs = 1}},
    {"refused for now is no refusal", "a>z a>z a>z a>z", "b0 s0 q0S e0 b1 s1 q1S e1 b2 s2 q2S e2 b3",
        {.refusals = 2, .jobs = 1}},
    {"a reconnect is not let through either", "a>z a>z a>z", "b0 b1 - s0 s1 r0S s0:0 r1S s0x e0 e1 G2 .",
        {.refusals = 2}},
    {"silence on the other side holds nobody up", "a>z b>z c>z d>z", "b0 b1 - s0 s1 r0S b2 s2",
        {.refusals = 2}},

    {"again, waited for", "a>z a>z", "b0 e0~900 P0 a0:900 b1 e1 @900 +899 @1 +1 b0 a0:0 e0 E0 .",
        {.jobs = 1}},
    {"again, too late", "a>z", "b0 e0~901 E0 a0:901 .", {0}},
    {"again, too late but told to wait", "a>z", "b0 e0~86400 P0 @86400 +86400 b0 e0 .", {.wait = true}},
    {"again in the past", "a>z", "b0 +50 e0~-10 b0 e0 .", {0}},
    {"again, each at its time", "a>z a>z a>z:0 a>z",
        "b2 b0 b1 b3 e2~60 e0~40 e1~50 e3~40 @40 +40 b0 b3 @10 +10 b1 @10 +10 b2", {0}},
    {"again, the better one first", "a>z a>z a>z", "b0 e0~30 b1 +30 - e1 b0 e0 b2",
        {.jobs = 1, .host_jobs = 1}},
    {"again, but the host is given up", "a>z a>z a>z", "b0 e0~60 b1 s1 t1S G0 a0:60 G2 e1~60 G1 .",
        {.jobs = 1, .failures = 1}},

    {"stop", "a>z a>z a>z", "b0 b1 e0~60 X E0 a0:60 R1 G2 - s1 e1~60 E1 .", {.jobs = 2, .host_jobs = 1 + 1}},
    {"stop while all wait", "a>z a>z", "b0 s0 f0S e0 @30 X G1 .", {.failures = 1, .jobs = 1}},
    {"fail fast", "a>z b>y c>x", "b0 b1 e0! R1 G2 - e1 .", {.jobs = 2, .fail_fast = true}},
    {"no failure", "a>z b>y c>x", "b0 b1 e0 b2", {.jobs = 2, .fail_fast = true}},
    {"fail fast, and what waits for its time", "a>z b>y", "b0 e0~60 b1 e1! E0 a0:60 .",
        {.jobs = 1, .fail_fast = true}},
};

struct play {
    struct schedule *s;
    int64_t now_ms;
};

/* ---- reading a row ---- */
static const char *letter(char c)
{
    static char names[128][2];
    names[(unsigned char)c % 128][0] = c;
    return c == '-' ? NULL : names[(unsigned char)c % 128];
}

static size_t read_tasks(const char *words, struct schedule_task *tasks)
{
    size_t n = 0;
    for (const char *w = words; *w; w += strcspn(w, " "), w += *w == ' ', n++) {
        tasks[n] = (struct schedule_task){.hosts = {letter(w[0]), letter(w[2])}, .octets = TASKS - n};
        w += 3;
        if (*w == '!')
            tasks[n].exclusive = letter(w[1]);
        w += *w == '!' ? 2 : 0;
        if (*w == ':')
            tasks[n].octets = (uint64_t)(w[1] - '0');
    }
    return n;
}

static struct schedule_limits limits_of(const struct row *row)
{
    struct schedule_limits l = row->limits;
    l.jobs = l.jobs ? l.jobs : usual.jobs;
    l.failures = l.failures ? l.failures : usual.failures;
    l.max_pause_ms = l.max_pause_ms ? l.max_pause_ms : usual.max_pause_ms;
    l.max_wait_ms = l.max_wait_ms ? l.max_wait_ms : usual.max_wait_ms;
    return l;
}

/* ---- the acts ---- */
static void act_next(struct play *p, char act, long n)
{
    size_t task = SIZE_MAX;
    int64_t at_ms = -1;
    enum schedule_next next = schedule_next(p->s, p->now_ms, &task, &at_ms);
    CHECK_INT(next, act == 'b' ? SCHEDULE_BEGIN : act == '.' ? SCHEDULE_OVER : SCHEDULE_LATER);
    if (act == 'b')
        CHECK_INT(task, n);
    if (act == '-')
        CHECK_INT(at_ms, INT64_MAX);
    if (act == '@')
        CHECK_INT(at_ms, p->now_ms + n * S);
}

/* ":0" is for a wait that is not known, for another task's sign-in. */
static void act_sign_in(struct play *p, size_t task, const char *rest)
{
    const struct error *why = NULL;
    int64_t ms = schedule_sign_in(p->s, task, p->now_ms, &why);
    if (*rest == 'x') {
        CHECK_INT(ms, -1);
        CHECK(why && *why->text);
    } else if (*rest == ':' && atol(rest + 1)) {
        CHECK_INT(ms, atol(rest + 1) * S);
    } else if (*rest == ':') {
        CHECK(ms > 0 && ms <= S);
    } else {
        CHECK_INT(ms, 0);
    }
}

static void act_tell(struct play *p, char act, size_t task, const char *rest)
{
    static const struct {
        char act;
        enum error_code code;
        enum error_retry retry;
        const char *text;
    } ends[] = {
        {'f', ERROR_CONNECT, ERROR_RETRY_LATER, "a: connection refused"},
        {'t', ERROR_TLS, ERROR_RETRY_NEVER, "a: the certificate has expired"},
        {'p', ERROR_PROTOCOL, ERROR_RETRY_NEVER, "a: this is no POP3 server"},
        {'l', ERROR_THROTTLED, ERROR_RETRY_LATER, "a: \"-ERR [LOGIN-DELAY] too soon\""},
        {'w', ERROR_THROTTLED, ERROR_RETRY_LATER, "a: \"-ERR [SYS/TEMP] too many\""},
        {'r', ERROR_AUTH, ERROR_RETRY_NEVER, "a: \"-ERR wrong password\""},
        {'q', ERROR_AUTH, ERROR_RETRY_LATER, "a: \"-ERR not now\""},
        {'u', ERROR_IN_USE, ERROR_RETRY_LATER, "a: in use"},
        {'d', ERROR_DISK, ERROR_RETRY_NEVER, "the disk is full"},
    };
    struct error e, *told = NULL;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends[i].act == act) {
            error_set(&e, ERROR_SCOPE_JOB, ends[i].retry, ends[i].code, "%s", ends[i].text);
            e.wait_ms = rest[1] == ':' ? atol(rest + 2) * S : 0;
            told = &e;
        }
    CHECK((act == 'o') == (told == NULL));
    schedule_signed_in(p->s, task, *rest == 'S' ? SCHEDULE_SOURCE : SCHEDULE_DESTINATION, told, p->now_ms);
}

static void act_end(struct play *p, size_t task, const char *rest)
{
    struct schedule_end end = {.failed = *rest == '!'};
    if (*rest == '~')
        end.again_ms = p->now_ms + atol(rest + 1) * S;
    schedule_ended(p->s, task, &end, p->now_ms);
}

static void act_paused(struct play *p, const char *rest)
{
    const char *host;
    int64_t until_ms;
    bool any = schedule_paused_host(p->s, 0, &host, &until_ms);
    CHECK_INT(any, *rest == ':');
    if (any)
        CHECK_INT(until_ms - p->now_ms, atol(rest + 1) * S);
    CHECK(!schedule_paused_host(p->s, 1, &host, &until_ms));
}

static void act_state(struct play *p, char act, size_t task)
{
    static const char letters[] = {[SCHEDULE_WAITING] = 'W',
        [SCHEDULE_RUNNING] = 'R',
        [SCHEDULE_PAUSED] = 'P',
        [SCHEDULE_ENDED] = 'E',
        [SCHEDULE_GIVEN_UP] = 'G'};
    CHECK_INT(letters[schedule_state(p->s, task)], act);
    CHECK_INT(schedule_why(p->s, task) != NULL, act == 'G');
}

static void act_again(struct play *p, size_t task, const char *rest)
{
    int64_t at_ms = schedule_again_ms(p->s, task);
    CHECK_INT(at_ms ? at_ms - p->now_ms : 0, atol(rest + 1) * S);
}

static void act(struct play *p, const char *word)
{
    char *rest;
    long n = strtol(word + 1, &rest, 10);
    if (strchr("b-@.", *word))
        act_next(p, *word, n);
    else if (*word == '+')
        p->now_ms += n * S;
    else if (*word == 's')
        act_sign_in(p, (size_t)n, rest);
    else if (*word == 'e')
        act_end(p, (size_t)n, rest);
    else if (*word == 'X')
        schedule_stop(p->s);
    else if (*word == 'h')
        act_paused(p, word + 1);
    else if (*word == 'a')
        act_again(p, (size_t)n, rest);
    else if (strchr("WRPEG", *word))
        act_state(p, *word, (size_t)n);
    else
        act_tell(p, *word, (size_t)n, rest);
}

static void test_plays(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct schedule_task tasks[TASKS];
        struct schedule_limits limits = limits_of(&rows[i]);
        struct play p = {.now_ms = 5 * S};
        CLEANUP(mem_free_str) char *play = mem_strdup(rows[i].play);
        char *save = NULL;
        p.s = schedule_new(&limits, tasks, read_tasks(rows[i].tasks, tasks));
        unsigned at = 0;
        for (char *w = strtok_r(play, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
            CHECK_LABEL("%s, word %u: %s", rows[i].name, ++at, w);
            act(&p, w);
        }
        schedule_free(p.s);
    }
}

/* ---- what the user reads ---- */
static const struct {
    const char *name, *play, *text;
    enum error_code code;
    struct schedule_limits limits;
} words[] = {
    {"refusals", "b0 s0 r0S e0 b1 s1 r1S e1",
        "pop.example.jp:995: the first 2 sign-ins were all refused, so that the rest was "
        "not tried (it might lock "
        "out everybody): check users and passwords in the list, then run the same command again, or with "
        "--host-refusals 0; the last time: a: \"-ERR wrong password\"",
        ERROR_AUTH, {.refusals = 2}},
    {"one refusal", "b0 s0 r0S e0",
        "pop.example.jp:995: the first sign-in was refused, so that the rest was not tried (it might lock "
        "out everybody): check users and passwords in the list, then run the same command again, or with "
        "--host-refusals 0; the last time: a: \"-ERR wrong password\"",
        ERROR_AUTH, {.refusals = 1}},
    {"no connection", "b0 s0 f0S e0 b1 s1 f1S e1 @30 +30 b2 s2 f2S e2 @60 +60 b3 s3 f3S e3",
        "pop.example.jp:995: 2 accounts in a row could not connect, nor another after "
        "pauses of 90 s in all, so that "
        "the rest was not tried: see that the host can be reached, then run the same "
        "command again, or with a "
        "longer --max-wait; the last time: a: connection refused",
        ERROR_CONNECT, {.failures = 2, .max_wait_ms = 200 * S}},
    {"no pause", "b0 s0 f0S e0",
        "pop.example.jp:995: 1 account could not connect, so that the rest was not "
        "tried: see that the host can be "
        "reached, then run the same command again, or with a longer --max-wait; the last "
        "time: a: connection "
        "refused",
        ERROR_CONNECT, {.failures = 1, .max_wait_ms = 10 * S}},
    {"certificate", "b0 s0 t0S e0",
        "pop.example.jp:995: 1 account could not connect, for a reason that waiting does "
        "not mend, so that the rest "
        "was not tried: mend it, then run the same command again; the last time: a: the "
        "certificate has expired",
        ERROR_TLS, {.failures = 1}},
    {"stop", "X", "not tried, since the run was stopped before: run the same command again", ERROR_CANCELLED,
        {0}},
    {"fail fast", "b0 e0!",
        "not tried, since another account failed and --fail-fast was given: see to that "
        "one, then run the same "
        "command again, or without --fail-fast",
        ERROR_CANCELLED, {.fail_fast = true}},
};

static void test_words(void)
{
    struct schedule_task tasks[5];
    for (size_t i = 0; i < 5; i++)
        tasks[i] = (struct schedule_task){.hosts = {"pop.example.jp:995", "imap.example.com:993"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct schedule_limits limits = limits_of(&(struct row){.limits = words[i].limits});
        struct play p = {.now_ms = 5 * S};
        CLEANUP(mem_free_str) char *play = mem_strdup(words[i].play);
        char *save = NULL;
        CHECK_LABEL("%s", words[i].name);
        limits.jobs = 1;
        p.s = schedule_new(&limits, tasks, 5);
        for (char *w = strtok_r(play, " ", &save); w; w = strtok_r(NULL, " ", &save))
            act(&p, w);
        const struct error *why = schedule_why(p.s, 4);
        CHECK_STR(why ? why->text : NULL, words[i].text);
        CHECK_INT(why ? why->code : ERROR_NONE, words[i].code);
        schedule_free(p.s);
    }
}

/* ---- many ---- */
#define MANY 100000

/* A batch of that size with thousands of hosts that all go through one destination: the order holds, and no
 * call looks at all of them (under a sanitizer, too, this would take hours then). */
static void test_many(void)
{
    struct schedule_limits limits = {.jobs = 64, .host_jobs = 32, .failures = 3, .refusals = 5};
    struct schedule_task *tasks = mem_array(MANY, sizeof *tasks);
    char(*names)[16] = mem_array(5000, sizeof *names);
    size_t running[64], used = 0, begun = 0, task;
    int64_t at_ms;
    for (size_t i = 0; i < 5000; i++)
        snprintf(names[i], sizeof names[i], "pop%zu", i);
    for (size_t i = 0; i < MANY; i++)
        tasks[i] = (struct schedule_task){
            .hosts = {names[i * 7919 % 5000], i % 3 ? "one" : "other"}, .octets = i * 104729 % 1000003};
    struct schedule *s = schedule_new(&limits, tasks, MANY);
    CHECK_LABEL("many");
    for (enum schedule_next next; (next = schedule_next(s, 0, &task, &at_ms)) != SCHEDULE_OVER;) {
        if (next == SCHEDULE_BEGIN) {
            running[used++] = task;
            begun++;
            schedule_signed_in(s, task, SCHEDULE_SOURCE, NULL, 0);
            schedule_signed_in(s, task, SCHEDULE_DESTINATION, NULL, 0);
            continue;
        }
        CHECK(used > 0);
        size_t ends = begun % used;
        task = running[ends];
        running[ends] = running[--used];
        schedule_ended(s, task, &(struct schedule_end){0}, 0);
    }
    CHECK_INT(begun, MANY);
    schedule_free(s);
    free(tasks);
    free(names);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"plays", test_plays},
        {"words", test_words},
        {"many", test_many},
    };
    return check_main("schedule", tests, sizeof tests / sizeof *tests);
}
