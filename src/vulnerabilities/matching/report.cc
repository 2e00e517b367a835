#include "vulnerabilities/matching/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/counted.h"

namespace duolex::vulnerabilities {
namespace {

using nlohmann::ordered_json;

const char* name_of(Reason::Kind kind) {
  using Kind = Reason::Kind;
  switch (kind) {
    case Kind::interval: return "range";
    case Kind::listed: return "listed_version";
    case Kind::every_version: return "every_version";
    case Kind::no_version: return "no_version";
    case Kind::unreadable: return "unreadable_version";
    case Kind::outside: return "version_outside_scheme";
    case Kind::bad_event: return "unreadable_event";
    case Kind::only_commits: return "only_commits";
    case Kind::nothing_stated: return "nothing_stated";
    case Kind::only_cpe: return "only_cpe";
    case Kind::unclear_release: return "unclear_release";
  }
  return "";
}

ordered_json because(const Reason& r) {
  ordered_json out = {{"text", r.in_words()}, {"kind", name_of(r.kind)}, {"ecosystem", r.ecosystem}, {"package", r.package_name}, {"version", r.version}};
  if (r.source_package) out["source_package"] = true;
  if (!r.file_hash.empty()) out["file_hash"] = r.file_hash;
  out["affected"] = r.affected;
  if (r.kind == Reason::Kind::interval || r.kind == Reason::Kind::unclear_release || r.kind == Reason::Kind::only_cpe) {
    out["range"] = r.range;
    out["introduced"] = r.from;
    if (!r.to.empty())
      out[r.ended_by == Event::Kind::fixed ? "fixed" : r.ended_by == Event::Kind::limit ? "limit" : "last_affected"] = r.to;
  }
  if (!r.listed.empty()) out["listed"] = r.listed;
  if (r.scheme != Scheme::none) out["order"] = std::string(vulnerabilities::name_of(r.scheme));
  return out;
}

// Words of others on a terminal: no control characters, in one line.
std::string plain(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) text[i] = ' ';
    if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) text.replace(i, 2, " ");
  }
  return text;
}

