// The route: every conformity assessment procedure that the two acts know, which of them the product
// takes, and why not the others.
#pragma once

#include <string>
#include <vector>

#include "findings/findings.h"
#include "plan/steps.h"

namespace duolex::plan {

// One ground, with the provisions it rests on and what it rests on in turn.
struct Reason {
  std::string text;  // the words in one line
  std::vector<std::string> cites;
  std::vector<Reason> because;
  StepWords words;
};

struct RouteOption {
  enum class Standing { taken, open, closed, undecided } standing = Standing::undecided;
  std::string act;        // "CRA", "AI Act"
  std::string procedure;  // "module_a", "annex_vi", …
  std::string name;       // "Internal control (module A)"
  std::string provision;  // where the act names it
  std::vector<Reason> reasons;
};

[[nodiscard]] std::vector<RouteOption> compare_routes(const rules::CompiledLaw& law, const rules::FactValues& facts,
                                                      const findings::Findings& found, const findings::CiteNames& names);

// Which procedure the product takes under both acts, in sentences with {names} and the words that these stand for, of
// which one is the case: "One procedure for both acts: {procedure}.", "This is contested; see the readings."
struct RouteSentence {
  std::string pattern;
  struct Name {
    std::string name;
    std::vector<std::string> words;
  };
  std::vector<Name> names;
};
[[nodiscard]] std::vector<RouteSentence> route_sentences(const findings::Findings& found);
// The same in one text.
[[nodiscard]] std::string route_sentence(const findings::Findings& found);

// The grounds of that sentence: what the clause that decides where the CRA requirements are assessed rests on, and
// where the AI Act has a procedure, what the clause that decides that one rests on. Empty while undecided.
[[nodiscard]] std::vector<Reason> route_reasons(const rules::CompiledLaw& law, const rules::FactValues& facts,
                                                const findings::Findings& found, const findings::CiteNames& names);

}  // namespace duolex::plan
