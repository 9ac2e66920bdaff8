/* letters.h - the messages that a source holds when the conformance suite is run on it. */
#pragma once

/* With CR LF. An empty body, dots, long lines, 8-bit, one that quotes another's "From " line, no header at
 * all. */
static const char *const letters[] = {
    "Message-ID: <1@c>\r\nSubject: one\r\n\r\nText.\r\n",
    "Message-ID: <2@c>\r\nSubject: empty\r\n\r\n",
    "Message-ID: <3@c>\r\nSubject: dots\r\n\r\n.\r\n..\r\n.x\r\n\r\n.\r\n",
    "Message-ID: <4@c>\r\nSubject: \xe6\x97\xa5\xe6\x9c\xac\r\n\r\n\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\r\n",
    "Message-ID: <5@c>\r\nSubject: quoted\r\n\r\n>From here\r\n\r\nFrom there, not a new one\r\n",
    "Message-ID: <6@c>\r\nSubject: folded\r\n and more\r\nX-Long: "
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
    "\r\ntrailing blanks  \r\n\t\r\n",
};
#define LETTERS (sizeof letters / sizeof *letters)
