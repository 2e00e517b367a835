// Whether a CSAF 2.0 document is valid: its structure, and the mandatory tests of section 6.1 of the standard.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace duolex::vulnerabilities::csaf {

struct Fault {
  std::string test;  // "6.1.6"; of the structure "csaf.required" and its like
  std::string message;
  Span span;
};

// In the order of the file, then of the tests. The tests are run on a document whose structure is broken as far as it
// holds. Fails when the bytes are no JSON, or no object.
[[nodiscard]] Result<std::vector<Fault>> check(const std::string& file, const std::string& bytes);

// "file:line:column: error: 6.1.6: …"
[[nodiscard]] Diagnostics shown(const std::vector<Fault>& faults);

}  // namespace duolex::vulnerabilities::csaf
