/* pthreads, processes, semaphores, queues, signals, timers, shared memory, descriptors of all kinds. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(right)                                                     \
    do                                                                   \
        if (!(right)) {                                                  \
            printf("line %d: %s: %s\n", __LINE__, #right, strerror(errno)); \
            exit(1);                                                     \
        }                                                                \
    while (0)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static int count;
static volatile sig_atomic_t arrived;

static void *work(void *unused) {
    pthread_barrier_wait(&barrier);
    pthread_mutex_lock(&lock);
    count++;
    pthread_mutex_unlock(&lock);
    return &count;
}

static void *wait_for_ever(void *unused) {
    for (;;)
        pause();
}

static void threads(void) {
    pthread_t all[20], lasting;
    cpu_set_t processors;
    struct sched_param parameters;
    void *result;
    int policy;
    pthread_barrier_init(&barrier, 0, 20);
    for (int i = 0; i < 20; i++)
        CHECK(pthread_create(all + i, 0, work, 0) == 0);
    for (int i = 0; i < 20; i++)
        CHECK(pthread_join(all[i], &result) == 0 && result == &count);
    CHECK(count == 20);
    CHECK(pthread_create(&lasting, 0, wait_for_ever, 0) == 0 && pthread_setname_np(pthread_self(), "main") == 0);
    /* By thread id, which is neither 0 nor that of the process. */
    CHECK(pthread_getaffinity_np(lasting, sizeof processors, &processors) == 0);
    CHECK(pthread_setaffinity_np(lasting, sizeof processors, &processors) == 0);
    CHECK(pthread_getschedparam(lasting, &policy, &parameters) == 0);
    CHECK(pthread_setschedparam(lasting, SCHED_BATCH, &parameters) == 0);
    CHECK(pthread_cancel(lasting) == 0 && pthread_join(lasting, &result) == 0 && result == PTHREAD_CANCELED);
    CHECK(nice(1) == 1 && sched_yield() == 0);
}

static void robust_locks(void) {
    pthread_mutex_t *shared = mmap(0, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    CHECK(pthread_mutex_init(shared, &attributes) == 0);
    if (fork() == 0)
        pthread_mutex_lock(shared), _exit(0);
    wait(0);
    CHECK(pthread_mutex_lock(shared) == EOWNERDEAD && pthread_mutex_consistent(shared) == 0);
}

static void processes(void) {
    extern char **environ;
    pid_t pid;
    int status;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/tmp/out", O_WRONLY | O_CREAT, 0600);
    CHECK(posix_spawnp(&pid, "sh", &actions, &attributes, (char *[]){"sh", "-c", "echo out; exit 3", 0}, environ) == 0);
    CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3);
    CHECK(system("exit 4") >> 8 == 4);
    FILE *pipe = popen("echo hello", "r");
    char line[16];
    CHECK(fgets(line, 16, pipe) && pclose(pipe) == 0);
    if ((pid = vfork()) == 0)
        execl("/bin/true", "true", (char *)0), _exit(1);
    siginfo_t info;
    CHECK(waitid(P_PID, pid, &info, WEXITED) == 0 && info.si_status == 0);
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0 && (limit.rlim_cur = 64, setrlimit(RLIMIT_NOFILE, &limit)) == 0);
}

