#define _GNU_SOURCE
#include "cposix.h"
#include "cpx_sandbox.h"

#ifdef __linux__
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

// A folder on the way from a root to where the walk is; only the last one is open.
struct level {
    char *name;
    dev_t device;
    ino_t inode;
    mode_t mode, opened_mode;  // as it was, and as it was opened up to be read; the same where that was not needed
    char **folders;            // those in it that are still to be seen
    size_t folder_count;
    int is_read;
};

struct cpx_walk {
    char **roots;
    size_t root_count, next_root;
    struct level *levels;
    size_t depth, room;
    DIR *open;
    double bytes;
};

static void count(cpx_walk *walk, const struct stat *info) {
    double own = (double)info->st_blocks * 512;
    if (!S_ISDIR(info->st_mode) && info->st_nlink > 1) own /= (double)info->st_nlink;
    walk->bytes += own;
}

static int remember(char ***list, size_t *length, const char *name) {
    if ((*length & (*length - 1)) == 0) {
        char **more = realloc(*list, (*length ? *length * 2 : 1) * sizeof *more);
        if (!more) return -1;
        *list = more;
    }
    char *copy = strdup(name);
    if (!copy) return -1;
    (*list)[(*length)++] = copy;
    return 0;
}

cpx_walk *cpx_walk_begin(const char *const paths[], size_t count) {
    cpx_walk *walk = calloc(1, sizeof *walk);
    for (size_t n = 0; walk && n < count; n++) remember(&walk->roots, &walk->root_count, paths[n]);
    return walk;
}

static void forget(struct level *level) {
    while (level->folder_count > 0) free(level->folders[--level->folder_count]);
    free(level->folders);
    free(level->name);
}

// Through /proc: a path could have become a link meanwhile, and an O_PATH descriptor cannot be changed itself.
static void set_mode(int fd, mode_t mode) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    chmod(path, mode);
}

// Opens a folder below `parent` for reading, and one level more with it. Whoever owns a folder may read it even where
// its permissions say otherwise: files could be hidden in it.
static int enter(cpx_walk *walk, int parent, const char *name) {
    int path = openat(parent, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
    if (path < 0) return -1;
    struct stat info;
    if (fstat(path, &info) < 0 || (walk->depth > 0 && info.st_dev != walk->levels[0].device)) {
        close(path);
        return -1;
    }
    struct level level = {.device = info.st_dev, .inode = info.st_ino};
    level.mode = level.opened_mode = info.st_mode & 07777;
    if (geteuid() != 0 && info.st_uid == geteuid() && (level.mode & 0500) != 0500) {
        level.opened_mode = level.mode | 0500;
        set_mode(path, level.opened_mode);
    }
    int fd = openat(path, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(path);
    DIR *opened = fd < 0 ? NULL : fdopendir(fd);
    if (walk->depth == walk->room) {
        size_t room = walk->room ? walk->room * 2 : 16;
        struct level *more = realloc(walk->levels, room * sizeof *more);
        if (more) {
            walk->levels = more;
            walk->room = room;
        }
    }
    level.name = strdup(name);
    if (!opened || !level.name || walk->depth == walk->room) {
        if (opened)
            closedir(opened);
        else if (fd >= 0)
            close(fd);
        free(level.name);
        return -1;
    }
    if (walk->open) closedir(walk->open);
    walk->open = opened;
    walk->levels[walk->depth++] = level;
    count(walk, &info);
    return 0;
}

static int is_level(const struct level *level, int fd) {
    struct stat info;
    return fstat(fd, &info) == 0 && info.st_dev == level->device && info.st_ino == level->inode;
}

// Somebody has moved folders about: finds its way down again by their names, as far as they are still there.
static int find_again(cpx_walk *walk) {
    size_t found = 0;
    int fd = -1;
    while (found < walk->depth) {
        struct level *level = &walk->levels[found];
        int next = openat(fd < 0 ? AT_FDCWD : fd, level->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next >= 0 && !is_level(level, next)) {
            close(next);
            next = -1;
        }
        if (next < 0) break;
        if (fd >= 0) close(fd);
        fd = next;
        found++;
    }
    while (walk->depth > found) forget(&walk->levels[--walk->depth]);
    return fd;
}

static void leave(cpx_walk *walk) {
    int here = dirfd(walk->open);
    struct level *level = &walk->levels[--walk->depth];
    int parent = -1;
    if (walk->depth > 0) {
        parent = openat(here, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (parent < 0 || !is_level(&walk->levels[walk->depth - 1], parent)) {
            if (parent >= 0) close(parent);
            parent = find_again(walk);
        }
    }
    struct stat info;
    if (level->opened_mode != level->mode && fstat(here, &info) == 0 && (info.st_mode & 07777) == level->opened_mode)
        fchmod(here, level->mode);
    forget(level);
    closedir(walk->open);
    walk->open = parent < 0 ? NULL : fdopendir(parent);
    if (walk->open) return;
    if (parent >= 0) close(parent);
    while (walk->depth > 0) forget(&walk->levels[--walk->depth]);
}

int cpx_walk_step(cpx_walk *walk, size_t entries) {
    while (entries-- > 0) {
        if (!walk->open) {
            if (walk->next_root == walk->root_count) return 1;
            enter(walk, AT_FDCWD, walk->roots[walk->next_root++]);
            continue;
        }
        struct level *level = &walk->levels[walk->depth - 1];
        struct dirent *entry = level->is_read ? NULL : readdir(walk->open);
        if (!entry) {
            level->is_read = 1;
            if (level->folder_count == 0) {
                leave(walk);
            } else {
                char *name = level->folders[--level->folder_count];
                enter(walk, dirfd(walk->open), name);
                free(name);
            }
            continue;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        struct stat info;
        if (fstatat(dirfd(walk->open), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0) continue;
        if (S_ISDIR(info.st_mode))
            remember(&level->folders, &level->folder_count, entry->d_name);
        else
            count(walk, &info);
    }
    return 0;
}

uint64_t cpx_walk_bytes(const cpx_walk *walk) { return (uint64_t)walk->bytes; }

void cpx_walk_end(cpx_walk *walk) {
    if (walk->open) closedir(walk->open);
    while (walk->depth > 0) forget(&walk->levels[--walk->depth]);
    free(walk->levels);
    while (walk->root_count > 0) free(walk->roots[--walk->root_count]);
    free(walk->roots);
    free(walk);
}

uint64_t cpx_nameless_bytes(const char *path, const char *folder, uint64_t *inode) {
    struct stat info, link, place;
    struct statfs system;
    if (stat(path, &info) < 0 || !S_ISREG(info.st_mode) || info.st_nlink > 0 || statfs(path, &system) < 0) return 0;
    if (!folder) {
        if (system.f_type != TMPFS_MAGIC) return 0;
    } else if (system.f_type == OVERLAYFS_SUPER_MAGIC) {
        // An overlay: what it is written to is `folder`; what is only read may be a file of the slug.
        if (lstat(path, &link) < 0 || !(link.st_mode & S_IWUSR)) return 0;
    } else if (stat(folder, &place) < 0 || place.st_dev != info.st_dev) {
        return 0;
    }
    *inode = (uint64_t)info.st_ino;
    return (uint64_t)info.st_blocks * 512;
}

uint64_t cpx_used_bytes(const char *path) {
    struct statfs system;
    if (statfs(path, &system) < 0 || system.f_blocks < system.f_bfree) return 0;
    return (uint64_t)(system.f_blocks - system.f_bfree) * (uint64_t)system.f_bsize;
}
#endif
