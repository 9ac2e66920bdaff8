#include "quote_html.h"

#include "mem.h"
#include "quote_file.h"
#include "quote_html_page.h"
#include <stdlib.h>

/* ---- shared by the parts ---- */
char *quote_html_shares(const struct quote_html_page *p, const struct estimate_year *y)
{
    char *text = mem_strdup("");
    for (size_t i = 0; i < y->share_count; i++) {
        const struct estimate_share *s = &y->shares[i];
        char count[QUOTE_WORDS_MAX];
        const char *plan = quote_words_name(p->words, s->plan->name, s->plan->name_ja);
        char *add_on = s->add_on ? mem_printf(" + %s", s->add_on->name) : mem_strdup("");
        char *longer = s->plan->family->charged_per_user
                           ? mem_printf("%s%s%s%s × %s", text, i ? ", " : "", plan, add_on,
                                 quote_words_count(count, s->seats))
                           : mem_printf("%s%s%s%s", text, i ? ", " : "", plan, add_on);
        free(add_on);
        free(text);
        text = longer;
    }
    return text;
}

const char *quote_html_mark(const struct quote_html_page *p, enum quote_offer_state s)
{
    return s == QUOTE_OFFER_VERIFIED ? NULL : say(p, quote_offer_state_words(s));
}

/* ---- the page ---- */
static void put_page(struct quote_html_page *p)
{
    char *title CLEANUP(mem_free_str) = *p->q->customer
                                            ? mem_printf("%s - %s", say(p, "Estimate"), p->q->customer)
                                            : mem_strdup(say(p, "Estimate"));
    quote_html_out_begin(p->out, quote_words_lang(p->words), title);
    quote_html_head(p);
    if (p->q->calculated)
        quote_html_offers(p);
    quote_html_accounts(p);
    if (p->q->calculated)
        quote_html_basis(p);
    quote_html_out_end(p->out);
}

int quote_html_write(const struct quote *q, const char *path, const char *lang, struct error *err)
{
    struct quote_html_out *out CLEANUP(quote_html_out_free_ptr) = quote_html_out_new();
    struct quote_html_page page = {.out = out, .words = quote_words_of(lang), .q = q};
    size_t len;
    put_page(&page);
    const char *bytes = quote_html_out_bytes(out, &len, err);
    return bytes ? quote_file_write(path, bytes, len, err) : -1;
}
