// The floor under every proxy: passes bytes between a client and an origin, and reads none of them.
// usage: relay PORT ORIGIN_PORT [ORIGIN_PORT...]   one thread; a client's connection has one to an origin, in turn.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct side {
  int fd, readable, dead;
  struct side *other, *next;  // next: of those to be freed after the batch
  char *out;                  // what the socket did not take
  size_t outlen, outsent;
} side;

static char buf[256 << 10];
static side *dead;

static void end(side *s) {
  side *both[2] = {s, s->other};
  for (int i = 0; i < 2; i++) {
    if (both[i]->dead) continue;
    close(both[i]->fd);
    both[i]->dead = 1;
    both[i]->next = dead;
    dead = both[i];
  }
}

// Sends what waits; 0 when it is all gone, 1 when the socket is full, -1 when it is broken.
static int flush(side *s) {
  while (s->outsent < s->outlen) {
    ssize_t n = send(s->fd, s->out + s->outsent, s->outlen - s->outsent, MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN ? 1 : -1;
    s->outsent += n;
  }
  free(s->out);
  s->out = NULL;
  s->outlen = s->outsent = 0;
  return 0;
}

static int put(side *s, const char *p, size_t n) {
  ssize_t k = send(s->fd, p, n, MSG_NOSIGNAL);
  if (k < 0 && errno != EAGAIN && errno != ENOTCONN) return -1;
  size_t sent = k < 0 ? 0 : k;
  if (sent == n) return 0;
  s->out = malloc(n - sent);
  s->outlen = n - sent;
  for (size_t i = 0; i < s->outlen; i++) s->out[i] = p[sent + i];
  return 1;
}

static int pump(side *s) {
  while (s->readable && !s->other->outlen) {
    ssize_t n = recv(s->fd, buf, sizeof buf, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) return -1;
    if (n < (ssize_t)sizeof buf) s->readable = 0;
    if (n > 0 && put(s->other, buf, n) < 0) return -1;
  }
  return 0;
}

static struct sockaddr_in at(const char *port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return a;
}

static void watch(int ep, side *s) {
  struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = s};
  epoll_ctl(ep, EPOLL_CTL_ADD, s->fd, &ev);
}

int main(int ac, char **av) {
  if (ac < 3) return 2;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit rl = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &rl);
  int ep = epoll_create1(EPOLL_CLOEXEC), on = 1, turn = 0;
  int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in here = at(av[1]);
  if (bind(door, (void *)&here, sizeof here) || listen(door, 4096)) { perror("bind"); return 1; }
  struct epoll_event first = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(ep, EPOLL_CTL_ADD, door, &first);
  struct epoll_event evs[512];
  for (;;) {
    int n = epoll_wait(ep, evs, 512, -1);
    for (int i = 0; i < n; i++) {
      side *s = evs[i].data.ptr;
      if (!s) {
        int fd = accept4(door, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) continue;
        int up = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        struct sockaddr_in there = at(av[2 + turn++ % (ac - 2)]);
        connect(up, (void *)&there, sizeof there);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(up, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        side *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
        a->fd = fd; b->fd = up; a->other = b; b->other = a;
        watch(ep, a); watch(ep, b);
        continue;
      }
      if (s->dead) continue;
      if (evs[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) s->readable = 1;
      int sent = evs[i].events & EPOLLOUT ? flush(s) : 0;
      if (sent < 0 || pump(s) < 0 || (!sent && pump(s->other) < 0)) end(s);
    }
    while (dead) { side *next = dead->next; free(dead->out); free(dead); dead = next; }
  }
}
