/* Reads records from standard input, reports on each, then tries what a program may want of its surroundings. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "calc.h"
#include "lib/sha256.h"

enum { NODES = 60, CACHE_SIZE = 16, MAX_WORKERS = 8 };

static char **lines;
static size_t line_count;
static int roads[NODES][NODES];
static int unknown_count, unknown_first;

static void die(const char *what)
{
	perror(what);
	exit(99);
}

struct entry {
	struct entry *newer, *older;
	char key[32];
	int value;
};

/* A ring: the sentinel's older side is the newest entry. */
static struct entry ring = { &ring, &ring, "", 0 };
static int cached;

static void detach(struct entry *entry)
{
	entry->newer->older = entry->older;
	entry->older->newer = entry->newer;
}

static void make_newest(struct entry *entry)
{
	entry->older = ring.older;
	entry->newer = &ring;
	ring.older->newer = entry;
	ring.older = entry;
}

static struct entry *find(const char *key)
{
	for (struct entry *entry = ring.older; entry != &ring; entry = entry->older)
		if (!strcmp(entry->key, key)) {
			detach(entry);
			make_newest(entry);
			return entry;
		}
	return NULL;
}

static void cache_get(const char *key)
{
	struct entry *entry = find(key);
	entry ? printf("get %d\n", entry->value) : printf("get nothing\n");
}

static void cache_put(const char *key, int value)
{
	struct entry *entry = find(key);
	if (!entry) {
		entry = calloc(1, sizeof *entry);
		snprintf(entry->key, sizeof entry->key, "%s", key);
		make_newest(entry);
		cached++;
	}
	entry->value = value;
	if (cached <= CACHE_SIZE) {
		printf("put\n");
		return;
	}
	struct entry *oldest = ring.newer;
	printf("put for %s=%d\n", oldest->key, oldest->value);
	detach(oldest);
	free(oldest);
	cached--;
}

static void describe(const char *text)
{
	size_t size = strlen(text);
	wchar_t *wide = calloc(size + 1, sizeof *wide);
	size_t points = mbstowcs(wide, text, size + 1);
	int letters = 0, uppers = 0, columns = 0, zero_width = 0;
	for (size_t i = 0; i < points; i++) {
		letters += !!iswalpha(wide[i]);
		uppers += !!iswupper(wide[i]);
		columns += wcwidth(wide[i]) > 0 ? wcwidth(wide[i]) : 0;
		zero_width += wcwidth(wide[i]) == 0;
		wide[i] = towupper(wide[i]);
	}
	printf("text %zuB %zucp %dl %du %dw %dz %.6ls\n", size, points, letters, uppers, columns, zero_width, wide);
	free(wide);
}

static void digest(const char *json)
{
	struct sha256 hash;
	char hex[65];
	sha256_init(&hash);
	sha256_add(&hash, json, strlen(json));
	sha256_hex(&hash, hex);
	printf("json %.16s %ld\n", hex, strtol(strstr(json, ": ") + 2, NULL, 10));
}

static void report_expression(const char *source)
{
	struct calc calc;
	long long value;
	if (calculate(&calc, source, &value) == 0)
		printf("expr %lld sqrt %.4f\n", value, sqrt(llabs(value)));
	else
		printf("expr fails: %s\n", calc.reason);
}

static void report_line(int number, const char *line)
{
	char key[32];
	int value, a, b;
	printf("%d ", number);
	if (!strncmp(line, "text ", 5))
		describe(line + 5);
	else if (!strncmp(line, "expr ", 5))
		report_expression(line + 5);
	else if (!strncmp(line, "json ", 5))
		digest(line + 5);
	else if (sscanf(line, "put %31s %d", key, &value) == 2)
		cache_put(key, value);
	else if (sscanf(line, "get %31s", key) == 1)
		cache_get(key);
	else if (sscanf(line, "edge n%d n%d %d", &a, &b, &value) == 3 && a < NODES && b < NODES) {
		if (!roads[a][b] || value < roads[a][b])
			roads[a][b] = roads[b][a] = value;
		printf("edge %d\n", roads[a][b]);
	} else {
		if (!unknown_count++)
			unknown_first = number;
		printf("unknown of %zu bytes\n", strlen(line));
	}
}

/* Floyd and Warshall. */
static void all_distances(void)
{
	static int far[NODES][NODES];
	int widest = 0;
	for (int i = 0; i < NODES; i++)
		for (int j = 0; j < NODES; j++)
			far[i][j] = i == j ? 0 : roads[i][j] ? roads[i][j] : 100000;
	for (int k = 0; k < NODES; k++)
		for (int i = 0; i < NODES; i++)
			for (int j = 0; j < NODES; j++)
				if (far[i][k] + far[k][j] < far[i][j])
					far[i][j] = far[i][k] + far[k][j];
	for (int i = 0; i < NODES; i++)
		for (int j = 0; j < NODES; j++)
			widest = far[i][j] > widest ? far[i][j] : widest;
	for (int j = 0; j < NODES; j++)
		printf("%d%c", far[0][j], j == NODES - 1 ? '\n' : ' ');
	printf("diameter %d\n", widest);
}

