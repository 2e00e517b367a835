#include "workspace/probes/mapped_data.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace duolex::workspace {

Result<MappedData> MappedData::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return failure(error_in(path.string(), std::string("cannot be read: ") + std::strerror(errno)));
  struct stat info {};
  if (::fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(file);
    return failure(error_in(path.string(), "is no regular file"));
  }
  MappedData out;
  const auto size = static_cast<std::size_t>(info.st_size);
  void* const at = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  ::close(file);
  if (at == MAP_FAILED) return failure(error_in(path.string(), "cannot be mapped into memory"));
  out.bytes_ = {static_cast<const char*>(at), size};
  return out;
}

MappedData::~MappedData() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace duolex::workspace
