// A file of data whose bytes are read where they lie: one of some gigabytes is not copied into memory.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace duolex::workspace {

class MappedData {
 public:
  // Regular files alone; an empty one has no bytes.
  [[nodiscard]] static Result<MappedData> open(const std::filesystem::path& path);
  MappedData(MappedData&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedData& operator=(MappedData&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  MappedData(const MappedData&) = delete;
  MappedData& operator=(const MappedData&) = delete;
  ~MappedData();

  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  MappedData() = default;
  std::string_view bytes_;
};

}  // namespace duolex::workspace
