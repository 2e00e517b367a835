#include <nlohmann/json.hpp>
#include <ostream>

#include "text/json_out.h"
#include "vulnerabilities/index/index.h"
#include "workspace/advisories.h"

namespace duolex::workspace {
namespace {

namespace index = vulnerabilities::index;
using nlohmann::ordered_json;

const char* name_of(vulnerabilities::Event::Kind kind) {
  using Kind = vulnerabilities::Event::Kind;
  switch (kind) {
    case Kind::introduced: return "introduced";
    case Kind::fixed: return "fixed";
    case Kind::last_affected: return "last_affected";
    case Kind::limit: return "limit";
  }
  return "";
}

ordered_json to_json(const index::StatedRecord& r) {
  ordered_json out = {{"id", r.id}, {"modified", r.modified}, {"published", r.published}, {"aliases", r.aliases}, {"upstream", r.upstream},
                      {"related", r.related}, {"summary", r.summary}, {"severity", r.severity}};
  if (!r.withdrawn.empty()) out["withdrawn"] = r.withdrawn;
  if (r.exploited_via != index::Via::none)
    out["exploited"] = {{"cve", r.exploited_cve}, {"via", name_of(r.exploited_via)}, {"added", r.exploited_added}, {"due", r.exploited_due}, {"ransomware", r.ransomware}};
  if (!r.epss_cve.empty()) out["epss"] = {{"cve", r.epss_cve}, {"probability", r.epss_probability}, {"percentile", r.epss_percentile}};
  ordered_json affected = ordered_json::array();
  for (const index::StatedAffected& a : r.affected) {
    ordered_json intervals = ordered_json::array();
    for (const index::StatedInterval& i : a.intervals) {
      ordered_json interval = {{"range", i.range}, {"introduced", i.from}};
      if (!i.to.empty()) interval[name_of(i.ended_by)] = i.to;
      intervals.push_back(std::move(interval));
    }
    affected.push_back({{"ecosystem", a.ecosystem}, {"name", a.name}, {"intervals", std::move(intervals)}, {"versions_beside_them", a.versions}, {"unreadable", a.unreadable}});
  }
  out["affected"] = std::move(affected);
  return out;
}

}  // namespace

ExitCode advisories_info(const InfoRequest& request, std::ostream& out, std::ostream& err) {
  auto opened = index::Index::open(request.index);
  Result<void> whole;
  if (opened) whole = opened->check_all();
  if (!opened || !whole) {
    err << render(opened ? whole.error() : opened.error());
    return ExitCode::bad_input;
  }
  ordered_json shown;
  if (request.record.empty()) {
    shown = ordered_json::parse(opened->meta(), nullptr, false);
  } else {
    const auto number = opened->find_record(request.record);
    if (!number) {
      err << request.index << ": holds no record '" << request.record << "'\n";
      return ExitCode::bad_input;
    }
    shown = to_json(opened->record(*number));
  }
  if (request.json || !request.record.empty()) {
    out << text::to_json_text(shown, text::JsonLayout::pretty);
    return ExitCode::clear;
  }
  out << request.index << ": " << shown["records"] << " records about " << shown["packages"] << " packages, the newest of "
      << shown["newest"].get<std::string>() << "\n  " << shown["exploited"] << " known to be exploited";
  const std::string released = shown["kev"]["released"];
  out << (released.empty() ? " (no catalogue of such vulnerabilities was given)" : " (CISA KEV of " + released + ")") << "\n  every byte matches its checksum\n";
  return ExitCode::clear;
}

}  // namespace duolex::workspace
