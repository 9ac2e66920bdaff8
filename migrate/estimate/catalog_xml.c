#include "catalog_xml.h"

#include "catalog_builtin.h"
#include "mem.h"
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No network, no notes on standard error; neither the replacement of entities nor the loading of a document
 * type is asked for, and on_doctype ends the parser before either could matter. */
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES)
#define WORDS_MAX     200

/* libxml2 2.12 made the error of its handlers const. */
#if LIBXML_VERSION >= 21200
#define XML_ERROR const xmlError *
#else
#define XML_ERROR xmlError *
#endif

/* The first thing that went wrong with a document. */
struct finding {
    bool found, doctype;
    long line;
    char element[64], words[WORDS_MAX];
    char asked[64]; /* the element whose rules tell what to do: itself, or its parent if it is out of place */
};

static void name_of(const xmlNode *node, char dst[64])
{
    snprintf(dst, 64, "%s", node && node->type == XML_ELEMENT_NODE ? (const char *)node->name : "");
}

static void note(struct finding *f, const char *words, const xmlNode *node, long line)
{
    if (f->found)
        return;
    f->found = true;
    f->line = node ? xmlGetLineNo((xmlNode *)node) : line;
    snprintf(f->words, sizeof f->words, "%.*s", (int)strcspn(words ? words : "", "\n"), words ? words : "");
    bool misplaced = node && !strncmp(f->words, "Did not expect element", 22);
    name_of(node, f->element);
    name_of(misplaced ? node->parent : node, f->asked);
}

/* ---- the schema ---- */
struct catalog_xml_schema {
    xmlRelaxNG *rng;
};

static void on_schema_error(void *ctx, XML_ERROR e)
{
    note(ctx, e->message, NULL, e->line);
}

static int schema_broken(const struct finding *f, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_INTERNAL,
        "the built-in schema of the catalog is broken in line %ld: %s", f->line, f->words);
}

struct catalog_xml_schema *catalog_xml_schema_new(struct error *err)
{
    struct finding f = {0};
    xmlRelaxNGParserCtxt *ctxt =
        xmlRelaxNGNewMemParserCtxt(catalog_builtin_schema.text, (int)catalog_builtin_schema.len);
    if (ctxt)
        xmlRelaxNGSetParserStructuredErrors(ctxt, on_schema_error, &f);
    xmlRelaxNG *rng = ctxt ? xmlRelaxNGParse(ctxt) : NULL;
    xmlRelaxNGFreeParserCtxt(ctxt);
    if (!rng) {
        schema_broken(&f, err);
        return NULL;
    }
    struct catalog_xml_schema *schema = mem_alloc(sizeof *schema);
    schema->rng = rng;
    return schema;
}

void catalog_xml_schema_free(struct catalog_xml_schema *schema)
{
    if (schema)
        xmlRelaxNGFree(schema->rng);
    free(schema);
}

/* ---- what to do about an element that does not fit ---- */
static const char *advice(const char *element)
{
    static const struct {
        const char *element, *words;
    } table[] = {
        {"catalog", "needs version=\"1\" and holds provider, family and plan elements"},
        {"provider", "has id, name, optionally name-ja; then host, domain, limit, note in this order"},
        {"host", "has protocol (imap, pop3), name, port, as-of, source, verified"},
        {"domain", "has purpose (address, mx), name, optionally user (address, local-part), as-of, source, "
                   "verified"},
        {"limit",
            "has kind (upload-per-day, message-size, connections, messages-per-second), value (a number "
            "above 0), as-of, source, verified"},
        {"family", "has id, name, optionally name-ja, provider, scope (user with pooled=\"true|false\", "
                   "contract, address), charged (user, contract), mixing (allowed, refused), optionally "
                   "seats-max, audience (person, any), as-of, source, verified"},
        {"plan",
            "has id, name, optionally name-ja, family, optionally automatic (true, false); then storage or "
            "no-storage, optionally mailbox-max, price or no-price, add-on, step, note in this order"},
        {"mailbox-max", "has amount, unit, base, base-verified, as-of, source, verified as storage has"},
        {"storage", "has amount (digits), unit (MB, GB, TB), base (1000, 1024), base-verified (true, false), "
                    "as-of, source, verified"},
        {"price",
            "has currency (JPY, USD, EUR), amount (digits, never negative), per (month, year), term-months "
            "(1 to 120), tax (unknown, excluded, or included with tax-percent), as-of (2026, 2026-07, "
            "2026-07-01 or unknown), source, verified (true, false)"},
        {"no-price", "has reason, and stands in place of price"},
        {"no-storage", "has reason, and stands in place of storage"},
        {"add-on",
            "has id, name, kind (storage, archive), optionally units-max; then storage, price or no-price"},
        {"step", "has to, the id of another plan of the family"},
        {"note", "holds 1 to 400 characters of text"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(element, table[i].element))
            return table[i].words;
    return "is not known: a catalog holds provider, family and plan; a plan holds storage or no-storage, price or no-price, "
           "add-on, step, note in this order";
}

/* ---- reading ---- */
struct catalog_xml {
    xmlDoc *doc;
};

static void on_parse_error(void *ctx, XML_ERROR e)
{
    const xmlParserCtxt *ctxt = ctx;
    if (e->level > XML_ERR_WARNING)
        note(ctxt->_private, e->message, NULL, e->line);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
    (void)name;
    (void)external_id;
    (void)system_id;
    xmlParserCtxt *ctxt = ctx;
    struct finding *f = ctxt->_private;
    note(f, "", NULL, ctxt->input ? ctxt->input->line : 0);
    f->doctype = true;
    xmlStopParser(ctxt);
}

static int not_xml(const char *name, const struct finding *f, struct error *err)
{
    if (f->doctype)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s:%ld: a catalog must not have a document type (<!DOCTYPE ...>) or entities of its own; delete it "
            "and write the text out",
            name, f->line);
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s:%ld: not well-formed XML: %s; mend that line", name, f->line,
        f->words[0] ? f->words : "the document is empty");
}

