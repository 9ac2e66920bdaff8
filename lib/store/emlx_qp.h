/* emlx_qp.h - text as quoted-printable (RFC 2045 section 6.7) as it was before Apple Mail decoded it: in one
 * of the ways of breaking lines that mail programs have, the one that gives the length it had. Pure. */
#pragma once

#include "buf.h"
#include <stdbool.h>
#include <stdint.h>

#define EMLX_QP_MAX (1u << 20) /* octets of such a text */

/* length: with line ends of LF, or of CR LF. False: none of the ways has it. */
bool emlx_qp_encode(const char *text, size_t len, uint64_t length, struct buf *out);
