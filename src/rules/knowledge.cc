#include "rules/knowledge.h"

#include <algorithm>

namespace duolex::rules {

Knowledge nothing_known(const Type& type) {
  Knowledge k;
  if (type.kind == Kind::yes_no) k.may = 3;
  if (type.kind == Kind::one_of)
    k.may = type.values.size() >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << type.values.size()) - 1;
  if (type.kind == Kind::date) {
    k.low = first_day.number;
    k.high = last_day.number;
    k.may_be_never = type.allows_never;
  }
  if (type.kind == Kind::whole) k.high = whole_max;
  return k;
}

Knowledge exactly(const Type& type, Value value) {
  Knowledge k;
  switch (type.kind) {
    case Kind::yes_no:
    case Kind::one_of:
      k.may = std::uint64_t{1} << value;
      break;
    case Kind::set_of: {
      const std::uint64_t all =
          type.values.size() >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << type.values.size()) - 1;
      k.has = static_cast<std::uint64_t>(value);
      k.lacks = all & ~k.has;
      break;
    }
    case Kind::date:
    case Kind::whole:
      if (value == never_value) {
        k.low = 1;
        k.high = 0;
        k.may_be_never = true;
      } else {
        k.low = k.high = value;
      }
      break;
  }
  return k;
}

std::optional<Value> only_value(const Type& type, const Knowledge& k) {
  switch (type.kind) {
    case Kind::yes_no:
    case Kind::one_of:
      for (Value v = 0; v < 64; ++v)
        if (k.may == std::uint64_t{1} << v) return v;
      return std::nullopt;
    case Kind::set_of: {
      const std::uint64_t all =
          type.values.size() >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << type.values.size()) - 1;
      if ((k.has | k.lacks) == all) return static_cast<Value>(k.has);
      return std::nullopt;
    }
    case Kind::date:
    case Kind::whole:
      if (k.high < k.low) return never_value;
      if (k.low == k.high && !k.may_be_never) return k.low;
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace duolex::rules
