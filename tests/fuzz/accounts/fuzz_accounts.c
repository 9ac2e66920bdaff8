/* A list of accounts: whatever is understood is the same after it was written and read again, and a refusal
 * says where. The first octet chooses the charset, and which accounts are written. */
#include "accounts.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static bool is_unicode(const char *charset)
{
    return !strncmp(charset, "UTF-", 4);
}

static void need_same(const char *a, const char *b)
{
    need(a && b ? !strcmp(a, b) : a == b);
}

static void compare(const struct account_list *l, const bool *chosen, const struct account_list *again)
{
    size_t count, k = 0;
    const struct accounts_column *all = accounts_columns(&count);
    need(l->form == again->form);
    for (size_t i = 0; i < accounts_count(l); i++) {
        if (!chosen[i])
            continue;
        need(k < accounts_count(again));
        for (size_t c = 0; c < count; c++)
            need_same(accounts_value(l, i, all[c].name), accounts_value(again, k, all[c].name));
        k++;
    }
    need(k == accounts_count(again));
}

static void write_and_read(const struct account_list *l, unsigned choice)
{
    struct buf bytes = {0};
    struct account_list again = {0};
    size_t count = accounts_count(l);
    bool any = false, *chosen = calloc(count, sizeof *chosen);
    need(count && chosen);
    for (size_t i = 0; i < count; i++) {
        chosen[i] = accounts_fault(l, i, NULL) == 0 && (!any || (choice >> i % 8 & 1));
        any |= chosen[i];
    }
    bool written = any && accounts_bytes(l, chosen, &bytes, NULL) == 0;
    need(written || !any || !is_unicode(l->charset));
    if (written) {
        need(accounts_parse("again", buf_bytes(&bytes), buf_len(&bytes), l->charset, &again, NULL) == 0);
        compare(l, chosen, &again);
    }
    accounts_done(&again);
    list_text_wipe(&bytes);
    free(chosen);
}

static void look(const struct account_list *l)
{
    long line = 0;
    for (size_t i = 0; i < accounts_count(l); i++) {
        bool enabled;
        need(accounts_line(l, i) > line);
        line = accounts_line(l, i);
        accounts_enabled(l, i, &enabled, NULL);
    }
    need(line <= l->csv.end_line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const charsets[] = {NULL, "UTF-8", "CP932", "UTF-16LE", "UTF-16BE", "EUC-JP"};
    struct account_list l = {0};
    struct error err = {0};
    if (!size)
        return 0;
    const char *charset = charsets[data[0] % (sizeof charsets / sizeof *charsets)];
    if (accounts_parse("list", (const char *)data + 1, size - 1, charset, &l, &err) == 0) {
        need(!err.code);
        look(&l);
        write_and_read(&l, data[0]);
    } else {
        need(err.code == ERROR_USAGE && !strncmp(err.text, "list:", 5) && !l.path);
    }
    accounts_done(&l);
    return 0;
}
