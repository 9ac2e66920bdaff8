#include "accounts_fold.h"

#include "text.h"
#include <string.h>

/* U+FF66 to U+FF9D, the half-width katakana, as full-width ones. */
static const char half_kana[][4] = {"ヲ", "ァ", "ィ", "ゥ", "ェ", "ォ", "ャ", "ュ", "ョ", "ッ", "ー", "ア",
    "イ", "ウ", "エ", "オ", "カ", "キ", "ク", "ケ", "コ", "サ", "シ", "ス", "セ", "ソ", "タ", "チ", "ツ",
    "テ", "ト", "ナ", "ニ", "ヌ", "ネ", "ノ", "ハ", "ヒ", "フ", "ヘ", "ホ", "マ", "ミ", "ム", "メ", "モ",
    "ヤ", "ユ", "ヨ", "ラ", "リ", "ル", "レ", "ロ", "ワ", "ン"};

#define HALF_KANA_FIRST 0xff66u
#define HALF_VOICED     0xff9eu
#define HALF_HALFVOICED 0xff9fu
#define FULL_ASCII      0xff01u /* to 0xff5e */
#define LONG_VOWEL      0x30fcu
#define HIRAGANA_NO     0x306eu
#define KA              0x30abu
#define HO              0x30dbu

/* Also those that nobody sees: they come along when an address is copied from a web page. */
static bool is_blank(unsigned c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xa0 || c == 0x3000 ||
           (c >= 0x200b && c <= 0x200f) || c == 0x2060 || c == 0xfeff;
}

static unsigned unwiden(unsigned c)
{
    if (c >= FULL_ASCII && c < FULL_ASCII + 94)
        c = c - FULL_ASCII + '!';
    if (c >= HALF_KANA_FIRST && c < HALF_KANA_FIRST + sizeof half_kana / sizeof *half_kana)
        c = text_utf8_code(half_kana[c - HALF_KANA_FIRST], 3);
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool makes_no_difference(unsigned c)
{
    return is_blank(c) || c == LONG_VOWEL || c == HIRAGANA_NO ||
           (c < 0x80 && c && strchr("_-.:/()*", (int)c));
}

static size_t put(char *dst, unsigned c)
{
    if (c < 0x80) {
        *dst = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        dst[i] = (char)(0x80 | (c & 0x3f));
    dst[0] = (char)(c | (n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0));
    return n;
}

/* The voicing mark that stands alone in half-width text, put upon the kana before it: カ and ﾞ are ガ, ハ and
 * ﾟ are パ, and so they stand in a row. */
static bool voice(unsigned mark, char *dst, size_t len)
{
    if ((mark != HALF_VOICED && mark != HALF_HALFVOICED) || len < 3 || text_utf8_len(dst + len - 3, 3) != 3)
        return false;
    unsigned kana = text_utf8_code(dst + len - 3, 3);
    if (kana < KA || kana > HO)
        return false;
    put(dst + len - 3, kana + mark - HALF_VOICED + 1);
    return true;
}

char *accounts_fold(char dst[ACCOUNTS_FOLD_MAX], const char *text)
{
    size_t out = 0, len = strlen(text);
    for (size_t n; len; text += n, len -= n) {
        n = text_utf8_len(text, len);
        if (!n || out + 4 >= ACCOUNTS_FOLD_MAX) {
            out = 0;
            break;
        }
        unsigned c = unwiden(text_utf8_code(text, n));
        if (!makes_no_difference(c) && !voice(c, dst, out))
            out += put(dst + out, c);
    }
    dst[out] = '\0';
    return dst;
}

bool accounts_fold_is_one(const char *folded, const char *const *words)
{
    char word[ACCOUNTS_FOLD_MAX];
    for (; *words; words++)
        if (!strcmp(folded, accounts_fold(word, *words)))
            return true;
    return false;
}

/* The blank at s: its octets; 0: it is none. */
static size_t blank_len(const char *s, size_t len)
{
    size_t n = text_utf8_len(s, len);
    return n && is_blank(text_utf8_code(s, n)) ? n : 0;
}

char *accounts_fold_trim(char *text)
{
    size_t len = strlen(text), first = 0, n;
    while ((n = blank_len(text + first, len - first)))
        first += n;
    for (n = 1; n <= 3 && n <= len - first;) {
        bool blank = blank_len(text + len - n, n) == n;
        len -= blank ? n : 0;
        n = blank ? 1 : n + 1;
    }
    memmove(text, text + first, len - first);
    explicit_bzero(text + len - first, strlen(text + len - first));
    return text;
}