static void factorial(int number)
{
	static uint32_t digits[400] = { 1 };
	int size = 1;
	for (int factor = 2; factor <= number; factor++) {
		uint64_t carry = 0;
		for (int i = 0; i < size || carry; i++) {
			carry += (uint64_t)digits[i] * factor;
			digits[i] = carry % 1000000000;
			carry /= 1000000000;
			size = i == size ? size + 1 : size;
		}
	}
	printf("%u", digits[size - 1]);
	for (int i = size - 2; i >= 0; i--)
		printf("%09u", digits[i]);
	putchar('\n');
}

/* A bounded queue of line numbers between one producer and several workers. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t jobs[8];
	int filled, closed;
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static atomic_long bytes_seen;
static _Thread_local long mine;

static int take_job(size_t *job)
{
	pthread_mutex_lock(&queue.lock);
	while (!queue.filled && !queue.closed)
		pthread_cond_wait(&queue.changed, &queue.lock);
	int taken = queue.filled > 0;
	if (taken)
		*job = queue.jobs[--queue.filled];
	pthread_cond_broadcast(&queue.changed);
	pthread_mutex_unlock(&queue.lock);
	return taken;
}

static void give_job(size_t job)
{
	pthread_mutex_lock(&queue.lock);
	while (queue.filled == 8)
		pthread_cond_wait(&queue.changed, &queue.lock);
	queue.jobs[queue.filled++] = job;
	pthread_cond_broadcast(&queue.changed);
	pthread_mutex_unlock(&queue.lock);
}

static void *work(void *unused)
{
	size_t start;
	while (take_job(&start))
		for (size_t i = start; i < start + 512 && i < line_count; i++)
			mine += strlen(lines[i]);
	atomic_fetch_add(&bytes_seen, mine);
	return unused;
}

static void count_in_threads(int workers)
{
	pthread_t threads[MAX_WORKERS];
	for (int i = 0; i < workers; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			die("pthread_create");
	for (size_t start = 0; start < line_count; start += 512)
		give_job(start);
	pthread_mutex_lock(&queue.lock);
	queue.closed = 1;
	pthread_cond_broadcast(&queue.changed);
	pthread_mutex_unlock(&queue.lock);
	for (int i = 0; i < workers; i++)
		pthread_join(threads[i], NULL);
	printf("%d threads saw %ld bytes, main %ld\n", workers, bytes_seen, mine);
}

static void report_exit(const char *name, pid_t pid)
{
	int status;
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	if (WIFSIGNALED(status))
		printf("%s: killed by SIG%s\n", name, sigabbrev_np(WTERMSIG(status)));
	else
		printf("%s: left with %d\n", name, WEXITSTATUS(status));
}

static pid_t start(int in, int out, char *const command[])
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid)
		return pid;
	dup2(in, 0);
	dup2(out, 1);
	execvp(command[0], command);
	_exit(127);
}

/* Writes and reads a filter at once, by poll, so that neither side's pipe fills up for ever. */
static void filter_lines(char *const command[])
{
	int to[2], from[2];
	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		die("pipe2");
	pid_t pid = start(to[0], from[1], command);
	close(to[0]), close(from[1]);
	fcntl(to[1], F_SETFL, O_NONBLOCK);
	struct pollfd ends[2] = { { to[1], POLLOUT, 0 }, { from[0], POLLIN, 0 } };
	struct sha256 hash;
	char buffer[65536], hex[65];
	size_t line = 0, offset = 0, total = 0;
	for (sha256_init(&hash);;) {
		poll(ends, 2, -1);
		if (ends[0].revents && line == line_count) {
			close(to[1]);
			ends[0].fd = -1;
		} else if (ends[0].revents) {
			ssize_t sent = write(to[1], lines[line] + offset, strlen(lines[line]) - offset);
			offset += sent > 0 ? sent : 0;
			if (offset == strlen(lines[line]))
				line++, offset = 0;
		}
		if (ends[1].revents) {
			ssize_t got = read(from[0], buffer, sizeof buffer);
			if (got <= 0)
				break;
			sha256_add(&hash, buffer, got);
			total += got;
		}
	}
	close(from[0]);
	sha256_hex(&hash, hex);
	printf("%s gave %zu bytes, %s\n", command[0], total, hex);
	report_exit(command[0], pid);
}

static volatile sig_atomic_t caught;
static sigjmp_buf fault;

static void on_signal(int number)
{
	caught = number;
}

static void on_fault(int number)
{
	siglongjmp(fault, number);
}

static void survive_fault(void)
{
	struct sigaction action = { .sa_handler = on_fault };
	sigaction(SIGSEGV, &action, NULL);
	volatile char *forbidden = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int number = sigsetjmp(fault, 1);
	if (!number)
		*forbidden = 1;
	printf("survived SIG%s\n", sigabbrev_np(number));
	signal(SIGSEGV, SIG_DFL);
}

