#include "check.h"
#include "clock.h"
#include "mail_date.h"
#include "split.h"

#define NO_DATE                                                                                              \
    {                                                                                                        \
        0                                                                                                    \
    }
#define AT(...)                                                                                              \
    {                                                                                                        \
        __VA_ARGS__                                                                                          \
    }
#define ROW_COUNT(a) (sizeof(a) / sizeof *(a))

struct row {
    const char *value;
    int utc[6]; /* all 0: no date */
};

static int64_t expected(const struct row *r)
{
    const int *u = r->utc;
    return u[0] ? clock_from_utc(u[0], u[1], u[2], u[3], u[4], u[5]) : MAIL_NO_DATE;
}

static const struct row dates[] = {
    /* RFC 5322 */
    {"Fri, 21 Nov 1997 09:55:06 -0600", AT(1997, 11, 21, 15, 55, 6)},
    {"21 Nov 1997 09:55:06 +0000", AT(1997, 11, 21, 9, 55, 6)},
    {"Thu, 13 Feb 1969 23:32 -0330", AT(1969, 2, 14, 3, 2, 0)},
    {"Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland "
     "Time)",
        AT(1969, 2, 14, 3, 2, 0)},
    {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", AT(1997, 11, 21, 15, 55, 6)},
    {"(a (nested \\) one)) Mon, 1 Jan 2024 00:00:00 +0900 (JST)", AT(2023, 12, 31, 15, 0, 0)},
    {"Wed, 9 Nov 2011 18:14:52 +0100 (Westeurop\xe4ische Normalzeit)", AT(2011, 11, 9, 17, 14, 52)},
    {"Mon, 1 Jan 2024 10:00:00 +0000 (never closed", AT(2024, 1, 1, 10, 0, 0)},
    {"Sat, 30 Jun 2012 23:59:60 +0000", AT(2012, 7, 1, 0, 0, 0)},
    {"mon, 1 JAN 2024 10:00:00 gmt", AT(2024, 1, 1, 10, 0, 0)},
    {"Tue, 029 Apr 2019 23:34:45 -0800 (PST)", AT(2019, 4, 30, 7, 34, 45)},
    {"Mon,1 Jan 2024 10:00:00+0900", AT(2024, 1, 1, 1, 0, 0)},
    {"1Jan2024 10:00:00 +0900", AT(2024, 1, 1, 1, 0, 0)},
    /* years */
    {"25 Apr 95 15:09:13 GMT", AT(1995, 4, 25, 15, 9, 13)},
    {"29 Jul 01 11:30:41 PM", AT(2001, 7, 29, 23, 30, 41)},
    {"Fri, 31 Dec 49 00:00:00 +0000", AT(2049, 12, 31, 0, 0, 0)},
    {"Fri, 31 Dec 50 00:00:00 +0000", AT(1950, 12, 31, 0, 0, 0)},
    {"Mon,  2 Apr 101 04:20:10 CST", AT(2001, 4, 2, 10, 20, 10)},
    {"Tue, 04 Jun 0102 21:41:59 +1000", AT(2002, 6, 4, 11, 41, 59)},
    {"Wed, 04 Oct 2028 12:05:01 -0400", AT(2028, 10, 4, 16, 5, 1)},
    {"Mon, 1 Jan 12024 10:00:00 +0000", NO_DATE},
    {"Mon, 1 Jan 99999999999999999999 10:00:00 +0000", NO_DATE},
    /* times */
    {"Thursday, April 09, 2003 9:00 AM", AT(2003, 4, 9, 9, 0, 0)},
    {"31 May 02 1:28:53 PM", AT(2002, 5, 31, 13, 28, 53)},
    {"31 May 02 12:05:00 AM", AT(2002, 5, 31, 0, 5, 0)},
    {"31 May 02 12:05:00PM -0500", AT(2002, 5, 31, 17, 5, 0)},
    {"Mon, 27 May 2002 10:28:3 +0200", AT(2002, 5, 27, 8, 28, 3)},
    {"Tue, 17 Jul 2012 22:23:35.882 0000", AT(2012, 7, 17, 22, 23, 35)},
    {"Tue, 17 Jul 2012 22:23:35.882 +0200", AT(2012, 7, 17, 20, 23, 35)},
    {"Tue, 17 Jul 2012 22:23", AT(2012, 7, 17, 22, 23, 0)},
    {"23 Jul 2024", AT(2024, 7, 23, 0, 0, 0)},
    {"Tue, 17 Jul 2012 25:00:00 +0000", NO_DATE},
    {"Tue, 17 Jul 2012 24:00:00 +0000", AT(2012, 7, 18, 0, 0, 0)},
    {"Tue, 17 Jul 2012 10:61:00 +0000", NO_DATE},
    {"Tue, 17 Jul 2012 10:00:99999999999 +0000", NO_DATE},
    /* zones */
    {"Thu, 18 Jun 92 20:03:47 JST", AT(1992, 6, 18, 11, 3, 47)},
    {"Thu, 18 Jun 92 20:03:47 jst", AT(1992, 6, 18, 11, 3, 47)},
    {"Thu, 18 Jun 92 20:03:47 JST+0900", AT(1992, 6, 18, 11, 3, 47)},
    {"Sat, 14 Sep 2002 02:29:32 CDT", AT(2002, 9, 14, 7, 29, 32)},
    {"Wed, 26 Apr 1995 07:50:09 EDT", AT(1995, 4, 26, 11, 50, 9)},
    {"Wed, 26 Apr 1995 07:50:09 PST", AT(1995, 4, 26, 15, 50, 9)},
    {"Wed, 26 Apr 1995 07:50:09 MEST", AT(1995, 4, 26, 5, 50, 9)},
    {"Wed, 26 Apr 1995 07:50:09 Z", AT(1995, 4, 26, 7, 50, 9)},
    {"Wed, 26 Apr 1995 07:50:09 Q", AT(1995, 4, 26, 7, 50, 9)},
    {"Wed, 26 Apr 1995 07:50:09 XYZ", AT(1995, 4, 26, 7, 50, 9)},
    {"Wed, 26 Apr 1995 07:50:09 GMT+0900", AT(1995, 4, 25, 22, 50, 9)},
    {"Wed, 26 Apr 1995 07:50:09 GMT+9", AT(1995, 4, 25, 22, 50, 9)},
    {"Wed, 26 Apr 1995 07:50:09 UTC -05:30", AT(1995, 4, 26, 13, 20, 9)},
    {"Sun, 29 Jul 2001 23:30:41 -400 (EDT)", AT(2001, 7, 30, 3, 30, 41)},
    {"Sun, 29 Jul 2001 23:30:41 +09", AT(2001, 7, 29, 14, 30, 41)},
    {"Sun, 29 Jul 2001 23:30:41 0900", AT(2001, 7, 29, 14, 30, 41)},
    {"Thu, 18 Jul 2002 14:57:14 +-0800", AT(2002, 7, 18, 22, 57, 14)},
    {"Thu, 18 Jul 2002 14:57:14\r\n\t+-0800SpamAssassin put in 5 -1 points", AT(2002, 7, 18, 22, 57, 14)},
    {"Wed, 05 Aug 2020 04:01:50 -1900", AT(2020, 8, 5, 4, 1, 50)},
    {"Wed, 24 Jul 2002 19:47:46 -1600", AT(2002, 7, 24, 19, 47, 46)},
    {"Wed, 24 Jul 2002 19:47:46 +0190", AT(2002, 7, 24, 19, 47, 46)},
    {"Wed, 24 Jul 2002 19:47:46 +999999999", AT(2002, 7, 24, 19, 47, 46)},
    {"Wed, 24 Jul 2002 19:47:46 +1400", AT(2002, 7, 24, 5, 47, 46)},
    {"Tue, 03 Dec 2002 08:14:54 SpamAssassin", AT(2002, 12, 3, 8, 14, 54)},
    /* ctime */
    {"Thu Dec  4 16:00:00 2008 -0800", AT(2008, 12, 5, 0, 0, 0)},
    {"Thu Dec 4 16:00:00 -0800 2008", AT(2008, 12, 5, 0, 0, 0)},
    {"Thu Dec 4 16:00:00 PST 2008", AT(2008, 12, 5, 0, 0, 0)},
    {"Wed Dec 18 19:59:02 2002", AT(2002, 12, 18, 19, 59, 2)},
    /* numbers */
    {"2002/09/14 Sat 13:06:03 GMT", AT(2002, 9, 14, 13, 6, 3)},
    {"2002/09/14 Sat 02:29:32 CDT", AT(2002, 9, 14, 7, 29, 32)},
    {"2007-11-09 18:37:09", AT(2007, 11, 9, 18, 37, 9)},
    {"2007-11-09T18:37:09Z", AT(2007, 11, 9, 18, 37, 9)},
    {"2007-11-09T18:37:09.123+09:00", AT(2007, 11, 9, 9, 37, 9)},
    {"2007-11-09T18:37:09-05", AT(2007, 11, 9, 23, 37, 9)},
    {"23-07-2024", AT(2024, 7, 23, 0, 0, 0)},
    {"23-07-2024 10:11:12 +0900", AT(2024, 7, 23, 1, 11, 12)},
    {"07/23/2024 10:11:12", AT(2024, 7, 23, 10, 11, 12)},
    {"04/09/2003 10:11:12", NO_DATE}, /* April or September */
    {"23/07/24 10:11:12", NO_DATE},   /* 2024 or 2023 */
    {"04.09.2003 10:11:12", AT(2003, 9, 4, 10, 11, 12)},
    {"23-Jul-2024 10:11:12 +0900", AT(2024, 7, 23, 1, 11, 12)},
    {"10:11:12 23-Jul-2024 +0900", AT(2024, 7, 23, 1, 11, 12)},
    {"2024-13-01 10:00:00", NO_DATE},
    /* months */
    {"Fri, 14 Sept 2012 10:00:00 +0000", AT(2012, 9, 14, 10, 0, 0)},
    {"14 September 2012 10:00:00 +0000", AT(2012, 9, 14, 10, 0, 0)},
    {"29 Feb 2024 10:00:00 +0000", AT(2024, 2, 29, 10, 0, 0)},
    {"29 Feb 2000 10:00:00 +0000", AT(2000, 2, 29, 10, 0, 0)},
    {"29 Feb 1900 10:00:00 +0000", NO_DATE},
    {"31 Apr 2024 10:00:00 +0000", NO_DATE},
    /* three numbers: every reading but one must be impossible, or on another weekday than the one said */
    {"03/04/2008", NO_DATE},
    {"03-04-2008 10:00:00 +0900", NO_DATE},
    {"Thu, 03/04/2008 10:00:00", AT(2008, 4, 3, 10, 0, 0)},
    {"Tue, 03/04/2008 10:00:00", AT(2008, 3, 4, 10, 0, 0)},
    {"Sat, 03/04/2008 10:00:00", NO_DATE},
    {"03/04/2008 10:00:00 +0900 Thu", AT(2008, 4, 3, 1, 0, 0)},
    {"mar, 03/04/2003 10:11:12", AT(2003, 3, 4, 10, 11, 12)},
    {"gioved\xc3\xac 03/04/2008", AT(2008, 4, 3, 0, 0, 0)},
    {"04/04/2008", AT(2008, 4, 4, 0, 0, 0)},
    {"Sun, 13/04/2008", AT(2008, 4, 13, 0, 0, 0)},
    {"Mon, 13/04/2008", AT(2008, 4, 13, 0, 0, 0)}, /* weekdays are often wrong */
    {"31/12/99 23:59", AT(1999, 12, 31, 23, 59, 0)},
    {"99/12/31 23:59", AT(1999, 12, 31, 23, 59, 0)},
    {"08/1/3", AT(2008, 1, 3, 0, 0, 0)},
    {"1/2/08", NO_DATE},
    {"Tue 23/07/24 10:11:12", AT(2024, 7, 23, 10, 11, 12)},
    {"Mon 23/07/24 10:11:12", AT(2023, 7, 24, 10, 11, 12)},
    {"04.09.2003 10.11", AT(2003, 9, 4, 10, 11, 0)},
    {"23.12.99 10:00", AT(1999, 12, 23, 10, 0, 0)},
    {"08.01.14 10:00", NO_DATE},
    {"2008.1.14 10:00", AT(2008, 1, 14, 10, 0, 0)},
    {"14 01 2008 10:00", NO_DATE},
    {"3 PM April 9 2003", AT(2003, 4, 9, 15, 0, 0)},
    {"5 3 April 2003 10:00", NO_DATE},
    {"\xe2\x80\x8e"
     "14\xe2\x80\x8e/01\xe2\x80\x8e/2008 10:00",
        AT(2008, 1, 14, 10, 0, 0)},
    /* names in other languages */
    {"Mo, 29 M\xc3\xa4r 2007 21:13:00 +0100", AT(2007, 3, 29, 20, 13, 0)},
    {"Mo, 29 M\xe4r 2007 21:13:00 +0100", AT(2007, 3, 29, 20, 13, 0)},
    {"Mo, 29 M\xe4rz\xa0"
     "2007 21:13:00 +0100",
        AT(2007, 3, 29, 20, 13, 0)},
    {"Mo, 29 Ma\xcc\x88rz 2007 21:13:00 +0100", AT(2007, 3, 29, 20, 13, 0)},
    {"DI, 21. DEZ. 2010 12.34.56", AT(2010, 12, 21, 12, 34, 56)},
    {"den 3. M\xc3\xa4rz 2009 um 12.34 Uhr", AT(2009, 3, 3, 12, 34, 0)},
    {"Dienstag, 3. Maerz 2009 12:34 Uhr +0100", AT(2009, 3, 3, 11, 34, 0)},
    {"1. J\xc3\xa4nner 2009 08:00 MEZ", AT(2009, 1, 1, 7, 0, 0)},
    {"1er janvier 2009 10:11:12 +0100", AT(2009, 1, 1, 9, 11, 12)},
    {"jeu., 1er ao\xc3\xbbt 2013 12:34:56 +0200", AT(2013, 8, 1, 10, 34, 56)},
    {"Mer., 24 D\xc3\x89"
     "C. 2014 23:59:59 +0100",
        AT(2014, 12, 24, 22, 59, 59)},
    {"le 3 f\xc3\xa9vrier 2009 \xc3\xa0 12h34", AT(2009, 2, 3, 12, 34, 0)},
    {"3 f\xc3\xa9vr. 2009 12 h 34", AT(2009, 2, 3, 12, 34, 0)},
    {"23-juil.-2024 10:11:12 +0200", AT(2024, 7, 23, 8, 11, 12)},
    {"3 jui 2012 10:00", NO_DATE}, /* juin or juillet */
    {"mar, 21 nov 2023 10:11:12 +0100", AT(2023, 11, 21, 9, 11, 12)},
    {"mar. 21 mars 2023 10:11:12 +0100", AT(2023, 3, 21, 9, 11, 12)},
    {"mar 10 mar 2009 10:00", AT(2009, 3, 10, 10, 0, 0)},
    {"21 mar 2023 10:11:12 +0100", AT(2023, 3, 21, 9, 11, 12)},
    {"mar 21 10:11:12 2023", AT(2023, 3, 21, 10, 11, 12)},
    {"MAR 14/03/2023 10:11", AT(2023, 3, 14, 10, 11, 0)},
    {"Tue Mar 21 10:11:12 2023 -0000", AT(2023, 3, 21, 10, 11, 12)},
    {"mar 21 2023 10:11:12 nov", AT(2023, 11, 21, 10, 11, 12)},
    {"4 Mar 2001 13:19:00 -0700,Wed, 4 Apr 2001 14:19:00 -0700", AT(2001, 3, 4, 20, 19, 0)},
    {"martes, 21 de noviembre de 2023 12.34.56 +0100", AT(2023, 11, 21, 11, 34, 56)},
    {"3 ene 2009 3:04:05 p. m.", AT(2009, 1, 3, 15, 4, 5)},
    {"3 ene. 2009 12:04 a.m.", AT(2009, 1, 3, 0, 4, 0)},
    {"3 abr 2009 10:00", AT(2009, 4, 3, 10, 0, 0)},
    {"3 sept. 2009 10:00", AT(2009, 9, 3, 10, 0, 0)},
    {"mercoled\xc3\xac 3 gennaio 2018 12.34", AT(2018, 1, 3, 12, 34, 0)},
    {"3 gen 2009 9.05", AT(2009, 1, 3, 9, 5, 0)},
    {"3 mag 2009 9.05", AT(2009, 5, 3, 9, 5, 0)},
    {"3 lug 2009 9.05", AT(2009, 7, 3, 9, 5, 0)},
    {"3 ago 2009 9.05", AT(2009, 8, 3, 9, 5, 0)},
    {"3 set 2009 9.05", AT(2009, 9, 3, 9, 5, 0)},
    {"3 ott 2009 9.05", AT(2009, 10, 3, 9, 5, 0)},
    {"3 dic 2009 9.05", AT(2009, 12, 3, 9, 5, 0)},
    {"ma, 14 mrt 2011 08:00:01 +0100", AT(2011, 3, 14, 7, 0, 1)},
    {"maa 14 nov 2011 08:00", AT(2011, 11, 14, 8, 0, 0)},
    {"do 5 mei 2005 08:00:01 +0200", AT(2005, 5, 5, 6, 0, 1)},
    {"ter\xc3\xa7"
     "a-feira, 14 de mar\xc3\xa7o de 2008 12:34:56 -0300",
        AT(2008, 3, 14, 15, 34, 56)},
    {"3 fev 2009 12:34 BRT", AT(2009, 2, 3, 15, 34, 0)},
    {"3 out 2009 \xc3\xa0s 12h34", AT(2009, 10, 3, 12, 34, 0)},
    {"3 dez 2009 12:34", AT(2009, 12, 3, 12, 34, 0)},
    {"3 \xd0\xbc\xd0\xb0\xd1\x80\xd1\x82\xd0\xb0 2009 12:34", NO_DATE},
    /* dots in times */
    {"12.34.56 21 Nov 2023", AT(2023, 11, 21, 12, 34, 56)},
    {"10.05.23 21 Nov 2023", AT(2023, 11, 21, 10, 5, 23)},
    {"21 nov 10.05.23 2023 +0100", AT(2023, 11, 21, 9, 5, 23)},
    {"21 Nov 2023 10.20.30.40", AT(2023, 11, 21, 0, 0, 0)},
    {"21 Nov 2023 10:20.30", AT(2023, 11, 21, 10, 20, 30)},
    {"2023.11.21 10.20", AT(2023, 11, 21, 10, 20, 0)},
    /* halves of the day */
    {"April 9, 2003 9:00\xe2\x80\xaf"
     "PM",
        AT(2003, 4, 9, 21, 0, 0)},
    {"9 Apr 2003 PM 9:00", AT(2003, 4, 9, 21, 0, 0)},
    {"PM 12:30 9 Apr 2003", AT(2003, 4, 9, 12, 30, 0)},
    {"9 Apr 2003 21:00 PM", AT(2003, 4, 9, 21, 0, 0)},
    {"am 3. M\xc3\xa4rz 2009 12:34", AT(2009, 3, 3, 12, 34, 0)},
    {"9 Apr 2003 3pm", AT(2003, 4, 9, 15, 0, 0)},
    /* Japan, China, Korea */
    {"2007\xe5\xb9\xb4"
     "3\xe6\x9c\x88"
     "29\xe6\x97\xa5 21:13",
        AT(2007, 3, 29, 21, 13, 0)},
    {"2008年1月14日(月) 午後3時04分05秒 +0900", AT(2008, 1, 14, 6, 4, 5)},
    {"2008年1月14日 月曜日午後3時04分", AT(2008, 1, 14, 15, 4, 0)},
    {"2008年1月14日 午前0:05", AT(2008, 1, 14, 0, 5, 0)},
    {"2008年1月14日 午後 12:34:56 JST", AT(2008, 1, 14, 3, 34, 56)},
    {"2008 年 1 月 14 日 12:34", AT(2008, 1, 14, 12, 34, 0)},
    {"2008年1月14日 １２：３４：５６", AT(2008, 1, 14, 12, 34, 56)},
    {"２００８年１月１４日　１２：３４：５６　＋０９００", AT(2008, 1, 14, 3, 34, 56)},
    {"２００８／０１／１４（月）１２：３４", AT(2008, 1, 14, 12, 34, 0)},
    {"08年1月14日 12:34", AT(2008, 1, 14, 12, 34, 0)},
    {"平成20年1月14日 10:00:00 +0900", AT(2008, 1, 14, 1, 0, 0)},
    {"平成元年1月8日 10:00", AT(1989, 1, 8, 10, 0, 0)},
    {"令和6年7月24日", AT(2024, 7, 24, 0, 0, 0)},
    {"昭和63年12月1日", AT(1988, 12, 1, 0, 0, 0)},
    {"令和元年5月1日 10:00", AT(2019, 5, 1, 10, 0, 0)},
    {"H20.1.14 10:00", AT(2008, 1, 14, 10, 0, 0)},
    {"R6/7/24 10:00", AT(2024, 7, 24, 10, 0, 0)},
    {"S63.12.1", AT(1988, 12, 1, 0, 0, 0)},
    {"平成二十年一月十四日", NO_DATE},
    {"2008年13月14日", NO_DATE},
    {"1月14日 12:34", NO_DATE},
    {"2008年1月14日 下午3:04", AT(2008, 1, 14, 15, 4, 0)},
    {"2008년 1월 14일 오후 3:04:05", AT(2008, 1, 14, 15, 4, 5)},
    /* encoded words, and octets that should have been some */
    {"=?UTF-8?B?MjAwOOW5tDHmnIgxNOaXpQ==?=", AT(2008, 1, 14, 0, 0, 0)},
    {"=?UTF-8?B?MjAwOOW5tDHmnIg=?= =?UTF-8?B?MTTml6U=?=", AT(2008, 1, 14, 0, 0, 0)},
    {"=?ISO-8859-1?Q?Mo=2C_29_M=E4r_2007_21:13:00_+0100?=", AT(2007, 3, 29, 20, 13, 0)},
    {"=?us-ascii?Q?Mon=2C_1_Jan_2024_10=3A00=3A00_+0900?=", AT(2024, 1, 1, 1, 0, 0)},
    {"=?iso-2022-jp?B?MjAwOBskQkcvGyhCMRskQjduGyhCMTQbJEJGfBsoQiAxMjozNDo1Ng==?=",
        AT(2008, 1, 14, 12, 34, 56)},
    {"Mon, 1 Jan 2024 10:00:00 +0900 (=?ISO-2022-JP?B?GyRCRWw1fhsoQg==?=)", AT(2024, 1, 1, 1, 0, 0)},
    {"2008\x1b$BG/\x1b(B1\x1b$B7n\x1b(B14\x1b$BF|\x1b(B 12:34", AT(2008, 1, 14, 12, 34, 0)},
    {"2008\x94N"
     "1\x8c\x8e"
     "14\x93\xfa 12:34:56",
        AT(2008, 1, 14, 12, 34, 56)},
    {"=?x-unknown?B?AAAA?=", NO_DATE},
    {"=?UTF-8?B?", NO_DATE},
    /* glued, or no date */
    {"Wed, 4 Apr 2001 13:19:00 -0700 (PDT),Wed, 4 Apr 2001 14:19:00 -0700", AT(2001, 4, 4, 20, 19, 0)},
    {"Mon, 11 May 2005 17:52:54 dR", AT(2005, 5, 11, 17, 52, 54)},
    {"Mon, 11 May 2005 \x01 17:52:54 +0000", AT(2005, 5, 11, 17, 52, 54)},
    {"Pn, 29 paX 2007 21:13:00 +0100", NO_DATE},
    {"Whenever", NO_DATE},
    {"TBD", NO_DATE},
    {"Malformed Date.", NO_DATE},
    {"", NO_DATE},
    {"   ", NO_DATE},
    {"(", NO_DATE},
    {"12:00:00", NO_DATE},
    {"1.2.3", NO_DATE},
    {"-", NO_DATE},
    {"+0900", NO_DATE},
};

static void test_dates(void)
{
    for (size_t i = 0; i < ROW_COUNT(dates); i++) {
        CHECK_LABEL("%s", dates[i].value);
        CHECK_INT(mail_date_parse(dates[i].value, strlen(dates[i].value)), expected(&dates[i]));
    }
}

static const struct row received[] = {
    {"from a by b; Tue, 11 Jun 2024 18:02:00 +0900", AT(2024, 6, 11, 9, 2, 0)},
    {"from a (HELO x; y) by b with ESMTP id 1;\r\n\tTue, 11 Jun 2024 18:02:00 +0900 (JST)",
        AT(2024, 6, 11, 9, 2, 0)},
    {"from \"a;b\" by c; Tue, 11 Jun 2024 18:02:00 +0900", AT(2024, 6, 11, 9, 2, 0)},
    {"from a by b; Mon, 1 Jan 2001 00:00:00 +0000; Tue, 11 Jun 2024 18:02:00 +0900",
        AT(2024, 6, 11, 9, 2, 0)},
    {"from a (never closed by b; Tue, 11 Jun 2024 18:02:00 +0900", AT(2024, 6, 11, 9, 2, 0)},
    {"from \"never closed by b; Tue, 11 Jun 2024 18:02:00 +0900", AT(2024, 6, 11, 9, 2, 0)},
    {"from a by b;Sun, 29 Jul 2001 23:30:41\r\n    -400 (EDT)", AT(2001, 7, 30, 3, 30, 41)},
    {"from a by b; Tue, 11 Jun 2024 18:02:00 +0900 (a comment; with one)", AT(2024, 6, 11, 9, 2, 0)},
    {"from a by b at Tue, 11 Jun 2024 18:02:00 +0900", NO_DATE},
    {"from a by b;", NO_DATE},
    {"", NO_DATE},
};

static void test_received(void)
{
    for (size_t i = 0; i < ROW_COUNT(received); i++) {
        CHECK_LABEL("%s", received[i].value);
        CHECK_INT(mail_date_received(received[i].value, strlen(received[i].value)), expected(&received[i]));
    }
}

/* The same values as fields of a message, at every split point. */
static void test_in_messages(void)
{
    for (size_t i = 0; i < ROW_COUNT(dates); i++) {
        char message[1024];
        CHECK_LABEL("message: %s", dates[i].value);
        int n = snprintf(message, sizeof message, "Date: %s\r\n\r\n", dates[i].value);
        struct mail_facts f = split_scan_whole(message, (size_t)n);
        CHECK_INT(f.date_s, expected(&dates[i]));
        mail_facts_done(&f);
        split_check_all(message, (size_t)n);
    }
    for (size_t i = 0; i < ROW_COUNT(received); i++) {
        char message[1024];
        CHECK_LABEL("message: %s", received[i].value);
        int n = snprintf(message, sizeof message,
            "Received: %s\r\nReceived: x; 1 Jan 1999 00:00:00 GMT\r\n\r\n", received[i].value);
        struct mail_facts f = split_scan_whole(message, (size_t)n);
        CHECK_INT(f.received_s, expected(&received[i]));
        mail_facts_done(&f);
        split_check_all(message, (size_t)n);
    }
}

/* The first Date that can be read counts, and the first one of all is what the message is known by. */
static void test_several(void)
{
    static const struct row rows[] = {
        {"Date:\r\nDate: 1 Jan 2024 10:00:00 GMT\r\n", AT(2024, 1, 1, 10, 0, 0)},
        {"Date: \r\nSubject: x\r\nDate: Whenever\r\nDATE: 1 Jan\r\n 2024 10:00:00 GMT\r\n",
            AT(2024, 1, 1, 10, 0, 0)},
        {"Date: 03/04/2008\r\nDate: 1 Jan 2024 10:00:00 GMT\r\n", AT(2024, 1, 1, 10, 0, 0)},
        {"Date: 2 Jan 2024 10:00:00 GMT\r\nDate: 1 Jan 2024 10:00:00 GMT\r\n", AT(2024, 1, 2, 10, 0, 0)},
        {"Date:\r\nDate: 1 Jan 2024 10:00:00 GMT\r\nDate: 2 Jan 2024 10:00:00 GMT\r\n",
            AT(2024, 1, 1, 10, 0, 0)},
        {"Date:\r\nX-Date: 1 Jan 2024 10:00:00 GMT\r\n", NO_DATE},
    };
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        char message[1024];
        CHECK_LABEL("%s", rows[i].value);
        int n = snprintf(message, sizeof message, "%s\r\n", rows[i].value);
        struct mail_facts f = split_scan_whole(message, (size_t)n);
        CHECK_INT(f.date_s, expected(&rows[i]));
        mail_facts_done(&f);
        split_check_all(message, (size_t)n);
    }
}

