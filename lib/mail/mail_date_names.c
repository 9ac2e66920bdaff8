#include "mail_date_names.h"

#include <string.h>

#define WORD_MAX 16
#define CUT_MIN  3 /* letters of a name that must be there */
#define NAMES    8 /* of one month or weekday, at most */

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* The letters U+00C0 to U+00FF without their accents; blank: no letter. */
static const char base[] = "aaaaaaaceeeeiiiidnooooo ouuuuy saaaaaaaceeeeiiiidnooooo ouuuuy y";

/* Into dst in lower case and ASCII. Returns its length; 0: too long, or of other letters. */
static size_t fold(const char *word, size_t len, char dst[WORD_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)word[i], next = i + 1 < len ? (unsigned char)word[i + 1] : 0;
        bool utf8 = c == 0xc3 && next >= 0x80 && next <= 0xbf;
        if (n == WORD_MAX || (c >= 0x80 && c < 0xc0))
            return 0;
        dst[n++] = (char)(c < 0x80 ? c | 0x20 : (unsigned char)base[utf8 ? next - 0x80 : c - 0xc0]);
        i += utf8;
    }
    return n;
}

bool mail_date_names_is(const char *word, size_t len, const char *what)
{
    char folded[WORD_MAX];
    size_t n = fold(word, len, folded);
    return n == strlen(what) && !memcmp(folded, what, n);
}

/* Which of them the word is, or is cut from: its index; -1: none, or more than one ("jui"). */
static int find(const char *const names[][NAMES], int count, const char *word, size_t len)
{
    char folded[WORD_MAX];
    size_t n = fold(word, len, folded);
    int found = -1;
    for (int at = 0; n >= CUT_MIN && at < count; at++) {
        for (int i = 0; i < NAMES && names[at][i]; i++) {
            if (n > strlen(names[at][i]) || memcmp(folded, names[at][i], n) != 0)
                continue;
            if (found >= 0 && found != at)
                return -1;
            found = at;
        }
    }
    return found;
}

int mail_date_names_month(const char *word, size_t len)
{
    static const char *const names[12][NAMES] = {
        {"january", "januari", "janvier", "janeiro", "janner", "jaenner", "enero", "gennaio"},
        {"february", "februari", "fevrier", "fevereiro", "febrero", "febbraio", "feber"},
        {"march", "marzo", "mars", "maerz", "marz", "maart", "marco", "mrz"},
        {"april", "avril", "abril"},
        {"may", "mai", "mayo", "maggio", "mei", "maio"},
        {"june", "juni", "juin", "junio", "giugno", "junho"},
        {"july", "juli", "juillet", "julio", "luglio", "julho"},
        {"augustus", "aout", "agosto"},
        {"september", "septembre", "septiembre", "setiembre", "settembre", "setembro"},
        {"october", "oktober", "octobre", "octubre", "ottobre", "outubro"},
        {"november", "novembre", "noviembre", "novembro"},
        {"december", "dezember", "decembre", "diciembre", "dicembre", "dezembro"},
    };
    if (mail_date_names_is(word, len, "mrt"))
        return 3;
    if (mail_date_names_is(word, len, "aprile"))
        return 4;
    return find(names, COUNT(names), word, len) + 1;
}

int mail_date_names_weekday(const char *word, size_t len)
{
    static const char *const names[7][NAMES] = {
        {"sunday", "sonntag", "dimanche", "domingo", "domenica", "zondag"},
        {"monday", "montag", "lundi", "lunes", "lunedi", "maandag", "segunda"},
        {"tuesday", "dienstag", "mardi", "martes", "martedi", "dinsdag", "terca"},
        {"wednesday", "mittwoch", "mercredi", "miercoles", "mercoledi", "woensdag", "quarta"},
        {"thursday", "donnerstag", "jeudi", "jueves", "giovedi", "donderdag", "quinta"},
        {"friday", "freitag", "vendredi", "viernes", "venerdi", "vrijdag", "sexta"},
        {"saturday", "samstag", "samedi", "sabado", "sabato", "zaterdag"},
    };
    return find(names, COUNT(names), word, len);
}

enum mail_date_unit mail_date_names_unit(const char *s, size_t len)
{
    static const struct {
        enum mail_date_unit unit;
        const char *sign;
    } units[] = {
        {MAIL_DATE_YEAR, "年"},
        {MAIL_DATE_YEAR, "년"},
        {MAIL_DATE_MONTH, "月"},
        {MAIL_DATE_MONTH, "월"},
        {MAIL_DATE_DAY, "日"},
        {MAIL_DATE_DAY, "일"},
        {MAIL_DATE_HOUR, "時"},
        {MAIL_DATE_HOUR, "时"},
        {MAIL_DATE_HOUR, "시"},
        {MAIL_DATE_MINUTE, "分"},
        {MAIL_DATE_MINUTE, "분"},
        {MAIL_DATE_SECOND, "秒"},
        {MAIL_DATE_SECOND, "초"},
    };
    for (size_t i = 0; len >= MAIL_DATE_UNIT_OCTETS && i < COUNT(units); i++)
        if (!memcmp(s, units[i].sign, MAIL_DATE_UNIT_OCTETS))
            return units[i].unit;
    return MAIL_DATE_NO_UNIT;
}

/* There is no blank between words of these languages. */
static bool has(const char *word, size_t len, const char *what)
{
    size_t n = strlen(what);
    for (size_t i = 0; i + n <= len; i++)
        if (!memcmp(word + i, what, n))
            return true;
    return false;
}

int mail_date_names_era(const char *word, size_t len)
{
    static const struct {
        char letter;
        const char *name;
        int before;
    } eras[] = {{'R', "令和", 2018}, {'H', "平成", 1988}, {'S', "昭和", 1925}};
    for (size_t i = 0; i < COUNT(eras); i++)
        if ((len == 1 && *word == eras[i].letter) || has(word, len, eras[i].name))
            return eras[i].before;
    return 0;
}

bool mail_date_names_first_year(const char *word, size_t len)
{
    return has(word, len, "元年");
}

int mail_date_names_half(const char *word, size_t len)
{
    if (has(word, len, "午前") || has(word, len, "上午") || has(word, len, "오전"))
        return 1;
    return has(word, len, "午後") || has(word, len, "下午") || has(word, len, "오후") ? 2 : 0;
}
