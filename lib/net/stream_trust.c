#include "stream_trust.h"

#include "mem.h"
#include "stream_tls.h"
#include <unistd.h>

/* Libcurl fails before it sees any certificate when the file that it was built for is not there, as on a
 * Debian without the package ca-certificates. */
static bool file_is_missing(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075400
    char *file = NULL;
    return curl_easy_getinfo(easy, CURLINFO_CAINFO, &file) == CURLE_OK && file && access(file, R_OK) < 0;
#else
    (void)easy;
    return false;
#endif
}

bool stream_trust_set(CURL *easy, const char *ca_file, const char *ca_dir)
{
    bool missing = !ca_file && file_is_missing(easy);
    if (!ca_file && !ca_dir && !missing)
        return true;
    if ((ca_file || missing) && curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file) != CURLE_OK)
        return false;
    CLEANUP(mem_free_str)
    char *dirs = mem_printf("%s%s%s", ca_dir ? ca_dir : "", ca_dir ? ":" : "", stream_tls_ca_dir());
    return curl_easy_setopt(easy, CURLOPT_CAPATH, dirs) == CURLE_OK;
}

bool stream_trust_is_missing(CURL *easy, const char *ca_file, const char *ca_dir)
{
    return !ca_file && !ca_dir && file_is_missing(easy);
}
