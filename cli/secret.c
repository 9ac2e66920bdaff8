#include "secret.h"

#include "clock.h"
#include "hash_set.h"
#include "mem.h"
#include "oauth_setup.h"
#include "secret_command.h"
#include "secret_given.h"
#include "secret_line.h"
#include "secret_netrc.h"
#include "stop.h"
#include "talk.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define COMMAND_FRESH_MS 60000

/* What the options say of one side's password. */
struct origin {
    const char *side; /* "source" */
    const char *cell, *file, *command, *env, *fd, *netrc;
    const char *file_option, *command_option, *env_option, *fd_option;
    const struct endpoint *endpoint;
    bool token;          /* OAuth 2.0, in place of a password */
    bool oauth;          /* got from a provider */
    bool server_of_list; /* to which a `default` of netrc is not sent */
};

static struct origin token_origin(const struct options *o, const struct job *job, enum job_side side)
{
    bool source = side == JOB_SOURCE;
    return (struct origin){
        .side = source ? "source" : "destination",
        .file = source ? o->from_token_file : o->to_token_file,
        .command = source ? o->from_token_command : o->to_token_command,
        .file_option = source ? "--from-token-file" : "--to-token-file",
        .command_option = source ? "--from-token-command" : "--to-token-command",
        .endpoint = source ? &job->from : &job->to,
        .token = true,
        .oauth =
            !(source ? o->from_token_file || o->from_token_command : o->to_token_file || o->to_token_command),
    };
}

static struct origin origin_of(const struct options *o, const struct job *job, enum job_side side)
{
    bool cell = side == JOB_SOURCE ? o->from_password : o->to_password;
    bool token = side == JOB_SOURCE ? o->from_token_file || o->from_token_command || o->from_oauth
                                    : o->to_token_file || o->to_token_command || o->to_oauth;
    if (token && !cell)
        return token_origin(o, job, side);
    bool source = side == JOB_SOURCE;
    return (struct origin){
        .side = source ? "source" : "destination",
        .cell = source ? o->from_password : o->to_password,
        .file = source ? o->from_password_file : o->to_password_file,
        .command = source ? o->from_password_command : o->to_password_command,
        .env = source ? o->from_password_env : o->to_password_env,
        .fd = source ? o->from_password_fd : o->to_password_fd,
        .netrc = o->netrc,
        .server_of_list = o->server_of_list[side],
        .file_option = source ? "--from-password-file" : "--to-password-file",
        .command_option = source ? "--from-password-command" : "--to-password-command",
        .env_option = source ? "--from-password-env" : "--to-password-env",
        .fd_option = source ? "--from-password-fd" : "--to-password-fd",
        .endpoint = source ? &job->from : &job->to,
    };
}

static int failed(struct error *err, const char *option, const char *file, const char *why)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s %s: %s", option, file, why);
}

/* ---- one line ---- */
/* Ctrl-C at the prompt must not leave the terminal without echo. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    interrupted = sig;
}

/* Cut at SECRET_MAX octets. *ret_why: of an empty one, what is wrong with it. */
static char *first_line(int fd, const char **ret_why)
{
    char *secret = mem_alloc(SECRET_MAX + 1);
    errno = 0;
    if (!secret_given_line(fd, secret, SECRET_MAX + 1, &interrupted))
        *ret_why = "is UTF-16, or no text (it holds NUL): save it as UTF-8";
    else
        *ret_why = errno ? strerror(errno) : "holds no password in its first line";
    return secret;
}

/* ---- a file ---- */
static void warn_once(const char *file)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct hash_set warned;
    uint8_t digest[SHA256_OCTETS];
    struct stat st;
    if (!file || stat(file, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 077))
        return;
    sha256_bytes(file, strlen(file), digest);
    pthread_mutex_lock(&lock);
    bool known = hash_set_add(&warned, digest);
    pthread_mutex_unlock(&lock);
    if (!known)
        fprintf(stderr, "popferry: warning: %s can be read by other users of this machine; chmod 600 %s\n",
            file, file);
}

