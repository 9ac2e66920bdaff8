/* quote_html_tags.h - short words for the elements of a page. For the files that write one. */
#pragma once

#include "quote_html_out.h"

static inline void open_tag(struct quote_html_out *o, const char *name, const char *class)
{
    quote_html_out_open(o, name);
    if (class)
        quote_html_out_attr(o, "class", class);
}

static inline void attr(struct quote_html_out *o, const char *name, const char *value)
{
    quote_html_out_attr(o, name, value);
}

static inline void put(struct quote_html_out *o, const char *text)
{
    quote_html_out_text(o, text);
}

static inline void close_tag(struct quote_html_out *o)
{
    quote_html_out_close(o);
}

static inline void element(struct quote_html_out *o, const char *name, const char *class, const char *text)
{
    open_tag(o, name, class);
    put(o, text);
    close_tag(o);
}
