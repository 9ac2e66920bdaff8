/* jwt.h - signed assertions (JWT, RFC 7519) with an RSA key, as token endpoints take them in place of a
 * client secret (RFC 7523). Only signing; nothing is verified here. */
#pragma once

#include "error.h"

struct auth_json;

enum jwt_algorithm {
    JWT_RS256, /* RSASSA-PKCS1-v1_5 */
    JWT_PS256, /* RSASSA-PSS, salt as long as the hash */
};

struct jwt_key;

/* A private key, PEM, not encrypted, RSA of at least 2048 bits. name: of its file, for messages. NULL:
 * ERROR_USAGE. */
struct jwt_key *jwt_key_new(const char *pem, const char *name, struct error *err);
void jwt_key_free(struct jwt_key *key); /* NULL is fine */

/* The certificate that belongs to the key, PEM: its thumbprints go into the header, by which the endpoint
 * finds the public key (RFC 7515 section 4.1.7: "x5t" with RS256, 4.1.8: "x5t#S256" with PS256). -1:
 * ERROR_USAGE, also when it is of another key. */
int jwt_key_certificate(struct jwt_key *key, const char *pem, const char *name, struct error *err);

/* header.claims.signature; the header is made here: alg, typ, the thumbprint, and kid unless NULL. Caller
 * wipes and frees; NULL: *err. */
char *jwt_sign(const struct jwt_key *key, enum jwt_algorithm algorithm, const char *kid,
    const struct auth_json *claims, struct error *err);
