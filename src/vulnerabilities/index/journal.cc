#include "vulnerabilities/index/journal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/json_out.h"

namespace duolex::vulnerabilities::index {
namespace {

using nlohmann::ordered_json;

std::string line(const ordered_json& value) { return text::to_json_text(value, text::JsonLayout::compact) + "\n"; }

struct Ids {
  std::vector<std::pair<std::string_view, std::size_t>> list;  // sorted
  explicit Ids(Index& index) {
    for (std::size_t i = 0; i < index.record_count(); ++i)
      if (index.lives(i)) list.emplace_back(index.record_id(i), i);
    if (!std::is_sorted(list.begin(), list.end())) std::sort(list.begin(), list.end());
  }
};

}  // namespace

std::string identity_text(std::uint64_t n) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (int i = 15; i >= 0; --i, n >>= 4) out[static_cast<std::size_t>(i)] = digits[n & 15];
  return out;
}

std::vector<Change> changes_between(Index& old, Index& fresh) {
  std::vector<Change> out;
  const auto tell = [&](const char* kind, const StatedRecord& r) {
    out.push_back({std::string(r.id), kind, r.modified, r.exploited_via == Via::none ? "" : std::string(r.exploited_added)});
  };
  const Ids before(old), after(fresh);
  const std::vector<bool> was = old.exploited(), is = fresh.exploited();
  auto a = before.list.begin();
  auto b = after.list.begin();
  while (a != before.list.end() || b != after.list.end()) {
    if (b == after.list.end() || (a != before.list.end() && a->first < b->first)) {
      tell("gone", old.record((a++)->second));
    } else if (a == before.list.end() || b->first < a->first) {
      tell("new", fresh.record((b++)->second));
    } else {
      const std::size_t x = (a++)->second, y = (b++)->second;
      if (old.content_hash(x) != fresh.content_hash(y)) tell("changed", fresh.record(y));
      else if (!was[x] && is[y]) tell("exploited", fresh.record(y));
    }
  }
  return out;
}

std::string journal_lines(const std::string& now, std::uint64_t identity, std::size_t records, const std::string& before, const std::vector<Change>& changes) {
  ordered_json head = {{"at", now}, {"index", identity_text(identity)}, {"records", records}};
  if (!before.empty()) head["before"] = before;
  std::string out = line(head);
  for (const Change& c : changes) {
    ordered_json entry = {{"at", now}, {"record", c.record}, {"change", c.kind}, {"modified", c.modified}};
    if (!c.exploited.empty()) entry["exploited"] = c.exploited;
    out += line(entry);
  }
  return out;
}

History history_of(std::string_view journal, std::uint64_t identity, std::string_view record) {
  struct Step {
    std::string at, index, before;
    std::vector<Known> changes;
  };
  std::vector<Step> steps;
  while (!journal.empty()) {
    const std::size_t end = journal.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view text = journal.substr(0, end);
    journal.remove_prefix(end + 1);
    const bool head = text.find("\"index\":") != std::string_view::npos;
    if (!head && text.find(record) == std::string_view::npos) continue;
    const auto value = nlohmann::json::parse(text, nullptr, false);
    if (!value.is_object()) continue;
    const auto field = [&](const char* key) {
      const auto at = value.find(key);
      return at != value.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    if (value.contains("index")) steps.push_back({field("at"), field("index"), field("before"), {}});
    else if (!steps.empty() && field("record") == record) steps.back().changes.push_back({field("at"), field("change"), field("modified"), field("exploited")});
  }
  History out;
  std::string wanted = identity_text(identity);
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (steps[i].index != wanted || steps[i].before == wanted) continue;
    out.begins = steps[i].at;
    out.changes.insert(out.changes.begin(), steps[i].changes.begin(), steps[i].changes.end());
    wanted = steps[i].before;
    if (wanted.empty()) break;
  }
  out.unbroken = wanted.empty();
  return out;
}

}  // namespace duolex::vulnerabilities::index
