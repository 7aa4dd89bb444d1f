// What an event loop on raw descriptors needs and Swift cannot import. -1 and errno on failure.
#ifndef CPX_LOOP_H
#define CPX_LOOP_H

#include <stddef.h>
#include <stdint.h>

#define CPX_LOOP_IN 1
#define CPX_LOOP_OUT 2
#define CPX_LOOP_CLOSED 4   // the peer has finished writing
#define CPX_LOOP_BROKEN 8   // both directions are over, or an error waits

struct cpx_ready {
    void *pointer;
    uint32_t events;
};

// Edge-triggered for reading, writing and hang-up, once and for all.
int cpx_loop_add(int epoll, int fd, void *pointer);
// Level-triggered, waking one of the loops that share the listener; its connections get TCP_NODELAY.
int cpx_loop_add_listener(int epoll, int fd, void *pointer);
int cpx_loop_remove(int epoll, int fd);
int cpx_loop_wait(int epoll, struct cpx_ready *ready, int capacity, int timeout_ms);

// Acknowledges at once what has come, instead of a while later.
void cpx_loop_acknowledge(int fd);

// Bytes that the kernel holds for the other side and has not sent yet.
int cpx_loop_unsent(int fd);

// Makes a pipe of `size` bytes whose ends never block.
int cpx_loop_pipe(int *exit, int *entrance, int size);
// Moves bytes from or to a pipe without copying them; 0 at the end of what is read.
ptrdiff_t cpx_loop_splice(int from, int to, size_t most);

// Accepts without blocking; writes the peer's address as text without a port.
int cpx_loop_accept(int listener, char *name, size_t capacity);

// Where a connection goes; made once, used for every connect.
struct cpx_target {
    uint32_t length;
    int32_t family;
    uint8_t address[28];
    char path[512];  // of a Unix socket
    // Of a dyno with a network of its own: where in it a socket goes that came through the door at `path`.
    uint32_t inner_length;
    uint8_t inner_address[28];
};
int cpx_target_tcp(struct cpx_target *target, const char *address, uint16_t port);
int cpx_target_unix(struct cpx_target *target, const char *path);
int cpx_target_inside(struct cpx_target *target, const char *door, const char *address, uint16_t port);
// Starts to connect; gives back the descriptor while EINPROGRESS.
int cpx_target_connect(const struct cpx_target *target);
// Takes the socket that comes through a connected door, and starts to connect it; EAGAIN while none has come.
int cpx_target_enter(const struct cpx_target *target, int door);

int cpx_random(void *bytes, size_t count);
int cpx_take_all(int eventfd);
int cpx_ring(int eventfd);

#endif
