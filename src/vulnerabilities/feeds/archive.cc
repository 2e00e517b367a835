#include "vulnerabilities/feeds/archive.h"

#include "base/beside.h"

namespace duolex::vulnerabilities {

Result<void> read_archive(const std::string& path, const ArchiveSink& sink) {
  constexpr const char* library = "libduolex_archive.so";
  const auto symbol = symbol_beside(library, archive_entry_point, "archives and compressed files cannot be read", "it stands beside the program and needs the package libarchive13");
  if (!symbol) return tl::unexpected(symbol.error());
  const ArchiveReader reader = reinterpret_cast<ArchiveEntryPoint>(*symbol)(archive_interface_version);
  if (reader == nullptr) return failure(error_in(library, "belongs to another version of the program"));
  return reader(path, sink);
}

}  // namespace duolex::vulnerabilities
