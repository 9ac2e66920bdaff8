#include "mkmail_text.h"

#include "clock.h"
#include <iconv.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t mkmail_rng_next(struct mkmail_rng *r)
{
    uint64_t z = (r->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t mkmail_rng_below(struct mkmail_rng *r, uint32_t n)
{
    return (uint32_t)(((mkmail_rng_next(r) >> 32) * n) >> 32);
}

double mkmail_rng_gauss(struct mkmail_rng *r)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += (double)(mkmail_rng_next(r) >> 11) / (double)(1ull << 53);
    return sum;
}

static const char *const sentences[] = {
    "いつもお世話になっております。",
    "先日の会議の議事録をお送りします。",
    "見積書の件、ご確認のほどよろしくお願いいたします。",
    "来週の打ち合わせは第二会議室に変更となりました。",
    "請求書を添付いたしますのでご査収ください。",
    "新しいメールサーバーへの移行について",
    "お忙しいところ恐れ入ります。",
    "ソフトウェアの更新手順は別紙のとおりです。",
    "京都支店の田中様より電話がありました。",
    "納期は三月末日を予定しております。",
    "ご不明な点がございましたらお知らせください。",
    "今年もどうぞよろしくお願い申し上げます。",
    "表示できない文字（機種依存文字）にご注意ください。",
    "能力向上セミナーのご案内",
    "十分な予算を申請する必要があります。",
    "以上、取り急ぎご連絡まで。",
};

static const char *const odd_sentences[] = {
    "ﾊﾝｶｸｶﾅ ﾃｽﾄ ﾃﾞｽ。",
    "①見積 ②発注 ③納品 ㈱京都商事",
    "髙島様と﨑山様のご予定",
    "ﾃﾞｰﾀﾍﾞｰｽ移行 №5 ℡075",
};

const char *mkmail_text_sentence(struct mkmail_rng *r)
{
    return sentences[mkmail_rng_below(r, sizeof sentences / sizeof *sentences)];
}

const char *mkmail_text_odd_sentence(struct mkmail_rng *r)
{
    return odd_sentences[mkmail_rng_below(r, sizeof odd_sentences / sizeof *odd_sentences)];
}

/* One open converter for each charset: opening costs more than a line of text. */
static iconv_t converter(const char *charset)
{
    static struct {
        char name[32];
        iconv_t cd;
    } known[8];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!*known[i].name) {
            snprintf(known[i].name, sizeof known[i].name, "%s", charset);
            known[i].cd = iconv_open(charset, "UTF-8");
        }
        if (!strcmp(known[i].name, charset) && known[i].cd != (iconv_t)-1)
            return known[i].cd;
    }
    fprintf(stderr, "mkmail: iconv has no %s\n", charset);
    exit(EXIT_FAILURE);
}

void mkmail_text_encode(struct buf *out, const char *charset, const char *utf8)
{
    iconv_t cd = converter(charset);
    char *in = (char *)utf8;
    size_t in_left = strlen(utf8), cap = 4 * in_left + 32, out_left = cap;
    char *start = buf_reserve(out, cap), *dst = start;
    iconv(cd, NULL, NULL, NULL, NULL);
    if (iconv(cd, &in, &in_left, &dst, &out_left) == (size_t)-1 ||
        iconv(cd, NULL, NULL, &dst, &out_left) == (size_t)-1) {
        fprintf(stderr, "mkmail: not in %s: %s\n", charset, in);
        exit(EXIT_FAILURE);
    }
    buf_commit(out, cap - out_left);
}

static void one_word(struct buf *out, const char *charset, const char *utf8, size_t len)
{
    char part[64], encoded[256];
    struct buf bytes = {0};
    snprintf(part, sizeof part, "%.*s", (int)len, utf8);
    mkmail_text_encode(&bytes, charset, part);
    EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)buf_bytes(&bytes), (int)buf_len(&bytes));
    buf_printf(out, "=?%s?B?%s?=", charset, encoded);
    buf_done(&bytes);
}

static size_t utf8_prefix(const char *s, size_t max)
{
    size_t len = strlen(s);
    if (len <= max)
        return len;
    while (max && ((unsigned char)s[max] & 0xc0) == 0x80)
        max--;
    return max;
}

void mkmail_text_words(struct buf *out, const char *charset, const char *utf8)
{
    for (size_t n; *utf8; utf8 += n) {
        n = utf8_prefix(utf8, 30);
        one_word(out, charset, utf8, n);
        if (utf8[n])
            buf_append_str(out, "\r\n ");
    }
}

void mkmail_text_base64(struct buf *out, const void *data, size_t len)
{
    const unsigned char *p = data;
    while (len) {
        size_t n = len < 57 ? len : 57;
        char *line = buf_reserve(out, 80);
        int made = EVP_EncodeBlock((unsigned char *)line, p, (int)n);
        memcpy(line + made, "\r\n", 2);
        buf_commit(out, (size_t)made + 2);
        p += n;
        len -= n;
    }
}

void mkmail_text_date(struct buf *out, int64_t t, int offset_minutes)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct clock_utc u = clock_to_utc(t + offset_minutes * 60);
    int off = abs(offset_minutes);
    buf_printf(out, "%s, %02d %s %d %02d:%02d:%02d %c%02d%02d", days[u.weekday], u.day, months[u.month - 1],
        u.year, u.hour, u.minute, u.second, offset_minutes < 0 ? '-' : '+', off / 60, off % 60);
}
