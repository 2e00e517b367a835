#include "vulnerabilities/index/journal.h"

#include <nlohmann/json.hpp>

#include "text/json_out.h"

namespace duolex::vulnerabilities::index {
namespace {

using nlohmann::ordered_json;

std::string hex(std::uint64_t n) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (int i = 15; i >= 0; --i, n >>= 4) out[static_cast<std::size_t>(i)] = digits[n & 15];
  return out;
}

std::string line(const ordered_json& value) { return text::to_json_text(value, text::JsonLayout::compact) + "\n"; }

}  // namespace

std::string journal_of(Index* old, Index& fresh, const std::string& now) {
  std::string changes;
  const auto tell = [&](const char* change, const StatedRecord& r) {
    ordered_json entry = {{"at", now}, {"record", r.id}, {"change", change}, {"modified", r.modified}};
    if (r.exploited_via != Via::none) entry["exploited"] = r.exploited_added;
    changes += line(entry);
  };
  std::size_t i = 0, k = 0;
  const std::size_t before = old != nullptr ? old->record_count() : 0, after = fresh.record_count();
  while (old != nullptr && (i < before || k < after)) {
    const std::string_view a = i < before ? old->record_id(i) : std::string_view{}, b = k < after ? fresh.record_id(k) : std::string_view{};
    if (k == after || (i < before && a < b)) {
      tell("gone", old->record(i++));
    } else if (i == before || b < a) {
      tell("new", fresh.record(k++));
    } else {
      const StatedRecord x = old->record(i++), y = fresh.record(k++);
      if (x.content_hash != y.content_hash) tell("changed", y);
      else if (x.exploited_via == Via::none && y.exploited_via != Via::none) tell("exploited", y);
    }
  }
  ordered_json head = {{"at", now}, {"index", hex(fresh.identity())}, {"records", after}};
  if (old != nullptr) head["before"] = hex(old->identity());
  return line(head) + changes;
}

}  // namespace duolex::vulnerabilities::index
