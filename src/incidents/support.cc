#include "incidents/support.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <tuple>

#include "incidents/built_in.h"
#include "incidents/reader.h"
#include "text/json_out.h"

namespace duolex::incidents {
namespace {

using text::Node;
using Json = nlohmann::ordered_json;

template <class T, class Fill>
Result<T> read(const std::string& file, const std::string& bytes, Fill&& fill) {
  text::Limits limits;
  limits.bytes = std::size_t{4} << 20;
  const auto root = text::read_by_name(file, bytes, limits);
  if (!root) return failure(root.error());
  T out;
  Diagnostics errors;
  Reader reader(bytes, errors);
  fill(reader, *root, out);
  if (!errors.empty()) return failure(std::move(errors));
  return out;
}

int years_of(Reader& reader, const Node& n, const std::string& key) {
  const auto years = reader.number(n, key);
  if (!years || *years < 1 || *years > 100) {
    reader.error(n, "'" + key + "' is no number of years from 1 to 100");
    return 1;
  }
  return static_cast<int>(*years);
}

Day years_later(Day day, int years) { return plus_months(day, 12 * years); }

std::optional<Day> end_of(std::optional<Day> from, const KeepRule& rule, std::optional<Day> support_end, std::string& open, const std::string& from_name) {
  if (!from) {
    open = from_name;
    return std::nullopt;
  }
  const Day end = years_later(*from, rule.years);
  if (!rule.or_support_end) return end;
  if (!support_end) {
    open = "support_period_end";
    return std::nullopt;
  }
  return std::max(end, *support_end);
}

void check_support(const ReleaseDates& r, const SupportFile& support, const RetentionRules& rules, Endings& out) {
  if (!r.placed_on_market_on || !r.support_period_end) return;
  const bool short_use = support.expected_use_years && *support.expected_use_years < rules.support_years;
  const int least = short_use ? static_cast<int>(*support.expected_use_years) : rules.support_years;
  const Day floor = years_later(*r.placed_on_market_on, least);
  const std::string of = "release " + r.version;
  if (*r.support_period_end < floor) {
    out.shortfalls.push_back({of, "the support period ends on " + to_string(*r.support_period_end) + ", at least " + std::to_string(least) +
                                      " years from placing on the market end on " + to_string(floor), rules.support_cite});
  } else if (short_use && *r.support_period_end < years_later(*r.placed_on_market_on, rules.support_years) && support.justification.empty()) {
    out.shortfalls.push_back({of, "the support period is shorter than " + std::to_string(rules.support_years) +
                                      " years and support.yaml gives no justification", {"CRA/art/13/8/#2", "CRA/art/13/8/#4"}});
  }
  if (support.expected_use_years && *support.expected_use_years > rules.support_years &&
      *r.support_period_end < years_later(*r.placed_on_market_on, static_cast<int>(std::min<std::int64_t>(*support.expected_use_years, 100)))) {
    out.shortfalls.push_back({of, "the product is expected to be in use for " + std::to_string(*support.expected_use_years) +
                                      " years and the support period ends before that; it must reflect the expected use", {"CRA/art/13/8/#1"}});
  }
}

}  // namespace

Result<RetentionRules> read_retention(const std::string& file, const std::string& bytes) {
  return read<RetentionRules>(file, bytes, [](Reader& reader, const Node& root, RetentionRules& out) {
    if (!reader.map(root, "a file of retention", {"format", "checked_on", "support_years", "support_cite", "support_label", "support_end_cite", "keep"})) return;
    reader.format(root);
    if (const auto day = reader.day(root, "checked_on", true)) out.checked_on = *day;
    out.support_years = years_of(reader, root, "support_years");
    out.support_label = reader.text(root, "support_label", true);
    out.support_cite = reader.words(root, "support_cite");
    out.support_end_cite = reader.words(root, "support_end_cite");
    for (const Node& n : reader.items(root, "keep")) {
      if (!reader.map(n, "an entry of 'keep'", {"id", "label", "by", "of", "from", "years", "or_support_end", "cite"})) continue;
      KeepRule rule;
      rule.id = reader.text(n, "id", true);
      rule.label = reader.text(n, "label", true);
      if (n.find("by") != nullptr) rule.by = reader.choice(n, "by", {"importer", "authorised_representative"}, true);
      rule.of_update = reader.choice(n, "of", {"release", "update"}, true) == "update";
      reader.choice(n, "from", {rule.of_update ? "issued" : "placed_on_market"}, true);
      rule.years = years_of(reader, n, "years");
      rule.or_support_end = reader.flag(n, "or_support_end").value_or(false);
      rule.cite = reader.words(n, "cite");
      if (rule.cite.empty()) reader.error(n, "a period without a provision");
      out.keep.push_back(std::move(rule));
    }
  });
}

const RetentionRules& built_in_retention() {
  static const RetentionRules rules = [] {
    auto read = read_retention("law/incidents/retention.yaml", built_in_file("retention.yaml"));
    if (!read) std::abort();  // the tests read the same file first
    return std::move(*read);
  }();
  return rules;
}

Result<SupportFile> read_support(const std::string& file, const std::string& bytes) {
  return read<SupportFile>(file, bytes, [&](Reader& reader, const Node& root, SupportFile& out) {
    out.file = file;
    if (!reader.map(root, "a support file", {"format", "expected_use_years", "justification", "high_risk_ai", "updates", "other"})) return;
    reader.format(root);
    out.expected_use_years = reader.number(root, "expected_use_years");
    if (out.expected_use_years && (*out.expected_use_years < 1 || *out.expected_use_years > 100)) reader.error(*root.find("expected_use_years"), "is not between 1 and 100");
    out.justification = reader.text(root, "justification");
    out.high_risk_ai = reader.flag(root, "high_risk_ai").value_or(false);
    for (const Node& n : reader.items(root, "updates")) {
      if (!reader.map(n, "an entry of 'updates'", {"id", "release", "issued_on"})) continue;
      const auto day = reader.day(n, "issued_on", true);
      out.updates.push_back({reader.text(n, "id", true), reader.text(n, "release", true), day.value_or(Day{})});
    }
    for (const Node& n : reader.items(root, "other")) {
      if (!reader.map(n, "an entry of 'other'", {"what", "until"})) continue;
      const auto day = reader.day(n, "until", true);
      out.other.push_back({reader.text(n, "what", true), day.value_or(Day{})});
    }
  });
}

Endings endings_of(const std::vector<ReleaseDates>& releases, const SupportFile& support, const RetentionRules& rules, const std::set<std::string>& roles) {
  Endings out;
  for (const ReleaseDates& r : releases) {
    const std::string of = "release " + r.version;
    out.list.push_back({rules.support_label, of, "", r.support_period_end, r.support_period_end ? "" : "support_period_end", rules.support_end_cite});
    for (const KeepRule& rule : rules.keep) {
      if (rule.of_update || (rule.id.starts_with("ai_act.") && !support.high_risk_ai) || (!rule.by.empty() && !roles.contains(rule.by))) continue;
      std::string open;
      const auto end = end_of(r.placed_on_market_on, rule, r.support_period_end, open, "placed_on_market_on");
      out.list.push_back({rule.label, of, rule.by, end, open, rule.cite});
    }
    check_support(r, support, rules, out);
  }
  for (const SecurityUpdate& u : support.updates) {
    const auto release = std::find_if(releases.begin(), releases.end(), [&](const ReleaseDates& r) { return r.version == u.release; });
    const std::optional<Day> support_end = release == releases.end() ? std::nullopt : release->support_period_end;
    for (const KeepRule& rule : rules.keep) {
      if (!rule.of_update) continue;
      std::string open;
      const auto end = end_of(u.issued_on, rule, support_end, open, "issued_on");
      out.list.push_back({rule.label, "update " + u.id + " of release " + u.release, rule.by, end, release == releases.end() ? "a release " + u.release : open, rule.cite});
    }
  }
  for (const OtherEnd& o : support.other) out.list.push_back({o.what, "", "", o.until, "", {}});
  std::stable_sort(out.list.begin(), out.list.end(), [](const Ending& a, const Ending& b) {
    const auto key = [](const Ending& e) { return std::tuple(!e.until, e.until.value_or(Day{}), e.of, e.what, e.by); };
    return key(a) < key(b);
  });
  return out;
}

std::string endings_text(const Endings& endings, Day today, int within_days) {
  std::string out;
  for (const Shortfall& s : endings.shortfalls) out += "TOO SHORT  " + s.of + ": " + s.says + "  [" + joined(s.cite) + "]\n";
  if (!out.empty()) out += "\n";
  for (const Ending& e : endings.list) {
    out += e.until ? to_string(*e.until) : "unknown   ";
    if (e.until && *e.until < today) out += "  ended ";
    else if (e.until && e.until->number - today.number <= within_days) out += "  SOON  ";
    else out += "        ";
    out += e.what + (e.of.empty() ? "" : ", " + e.of) + (e.by.empty() ? "" : e.by == "importer" ? " (by the importer)" : " (by the authorised representative)");
    if (!e.open.empty()) out += " (not known: " + e.open + ")";
    if (!e.cite.empty()) out += "  [" + joined(e.cite) + "]";
    out += "\n";
  }
  if (endings.list.empty()) out += "Nothing is recorded that ends.\n";
  return out;
}

std::string endings_json(const Endings& endings, Day today) {
  Json j;
  j["format"] = 1;
  j["as_of"] = to_string(today);
  j["endings"] = Json::array();
  for (const Ending& e : endings.list) {
    Json item;
    item["until"] = e.until ? Json(to_string(*e.until)) : Json(nullptr);
    item["days_left"] = e.until ? Json(e.until->number - today.number) : Json(nullptr);
    item["what"] = e.what;
    item["of"] = e.of.empty() ? Json(nullptr) : Json(e.of);
    item["by"] = e.by.empty() ? Json(nullptr) : Json(e.by);
    item["open"] = e.open.empty() ? Json(nullptr) : Json(e.open);
    item["provisions"] = e.cite;
    j["endings"].push_back(std::move(item));
  }
  j["shortfalls"] = Json::array();
  for (const Shortfall& s : endings.shortfalls) {
    Json item;
    item["of"] = s.of;
    item["says"] = s.says;
    item["provisions"] = s.cite;
    j["shortfalls"].push_back(std::move(item));
  }
  return text::to_json_text(j, text::JsonLayout::pretty);
}

}  // namespace duolex::incidents
