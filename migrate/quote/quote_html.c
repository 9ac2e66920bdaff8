#include "quote_html.h"

#include "mem.h"
#include "quote_file.h"
#include "quote_html_page.h"
#include <stdlib.h>

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
