// What a dyno's shim needs of Linux to set a process apart: namespaces, mounts, capabilities, terminals, and the
// kernel's list of listening sockets. Every function returns -1 and sets errno on failure.
#ifndef CPX_SANDBOX_H
#define CPX_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

// Forks into new namespaces (an OR of the bits); like fork, the child goes on with a copy of everything.
#define CPX_NEW_USER 1
#define CPX_NEW_MOUNTS 2
#define CPX_NEW_PROCESSES 4
#define CPX_NEW_IPC 8
#define CPX_NEW_HOSTNAME 16
#define CPX_NEW_NETWORK 32
int cpx_clone(unsigned namespaces);
int cpx_fork(void);
_Noreturn void cpx_exit(int status);  // at once: no handlers, no flushing

// The calling process.
int cpx_die_with_parent(int signal);
int cpx_adopt_orphans(void);
int cpx_no_new_privileges(void);
int cpx_keep_memory_private(void);                  // no core file; only root traces it or reads its memory
// From here on this process and all that it starts signal, trace and read only each other. Where the kernel is too old
// for that, nothing happens.
int cpx_keep_signals_inside(void);
int cpx_can_keep_signals_inside(void);
int cpx_leave_keyring(void);                        // an empty session keyring in the place of the parent's
int cpx_drop_bounding_set(void);
int cpx_drop_capabilities_but_kill(int set_ids);    // nor, with set_ids, the right to become another user
int cpx_drop_all_capabilities(void);
int cpx_take_ids(unsigned uid, unsigned gid, int clear_groups);
int cpx_ignore_broken_pipes(void);
int cpx_default_signals(void);                      // default dispositions, empty mask
int cpx_signal_descriptor(void);                    // blocks all signals; readable on SIGCHLD and SIGTERM; non-blocking
int cpx_read_signal(int fd);                        // a signal's number, 0 when there is none
int cpx_close_range(unsigned first, unsigned last);   // both included
int cpx_act_on_files_as(unsigned uid, unsigned gid);  // for permission checks of files and /proc only
int cpx_limit_core(uint64_t bytes);
int cpx_limit_processes(uint64_t count);
int cpx_set_hostname(const char *name);
int cpx_become(const char *path, char *const argv[], char *const envp[]);
int cpx_lock(int fd, int wait);                     // flock, exclusive
// Gives memory back that was used once and is free: of the heap, and of the stack below the caller.
void cpx_release_memory(void);

// Children: reaps one; 0 when none has ended. One of code and signal is set.
int cpx_reap(int *code, int *signal);

// Mounts.
#define CPX_MOUNT_READ_ONLY 1
#define CPX_MOUNT_NO_EXEC 2
#define CPX_MOUNT_DEVICES 4
int cpx_follow_mounts(void);       // what is unmounted goes here, too; nothing done here is seen elsewhere
int cpx_make_mounts_private(void);
int cpx_mount(const char *type, const char *target, const char *options, unsigned flags);
int cpx_bind(const char *source, const char *target, unsigned flags);  // with everything mounted below it
int cpx_seal(const char *target);                   // makes a mount read-only
int cpx_pivot_here(void);                           // the working directory becomes the root; the old root goes away

// File systems of dynos' own. The data of a sparse file, to the same places of another one.
int cpx_copy_data(int from, int to);
// The ext4 in a file, on a loop device, mounted nowhere: a descriptor of the mount. All of it goes with its last user.
int cpx_mount_image(int file);
// Moves such a mount to a folder, for this process and those that it starts from here on.
int cpx_place_mount(int mount, const char *target);
int cpx_discard_mount(const char *target);          // with what it holds, if it is such a mount

// A network of a dyno's own.
int cpx_join_network(int fd);                       // an open /proc/PID/ns/net
// Gives a new, unconnected TCP socket of this network to everyone who waits at the door; how many.
int cpx_hand_out_sockets(int door, int ipv6);

// Terminals.
int cpx_open_terminal(const char *multiplexer, int rows, int columns, int *main_end, int *dyno_end);
int cpx_resize_terminal(int main_end, int rows, int columns);
int cpx_take_terminal(int dyno_end);                // as controlling terminal; the caller leads its session

// Gives a tree to another user; follows no symbolic link, stays on one file system.
int cpx_give_tree(const char *path, unsigned uid, unsigned gid);
int cpx_give(int fd, unsigned uid, unsigned gid);

// What files take on the disk: a walk that goes on where it stopped. Follows no link, stays on one file system, counts
// a file with several names once in all, and looks into folders however deep they are, and where their permissions
// forbid it to their owner. The paths are copied.
typedef struct cpx_walk cpx_walk;
cpx_walk *cpx_walk_begin(const char *const paths[], size_t count);
int cpx_walk_step(cpx_walk *walk, size_t entries);    // 1 when all has been seen
uint64_t cpx_walk_bytes(const cpx_walk *walk);
void cpx_walk_end(cpx_walk *walk);

// What a file without a name takes on the disk of `folder`, or in memory where that is null; `path` is that of an open
// file in /proc. 0 when it has a name, or is elsewhere.
uint64_t cpx_nameless_bytes(const char *path, const char *folder, uint64_t *inode);
uint64_t cpx_used_bytes(const char *path); // of the whole file system

// Every listening TCP socket of this network namespace.
struct cpx_listener {
    uint32_t inode;
    uint32_t uid;
    uint32_t queued;      // connections that nobody has accepted yet
    uint16_t port;
    uint8_t ipv6;
    uint8_t ipv6_only;
    uint8_t address[16];  // the first 4 for IPv4
};
int cpx_listeners(struct cpx_listener *out, int capacity);  // how many there are

#endif
