// Whole files in and out. Reading refuses folders, devices and what is too large; writing leaves either
// the old file or the whole new one, never a part.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace duolex {

inline constexpr std::size_t default_file_limit = std::size_t{256} << 20;  // bytes

[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            std::size_t limit = default_file_limit);

// Temporary file in the same folder, fsync, rename. On failure nothing is left behind. An existing file
// keeps its permissions, a symbolic link its target; a device or pipe is written to as it is.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes);
// `before_it_is_seen` is called when the bytes are safe and before the file has its name. Where it fails, nothing changes.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes,
                                                 const std::function<Result<void>()>& before_it_is_seen);

// Appends lines to a file of lines, and fsync. A last line that a crash cut short is taken away first.
[[nodiscard]] Result<void> append_to_file(const std::filesystem::path& path, std::string_view bytes);

// Removes what writes of this file by processes that are no more left behind.
void remove_left_over_files(const std::filesystem::path& path) noexcept;

// Removes the temporary files of writes under way. May be called from a signal handler, before the
// process ends.
void remove_unfinished_files() noexcept;

}  // namespace duolex
