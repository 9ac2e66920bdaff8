/* expected_screens.h - what test_board.c wants to see, row by row. */
#pragma once

/* clang-format off */

static const char english_80x24[] =
    "user020@example.jp          connecting\n"
    "営業部 山田太郎@example.jp  copying              12%       252/21,000  210 kB/s\n"
    "user022@example.jp          indexing             12%       264/22,000  220 kB/s\n"
    "user023@example.jp          copying              12%       276/23,000  230 kB/s\n"
    "user024@example.jp          connecting\n"
    "user025@example.jp          copying              12%       300/25,000  250 kB/s\n"
    "20 of 200 accounts ended, 6 at work, 1 paused until 20:30\n"
    "1.1 GB of at least 1.2 GB, 840 kB/s, about 2:57:47 left\n"
    "pop.example.jp:995: no connection, tried again in 0:28\n"
    "imap.example.com:993: no connection, tried again in 1:02\n";

static const char japanese_80x24[] =
    "user020@example.jp          接続中\n"
    "営業部 山田太郎@example.jp  コピー中             12%       252/21,000  210 kB/s\n"
    "user022@example.jp          移行先を読込         12%       264/22,000  220 kB/s\n"
    "user023@example.jp          コピー中             12%       276/23,000  230 kB/s\n"
    "user024@example.jp          接続中\n"
    "user025@example.jp          コピー中             12%       300/25,000  250 kB/s\n"
    "アカウント 200 件中 20 件終了、実行中 6、停止中 1（20:30 に再開）\n"
    "1.1 GB / 1.2 GB 以上、840 kB/s、残り約 2:57:47\n"
    "pop.example.jp:995：接続できません（0:28 後に再試行）\n"
    "imap.example.com:993：接続できません（1:02 後に再試行）\n";

static const char english_200x50[] =
    "user020@example.jp          connecting\n"
    "営業部 山田太郎@example.jp  copying             [###.........................]   12%       252/21,000   2.5 MB/21 MB  210 kB/s\n"
    "user022@example.jp          indexing            [###.........................]   12%       264/22,000   2.6 MB/22 MB  220 kB/s\n"
    "user023@example.jp          copying             [###.........................]   12%       276/23,000   2.8 MB/23 MB  230 kB/s\n"
    "user024@example.jp          connecting\n"
    "user025@example.jp          copying             [###.........................]   12%       300/25,000   3.0 MB/25 MB  250 kB/s\n"
    "20 of 200 accounts ended, 6 at work, 1 paused until 20:30\n"
    "1.1 GB of at least 1.2 GB, 840 kB/s, about 2:57:47 left\n"
    "pop.example.jp:995: no connection, tried again in 0:28\n"
    "imap.example.com:993: no connection, tried again in 1:02\n";

static const char japanese_200x50[] =
    "user020@example.jp          接続中\n"
    "営業部 山田太郎@example.jp  コピー中            [###.........................]   12%       252/21,000   2.5 MB/21 MB  210 kB/s\n"
    "user022@example.jp          移行先を読込        [###.........................]   12%       264/22,000   2.6 MB/22 MB  220 kB/s\n"
    "user023@example.jp          コピー中            [###.........................]   12%       276/23,000   2.8 MB/23 MB  230 kB/s\n"
    "user024@example.jp          接続中\n"
    "user025@example.jp          コピー中            [###.........................]   12%       300/25,000   3.0 MB/25 MB  250 kB/s\n"
    "アカウント 200 件中 20 件終了、実行中 6、停止中 1（20:30 に再開）\n"
    "1.1 GB / 1.2 GB 以上、840 kB/s、残り約 2:57:47\n"
    "pop.example.jp:995：接続できません（0:28 後に再試行）\n"
    "imap.example.com:993：接続できません（1:02 後に再試行）\n";

static const char english_80x5[] =
    "user020@example.jp  connecting\n"
    "and 5 more at work\n"
    "20 of 200 accounts ended, 6 at work, 1 paused until 20:30\n"
    "1.1 GB of at least 1.2 GB, 840 kB/s, about 2:57:47 left\n";

static const char japanese_40x10[] =
    "user020@example.…  接続中\n"
    "営業部 山田太郎@…  コピー中         12%\n"
    "user022@example.…  移行先を読込     12%\n"
    "user023@example.…  コピー中         12%\n"
    "ほか 2 件を実行中\n"
    "アカウント 200 件中 20 件終了、実行中\n"
    "  6、停止中 1（20:30 に再開）\n"
    "1.1 GB / 1.2 GB 以上、840 kB/s、残り約…\n"
    "2 ホストに接続できません\n";