static void shared_things(void) {
    sem_t *named = sem_open("/name", O_CREAT | O_EXCL, 0600, 0);
    CHECK(named != SEM_FAILED);
    if (fork() == 0)
        sem_post(named), _exit(0);
    CHECK(sem_wait(named) == 0 && sem_unlink("/name") == 0 && wait(0) > 0);
    mqd_t queue = mq_open("/queue", O_CREAT | O_RDWR, 0600, 0);
    char message[8192];
    CHECK(queue >= 0 && mq_send(queue, "hello", 5, 1) == 0 && mq_receive(queue, message, sizeof message, 0) == 5 && mq_unlink("/queue") == 0);
    int memory = shm_open("/memory", O_CREAT | O_RDWR, 0600);
    CHECK(memory >= 0 && ftruncate(memory, 4096) == 0 && mmap(0, 4096, 3, MAP_SHARED, memory, 0) != MAP_FAILED && shm_unlink("/memory") == 0);
    int segment = shmget(IPC_PRIVATE, 4096, 0600), set = semget(IPC_PRIVATE, 1, 0600);
    CHECK(shmat(segment, 0, 0) != (void *)-1 && shmctl(segment, IPC_RMID, 0) == 0);
    CHECK(semop(set, &(struct sembuf){0, 1, 0}, 1) == 0 && semctl(set, 0, GETVAL) == 1 && semctl(set, 0, IPC_RMID) == 0);
}

static void on_signal(int number) {
    arrived++;
}

static void signals_and_timers(void) {
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    struct itimerspec soon = {.it_value.tv_nsec = 1000000};
    stack_t stack = {.ss_sp = malloc(SIGSTKSZ), .ss_size = SIGSTKSZ};
    timer_t timer;
    CHECK(sigaltstack(&stack, 0) == 0);
    sigaction(SIGRTMIN, &(struct sigaction){.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_RESTART}, 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &soon, 0) == 0);
    while (!arrived)
        usleep(100);
    CHECK(timer_delete(timer) == 0);
    signal(SIGALRM, on_signal);
    alarm(1);
    CHECK(pause() == -1 && errno == EINTR && arrived == 2);
    CHECK(sigqueue(getpid(), SIGRTMIN, (union sigval){42}) == 0 && arrived == 3);
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &soon.it_value, 0) == 0);
}

static void descriptors(void) {
    sigset_t set;
    struct epoll_event event = {EPOLLIN};
    int pair[2], poll = epoll_create1(EPOLL_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, 0), counter = eventfd(1, 0);
    uint64_t value;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, 0);
    int signals = signalfd(-1, &set, 0), watch = inotify_init1(0);
    raise(SIGUSR2);
    CHECK(read(signals, &(struct signalfd_siginfo){0}, sizeof(struct signalfd_siginfo)) > 0);
    CHECK(inotify_add_watch(watch, "/tmp", IN_CREATE) >= 0 && close(open("/tmp/new", O_CREAT, 0600)) == 0 && read(watch, (char[512]){0}, 512) > 0);
    CHECK(timerfd_settime(timer, 0, &(struct itimerspec){.it_value.tv_nsec = 1}, 0) == 0 && read(timer, &value, 8) == 8 && read(counter, &value, 8) == 8);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && epoll_ctl(poll, EPOLL_CTL_ADD, pair[0], &event) == 0 && write(pair[1], "x", 1) == 1 && epoll_wait(poll, &event, 1, 5000) == 1);
    int from = open("/usr/lib/os-release", O_RDONLY), to = open("/tmp/copy", O_RDWR | O_CREAT, 0600), again = open("/tmp/again", O_RDWR | O_CREAT, 0600), memory = memfd_create("m", MFD_CLOEXEC);
    CHECK(sendfile(to, from, 0, 100) == 100 && copy_file_range(to, &(off_t){0}, again, 0, 10, 0) == 10 && fallocate(to, 0, 0, 8192) == 0 && ftruncate(memory, 4096) == 0);
    CHECK(flock(to, 2) == 0 && lockf(to, F_TLOCK, 0) == 0 && mkfifo("/tmp/fifo", 0600) == 0 && posix_fadvise(from, 0, 0, POSIX_FADV_SEQUENTIAL) == 0);
}



int main(void) {
    threads(), puts("threads ok");
    robust_locks(), puts("robust_locks ok");
    processes(), puts("processes ok");
    shared_things(), puts("shared_things ok");
    signals_and_timers(), puts("signals_and_timers ok");
    descriptors(), puts("descriptors ok");
}
