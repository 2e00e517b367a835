#include "incidents/clock_rules.h"

#include <charconv>
#include <cstdlib>
#include <set>

#include "incidents/built_in.h"
#include "incidents/reader.h"
#include "incidents/vocabulary.h"

namespace duolex::incidents {
namespace {

using text::Node;

std::optional<Period> parse_period(const std::string& text) {
  if (text == "at once") return Period{};
  Period period;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, period.count);
  if (error != std::errc() || period.count < 1 || period.count > 1000 || at == end) return std::nullopt;
  const std::string unit(at + 1, end);
  if (*at != ' ') return std::nullopt;
  if (unit == "hour" || unit == "hours") period.unit = Period::Unit::hours;
  else if (unit == "day" || unit == "days") period.unit = Period::Unit::days;
  else if (unit == "month" || unit == "months") period.unit = Period::Unit::months;
  else return std::nullopt;
  return period;
}

class RulesReader {
 public:
  RulesReader(const std::string& bytes, Diagnostics& errors, ClockRules& out) : reader_(bytes, errors), out_(out) {}

  void read(const Node& root) {
    if (!reader_.map(root, "a file of clocks", {"format", "checked_on", "clocks", "tensions"})) return;
    reader_.format(root);
    if (const auto day = reader_.day(root, "checked_on", true)) out_.checked_on = *day;
    for (const Node& item : reader_.items(root, "clocks")) read_clock(item);
    for (const Node& item : reader_.items(root, "tensions")) read_tension(item);
  }

 private:
  void read_clock(const Node& n) {
    if (!reader_.map(n, "a clock", {"id", "act", "stage", "label", "to", "when", "unless", "from", "within",
                                    "awareness_from", "cite"})) {
      return;
    }
    ClockRule rule;
    rule.id = reader_.text(n, "id", true);
    if (!ids_.insert(rule.id).second) reader_.error(n, "the clock '" + rule.id + "' stands here twice");
    rule.act = reader_.choice(n, "act", acts(), true);
    rule.stage = reader_.choice(n, "stage", stages(), true);
    rule.label = reader_.text(n, "label", true);
    rule.to = reader_.text(n, "to", true);
    rule.when = conditions(n, "when", rule.act);
    rule.unless = conditions(n, "unless", rule.act);
    std::vector<std::string> starts = {"awareness", "notification_submitted"};
    starts.insert(starts.end(), events().begin(), events().end());
    rule.from = reader_.choice(n, "from", starts, true);
    const std::string within = reader_.text(n, "within", true);
    if (const auto period = parse_period(within)) {
      rule.within = *period;
    } else if (!within.empty()) {
      reader_.error(*n.find("within"), "'" + within + "' is no period", "such as '24 hours', '14 days', '1 month' or 'at once'");
    }
    rule.awareness_from = reader_.day(n, "awareness_from");
    rule.cite = reader_.words(n, "cite");
    if (rule.cite.empty()) reader_.error(n, "a clock without a provision");
    out_.clocks.push_back(std::move(rule));
  }

  std::vector<Condition> conditions(const Node& n, const std::string& key, const std::string& act) {
    std::vector<Condition> list;
    const Node* map = reader_.member(n, key);
    if (map == nullptr) return list;
    for (const Node& fact : map->keys) {
      const FactType* type = fact_type(act + "." + fact.text);
      if (type == nullptr) {
        reader_.error(fact, "a record has no fact '" + act + "." + fact.text + "'");
        continue;
      }
      list.push_back({type->id, reader_.words(*map, fact.text, type->words)});
    }
    return list;
  }

  void read_tension(const Node& n) {
    if (!reader_.map(n, "a tension", {"id", "between", "says", "do", "cite"})) return;
    out_.tensions.push_back({reader_.text(n, "id", true), reader_.text(n, "says", true), reader_.text(n, "do", true),
                             reader_.words(n, "between", acts()), reader_.words(n, "cite")});
  }

  Reader reader_;
  ClockRules& out_;
  std::set<std::string> ids_;
};

}  // namespace

std::string to_string(const Period& period) {
  const std::string count = std::to_string(period.count), plural = period.count == 1 ? "" : "s";
  switch (period.unit) {
    case Period::Unit::at_once: return "at once";
    case Period::Unit::hours: return count + " hour" + plural;
    case Period::Unit::days: return count + " day" + plural;
    case Period::Unit::months: return count + " month" + plural;
  }
  return "";
}

Result<ClockRules> read_clock_rules(const std::string& file, const std::string& bytes) {
  const auto root = text::read_yaml(file, bytes);
  if (!root) return failure(root.error());
  ClockRules rules;
  Diagnostics errors;
  RulesReader(bytes, errors, rules).read(*root);
  if (!errors.empty()) return failure(std::move(errors));
  return rules;
}

const ClockRules& built_in_clock_rules() {
  static const ClockRules rules = [] {
    auto read = read_clock_rules("law/incidents/clocks.yaml", built_in_file("clocks.yaml"));
    if (!read) std::abort();  // the tests read the same file first
    return std::move(*read);
  }();
  return rules;
}

}  // namespace duolex::incidents
