#include "alerts.h"

#include <stdio.h>
#include <string.h>

bool alerts_add(struct alerts *a, const char *server, const char *words)
{
    if (a->count == ALERTS_MAX)
        return false;
    char *text = a->text[a->count];
    snprintf(text, sizeof a->text[0], "%.80s: %.230s", server, words);
    for (size_t i = 0; i < a->count; i++)
        if (!strcmp(a->text[i], text))
            return false;
    a->count++;
    return true;
}
