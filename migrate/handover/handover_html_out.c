#include "handover_html.h"

#include "text.h"

void handover_html_out_count(struct handover_page *p, const char *class, uint64_t n)
{
    char count[QUOTE_WORDS_MAX];
    element(p->out, "td", class, quote_words_count(count, n));
}

void handover_html_out_amount(struct handover_page *p, struct ledger_amount n)
{
    char count[QUOTE_WORDS_MAX], size[32];
    open_tag(p->out, "td", "num");
    put(p->out, quote_words_count(count, n.messages));
    element(p->out, "span", "size", n.messages ? text_octets(size, sizeof size, n.octets) : "");
    close_tag(p->out);
}

void handover_html_out_heads(
    struct handover_page *p, const char *class, const struct handover_head *heads, size_t count)
{
    open_tag(p->out, "table", class);
    open_tag(p->out, "thead", NULL);
    open_tag(p->out, "tr", NULL);
    for (size_t i = 0; i < count; i++) {
        open_tag(p->out, "th", heads[i].number ? "num" : NULL);
        attr(p->out, "scope", "col");
        put(p->out, say(p, heads[i].words));
        close_tag(p->out);
    }
    close_tag(p->out);
    close_tag(p->out);
    open_tag(p->out, "tbody", NULL);
}
