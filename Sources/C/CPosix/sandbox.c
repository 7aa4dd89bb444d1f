#define _GNU_SOURCE
#include "cposix.h"
#include "cpx_sandbox.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/inet_diag.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int cpx_clone(unsigned namespaces) {
    unsigned long flags = SIGCHLD;
    if (namespaces & CPX_NEW_USER) flags |= CLONE_NEWUSER;
    if (namespaces & CPX_NEW_MOUNTS) flags |= CLONE_NEWNS;
    if (namespaces & CPX_NEW_PROCESSES) flags |= CLONE_NEWPID;
    if (namespaces & CPX_NEW_IPC) flags |= CLONE_NEWIPC;
    if (namespaces & CPX_NEW_HOSTNAME) flags |= CLONE_NEWUTS;
    if (namespaces & CPX_NEW_NETWORK) flags |= CLONE_NEWNET;
#if defined(__s390__) || defined(__s390x__)
    return (int)syscall(SYS_clone, NULL, flags, NULL, NULL, NULL);
#else
    return (int)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
#endif
}

int cpx_fork(void) { return fork(); }
void cpx_exit(int status) { _exit(status); }

int cpx_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }
int cpx_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
int cpx_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
int cpx_keep_memory_private(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int cpx_leave_keyring(void) {
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0) return 0;
    // Where the kernel has no keys, or keeps them from everybody here, there is nothing to leave.
    return errno == ENOSYS || errno == EPERM ? 0 : -1;
}

// Landlock's, since version 6 (Linux 6.12). With no right of the file system handled, nothing else changes, but that
// who is inside may not trace, or look through /proc at, who is outside.
struct ruleset { uint64_t files, network, scopes; };
#define RULESET_VERSION 1
#define SCOPE_SIGNALS 2
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

int cpx_can_keep_signals_inside(void) {
    return syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION) >= 6;
}

int cpx_keep_signals_inside(void) {
    if (!cpx_can_keep_signals_inside()) return 0;
    struct ruleset rules = {.scopes = SCOPE_SIGNALS};
    int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (fd < 0) return -1;
    int result = cpx_no_new_privileges();
    if (result == 0) result = (int)syscall(SYS_landlock_restrict_self, fd, 0);
    close(fd);
    return result;
}

int cpx_drop_bounding_set(void) {
    // Without the right to drop it, nothing in it can be gained either: no_new_privs is set.
    for (int capability = 0; capability < 64; capability++)
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 && errno == EINVAL) return 0;
    return 0;
}

static int keep_capabilities(uint32_t low) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2];
    memset(data, 0, sizeof data);
    data[0].effective = data[0].permitted = low;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return (int)syscall(SYS_capset, &header, data);
}

int cpx_drop_capabilities_but_kill(int set_ids) {
    return keep_capabilities(1u << CAP_KILL | (set_ids ? 1u << CAP_SETUID | 1u << CAP_SETGID : 0));
}
int cpx_drop_all_capabilities(void) { return keep_capabilities(0); }

int cpx_take_ids(unsigned uid, unsigned gid, int clear_groups) {
    if (clear_groups && setgroups(0, NULL) < 0) return -1;
    if (setresgid(gid, gid, gid) < 0) return -1;
    return setresuid(uid, uid, uid);
}

int cpx_ignore_broken_pipes(void) { return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0; }

int cpx_default_signals(void) {
    for (int number = 1; number < NSIG; number++) {
        struct sigaction standard = {.sa_handler = SIG_DFL};
        sigaction(number, &standard, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

int cpx_signal_descriptor(void) {
    sigset_t set;
    sigfillset(&set);
    if (sigprocmask(SIG_SETMASK, &set, NULL) < 0) return -1;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int cpx_read_signal(int fd) {
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

int cpx_close_range(unsigned first, unsigned last) {
    if (first > last) return 0;
    if (syscall(SYS_close_range, first, last, 0) == 0) return 0;
    for (unsigned fd = first; fd <= last && fd < 4096; fd++) close((int)fd);
    return 0;
}

int cpx_act_on_files_as(unsigned uid, unsigned gid) {
    // Both return the old id and never fail openly. The group first: the user's rights are needed to change it.
    if (uid == 0) {
        setfsuid(uid);
        setfsgid(gid);
    } else {
        setfsgid(gid);
        setfsuid(uid);
    }
    return 0;
}

int cpx_limit_core(uint64_t bytes) {
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    return setrlimit(RLIMIT_CORE, &limit);
}

int cpx_limit_processes(uint64_t count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NPROC, &limit) < 0) return -1;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < count) count = limit.rlim_max;
    limit.rlim_cur = limit.rlim_max = count;
    return setrlimit(RLIMIT_NPROC, &limit);
}

int cpx_set_hostname(const char *name) { return sethostname(name, strlen(name)); }

int cpx_become(const char *path, char *const argv[], char *const envp[]) { return execve(path, argv, envp); }

int cpx_lock(int fd, int wait) { return flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)); }

