#include "workspace/vulnerabilities/scan.h"

#include <filesystem>
#include <ostream>

#include "base/file.h"
#include "base/version.h"
#include "vulnerabilities/matching/glance.h"
#include "vulnerabilities/matching/report.h"
#include "vulnerabilities/outputs/output.h"
#include "vulnerabilities/vex/read.h"

namespace duolex::workspace {

using vulnerabilities::Status;

namespace {

Result<vulnerabilities::vex::Statements> read_statements(const sbom::Sbom& bill, bool may_speak, const std::string& bytes, const std::vector<std::string>& files) {
  vulnerabilities::vex::Statements out;
  if (may_speak) vulnerabilities::vex::read_embedded(bill, bytes, out);
  for (const std::string& file : files) {
    const auto document = read_file(file, vulnerabilities::vex::limits.bytes);
    if (!document) return tl::unexpected(document.error());
    if (const auto read = vulnerabilities::vex::read_document(file, *document, out); !read) return tl::unexpected(read.error());
  }
  return out;
}

Result<vulnerabilities::ScannedBill> scan_whole(const std::string& file, const std::string& bytes, vulnerabilities::index::Index& index) {
  auto bill = sbom::read_sbom(file, bytes);
  if (!bill) return tl::unexpected(bill.error());
  auto matches = vulnerabilities::match(*bill, index);
  if (!matches) return tl::unexpected(matches.error());
  return vulnerabilities::ScannedBill{std::move(*bill), std::move(*matches)};
}

}  // namespace

ExitCode scan(const ScanRequest& request, std::ostream& out, std::ostream& err) {
  const auto refused = [&](const Diagnostics& errors) {
    err << render(errors);
    return ExitCode::bad_input;
  };
  const auto now = vulnerabilities::vex::parse_instant(request.now);
  if (!now && !request.now.empty()) {
    err << "'" << request.now << "' is no time; write it as 2027-01-02T03:04:05Z\n";
    return ExitCode::usage;
  }
  const auto bytes = read_file(request.bill);
  if (!bytes) {
    std::error_code none;
    return refused(std::filesystem::is_directory(request.bill, none) ? Diagnostics{error_in(request.bill, "is a folder, not a bill of materials", "name the file; 'duolex gate' scans every bill of a dossier's last release")} : bytes.error());
  }
  const bool formatted = request.format != "text" && request.format != "json";
  vulnerabilities::ScannedBill scanned;
  vulnerabilities::Scan scan;
  if (request.index.empty()) {
    auto bill = sbom::read_sbom(request.bill, *bytes);
    if (!bill) return refused(bill.error());
    scanned.bill = std::move(*bill);
  } else {
    auto index = vulnerabilities::index::Index::open(request.index);
    if (!index) return refused(index.error());
    // A statement may be about any component, and about what the bill says of itself; one that lists vulnerabilities is read whole by itself.
    const bool whole = formatted || !request.vex.empty();
    auto result = whole ? scan_whole(request.bill, *bytes, *index) : vulnerabilities::scan_bill(request.bill, *bytes, *index);
    if (!result) return refused(result.error());
    scanned = std::move(*result);
    scan.checked = index->record_count() != 0;
    scan.index_name = request.index;
    scan.index_meta = index->meta();
  }
  scan.bill = &scanned.bill;
  scan.matches = std::move(scanned.matches);
  auto statements = read_statements(scanned.bill, scanned.may_speak, *bytes, request.vex);
  if (!statements) return refused(statements.error());
  vulnerabilities::apply_vex(scan.matches, std::move(*statements), scanned.bill, now.value_or(vulnerabilities::vex::Instant{}));
  if (formatted) {
    const auto written = vulnerabilities::write_output(request.format, scan, {now ? vulnerabilities::vex::utc_text(*now) : "", program_version, request.publisher, request.publisher_url});
    if (!written) {
      err << render(written.error());
      // Nothing to state is no fault; what came of the scan is told as ever.
      if (request.publisher.empty() || request.format != "openvex") return ExitCode::usage;
    } else {
      out << *written;
    }
  } else if (request.format == "json") out << to_json_text(scan);
  else out << to_text(scan);
  err << render(scanned.bill.rejected);
  // Where the index has nothing about any component's kind, nothing was checked either.
  const bool any_kind = scan.matches.looked_up == 0 || scan.matches.no_advisories < scan.matches.looked_up;
  ExitCode code = ExitCode::clear;
  if (!scan.checked || !any_kind || count(scan.matches, Status::unknown) != 0) code = ExitCode::undecided;
  if (count(scan.matches, Status::affected) != 0) code = ExitCode::finding;
  if (request.found)
    if (const auto done = request.found(scan, *bytes, code); !done) {
      err << render(done.error());
      return ExitCode::cannot_write;
    }
  return code;
}

}  // namespace duolex::workspace
