#include "workspace/scan.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "text/json_out.h"
#include "vulnerabilities/matching/glance.h"
#include "vulnerabilities/matching/report.h"

namespace duolex::workspace {

using vulnerabilities::Status;

ExitCode scan(const ScanRequest& request, std::ostream& out, std::ostream& err) {
  const auto refused = [&](const Diagnostics& errors) {
    err << render(errors);
    return ExitCode::bad_input;
  };
  const auto bytes = read_file(request.bill);
  if (!bytes) return refused(bytes.error());
  vulnerabilities::ScannedBill scanned;
  vulnerabilities::Scan scan;
  if (request.index.empty()) {
    auto bill = sbom::read_sbom(request.bill, *bytes);
    if (!bill) return refused(bill.error());
    scanned.bill = std::move(*bill);
  } else {
    auto index = vulnerabilities::index::Index::open(request.index);
    if (!index) return refused(index.error());
    auto result = vulnerabilities::scan_bill(request.bill, *bytes, *index);
    if (!result) return refused(result.error());
    scanned = std::move(*result);
    scan.checked = index->record_count() != 0;
    scan.index_name = request.index;
    scan.index_meta = index->meta();
  }
  scan.bill = &scanned.bill;
  scan.matches = std::move(scanned.matches);
  if (request.format == "json") out << text::to_json_text(to_json(scan), text::JsonLayout::pretty);
  else out << to_text(scan);
  err << render(scanned.bill.rejected);
  if (count(scan.matches, Status::affected) != 0) return ExitCode::finding;
  // Where the index has nothing about any component's kind, nothing was checked either.
  const bool any_kind = scan.matches.looked_up == 0 || scan.matches.no_advisories < scan.matches.looked_up;
  if (!scan.checked || !any_kind || count(scan.matches, Status::unknown) != 0) return ExitCode::undecided;
  return ExitCode::clear;
}

}  // namespace duolex::workspace
