/* A line of an archive's manifest: what is none of ours is refused; what popferry writes of any account and
 * UIDL is one line, and is found again by them. */
#include "archive_manifest.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void round_trip(char *account, const char *uidl)
{
    uint8_t sha256[SHA256_OCTETS] = {7}, key[SHA256_OCTETS];
    struct spool *spool = spool_new("/tmp", 1);
    struct archive_message m = {
        .account = account, .key = *uidl ? uidl : NULL, .listed_octets = 9, .sha256 = sha256, .spool = spool};
    struct archive_entry found;
    struct buf line CLEANUP(buf_done) = {0};
    archive_manifest_add(&line, ARCHIVE_MAILDIR, &m, "cur/1", 0, 0);
    char *text CLEANUP(mem_free_str) = mem_strndup(buf_str(&line), buf_len(&line) - 1);
    need(!strchr(text, '\n') && !strchr(text, '\r'));
    need(archive_manifest_parse(text, ARCHIVE_MAILDIR, &found));
    archive_manifest_key(m.account, m.key, m.listed_octets, m.sha256, key);
    need(!memcmp(found.key, key, sizeof key));
    spool_free(spool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text CLEANUP(mem_free_str) = mem_strndup((const char *)data, size);
    for (int format = ARCHIVE_MAILDIR; format <= ARCHIVE_MBOX; format++) {
        struct archive_entry e;
        char *line CLEANUP(mem_free_str) = mem_strdup(text);
        archive_manifest_parse(line, (enum archive_format)format, &e);
    }
    char *tab = strchr(text, '\t');
    if (tab)
        *tab = '\0';
    round_trip(text, tab ? tab + 1 : "");
    return 0;
}
