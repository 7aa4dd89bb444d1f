#define _GNU_SOURCE
#include "cposix.h"
#include "cpx_sandbox.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

// The kernel's own numbers and layouts; older C libraries do not declare them.
#ifndef SYS_move_mount
#define SYS_move_mount 429
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif
#define OPEN_CLOSE_ON_EXEC 1
#define CONFIG_FLAG 0
#define CONFIG_STRING 1
#define CONFIG_CREATE 6
#define ATTRIBUTE_NOSUID 0x2
#define ATTRIBUTE_NODEV 0x4
#define ATTRIBUTE_NOATIME 0x10
#define MOVE_FROM_DESCRIPTOR 4
#define LOOP_MAJOR_NUMBER 7
struct loop_setup { uint32_t file, block_size; struct loop_info64 info; uint64_t reserved[8]; };
#ifndef LOOP_CONFIGURE
#define LOOP_CONFIGURE 0x4C0A
#endif
#define EXT4_SHUTDOWN _IOR('X', 125, uint32_t)
#define EXT4_SHUTDOWN_WITHOUT_FLUSH 2

// Closes without losing the errno of what has just failed.
static int fail(int fd) {
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int cpx_copy_data(int from, int to) {
    static const size_t room = 65536;
    char buffer[room];
    off_t at = 0;
    while ((at = lseek(from, at, SEEK_DATA)) >= 0) {
        off_t end = lseek(from, at, SEEK_HOLE);
        if (end < 0) return -1;
        while (at < end) {
            ssize_t count = pread(from, buffer, end - at < (off_t)room ? (size_t)(end - at) : room, at);
            if (count <= 0 || pwrite(to, buffer, (size_t)count, at) != count) return -1;
            at += count;
        }
    }
    return errno == ENXIO ? 0 : -1;  // There is no more data.
}

// The device is free again when its last user closes it: somebody who was killed leaves none.
static int attach(int file) {
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0) return -1;
    // What is free now, somebody else may take first.
    for (int attempt = 0; attempt < 1000; attempt++) {
        int number = ioctl(control, LOOP_CTL_GET_FREE);
        if (number < 0) return fail(control);
        char path[32];
        snprintf(path, sizeof path, "/dev/loop%d", number);
        int device = open(path, O_RDWR | O_CLOEXEC);
        if (device < 0) return fail(control);
        struct loop_setup setup = {.file = (uint32_t)file, .block_size = 4096};
        // Directly, where the disk can: else the file would be in memory twice.
        setup.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO;
        if (ioctl(device, LOOP_CONFIGURE, &setup) == 0) {
            close(control);
            return device;
        }
        fail(device);
        if (errno != EBUSY) break;
    }
    return fail(control);
}

int cpx_mount_image(int file) {
    int device = attach(file);
    if (device < 0) return -1;
    int system = (int)syscall(SYS_fsopen, "ext4", OPEN_CLOSE_ON_EXEC);
    if (system < 0) return fail(device);
    char source[32];
    snprintf(source, sizeof source, "/proc/self/fd/%d", device);
    // What is removed gives its room back to the disk; nothing is waited for that only a power cut would need.
    const char *const options[] = {"discard", "nobarrier", "noinit_itable"};
    int failed = syscall(SYS_fsconfig, system, CONFIG_STRING, "source", source, 0) < 0;
    for (size_t n = 0; !failed && n < sizeof options / sizeof *options; n++)
        failed = syscall(SYS_fsconfig, system, CONFIG_FLAG, options[n], NULL, 0) < 0;
    int mount = -1;
    if (!failed && syscall(SYS_fsconfig, system, CONFIG_CREATE, NULL, NULL, 0) == 0)
        mount = (int)syscall(
            SYS_fsmount, system, OPEN_CLOSE_ON_EXEC, ATTRIBUTE_NOSUID | ATTRIBUTE_NODEV | ATTRIBUTE_NOATIME);
    fail(system);
    fail(device);
    return mount;
}

int cpx_place_mount(int mount_fd, const char *target) {
    if (unshare(CLONE_NEWNS) < 0) return -1;
    // What the machine takes away from its tree goes here, too; nothing that is done here is seen there.
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) return -1;
    return (int)syscall(SYS_move_mount, mount_fd, "", AT_FDCWD, target, MOVE_FROM_DESCRIPTOR);
}

int cpx_discard_mount(const char *target) {
    int folder = open(target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) return -1;
    struct stat here, above;
    // Nobody else's file system must ever be shut down: only one of a loop device, and at its top.
    if (fstat(folder, &here) < 0 || fstatat(folder, "..", &above, 0) < 0) return fail(folder);
    if (major(here.st_dev) == LOOP_MAJOR_NUMBER && here.st_dev != above.st_dev) {
        // What was not written yet need not be written any more; where the kernel cannot do that, it is.
        uint32_t how = EXT4_SHUTDOWN_WITHOUT_FLUSH;
        (void)ioctl(folder, EXT4_SHUTDOWN, &how);
    }
    close(folder);
    return umount2(target, MNT_DETACH);
}
#endif
