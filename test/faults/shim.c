// Makes disk and clock of one process misbehave on command: preloaded before libc, it counts the writes and syncs of files below one folder,
// fails those it is told to fail, and shifts the wall clock. Told through a small file mapped into memory, so that a harness can change its
// mind while the process runs. Built and driven by shim.ts; Linux only.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
  int64_t fail_write; // the how-manieth write from now fails; 0 = none
  int64_t fail_sync;
  int64_t error;      // errno of a failure
  int64_t sticky;     // 1 = everything of the kind after it fails too
  int64_t writes;     // seen since the start
  int64_t syncs;
  int64_t shift;      // seconds added to the wall clock
  int64_t torn;       // 1 = the failing write writes its first half
};

static struct control *control;
static char folder[4096];
static size_t folder_length;

__attribute__((constructor)) static void start(void) {
  const char *file = getenv("FAULTS_CONTROL");
  const char *below = getenv("FAULTS_FOLDER");
  if (file == NULL || below == NULL) return;
  int fd = open(file, O_RDWR);
  if (fd < 0) return;
  void *memory = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) return;
  folder_length = strlen(below);
  if (folder_length >= sizeof folder) return;
  memcpy(folder, below, folder_length);
  control = memory;
}

static int watched(int fd) {
  char link[64], path[4096];
  if (control == NULL || fd < 3) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path);
  return length > 0 && (size_t)length > folder_length && memcmp(path, folder, folder_length) == 0;
}

// 1 = this one fails.
static int due(int64_t *countdown, int64_t *seen) {
  __atomic_add_fetch(seen, 1, __ATOMIC_SEQ_CST);
  int64_t left = __atomic_load_n(countdown, __ATOMIC_SEQ_CST);
  if (left <= 0) return 0;
  if (left == 1 && control->sticky) return 1;
  return __atomic_sub_fetch(countdown, 1, __ATOMIC_SEQ_CST) == 0;
}

#define REAL(name) ({ static __typeof__(&name) real; if (real == NULL) real = dlsym(RTLD_NEXT, #name); real; })

ssize_t write(int fd, const void *bytes, size_t count) {
  if (watched(fd) && due(&control->fail_write, &control->writes)) {
    if (control->torn && count > 1) return REAL(write)(fd, bytes, count / 2);
    errno = (int)control->error;
    return -1;
  }
  return REAL(write)(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  if (watched(fd) && due(&control->fail_write, &control->writes)) {
    if (control->torn && count > 1) REAL(pwrite64)(fd, bytes, count / 2, at);
    errno = (int)control->error;
    return -1;
  }
  return REAL(pwrite64)(fd, bytes, count, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return pwrite64(fd, bytes, count, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (watched(fd) && due(&control->fail_write, &control->writes)) {
    errno = (int)control->error;
    return -1;
  }
  return REAL(writev)(fd, parts, count);
}

int fsync(int fd) {
  if (watched(fd) && due(&control->fail_sync, &control->syncs)) {
    errno = (int)control->error;
    return -1;
  }
  return REAL(fsync)(fd);
}

int fdatasync(int fd) {
  if (watched(fd) && due(&control->fail_sync, &control->syncs)) {
    errno = (int)control->error;
    return -1;
  }
  return REAL(fdatasync)(fd);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = REAL(clock_gettime)(clock, time);
  if (control != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += control->shift;
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  int result = REAL(gettimeofday)(time, zone);
  if (control != NULL) time->tv_sec += control->shift;
  return result;
}
