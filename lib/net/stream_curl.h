/* stream_curl.h - libcurl itself. Internal to lib/net. */
#pragma once

#include <stdbool.h>

/* Its own preparations, once per process; any thread. */
void stream_curl_init(void);

/* Is CURLOPT_SSL_CTX_FUNCTION given an SSL_CTX of the OpenSSL that stream_tls.h knows? */
bool stream_curl_has_openssl(void);
