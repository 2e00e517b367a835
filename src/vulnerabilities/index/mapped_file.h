// A file mapped into memory for reading.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace duolex::vulnerabilities::index {

class MappedFile {
 public:
  // `what`: what an empty file is not, as in "no index of advisories". `remedy`: what to do about a file that cannot be
  // read.
  [[nodiscard]] static Result<MappedFile> open(const std::string& path, const std::string& what, const std::string& remedy);
  MappedFile() = default;  // of nothing
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})), inode_(other.inode_) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(inode_, other.inode_);
    return *this;
  }
  ~MappedFile();

  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t inode() const { return inode_; }
  // Here and there a page will be asked for, and what stands around it is not worth reading from the disk …
  void expect_little() const;
  // … or all of it, or of a part, will be read, and is fetched while the reading begins.
  void expect_all() const;
  void expect(std::uint64_t offset, std::uint64_t size) const;

 private:
  std::string_view bytes_;
  std::uint64_t inode_ = 0;
};

}  // namespace duolex::vulnerabilities::index
