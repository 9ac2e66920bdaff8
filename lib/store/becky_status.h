/* becky_status.h - what Becky! Internet Mail writes into the header of a message: "X-Becky-Status:
 * 010001,..." (its first number is hexadecimal: 1 read, 2 forwarded, 4 answered; read from the importer of
 * Thunderbird, nsBeckyMail.cpp). It is the last field of that name: one further up came with the message.
 * Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct becky_status {
    uint16_t flags; /* enum store_flag; 0: there is no such field */
    size_t at, end; /* of its line, with the end; both 0: there is none */
};

/* front: of the message, with the whole header or a part of it. A field cut off by its end is none. */
struct becky_status becky_status_read(const char *front, size_t len);
