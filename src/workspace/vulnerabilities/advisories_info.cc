#include <nlohmann/json.hpp>
#include <ostream>

#include "base/counted.h"
#include "base/file.h"
#include "text/json_out.h"
#include "vulnerabilities/index/index.h"
#include "vulnerabilities/index/journal.h"
#include "workspace/vulnerabilities/advisories.h"

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

std::string in_words(const index::Known& known, const std::string& record) {
  const std::string modified = known.modified.empty() ? "" : ", as it was modified at " + known.modified;
  if (known.change == "new") return record + " became known" + modified;
  if (known.change == "changed") return record + " changed" + modified;
  if (known.change == "gone") return record + " was no longer there";
  if (known.change == "exploited") return record + " became known to be exploited (in the catalogue since " + known.exploited + ")";
  return record + " was there when the journal began" + modified;
}

// When did we know?
ExitCode journal(const InfoRequest& request, index::Index& opened, std::ostream& out, std::ostream& err) {
  const std::string file = request.index + ".journal";
  const auto bytes = read_file(file, std::size_t{1} << 30);
  if (!bytes) {
    err << render(bytes.error());
    return ExitCode::bad_input;
  }
  index::History history = index::history_of(*bytes, opened.identity(), request.record);
  const auto number = opened.find_record(request.record);
  if (history.begins.empty() || (history.changes.empty() && !number)) {
    err << file << ": tells nothing of " << (history.begins.empty() ? "this index" : "'" + request.record + "'") << "\n";
    return ExitCode::bad_input;
  }
  // What nothing is told of was there from the first.
  if (history.changes.empty() || (history.changes.front().change != "new" && history.unbroken))
    history.changes.insert(history.changes.begin(), {history.begins, "first", "", ""});
  if (request.json) {
    ordered_json changes = ordered_json::array();
    for (const index::Known& k : history.changes) {
      ordered_json change = {{"at", k.at}, {"change", k.change}};
      if (!k.modified.empty()) change["modified"] = k.modified;
      if (!k.exploited.empty()) change["exploited"] = k.exploited;
      changes.push_back(std::move(change));
    }
    out << text::to_json_text(ordered_json{{"record", request.record}, {"journal", {{"file", file}, {"begins", history.begins}, {"unbroken", history.unbroken}}}, {"changes", std::move(changes)}},
                              text::JsonLayout::pretty);
    return ExitCode::clear;
  }
  for (const index::Known& k : history.changes) out << k.at << "  " << in_words(k, request.record) << "\n";
  if (!history.unbroken) out << "the journal does not lead back to a first index; what was known before it is not told\n";
  return ExitCode::clear;
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
  if (request.journal) return journal(request, *opened, out, err);
  ordered_json shown;
  if (request.record.empty()) {
    shown = ordered_json::parse(opened->meta(), nullptr, false);
    shown["deltas"] = opened->segments().size() - 1;
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
  out << request.index << ": " << counted(shown["records"].get<std::uint64_t>(), "record") << " about " << counted(shown["packages"].get<std::uint64_t>(), "package") << ", the newest of "
      << shown["newest"].get<std::string>() << "\n  " << shown["exploited"] << " known to be exploited";
  const std::string released = shown["kev"]["released"];
  out << (released.empty() ? " (no catalogue of such vulnerabilities was given)" : " (CISA KEV of " + released + ")") << "\n  every byte matches its checksum\n";
  return ExitCode::clear;
}

}  // namespace duolex::workspace
