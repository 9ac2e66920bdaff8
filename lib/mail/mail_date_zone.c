#include "mail_date_zone.h"

#include "mail_date_names.h"

#define ZONE_MAX_MIN (14 * 60)

void mail_date_zone_set(struct mail_date_parts *p, int minutes)
{
    p->zone_min = minutes > ZONE_MAX_MIN || minutes < -ZONE_MAX_MIN ? 0 : minutes;
    p->have_zone = true;
    p->zone_is_name = false;
}

void mail_date_zone_take(struct mail_date_cursor *t, bool after_name, struct mail_date_parts *p)
{
    bool west = *t->p++ == '-';
    int minutes = 0;
    if (!west && t->p < t->end && *t->p == '-') {
        west = true;
        t->p++;
    }
    struct mail_date_number n = mail_date_cursor_number(t);
    if (!n.digits)
        return;
    if (n.digits <= 2 && mail_date_cursor_colon(t, &minutes))
        n.digits = 2;
    else if (n.digits < 2 && !after_name)
        return;
    int total = n.digits <= 2 ? n.value * 60 + minutes : n.value / 100 * 60 + n.value % 100;
    bool impossible = n.digits > 4 || (n.digits > 2 ? n.value % 100 : minutes) > 59;
    mail_date_zone_set(p, impossible ? 0 : west ? -total : total);
}

bool mail_date_zone_of(const char *word, size_t len, int *ret_min)
{
    static const struct {
        const char *name;
        int minutes;
    } zones[] = {{"ut", 0}, {"utc", 0}, {"gmt", 0}, {"wet", 0}, {"est", -300}, {"edt", -240}, {"cst", -360},
        {"cdt", -300}, {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420}, {"akst", -540},
        {"akdt", -480}, {"hst", -600}, {"jst", 540}, {"kst", 540}, {"hkt", 480}, {"sgt", 480}, {"awst", 480},
        {"aest", 600}, {"aedt", 660}, {"nzst", 720}, {"nzdt", 780}, {"bst", 60}, {"west", 60}, {"cet", 60},
        {"met", 60}, {"mez", 60}, {"cest", 120}, {"mest", 120}, {"mesz", 120}, {"eet", 120}, {"eest", 180},
        {"msk", 180}, {"msd", 240}, {"brt", -180}, {"brst", -120}};
    *ret_min = 0;
    if (len == 1)
        return true;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (mail_date_names_is(word, len, zones[i].name)) {
            *ret_min = zones[i].minutes;
            return true;
        }
    }
    return false;
}
