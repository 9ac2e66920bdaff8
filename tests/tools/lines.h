/* lines.h - what badcloud and oldpop share: a man in the middle of a line protocol, on the loopback
 * interface.
 *
 * One thread, one poll loop, any number of connections. The tool's `turn` is called whenever octets have come
 * in from either side; it takes what it understands out of from_client and from_server and puts what is to be
 * passed on into to_server and to_client. Nothing is passed on by itself. Without TLS. */
#pragma once

#include "buf.h"
#include <getopt.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum lines_end {
    LINES_GO_ON,
    LINES_CLOSE, /* both connections, once to_client is written out */
    LINES_RESET, /* the same, the client's by RST */
};

struct lines_conn {
    struct lines_conn *next;
    unsigned number;    /* 1, 2, ... as they came */
    int client, server; /* server -1: nothing is to be had from there any more */
    struct buf from_client, to_server, from_server, to_client;
    bool client_ended, server_ended; /* no more octets will come */
    enum lines_end end;              /* set by the tool, or when a side has ended */
    int64_t hold_until_ms;           /* nothing passes until then (lines_now_ms) */
    uint64_t close_after, passed;    /* octets to the client after which it ends; 0: never */
    int client_entry, server_entry;  /* in the poll set, -1 when not there */
    void *state;                     /* the tool's */
};

struct lines_tool {
    const char *name;
    void (*open)(struct lines_conn *c); /* accepted; the server is connected */
    void (*turn)(struct lines_conn *c);
    void (*close)(struct lines_conn *c); /* frees c->state */
};

/* The tool's own options have values from here on. */
#define LINES_OPTION_OWN 256

struct lines_options {
    struct sockaddr_in listen, connect;
    const char *port_file;
    FILE *log; /* NULL: none; each line is there when it happens */
    uint64_t seed;
};

struct lines_main {
    const struct lines_tool *tool;
    const char *usage;
    const struct option *options; /* the tool's own, ended by zeros; the common ones are always known */
    void (*set)(int option, const char *value);
};
/* Parse the command line, own options going to set (value NULL for those without), and serve until SIGTERM or
 * SIGINT. Returns the exit status. */
int lines_main(const struct lines_main *m, int argc, char **argv);

/* The options as parsed, from lines_main on. */
const struct lines_options *lines_options(void);

/* A decimal number up to max; else says so and exits. */
uint64_t lines_number(const char *text, uint64_t max);

/* One line into the log, if there is one. */
void lines_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

int64_t lines_now_ms(void); /* monotonic */

/* Deterministic: the same seed gives the same answers in the same order. */
bool lines_chance(unsigned percent);
/* A hash (FNV-1a, 64 bit) of octets, mixed with the seed. */
uint64_t lines_hash(const void *data, size_t len, uint64_t seed);

/* The first line of b, LF included, goes to *line (emptied first). false: there is no whole line. */
bool lines_take(struct buf *b, struct buf *line);
/* Move up to max octets. Returns how many. */
size_t lines_move(struct buf *from, struct buf *to, size_t max);
/* Where needle (not empty) stands in the octets, or NULL. */
const char *lines_find(const void *data, size_t len, const char *needle);
