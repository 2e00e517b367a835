#include "vulnerabilities/outputs/output.h"

#include "sbom/structure.h"
#include "vulnerabilities/outputs/vulnerability.h"

namespace duolex::vulnerabilities {

const std::vector<std::string>& output_formats() {
  static const std::vector<std::string> formats = {"sarif", "junit", "csaf", "csaf-vex", "cyclonedx-vdr", "cyclonedx-vex", "openvex"};
  return formats;
}

Result<std::string> write_output(const std::string& format, const Scan& scan, const Frame& frame) {
  const bool csaf = format == "csaf" || format == "csaf-vex", openvex = format == "openvex";
  if ((csaf || openvex) && frame.publisher.empty()) return failure(error_in("", format + " names its publisher", "name yours with --publisher"));
  if (csaf && !sbom::looks_like("uri", frame.publisher_url)) return failure(error_in("", "CSAF knows a publisher by an absolute address", "name yours with --publisher-url, as https://example.org"));
  if (openvex && scan.matches.findings.empty()) return failure(error_in("", "nothing was found, so there is nothing to state, and OpenVEX has no document without statements"));
  if (csaf) return to_csaf(scan, frame, format == "csaf-vex");
  if (openvex) return to_openvex(scan, frame);
  if (format == "cyclonedx-vdr" || format == "cyclonedx-vex") return to_cyclonedx(scan, frame, format == "cyclonedx-vex");
  return format == "junit" ? to_junit(scan, frame) : to_sarif(scan, frame);
}

}  // namespace duolex::vulnerabilities
