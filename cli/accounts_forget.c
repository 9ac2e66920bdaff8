#include "accounts_forget.h"

#include "batch_account.h"
#include "clock.h"
#include "exit_code.h"
#include "i18n.h"
#include "mem.h"
#include "nearest.h"
#include "option_rules.h"
#include "print.h"
#include "report.h"
#include "talk.h"
#include "text.h"
#include "text_list.h"
#include "work_dir.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const heeded[] = {"work-dir", "dry-run", "lang", "format", "quiet", NULL};

static bool on_name(void *ctx, const char *name)
{
    text_list_add(ctx, text_clean_dup(name));
    return true;
}

/* "; did you mean ...?" Where nothing of what was typed is a hash, that of the folders does not count. */
static void suggest(const struct options *o, const char *name, struct error *err)
{
    struct error ignored;
    struct text_list f CLEANUP(text_list_done) = {0};
    struct nearest n = {.word = name}, short_n = n;
    if (work_dir_each_name(o->work_dir, on_name, &f, &ignored) < 0)
        return;
    for (size_t i = 0; i < f.count; i++)
        nearest_offer(&n, f.all[i]);
    for (size_t i = 0; i < f.count && !n.count; i++) {
        char *hash = strrchr(f.all[i], '-');
        if (hash)
            *hash = '\0';
        nearest_offer(&short_n, f.all[i]);
    }
    char *words CLEANUP(mem_free_str) = nearest_words(n.count ? &n : &short_n, "");
    error_append(err, "%s", words);
}

static json_t *json_text(const char *s)
{
    char *clean CLEANUP(mem_free_str) = text_clean_dup(s);
    return s ? json_string(clean) : json_null();
}

/* 0 or an exit code; what it came to is added to `all`. */
static int forget(const struct options *o, const char *name, json_t *all)
{
    struct error err = {0};
    char *from CLEANUP(mem_free_str) = NULL, *to CLEANUP(mem_free_str) = NULL;
    int rc = work_dir_forget(o->work_dir, name, clock_wall_s(clock_system()), o->dry_run, &from, &to, &err);
    if (rc < 0 && err.code == ERROR_USAGE)
        suggest(o, name, &err);
    json_array_append_new(
        all, json_pack("{s:o, s:o, s:o}", "name", json_text(from ? from : name), "moved_to",
                 o->dry_run ? json_null() : json_text(to), "error", print_json_error(&err)));
    if (rc < 0)
        return talk_error(NULL, &err);
    if (o->format == FORMAT_JSON)
        return EXIT_CODE_DONE;
    char *clean CLEANUP(mem_free_str) = text_clean_dup(from);
    char *kept CLEANUP(mem_free_str) = text_clean_dup(to);
    printf(o->dry_run ? _("%1$s would be put away, as %2$s") : _("%1$s is put away, as %2$s"), clean, kept);
    putchar('\n');
    return EXIT_CODE_DONE;
}

int accounts_forget(const struct options *o, struct error *err)
{
    int code = EXIT_CODE_DONE;
    if (option_rules_only(o, "popferry accounts forget", heeded, err) < 0)
        return -1;
    json_t *all = json_array();
    for (size_t i = 1; i < OPTIONS_WORDS && o->words[i]; i++) {
        int one = forget(o, o->words[i], all);
        code = batch_account_rank(one) > batch_account_rank(code) ? one : code;
    }
    if (o->format == FORMAT_JSON)
        print_json_document(stdout, "accounts",
            json_pack("{s:O, s:b, s:i}", "forgotten", all, "dry_run", o->dry_run, "exit_code", code));
    json_decref(all);
    return code;
}
