// The variables that diagrams decide over, and their order. Internal to src/rules.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "rules/rule_base.h"

namespace duolex::rules {

// One decision variable. A yes/no or one-of fact is one variable; a set has one for each member;
// a date or number is cut into the classes between the days or numbers it is compared with.
struct Variable {
  Source source = Source::fact;
  Index index = no_index;
  int member = -1;
  std::vector<Value> cuts;  // class k holds the values from cuts[k-1] up to cuts[k]-1
  bool has_never = false;   // then the last class is `never`
  [[nodiscard]] std::uint16_t classes() const {
    return static_cast<std::uint16_t>(cuts.size() + 1 + (has_never ? 1 : 0));
  }
};

inline constexpr std::uint8_t open_class = 0xff;

struct Variables {
  std::vector<Variable> variables;
  std::vector<std::uint16_t> arities;
  std::vector<std::vector<std::uint32_t>> of_fact, of_state;  // variables by fact and by state; of a set, one after the other
};

// As the rules first ask for them, so that what guards a question stands above it. False when there are more
// variables, or more days and numbers that one is compared with, than can be decided over.
[[nodiscard]] bool choose_variables(const RuleBase& base, Day as_of, Variables& out);

// The class of a known value of a variable's fact.
[[nodiscard]] std::uint8_t class_of(const Variable& variable, Kind kind, Value value);
// Lowest and highest value of a class of a date or number; never for the class of never.
[[nodiscard]] std::pair<Value, Value> bounds_of(const Variable& variable, Kind kind, std::uint32_t k);

}  // namespace duolex::rules
