#include "catalog_builtin.h"

/* Each .inc is the XML file as a C string, made by meson.build. */
static const char schema[] =
#include "catalog.rng.inc"
    ;
static const char apple[] =
#include "apple.xml.inc"
    ;
static const char fastmail[] =
#include "fastmail.xml.inc"
    ;
static const char google[] =
#include "google.xml.inc"
    ;
static const char isp[] =
#include "isp.xml.inc"
    ;
static const char kagoya[] =
#include "kagoya.xml.inc"
    ;
static const char lolipop[] =
#include "lolipop.xml.inc"
    ;
static const char microsoft[] =
#include "microsoft.xml.inc"
    ;
static const char sakura[] =
#include "sakura.xml.inc"
    ;
static const char xserver[] =
#include "xserver.xml.inc"
    ;
static const char zoho[] =
#include "zoho.xml.inc"
    ;

#define FILE_ROW(name)                                                                                       \
    {                                                                                                        \
#name ".xml", name, sizeof name - 1                                                                  \
    }

const struct catalog_builtin catalog_builtin_schema = {"catalog.rng", schema, sizeof schema - 1};
/* In the order of the lists that are printed. */
const struct catalog_builtin catalog_builtin_files[] = {FILE_ROW(google), FILE_ROW(microsoft),
    FILE_ROW(apple), FILE_ROW(fastmail), FILE_ROW(zoho), FILE_ROW(sakura), FILE_ROW(xserver),
    FILE_ROW(lolipop), FILE_ROW(kagoya), FILE_ROW(isp)};
const size_t catalog_builtin_file_count = sizeof catalog_builtin_files / sizeof *catalog_builtin_files;
