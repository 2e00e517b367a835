// Zip files and compressed streams, read by libarchive in a library of its own that is loaded when one is met.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace duolex::vulnerabilities {

// Called with the name inside the archive ("" for a compressed file alone) and each part of its bytes in turn; a last
// call with no bytes ends the entry. Returns false to stop.
using ArchiveSink = std::function<bool(const std::string& name, std::string_view bytes)>;

[[nodiscard]] Result<void> read_archive(const std::string& path, const ArchiveSink& sink);

// The plug-in's side.
inline constexpr int archive_interface_version = 1;
inline constexpr const char* archive_entry_point = "duolex_archive_plugin";
using ArchiveReader = Result<void> (*)(const std::string& path, const ArchiveSink& sink);
using ArchiveEntryPoint = ArchiveReader (*)(int version);

}  // namespace duolex::vulnerabilities
