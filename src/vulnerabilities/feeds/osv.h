// An OSV record (schema 1.x) as an Advisory. Included by sources only.
#pragma once

#include "vulnerabilities/feeds/advisory.h"
#include "vulnerabilities/feeds/json_access.h"

namespace duolex::vulnerabilities::feeds {

// What is wrong with the record, in words; empty when `out` holds it.
[[nodiscard]] std::string read_osv(const Json& record, Advisory& out);

}  // namespace duolex::vulnerabilities::feeds
