// Whether a CycloneDX document has the structure that its version of the format asks for.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "sbom/sbom.h"

namespace duolex::sbom {

struct Violation {
  std::string rule;    // "cyclonedx.required", …; docs/formats/sbom.md lists them
  std::string path;    // JSON pointer, or the path of elements
  std::size_t begin = 0, end = 0;
  std::string message, hint;
};

struct Validity {
  std::string format, spec_version;       // "CycloneDX", "1.6"
  std::vector<Violation> violations;      // in the order of the file; the first thousand
  Diagnostics diagnostics;                // the same, each message beginning with its rule
  bool more = false;                      // there are more than a thousand
};

// Fails when the document is no CycloneDX in JSON or XML, or is broken as such. The rules between references
// (does each dependency name a component?) are not part of the structure; `read_sbom` warns about those.
[[nodiscard]] Result<Validity> check_cyclonedx(const std::string& file, const std::string& bytes, const Limits& limits = {});

}  // namespace duolex::sbom
