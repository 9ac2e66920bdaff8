/* A catalog file: not well-formed, not valid, or it can be read, and what cannot is told with its line. */
#include "catalog_read.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalog_xml_schema *schema;
    struct error err = {0};
    struct catalog_batch batch = {0};
    if (!schema)
        schema = catalog_xml_schema_new(&err);
    need(schema != NULL);
    struct catalog_xml *xml = catalog_xml_read(schema, "prices.xml", (const char *)data, size, &err);
    if (!xml) {
        need(err.code && *err.text);
        return 0;
    }
    struct catalog_arena arena = {0};
    if (catalog_read(xml, "prices.xml", &arena, &batch, &err) < 0)
        need(err.code && *err.text);
    catalog_arena_done(&arena);
    catalog_xml_free(xml);
    return 0;
}
