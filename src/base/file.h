// Whole files in and out. Reading refuses what is no regular file or too large; writing leaves
// either the old file or the whole new one, never a part.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace duolex {

inline constexpr std::size_t default_file_limit = std::size_t{256} << 20;  // bytes

[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            std::size_t limit = default_file_limit);

// Temporary file in the same folder, fsync, rename. On failure nothing is left behind.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace duolex
