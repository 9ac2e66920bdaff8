#include "discover.h"

#include "clock.h"
#include "discover_ladder.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOO_LATE_MS 150

static const struct {
    const char *name, *words;
} rungs[] = {
    [DISCOVER_RUNG_FOLDER] = {"folder", "a settings file on this computer"},
    [DISCOVER_RUNG_AUTOCONFIG] = {"autoconfig", "settings that the domain publishes"},
    [DISCOVER_RUNG_WELL_KNOWN] = {"well-known", "settings that the domain's web site publishes"},
    [DISCOVER_RUNG_ISPDB] = {"ispdb", "the database of mail providers"},
    [DISCOVER_RUNG_HTTP] = {"autoconfig-http", "settings that came unencrypted"},
    [DISCOVER_RUNG_SRV] = {"srv", "SRV records of the domain"},
    [DISCOVER_RUNG_MX] = {"mx", "the provider that takes the domain's mail"},
    [DISCOVER_RUNG_MX_AUTOCONFIG] = {"mx-autoconfig",
        "settings of the provider that takes the domain's mail"},
    [DISCOVER_RUNG_PRESET] = {"preset", "what popferry knows of the provider"},
    [DISCOVER_RUNG_GUESS] = {"guess", "a usual host name that answers"},
};

const char *discover_rung_name(enum discover_rung rung)
{
    return rungs[rung].name;
}

const char *discover_rung_words(enum discover_rung rung)
{
    return rungs[rung].words;
}

const char *discover_outcome_name(enum discover_outcome outcome)
{
    static const char *const names[] = {"found", "not-trusted", "not-found", "failed", "skipped"};
    return names[outcome];
}

/* ---- the ladder ---- */
/* All questions at once: those that the srv and mx rungs need. */
static int ask_names(struct ladder *l)
{
    static const char *const services[] = {
        [LADDER_POP3S] = "_pop3s._tcp.",
        [LADDER_POP3] = "_pop3._tcp.",
        [LADDER_IMAPS] = "_imaps._tcp.",
        [LADDER_IMAP] = "_imap._tcp.",
        [LADDER_MX] = "",
    };
    l->names = mem_array(LADDER_NAMES, sizeof *l->names);
    for (int i = 0; i < LADDER_NAMES; i++) {
        l->names[i].type = i == LADDER_MX ? DISCOVER_DNS_MX : DISCOVER_DNS_SRV;
        snprintf(l->names[i].name, sizeof l->names[i].name, "%s%s", services[i], l->who.domain);
    }
    if (discover_ladder_ask(l, l->names, LADDER_NAMES) < 0)
        return -1;
    l->result->no_domain = l->names[LADDER_MX].answer == DISCOVER_DNS_NOBODY;
    return 0;
}

static int climb(struct ladder *l)
{
    static const struct {
        enum discover_rung first;
        int (*go)(struct ladder *l);
        bool local; /* takes no time */
    } steps[] = {
        {DISCOVER_RUNG_FOLDER, discover_fetch_folder, true},
        {DISCOVER_RUNG_AUTOCONFIG, discover_fetch_own, false},
        {DISCOVER_RUNG_ISPDB, discover_fetch_ispdb, false},
        {DISCOVER_RUNG_HTTP, discover_fetch_http, false},
        {DISCOVER_RUNG_SRV, ask_names, false},
        {DISCOVER_RUNG_SRV, discover_probe_srv, false},
        {DISCOVER_RUNG_MX, discover_preset_mx, false},
        {DISCOVER_RUNG_PRESET, discover_preset_domain, true},
        {DISCOVER_RUNG_GUESS, discover_probe_guess, false},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps && !discover_ladder_done(l); i++) {
        bool late = l->until_ms - clock_mono_ms(clock_system()) < TOO_LATE_MS;
        if (!late || steps[i].local) {
            if (steps[i].go(l) < 0)
                return -1;
        } else if (steps[i].go != ask_names) {
            l->result->temporary = true;
            discover_ladder_note(l, steps[i].first, DISCOVER_SKIPPED, l->who.domain,
                "no time is left; --timeout SECONDS gives more");
        }
    }
    return 0;
}

int discover_run(const struct discover_spec *spec, struct discover_result *ret, struct error *err)
{
    CLEANUP(discover_result_done) struct discover_result result = {0};
    struct ladder l = {.spec = spec, .result = &result, .err = err};
    l.timeout_ms = spec->timeout_ms > 0 ? spec->timeout_ms : DISCOVER_TIMEOUT_MS;
    l.until_ms = clock_mono_ms(clock_system()) + l.timeout_ms;
    if (discover_address_parse(spec->address, &l.who, err) < 0)
        return -1;
    result.address = mem_strdup(l.who.whole);
    result.domain = mem_strdup(l.who.domain);
    l.dns = discover_dns_new(spec->dns, err);
    int rc = l.dns ? climb(&l) : -1;
    discover_dns_free(l.dns);
    discover_address_done(&l.who);
    free(l.names);
    if (rc == 0) {
        *ret = result;
        result = (struct discover_result){0};
    }
    return rc;
}
