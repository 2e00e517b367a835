// A segment of the portfolio, mapped into memory: for each package its versions in order, and for each version the
// releases that hold it. Every page is held against its checksum before the first byte of it is used. For one thread
// at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vulnerabilities/index/mapped_file.h"
#include "vulnerabilities/portfolio/segment_format.h"

namespace duolex::vulnerabilities::portfolio {

// A group as it lies in the file. Views into the segment.
class GroupView {
 public:
  std::string_view release;
  bool distribution = false, source = false;
  Scheme scheme = Scheme::none;
  std::uint32_t ordered = 0;  // versions with a key, ascending; the others follow
  std::uint32_t others = 0;

  [[nodiscard]] std::uint32_t size() const { return ordered + others; }
  [[nodiscard]] std::string_view key(std::uint32_t version) const;
  [[nodiscard]] std::string_view text(std::uint32_t version) const;
  void append_releases(std::uint32_t version, Releases& out) const;
  // The first ordered version whose key is not below (above: is above) `key`.
  [[nodiscard]] std::uint32_t lower_bound(std::string_view key) const;
  [[nodiscard]] std::uint32_t upper_bound(std::string_view key) const;

 private:
  friend class PackageReader;
  [[nodiscard]] index::Cursor at(std::uint32_t version) const;
  std::string_view table_, data_;
};

// The groups of a package's blob, one after the other.
class PackageReader {
 public:
  explicit PackageReader(std::string_view blob);
  bool next(GroupView& group);
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  std::string_view rest_;
  std::uint64_t left_ = 0;
  bool broken_ = false;
};

class Segment {
 public:
  [[nodiscard]] static Result<Segment> open(const std::string& path);
  // The bytes must outlive the segment.
  [[nodiscard]] static Result<Segment> over(const std::string& name, std::string_view bytes);

  // The blob of a package; empty when no release holds it.
  [[nodiscard]] std::string_view find(std::string_view package_key);
  [[nodiscard]] std::string_view find(std::string_view package_key, std::uint64_t hash);
  // The packages in their order.
  [[nodiscard]] std::size_t package_count() const { return header_.packages; }
  struct PackageAt {
    std::string_view key, blob;
  };
  [[nodiscard]] PackageAt package(std::size_t number);
  [[nodiscard]] std::uint64_t package_hash(std::size_t number);
  [[nodiscard]] std::string_view package_key(std::size_t number);
  [[nodiscard]] std::string_view package_blob(std::size_t number);

  [[nodiscard]] std::uint64_t version_count() const { return header_.versions; }
  [[nodiscard]] std::uint64_t instance_count() const { return header_.instances; }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] std::uint64_t identity() const { return header_.header_hash; }
  [[nodiscard]] Result<void> check_all();
  // Set once a page did not match its checksum; what was read since the segment was opened is then void.
  [[nodiscard]] const std::optional<Diagnostic>& damage() const { return damage_; }

 private:
  Segment() = default;
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] std::string_view in(const Place& section, std::uint64_t offset, std::uint64_t size);
  bool check_page(std::uint64_t page);
  void damaged(std::uint64_t offset, const std::string& what);
  [[nodiscard]] std::optional<Entry> entry(std::size_t number);

  index::MappedFile file_;
  std::string name_;
  std::string_view all_;
  Header header_{};
  std::vector<bool> checked_;
  std::optional<Diagnostic> damage_;
};

}  // namespace duolex::vulnerabilities::portfolio
