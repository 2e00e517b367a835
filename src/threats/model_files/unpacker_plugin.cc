#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "threats/model_files/unpacker.h"

namespace duolex::threats::model_files {
namespace {

struct Close {
  void operator()(archive* a) const { archive_read_free(a); }
};
using Handle = std::unique_ptr<archive, Close>;

class LibArchive : public Unpacker {
 public:
  Result<void> unpack(std::string_view bytes, const Bounds& bounds, const Receive& receive) const override {
    const Handle a(archive_read_new());
    if (a == nullptr) return failure(error_in("libarchive", "gives no memory"));
    archive_read_support_filter_all(a.get());
    archive_read_support_format_all(a.get());
    archive_read_support_format_raw(a.get());  // a compressed stream without an archive in it
    if (archive_read_open_memory(a.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return refused(a.get());
    std::size_t left = bounds.all, members = 0;
    std::string content;
    for (;;) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(a.get(), &entry);
      if (status == ARCHIVE_EOF) return {};
      if (status < ARCHIVE_WARN) return refused(a.get());
      if (++members > bounds.members) return failure(error_in("", "holds more than " + std::to_string(bounds.members) + " members"));
      const char* const named = archive_entry_pathname_utf8(entry);
      const char* const name = named != nullptr ? named : archive_entry_pathname(entry);
      const bool raw = archive_format(a.get()) == ARCHIVE_FORMAT_RAW;
      // 7z need not say that a file is one.
      if (const auto type = archive_entry_filetype(entry); type != AE_IFREG && type != 0 && !raw) continue;
      content.clear();
      const std::size_t most = std::min(bounds.member, left);
      bool cut = false, broken = false;
      char block[65536];
      for (;;) {
        const la_ssize_t got = archive_read_data(a.get(), block, sizeof block);
        if (got == 0) break;
        if (got < 0) {
          broken = got < ARCHIVE_WARN;
          if (broken) break;
          continue;
        }
        const std::size_t take = std::min(static_cast<std::size_t>(got), most - content.size());
        content.append(block, take);
        if (take < static_cast<std::size_t>(got)) {
          cut = true;
          break;
        }
      }
      left -= content.size();
      if (!receive(raw || name == nullptr ? "" : name, content, cut)) return {};
      if (broken) return refused(a.get());
      if (left == 0) return failure(error_in("", "unpacks to more than " + std::to_string(bounds.all >> 20) + " MiB"));
    }
  }

 private:
  static Failure refused(archive* a) {
    const char* const said = archive_error_string(a);
    return failure(error_in("", said != nullptr ? said : "cannot be unpacked"));
  }
};

}  // namespace
}  // namespace duolex::threats::model_files

extern "C" __attribute__((visibility("default"))) const duolex::threats::model_files::Unpacker* duolex_unpacker(int version) {
  static const duolex::threats::model_files::LibArchive unpacker;
  return version == duolex::threats::model_files::unpacker_version ? &unpacker : nullptr;
}
