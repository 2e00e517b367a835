// Types and values of the law language: yes/no, one of, set of, date, whole number, null.
// Nothing else exists in it, so that a whole rule base can be handed to a solver.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace duolex::rules {

enum class Kind : std::uint8_t { yes_no, one_of, set_of, date, whole };

struct Type {
  Kind kind = Kind::yes_no;
  bool allows_never = false;        // date facts only
  bool allows_null = false;         // rules of type "date or null"
  std::vector<std::string> values;  // one_of, set_of: at most 64, in the order of the value list

  bool operator==(const Type&) const = default;
};

// One value, meaning by its type:
//   yes_no 0 or 1 · one_of index into Type::values · set_of bit mask over Type::values
//   date days since 1970-01-01, or never · whole the number · null_value for null
using Value = std::int64_t;

inline constexpr Value null_value = std::numeric_limits<Value>::min();
inline constexpr Value never_value = std::numeric_limits<Value>::max();
inline constexpr Value whole_max = 999'999'999;

// "yes", "important_1", "{a, b}", "2027-12-11", "never", "3", "null".
[[nodiscard]] std::string to_text(const Type& type, Value value);

}  // namespace duolex::rules
