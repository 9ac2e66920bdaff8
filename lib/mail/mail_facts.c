#include "mail_facts.h"

#include <stdlib.h>

void mail_facts_done(struct mail_facts *f)
{
    free(f->message_id);
    free(f->from);
    free(f->subject);
    free(f->date);
    *f = (struct mail_facts){0};
}