std::string place_of(const std::string& file, const sbom::Place& place) {
  return file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

// "not_affected (vulnerable_code_not_present: …)", said by whom, when and where.
std::string in_words(const vex::Statements& all, const vex::Holding& h) {
  const vex::Statement& s = all.statements[h.statement];
  const vex::Document& d = all.documents[s.document];
  const vex::Subject& subject = s.subjects[h.subject];
  std::string why = subject.justification;
  if (s.claim != vex::Claim::not_affected) why = s.claim == vex::Claim::affected ? s.action : s.notes;
  else if (!subject.impact.empty()) why += (why.empty() ? "" : ": ") + subject.impact;
  return std::string(vex::name_of(s.claim)) + (why.empty() ? "" : " (" + plain(why) + ")") + ", said by " + (d.author.empty() ? "an author who is not named" : plain(d.author)) +
         (s.time.known() ? " at " + s.time.written : " at a time that is not named") + ", " + place_of(d.file, s.place);
}

ordered_json to_json(const vex::Statements& all, const vex::Holding& h) {
  const vex::Statement& s = all.statements[h.statement];
  const vex::Document& d = all.documents[s.document];
  const vex::Subject& subject = s.subjects[h.subject];
  ordered_json out = {{"claim", vex::name_of(s.claim)}, {"vulnerability", s.vulnerabilities.front()}, {"product", subject.product.shown}};
  if (!subject.parts.empty()) {
    ordered_json parts = ordered_json::array();
    for (const vex::Identity& part : subject.parts) parts.push_back(part.shown);
    out["parts"] = std::move(parts);
  }
  if (!subject.justification.empty()) out["justification"] = subject.justification;
  if (!subject.impact.empty()) out["impact"] = subject.impact;
  if (!s.action.empty()) out["action"] = s.action;
  if (!s.notes.empty()) out["notes"] = s.notes;
  out["author"] = d.author;
  out["time"] = s.time.written;
  out["format"] = vex::name_of(d.kind);
  out["document"] = d.id;
  out["where"] = {{"file", d.file}, {"line", s.place.line}, {"column", s.place.column}};
  return out;
}

ordered_json to_json(const vex::Statements& all, const vex::Effect& effect) {
  ordered_json out = to_json(all, effect.holding.front());
  out["gave_way"] = effect.older;
  if (effect.contradicted()) {
    ordered_json others = ordered_json::array();
    for (std::size_t i = 1; i < effect.holding.size(); ++i) others.push_back(to_json(all, effect.holding[i]));
    out["contradicted_by"] = std::move(others);
  }
  return out;
}

// The documents, what was not applied, and what is wrong with statements.
ordered_json vex_json(const Matches& matches) {
  const vex::Statements& all = matches.vex;
  ordered_json documents = ordered_json::array(), left = ordered_json::array(), remarks = ordered_json::array();
  for (const vex::Document& d : all.documents)
    documents.push_back({{"file", d.file}, {"format", vex::name_of(d.kind)}, {"id", d.id}, {"author", d.author}, {"embedded", d.embedded}});
  for (const vex::Left& l : matches.vex_left) {
    const vex::Statement& s = all.statements[l.statement];
    left.push_back({{"vulnerability", s.vulnerabilities.front()}, {"claim", vex::name_of(s.claim)}, {"why", l.why},
                    {"where", {{"file", all.documents[s.document].file}, {"line", s.place.line}, {"column", s.place.column}}}});
  }
  for (const vex::Remark& r : all.remarks)
    remarks.push_back({{"vulnerability", r.vulnerability}, {"text", r.text},
                       {"where", {{"file", all.documents[r.document].file}, {"line", r.place.line}, {"column", r.place.column}}}});
  return {{"documents", std::move(documents)}, {"statements", all.statements.size()}, {"applied", all.statements.size() - matches.vex_left.size()},
          {"not_applied", std::move(left)}, {"remarks", std::move(remarks)}};
}

void vex_text(const Matches& matches, std::string& out) {
  const vex::Statements& all = matches.vex;
  if (all.documents.empty()) return;
  out += "\nVEX: " + std::to_string(all.statements.size()) + " statements, " + std::to_string(all.statements.size() - matches.vex_left.size()) + " hold for a finding\n";
  for (const std::string& line : vex_lines(matches)) out += "  " + line + "\n";
}

// From the subject of the bill, or the top of the file, down to the component.
ordered_json path_to(const sbom::Sbom& bill, std::size_t component) {
  std::vector<std::string> names;
  for (std::size_t at = component; at != sbom::no_component && names.size() < 100; at = bill.components[at].parent)
    names.push_back(component_name(bill.components[at]));
  std::reverse(names.begin(), names.end());
  return names;
}

ordered_json to_json(const sbom::Sbom& bill, const vex::Statements& all, const Finding& f) {
  const Span where = bill.span(f.component);
  ordered_json out = {{"component", component_name(bill.components[f.component])},
                      {"advisory", f.advisory},
                      {"aliases", f.aliases},
                      {"status", name_of(f.status)},
                      {"because", because(f.reason)},
                      {"exploited", f.exploited()}};
  if (f.vex.any()) {
    out["because"]["text"] = f.reason.in_words() + "; VEX: " + in_words(all, f.vex.holding.front());
    out["because"]["matched"] = name_of(f.matched);
    out["because"]["vex"] = to_json(all, f.vex);
  }
  if (muted_though_exploited(f)) out["remark"] = "known to be exploited, and closed by a VEX statement alone";
  if (f.exploited())
    out["exploitation"] = {{"catalogue", "CISA KEV"}, {"cve", f.exploited_cve}, {"via", index::name_of(f.exploited_via)}, {"added", f.exploited_added},
                           {"due", f.exploited_due}, {"ransomware", f.ransomware}};
  if (!f.epss_cve.empty()) out["epss"] = {{"cve", f.epss_cve}, {"probability", f.epss_probability}, {"percentile", f.epss_percentile}};
  if (!f.upstream.empty()) out["upstream"] = f.upstream;
  if (!f.severity.empty()) out["severity"] = f.severity;
  if (!f.summary.empty()) out["summary"] = f.summary;
  out["modified"] = f.modified;
  if (!f.published.empty()) out["published"] = f.published;
  out["where"] = {{"file", where.file}, {"line", where.line}, {"column", where.column}, {"pointer", bill.pointer(f.component)}, {"path", path_to(bill, f.component)}};
  return out;
}

}  // namespace

