/* catalog_xml.h - a catalog file as a tree of elements: the only place that knows libxml2.
 *
 * Well-formed, valid against the RELAX NG schema, without document type, or not at all. Nothing outside the
 * text given is read, whatever stands in it. Nodes belong to their document. */
#pragma once

#include "error.h"
#include <stddef.h>

struct catalog_xml_schema;
struct catalog_xml;
struct catalog_xml_node;

/* The built-in schema, compiled; for any number of documents. NULL: a defect, ERROR_INTERNAL. */
struct catalog_xml_schema *catalog_xml_schema_new(struct error *err);
void catalog_xml_schema_free(struct catalog_xml_schema *schema);

/* name stands for the file in messages ("NAME:LINE: ..."). NULL with ERROR_USAGE. text may be dropped
 * afterwards. */
struct catalog_xml *catalog_xml_read(const struct catalog_xml_schema *schema, const char *name,
    const char *text, size_t len, struct error *err);
void catalog_xml_free(struct catalog_xml *xml);
/* For CLEANUP. */
void catalog_xml_free_ptr(struct catalog_xml **xml);

const struct catalog_xml_node *catalog_xml_root(const struct catalog_xml *xml);
/* The first child element of that name (NULL: any), and the next sibling; NULL: no more. */
const struct catalog_xml_node *catalog_xml_child(const struct catalog_xml_node *node, const char *name);
const struct catalog_xml_node *catalog_xml_next(const struct catalog_xml_node *node, const char *name);
size_t catalog_xml_count(const struct catalog_xml_node *node, const char *name); /* of children */
const char *catalog_xml_name(const struct catalog_xml_node *node);
long catalog_xml_line(const struct catalog_xml_node *node);
/* The caller frees both; white space is collapsed as XML tokens are. attr: NULL if there is none. */
char *catalog_xml_attr(const struct catalog_xml_node *node, const char *name);
char *catalog_xml_text(const struct catalog_xml_node *node);
