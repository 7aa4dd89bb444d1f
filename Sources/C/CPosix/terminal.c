#define _GNU_SOURCE
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

extern char **environ;

int cpx_is_terminal(int fd) { return isatty(fd); }

int cpx_window_size(int fd, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -1;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

static struct termios saved;
static int saved_fd = -1;

int cpx_terminal_raw(int fd) {
    struct termios raw;
    if (tcgetattr(fd, &saved) < 0) return -1;
    raw = saved;
    cfmakeraw(&raw);
    if (tcsetattr(fd, TCSADRAIN, &raw) < 0) return -1;
    saved_fd = fd;
    return 0;
}

void cpx_terminal_restore(void) {
    if (saved_fd < 0) return;
    tcsetattr(saved_fd, TCSADRAIN, &saved);
    saved_fd = -1;
}

int cpx_terminal_echo(int fd, int on) {
    struct termios state;
    if (tcgetattr(fd, &state) < 0) return -1;
    if (on) state.c_lflag |= ECHO;
    else state.c_lflag &= ~(tcflag_t)ECHO;
    return tcsetattr(fd, TCSADRAIN, &state);
}

#define SIGNALS 65
static int signal_writers[SIGNALS];

static void on_signal(int signal) {
    int before = errno;
    (void)!write(signal_writers[signal], "", 1);
    errno = before;
}

int cpx_signal_pipe(int signal) {
    int ends[2];
    if (signal <= 0 || signal >= SIGNALS) {
        errno = EINVAL;
        return -1;
    }
    if (pipe(ends) < 0) return -1;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    signal_writers[signal] = ends[1];
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(signal, &action, NULL);
    return ends[0];
}

char **cpx_environment(void) { return environ; }

static void default_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

int cpx_start_detached(const char *path, char *const argv[], char *const envp[], int output) {
    int report[2];
    if (pipe(report) < 0) return -1;
    fcntl(report[0], F_SETFD, FD_CLOEXEC);
    fcntl(report[1], F_SETFD, FD_CLOEXEC);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) {
        int log = fcntl(output, F_DUPFD, 64), writer = fcntl(report[1], F_DUPFD_CLOEXEC, 64);
        setsid();
        int null = open("/dev/null", O_RDWR);
        int failed = log < 0 || writer < 0 || null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0
            || dup2(writer, 3) < 0 || chdir("/") < 0;
        if (!failed) {
            fcntl(3, F_SETFD, FD_CLOEXEC);
            writer = 3;
#ifdef __linux__
            syscall(SYS_close_range, 4U, ~0U, 0);
#else
            for (int fd = 4; fd < 1024; fd++) close(fd);
#endif
            default_signals();
            execve(path, argv, envp);
        }
        int error = errno;
        (void)!write(writer >= 0 ? writer : report[1], &error, sizeof error);
        _exit(127);
    }
    int fork_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    int error = 0;
    ssize_t got = 0;
    if (pid > 0) {
        do got = read(report[0], &error, sizeof error);
        while (got < 0 && errno == EINTR);
    }
    close(report[0]);
    if (pid < 0) {
        errno = fork_error;
        return -1;
    }
    if (got != (ssize_t)sizeof error) return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    errno = error;
    return -1;
}

int cpx_run_in_foreground(const char *path, char *const argv[], char *const envp[], int *code, int *signal_number) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before_int, before_quit;
    sigaction(SIGINT, &ignore, &before_int);
    sigaction(SIGQUIT, &ignore, &before_quit);
    pid_t pid = fork();
    if (pid == 0) {
        default_signals();
        execve(path, argv, envp);
        _exit(127);
    }
    int status = 0, result = pid, error = errno;
    while (pid > 0 && (result = waitpid(pid, &status, 0)) < 0 && errno == EINTR) {}
    sigaction(SIGINT, &before_int, NULL);
    sigaction(SIGQUIT, &before_quit, NULL);
    errno = error;
    if (result < 0) return -1;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    *signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return 0;
}

int cpx_exec(const char *path, char *const argv[], char *const envp[]) {
    default_signals();
    return execve(path, argv, envp);
}
