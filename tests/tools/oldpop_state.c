#include "oldpop.h"

#include "mem.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct {
    int64_t signed_in_ms; /* wall clock; 0: never */
    uint64_t in_use, sys_temp;
    char **popped; /* UIDLs of the server; owned */
    size_t popped_count;
} state;

static int64_t wall_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static _Noreturn void fail(void)
{
    fprintf(stderr, "oldpop: %s: %s\n", oldpop_options.state_file, strerror(errno));
    exit(EXIT_FAILURE);
}

static void add_popped(const char *uidl)
{
    state.popped = mem_grow(state.popped, state.popped_count + 1, sizeof *state.popped);
    state.popped[state.popped_count++] = mem_strdup(uidl);
}

/* The first line: when was signed in; then one UIDL each. */
void oldpop_state_load(void)
{
    char line[256];
    FILE *f = fopen(oldpop_options.state_file, "re");
    if (!f && errno == ENOENT)
        return;
    if (!f)
        fail();
    if (fgets(line, sizeof line, f))
        state.signed_in_ms = strtoll(line, NULL, 10);
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        add_popped(line);
    }
    fclose(f);
}

static void save(void)
{
    if (!oldpop_options.state_file)
        return;
    char *part CLEANUP(mem_free_str) = mem_printf("%s.part", oldpop_options.state_file);
    FILE *f = fopen(part, "we");
    if (!f)
        fail();
    fprintf(f, "%lld\n", (long long)state.signed_in_ms);
    for (size_t i = 0; i < state.popped_count; i++)
        fprintf(f, "%s\n", state.popped[i]);
    if (fclose(f) || rename(part, oldpop_options.state_file))
        fail();
}

const char *oldpop_state_gate(void)
{
    const struct oldpop_options *o = &oldpop_options;
    if (state.sys_temp < o->sys_temp_first) {
        state.sys_temp++;
        return "-ERR [SYS/TEMP] mailbox server is being restarted\r\n";
    }
    if (state.in_use < o->in_use_first) {
        state.in_use++;
        return "-ERR [IN-USE] Do you have another POP session running?\r\n";
    }
    if (o->login_delay_s && state.signed_in_ms &&
        wall_ms() - state.signed_in_ms < (int64_t)o->login_delay_s * 1000)
        return "-ERR [LOGIN-DELAY] minimum time between mail checks violation\r\n";
    return NULL;
}

void oldpop_state_signed_in(void)
{
    state.signed_in_ms = wall_ms();
    save();
}

bool oldpop_state_popped(const char *uidl)
{
    for (size_t i = 0; i < state.popped_count; i++)
        if (!strcmp(state.popped[i], uidl))
            return true;
    return false;
}

void oldpop_state_pop(const char *uidl)
{
    if (oldpop_state_popped(uidl))
        return;
    add_popped(uidl);
    save();
}

void oldpop_state_done(void)
{
    for (size_t i = 0; i < state.popped_count; i++)
        free(state.popped[i]);
    free(state.popped);
}
