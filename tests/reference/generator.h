// Generated rule bases and products for comparing the engine with the reference. Rule bases come out
// as text in the law language, so that the parser is on the way too.
#pragma once

#include <random>
#include <string>

#include "rules/decide.h"

namespace duolex::reference {

using Random = std::mt19937_64;

// A small rule base without circles; it may contradict itself or have gaps.
[[nodiscard]] std::string generate_rule_base(Random& random);

// Facts of which about `unknown_share` are left unknown.
[[nodiscard]] rules::FactValues generate_facts(const rules::RuleBase& base, Random& random, double unknown_share);

}  // namespace duolex::reference
