#include "exit_code.h"

enum exit_code exit_code_of(const struct error *err)
{
    switch (err->code) {
    case ERROR_NONE:
        return EXIT_CODE_DONE;
    case ERROR_USAGE:
        return EXIT_CODE_USAGE;
    case ERROR_AUTH: /* LATER: the same was accepted shortly before */
        return err->retry == ERROR_RETRY_LATER ? EXIT_CODE_TEMPORARY : EXIT_CODE_LOGIN;
    case ERROR_TLS:
        return EXIT_CODE_LOGIN;
    case ERROR_PROTOCOL: /* before sign-in: another service on that port; later: a session that went wrong */
        return err->scope == ERROR_SCOPE_JOB ? EXIT_CODE_LOGIN : EXIT_CODE_TEMPORARY;
    case ERROR_NO_HOST:
    case ERROR_CONNECT:
    case ERROR_LOST:
    case ERROR_TIMEOUT:
    case ERROR_THROTTLED:
    case ERROR_IN_USE:
    case ERROR_LOCKED:
    case ERROR_CANCELLED:
        return EXIT_CODE_TEMPORARY;
    case ERROR_REFUSED:
    case ERROR_NO_FOLDER: /* of a message, else of the mailbox or the account */
        if (err->scope == ERROR_SCOPE_MESSAGE)
            return EXIT_CODE_ATTENTION;
        return err->retry == ERROR_RETRY_NEVER ? EXIT_CODE_LOGIN : EXIT_CODE_TEMPORARY;
    case ERROR_TOO_BIG:
        return EXIT_CODE_ATTENTION;
    case ERROR_FULL:
        return EXIT_CODE_FULL;
    case ERROR_DISK:
    case ERROR_LEDGER:
    case ERROR_INTERNAL:
        break;
    }
    return EXIT_CODE_LOCAL;
}
