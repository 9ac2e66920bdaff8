/* rig.h - a whole job between two ends in memory, with a clock that runs as fast as it is looked at. */
#pragma once

#include "check.h"
#include "memory_dest.h"
#include "memory_source.h"
#include "migrate.h"
#include "temp_dir.h"

struct rig {
    struct memory_box *box;
    struct memory_cloud *cloud;
    char dir[TEMP_DIR_MAX];
    struct job job;
    struct world world;
    struct job_world_ends ends;
    struct clock clock;
    int64_t now_ms;
    unsigned stop_looks;    /* the user asks to stop when that was looked at so often; 0: never */
    struct outcome outcome; /* of the last run */
    struct error error;
    struct verification proof; /* of the last verify */
    struct deletion deletion;  /* of the last delete */
    struct rig_told {          /* messages that the last run named, by verdict */
        char verdict[24];
        unsigned count;
    } told[16];
    char log[4000]; /* warnings and errors, one a line; the last run's */
};

void rig_begin(struct rig *r);
void rig_end(struct rig *r);
void rig_forget(struct rig *r); /* an empty work folder from now on */
/* A letter with this number: other Message-ID, date, text. Its key is "k" and the number, or none. */
void rig_letter(struct rig *r, int n, bool key);
/* The same with a text of its own; n: of Message-ID and date. */
void rig_letter_text(struct rig *r, const char *key, int n, const char *text);
/* The exit code that a command would end with. */
int rig_migrate(struct rig *r);
int rig_verify(struct rig *r, enum verify_level level);
int rig_delete(struct rig *r); /* all that is proved */
/* How many of the last run's messages were told of with this verdict. */
unsigned rig_told(const struct rig *r, const char *verdict);
/* The destination holds each letter of the source exactly once. */
void rig_check_all_once(struct rig *r);
