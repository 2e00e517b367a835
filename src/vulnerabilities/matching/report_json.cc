#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/json_writer.h"
#include "vulnerabilities/cvss/cvss.h"
#include "vulnerabilities/matching/report.h"

namespace duolex::vulnerabilities {
namespace {

using text::JsonWriter;

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

void where(JsonWriter& out, const std::string& file, const sbom::Place& place) {
  out.key("where").open_object().field("file", file).field("line", place.line).field("column", place.column).close();
}

void holding(JsonWriter& out, const vex::Statements& all, const vex::Holding& h) {
  const vex::Statement& s = all.statements[h.statement];
  const vex::Document& d = all.documents[s.document];
  const vex::Subject& subject = s.subjects[h.subject];
  out.field("claim", vex::name_of(s.claim)).field("vulnerability", s.vulnerabilities.front()).field("product", subject.product.shown);
  if (!subject.parts.empty()) {
    out.key("parts").open_list();
    for (const vex::Identity& part : subject.parts) out.value(part.shown);
    out.close();
  }
  if (!subject.justification.empty()) out.field("justification", subject.justification);
  if (!subject.impact.empty()) out.field("impact", subject.impact);
  if (!s.action.empty()) out.field("action", s.action);
  if (!s.notes.empty()) out.field("notes", s.notes);
  out.field("author", d.author).field("time", s.time.written).field("format", vex::name_of(d.kind)).field("document", d.id);
  where(out, d.file, s.place);
}

void effect(JsonWriter& out, const vex::Statements& all, const vex::Effect& e) {
  out.open_object();
  holding(out, all, e.holding.front());
  out.field("gave_way", e.older);
  if (e.contradicted()) {
    out.key("contradicted_by").open_list();
    for (std::size_t i = 1; i < e.holding.size(); ++i) {
      out.open_object();
      holding(out, all, e.holding[i]);
      out.close();
    }
    out.close();
  }
  out.close();
}

void because(JsonWriter& out, const vex::Statements& all, const Finding& f) {
  const Reason& r = f.reason;
  std::string text = r.in_words();
  if (f.vex.any()) text += "; VEX: " + in_words(all, f.vex.holding.front());
  out.open_object().field("text", text).field("kind", name_of(r.kind)).field("ecosystem", r.ecosystem).field("package", r.package_name).field("version", r.version);
  if (r.source_package) out.field("source_package", true);
  if (!r.file_hash.empty()) out.field("file_hash", r.file_hash);
  out.field("affected", r.affected);
  if (r.kind == Reason::Kind::interval || r.kind == Reason::Kind::unclear_release || r.kind == Reason::Kind::only_cpe) {
    out.field("range", r.range).field("introduced", r.from);
    if (r.to.empty()) {
    } else if (r.ended_by == Event::Kind::fixed) {
      out.field("fixed", r.to);
    } else if (r.ended_by == Event::Kind::limit) {
      out.field("limit", r.to);
    } else {
      out.field("last_affected", r.to);
    }
  }
  if (!r.listed.empty()) out.field("listed", r.listed);
  if (r.scheme != Scheme::none) out.field("order", vulnerabilities::name_of(r.scheme));
  if (f.vex.any()) {
    out.field("matched", name_of(f.matched)).key("vex");
    effect(out, all, f.vex);
  }
  out.close();
}

// From the subject of the bill, or the top of the file, down to the component.
void path_to(JsonWriter& out, const sbom::Sbom& bill, std::size_t component) {
  std::vector<std::size_t> path;
  for (std::size_t at = component; at != sbom::no_component && path.size() < 100; at = bill.components[at].parent) path.push_back(at);
  out.open_list();
  for (std::size_t i = path.size(); i-- > 0;) out.value(component_name(bill.components[path[i]]));
  out.close();
}

void finding(JsonWriter& out, const sbom::Sbom& bill, const vex::Statements& all, const Finding& f) {
  out.open_object().field("component", component_name(bill.components[f.component])).field("advisory", f.advisory).field("aliases", f.aliases).field("status", name_of(f.status));
  out.key("because");
  because(out, all, f);
  out.field("exploited", f.exploited());
  if (muted_though_exploited(f)) out.field("remark", "known to be exploited, and closed by a VEX statement alone");
  if (f.exploited())
    out.key("exploitation").open_object().field("catalogue", "CISA KEV").field("cve", f.exploited_cve).field("via", index::name_of(f.exploited_via)).field("added", f.exploited_added)
        .field("due", f.exploited_due).field("ransomware", f.ransomware).close();
  if (!f.epss_cve.empty()) out.key("epss").open_object().field("cve", f.epss_cve).field("probability", f.epss_probability).field("percentile", f.epss_percentile).close();
  if (!f.upstream.empty()) out.field("upstream", f.upstream);
  if (!f.severity.empty()) out.field("severity", f.severity);
  if (const auto rating = cvss::rate(f.severity))
    out.key("cvss").open_object().field("version", cvss::name_of(rating->edition)).field("vector", rating->vector).field("base_score", rating->base).field("severity", rating->severity).close();
  if (!f.summary.empty()) out.field("summary", f.summary);
  out.field("modified", f.modified);
  if (!f.published.empty()) out.field("published", f.published);
  const sbom::Place& span = bill.components[f.component].span;
  out.key("where").open_object().field("file", bill.file).field("line", span.line).field("column", span.column).field("pointer", bill.pointer(f.component)).key("path");
  path_to(out, bill, f.component);
  out.close().close();
}

// The documents, what was not applied, and what is wrong with statements.
void vex_part(JsonWriter& out, const Matches& matches) {
  const vex::Statements& all = matches.vex;
  out.open_object().key("documents").open_list();
  for (const vex::Document& d : all.documents)
    out.open_object().field("file", d.file).field("format", vex::name_of(d.kind)).field("id", d.id).field("author", d.author).field("embedded", d.embedded).close();
  out.close().field("statements", all.statements.size()).field("applied", all.statements.size() - matches.vex_left.size()).key("not_applied").open_list();
  for (const vex::Left& l : matches.vex_left) {
    const vex::Statement& s = all.statements[l.statement];
    out.open_object().field("vulnerability", s.vulnerabilities.front()).field("claim", vex::name_of(s.claim)).field("why", l.why);
    where(out, all.documents[s.document].file, s.place);
    out.close();
  }
  out.close().key("remarks").open_list();
  for (const vex::Remark& r : all.remarks) {
    out.open_object().field("vulnerability", r.vulnerability).field("text", r.text);
    where(out, all.documents[r.document].file, r.place);
    out.close();
  }
  out.close().close();
}

}  // namespace

nlohmann::ordered_json vex_json(const Matches& matches, const Finding& f) {
  JsonWriter out;
  effect(out, matches.vex, f.vex);
  return nlohmann::ordered_json::parse(std::move(out).finish(), nullptr, false);
}

std::string to_json_text(const Scan& scan) {
  const sbom::Sbom& bill = *scan.bill;
  const Matches& matches = scan.matches;
  JsonWriter out(2000 + 1600 * matches.findings.size());
  out.open_object().field("format", "duolex-scan-1");
  out.key("bill").open_object().field("file", bill.file).field("format", bill.format).field("version", bill.spec_version).close();
  out.key("components").open_object().field("parsed", bill.parsed).field("stored", bill.parsed - bill.rejected_components).field("rejected", bill.rejected_components).close();
  out.key("checked").open_object().field("anything", scan.checked);
  if (scan.checked) {
    out.field("index", scan.index_name).field("advisories", nlohmann::ordered_json::parse(scan.index_meta, nullptr, false));
    out.key("components").open_object().field("looked_up", matches.looked_up).field("without_name", matches.no_name).field("of_kinds_without_advisories", matches.no_advisories).close();
  }
  out.close();
  const auto all = [&](auto which) { return static_cast<std::size_t>(std::count_if(matches.findings.begin(), matches.findings.end(), which)); };
  out.key("summary").open_object().field("affected", count(matches, Status::affected));
  out.field("exploited", all([](const Finding& f) { return f.exploited() && f.status == Status::affected; })).field("unknown", count(matches, Status::unknown));
  out.field("not_affected", count(matches, Status::not_affected)).field("exploited_closed_by_vex", all(muted_though_exploited)).close();
  out.key("vex");
  vex_part(out, matches);
  out.key("findings").open_list();
  for (const Finding& f : matches.findings) finding(out, bill, matches.vex, f);
  return std::move(out.close().close()).finish();
}

}  // namespace duolex::vulnerabilities
