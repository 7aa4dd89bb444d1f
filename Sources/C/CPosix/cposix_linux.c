#ifdef __linux__
#define _GNU_SOURCE
#include "cposix.h"
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int cpx_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cpx_epoll_arm_once(int epoll, int fd, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = EPOLLONESHOT, .data.u64 = tag};
    if (events & CPX_READABLE) event.events |= EPOLLIN | EPOLLRDHUP;
    if (events & CPX_WRITABLE) event.events |= EPOLLOUT;
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0) return 0;
    return errno == ENOENT ? epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) : -1;
}

int cpx_epoll_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL); }

int cpx_epoll_wait(int epoll, struct cpx_event *events, int capacity, int timeout_ms) {
    struct epoll_event raw[64];
    if (capacity > 64) capacity = 64;
    int count = epoll_wait(epoll, raw, capacity, timeout_ms);
    for (int i = 0; i < count; i++) {
        events[i].tag = raw[i].data.u64;
        events[i].events = (raw[i].events & EPOLLIN ? CPX_READABLE : 0) | (raw[i].events & EPOLLOUT ? CPX_WRITABLE : 0)
            | (raw[i].events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR) ? CPX_HANGUP : 0);
    }
    return count;
}


int cpx_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cpx_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
int cpx_pidfd_signal(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

int cpx_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }
int cpx_unix_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }
int cpx_tcp_socket(int ipv6) {
    return socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int cpx_peer(int fd, int *pid, unsigned *uid) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0) return -1;
    *pid = credentials.pid;
    *uid = credentials.uid;
    return 0;
}

int cpx_socketpair(int fds[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds); }

int cpx_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
void cpx_close_from(int first) { syscall(SYS_close_range, (unsigned)first, ~0U, 0); }

int cpx_end_with_parent(int parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return -1;
    return getppid() == parent ? 0 : -1;
}

#endif
