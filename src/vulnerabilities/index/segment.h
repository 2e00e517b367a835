// One file of an index, mapped into memory: the index itself or a delta to it. Every byte that an answer rests on has
// been held against its checksum; a small file is checked whole when it is opened, a large one page by page as it is
// read (or whole by check_all). For one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vulnerabilities/index/format.h"
#include "vulnerabilities/index/mapped_file.h"

namespace duolex::vulnerabilities::index {

class Segment {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Segment>> open(const std::string& path);
  // The bytes must outlive the segment.
  [[nodiscard]] static Result<std::unique_ptr<Segment>> over(const std::string& name, std::string_view bytes);
  [[nodiscard]] Result<void> check_all();
  // All of it will be read: it is fetched from the disk while the reading begins.
  void expect_all() const { file_.expect_all(); }
  [[nodiscard]] const std::optional<Diagnostic>& damage() const { return damage_; }
  void damaged(std::uint64_t offset, const std::string& what);

  [[nodiscard]] const Header& header() const { return header_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  // The inode of the file, 0 of bytes in memory.
  [[nodiscard]] std::uint64_t inode() const { return file_.inode(); }
  [[nodiscard]] std::uint64_t size_of(Section section) const { return header_.sections[static_cast<std::size_t>(section)].size; }
  // A part of a section, checked; empty when it is damaged.
  [[nodiscard]] std::string_view in(Section section, std::uint64_t offset, std::uint64_t size);
  [[nodiscard]] std::string_view whole(Section section) { return in(section, 0, size_of(section)); }
  // The value with a number, in a section of such values. False when it is damaged.
  template <class T>
  [[nodiscard]] bool load(Section section, std::uint64_t number, T& out) {
    const std::string_view raw = in(section, number * sizeof(T), sizeof(T));
    if (raw.empty()) return false;
    std::memcpy(&out, raw.data(), sizeof(T));
    return true;
  }

  [[nodiscard]] bool knows_type(std::string_view type) const { return type_of(type) != nullptr; }
  [[nodiscard]] bool in_filter(std::uint64_t hash);
  // The blob of a package, empty when no record of this segment names it.
  [[nodiscard]] std::string_view find(std::string_view package_key, std::uint64_t hash);

  [[nodiscard]] std::uint64_t records() const { return size_of(Section::records) / sizeof(Record); }
  [[nodiscard]] std::string_view cold(const Record& record) { return in(Section::cold, record.cold_offset, record.cold_size); }
  [[nodiscard]] std::string_view record_id(std::uint64_t number);
  [[nodiscard]] std::string_view shared(std::uint64_t number);
  [[nodiscard]] std::vector<std::string_view> cluster(std::uint32_t number);
  // What the table of ids has for a name: a number of a record, alias_bit and a cluster, or no_alias.
  [[nodiscard]] std::optional<std::uint32_t> find_id(std::string_view id);
  // The bytes behind a CVE in `section`, found by `table`.
  [[nodiscard]] std::optional<Cursor> find_cve(Section section, Section table, std::string_view cve);
  // Of a delta: whether it replaces a record, and the cluster it gives it.
  [[nodiscard]] bool replaces(std::uint64_t record);
  [[nodiscard]] std::optional<std::uint32_t> moved(std::uint64_t record);

  // Packages, by their number in the directory.
  [[nodiscard]] std::uint64_t packages() const { return size_of(Section::entries) / sizeof(Entry); }
  struct Package {
    std::string_view key, blob;
  };
  [[nodiscard]] Package package(std::uint64_t number);

 private:
  Segment() = default;
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] std::string_view bytes(std::uint64_t offset, std::uint64_t size);
  bool check_page(std::uint64_t page);
  template <class Use>
  bool in_table(Section section, std::uint64_t hash, Use use);

  struct KnownType {
    std::string_view name;
    std::uint64_t head;  // of the name, to tell most apart at once
    std::uint32_t first_bucket, bucket_bits;
  };
  [[nodiscard]] const KnownType* type_of(std::string_view type) const;

  MappedFile file_;
  std::string name_;
  std::string_view all_;
  Header header_{};
  std::vector<KnownType> types_;
  mutable std::size_t last_type_ = 0;  // of type_of
  std::vector<bool> checked_;  // by page
  std::optional<Diagnostic> damage_;
};

}  // namespace duolex::vulnerabilities::index
