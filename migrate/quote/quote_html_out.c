#include "quote_html_out.h"

#include "mem.h"
#include "table_cell.h"
#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32

static const char style[] =
#include "quote_html.css.inc"
    ;

struct quote_html_out {
    xmlBufferPtr buffer;
    xmlTextWriterPtr writer;
    const char *names[DEPTH_MAX]; /* of the open elements */
    size_t depth;
    bool failed;
};

static void note(struct quote_html_out *o, int rc)
{
    o->failed |= rc < 0;
}

struct quote_html_out *quote_html_out_new(void)
{
    struct quote_html_out *o = mem_alloc(sizeof *o);
    o->buffer = xmlBufferCreate();
    o->writer = o->buffer ? xmlNewTextWriterMemory(o->buffer, 0) : NULL;
    o->failed = !o->writer;
    if (o->writer)
        note(o, xmlTextWriterWriteRaw(o->writer, BAD_CAST "<!DOCTYPE html>\n"));
    return o;
}

void quote_html_out_free_ptr(struct quote_html_out **o)
{
    if (!*o)
        return;
    if ((*o)->writer)
        xmlFreeTextWriter((*o)->writer);
    if ((*o)->buffer)
        xmlBufferFree((*o)->buffer);
    free(*o);
    *o = NULL;
}

void quote_html_out_open(struct quote_html_out *o, const char *name)
{
    if (o->failed || o->depth == DEPTH_MAX) {
        o->failed = true;
        return;
    }
    o->names[o->depth++] = name;
    note(o, xmlTextWriterStartElement(o->writer, BAD_CAST name));
}

void quote_html_out_attr(struct quote_html_out *o, const char *name, const char *value)
{
    char *fit CLEANUP(mem_free_str) = table_cell_text(value);
    if (!o->failed)
        note(o, xmlTextWriterWriteAttribute(o->writer, BAD_CAST name, BAD_CAST fit));
}

void quote_html_out_text(struct quote_html_out *o, const char *text)
{
    char *fit CLEANUP(mem_free_str) = table_cell_text(text);
    if (!o->failed)
        note(o, xmlTextWriterWriteString(o->writer, BAD_CAST fit));
}

static bool is_void(const char *name)
{
    return !strcmp(name, "meta") || !strcmp(name, "br") || !strcmp(name, "wbr");
}

void quote_html_out_close(struct quote_html_out *o)
{
    if (o->failed || !o->depth) {
        o->failed = true;
        return;
    }
    /* To an HTML reader <td/> is a start tag, and </br> another line break. */
    bool empty = is_void(o->names[--o->depth]);
    note(o, empty ? xmlTextWriterEndElement(o->writer) : xmlTextWriterFullEndElement(o->writer));
}

/* ---- the frame ---- */
static void put_meta(struct quote_html_out *o, const char *attribute, const char *value, const char *content)
{
    quote_html_out_open(o, "meta");
    quote_html_out_attr(o, attribute, value);
    if (content)
        quote_html_out_attr(o, "content", content);
    quote_html_out_close(o);
}

/* Unescaped: HTML reads no entities in <style>. */
static void put_style(struct quote_html_out *o)
{
    quote_html_out_open(o, "style");
    if (!o->failed)
        note(o, xmlTextWriterWriteRaw(o->writer, BAD_CAST style));
    quote_html_out_close(o);
}

void quote_html_out_begin(struct quote_html_out *o, const char *lang, const char *title)
{
    quote_html_out_open(o, "html");
    quote_html_out_attr(o, "lang", lang);
    quote_html_out_open(o, "head");
    put_meta(o, "charset", "utf-8", NULL);
    put_meta(o, "name", "viewport", "width=device-width, initial-scale=1");
    put_meta(o, "name", "color-scheme", "light dark");
    put_meta(o, "name", "generator", "popferry");
    quote_html_out_open(o, "title");
    quote_html_out_text(o, title);
    quote_html_out_close(o);
    put_style(o);
    quote_html_out_close(o);
    quote_html_out_open(o, "body");
    quote_html_out_open(o, "main");
}

void quote_html_out_end(struct quote_html_out *o)
{
    for (int i = 0; i < 3; i++) /* main, body, html */
        quote_html_out_close(o);
}

const char *quote_html_out_bytes(struct quote_html_out *o, size_t *ret_len, struct error *err)
{
    if (!o->failed)
        note(o, xmlTextWriterEndDocument(o->writer));
    if (!o->failed)
        note(o, xmlTextWriterFlush(o->writer));
    if (o->failed || o->depth) {
        error_unhandled(err, "the HTML report could not be put together");
        return NULL;
    }
    *ret_len = (size_t)xmlBufferLength(o->buffer);
    return (const char *)xmlBufferContent(o->buffer);
}
