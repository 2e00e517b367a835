#include "vulnerabilities/matching/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

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
    case Kind::unclear_release: return "unclear_release";
  }
  return "";
}

ordered_json because(const Reason& r) {
  ordered_json out = {{"text", r.in_words()}, {"kind", name_of(r.kind)}, {"ecosystem", r.ecosystem}, {"package", r.package_name}, {"version", r.version}};
  if (r.source_package) out["source_package"] = true;
  if (!r.file_hash.empty()) out["file_hash"] = r.file_hash;
  out["affected"] = r.affected;
  if (r.kind == Reason::Kind::interval || r.kind == Reason::Kind::unclear_release) {
    out["range"] = r.range;
    out["introduced"] = r.from;
    if (!r.to.empty())
      out[r.ended_by == Event::Kind::fixed ? "fixed" : r.ended_by == Event::Kind::limit ? "limit" : "last_affected"] = r.to;
  }
  if (!r.listed.empty()) out["listed"] = r.listed;
  if (r.scheme != Scheme::none) out["order"] = std::string(vulnerabilities::name_of(r.scheme));
  return out;
}

// From the subject of the bill, or the top of the file, down to the component.
ordered_json path_to(const sbom::Sbom& bill, std::size_t component) {
  std::vector<std::string> names;
  for (std::size_t at = component; at != sbom::no_component && names.size() < 100; at = bill.components[at].parent)
    names.push_back(component_name(bill.components[at]));
  std::reverse(names.begin(), names.end());
  return names;
}

ordered_json to_json(const sbom::Sbom& bill, const Finding& f) {
  const Span where = bill.span(f.component);
  ordered_json out = {{"component", component_name(bill.components[f.component])},
                      {"advisory", f.advisory},
                      {"aliases", f.aliases},
                      {"status", name_of(f.status)},
                      {"because", because(f.reason)},
                      {"exploited", f.exploited()}};
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

std::size_t count(const Matches& matches, Status status) {
  return static_cast<std::size_t>(std::count_if(matches.findings.begin(), matches.findings.end(), [&](const Finding& f) { return f.status == status; }));
}

ordered_json to_json(const Scan& scan) {
  const sbom::Sbom& bill = *scan.bill;
  ordered_json findings = ordered_json::array();
  for (const Finding& f : scan.matches.findings) findings.push_back(to_json(bill, f));
  ordered_json checked = {{"anything", scan.checked}};
  if (scan.checked) {
    checked["index"] = scan.index_name;
    checked["advisories"] = ordered_json::parse(scan.index_meta, nullptr, false);
    checked["components"] = {{"looked_up", scan.matches.looked_up}, {"without_name", scan.matches.no_name}, {"of_kinds_without_advisories", scan.matches.no_advisories}};
  }
  const auto exploited = std::count_if(scan.matches.findings.begin(), scan.matches.findings.end(), [](const Finding& f) { return f.exploited() && f.status == Status::affected; });
  return {{"format", "duolex-scan-1"},
          {"bill", {{"file", bill.file}, {"format", bill.format}, {"version", bill.spec_version}}},
          {"components", {{"parsed", bill.parsed}, {"stored", bill.parsed - bill.rejected_components}, {"rejected", bill.rejected_components}}},
          {"checked", std::move(checked)},
          {"summary",
           {{"affected", count(scan.matches, Status::affected)}, {"exploited", exploited}, {"unknown", count(scan.matches, Status::unknown)}, {"not_affected", count(scan.matches, Status::not_affected)}}},
          {"findings", std::move(findings)}};
}

std::string to_text(const Scan& scan) {
  const sbom::Sbom& bill = *scan.bill;
  std::string out = bill.file + ": " + std::to_string(bill.parsed) + " components parsed, " + std::to_string(bill.parsed - bill.rejected_components) +
                    " stored, " + std::to_string(bill.rejected_components) + " rejected\n";
  if (!scan.checked) return out + "Checked nothing: there is no advisory data. Name an index with --index (`duolex advisories build` makes one).\n";
  const auto meta = nlohmann::json::parse(scan.index_meta, nullptr, false);
  out += "Checked against " + scan.index_name + ": " + std::to_string(meta.value("records", 0)) + " advisories, the newest of " + meta.value("newest", "") + "\n";
  out += std::to_string(scan.matches.looked_up) + " components looked up";
  if (scan.matches.no_name != 0) out += "; " + std::to_string(scan.matches.no_name) + " have no package URL and were not checked";
  if (scan.matches.no_advisories != 0) out += "; for " + std::to_string(scan.matches.no_advisories) + " the index holds no advisories of their kind";
  out += "\n";
  for (const Finding& f : scan.matches.findings) {
    out += "\n" + std::string(f.exploited() ? "EXPLOITED " : "") + name_of(f.status) + "  " + component_name(bill.components[f.component]) + "  " + f.advisory;
    for (const std::string& alias : f.aliases) out += " " + alias;
    out += "\n  because " + f.reason.in_words() + "\n";
    if (f.exploited()) out += "  " + f.exploited_cve + " is known to be exploited since " + f.exploited_added + " (CISA KEV, tied by its " + index::name_of(f.exploited_via) + ")\n";
    const Span where = bill.span(f.component);
    out += "  at " + where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) + "\n";
  }
  out += "\n" + std::to_string(count(scan.matches, Status::affected)) + " affected, " + std::to_string(count(scan.matches, Status::unknown)) + " unknown\n";
  return out;
}

}  // namespace duolex::vulnerabilities
