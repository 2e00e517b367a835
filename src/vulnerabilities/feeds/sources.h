// Where advisories come from: folders, files, archives. Cut into pieces that can be read side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace duolex::vulnerabilities {

// Some documents of one file. Followed by RecordReader::padding zero bytes that are not counted in `size`.
struct Piece {
  enum class Kind : std::uint8_t { json, lines, epss } kind = Kind::json;
  std::string file;             // for messages: "feed.zip/GHSA-….json"
  std::uint32_t first_line = 0;
  bool asked_for = false;       // named by the user, and not only met in a folder or archive
  std::string bytes;
  std::size_t size = 0;
};

struct SourceCounts {
  std::size_t files = 0;
  std::size_t other_files = 0;  // of kinds that hold no advisories, such as a licence
};

// Hands every piece to `take`, which may return false to stop. Folders are walked in the order of their names;
// JSON, YAML, lines of JSON, EPSS tables, zip files and all of these compressed with zstd, gzip or xz are told apart
// by name and content.
[[nodiscard]] Result<SourceCounts> read_source(const std::string& path, const std::function<bool(Piece)>& take);

}  // namespace duolex::vulnerabilities