void cpx_release_memory(void) {
    malloc_trim(0);
    // Below this frame nothing lives but those of the calls that end the function.
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t end = ((uintptr_t)__builtin_frame_address(0) - 1024) / size * size;
    madvise((void *)(end - 32 * size), 32 * size, MADV_DONTNEED);
}

int cpx_reap(int *code, int *signal) {
    int status, pid;
    do pid = waitpid(-1, &status, WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid > 0) {
        *code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
        *signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    return pid;
}

int cpx_follow_mounts(void) { return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL); }
int cpx_make_mounts_private(void) { return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL); }

static unsigned long mount_flags(unsigned flags) {
    return MS_NOSUID | (flags & CPX_MOUNT_DEVICES ? 0 : MS_NODEV) | (flags & CPX_MOUNT_READ_ONLY ? MS_RDONLY : 0)
        | (flags & CPX_MOUNT_NO_EXEC ? MS_NOEXEC : 0);
}

int cpx_mount(const char *type, const char *target, const char *options, unsigned flags) {
    return mount(type, target, type, mount_flags(flags), options);
}

// The kernel's own layout; older C libraries do not declare it.
struct attributes { uint64_t set, clear, propagation, userns_fd; };
#define ATTRIBUTE_READ_ONLY 0x1
#define ATTRIBUTE_NOSUID 0x2
#define ATTRIBUTE_NODEV 0x4
#define ATTRIBUTE_NOEXEC 0x8
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

// Before Linux 5.12 flags are changed one mount at a time, and those that a mount has already must be named again.
static int remount(const char *target, unsigned long flags) {
    struct statvfs now;
    if (statvfs(target, &now) < 0) return -1;
    if (now.f_flag & ST_RDONLY) flags |= MS_RDONLY;
    if (now.f_flag & ST_NOSUID) flags |= MS_NOSUID;
    if (now.f_flag & ST_NODEV) flags |= MS_NODEV;
    if (now.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
    if (now.f_flag & ST_NOATIME) flags |= MS_NOATIME;
    if (now.f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
    if (now.f_flag & ST_RELATIME) flags |= MS_RELATIME;
    return mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | flags, NULL);
}

int cpx_bind(const char *source, const char *target, unsigned flags) {
    if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0) return -1;
    struct attributes change = {.set = ATTRIBUTE_NOSUID};
    if (!(flags & CPX_MOUNT_DEVICES)) change.set |= ATTRIBUTE_NODEV;
    if (flags & CPX_MOUNT_READ_ONLY) change.set |= ATTRIBUTE_READ_ONLY;
    if (flags & CPX_MOUNT_NO_EXEC) change.set |= ATTRIBUTE_NOEXEC;
    if (syscall(SYS_mount_setattr, AT_FDCWD, target, AT_RECURSIVE, &change, sizeof change) == 0) return 0;
    return remount(target, mount_flags(flags));
}

int cpx_seal(const char *target) { return remount(target, MS_RDONLY); }

int cpx_pivot_here(void) {
    if (syscall(SYS_pivot_root, ".", ".") < 0) return -1;
    if (umount2(".", MNT_DETACH) < 0) return -1;
    return chdir("/");
}

int cpx_join_network(int fd) { return setns(fd, CLONE_NEWNET); }

int cpx_hand_out_sockets(int door, int ipv6) {
    int count = 0;
    for (;;) {
        int caller = accept4(door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (caller < 0) return count;
        // Not connected: whoever gets it connects it without waiting, and hears itself when that fails.
        int on = 1, fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd >= 0) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            char byte = 0;
            cpx_send_with_fds(caller, &byte, 1, &fd, 1);
            close(fd);
        }
        close(caller);
        count++;
    }
}

