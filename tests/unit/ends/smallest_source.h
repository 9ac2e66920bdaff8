/* smallest_source.h - a folder of .eml files as a source. */
#pragma once

#include "source.h"

struct source *smallest_source_new(const char *path); /* borrowed */
