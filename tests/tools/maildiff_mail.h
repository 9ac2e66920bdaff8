/* maildiff_mail.h - what the judge knows of one message: what it must look like when it arrives, and which
 * other messages it is the same as. Written apart from the program's own mail code on purpose, and much
 * simpler: the whole message in memory. */
#pragma once

#include <stddef.h>

#define MAILDIFF_SUM 32

struct maildiff_mail {
    unsigned char raw[MAILDIFF_SUM];      /* SHA-256 of the bytes as they are */
    unsigned char mended[MAILDIFF_SUM];   /* of the bytes with line ends as IMAP wants them */
    unsigned char identity[MAILDIFF_SUM]; /* equal for messages of which one is enough */
};

void maildiff_mail_read(const char *bytes, size_t len, struct maildiff_mail *ret);
