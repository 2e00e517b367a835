#include "rules/value.h"

#include "base/day.h"

namespace duolex::rules {

std::string to_text(const Type& type, Value value) {
  if (value == null_value) return "null";
  switch (type.kind) {
    case Kind::yes_no:
      return value != 0 ? "yes" : "no";
    case Kind::one_of:
      return type.values[static_cast<std::size_t>(value)];
    case Kind::set_of: {
      std::string text;
      for (std::size_t i = 0; i < type.values.size(); ++i)
        if ((static_cast<std::uint64_t>(value) >> i & 1) != 0)
          text += (text.empty() ? "" : ", ") + type.values[i];
      return "{" + text + "}";
    }
    case Kind::date:
      return value == never_value ? "never" : to_string(Day{static_cast<std::int32_t>(value)});
    case Kind::whole:
      return std::to_string(value);
  }
  return "";
}

}  // namespace duolex::rules
