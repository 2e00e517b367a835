// What a bill of materials lacks of what is asked of one: by CRA Annex I Part II(1), and by two profiles in
// common use (the minimum elements of NTIA of 2021, and BSI TR-03183-2 in version 2.1.0). Says what was
// checked, on how many, and where something is missing; not whether the law is met.
#pragma once

#include <string>
#include <vector>

#include "sbom/sbom.h"

namespace duolex::sbom {

struct QualityCheck {
  std::string id;                       // "component.version", …; docs/formats/sbom.md lists them
  std::vector<std::string> basis;       // "CRA/anx/I/PartII/1", "NTIA-2021:version", "BSI-TR-03183-2:version", …
  std::string asks;                     // what is asked for, in words
  std::size_t examined = 0;             // components (or 1: the bill) that were looked at
  std::size_t lacking = 0;              // of these
  std::vector<std::size_t> components;  // the first hundred that lack it; empty for what concerns the bill
  std::string found;                    // for the bill: what is there or wrong, in words; may be empty

  [[nodiscard]] bool holds() const { return lacking == 0; }
};

// Every check, in a fixed order, also those that hold. A check with nothing to examine holds on nothing.
[[nodiscard]] std::vector<QualityCheck> check_quality(const Sbom& sbom);

}  // namespace duolex::sbom