int cpx_open_terminal(const char *multiplexer, int rows, int columns, int *main_end, int *dyno_end) {
    int main_fd = open(multiplexer, O_RDWR | O_NOCTTY | O_CLOEXEC), unlock = 0;
    if (main_fd < 0) return -1;
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    int dyno_fd = -1;
    if (ioctl(main_fd, TIOCSPTLCK, &unlock) == 0)
        dyno_fd = ioctl(main_fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (dyno_fd < 0 || ioctl(dyno_fd, TIOCSWINSZ, &size) < 0) {
        int error = errno;
        close(main_fd);
        if (dyno_fd >= 0) close(dyno_fd);
        errno = error;
        return -1;
    }
    *main_end = main_fd;
    *dyno_end = dyno_fd;
    return 0;
}

int cpx_resize_terminal(int main_end, int rows, int columns) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    return ioctl(main_end, TIOCSWINSZ, &size);
}

int cpx_take_terminal(int dyno_end) { return ioctl(dyno_end, TIOCSCTTY, 0); }

int cpx_give_tree(const char *path, unsigned uid, unsigned gid) {
    char *roots[] = {(char *)path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    if (!walk) return -1;
    int failed = 0;
    for (FTSENT *entry = fts_read(walk); entry && !failed; entry = fts_read(walk)) {
        // A folder after what is in it: a tree whose top has the right owner is done.
        if (entry->fts_info == FTS_D) continue;
        if (entry->fts_statp && entry->fts_info != FTS_NS && entry->fts_statp->st_uid == uid
            && entry->fts_statp->st_gid == gid)
            continue;
        if (lchown(entry->fts_accpath, uid, gid) < 0 && errno != ENOENT) failed = errno;
    }
    fts_close(walk);
    if (!failed) return 0;
    errno = failed;
    return -1;
}

int cpx_give(int fd, unsigned uid, unsigned gid) { return fchown(fd, uid, gid); }

static int listeners_of(int family, int netlink, struct cpx_listener *out, int capacity, int count) {
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 request;
    } message = {
        .header = {
            .nlmsg_len = sizeof message, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .request = {.sdiag_family = (uint8_t)family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = 1u << 10}};
    if (send(netlink, &message, sizeof message, 0) < 0) return -1;
    static char buffer[32768] __attribute__((aligned(8)));
    for (;;) {
        ssize_t length = recv(netlink, buffer, sizeof buffer, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) return -1;
        unsigned left = (unsigned)length;
        for (struct nlmsghdr *header = (struct nlmsghdr *)buffer; NLMSG_OK(header, left);
             header = NLMSG_NEXT(header, left)) {
            if (header->nlmsg_type == NLMSG_DONE) return count;
            if (header->nlmsg_type == NLMSG_ERROR) {
                errno = EPROTO;
                return -1;
            }
            struct inet_diag_msg *socket = NLMSG_DATA(header);
            if (count < capacity) {
                struct cpx_listener *listener = &out[count];
                memset(listener, 0, sizeof *listener);
                listener->inode = socket->idiag_inode;
                listener->uid = socket->idiag_uid;
                listener->queued = socket->idiag_rqueue;
                listener->port = ntohs(socket->id.idiag_sport);
                listener->ipv6 = family == AF_INET6;
                memcpy(listener->address, socket->id.idiag_src, family == AF_INET6 ? 16 : 4);
                unsigned rest = header->nlmsg_len - NLMSG_LENGTH(sizeof *socket);
                for (struct rtattr *attribute = (struct rtattr *)(socket + 1); RTA_OK(attribute, rest);
                     attribute = RTA_NEXT(attribute, rest))
                    if (attribute->rta_type == INET_DIAG_SKV6ONLY)
                        listener->ipv6_only = *(uint8_t *)RTA_DATA(attribute);
            }
            count++;
        }
    }
}

int cpx_listeners(struct cpx_listener *out, int capacity) {
    int netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0) return -1;
    int count = listeners_of(AF_INET, netlink, out, capacity, 0);
    if (count >= 0) count = listeners_of(AF_INET6, netlink, out, capacity, count);
    int error = errno;
    close(netlink);
    errno = error;
    return count;
}
#endif
