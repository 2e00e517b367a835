// Small rule bases for the prover, and its answers held against the engine.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "consistency/load.h"
#include "rules/decide.h"

namespace duolex::consistency {

inline const Prover& prover() {
  static const Prover* loaded = [] {
    auto result = load_prover();
    if (!result) throw std::runtime_error(render(result.error()));
    return *result;
  }();
  return *loaded;
}

// One file of rules about a crossing, with the facts light and train, and what is added to it.
inline rules::RuleBase crossing(const std::string& added) {
  const std::string facts =
      "text LAW \"A law\"  from 2020-01-01\n"
      "fact light : one of red, amber, green\n"
      "  ask  \"Which light?\"\n"
      "fact train : yes/no\n"
      "  ask  \"Is a train coming?\"\n"
      "fact since : date or never\n"
      "  ask  \"Since when?\"\n\n";
  auto base = rules::load_rule_base({{"a.law", facts + added}});
  if (!base) throw std::runtime_error(render(base.error()));
  return std::move(*base);
}
inline constexpr std::uint32_t lines_before = 8;  // of `added`

// The engine's outcome for a conclusion.
inline rules::Outcome decided(const rules::RuleBase& base, const std::string& conclusion, Day as_of,
                              const rules::FactValues& facts) {
  auto law = rules::CompiledLaw::compile_for(base, as_of, facts);
  if (!law) throw std::runtime_error(render(law.error()));
  rules::Decider decider(*law);
  const auto& all = decider.decide(facts);
  for (std::size_t i = 0; i < base.conclusions.size(); ++i)
    if (base.rules[base.conclusions[i]].id == conclusion) return all[i];
  throw std::runtime_error("no conclusion " + conclusion);
}

}  // namespace duolex::consistency
