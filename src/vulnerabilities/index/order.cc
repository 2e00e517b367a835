#include "vulnerabilities/index/order.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace duolex::vulnerabilities::index {

bool comes_before(const Compiled& a, const Compiled& b) {
  if (const int order = a.id.compare(b.id); order != 0) return order < 0;
  return std::tie(a.modified, a.content_hash) > std::tie(b.modified, b.content_hash);
}

// Records are large, so each is moved once.
void sort_records(std::vector<Compiled>& records) {
  if (std::is_sorted(records.begin(), records.end(), comes_before)) return;
  std::vector<std::uint32_t> order(records.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return comes_before(records[a], records[b]); });
  std::vector<Compiled> sorted;
  sorted.reserve(records.size());
  for (const std::uint32_t i : order) sorted.push_back(std::move(records[i]));
  records = std::move(sorted);
}

std::size_t keep_one_each(std::vector<Compiled>& records) {
  sort_records(records);
  const auto last = std::unique(records.begin(), records.end(), [](const Compiled& a, const Compiled& b) { return a.id == b.id; });
  const auto left_out = static_cast<std::size_t>(records.end() - last);
  records.erase(last, records.end());
  return left_out;
}

}  // namespace duolex::vulnerabilities::index
