// The word to users of CRA Art. 14(8) in a form machines read: a CSAF 2.0 document.
#pragma once

#include <string>
#include <vector>

#include "incidents/disclosure.h"
#include "incidents/platform.h"
#include "incidents/record.h"

namespace duolex::incidents {

struct Notice {
  std::string json;                  // empty when something is missing
  std::vector<std::string> missing;  // where a value would have to stand
};

// A security advisory for a vulnerability, a security incident response for an incident. `interim` while no measure
// is available. Fails when cra.kind is not settled or a version is no single version.
[[nodiscard]] Result<Notice> user_notice(const Record& record, const Disclosure& publisher, const ProductWords& product,
                                         Moment now, const std::string& program_version);

}  // namespace duolex::incidents
