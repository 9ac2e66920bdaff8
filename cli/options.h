/* options.h - the command line as data: what each option is called, means and fills. */
#pragma once

#include "accounts.h"
#include "error.h"
#include "job.h"
#include <stdbool.h>

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_CSV,
};

#define OPTIONS_WORK_DIR "popferry-work"

#define OPTIONS_MAX   160 /* at least as many as option_table.h has */
#define OPTIONS_WORDS 33

enum option_origin {
    OPTION_NOT_GIVEN,
    OPTION_OF_FILE, /* an @FILE */
    OPTION_OF_LINE, /* the command line itself */
};

struct options {
    char *from, *to, *from_user, *to_user;
    char *from_host, *to_host; /* where from and to are missing */
    char *from_port, *to_port; /* where these name none */
    char *from_password_file, *to_password_file;
    char *from_password_command, *to_password_command;
    char *from_password_env, *to_password_env, *from_password_fd, *to_password_fd, *netrc;
    char *from_token_file, *to_token_file; /* OAuth 2.0 access tokens, in place of passwords */
    char *from_token_command, *to_token_command;
    char *from_oauth, *to_oauth; /* the provider that gives them; read by oauth_setup.h, as are these: */
    char *oauth_client, *oauth_client_secret_file, *oauth_tenant, *oauth_key, *oauth_certificate,
        *oauth_tokens;
    char *oauth_authorize_url, *oauth_token_url, *oauth_device_url, *oauth_scope;
    int device;                        /* login: by a code, on any machine */
    char *from_password, *to_password; /* of a list; wiped by options_done */
    char *place;                       /* "list.csv:12": of a list, so never ask the user; NULL: one pair */
    char *ca_file, *work_dir, *folder;
    char *from_authzid, *to_authzid; /* whose mailbox, when the user is an administrator */
    /* read by options_route.h */
    char *from_tls, *to_tls, *from_tls_min, *to_tls_min, *from_tls_pin, *to_tls_pin, *ca_dir, *proxy, *bind;
    int ipv4, ipv6;
    char *limit_text, *seen_text, *format_text, *order_text, *time_zone_text;
    char *since_text, *before_text, *min_size_text, *max_size_text;
    const char **only_folders, **skip_folders; /* ended by NULL; NULL: none */
    char *dedup_text, *special_use_text;
    bool dedup_account, special_use_off; /* what these mean */
    int with_trash, with_junk, codepage;
    char *folder_old, *archive_dir, *archive_format_text;
    char *level_text;         /* verify: NULL is content */
    int level;                /* enum verify_level */
    char *delete_source_text; /* migrate: NULL or "verified" */
    char *upload_cap_text;
    /* estimate; read by estimate_options.h */
    char *growth_text, *growth_rise_text, *currency_text, *tax_text, *margin_text, *other_use_text,
        *current_cost_text, *sent_text, *local_text;
    char *customer, *prepared_by, *mailboxes, *lang;
    const char **rates, **catalogs, **reports; /* ended by NULL; NULL: none */
    int years, fast, personal;
    int age; /* catalog check: days; 0: not asked for */
    int seen_older_than, connections, old_than, max_wait_s;
    char *accept_text;
    unsigned accept; /* DELETE_ACCEPT_... */
    int older_than;  /* delete: days; -1: not given */
    int allow_plaintext, allow_weak_auth, quiet, verbose, dry_run, yes, retry_quarantined, encode_headers,
        keep_headers, privacy;
    /* where a server is to be found by an address (options_discover.h) */
    char *ispdb, *autoconfig_dir, *dns;
    int allow_http, trust, discover_timeout;
    int wait; /* for the day's upload limit, and in a batch for whatever tells a time to come again */
    /* many accounts */
    int trust_list;         /* list_trust.h; never of the list */
    bool server_of_list[2]; /* by job_side: its server is the list's word alone (of an account) */
    char *accounts, *charset, *shard_text, *progress_text;
    int jobs;                                  /* 0: by the machine */
    int host_jobs, host_logins, host_refusals; /* 0: no limit */
    int fail_fast, skip_finished, shared, all;
    /* What the texts mean. */
    enum format format;
    uint64_t limit;
    enum seen_policy seen;
    struct filter filter;
    enum job_order order;
    enum archive_format archive_format;
    int utc_offset_min;
    bool upload_cap_given;  /* else it is the catalog's; the caller knows it */
    uint64_t upload_cap;    /* octets in 24 hours; 0: no limit */
    unsigned shard, shards; /* 1..shards; 0 of 0: all of the list */
    bool progress_json;     /* to progress_fd */
    int progress_fd;
    char *protocol;                   /* discover */
    const char *words[OPTIONS_WORDS]; /* what stood beside the options; borrowed from argv; NULL: not given */
    const char *twice;                /* an option that the command line gives two values; NULL: none */
    unsigned char given[OPTIONS_MAX]; /* enum option_origin, by option_table_index */
};

/* As they are when nothing is given. */
void options_init(struct options *o);

void options_done(struct options *o); /* zeroed is fine */

/* What the texts mean, once more after some were changed. -1 with ERROR_USAGE that begins with "--OPTION". */
int options_read_values(struct options *o, struct error *err);

/* All that is wrong with one account. Zeroed is empty. */
struct options_faults {
    struct error *all;
    size_t count;
};
void options_faults_add(struct options_faults *f, const struct error *err); /* unless it says the same */
void options_faults_done(struct options_faults *f);

/* What the options are for account i of a list: a copy of the common ones in which the row's cells replace
 * what is there, and what would contradict them: a cell from_host a common --from, a cell
 * from_password_command a common --from-password-file (and from_password_env both), a user or mailbox in the
 * URL of a cell a common
 * --from-user, --to-user or
 * --folder. The column user is for the sides that have no user then, neither by a column, an option nor in a
 * URL. -1 with whatever is wrong with the row added to *faults, ERROR_USAGE each: "FILE:LINE: column
 * from_user:
 * ..." (by its heading in the list; without the cell, which might hold a password) or "FILE:LINE: ...". The
 * caller owns *ret. */
int options_for_account(const struct options *common, const struct account_list *list, size_t i,
    struct options *ret, struct options_faults *faults);
/* An error about "--from-host" that came of account i's options, as one about the list. Returns -1. */
int options_account_fault(
    const struct options *o, const struct account_list *list, size_t i, struct error *err);

/* Account names of --from and --to (or --from-host and --to-host, with a user) as the ledger knows them,
 * without asking for passwords; NULL where not given. */
int options_accounts(const struct options *o, char **ret_from, char **ret_to, struct error *err);

/* One side alone, which must be given and have a user. The caller owns *ret: endpoint_done. -1 with
 * ERROR_USAGE.
 */
int options_endpoint(const struct options *o, enum job_side side, struct endpoint *ret, struct error *err);

/* The server of one side by its URL or host, with or without a user. *ret as with options_endpoint; -1 when
 * it is not given or cannot be read. */
int options_server(const struct options *o, enum job_side side, struct endpoint *ret, struct error *err);

/* The job these options describe, without its passwords (secret_keeper_job, secret.h, has them, too).
 * source_alone: a destination is not needed, and only looked at if it is given; without one job->to is
 * zeroed. Borrows from *o; the caller owns *ret: options_job_done. -1 with ERROR_USAGE, without o->place. */
int options_endpoints(const struct options *o, bool source_alone, struct job *ret, struct error *err);
void options_job_done(struct job *job); /* wipes passwords; zeroed is fine */