std::string component_name(const sbom::Component& component) {
  return component.purl_text.empty() ? component.title() : component.purl_text;
}

std::string because(const Matches& matches, const Finding& f) {
  std::string out = f.reason.in_words();
  if (f.vex.any()) out += "; VEX: " + in_words(matches.vex, f.vex.holding.front());
  for (std::size_t i = 1; i < f.vex.holding.size(); ++i) out += "; contradicted at the same time: " + in_words(matches.vex, f.vex.holding[i]);
  return out;
}

std::vector<std::string> vex_lines(const Matches& matches) {
  const vex::Statements& all = matches.vex;
  std::vector<std::string> out;
  for (const vex::Left& l : matches.vex_left) {
    const vex::Statement& s = all.statements[l.statement];
    out.push_back("not applied: " + plain(s.vulnerabilities.front()) + " " + vex::name_of(s.claim) + ", " + place_of(all.documents[s.document].file, s.place) + ": " + plain(l.why));
  }
  for (const vex::Remark& r : all.remarks)
    out.push_back("remark: " + place_of(all.documents[r.document].file, r.place) + ": " + plain((r.vulnerability.empty() ? "" : r.vulnerability + " ") + r.text));
  return out;
}

bool muted_though_exploited(const Finding& f) { return f.exploited() && f.vex.any() && f.status == Status::not_affected; }

std::size_t count(const Matches& matches, Status status) {
  return static_cast<std::size_t>(std::count_if(matches.findings.begin(), matches.findings.end(), [&](const Finding& f) { return f.status == status; }));
}

ordered_json to_json(const Scan& scan) {
  const sbom::Sbom& bill = *scan.bill;
  ordered_json findings = ordered_json::array();
  for (const Finding& f : scan.matches.findings) findings.push_back(to_json(bill, scan.matches.vex, f));
  ordered_json checked = {{"anything", scan.checked}};
  if (scan.checked) {
    checked["index"] = scan.index_name;
    checked["advisories"] = ordered_json::parse(scan.index_meta, nullptr, false);
    checked["components"] = {{"looked_up", scan.matches.looked_up}, {"without_name", scan.matches.no_name}, {"of_kinds_without_advisories", scan.matches.no_advisories}};
  }
  const auto exploited = std::count_if(scan.matches.findings.begin(), scan.matches.findings.end(), [](const Finding& f) { return f.exploited() && f.status == Status::affected; });
  const auto muted = std::count_if(scan.matches.findings.begin(), scan.matches.findings.end(), muted_though_exploited);
  return {{"format", "duolex-scan-1"},
          {"bill", {{"file", bill.file}, {"format", bill.format}, {"version", bill.spec_version}}},
          {"components", {{"parsed", bill.parsed}, {"stored", bill.parsed - bill.rejected_components}, {"rejected", bill.rejected_components}}},
          {"checked", std::move(checked)},
          {"summary",
           {{"affected", count(scan.matches, Status::affected)}, {"exploited", exploited}, {"unknown", count(scan.matches, Status::unknown)}, {"not_affected", count(scan.matches, Status::not_affected)}, {"exploited_closed_by_vex", muted}}},
          {"vex", vex_json(scan.matches)},
          {"findings", std::move(findings)}};
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
    out += "\n" + std::string(f.exploited() ? "EXPLOITED " : "") + name_of(f.status) + "  " + component_name(bill.components[f.component]) + "  " + f.advisory;
    for (const std::string& alias : f.aliases) out += " " + alias;
    out += "\n  because " + f.reason.in_words() + "\n";
    for (std::size_t i = 0; i < f.vex.holding.size(); ++i)
      out += (i == 0 ? "  VEX: " : "  contradicted at the same time: ") + in_words(scan.matches.vex, f.vex.holding[i]) + "\n";
    if (f.vex.older != 0) out += "  " + counted(f.vex.older, "older statement") + " gave way\n";
    if (muted_though_exploited(f)) out += "  ! known to be exploited, and closed by a VEX statement alone\n";
    if (f.exploited()) out += "  " + f.exploited_cve + " is known to be exploited since " + f.exploited_added + " (CISA KEV, tied by its " + index::name_of(f.exploited_via) + ")\n";
    const Span where = bill.span(f.component);
    out += "  at " + where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) + "\n";
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
