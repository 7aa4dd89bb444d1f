#ifdef __APPLE__
#include "cposix.h"
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/event.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

int cpx_epoll_create(void) {
    int queue = kqueue();
    if (queue >= 0) fcntl(queue, F_SETFD, FD_CLOEXEC);
    return queue;
}

int cpx_epoll_arm_once(int queue, int fd, uint32_t events, uint64_t tag) {
    struct kevent change;
    int filter = events & CPX_READABLE ? EVFILT_READ : EVFILT_WRITE;
    EV_SET(&change, fd, filter, EV_ADD | EV_ONESHOT, 0, 0, (void *)tag);
    return kevent(queue, &change, 1, NULL, 0, NULL);
}

int cpx_epoll_remove(int queue, int fd) {
    struct kevent changes[2];
    EV_SET(&changes[0], fd, EVFILT_READ, EV_DELETE, 0, 0, NULL);
    EV_SET(&changes[1], fd, EVFILT_WRITE, EV_DELETE, 0, 0, NULL);
    // Only one of both is armed; that the other is not there is no failure.
    kevent(queue, &changes[0], 1, NULL, 0, NULL);
    kevent(queue, &changes[1], 1, NULL, 0, NULL);
    return 0;
}

int cpx_epoll_wait(int queue, struct cpx_event *events, int capacity, int timeout_ms) {
    struct kevent raw[64];
    if (capacity > 64) capacity = 64;
    struct timespec limit = {.tv_sec = timeout_ms / 1000, .tv_nsec = (timeout_ms % 1000) * 1000000L};
    int count = kevent(queue, NULL, 0, raw, capacity, timeout_ms < 0 ? NULL : &limit);
    for (int i = 0; i < count; i++) {
        events[i].tag = (uint64_t)raw[i].udata;
        events[i].events = (raw[i].filter == EVFILT_READ ? CPX_READABLE : CPX_WRITABLE)
            | (raw[i].flags & EV_EOF ? CPX_HANGUP : 0);
    }
    return count;
}

static int quiet_socket(int fd) {
    if (fd < 0) return fd;
    int on = 1;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
    return fd;
}

int cpx_accept(int listener) { return quiet_socket(accept(listener, NULL, NULL)); }
int cpx_unix_socket(void) { return quiet_socket(socket(AF_UNIX, SOCK_STREAM, 0)); }
int cpx_tcp_socket(int ipv6) { return quiet_socket(socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)); }

int cpx_peer(int fd, int *pid, unsigned *uid) {
    uid_t user;
    gid_t group;
    socklen_t length = sizeof *pid;
    if (getpeereid(fd, &user, &group) < 0) return -1;
    if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, pid, &length) < 0) return -1;
    *uid = user;
    return 0;
}

int cpx_socketpair(int fds[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0) return -1;
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

// The router's loops use kernel queues of their own there.
int cpx_eventfd(void) {
    errno = ENOSYS;
    return -1;
}

// No pidfd here: callers fall back to process ids.
int cpx_pidfd_open(int pid) {
    (void)pid;
    errno = ENOSYS;
    return -1;
}
int cpx_pidfd_signal(int pidfd, int signal) {
    (void)pidfd;
    (void)signal;
    errno = ENOSYS;
    return -1;
}

int cpx_pipe(int ends[2]) {
    if (pipe(ends) < 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

void cpx_close_from(int first) {
    int limit = getdtablesize();
    for (int fd = first; fd < limit; fd++) close(fd);
}

// No such thing there: who ends children that outlive their parent has to watch it.
int cpx_end_with_parent(int parent) {
    (void)parent;
    return 0;
}

#endif
