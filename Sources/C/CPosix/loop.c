#define _GNU_SOURCE
#include "cpx_loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC 0
#endif

#ifdef __linux__
#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/random.h>

int cpx_loop_add(int epoll, int fd, void *pointer) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = pointer};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int cpx_loop_add_listener(int epoll, int fd, void *pointer) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = pointer};
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // Connections inherit it.
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int cpx_loop_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL); }

int cpx_loop_wait(int epoll, struct cpx_ready *ready, int capacity, int timeout_ms) {
    struct epoll_event raw[512];
    if (capacity > 512) capacity = 512;
    int count = epoll_wait(epoll, raw, capacity, timeout_ms);
    for (int i = 0; i < count; i++) {
        uint32_t events = raw[i].events;
        ready[i].pointer = raw[i].data.ptr;
        ready[i].events = (events & EPOLLIN ? CPX_LOOP_IN : 0) | (events & EPOLLOUT ? CPX_LOOP_OUT : 0)
            | (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR) ? CPX_LOOP_CLOSED : 0)
            | (events & (EPOLLHUP | EPOLLERR) ? CPX_LOOP_BROKEN : 0);
    }
    return count;
}

int cpx_loop_unsent(int fd) {
    int count = 0;
    return ioctl(fd, SIOCOUTQNSD, &count) < 0 ? 0 : count;
}

int cpx_loop_pipe(int *exit, int *entrance, int size) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0) return -1;
    // A user has memory for so many of them; one of a page would be worse than none.
    if (fcntl(ends[0], F_SETPIPE_SZ, size) < 0) {
        close(ends[0]);
        close(ends[1]);
        return -1;
    }
    *exit = ends[0];
    *entrance = ends[1];
    return 0;
}

ptrdiff_t cpx_loop_splice(int from, int to, size_t most) {
    ssize_t count;
    do count = splice(from, NULL, to, NULL, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    while (count < 0 && errno == EINTR);
    return count;
}

int cpx_random(void *bytes, size_t count) { return getrandom(bytes, count, 0) == (ssize_t)count ? 0 : -1; }
#endif

void cpx_loop_acknowledge(int fd) {
#ifdef TCP_QUICKACK
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#else
    (void)fd;
#endif
}

int cpx_loop_accept(int listener, char *name, size_t capacity) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    int fd = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return -1;
    name[0] = 0;
    if (peer.ss_family == AF_INET) inet_ntop(AF_INET, &((struct sockaddr_in *)&peer)->sin_addr, name, capacity);
    if (peer.ss_family == AF_INET6) inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&peer)->sin6_addr, name, capacity);
    return fd;
}

int cpx_target_tcp(struct cpx_target *target, const char *address, uint16_t port) {
    memset(target, 0, sizeof *target);
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, address, &four.sin_addr) == 1) {
        target->family = AF_INET;
        target->length = sizeof four;
        memcpy(target->address, &four, sizeof four);
        return 0;
    }
    if (inet_pton(AF_INET6, address, &six.sin6_addr) == 1) {
        target->family = AF_INET6;
        target->length = sizeof six;
        memcpy(target->address, &six, sizeof six);
        return 0;
    }
    errno = EINVAL;
    return -1;
}

int cpx_target_unix(struct cpx_target *target, const char *path) {
    memset(target, 0, sizeof *target);
    target->family = AF_UNIX;
    if (strlen(path) >= sizeof target->path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(target->path, path);
    return 0;
}

int cpx_target_inside(struct cpx_target *target, const char *door, const char *address, uint16_t port) {
    struct cpx_target inner;
    if (cpx_target_tcp(&inner, address, port) < 0 || cpx_target_unix(target, door) < 0) return -1;
    target->inner_length = inner.length;
    memcpy(target->inner_address, inner.address, sizeof inner.address);
    return 0;
}

// A path longer than a socket address takes is reached through a descriptor of its folder.
static int unix_connect(int fd, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *slash = strrchr(path, '/');
    int folder = -1;
    if (strlen(path) < sizeof address.sun_path) {
        strcpy(address.sun_path, path);
    } else {
        char parent[512];
        if (!slash || strlen(slash) > 60) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(parent, path, (size_t)(slash - path));
        parent[slash - path] = 0;
        folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) return -1;
        snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d%s", folder, slash);
    }
    int result = connect(fd, (struct sockaddr *)&address, sizeof address), error = errno;
    if (folder >= 0) close(folder);
    errno = error;
    return result;
}

int cpx_target_connect(const struct cpx_target *target) {
    int on = 1, fd = socket(target->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    int result;
    if (target->family == AF_UNIX) {
        result = unix_connect(fd, target->path);
    } else {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        result = connect(fd, (const struct sockaddr *)target->address, target->length);
    }
    if (result == 0 || errno == EINPROGRESS) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int cpx_target_enter(const struct cpx_target *target, int door) {
    char byte, control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t received;
    do received = recvmsg(door, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
        // The descriptor did not fit here, or the dyno ended before it gave one.
        errno = message.msg_flags & MSG_CTRUNC ? EMFILE : ECONNREFUSED;
        return -1;
    }
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    if (connect(fd, (const struct sockaddr *)target->inner_address, target->inner_length) == 0
        || errno == EINPROGRESS)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int cpx_take_all(int eventfd) {
    uint64_t value;
    return (int)read(eventfd, &value, sizeof value);
}

int cpx_ring(int eventfd) {
    uint64_t one = 1;
    return (int)write(eventfd, &one, sizeof one);
}
