// Terminals, signals as descriptors, and starting a program that outlives its parent's session.
#ifndef CPOSIX_TERMINAL_H
#define CPOSIX_TERMINAL_H

#include <stddef.h>

int cpx_is_terminal(int fd);
int cpx_window_size(int fd, int *rows, int *columns);
// Puts a terminal into raw mode and remembers how it was; restoring without that does nothing. One at a time.
int cpx_terminal_raw(int fd);
void cpx_terminal_restore(void);
// Turns the echo of typed text off (0) or on (1).
int cpx_terminal_echo(int fd, int on);

// A non-blocking descriptor that becomes readable when the signal comes; the signal's own effect is gone.
int cpx_signal_pipe(int signal);

char **cpx_environment(void);

// Starts a program in a session of its own, with /dev/null as standard input and `output` as 1 and 2, every other
// descriptor closed, default signals, folder "/". Returns the pid.
int cpx_start_detached(const char *path, char *const argv[], char *const envp[], int output);
// Runs a program on this terminal, in this process group, and waits for its end; Ctrl-C is the program's meanwhile.
int cpx_run_in_foreground(const char *path, char *const argv[], char *const envp[], int *code, int *signal);
// Replaces this program.
int cpx_exec(const char *path, char *const argv[], char *const envp[]);

#endif
