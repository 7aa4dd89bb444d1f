#define _GNU_SOURCE
#include "cposix.h"
#include "platform.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int unix_address(struct sockaddr_un *address, const char *path) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address->sun_path, path);
    return 0;
}

int cpx_bind_unix(int fd, const char *path) {
    struct sockaddr_un address;
    if (unix_address(&address, path) < 0) return -1;
    return bind(fd, (struct sockaddr *)&address, sizeof address);
}

int cpx_connect_unix(int fd, const char *path) {
    struct sockaddr_un address;
    if (unix_address(&address, path) < 0) return -1;
    return connect(fd, (struct sockaddr *)&address, sizeof address);
}

static int tcp_address(struct sockaddr_storage *storage, const char *address, uint16_t port, int ipv6) {
    memset(storage, 0, sizeof *storage);
    if (ipv6) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) return sizeof *six;
    } else {
        struct sockaddr_in *four = (struct sockaddr_in *)storage;
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        if (inet_pton(AF_INET, address, &four->sin_addr) == 1) return sizeof *four;
    }
    errno = EINVAL;
    return -1;
}

int cpx_bind_tcp(int fd, const char *address, uint16_t port, int ipv6) {
    struct sockaddr_storage storage;
    int length = tcp_address(&storage, address, port, ipv6), on = 1;
    if (length < 0) return -1;
    // Lets a port be taken again while old connections linger; never SO_REUSEPORT, which strangers can join.
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (ipv6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    return bind(fd, (struct sockaddr *)&storage, (socklen_t)length);
}

int cpx_connect_tcp(int fd, const char *address, uint16_t port, int ipv6) {
    struct sockaddr_storage storage;
    int length = tcp_address(&storage, address, port, ipv6);
    if (length < 0) return -1;
    return connect(fd, (struct sockaddr *)&storage, (socklen_t)length);
}

int cpx_local_port(int fd) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (getsockname(fd, (struct sockaddr *)&storage, &length) < 0) return -1;
    if (storage.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&storage)->sin_port);
    if (storage.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&storage)->sin6_port);
    errno = EAFNOSUPPORT;
    return -1;
}

int cpx_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? -1 : error;
}

#define MOST_FDS 16

long cpx_send_with_fds(int fd, const void *bytes, size_t count, const int *fds, size_t fd_count) {
    if (fd_count > MOST_FDS) {
        errno = EINVAL;
        return -1;
    }
    char control[CMSG_SPACE(MOST_FDS * sizeof(int))] = {0};
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
        memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
    }
    return sendmsg(fd, &message, CPX_NO_SIGNAL);
}

long cpx_receive_with_fds(int fd, void *bytes, size_t count, int *fds, size_t fd_capacity, size_t *fd_count) {
    char control[CMSG_SPACE(MOST_FDS * sizeof(int))];
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    *fd_count = 0;
    long received = recvmsg(fd, &message, CPX_RECEIVE_CLOEXEC);
    if (received < 0) return received;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t here = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < here; i++) {
            int received_fd;
            memcpy(&received_fd, CMSG_DATA(header) + i * sizeof(int), sizeof received_fd);
            fcntl(received_fd, F_SETFD, FD_CLOEXEC);
            if (*fd_count < fd_capacity) fds[(*fd_count)++] = received_fd;
            else close(received_fd);
        }
    }
    return received;
}

// In the child between fork and exec only async-signal-safe calls are made; the failing errno comes back by pipe.
static int spawn(
    const char *path, char *const argv[], char *const envp[], const char *cwd, const int *fds, size_t fd_count,
    int is_kept
) {
    int report[2];
    pid_t parent = getpid();
    if (fd_count > 64) {
        errno = EINVAL;
        return -1;
    }
    if (cpx_pipe(report) < 0) return -1;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) {
        for (int signal = 1; signal < NSIG; signal++) {
            struct sigaction standard = {.sa_handler = SIG_DFL};
            sigaction(signal, &standard, NULL);
        }
        setpgid(0, 0);
        if (is_kept && cpx_end_with_parent(parent) < 0) _exit(127);
        // First out of the way of the numbers to be given, then into place.
        int safe[64], safe_report = fcntl(report[1], F_DUPFD_CLOEXEC, 128);
        int failed = safe_report < 0;
        for (size_t i = 0; !failed && i < fd_count; i++) {
            safe[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 128);
            failed = safe[i] < 0;
        }
        for (size_t i = 0; !failed && i < fd_count; i++) failed = dup2(safe[i], (int)i) < 0;
        if (!failed) {
            // Everything else is closed; the report pipe closes itself at exec.
            if (dup2(safe_report, (int)fd_count) >= 0) {
                fcntl((int)fd_count, F_SETFD, FD_CLOEXEC);
                safe_report = (int)fd_count;
                cpx_close_from((int)fd_count + 1);
            }
            if (cwd && chdir(cwd) < 0) failed = 1;
        }
        if (!failed) {
            sigset_t none;
            sigemptyset(&none);
            pthread_sigmask(SIG_SETMASK, &none, NULL);
            execve(path, argv, envp);
        }
        int error = errno;
        (void)!write(safe_report >= 0 ? safe_report : report[1], &error, sizeof error);
        _exit(127);
    }
    int fork_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        errno = fork_error;
        return -1;
    }
    int error = 0;
    ssize_t got;
    do got = read(report[0], &error, sizeof error);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    if (got == (ssize_t)sizeof error) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        errno = error;
        return -1;
    }
    return pid;
}

int cpx_spawn(
    const char *path, char *const argv[], char *const envp[], const char *cwd, const int *fds, size_t fd_count
) {
    return spawn(path, argv, envp, cwd, fds, fd_count, 0);
}

int cpx_spawn_kept(
    const char *path, char *const argv[], char *const envp[], const char *cwd, const int *fds, size_t fd_count
) {
    return spawn(path, argv, envp, cwd, fds, fd_count, 1);
}

static void decode(int status, int *code, int *signal) {
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    *signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int cpx_wait_status(int pid, int *code, int *signal) {
    int status, result;
    do result = waitpid(pid, &status, 0);
    while (result < 0 && errno == EINTR);
    if (result > 0) decode(status, code, signal);
    return result;
}

int cpx_try_wait_status(int pid, int *code, int *signal) {
    int status, result = waitpid(pid, &status, WNOHANG);
    if (result > 0) decode(status, code, signal);
    return result;
}

int cpx_open(const char *path, int flags, unsigned mode) { return open(path, flags | O_CLOEXEC, mode); }
int cpx_openat(int dir, const char *path, int flags, unsigned mode) {
    return openat(dir, path, flags | O_CLOEXEC, mode);
}
int cpx_exists(const char *path) {
    struct stat info;
    return lstat(path, &info) == 0;
}
int64_t cpx_free_bytes(const char *path) {
    struct statvfs info;
    return statvfs(path, &info) < 0 ? -1 : (int64_t)info.f_bavail * (int64_t)info.f_frsize;
}
int cpx_sync_file_system(int fd) {
#ifdef __linux__
    return syncfs(fd);
#else
    (void)fd;
    sync();
    return 0;
#endif
}
uint64_t cpx_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
int64_t cpx_realtime_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
