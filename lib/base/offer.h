/* offer.h - what a server offers, for people who ask. */
#pragma once

#include <stdbool.h>

#define OFFERS_MAX 8

struct offer {
    const char *name; /* static: "UIDL", "LITERAL+" */
    bool made;
};
