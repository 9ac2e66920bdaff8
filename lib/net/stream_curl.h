/* stream_curl.h - libcurl itself. Internal to lib/net. */
#pragma once

/* Its own preparations, once per process; any thread. */
void stream_curl_init(void);
