// An index file, mapped into memory. Every byte that an answer rests on has been held against its checksum; a small
// file is checked whole when it is opened, a large one page by page as it is read (or whole by check_all).
// For one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vulnerabilities/feeds/advisory.h"
#include "vulnerabilities/index/clusters.h"
#include "vulnerabilities/index/format.h"

namespace duolex::vulnerabilities::index {

// One interval of an entry of `affected`, in the words of the record.
struct StatedInterval {
  std::size_t range = 0;  // which of the entry's ranges
  std::string_view from, to;
  Event::Kind ended_by = Event::Kind::fixed;
};

struct StatedAffected {
  std::string_view ecosystem, name;
  std::vector<StatedInterval> intervals;
  std::vector<std::string_view> versions;    // those listed that no interval holds
  std::vector<std::string_view> unreadable;  // versions of events
};

// What the index keeps of a record besides what matching needs. Views into the file.
struct StatedRecord {
  std::string_view id, modified, published, withdrawn, summary, severity;
  std::vector<std::string_view> aliases;  // the other ids of its cluster
  std::vector<std::string_view> upstream, related;
  Via exploited_via = Via::none;
  std::string_view exploited_cve, exploited_added, exploited_due;
  bool ransomware = false;
  std::string_view epss_cve, epss_probability, epss_percentile;
  std::vector<StatedAffected> affected;
  std::uint64_t content_hash = 0;
};

class Index {
 public:
  [[nodiscard]] static Result<Index> open(const std::string& path);
  // The bytes must outlive the index.
  [[nodiscard]] static Result<Index> over(const std::string& name, std::string_view bytes);
  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;
  ~Index();

  // Every page against its checksum.
  [[nodiscard]] Result<void> check_all();
  // Set once a page did not match its checksum; what was read since the index was opened is then void.
  [[nodiscard]] const std::optional<Diagnostic>& damage() const { return damage_; }

  // The blob of a package, empty when no record names it.
  [[nodiscard]] std::string_view find(std::string_view package_key);
  // False when no record names the package; true for those that one names and a few others.
  [[nodiscard]] bool may_hold(std::string_view package_key);
  // Whether any record is about packages of this type.
  [[nodiscard]] bool knows_type(std::string_view type) const;

  [[nodiscard]] std::size_t record_count() const;
  [[nodiscard]] StatedRecord record(std::size_t number);
  [[nodiscard]] std::string_view record_id(std::size_t number);
  [[nodiscard]] std::optional<std::size_t> find_record(std::string_view id);
  [[nodiscard]] std::string_view meta();  // JSON
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t identity() const { return header_.header_hash; }
  [[nodiscard]] std::uint64_t base_identity() const { return header_.base_hash; }

 private:
  Index() = default;
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] std::string_view bytes(std::uint64_t offset, std::uint64_t size);
  [[nodiscard]] std::string_view in(Section section, std::uint64_t offset, std::uint64_t size);
  [[nodiscard]] bool in_filter(std::uint64_t hash);
  bool check_page(std::uint64_t page);
  void damaged(std::uint64_t offset, const std::string& what);

  struct Mapping;
  struct KnownType {
    std::string_view name;
    std::uint32_t first_bucket, bucket_bits;
  };
  std::unique_ptr<Mapping> mapping_;
  std::string name_;
  std::string_view all_;
  Header header_{};
  std::vector<KnownType> types_;
  std::vector<bool> checked_;  // by page
  std::optional<Diagnostic> damage_;
};

}  // namespace duolex::vulnerabilities::index
