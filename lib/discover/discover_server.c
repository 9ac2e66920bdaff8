#include "discover_config.h"

#include "buf.h"
#include "mem.h"

char *discover_server_url(const struct discover_server *s)
{
    bool tls = s->security == STREAM_TLS_IMPLICIT, pop3 = s->protocol == STREAM_POP3;
    uint16_t usual = pop3 ? (tls ? 995 : 110) : (tls ? 993 : 143);
    CLEANUP(mem_free_str) char *user = discover_url_encode(s->user);
    CLEANUP(buf_done) struct buf b = {0};
    buf_printf(&b, "%s%s://%s@%s", pop3 ? "pop3" : "imap", tls ? "s" : "", user, s->host);
    if (s->port != usual)
        buf_printf(&b, ":%u", s->port);
    return buf_strdup(&b);
}