void secret_warn(const struct options *o)
{
    if (o->quiet)
        return;
    if (!o->from_password)
        warn_once(o->from_password_file), warn_once(o->from_token_file);
    if (!o->to_password)
        warn_once(o->to_password_file), warn_once(o->to_token_file);
    if (o->from_oauth || o->to_oauth)
        warn_once(o->oauth_client_secret_file), warn_once(o->oauth_key);
}

static char *from_file(const char *file, const char *option, struct error *err)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        failed(err, option, file, strerror(errno));
        return NULL;
    }
    const char *why;
    char *secret = first_line(fd, &why);
    close(fd);
    size_t len = strlen(secret);
    if (len && len < SECRET_MAX)
        return secret;
    mem_wipe_free(secret);
    failed(err, option, file, len ? "the first line is too long for a password" : why);
    return NULL;
}

/* ---- a command ---- */
static char *from_command(const struct origin *from, struct error *err)
{
    const struct endpoint *e = from->endpoint;
    char *line CLEANUP(mem_free_str) = secret_line_fill(from->command);
    char *who CLEANUP(mem_free_str) = mem_printf("%s (%s at %s)", from->side, e->user, e->host);
    const struct secret_command command = {line, e->user, e->host, who};
    return secret_command_run(from->command_option, &command, err);
}

/* ---- a provider of tokens ---- */
static bool asked_to_stop(void *ctx)
{
    (void)ctx;
    return stop_is_asked();
}

static char *from_provider(
    struct secret_keeper *k, enum job_side side, const struct endpoint *e, struct error *err)
{
    struct oauth_setup setup CLEANUP(oauth_setup_done) = {0};
    const char *token;
    signal(SIGPIPE, SIG_IGN); /* https.h */
    if (!k->tokens[side]) {
        if (oauth_setup_read(k->options, side, e, &setup, err) < 0)
            return NULL;
        setup.client.stop = asked_to_stop;
        k->tokens[side] = oauth_setup_source(&setup, k->options, e, err);
    }
    int rc =
        k->tokens[side] ? token_get(k->tokens[side], clock_wall_s(clock_system()), false, &token, err) : -1;
    return rc < 0 ? NULL : mem_strdup(token);
}

/* ---- the terminal ---- */
static char *from_terminal(int tty, const char *side, const struct endpoint *e)
{
    struct termios old, hidden;
    dprintf(tty, "Password of the %s, %s at %s: ", side, e->user, e->host);
    bool changed = tcgetattr(tty, &old) == 0;
    if (changed) {
        hidden = old;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(tty, TCSAFLUSH, &hidden);
    }
    const struct sigaction note = {.sa_handler = on_interrupt};
    struct sigaction before;
    sigaction(SIGINT, &note, &before);
    const char *ignored;
    char *secret = first_line(tty, &ignored);
    sigaction(SIGINT, &before, NULL);
    if (changed)
        tcsetattr(tty, TCSAFLUSH, &old);
    dprintf(tty, "\n");
    if (interrupted)
        raise(SIGINT);
    return secret;
}

static char *ask(const struct origin *from, struct error *err)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty >= 0) {
        char *secret = from_terminal(tty, from->side, from->endpoint);
        close(tty);
        if (*secret)
            return secret;
        free(secret);
    }
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "no password for the %s: name a file that holds it by %s, or a command that prints it by %s",
        from->side, from->file_option, from->command_option);
    return NULL;
}

/* ---- of a job ---- */
static char *read_secret(const struct origin *from, const char *place, struct error *err)
{
    if (from->cell)
        return mem_strdup(from->cell);
    if (from->file)
        return from_file(from->file, from->file_option, err);
    if (from->command)
        return from_command(from, err);
    if (from->env)
        return secret_given_env(from->env_option, from->env, err);
    if (from->fd)
        return secret_given_fd(from->fd_option, from->fd, err);
    if (from->netrc)
        return secret_netrc_read(
            from->netrc, from->endpoint->host, from->endpoint->user, !from->server_of_list, err);
    if (!place)
        return ask(from, err);
    const char *prefix = !strcmp(from->side, "source") ? "from" : "to";
    error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "no password for the %s (%s at %s): fill the column %s_password, %s_password_file or %s_password_command, "
        "or give %s for all",
        from->side, from->endpoint->user, from->endpoint->host, prefix, prefix, prefix, from->command_option);
    return NULL;
}

