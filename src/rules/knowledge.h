// What is known of a fact that is not known, or only in part.
#pragma once

#include <cstdint>
#include <optional>

#include "rules/rule_base.h"

namespace duolex::rules {

// What is known of one fact. Choices (yes/no, one of): the values still possible. Sets: members in
// and out. Dates and numbers: an interval, and whether it may be `never`.
struct Knowledge {
  std::uint64_t may = ~std::uint64_t{0};     // choices
  std::uint64_t has = 0, lacks = 0;          // sets
  Value low = 0, high = 0;                   // dates, numbers; empty interval when high < low
  bool may_be_never = false;
  bool operator==(const Knowledge&) const = default;
};

[[nodiscard]] Knowledge nothing_known(const Type& type);
[[nodiscard]] Knowledge exactly(const Type& type, Value value);
// The one value that is left, if only one is.
[[nodiscard]] std::optional<Value> only_value(const Type& type, const Knowledge& knowledge);

}  // namespace duolex::rules
