/* login_device.h - a person signs in on any machine, with a short code: device authorization grant (RFC
 * 8628). For servers without a browser, and for customers on the telephone.
 *
 * login_device_start, show code and address, login_device_wait, login_device_done. */
#pragma once

#include "clock.h"
#include "error.h"
#include "oauth.h"
#include "token_set.h"

struct login_device {
    const struct oauth_client *client;
    struct oauth_reply reply;                  /* user_code, verification_url(_complete): to be shown */
    int64_t begun_ms, expires_ms, interval_ms; /* monotonic; how long it lasts, how often to ask */
};

/* The client needs device_url and token_url, and must outlive it. -1: ERROR_USAGE, and those of token_get. */
int login_device_start(
    struct login_device *ret, const struct oauth_client *c, const struct clock *clock, struct error *err);

/* Ask until the person is done: every interval, 5 s more after each slow_down, until the code expires. The
 * tokens come with a note whose they are. -1: ERROR_AUTH (declined, not entered in time), ERROR_CANCELLED,
 * and those of token_get; a connection that fails is tried again at the next interval. */
int login_device_wait(
    struct login_device *d, const struct clock *clock, struct token_set *ret, struct error *err);

void login_device_done(struct login_device *d);
