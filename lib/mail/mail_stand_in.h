/* mail_stand_in.h - notes that a server hands out in place of a message that it cannot give: under its number
 * and UIDL, with RETR as with TOP. Exchange: "Retrieval using the POP3 protocol failed for the following
 * message: 12", in the language of the server. Courier: "Cannot display Unicode content", before UTF8 was
 * sent. Pure. */
#pragma once

#include "mail_scan.h"

/* f: of the whole message; listed: its octets by LIST. No single mark is enough, since people forward such
 * notes and write about them: sender, form of the subject, what such a note lacks (Received, Message-ID), and
 * the size must agree. */
bool mail_is_stand_in(const struct mail_facts *f, uint64_t listed);
