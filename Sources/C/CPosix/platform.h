// What cposix.c needs from the one file of each platform.
#ifndef CPOSIX_PLATFORM_H
#define CPOSIX_PLATFORM_H

#include <sys/socket.h>

#ifdef __linux__
#define CPX_NO_SIGNAL MSG_NOSIGNAL
#define CPX_RECEIVE_CLOEXEC MSG_CMSG_CLOEXEC
#else
// There a socket option takes the signal's place, and descriptors are marked after they have come.
#define CPX_NO_SIGNAL 0
#define CPX_RECEIVE_CLOEXEC 0
#endif

int cpx_pipe(int ends[2]);       // close-on-exec
void cpx_close_from(int first);  // closes every descriptor from that number on; async-signal-safe
// The calling process gets SIGKILL when the thread of `parent` that started it ends; -1 when that has happened already.
int cpx_end_with_parent(int parent);

#endif