/* RFC 6750 section 5.3. A password may have to go in clear where a host knows nothing else; no provider of
 * tokens has such a server. */
static int token_in_clear(const struct origin *from, struct error *err)
{
    const char *prefix = !strcmp(from->side, "source") ? "from" : "to";
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "the %s (%s at %s): an OAuth 2.0 token is not sent on a connection that may be unencrypted; leave out "
        "--allow-plaintext and plaintext, or say --%s-tls starttls or implicit",
        from->side, from->endpoint->user, from->endpoint->host, prefix);
}

static int read_side(
    struct secret_keeper *k, enum job_side side, const char **ret, bool *ret_token, struct error *err)
{
    const struct origin from = origin_of(k->options, k->job, side);
    char *secret = NULL;
    if (from.token && from.endpoint->security == ENDPOINT_PLAINTEXT)
        token_in_clear(&from, err);
    else
        secret = from.oauth ? from_provider(k, side, from.endpoint, err)
                            : read_secret(&from, k->options->place, err);
    if (!secret)
        return k->options->place ? error_prefix(err, "%s", k->options->place) : -1;
    k->read_ms[side] = clock_mono_ms(clock_system());
    *ret = secret;
    *ret_token = from.token;
    return 0;
}

int secret_keeper_job(
    struct secret_keeper *k, const struct options *o, bool source_alone, struct job *ret, struct error *err)
{
    struct job job = {0};
    if (options_endpoints(o, source_alone, &job, err) < 0)
        return -1;
    *k = (struct secret_keeper){.options = o, .job = &job};
    secret_warn(o);
    bool server = job.from.protocol != ENDPOINT_STORE;
    if ((server && read_side(k, JOB_SOURCE, &job.from_password, &job.from_token, err) < 0) ||
        (job.to.host && read_side(k, JOB_DESTINATION, &job.to_password, &job.to_token, err) < 0)) {
        options_job_done(&job);
        secret_keeper_done(k);
        return -1;
    }
    *ret = job;
    k->job = ret;
    return 0;
}

const char *secret_keeper_fresh(struct secret_keeper *k, enum job_side side)
{
    const struct origin from = origin_of(k->options, k->job, side);
    int64_t now_ms = clock_mono_ms(clock_system());
    struct error ignored; /* then as it was */
    bool asks = !from.file && from.command;
    bool renewable = !from.cell && (from.file || from.command || (from.netrc && !from.env && !from.fd));
    if (from.oauth) {
        char *secret = from_provider(k, side, from.endpoint, &ignored);
        mem_wipe_free(k->now[side]);
        k->now[side] = secret;
        return secret;
    }
    if (renewable && (!asks || now_ms - k->read_ms[side] >= COMMAND_FRESH_MS)) {
        char *secret = read_secret(&from, k->options->place, &ignored);
        mem_wipe_free(k->now[side]);
        k->now[side] = secret;
        k->read_ms[side] = clock_mono_ms(clock_system());
    }
    return k->now[side];
}

int secret_keeper_renew(struct secret_keeper *k, struct error *err)
{
    for (enum job_side side = JOB_SOURCE; side <= JOB_DESTINATION; side++) {
        const struct origin from = origin_of(k->options, k->job, side);
        if (!from.oauth || !from.endpoint->host || from.endpoint->protocol == ENDPOINT_STORE)
            continue;
        char *secret = from_provider(k, side, from.endpoint, err);
        bool got = secret != NULL;
        mem_wipe_free(secret);
        if (!got)
            return k->options->place ? error_prefix(err, "%s", k->options->place) : -1;
    }
    return 0;
}

void secret_keeper_done(struct secret_keeper *k)
{
    mem_wipe_free(k->now[JOB_SOURCE]);
    mem_wipe_free(k->now[JOB_DESTINATION]);
    token_source_free(k->tokens[JOB_SOURCE]);
    token_source_free(k->tokens[JOB_DESTINATION]);
    *k = (struct secret_keeper){0};
}
