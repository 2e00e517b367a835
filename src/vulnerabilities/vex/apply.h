// Which statement holds for which finding, and what becomes of the statements that hold for none.
//
// A statement is about one version of a product. It ends when the product or its version changes: what was said of
// 1.0 is not carried to 1.1, and what was said of no version closes no finding (docs/decisions/vex.md).
#pragma once

#include <string>
#include <vector>

#include "vulnerabilities/vex/statement.h"

namespace duolex::vulnerabilities::vex {

// A finding as far as statements are concerned.
struct Asked {
  std::size_t component = 0;                 // of the bill
  std::vector<std::string> vulnerabilities;  // every id under which it is known
};

// A statement about one of its subjects.
struct Holding {
  std::size_t statement = 0, subject = 0;
};

// What is said of one finding.
struct Effect {
  std::vector<Holding> holding;  // of the newest time; more than one only when their claims differ, the most cautious first
  std::size_t older = 0;         // statements of an earlier time that gave way
  [[nodiscard]] bool any() const { return !holding.empty(); }
  [[nodiscard]] bool contradicted() const { return holding.size() > 1; }
};

struct Left {
  std::size_t statement = 0;
  std::string why;
};

struct Applied {
  std::vector<Effect> effects;  // one for each finding that was asked for
  std::vector<Left> left;       // statements that hold for no finding, with the reason, in their order
};

// An id of a vulnerability in the form in which ids are compared: their case says nothing.
[[nodiscard]] std::string folded(std::string id);

// `now`: what was said later than this is not believed yet.
[[nodiscard]] Applied apply(const Statements& statements, const sbom::Sbom& bill, const std::vector<Asked>& findings, const Instant& now);

}  // namespace duolex::vulnerabilities::vex
