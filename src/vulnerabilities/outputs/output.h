// A scan's result for a release gate, for users and for other programs: SARIF 2.1.0, CSAF 2.0 as a security advisory and as
// VEX, CycloneDX 1.6 as a disclosure report and as VEX, OpenVEX 0.2.0 and JUnit. A function of its arguments.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "vulnerabilities/matching/report.h"

namespace duolex::vulnerabilities {

// Who publishes the document, and when.
struct Frame {
  std::string now;              // "2027-01-02T03:04:05Z"
  std::string program_version;
  std::string publisher;        // needed by CSAF and OpenVEX
  std::string publisher_url;    // needed by CSAF: the publisher's namespace, an absolute address
};

// "sarif", "junit", "csaf", "csaf-vex", "cyclonedx-vdr", "cyclonedx-vex", "openvex".
[[nodiscard]] const std::vector<std::string>& output_formats();

// Fails when the frame lacks what the format needs, and for OpenVEX when there is nothing to state: it has no document
// without statements.
[[nodiscard]] Result<std::string> write_output(const std::string& format, const Scan& scan, const Frame& frame);

}  // namespace duolex::vulnerabilities
