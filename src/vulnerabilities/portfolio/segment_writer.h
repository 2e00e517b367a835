// From packages with their versions and releases to the bytes of a segment.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vulnerabilities/portfolio/segment_format.h"

namespace duolex::vulnerabilities::portfolio {

// Versions of a group by (key, text): a version that the group's scheme reads exactly has a key and stands first, in
// order; the others have none.
struct VersionName {
  bool other = false;
  std::string key, text;
  auto operator<=>(const VersionName&) const = default;
};
[[nodiscard]] VersionName version_name(Scheme scheme, std::string_view text);

using Versions = std::map<VersionName, Releases>;
using Package = std::map<GroupName, Versions>;

// The order in which packages stand in a segment.
struct PackageOrder {
  std::uint64_t hash = 0;
  std::string_view key;
  auto operator<=>(const PackageOrder&) const = default;
};
[[nodiscard]] PackageOrder order_of(std::string_view key);

class SegmentWriter {
 public:
  SegmentWriter();
  // In ascending order; a package that comes out of order ends the program.
  void add(std::string_view key, const Package& package);
  // The whole file. The same packages give the same bytes. The writer is empty then.
  [[nodiscard]] std::string finish();

 private:
  std::string bytes_, names_;
  std::vector<Entry> entries_;
  std::uint64_t versions_ = 0, instances_ = 0;
};

}  // namespace duolex::vulnerabilities::portfolio