/* What a message is known by does not go by which of its dates could be read. */
static void test_known_by_first(void)
{
    static const char one[] = "Date:\r\nSubject: x\r\n\r\n";
    static const char two[] = "Date:\r\nSubject: x\r\nDate: 1 Jan 2024 10:00:00 GMT\r\n\r\n";
    struct mail_facts a = split_scan_whole(one, sizeof one - 1), b = split_scan_whole(two, sizeof two - 1);
    CHECK(!memcmp(a.core, b.core, sizeof a.core));
    CHECK_INT(a.date_s, MAIL_NO_DATE);
    CHECK_INT(b.date_s, clock_from_utc(2024, 1, 1, 10, 0, 0));
    mail_facts_done(&a);
    mail_facts_done(&b);
}

static void test_internal(void)
{
    const int64_t now = 1790000000, day = 86400, first = 347155200;
    static const struct {
        const char *label;
        int64_t received_s, date_s;
        enum mail_date_source source;
        int64_t stored_s;
    } rows[] = {
        {"both", 1700000000, 1600000000, MAIL_DATE_RECEIVED, 0},
        {"no Received", MAIL_NO_DATE, 1600000000, MAIL_DATE_DATE, 0},
        {"none", MAIL_NO_DATE, MAIL_NO_DATE, MAIL_DATE_NOW, 0},
        {"Received in the future", 1790000000 + 86401, 1600000000, MAIL_DATE_DATE, 0},
        {"Received tomorrow", 1790000000 + 86400, 1600000000, MAIL_DATE_RECEIVED, 0},
        {"Received before mail was", 347155199, 347155200, MAIL_DATE_DATE, 0},
        {"both before", 347155199, 0, MAIL_DATE_NOW, 0},
        {"first day", 347155200, 0, MAIL_DATE_RECEIVED, 0},
        {"far future", INT64_MAX, INT64_MAX, MAIL_DATE_NOW, 0},
        {"received by the source", MAIL_NO_DATE, 1600000000, MAIL_DATE_STORE, 1650000000},
        {"and on the way", 1700000000, 1600000000, MAIL_DATE_RECEIVED, 1650000000},
        {"by the source alone", MAIL_NO_DATE, MAIL_NO_DATE, MAIL_DATE_STORE, 1650000000},
        {"by the source before mail was", MAIL_NO_DATE, 1600000000, MAIL_DATE_DATE, 1},
    };
    CHECK_INT(clock_from_utc(1981, 1, 1, 0, 0, 0), first);
    CHECK_INT(day, 86400);
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        struct mail_facts f = {
            .received_s = rows[i].received_s, .date_s = rows[i].date_s, .stored_s = rows[i].stored_s};
        enum mail_date_source source;
        CHECK_LABEL("%s", rows[i].label);
        int64_t got = mail_date_internal(&f, now, &source);
        CHECK_INT(source, rows[i].source);
        CHECK_INT(got, source == MAIL_DATE_RECEIVED ? f.received_s
                       : source == MAIL_DATE_STORE  ? f.stored_s
                       : source == MAIL_DATE_DATE   ? f.date_s
                                                    : now);
    }
    CHECK_STR(mail_date_source_name(MAIL_DATE_RECEIVED), "received");
    CHECK_STR(mail_date_source_name(MAIL_DATE_DATE), "date");
    CHECK_STR(mail_date_source_name(MAIL_DATE_STORE), "store");
    CHECK_STR(mail_date_source_name(MAIL_DATE_NOW), "now");
}

int main(void)
{
    static const struct check_test tests[] = {
        {"dates", test_dates},
        {"Received", test_received},
        {"in messages, every split", test_in_messages},
        {"several in a message", test_several},
        {"known by the first", test_known_by_first},
        {"internal date", test_internal},
    };
    return check_main("mail_date", tests, ROW_COUNT(tests));
}
