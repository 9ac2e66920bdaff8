#include "secret_line.h"

#include "buf.h"
#include "mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NESTED_MAX 24
#define WORD_MAX   48 /* octets of a word that are looked at */

/* What surrounds a place. */
enum around {
    PLAIN, /* also within $(...) and (...) */
    SINGLE,
    DOUBLE,
    BACKQUOTES,
    ARITHMETIC,
    VARIABLE, /* ${...} */
};

/* A simple command, as far as it was read. */
struct simple {
    enum around around;
    bool named;              /* its command is known; else the next word is it */
    bool begun;              /* there is a word, maybe empty quotes */
    char command[WORD_MAX];  /* without folders */
    char word[WORD_MAX];     /* the present one, without quotes */
    char previous[WORD_MAX]; /* the one before */
};

struct scan {
    const char *at;
    struct buf *out;
    struct simple levels[NESTED_MAX];
    size_t depth;        /* of the innermost */
    bool document, odd;  /* << and $' were seen */
    bool placed;         /* {user} or {host} were seen */
    const char *refused; /* why; NULL: not */
};

static struct simple *top(struct scan *s)
{
    return &s->levels[s->depth];
}

static void push(struct scan *s, enum around around)
{
    if (s->depth + 1 == NESTED_MAX) {
        s->refused = "the command is too deeply nested: put it into a script";
        return;
    }
    s->levels[++s->depth] = (struct simple){.around = around};
}

static void pop(struct scan *s)
{
    if (s->depth)
        s->depth--;
}

/* The simple command that a place belongs to: quotes belong to the word they stand in. */
static struct simple *words(struct scan *s)
{
    size_t i = s->depth;
    while (i && s->levels[i].around != PLAIN)
        i--;
    return &s->levels[i];
}

/* ---- words ---- */
static void add_to_word(struct simple *c, char octet)
{
    size_t len = strlen(c->word);
    c->begun = true;
    if (len + 1 < sizeof c->word) {
        c->word[len] = octet;
        c->word[len + 1] = '\0';
    }
}

static bool is_one(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(word, *list))
            return true;
    return false;
}

/* NAME=... */
static bool is_assignment(const char *word)
{
    size_t len = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
    return len && word[len] == '=' && !strchr("0123456789", *word);
}

/* A command may follow these. */
static bool is_before_command(const char *word)
{
    static const char *const list[] = {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "time",
        "exec", "command", "builtin", "env", "sudo", "doas", "nohup", "nice", "setsid", "stdbuf", NULL};
    return *word == '-' || is_one(word, list) || is_assignment(word);
}

static void end_word(struct simple *c)
{
    const char *slash = strrchr(c->word, '/');
    if (!c->begun)
        return;
    if (!c->named && !is_before_command(c->word)) {
        c->named = true;
        memcpy(c->command, c->word, sizeof c->command);
        if (slash)
            memcpy(c->command, slash + 1, strlen(slash)); /* with its end */
    }
    memcpy(c->previous, c->word, sizeof c->previous);
    c->word[0] = '\0';
    c->begun = false;
}

static void end_command(struct simple *c)
{
    end_word(c);
    *c = (struct simple){.around = c->around};
}

/* ---- places ---- */
static size_t place_at(const char *s, char *ret_number)
{
    *ret_number = !strncmp(s, "{host}", 6) ? '2' : '1';
    return !strncmp(s, "{user}", 6) || *ret_number == '2' ? 6 : 0;
}

static bool ends_like_code_option(const char *word)
{
    size_t len = strlen(word);
    return len > 1 && *word == '-' && strchr("ceErp", word[len - 1]);
}

/* What the command of this place makes of its arguments. */
static const char *code_of(const struct simple *c, bool quoted)
{
    static const char *const all[] = {"eval", ".", "source", "trap", "let", "ssh", "rsh", "su", "runuser",
        "script", "watch", "xargs", "parallel", "sed", "expect", "busybox", NULL};
    static const char *const programs[] = {"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "csh",
        "tcsh", "perl", "python", "python2", "python3", "ruby", "node", "php", "lua", "osascript", "pwsh",
        "jq", "sqlite3", "psql", "mysql", "mariadb", NULL};
    static const char *const awks[] = {"awk", "gawk", "mawk", "nawk", NULL};
    if (is_one(c->command, all))
        return "this command takes what it gets for code of its own: put the line into a script, which gets {user} "
               "as an argument";
    if (is_one(c->command, programs) && (quoted || ends_like_code_option(c->previous)))
        return "it would be part of a program there: give it as an argument outside of quotes, as in "
               "sh -c 'get-password \"$1\"' sh {user}";
    if (is_one(c->command, awks) && (quoted || !is_assignment(c->word)))
        return "it would be part of a program there: give it as a variable outside of quotes, as in awk -v u={user}";
    return NULL;
}

static const char *refusal(struct scan *s)
{
    const struct simple *c = words(s);
    for (size_t i = 0; i <= s->depth; i++) {
        if (s->levels[i].around == BACKQUOTES)
            return "it stands within backquotes: write $(...) in place of them";
        if (s->levels[i].around == ARITHMETIC)
            return "it stands in an arithmetic expression, where it could become one";
        if (s->levels[i].around == VARIABLE)
            return "it stands within ${...}: write {user} without the dollar sign, outside of the braces";
    }
    if (!c->named && !is_assignment(c->word))
        return "it stands where the command's own name is expected";
    return code_of(c, top(s)->around != PLAIN);
}

