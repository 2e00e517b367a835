// The reference: docs/formats/law.md evaluated word by word, one product at a time, without
// diagrams, caches or cleverness. The engine is compared with it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rules/decide.h"

namespace duolex::reference {

struct ReadingTaken {
  rules::Index ambiguity = rules::no_index, reading = rules::no_index;
};

// The value of a rule for a product all of whose facts are known (defaults already applied; the
// facts behind assume.* may be unknown). nullopt: a contradiction or a gap.
[[nodiscard]] std::optional<rules::Value> value(const rules::RuleBase& base, Day as_of,
                                                const rules::FactValues& facts, rules::Index rule,
                                                ReadingTaken reading = {});
[[nodiscard]] bool holds(const rules::RuleBase& base, Day as_of, const rules::FactValues& facts,
                         const rules::Condition& condition);

// Every completion of the unknown facts over values that stand for all: both ends of each stretch
// between the days or numbers that the rule base compares with, and one within.
[[nodiscard]] std::vector<rules::FactValues> completions(const rules::RuleBase& base, Day as_of,
                                                         const rules::FactValues& facts);

struct Answer {
  rules::Status status = rules::Status::unknown;
  rules::Value value = rules::unknown_value;
  std::set<rules::Value> possible;
  std::set<rules::Index> missing;
  std::map<std::pair<rules::Index, rules::Index>, std::set<rules::Value>> readings;  // live ones
};
[[nodiscard]] Answer answer(const rules::RuleBase& base, Day as_of, const rules::FactValues& facts,
                            rules::Index conclusion);

}  // namespace duolex::reference
