#include "stop.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int asked; /* set by the signal, read by every thread of a batch */

static void on_signal(int sig)
{
    if (asked)
        _exit(128 + sig);
    asked = 1;
}

void stop_catch_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal};
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool stop_is_asked(void)
{
    return asked;
}
