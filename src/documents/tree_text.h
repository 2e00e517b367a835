// Explanations drawn for a terminal.
#pragma once

#include <string>
#include <vector>

#include "base/text_style.h"
#include "findings/findings.h"

namespace duolex::documents {

// The tree, drawn with box characters, drawn together as plan::condensed() does; lines are broken at the width.
[[nodiscard]] std::string tree_text(const findings::Explanation& tree, const TextStyle& style);

// Everything `explain` says of one conclusion: its finding, why, the contested readings, why not the others, what
// would change it, what is still open.
struct ExplainedConclusion {
  findings::Finding finding;
  findings::Explanation why;
  std::vector<findings::Explanation> others;
  std::vector<findings::Turn> turns;
};
[[nodiscard]] std::string explanation_text(const ExplainedConclusion& explained, const TextStyle& style);

}  // namespace duolex::documents