static xmlDoc *parse(const char *name, const char *text, size_t len, struct error *err)
{
    struct finding f = {.line = 1};
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    if (!ctxt)
        abort(); /* out of memory, as everywhere */
    ctxt->_private = &f;
    ctxt->sax->serror = on_parse_error;
    ctxt->sax->internalSubset = on_doctype;
    xmlDoc *doc = xmlCtxtReadMemory(ctxt, text, (int)len, name, NULL, PARSE_OPTIONS);
    xmlFreeParserCtxt(ctxt);
    if (doc && !f.doctype && xmlDocGetRootElement(doc))
        return doc;
    not_xml(name, &f, err);
    xmlFreeDoc(doc);
    return NULL;
}

static void on_valid_error(void *ctx, XML_ERROR e)
{
    note(ctx, e->message, e->node, e->line);
}

/* libxml2 does not tell which attribute it dislikes. */
static const char *reason(const struct finding *f)
{
    bool attribute =
        strstr(f->words, "failed to compare") || strstr(f->words, "failed to validate attributes");
    return attribute ? "an attribute is missing, unknown or has a wrong value" : f->words;
}

static int validate(xmlDoc *doc, xmlRelaxNG *rng, const char *name, struct error *err)
{
    struct finding f = {0};
    xmlRelaxNGValidCtxt *ctxt = xmlRelaxNGNewValidCtxt(rng);
    if (!ctxt)
        abort();
    xmlRelaxNGSetValidStructuredErrors(ctxt, on_valid_error, &f);
    int rc = xmlRelaxNGValidateDoc(ctxt, doc);
    xmlRelaxNGFreeValidCtxt(ctxt);
    if (rc == 0)
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s:%ld: element \"%s\" is not as the format of catalogs has it (%s): \"%s\" %s", name, f.line,
        f.element, reason(&f), f.asked, advice(f.asked));
}

struct catalog_xml *catalog_xml_read(const struct catalog_xml_schema *schema, const char *name,
    const char *text, size_t len, struct error *err)
{
    xmlDoc *doc = parse(name, text, len, err);
    if (!doc)
        return NULL;
    if (validate(doc, schema->rng, name, err) < 0) {
        xmlFreeDoc(doc);
        return NULL;
    }
    struct catalog_xml *xml = mem_alloc(sizeof *xml);
    xml->doc = doc;
    return xml;
}

void catalog_xml_free(struct catalog_xml *xml)
{
    if (xml)
        xmlFreeDoc(xml->doc);
    free(xml);
}

void catalog_xml_free_ptr(struct catalog_xml **xml)
{
    catalog_xml_free(*xml);
}

/* ---- the tree ---- */
static const xmlNode *inner(const struct catalog_xml_node *node)
{
    return (const xmlNode *)node;
}

/* node itself or the next sibling that is an element of that name. */
static const struct catalog_xml_node *element_from(const xmlNode *node, const char *name)
{
    for (; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && (!name || !strcmp((const char *)node->name, name)))
            return (const struct catalog_xml_node *)node;
    return NULL;
}

const struct catalog_xml_node *catalog_xml_root(const struct catalog_xml *xml)
{
    return (const struct catalog_xml_node *)xmlDocGetRootElement(xml->doc);
}

const struct catalog_xml_node *catalog_xml_child(const struct catalog_xml_node *node, const char *name)
{
    return element_from(inner(node)->children, name);
}

const struct catalog_xml_node *catalog_xml_next(const struct catalog_xml_node *node, const char *name)
{
    return element_from(inner(node)->next, name);
}

size_t catalog_xml_count(const struct catalog_xml_node *node, const char *name)
{
    size_t count = 0;
    for (node = catalog_xml_child(node, name); node; node = catalog_xml_next(node, name))
        count++;
    return count;
}

const char *catalog_xml_name(const struct catalog_xml_node *node)
{
    return (const char *)inner(node)->name;
}

long catalog_xml_line(const struct catalog_xml_node *node)
{
    return xmlGetLineNo((xmlNode *)inner(node));
}

/* White space as in XML Schema's token: none at the ends, one blank between words. Consumes s. */
static char *collapsed(xmlChar *s)
{
    if (!s)
        return NULL;
    char *out = mem_alloc(strlen((const char *)s) + 1);
    size_t len = 0;
    for (const char *p = (const char *)s; *(p += strspn(p, " \t\r\n"));) {
        size_t n = strcspn(p, " \t\r\n");
        if (len)
            out[len++] = ' ';
        memcpy(out + len, p, n);
        len += n;
        p += n;
    }
    xmlFree(s);
    return out;
}

char *catalog_xml_attr(const struct catalog_xml_node *node, const char *name)
{
    return collapsed(xmlGetNoNsProp((xmlNode *)inner(node), (const xmlChar *)name));
}

char *catalog_xml_text(const struct catalog_xml_node *node)
{
    return collapsed(xmlNodeGetContent((xmlNode *)inner(node)));
}
