// The rule base that targets read input against.
#pragma once

#include "demand.h"
#include "law/law.h"

namespace duolex::fuzz {

inline const rules::RuleBase& law_base() {
  static const auto law = law::load();
  demand(law.has_value(), "the law can be read");
  return (*law)->base;
}

}  // namespace duolex::fuzz
