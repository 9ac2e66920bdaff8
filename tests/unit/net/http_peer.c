#include "http_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "Name: value" into dst when the line is of that name. */
static void field(char *dst, size_t cap, const char *line, const char *name)
{
    size_t len = strlen(name);
    if (!strncasecmp(line, name, len) && line[len] == ':')
        snprintf(dst, cap, "%s", line + len + 1 + strspn(line + len + 1, " "));
}

static bool read_body(struct net_peer *p, char *dst, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = net_peer_read(p, dst + at, len - at);
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    dst[len] = '\0';
    return true;
}

bool http_peer_ask(struct net_peer *p, struct http_ask *ret)
{
    char line[4096], length[32] = "0";
    *ret = (struct http_ask){0};
    if (!net_peer_line(p, line, sizeof line) || sscanf(line, "%7s %1023s", ret->method, ret->path) != 2)
        return false;
    while (net_peer_line(p, line, sizeof line)) {
        if (!*line) {
            size_t len = strtoul(length, NULL, 10);
            return len < sizeof ret->body && read_body(p, ret->body, len);
        }
        field(ret->host, sizeof ret->host, line, "Host");
        field(ret->accept, sizeof ret->accept, line, "Accept");
        field(ret->type, sizeof ret->type, line, "Content-Type");
        field(length, sizeof length, line, "Content-Length");
    }
    return false;
}

bool http_peer_answer(
    struct net_peer *p, const char *status, const char *type, const char *more, const char *body)
{
    char head[2048];
    snprintf(head, sizeof head,
        "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n", status, type,
        strlen(body), more);
    return net_peer_say(p, head) && net_peer_say(p, body);
}
