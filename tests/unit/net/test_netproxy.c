/* netproxy's promises: the delay is at least what was asked and hardly more, nothing is lost or changed, and
 * a connection is cut after the octets asked for. argv[1]: the program. */
#include "check.h"
#include "clock.h"
#include "net_server.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *program;

struct proxy {
    pid_t pid;
    uint16_t port;
};

static int64_t now_ms(void)
{
    return clock_mono_ms(clock_system());
}

static uint16_t read_port(const char *path)
{
    for (int64_t end = now_ms() + 120000; now_ms() < end; poll(NULL, 0, 5)) {
        unsigned port = 0;
        FILE *f = fopen(path, "r");
        if (!f)
            continue;
        bool got = fscanf(f, "%u", &port) == 1;
        fclose(f);
        if (got)
            return (uint16_t)port;
    }
    return 0;
}

static struct proxy start(uint16_t port, const char *delay_ms, const char *cut, const char *cut_after)
{
    char dir[] = "/tmp/popferry-test-proxy-XXXXXX", path[64], connect_to[64];
    CHECK(mkdtemp(dir) != NULL);
    snprintf(path, sizeof path, "%s/port", dir);
    snprintf(connect_to, sizeof connect_to, "127.0.0.1:%u", port);
    pid_t pid = fork();
    if (!pid) {
        execl(program, "netproxy", "--listen", "0", "--connect", connect_to, "--delay-ms", delay_ms,
            "--port-file", path, cut, cut_after, (char *)NULL);
        _exit(127);
    }
    struct proxy proxy = {.pid = pid, .port = read_port(path)};
    CHECK(proxy.port != 0);
    unlink(path);
    rmdir(dir);
    return proxy;
}

static void stop(const struct proxy *proxy)
{
    int status = -1;
    kill(proxy->pid, SIGTERM);
    CHECK_INT(waitpid(proxy->pid, &status, 0), proxy->pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int dial(uint16_t port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    CHECK_INT(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void talk_echo(struct net_peer *p, const struct net_script *script)
{
    char data[65536];
    ssize_t n;
    if (script->greeting)
        net_peer_say(p, script->greeting);
    while ((n = net_peer_read(p, data, sizeof data)) > 0 && net_peer_write(p, data, (size_t)n))
        continue;
}

static size_t read_exactly(int fd, char *dst, size_t len)
{
    size_t got = 0;
    ssize_t n;
    while (got < len && (n = recv(fd, dst + got, len - got, 0)) > 0)
        got += (size_t)n;
    return got;
}

static void test_delay(void)
{
    struct net_server *server =
        net_server_start(&(struct net_script){.talk = talk_echo, .greeting = "hello\r\n"});
    struct proxy proxy = start(net_server_port(server), "20", NULL, NULL);
    char in[16];
    int64_t begin = now_ms();
    int fd = dial(proxy.port);
    CHECK_INT(read_exactly(fd, in, 7), 7);
    CHECK(now_ms() - begin >= 79); /* two round trips: the handshake's, and the greeting's after it */
    for (int i = 0; i < 10; i++) {
        begin = now_ms();
        CHECK_INT(send(fd, "ping", 4, 0), 4);
        CHECK_INT(read_exactly(fd, in, 4), 4);
        CHECK(now_ms() - begin >= 39);
    }
    close(fd);
    stop(&proxy);
    net_server_stop(server);
}

/* Delay must not become a bandwidth limit: what was sent in one go comes back as one. */
static void test_bulk(void)
{
    enum { TOTAL = 8 * 1000 * 1000 };
    struct net_server *server = net_server_start(&(struct net_script){.talk = talk_echo});
    struct proxy proxy = start(net_server_port(server), "200", NULL, NULL);
    char *out = malloc(TOTAL), *in = malloc(TOTAL);
    if (!out || !in)
        abort();
    for (size_t i = 0; i < TOTAL; i++)
        out[i] = (char)(i * 7 + (i >> 9));
    int fd = dial(proxy.port);
    int64_t begin = now_ms();
    pid_t writer = fork();
    if (!writer) {
        ssize_t n = 0;
        for (size_t at = 0; at < TOTAL && (n = send(fd, out + at, TOTAL - at, 0)) > 0; at += (size_t)n)
            continue;
        _exit(n <= 0);
    }
    CHECK_INT(read_exactly(fd, in, TOTAL), TOTAL);
    CHECK(!memcmp(in, out, TOTAL));
    CHECK(now_ms() - begin < 30000); /* 64 KiB a round trip would take 50 s */
    int status = -1;
    waitpid(writer, &status, 0);
    CHECK_INT(status, 0);
    shutdown(fd, SHUT_WR);
    CHECK_INT(recv(fd, in, 1, 0), 0); /* the end is passed on, in order */
    close(fd);
    free(out);
    free(in);
    stop(&proxy);
    net_server_stop(server);
}

static void cut(const char *option, const char *after, size_t expected)
{
    struct net_server *server = net_server_start(&(struct net_script){.talk = talk_echo});
    struct proxy proxy = start(net_server_port(server), "1", option, after);
    char in[5000] = {0};
    int fd = dial(proxy.port);
    CHECK_INT(send(fd, in, 3000, 0), 3000);
    size_t got = 0;
    ssize_t n;
    while ((n = recv(fd, in, sizeof in, 0)) > 0)
        got += (size_t)n;
    CHECK_INT(n, -1);
    CHECK_INT(errno, ECONNRESET);
    CHECK(got <= expected);
    close(fd);
    fd = dial(proxy.port); /* the next connection is a new one */
    CHECK_INT(send(fd, in, 500, 0), 500);
    CHECK_INT(read_exactly(fd, in, 500), 500);
    close(fd);
    stop(&proxy);
    net_server_stop(server);
}

static void test_cut(void)
{
    cut("--cut-up", "1000", 1000);
    cut("--cut-down", "1000", 1000);
}

static void test_no_server(void)
{
    struct proxy proxy = start(1, "1", NULL, NULL);
    char c;
    int fd = dial(proxy.port);
    CHECK(recv(fd, &c, 1, 0) < 0);
    close(fd);
    stop(&proxy);
}

int main(int argc, char **argv)
{
    static const struct check_test tests[] = {
        {"delay", test_delay},
        {"bulk", test_bulk},
        {"cut", test_cut},
        {"no server", test_no_server},
    };
    if (argc != 2)
        return EXIT_FAILURE;
    program = argv[1];
    return check_main("netproxy", tests, sizeof tests / sizeof *tests);
}