static void run_children(char *self)
{
	report_exit("shell", start(0, 1, (char *[]){ "sh", "-c", "cat >/dev/null </dev/null; exit 42", NULL }));
	report_exit("itself", start(0, 1, (char *[]){ self, "--child", "ünïcode", NULL }));
	report_exit("missing", start(0, 1, (char *[]){ "/no/such/program", NULL }));
	pid_t sleeper = start(0, 1, (char *[]){ "sleep", "60", NULL });
	kill(sleeper, SIGTERM);
	report_exit("sleeper", sleeper);
	report_exit("crash", start(0, 1, (char *[]){ "sh", "-c", "kill -SEGV $$", NULL }));
	filter_lines((char *[]){ "cat", NULL });
	filter_lines((char *[]){ "tr", "a-z", "A-Z", NULL });
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	printf("caught SIG%s\n", sigabbrev_np(caught));
	FILE *sorted = popen("printf 'b\\na\\nc\\n' | sort -r | tr -d '\\n'", "r");
	char answer[16] = "";
	fgets(answer, sizeof answer, sorted);
	printf("sorted %s, %d\n", answer, WEXITSTATUS(pclose(sorted)));
}

/* A forked child and its parent take turns over a socket pair and a shared page. */
static void share_memory(void)
{
	int ends[2];
	char token;
	int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) || page == MAP_FAILED)
		die("share");
	fflush(stdout);
	pid_t pid = fork();
	for (int turn = 0; turn < 100; turn++) {
		if (pid && turn)
			read(ends[0], &token, 1);
		else if (!pid)
			read(ends[1], &token, 1);
		*page = *page * 3 % 1000003 + turn + !pid;
		write(ends[!pid], "x", 1);
	}
	if (!pid)
		_exit(*page % 50);
	report_exit("sharer", pid);
	munmap(page, 4096);
}

static int remove_entry(const char *path, const struct stat *unused, int flag, struct FTW *where)
{
	(void)unused, (void)flag, (void)where;
	return remove(path);
}

static void list(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		printf("%s%s", entries[i]->d_name, i == count - 1 ? "\n" : "|");
		free(entries[i]);
	}
	free(entries);
}

static void work_with_files(void)
{
	char folder[] = "/tmp/report-XXXXXX", text[32] = "", target[32] = "";
	char *before = getcwd(NULL, 0);
	if (!mkdtemp(folder) || chdir(folder))
		die("mkdtemp");
	int fd = open("naïve 日本", O_RDWR | O_CREAT | O_EXCL, 0640);
	dprintf(fd, "one\n%s\nthree\n", "two");
	pwrite(fd, "TWO", 3, 4);
	lseek(fd, -6, SEEK_END);
	read(fd, text, 5);
	char *mapped = mmap(NULL, 14, PROT_READ, MAP_PRIVATE, fd, 0);
	printf("tail %s, mapped %.7s\n", text, mapped + 4);
	ftruncate(fd, 1 << 20);
	struct stat status;
	fstat(fd, &status);
	printf("mode %o size %ld\n", status.st_mode & 0777, (long)status.st_size);
	symlink("naïve 日本", "link");
	rename("naïve 日本", "moved");
	readlink("link", target, sizeof target - 1);
	printf("link to %s: %s\n", target, access("link", F_OK) ? strerrorname_np(errno) : "found");
	mkdir("deep", 0755);
	list(".");
	close(fd);
	chdir(before);
	free(before);
	nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	printf("afterwards: %s, %s\n", access(folder, F_OK) ? strerrorname_np(errno) : "there",
	       open("/tmp", O_WRONLY) < 0 ? strerrorname_np(errno) : "opened");
}

static void read_lines(void)
{
	char *line = NULL;
	size_t room = 0, capacity = 0;
	for (ssize_t size; (size = getline(&line, &room, stdin)) >= 0;) {
		if (line_count == capacity)
			lines = realloc(lines, (capacity = capacity * 2 + 64) * sizeof *lines);
		line[strcspn(line, "\n")] = 0;
		lines[line_count++] = strdup(line);
	}
	free(line);
}

static void surroundings(int count, char *arguments[])
{
	for (int i = 1; i < count; i++)
		printf("argument %d is «%s»\n", i, arguments[i]);
	char *here = getcwd(NULL, 0), *home = realpath(getenv("HOME"), NULL);
	printf("greeting %s, at home %d, %zu bytes at most in a character\n", getenv("GREETING"), !strcmp(here, home),
	       MB_CUR_MAX);
	free(here);
	free(home);
}

static void say_goodbye(void)
{
	fprintf(stderr, "%d lines were not understood, the first is line %d\n", unknown_count, unknown_first);
}

int main(int count, char *arguments[])
{
	setlocale(LC_ALL, "");
	if (count == 3 && !strcmp(arguments[1], "--child")) {
		printf("child says %s\n", arguments[2]);
		return 5;
	}
	surroundings(count, arguments);
	read_lines();
	for (size_t i = 0; i < line_count; i++)
		report_line(i + 1, lines[i]);
	all_distances();
	factorial(1000);
	count_in_threads(4);
	run_children(arguments[0]);
	share_memory();
	survive_fault();
	work_with_files();
	atexit(say_goodbye);
	exit(7);
}
