#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <vector>

#include "vulnerabilities/feeds/archive.h"

namespace duolex::vulnerabilities {
namespace {

constexpr std::size_t part = std::size_t{1} << 20;

struct Close {
  void operator()(archive* a) const { archive_read_free(a); }
};

Result<void> read(const std::string& path, const ArchiveSink& sink) {
  const std::unique_ptr<archive, Close> reader(archive_read_new());
  archive* const a = reader.get();
  const auto wrong = [&](const std::string& name) {
    const char* const said = archive_error_string(a);
    return failure(error_in(name.empty() ? path : path + "/" + name, std::string("cannot be unpacked: ") + (said != nullptr ? said : "it ends too early")));
  };
  archive_read_support_filter_zstd(a);
  archive_read_support_filter_gzip(a);
  archive_read_support_filter_xz(a);
  archive_read_support_format_zip(a);
  archive_read_support_format_raw(a);
  if (archive_read_open_filename(a, path.c_str(), part) != ARCHIVE_OK) return wrong("");
  std::vector<char> buffer(part);
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(a, &entry);
    if (status == ARCHIVE_EOF) return {};
    if (status != ARCHIVE_OK) return wrong("");
    if (archive_format(a) != ARCHIVE_FORMAT_RAW && archive_entry_filetype(entry) != AE_IFREG) continue;
    const char* const pathname = archive_entry_pathname(entry);
    const std::string name = archive_format(a) == ARCHIVE_FORMAT_RAW || pathname == nullptr ? "" : pathname;
    for (;;) {
      const la_ssize_t n = archive_read_data(a, buffer.data(), buffer.size());
      if (n < 0) return wrong(name);
      if (!sink(name, std::string_view(buffer.data(), static_cast<std::size_t>(n)))) return {};
      if (n == 0) break;
    }
  }
}

}  // namespace
}  // namespace duolex::vulnerabilities

extern "C" __attribute__((visibility("default"))) duolex::vulnerabilities::ArchiveReader duolex_archive_plugin(int version) {
  return version == duolex::vulnerabilities::archive_interface_version ? &duolex::vulnerabilities::read : nullptr;
}
