#include "vulnerabilities/index/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace duolex::vulnerabilities::index {
namespace {

void advise(std::string_view bytes, int what) {
  if (!bytes.empty()) ::madvise(const_cast<char*>(bytes.data()), bytes.size(), what);
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path, const std::string& what, const std::string& remedy) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failure(error_in(path, std::string("cannot be read: ") + std::strerror(errno), remedy));
  struct stat info {};
  void* address = MAP_FAILED;
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0)
    address = ::mmap(nullptr, static_cast<std::size_t>(info.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
  ::close(fd);
  if (address == MAP_FAILED) return failure(error_in(path, "is " + what + ": it is empty, or no file", remedy));
  MappedFile out;
  out.bytes_ = {static_cast<const char*>(address), static_cast<std::size_t>(info.st_size)};
  out.inode_ = info.st_ino;
  return out;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

void MappedFile::expect_little() const { advise(bytes_, MADV_RANDOM); }
void MappedFile::expect(std::uint64_t offset, std::uint64_t size) const {
  constexpr std::uint64_t system_page = 4096;
  const std::uint64_t begin = offset / system_page * system_page;
  if (begin < bytes_.size() && size != 0) advise(bytes_.substr(begin, offset - begin + size), MADV_WILLNEED);
}
void MappedFile::expect_all() const { advise(bytes_, MADV_WILLNEED); }

}  // namespace duolex::vulnerabilities::index
