/* stream_trust.h - whose certificates libcurl is to believe. Internal to lib/net. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

/* ca_file in place of the system's file, ca_dir beside the system's folder; NULL: none. false when libcurl
 * does not know an option: then nothing may be sent. */
bool stream_trust_set(CURL *easy, const char *ca_file, const char *ca_dir);

/* Is there nothing to believe, with neither of these, since the system has no list of CAs? */
bool stream_trust_is_missing(CURL *easy, const char *ca_file, const char *ca_dir);
