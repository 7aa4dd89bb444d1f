// System calls and macros that Swift cannot import, in the smallest form that Swift can call.
// Every function returns what the call returns: -1 and errno on failure.
#ifndef CPOSIX_H
#define CPOSIX_H

#include <stddef.h>
#include <stdint.h>

// Readiness (Linux epoll). Events are the CPX_* bits; `tag` comes back with them.
#define CPX_READABLE 1
#define CPX_WRITABLE 2
#define CPX_HANGUP 4
struct cpx_event { uint32_t events; uint64_t tag; };
int cpx_epoll_create(void);
// Arms a descriptor for one report; adds it the first time.
int cpx_epoll_arm_once(int epoll, int fd, uint32_t events, uint64_t tag);
int cpx_epoll_remove(int epoll, int fd);
int cpx_epoll_wait(int epoll, struct cpx_event *events, int capacity, int timeout_ms);


// An eventfd: write adds, read takes all. Non-blocking, close-on-exec.
int cpx_eventfd(void);

// Sockets.
int cpx_accept(int listener);                 // non-blocking, close-on-exec
int cpx_unix_socket(void);                    // stream, non-blocking, close-on-exec
int cpx_tcp_socket(int ipv6);                 // stream, non-blocking, close-on-exec
int cpx_bind_unix(int fd, const char *path);  // path shorter than 108 bytes
int cpx_connect_unix(int fd, const char *path);
int cpx_bind_tcp(int fd, const char *address, uint16_t port, int ipv6);
int cpx_connect_tcp(int fd, const char *address, uint16_t port, int ipv6);
int cpx_local_port(int fd);
int cpx_socket_error(int fd);                 // SO_ERROR, or -1
int cpx_peer(int fd, int *pid, unsigned *uid);
int cpx_socketpair(int fds[2]);               // unix stream, close-on-exec, blocking

// Bytes with descriptors (SCM_RIGHTS); at most 16. Received ones are close-on-exec.
long cpx_send_with_fds(int fd, const void *bytes, size_t count, const int *fds, size_t fd_count);
long cpx_receive_with_fds(int fd, void *bytes, size_t count, int *fds, size_t fd_capacity, size_t *fd_count);

// Processes.
int cpx_pidfd_open(int pid);
int cpx_pidfd_signal(int pidfd, int signal);
// Starts a program with an empty signal mask, default dispositions, its own process group, and exactly the
// descriptors of `fds`: fds[i] becomes i in the child. Returns the pid.
int cpx_spawn(const char *path, char *const argv[], char *const envp[], const char *cwd, const int *fds, size_t fd_count);
// The same, and SIGKILL ends the program when the thread that started it does (Linux).
int cpx_spawn_kept(const char *path, char *const argv[], char *const envp[], const char *cwd, const int *fds, size_t fd_count);
int cpx_wait_status(int pid, int *code, int *signal);      // blocking waitpid; one of both is set
int cpx_try_wait_status(int pid, int *code, int *signal);  // 0 when it has not ended

// Files.
int cpx_open(const char *path, int flags, unsigned mode);
int cpx_openat(int dir, const char *path, int flags, unsigned mode);
int cpx_exists(const char *path);
int64_t cpx_free_bytes(const char *path);
/// Returns when all that was written to the file system of `fd` is on its disk; `-1` and `errno` when some of it is lost.
int cpx_sync_file_system(int fd);
uint64_t cpx_monotonic_ns(void);
int64_t cpx_realtime_us(void);

#endif
