// Bills of materials, and segments, gathered into the bytes of one segment.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "sbom/sbom.h"
#include "vulnerabilities/portfolio/segment.h"
#include "vulnerabilities/portfolio/segment_writer.h"

namespace duolex::vulnerabilities::portfolio {

class Gatherer {
 public:
  // A release may be added with several bills. Returns how many of the bill's components can be looked up.
  std::size_t add(std::uint32_t release, const sbom::Sbom& bill);
  [[nodiscard]] std::size_t instances() const { return instances_; }
  // The bytes of a segment; empties the gatherer.
  [[nodiscard]] std::string finish();

 private:
  std::unordered_map<std::string, Package> packages_;
  std::size_t instances_ = 0;
};

// One segment that says what all of these say. Fails when one of them is damaged.
[[nodiscard]] Result<std::string> merge(std::vector<Segment>& segments);

}  // namespace duolex::vulnerabilities::portfolio
