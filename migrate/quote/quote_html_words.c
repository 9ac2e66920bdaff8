#include "quote_html_page.h"

#include "mem.h"
#include <stdlib.h>

char *quote_html_words_shares(const struct quote_html_page *p, const struct estimate_year *y)
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

const char *quote_html_words_mark(const struct quote_html_page *p, enum quote_offer_state s)
{
    return s == QUOTE_OFFER_VERIFIED ? NULL : say(p, quote_offer_state_words(s));
}
