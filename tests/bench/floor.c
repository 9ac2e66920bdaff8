/* floor.c - how fast could a migration be that does nothing but move bytes? Pipelined RETR of everything into
 * memory, then MULTIAPPEND by 50 with LITERAL+, all written without waiting. No duplicates, no ledger, no
 * check of anything, one connection at a time. The measure for the benchmarks, no use for mail. */
#include "buf.h"
#include "mem.h"
#include <curl/curl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 50

struct link {
    CURL *easy;
    struct pollfd pfd;
    struct buf in;
};

struct mail {
    struct buf bytes;
    char date[40];
};

static _Noreturn void fail(const char *what, const char *words)
{
    fprintf(stderr, "floor: %s: %s\n", what, words);
    exit(EXIT_FAILURE);
}

static void link_open(struct link *l, const char *url, char **argv)
{
    char password[256] = "", words[CURL_ERROR_SIZE] = "";
    FILE *f = fopen(argv[4], "r");
    if (!f || !fgets(password, sizeof password, f))
        fail(argv[4], "no password");
    fclose(f);
    password[strcspn(password, "\r\n")] = 0;
    l->easy = curl_easy_init();
    curl_easy_setopt(l->easy, CURLOPT_URL, url);
    curl_easy_setopt(l->easy, CURLOPT_USERNAME, argv[3]);
    curl_easy_setopt(l->easy, CURLOPT_PASSWORD, password);
    curl_easy_setopt(l->easy, CURLOPT_CAINFO, argv[5]);
    curl_easy_setopt(l->easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(l->easy, CURLOPT_SASL_IR, 1L);
    curl_easy_setopt(l->easy, CURLOPT_ERRORBUFFER, words);
    if (curl_easy_perform(l->easy))
        fail(url, words);
    curl_socket_t fd;
    curl_easy_getinfo(l->easy, CURLINFO_ACTIVESOCKET, &fd);
    l->pfd.fd = fd;
}

static void link_close(struct link *l)
{
    curl_easy_cleanup(l->easy);
    buf_done(&l->in);
}

/* Whatever has arrived; false: nothing now. */
static bool link_read(struct link *l)
{
    size_t n;
    CURLcode rc = curl_easy_recv(l->easy, buf_reserve(&l->in, 65536), 65536, &n);
    if (rc == CURLE_AGAIN)
        return false;
    if (rc || !n)
        fail("reading", rc ? curl_easy_strerror(rc) : "closed");
    buf_commit(&l->in, n);
    return true;
}

static void link_wait(struct link *l, short events)
{
    l->pfd.events = events;
    if (poll(&l->pfd, 1, 60000) <= 0)
        fail("waiting", "a minute of silence");
}

static void link_write(struct link *l, const void *data, size_t len)
{
    for (const char *p = data; len;) {
        size_t n = 0;
        CURLcode rc = curl_easy_send(l->easy, p, len, &n);
        if (rc && rc != CURLE_AGAIN)
            fail("writing", curl_easy_strerror(rc));
        p += n;
        len -= n;
        if (rc == CURLE_AGAIN && !link_read(l))
            link_wait(l, POLLIN | POLLOUT);
    }
}

/* The next line, its LF replaced by NUL, valid until the next read. */
static char *link_line(struct link *l, size_t *ret_len)
{
    for (;;) {
        char *start = l->in.data + l->in.start,
             *lf = buf_len(&l->in) ? memchr(start, '\n', buf_len(&l->in)) : NULL;
        if (lf) {
            *lf = 0;
            *ret_len = (size_t)(lf - start);
            buf_consume(&l->in, *ret_len + 1);
            return start;
        }
        if (!link_read(l))
            link_wait(l, POLLIN);
    }
}

/* ---- POP3 ---- */

static void pop3_body(struct link *l, struct buf *out)
{
    for (;;) {
        size_t len;
        char *line = link_line(l, &len);
        bool dot = line[0] == '.';
        if (dot && len <= 2 && (len == 1 || line[1] == '\r'))
            return;
        line[len] = '\n';
        buf_append(out, line + dot, len + 1 - dot);
    }
}

/* INTERNALDATE from the topmost Received field, if it looks as usual. */
static void mail_date(struct mail *m)
{
    struct tm tm = {0};
    char *semicolon = strstr(buf_str(&m->bytes), "; ");
    snprintf(m->date, sizeof m->date, " 1-Jan-2020 00:00:00 +0000");
    if (semicolon && strptime(semicolon + 2, "%a, %d %b %Y %H:%M:%S", &tm))
        strftime(m->date, sizeof m->date, "%e-%b-%Y %H:%M:%S +0900", &tm);
}

static struct mail *fetch_all(struct link *l, unsigned *ret_count)
{
    link_write(l, "STAT\r\n", 6);
    unsigned count = 0;
    size_t len;
    if (sscanf(link_line(l, &len), "+OK %u", &count) != 1)
        fail("STAT", "refused");
    struct mail *mail = mem_array(count + 1, sizeof *mail);
    struct buf commands = {0};
    for (unsigned i = 1; i <= count; i++)
        buf_printf(&commands, "RETR %u\r\n", i);
    /* Some thousand commands at a time, so that their number never fills both directions. */
    for (unsigned i = 0; i < count; i++) {
        size_t n = buf_len(&commands) < 16384 ? buf_len(&commands) : 16384;
        if (i % 1000 == 0) {
            link_write(l, buf_bytes(&commands), n);
            buf_consume(&commands, n);
        }
        char *line = link_line(l, &len);
        if (strncmp(line, "+OK", 3))
            fail("RETR", line);
        pop3_body(l, &mail[i].bytes);
        mail_date(&mail[i]);
    }
    buf_done(&commands);
    *ret_count = count;
    return mail;
}

/* ---- IMAP ---- */

static void append_all(struct link *l, struct mail *mail, unsigned count)
{
    char head[160];
    unsigned batches = 0;
    size_t len;
    for (unsigned i = 0; i < count; i++) {
        int n = i % BATCH ? snprintf(head, sizeof head, " ")
                          : snprintf(head, sizeof head, "%sF%u APPEND INBOX ", i ? "\r\n" : "", batches++);
        n += snprintf(
            head + n, sizeof head - (size_t)n, "() \"%s\" {%zu+}\r\n", mail[i].date, buf_len(&mail[i].bytes));
        link_write(l, head, (size_t)n);
        link_write(l, buf_bytes(&mail[i].bytes), buf_len(&mail[i].bytes));
    }
    link_write(l, "\r\n", 2);
    for (unsigned done = 0; done < batches;) {
        char *line = link_line(l, &len);
        if (line[0] != 'F')
            continue;
        if (!strstr(line, " OK "))
            fail("APPEND", line);
        done++;
    }
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: floor POP-URL IMAP-URL USER PASSWORD-FILE CA-FILE\n", stderr);
        return 2;
    }
    struct link pop = {0}, imap = {0};
    unsigned count;
    size_t len;
    link_open(&pop, argv[1], argv);
    struct mail *mail = fetch_all(&pop, &count);
    link_write(&pop, "QUIT\r\n", 6);
    link_line(&pop, &len);
    link_close(&pop);
    link_open(&imap, argv[2], argv);
    append_all(&imap, mail, count);
    link_write(&imap, "Q LOGOUT\r\n", 10);
    while (link_line(&imap, &len)[0] != 'Q')
        ;
    link_close(&imap);
    for (unsigned i = 0; i < count; i++)
        buf_done(&mail[i].bytes);
    free(mail);
    return EXIT_SUCCESS;
}
