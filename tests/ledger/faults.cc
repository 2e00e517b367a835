#include "faults.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>

namespace duolex::tests {
namespace {

Fault armed = Fault::none;
int number = 0, calls = 0;
bool full = false;
const char* hit = "";

template <class F>
F next(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

// Whether this call fails, with errno set.
bool fails(const char* name) {
  if (armed == Fault::none) return false;
  if (++calls < number) return false;
  if (calls > number) {
    if (full) errno = ENOSPC;
    return full;
  }
  hit = name;
  if (armed == Fault::killed) ::raise(SIGKILL);
  errno = armed == Fault::io_error ? EIO : ENOSPC;
  return true;
}

}  // namespace

void arm(Fault fault, int call) {
  armed = fault;
  number = call;
  calls = 0;
  full = false;
  hit = "";
}
int disarm() {
  armed = Fault::none;
  return calls;
}
const char* struck() { return hit; }

}  // namespace duolex::tests

using namespace duolex::tests;

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  if (armed != Fault::none && calls + 1 == number && count > 1) {
    if (armed == Fault::short_write) {
      ++calls;
      full = true;
      hit = "write";
      return real(fd, bytes, count / 2);
    }
    if (armed == Fault::killed && number % 2 == 0) (void)!real(fd, bytes, count / 2);
  }
  return fails("write") ? -1 : real(fd, bytes, count);
}
int fsync(int fd) {
  static const auto real = next<int (*)(int)>("fsync");
  return fails("fsync") ? -1 : real(fd);
}
int fdatasync(int fd) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return fails("fdatasync") ? -1 : real(fd);
}
int ftruncate(int fd, off_t size) noexcept {
  static const auto real = next<int (*)(int, off_t)>("ftruncate");
  return fails("ftruncate") ? -1 : real(fd, size);
}
int rename(const char* from, const char* to) noexcept {
  static const auto real = next<int (*)(const char*, const char*)>("rename");
  return fails("rename") ? -1 : real(from, to);
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned int flags) noexcept {
  static const auto real = next<int (*)(int, const char*, int, const char*, unsigned int)>("renameat2");
  return fails("renameat2") ? -1 : real(from_folder, from, to_folder, to, flags);
}
int mkdir(const char* path, mode_t mode) noexcept {
  static const auto real = next<int (*)(const char*, mode_t)>("mkdir");
  return fails("mkdir") ? -1 : real(path, mode);
}
int open(const char* path, int flags, ...) {
  static const auto real = next<int (*)(const char*, int, mode_t)>("open");
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 && fails("open")) return -1;
  return real(path, flags, mode);
}

}  // extern "C"