static void put_place(struct scan *s, char number)
{
    static const char *const forms[] = {[PLAIN] = "\"$%c\"", [SINGLE] = "'\"$%c\"'", [DOUBLE] = "${%c}"};
    const char *why = refusal(s);
    s->placed = true;
    s->refused = s->refused ? s->refused : why;
    if (!s->refused)
        buf_printf(s->out, forms[top(s)->around], number); /* NOLINT: of the table above */
    add_to_word(words(s), '\1');                           /* no name of a command has it */
    s->at += 6;
}

/* ---- the line ---- */
static void copy(struct scan *s, size_t n)
{
    while (n-- && *s->at)
        buf_append_char(s->out, *s->at++);
}

/* Of a backslash: with what it takes its meaning from. */
static void copy_escaped(struct scan *s)
{
    char number;
    if (place_at(s->at + 1, &number)) {
        s->placed = true;
        s->refused = "a backslash stands before it: leave the backslash out, or write two for one";
    }
    add_to_word(words(s), s->at[1]);
    copy(s, 2);
}

static void take_dollar(struct scan *s)
{
    char next = s->at[1];
    add_to_word(words(s), '$');
    if (next == '(' && s->at[2] == '(') {
        copy(s, 3);
        push(s, ARITHMETIC);
        push(s, ARITHMETIC);
    } else if (next == '(') {
        copy(s, 2);
        push(s, PLAIN);
    } else if (!strncmp(s->at, "${user}", 7) || !strncmp(s->at, "${host}", 7)) {
        s->placed = true;
        s->refused = "${user} is a variable of the shell's own: write {user} without the dollar sign";
    } else if (next == '{') {
        copy(s, 2);
        push(s, VARIABLE);
    } else {
        s->odd = s->odd || (top(s)->around == PLAIN && (next == '\'' || next == '"'));
        copy(s, 1);
    }
}

static void open_quotes(struct scan *s, enum around around)
{
    words(s)->begun = true;
    copy(s, 1);
    push(s, around);
}

static void take_note(struct scan *s)
{
    copy(s, strcspn(s->at, "\n"));
}

static void take_plain(struct scan *s)
{
    struct simple *c = top(s);
    switch (*s->at) {
    case '\'':
        open_quotes(s, SINGLE);
        return;
    case '"':
        open_quotes(s, DOUBLE);
        return;
    case '(':
        end_command(c);
        copy(s, 1);
        push(s, PLAIN);
        return;
    case ')':
        end_command(c);
        copy(s, 1);
        pop(s);
        return;
    case ';':
    case '&':
    case '|':
    case '\n':
        end_command(c);
        copy(s, 1);
        return;
    case '<':
        s->document = s->document || s->at[1] == '<';
        end_word(c);
        copy(s, 1);
        return;
    case ' ':
    case '\t':
    case '>':
        end_word(c);
        copy(s, 1);
        return;
    case '#':
        if (!c->begun) {
            take_note(s);
            return;
        }
        break;
    default:
        break;
    }
    add_to_word(c, *s->at);
    copy(s, 1);
}

/* In quotes of any kind: do they end here? */
static bool ends(const struct scan *s, enum around around)
{
    static const char closing[] = {
        [SINGLE] = '\'', [DOUBLE] = '"', [BACKQUOTES] = '`', [ARITHMETIC] = ')', [VARIABLE] = '}'};
    return *s->at == closing[around];
}

static void take_quoted(struct scan *s, enum around around)
{
    if (ends(s, around)) {
        copy(s, 1);
        pop(s);
    } else if (around == ARITHMETIC && *s->at == '(') {
        copy(s, 1);
        push(s, ARITHMETIC);
    } else if (around == VARIABLE && (*s->at == '\'' || *s->at == '"')) {
        open_quotes(s, *s->at == '"' ? DOUBLE : SINGLE);
    } else {
        add_to_word(words(s), *s->at);
        copy(s, 1);
    }
}

static void step(struct scan *s)
{
    enum around around = top(s)->around;
    char number;
    if (place_at(s->at, &number))
        put_place(s, number);
    else if (around != SINGLE && *s->at == '\\' && s->at[1])
        copy_escaped(s);
    else if (around != SINGLE && around != BACKQUOTES && *s->at == '$')
        take_dollar(s);
    else if (around != SINGLE && around != BACKQUOTES && *s->at == '`')
        open_quotes(s, BACKQUOTES);
    else if (around == PLAIN)
        take_plain(s);
    else
        take_quoted(s, around);
}

static const char *scan(const char *command, struct buf *out)
{
    struct scan s = {.at = command, .out = out};
    while (*s.at && !s.refused)
        step(&s);
    if (!s.placed || s.refused)
        return s.refused;
    if (s.document)
        return "the command has a here-document (<<): put it into a script, which gets {user} as an argument";
    return s.odd ? "the command has $'...' or $\"...\", which not every shell understands: use other quotes"
                 : NULL;
}

int secret_line_check(const char *option, const char *command, struct error *err)
{
    struct buf out CLEANUP(buf_done) = {0};
    const char *why = scan(command, &out);
    return why ? error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
                     "%s: {user} or {host} cannot be put in safely: %s", option, why)
               : 0;
}

char *secret_line_fill(const char *command)
{
    struct buf out CLEANUP(buf_done) = {0};
    scan(command, &out);
    return buf_strdup(&out);
}
