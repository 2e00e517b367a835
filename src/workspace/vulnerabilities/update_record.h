// advisories.record of a folder of advisories: what each file is, and where and when it came from. Internal to src/workspace.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace duolex::workspace {

inline constexpr const char* advisories_record_name = "advisories.record";

struct RecordedFile {
  std::string name, url, etag, last_modified, sha256;
  std::uint64_t bytes = 0;
  std::string fetched, checked;  // times: since when it has been these bytes; when that was last asked
  std::string agrees_with;       // whose hash was compared: "sha256", "md5" or "mirror"; or ""
};
using UpdateRecord = std::map<std::string, RecordedFile>;  // by file

[[nodiscard]] Result<UpdateRecord> read_update_record(const std::string& file, const std::string& bytes);
[[nodiscard]] std::string update_record_text(const UpdateRecord& record);

// SHA-256 and MD5 of a file of any size.
struct FileHashes {
  std::string sha256, md5;
  std::uint64_t bytes = 0;
};
[[nodiscard]] Result<FileHashes> hashes_of(const std::filesystem::path& path);

// Whether the file is whole and of the kind that `name` says, as far as its form tells; else why not. Compressed
// streams and JSON are read to their end, zip files up to their directory; of lines of JSON the last is looked at. JSON and
// tables must be something that an index is built of.
[[nodiscard]] std::string what_is_wrong_with(const std::filesystem::path& path, const std::string& name);

}  // namespace duolex::workspace
