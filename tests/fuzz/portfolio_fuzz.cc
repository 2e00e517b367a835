// A segment of any bytes is refused or found damaged; and a package of any bytes, which no checksum has passed, against an
// advisory's entry of any bytes: ranges lie within their group, and no answer takes long.
#include <cstdint>

#include "demand.h"
#include "vulnerabilities/portfolio/gather.h"
#include "vulnerabilities/portfolio/portfolio.h"

using namespace duolex;
using namespace duolex::vulnerabilities;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (auto segment = portfolio::Segment::over("f.seg", bytes)) {
    for (std::size_t i = 0; i < segment->package_count() && i < 16; ++i) (void)segment->package_blob(i);
    (void)segment->find("npm");
    if (const auto whole = segment->check_all(); !whole) fuzz::demand_reasons(whole.error());
  } else {
    fuzz::demand_reasons(segment.error());
  }
  if (size < 2) return 0;
  const std::size_t cut = std::min<std::size_t>(1 + data[0], size);
  const std::string_view entry = std::string_view(bytes).substr(1, cut - 1), blob = std::string_view(bytes).substr(cut);
  std::vector<portfolio::Hit> hits;
  (void)portfolio::Evaluator().evaluate(entry, std::string_view("npm\0a", 5), blob, hits);
  for (const portfolio::Hit& hit : hits) fuzz::demand(hit.first < hit.last && hit.last <= hit.group.size(), "a hit lies within its group");
  (void)portfolio::releases_of(hits);
  return 0;
}
