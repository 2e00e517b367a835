#include "base/counted.h"
#include "text/utf8.h"
#include "vulnerabilities/outputs/vulnerability.h"

namespace duolex::vulnerabilities {
namespace {

// Text of an attribute or element. What XML 1.0 cannot hold becomes a blank.
std::string xml(const std::string& text) {
  if (text::find_bad_encoding(text)) {
    std::string ascii;
    for (const char c : text) ascii += static_cast<unsigned char>(c) < 0x80 && c != '\0' ? c : '?';
    return xml(ascii);
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // U+FFFE and U+FFFF.
    if (std::string_view(text).substr(i, 2) == "\xef\xbf" && i + 2 < text.size() && static_cast<unsigned char>(text[i + 2]) >= 0xbe) {
      out += ' ';
      i += 2;
    } else if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return out;
}

std::string begin_case(const std::string& of, const std::string& name) { return "    <testcase classname=\"" + xml(of) + "\" name=\"" + xml(name) + "\""; }

}  // namespace

std::string to_junit(const Scan& scan, const Frame& frame) {
  const sbom::Sbom& bill = *scan.bill;
  std::size_t failures = 0, errors = 0;
  std::string cases;
  // What was checked is a case of its own, so that a scan without findings is no empty suite, and one that checked
  // nothing no green one.
  const bool nothing = !scan.checked || (scan.matches.looked_up != 0 && scan.matches.no_advisories >= scan.matches.looked_up);
  cases += begin_case(bill.file, "advisories were held against the bill of materials");
  if (nothing) {
    ++errors;
    cases += ">\n      <error type=\"unchecked\" message=\"Nothing was checked: there is no advisory data for it\"/>\n    </testcase>\n";
  } else {
    cases += ">\n      <system-out>" + counted(scan.matches.looked_up, "component") + " looked up; " + std::to_string(scan.matches.no_name) + " without a package URL, " +
             std::to_string(scan.matches.no_advisories) + " of kinds without advisories: not checked</system-out>\n    </testcase>\n";
  }
  for (const Finding& f : scan.matches.findings) {
    const Stated s = stated(scan, f);
    const std::string because = f.reason.in_words() + (s.statement == nullptr ? "" : ". VEX: " + std::string(vex::name_of(s.claim)) + (reason_of(s).empty() ? "" : " (" + reason_of(s) + ")") + ". " + source_of(s));
    cases += begin_case(component_name(bill.components[f.component]), f.advisory) + ">\n      ";
    if (f.status == Status::affected) {
      ++failures;
      cases += std::string("<failure type=\"") + (f.exploited() ? "exploited" : "affected") + "\" message=\"" + xml((f.exploited() ? f.exploited_cve + " is known to be exploited. " : "") + because) + "\"/>";
    } else if (f.status == Status::unknown) {
      ++errors;
      cases += "<error type=\"unknown\" message=\"" + xml(because) + "\"/>";
    } else {
      cases += "<system-out>" + xml((muted_though_exploited(f) ? "Known to be exploited, and closed by a VEX statement alone. " : "") + because) + "</system-out>";
    }
    cases += "\n    </testcase>\n";
  }
  const std::string counts = " tests=\"" + std::to_string(scan.matches.findings.size() + 1) + "\" failures=\"" + std::to_string(failures) + "\" errors=\"" + std::to_string(errors) + "\"";
  const std::string stamp = frame.now.ends_with('Z') ? frame.now.substr(0, frame.now.size() - 1) : frame.now;
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"duolex scan\"" + counts + ">\n  <testsuite name=\"" + xml(bill.file) + "\"" + counts + " skipped=\"0\" timestamp=\"" + xml(stamp) +
         "\" hostname=\"\" time=\"0\">\n" + cases + "  </testsuite>\n</testsuites>\n";
}

}  // namespace duolex::vulnerabilities
