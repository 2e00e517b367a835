// One hash for a file or for a whole folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace duolex {

// Of a file: SHA-256 of its bytes. Of a folder: the root of the RFC 6962 tree over its regular files, sorted by their path
// in it, each leaf path, a zero byte and the file's bytes; links are left out, and a folder without a file has none. It is
// the `root` that a manifest of the folder has (docs/formats/data-manifest.md). In hexadecimal. `file_limit`: bytes of one
// file.
[[nodiscard]] Result<std::string> sha256_of_path(const std::filesystem::path& path, std::size_t file_limit);

}  // namespace duolex
