// A CVE record (JSON 5.x) as an Advisory. Included by sources only.
#pragma once

#include "vulnerabilities/feeds/advisory.h"
#include "vulnerabilities/feeds/json_access.h"

namespace duolex::vulnerabilities::feeds {

// Products are known by their package URL or package collection where the record names one, and by their CPE names.
// What is wrong with the record, in words; empty when `out` holds it.
[[nodiscard]] std::string read_cve(const Json& record, Advisory& out);

}  // namespace duolex::vulnerabilities::feeds
