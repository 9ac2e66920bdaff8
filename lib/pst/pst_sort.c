#include "pst_build.h"

#include "text.h"
#include <string.h>

struct kind {
    const char *class; /* it, and whatever follows it and a dot */
    enum pst_sort sort;
};

enum pst_sort pst_sort_of(const char *message_class)
{
    static const struct kind kinds[] = {
        {"IPM.Appointment", PST_SORT_APPOINTMENT},
        {"IPM.OLE.CLASS", PST_SORT_APPOINTMENT}, /* one of a row that was changed */
        {"IPM.Contact", PST_SORT_CONTACT},
        {"IPM.DistList", PST_SORT_CONTACT},
        {"IPM.AbchPerson", PST_SORT_CONTACT},
        {"IPM.Task", PST_SORT_TASK},
        {"IPM.StickyNote", PST_SORT_NOTE},
        {"IPM.Activity", PST_SORT_JOURNAL},
        {"IPM.Post.RSS", PST_SORT_FEED},
        {"IPM.Configuration", PST_SORT_OTHER},
        {"IPM.Microsoft", PST_SORT_OTHER},
        {"IPM.Rule", PST_SORT_OTHER},
        {"IPM.ExtendedRule", PST_SORT_OTHER},
        {"IPM.RuleOrganizer", PST_SORT_OTHER},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t len = strlen(kinds[i].class);
        if (text_has_prefix_nocase(message_class, kinds[i].class) &&
            (!message_class[len] || message_class[len] == '.'))
            return kinds[i].sort;
    }
    return PST_SORT_MAIL;
}

const char *pst_sort_words(enum pst_sort sort)
{
    static const char *const words[PST_SORTS] = {
        [PST_SORT_MAIL] = "messages",
        [PST_SORT_APPOINTMENT] = "appointments",
        [PST_SORT_CONTACT] = "contacts",
        [PST_SORT_TASK] = "tasks",
        [PST_SORT_NOTE] = "notes",
        [PST_SORT_JOURNAL] = "journal entries",
        [PST_SORT_FEED] = "articles of feeds",
        [PST_SORT_OTHER] = "other items",
    };
    return words[sort];
}
