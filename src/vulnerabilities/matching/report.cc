#include "vulnerabilities/matching/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/counted.h"
#include "base/joined.h"
#include "text/plain.h"
#include "vulnerabilities/cvss/cvss.h"

namespace duolex::vulnerabilities {
namespace {

std::string place_of(const std::string& file, const sbom::Place& place) {
  return joined({file, ":", std::to_string(place.line), ":", std::to_string(place.column)});
}

void vex_text(const Matches& matches, std::string& out) {
  const vex::Statements& all = matches.vex;
  if (all.documents.empty()) return;
  out += "\nVEX: " + counted(all.statements.size(), "statement") + ", " + counted(all.statements.size() - matches.vex_left.size(), "holds", "hold") + " for a finding\n";
  for (const std::string& line : vex_lines(matches)) out += "  " + line + "\n";
}

}  // namespace

std::string component_name(const sbom::Component& component) {
  return component.purl_text.empty() ? component.title() : component.purl_text;
}

std::string in_words(const vex::Statements& all, const vex::Holding& h) {
  const vex::Statement& s = all.statements[h.statement];
  const vex::Document& d = all.documents[s.document];
  const vex::Subject& subject = s.subjects[h.subject];
  std::string why = subject.justification;
  if (s.claim != vex::Claim::not_affected) why = s.claim == vex::Claim::affected ? s.action : s.notes;
  else if (!subject.impact.empty()) why += (why.empty() ? "" : ": ") + subject.impact;
  return std::string(vex::name_of(s.claim)) + (why.empty() ? "" : " (" + text::in_one_line(why) + ")") + ", said by " + (d.author.empty() ? "an author who is not named" : text::in_one_line(d.author)) +
         (s.time.known() ? " at " + s.time.written : " at a time that is not named") + ", " + place_of(d.file, s.place);
}

std::string because(const Matches& matches, const Finding& f) {
  std::string out = f.reason.in_words();
  if (f.vex.any()) out += "; VEX: " + in_words(matches.vex, f.vex.holding.front());
  for (std::size_t i = 1; i < f.vex.holding.size(); ++i) out += "; contradicted at the same time: " + in_words(matches.vex, f.vex.holding[i]);
  return out;
}

std::string score_words(const Finding& f) {
  const auto rating = cvss::rate(f.severity);
  return rating ? joined({"CVSS ", cvss::name_of(rating->edition), " base score ", cvss::shown(rating->base), " (", rating->severity, ")"}) : "";
}

std::vector<std::string> vex_lines(const Matches& matches) {
  const vex::Statements& all = matches.vex;
  std::vector<std::string> out;
  for (const vex::Left& l : matches.vex_left) {
    const vex::Statement& s = all.statements[l.statement];
    out.push_back("not applied: " + text::in_one_line(s.vulnerabilities.front()) + " " + vex::name_of(s.claim) + ", " + place_of(all.documents[s.document].file, s.place) + ": " + text::in_one_line(l.why));
  }
  for (const vex::Remark& r : all.remarks)
    out.push_back("remark: " + place_of(all.documents[r.document].file, r.place) + ": " + text::in_one_line((r.vulnerability.empty() ? "" : r.vulnerability + " ") + r.text));
  return out;
}

bool muted_though_exploited(const Finding& f) { return f.exploited() && f.vex.any() && f.status == Status::not_affected; }

std::size_t count(const Matches& matches, Status status) {
  return static_cast<std::size_t>(std::count_if(matches.findings.begin(), matches.findings.end(), [&](const Finding& f) { return f.status == status; }));
}

std::string to_text(const Scan& scan) {
  const sbom::Sbom& bill = *scan.bill;
  std::string out = bill.file + ": " + counted(bill.parsed, "component") + " parsed, " + std::to_string(bill.parsed - bill.rejected_components) +
                    " stored, " + std::to_string(bill.rejected_components) + " rejected\n";
  if (!scan.checked) return out + "Checked nothing: there is no advisory data. Name an index with --index (`duolex advisories build` makes one).\n";
  const auto meta = nlohmann::json::parse(scan.index_meta, nullptr, false);
  out += "Checked against " + scan.index_name + ": " + counted(meta.value("records", std::uint64_t{0}), "advisory", "advisories") + ", the newest of " + meta.value("newest", "") + "\n";
  out += counted(scan.matches.looked_up, "component") + " looked up";
  if (scan.matches.no_name != 0) out += "; " + counted(scan.matches.no_name, "has no package URL and was", "have no package URL and were") + " not checked";
  if (scan.matches.no_advisories != 0) out += "; for " + std::to_string(scan.matches.no_advisories) + " the index holds no advisories of their kind";
  out += "\n";
  for (const Finding& f : scan.matches.findings) {
    append(out, {f.exploited() ? "\nEXPLOITED " : "\n", name_of(f.status), "  ", text::in_one_line(component_name(bill.components[f.component])), "  ", f.advisory});
    for (const std::string& alias : f.aliases) append(out, {" ", alias});
    append(out, {"\n  because ", f.reason.in_words(), "\n"});
    if (const std::string score = score_words(f); !score.empty()) append(out, {"  ", score, ", ", f.severity, "\n"});
    for (std::size_t i = 0; i < f.vex.holding.size(); ++i)
      out += (i == 0 ? "  VEX: " : "  contradicted at the same time: ") + in_words(scan.matches.vex, f.vex.holding[i]) + "\n";
    if (f.vex.older != 0) out += "  " + counted(f.vex.older, "older statement") + " gave way\n";
    if (muted_though_exploited(f)) out += "  ! known to be exploited, and closed by a VEX statement alone\n";
    if (f.exploited()) out += "  " + f.exploited_cve + " is known to be exploited since " + f.exploited_added + " (CISA KEV, tied by its " + index::name_of(f.exploited_via) + ")\n";
    append(out, {"  at ", place_of(bill.file, bill.components[f.component].span), "\n"});
  }
  vex_text(scan.matches, out);
  const std::size_t closed = count(scan.matches, Status::not_affected);
  const auto muted = std::count_if(scan.matches.findings.begin(), scan.matches.findings.end(), muted_though_exploited);
  out += "\n" + std::to_string(count(scan.matches, Status::affected)) + " affected, " + std::to_string(count(scan.matches, Status::unknown)) + " unknown";
  if (closed != 0) out += ", " + std::to_string(closed) + " closed by VEX";
  if (muted != 0) out += " (" + std::to_string(muted) + " of them known to be exploited)";
  return out + "\n";
}

}  // namespace duolex::vulnerabilities
