/* quote_chart.h - the charts of the HTML report, in SVG: no script, colours from the page's style sheet. */
#pragma once

#include "quote_html_page.h"

/* Bars: the octets of each year that the mail is dated in. Nothing when no date is known. */
void quote_chart_years(struct quote_html_page *p);

enum quote_chart_subject {
    QUOTE_CHART_ALL,     /* all mailboxes together, against pools and contracts */
    QUOTE_CHART_LARGEST, /* the largest one, against what each mailbox may hold */
};
/* Lines: what is to be held (with the margin) over the years at low, middle and high growth, against the
 * ceilings of the plans; then, as text, the ceilings that lie beyond. Nothing when no plan is of that kind.
 */
void quote_chart_projection(struct quote_html_page *p, enum quote_chart_subject subject);
