#include "quote.h"

#include "quote_words.h"

const char *quote_growth_origin_words(enum quote_growth_origin o)
{
    static const char *const words[] = {
        [QUOTE_GROWTH_ASSUMED] = N_("assumed, there being nothing to measure by"),
        [QUOTE_GROWTH_MONTHS] =
            N_("the last 12 whole months of the mailbox, with the trend of the years before"),
        [QUOTE_GROWTH_WEEKS] = N_("mean week of the mailbox, for a year"),
        [QUOTE_GROWTH_GIVEN] = N_("as given"),
    };
    return words[o];
}

const char *quote_growth_note_words(enum quote_growth_note bit)
{
    switch (bit) {
    case QUOTE_NOTE_EXPIRES:
        return N_("the source server deletes mail by its age: what is there shows only the last days");
    case QUOTE_NOTE_YOUNG:
        return N_("nothing is older than 60 days: mail programs may have been deleting it from the server");
    case QUOTE_NOTE_EDGE:
        return N_("mail begins abruptly at an age at which mail programs delete from the server");
    case QUOTE_NOTE_FEW:
        return N_("the mailbox shows fewer than 6 whole months");
    case QUOTE_NOTE_UNEVEN:
        return N_("months differ much: see low and high");
    case QUOTE_NOTE_UNDATED:
        return N_("more than a tenth of the mail has no date");
    case QUOTE_NOTE_QUIET:
        return N_("the last mail is older than two years");
    case QUOTE_NOTE_FAST:
        return N_("dates were not asked for (--fast)");
    case QUOTE_NOTE_NO_TOP:
        return N_("the source server does not give headers alone (no TOP): dates are not known");
    case QUOTE_NOTE_EMPTY:
        return N_("the mailbox is empty");
    case QUOTE_NOTE_OUTLIER:
        return N_(
            "one month has more than half of the year's mail, perhaps an import: then the growth is less");
    }
    return "";
}

const char *quote_offer_state_words(enum quote_offer_state s)
{
    static const char *const words[] = {
        [QUOTE_OFFER_VERIFIED] = N_("verified"),
        [QUOTE_OFFER_UNVERIFIED] = N_("unverified"),
        [QUOTE_OFFER_UNPRICED] = N_("price not known"),
        [QUOTE_OFFER_OUTGROWN] = N_("outgrown"),
        [QUOTE_OFFER_MISFIT] = N_("does not fit"),
        [QUOTE_OFFER_UNKNOWN] = N_("storage not known"),
    };
    return words[s];
}
