#include "workspace/vulnerabilities/recorded_scan.h"

#include <ostream>

#include "base/counted.h"
#include "base/file.h"
#include "base/hash.h"
#include "vulnerabilities/matching/report.h"

namespace duolex::workspace {
namespace {

using vulnerabilities::Status;

constexpr int scan_days = 30;  // after that, what has become known since counts for more

TestFound as_found(const ScanRequest& request, const std::string& bill, const vulnerabilities::Scan& scan, ExitCode code) {
  TestFound t;
  t.test = "scan";
  t.shows = "Whether components of the bill of materials have known vulnerabilities";
  t.criterion = "No component is affected, and for each it can be told";
  t.outcome = code == ExitCode::clear ? "passed" : code == ExitCode::finding ? "failed" : "inconclusive";
  t.detail = counted(scan.bill->parsed, "component") + ", " + std::to_string(count(scan.matches, Status::affected)) + " affected, " +
             std::to_string(count(scan.matches, Status::unknown)) + " unknown";
  if (!scan.checked) t.detail += "; nothing was checked: there was no advisory data";
  t.about.push_back({request.bill, sha256_hex(bill)});
  if (const auto index = request.index.empty() ? Result<std::string>(failure(error_in("", ""))) : read_file(request.index, std::size_t{4} << 30))
    t.inputs.push_back({std::filesystem::path(request.index).filename().string(), sha256_hex(*index)});
  for (const std::string& vex : request.vex)
    if (const auto document = read_file(vex)) t.inputs.push_back({std::filesystem::path(vex).filename().string(), sha256_hex(*document)});
  t.provisions = {"CRA/anx/I/PartI/2/a", "CRA/anx/I/PartII/1", "AIA/art/15/5"};
  t.atlas = {"AML.T0010"};
  t.stale_when = {"sbom"};
  t.days_good = scan_days;
  return t;
}

}  // namespace

ExitCode recorded_scan(ScanRequest request, const Recording& recording, std::ostream& out, std::ostream& err) {
  auto recorder = Recorder::open(recording);
  if (!recorder) {
    err << render(recorder.error());
    return ExitCode::bad_input;
  }
  if (recorder->records())
    request.found = [&](const vulnerabilities::Scan& scan, const std::string& bill, ExitCode code) {
      return recorder->add({as_found(request, bill, scan, code)}, to_json_text(scan), "scan.json", err);
    };
  return scan(request, out, err);
}

}  // namespace duolex::workspace
