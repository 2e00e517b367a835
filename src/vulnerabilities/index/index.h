// An index of advisories: the index file and the deltas beside it, mapped into memory and seen as one. A record that a
// delta has stands in place of the older one. Every byte that an answer rests on has been held against its checksum; a
// small file is checked whole when it is opened, a large one page by page as it is read (or whole by check_all).
// For one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vulnerabilities/feeds/advisory.h"
#include "vulnerabilities/index/clusters.h"
#include "vulnerabilities/index/segment.h"

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

// What the index keeps of a record besides what matching needs. The views are into the files.
struct StatedRecord {
  std::string_view id, summary, severity;
  std::string modified, published, withdrawn;  // as the record writes them
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
  // With the deltas beside it: PATH.delta-1 and on, as far as they belong to it.
  [[nodiscard]] static Result<Index> open(const std::string& path);
  // The bytes must outlive the index.
  [[nodiscard]] static Result<Index> over(const std::string& name, std::string_view bytes);
  // Adds a delta that belongs to what is there. Fails and changes nothing when it does not.
  [[nodiscard]] Result<void> add(std::unique_ptr<Segment> delta);
  // Takes the delta that was added last away.
  void drop();
  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;
  ~Index();

  // Every page against its checksum.
  [[nodiscard]] Result<void> check_all();
  // Set once a page did not match its checksum; what was read since the index was opened is then void.
  [[nodiscard]] const std::optional<Diagnostic>& damage() const;

  // The blob of a package, empty when no record names it. Valid as long as the index.
  [[nodiscard]] std::string_view find(std::string_view package_key);
  // False when no record names the package; true for those that one names and a few others.
  [[nodiscard]] bool may_hold(std::string_view package_key);
  // Whether any record is about packages of this type.
  [[nodiscard]] bool knows_type(std::string_view type) const;

  // Records have the numbers below this. In an index without deltas they are sorted by their ids and all of them live.
  [[nodiscard]] std::size_t record_count() const;
  // Whether no delta has a newer copy of the record.
  [[nodiscard]] bool lives(std::size_t number);
  [[nodiscard]] StatedRecord record(std::size_t number);
  [[nodiscard]] std::string_view record_id(std::size_t number);
  [[nodiscard]] std::uint64_t content_hash(std::size_t number);
  [[nodiscard]] std::optional<std::size_t> find_record(std::string_view id);
  // By number, whether a catalogue of exploited vulnerabilities concerns the record. Reads all of the index.
  [[nodiscard]] std::vector<bool> exploited();
  [[nodiscard]] std::string_view meta();  // JSON, of the whole
  [[nodiscard]] const std::string& name() const { return segments_.front()->name(); }
  // Of this state: the same records and signals in the same segments have the same.
  [[nodiscard]] std::uint64_t identity() const { return segments_.back()->header().header_hash; }
  [[nodiscard]] const std::vector<std::unique_ptr<Segment>>& segments() const { return segments_; }

  // An id's cluster, wherever it is now. `number`: of a record, else it is only an alias.
  struct Cluster {
    Segment* segment = nullptr;  // null when it is in none
    std::uint32_t number = 0;
    bool operator==(const Cluster&) const = default;
  };
  struct Name {
    std::optional<std::size_t> record;
    Cluster cluster;
  };
  [[nodiscard]] std::optional<Name> find_name(std::string_view id);
  [[nodiscard]] Cluster cluster_of(std::size_t record);

 private:
  Index() = default;
  [[nodiscard]] Segment& segment_of(std::size_t& number) const;  // makes the number the segment's own
  void find_signals(std::size_t number, StatedRecord& record);
  [[nodiscard]] std::string_view kept(std::string bytes);

  std::vector<std::unique_ptr<Segment>> segments_;
  std::vector<Segment*> scored_;    // with EPSS scores, those that hold first
  bool signals_ = false;
  std::deque<std::string> blobs_;   // made of several segments'
};

// The name of a delta beside an index; the first is 1.
[[nodiscard]] std::string delta_path(const std::string& index, std::size_t number);

}  // namespace duolex::vulnerabilities::index
