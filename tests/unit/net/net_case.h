/* net_case.h - what the tests of streams share. */
#pragma once

#include "check.h"
#include "net_certs.h"
#include "net_server.h"
#include "stream.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define USER     "taro@example.jp"
#define PASSWORD "pa$$w & ;\"\\%s\xe7\xa7\x98 \x80\xff!"

#define P3       STREAM_POP3
#define I4       STREAM_IMAP
#define IMPLICIT STREAM_TLS_IMPLICIT
#define STARTTLS STREAM_TLS_STARTTLS
#define PLAIN    STREAM_PLAINTEXT
#define POP3_OK  "+OK ready\r\n"
#define APOP_OK  "+OK <1896.697170952@pop.example.jp>\r\n"
#define IMAP_OK  "* OK ready\r\n"

extern const char *net_case_ca; /* path of the CA's file; set by main */

int64_t net_case_now_ms(void);
/* A net whose log is kept, to be searched for secrets. */
struct net *net_case_new(void);
struct stream_spec net_case_spec(enum stream_protocol protocol, enum stream_security security, uint16_t port);
/* Until it is READY or FAILED. */
void net_case_settle(struct net *net, struct stream *s);
/* The password is in no log line and no error text since net_case_new, neither as it is nor as SASL sends it.
 */
void net_case_check_no_secret(const char *password);
/* A server that says nothing. */
void net_case_silent(struct net_peer *p, const struct net_script *script);
