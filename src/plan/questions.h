// What is still to be asked, for people: why an answer matters, and what a conclusion waits for.
#pragma once

#include <string>
#include <vector>

#include "findings/findings.h"

namespace duolex::plan {

// Labels of the undecided conclusions that the fact can still change, in the order of the law.
[[nodiscard]] std::vector<std::string> can_change(const findings::Findings& found, const std::string& fact);

// A yes/no fact that a conclusion asks for, and whether it holds.
struct RequiredFact {
  enum class Holds { yes, no, unknown } holds = Holds::unknown;
  std::string fact, question;
  std::vector<std::string> cites;
};

// The yes/no facts that the conclusion's own clauses test, in the order of the rule.
[[nodiscard]] std::vector<RequiredFact> required_facts(const rules::RuleBase& base, const rules::FactValues& facts,
                                                       const std::string& conclusion, const findings::CiteNames& names);

// The possible answers in words: "yes or no", "one of: …".
[[nodiscard]] std::string answers(const rules::Type& type);

}  // namespace duolex::plan
