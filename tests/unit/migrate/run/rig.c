#include "rig.h"

#include "exit_code.h"
#include <string.h>
#include <unistd.h>

#define LOOK_MS 1 /* a look at the clock takes so long */
#define BEGIN_S 1764460800

static int64_t mono_ms(void *ctx)
{
    struct rig *r = ctx;
    return r->now_ms += LOOK_MS;
}

static int64_t wall_s(void *ctx)
{
    const struct rig *r = ctx;
    return BEGIN_S + r->now_ms / 1000;
}

static bool stop(void *ctx)
{
    struct rig *r = ctx;
    return r->stop_looks && !--r->stop_looks;
}

static void sleep_ms(void *ctx, int ms)
{
    struct rig *r = ctx;
    r->now_ms += ms;
}

static struct source *open_source(void *ctx, const struct job *job)
{
    (void)job;
    return memory_source_new(((struct rig *)ctx)->box);
}

static struct dest *open_dest(void *ctx, const struct job *job)
{
    (void)job;
    return memory_dest_new(((struct rig *)ctx)->cloud);
}

static void note_line(void *ctx, enum log_level level, const char *line)
{
    struct rig *r = ctx;
    size_t n = strlen(r->log);
    if (level <= LOG_WARN)
        snprintf(r->log + n, sizeof r->log - n, "%s\n", line);
}

void rig_begin(struct rig *r)
{
    static char host[] = "memory", user[] = "taro", cloud[] = "cloud";
    *r = (struct rig){.box = memory_box_new(), .cloud = memory_cloud_new()};
    if (!access("/dev/shm", W_OK | X_OK))
        setenv("TMPDIR", "/dev/shm", 0); /* nothing waits for a disk */
    temp_dir_make(r->dir);
    r->job = (struct job){
        .from = {.protocol = ENDPOINT_POP3, .host = host, .user = user, .port = 995},
        .to = {.protocol = ENDPOINT_IMAP, .host = cloud, .user = user, .port = 993},
        .folder = "INBOX",
        .from_password = "x",
        .to_password = "x",
        .work_dir = r->dir,
        .limit = UINT64_MAX,
        .filter = FILTER_NONE,
        .max_wait_ms = 3600000,
        .seen_older_than_days = 30,
    };
    r->clock = (struct clock){.mono_ms = mono_ms, .wall_s = wall_s, .sleep_ms = sleep_ms, .ctx = r};
    r->ends = (struct job_world_ends){.source = open_source, .dest = open_dest, .ctx = r};
    r->world = (struct world){
        .clock = &r->clock, .log = {.fn = note_line, .ctx = r}, .ends = &r->ends, .stop = stop, .ctx = r};
    r->now_ms = 1000;
}

void rig_forget(struct rig *r)
{
    temp_dir_remove(r->dir);
    temp_dir_make(r->dir);
    r->job.work_dir = r->dir;
}

void rig_end(struct rig *r)
{
    memory_box_free(r->box);
    memory_cloud_free(r->cloud);
    temp_dir_remove(r->dir);
}

void rig_letter_text(struct rig *r, const char *key, int n, const char *text)
{
    static const char *const months[] = {"Sep", "Oct", "Nov"};
    char bytes[2000], date[60];
    snprintf(date, sizeof date, "%d %s 2015 10:%02d:00 +0900", 2 + n / 60 % 27, months[n % 3], n % 60);
    snprintf(bytes, sizeof bytes,
        "Received: from a by b; %s\nMessage-ID: <%d@x>\nFrom: a@x\nTo: b@x\nDate: %s\nSubject: letter %d\n\n%s\n",
        date, n, date, n, text);
    memory_box_put(r->box, key, bytes);
}

void rig_letter(struct rig *r, int n, bool key)
{
    char name[20], text[40];
    snprintf(name, sizeof name, "k%d", n);
    snprintf(text, sizeof text, "This is number %d.", n);
    rig_letter_text(r, key ? name : NULL, n, text);
}

static void note_told(struct rig *r, const char *verdict)
{
    size_t i = 0;
    while (
        i < sizeof r->told / sizeof *r->told - 1 && r->told[i].count && strcmp(r->told[i].verdict, verdict))
        i++;
    snprintf(r->told[i].verdict, sizeof r->told[i].verdict, "%s", verdict);
    r->told[i].count++;
}

static void on_message(void *ctx, const struct outcome_message *m)
{
    note_told(ctx, m->verdict);
}

static void on_proof(void *ctx, const struct verify_message *m)
{
    note_told(ctx, m->message.verdict);
}

static int end(struct rig *r, int rc, bool well)
{
    if (rc < 0)
        snprintf(r->log + strlen(r->log), sizeof r->log - strlen(r->log), "error: %s\n", r->error.text);
    if (getenv("RIG_LOG"))
        fprintf(stderr, "[%s]\n%s", check_label, r->log);
    return rc < 0 ? (int)exit_code_of(&r->error) : well ? EXIT_CODE_DONE : EXIT_CODE_ATTENTION;
}

static void forget(struct rig *r)
{
    memset(r->told, 0, sizeof r->told);
    r->log[0] = '\0';
    r->error = (struct error){0};
}

int rig_migrate(struct rig *r)
{
    const struct outcome_sink sink = {.message = on_message, .ctx = r};
    forget(r);
    int rc = migrate_run(&r->job, &r->world, &sink, &r->outcome, &r->error);
    return end(r, rc, outcome_is_well(&r->outcome));
}

int rig_verify(struct rig *r, enum verify_level level)
{
    const struct verify_sink sink = {.message = on_proof, .ctx = r};
    forget(r);
    int rc = migrate_verify(&r->job, &r->world, level, &sink, &r->proof, &r->error);
    return end(r, rc, proof_agrees(&r->proof));
}

int rig_delete(struct rig *r)
{
    const struct verify_sink sink = {.message = on_proof, .ctx = r};
    const struct delete_policy policy = {.older_than_days = -1, .limit = UINT64_MAX};
    forget(r);
    int rc = migrate_delete(&r->job, &r->world, &policy, &sink, &r->deletion, &r->error);
    return end(r, rc, !r->deletion.kept);
}

unsigned rig_told(const struct rig *r, const char *verdict)
{
    for (size_t i = 0; i < sizeof r->told / sizeof *r->told; i++)
        if (r->told[i].count && !strcmp(r->told[i].verdict, verdict))
            return r->told[i].count;
    return 0;
}

void rig_check_all_once(struct rig *r)
{
    size_t lacking = 0, doubled = 0;
    for (size_t i = 0; i < r->box->count; i++) {
        const struct memory_item *it = &r->box->all[i];
        size_t n = memory_cloud_holds(r->cloud, NULL, it->bytes, it->octets);
        lacking += n == 0;
        doubled += n > 1;
    }
    CHECK_INT(lacking, 0);
    CHECK_INT(doubled, 0);
}
