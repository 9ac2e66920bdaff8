#include "handover_private.h"

#include "mem.h"
#include "quote_file.h"
#include "text.h"
#include <string.h>

int handover_form_of(const char *path, enum handover_form *ret, struct error *err)
{
    static const struct {
        const char *ending;
        enum handover_form form;
    } forms[] = {{".html", HANDOVER_HTML}, {".htm", HANDOVER_HTML}, {".xlsx", HANDOVER_XLSX},
        {".csv", HANDOVER_CSV}, {".json", HANDOVER_JSON}};
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    for (size_t i = 0; dot && i < sizeof forms / sizeof *forms; i++)
        if (text_equal_nocase(dot, forms[i].ending)) {
            *ret = forms[i].form;
            return 0;
        }
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "--report %s: must be a file that ends with .html, .xlsx, .csv or .json", path);
}

static char *make(
    const struct handover *h, enum handover_form form, const char *lang, size_t *ret_len, struct error *err)
{
    switch (form) {
    case HANDOVER_HTML:
        return handover_html(h, lang, ret_len, err);
    case HANDOVER_XLSX:
        return handover_xlsx(h, lang, ret_len, err);
    case HANDOVER_CSV:
        return handover_csv(h, lang, ret_len);
    case HANDOVER_JSON:
        return handover_json(h, ret_len);
    }
    error_unhandled(err, "a form of report");
    return NULL;
}

int handover_write(const struct handover *h, const char *path, const char *lang, struct error *err)
{
    enum handover_form form;
    size_t len = 0;
    if (handover_form_of(path, &form, err) < 0)
        return -1;
    char *data CLEANUP(mem_free_str) = make(h, form, lang, &len, err);
    return data ? quote_file_write(path, data, len, err) : -1;
}
