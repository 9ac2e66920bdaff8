#include "script.h"

#include "source_pop3.h"
#include <stdint.h>
#include <string.h>

static void append_answer(struct buf *out, const char *answer)
{
    for (; *answer; answer++) {
        if (*answer == '\n')
            buf_append_char(out, '\r');
        buf_append_char(out, *answer);
    }
}

static const char *answer_of(const struct script *sc, const char *line)
{
    for (const struct script_row *r = sc->rows; r->command; r++)
        if (!strncmp(line, r->command, strlen(r->command)))
            return r->answer;
    return "-ERR not scripted\n";
}

/* Take what the source says; the answers to its complete lines go to out. */
static bool listen(struct script *sc, struct source *s, struct buf *out)
{
    char piece[7];
    size_t n = source_pull(s, piece, sizeof piece);
    for (size_t i = 0; i < n; i++) {
        if (piece[i] == '\r')
            continue;
        buf_append_char(&sc->said, piece[i] == '\n' ? '|' : piece[i]);
        if (piece[i] != '\n') {
            buf_append_char(&sc->ahead, piece[i]);
            continue;
        }
        append_answer(out, answer_of(sc, buf_str(&sc->ahead)));
        buf_clear(&sc->ahead);
    }
    return n > 0;
}

/* How much of len may be fed in one piece. */
static size_t next_piece(const struct script *sc, size_t len)
{
    if (sc->cut == SIZE_MAX)
        return len ? 1 : 0;
    return sc->fed < sc->cut && sc->cut < sc->fed + len ? sc->cut - sc->fed : len;
}

static int speak(struct script *sc, struct source *s, struct buf *out, size_t last, struct error *err)
{
    while (buf_len(out) && sc->fed < last) {
        size_t n = next_piece(sc, buf_len(out));
        n = n < last - sc->fed ? n : last - sc->fed;
        if (source_feed(s, buf_bytes(out), n, err) < 0)
            return -1;
        sc->fed += n;
        buf_consume(out, n);
    }
    return 0;
}

int script_run_until(struct script *sc, struct source *s, size_t last, struct error *err)
{
    struct buf out = {0};
    int rc = 0;
    while (rc == 0) {
        bool heard = listen(sc, s, &out);
        if (!heard && (!buf_len(&out) || sc->fed >= last))
            break;
        if (!heard)
            rc = speak(sc, s, &out, last, err);
    }
    buf_done(&out);
    return rc;
}

int script_run(struct script *sc, struct source *s, struct error *err)
{
    return script_run_until(sc, s, SIZE_MAX, err);
}

void script_done(struct script *sc)
{
    buf_done(&sc->said);
    buf_done(&sc->ahead);
}

void script_done_fn(void *done, const struct error *error)
{
    struct done *d = done;
    d->calls++;
    d->error = error ? *error : (struct error){0};
}

struct source *script_source(void)
{
    return source_pop3_new(&(struct source_pop3_options){0});
}
