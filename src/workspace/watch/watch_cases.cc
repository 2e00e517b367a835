#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "incidents/clocks.h"
#include "text/json_out.h"
#include "text/yaml_out.h"
#include "workspace/incidents/incident_file.h"
#include "workspace/watch/watch_case.h"
#include "workspace/watch/watch_record.h"
#include "workspace/watch/watch_settings.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

ExitCode refuse(const std::string& about, const std::string& what, const std::string& hint, std::ostream& err) {
  err << render(error_in(about, what, hint));
  return ExitCode::bad_input;
}

ExitCode no_case(std::int64_t id, std::ostream& err) { return refuse("case " + std::to_string(id), "there is none of this number", "`duolex watch cases` shows them", err); }

// The dossier of the product where it still is; else the portfolio itself.
fs::path incidents_folder(WatchFolder& folder, const storage::CaseRow& row) {
  std::error_code error;
  for (const storage::ReleaseRow& r : folder.store().releases())
    if (r.product == row.product && !r.dossier.empty() && fs::is_regular_file(fs::path(r.dossier) / "duolex.yaml", error)) return fs::path(r.dossier) / "incidents";
  return folder.path() / "incidents";
}

// The record that makes the clocks run. Facts that nobody stated stay open.
std::string record_of(const storage::CaseRow& row, const ordered_json& shown, const WatchAwareRequest& request, const std::string& id, const std::string& zone) {
  std::vector<std::string> versions, components;
  const auto add = [](std::vector<std::string>& to, const std::string& what) {
    if (std::find(to.begin(), to.end(), what) == to.end()) to.push_back(what);
  };
  for (const ordered_json& r : shown["releases"]) {
    if (!r["watched"].get<bool>()) continue;
    add(versions, r["release"]);
    if (!r.contains("components")) continue;
    for (const ordered_json& c : r["components"])
      if (c["component"].is_string()) add(components, c["component"]);
  }
  const auto list = [](const std::vector<std::string>& words) {
    std::vector<text::Node> items;
    for (const std::string& w : words) items.push_back(text::make_text(w));
    return text::make_list(std::move(items));
  };
  std::vector<std::pair<std::string, text::Node>> act = {{"of", list({"cra"})}, {"at", text::make_text(request.at)}, {"by", text::make_text(request.by)}};
  if (!request.note.empty()) act.emplace_back("note", text::make_text(request.note));
  std::vector<text::Node> acts;
  acts.push_back(text::make_mapping(std::move(act)));
  const auto member = [](const char* key, const text::Node& value) { return text::to_yaml_member(key, value, 0) + "\n"; };
  std::string out = "format: 1\n" + member("id", text::make_text(id)) + member("title", text::make_text(row.vulnerability + " in " + row.product)) + "summary:\n" +
                    member("time_zone", text::make_text(zone)) + member("versions", list(versions)) + member("components", list(components)) +
                    "cra:\n  kind: vulnerability\n  actively_exploited: true   # what " + (shown["signals"].empty() ? std::string("a signal") : shown["signals"][0]["source"].get<std::string>()) +
                    " says, and whoever recorded awareness took up\n  severe: null\n" + member("awareness", text::make_list(std::move(acts)));
  out += row.vulnerability.starts_with("CVE-") ? "fields:\n  cve_id: " + row.vulnerability + "\n" : "fields: {}\n";
  return out;
}

std::string id_of(const std::string& vulnerability) {
  std::string id;
  for (const char c : vulnerability) id.push_back(std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' ? c : '-');
  return id.empty() || id[0] == '.' ? "case-" + id : id;
}

}  // namespace

ExitCode watch_cases(const WatchCasesRequest& request, std::ostream& out, std::ostream& err) {
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::reading);
  if (!folder) return watch_refused(folder.error(), err);
  ordered_json list = ordered_json::array();
  bool open = false;
  std::string words;
  for (const storage::CaseRow& row : folder->store().cases()) {
    if (request.id != 0 && row.id != request.id) continue;
    open = open || row.state == "candidate";
    ordered_json shown = case_json(*folder, row, request.id != 0 ? 1000 : 10);
    words += (words.empty() ? "" : "\n") + case_text(shown);
    list.push_back(std::move(shown));
  }
  if (auto whole = folder->store().whole(); !whole) return watch_refused(whole.error(), err);
  if (request.id != 0 && list.empty()) return no_case(request.id, err);
  if (request.json) out << text::to_json_text(ordered_json{{"format", 1}, {"cases", list}}, text::JsonLayout::pretty);
  else out << (words.empty() ? "There is no case.\n" : words);
  return open ? ExitCode::finding : ExitCode::clear;
}

ExitCode watch_aware(const WatchAwareRequest& request, std::ostream& out, std::ostream& err) {
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::writing);
  if (!folder) return watch_refused(folder.error(), err);
  const auto settings = watch_settings_of(folder->path());
  if (!settings) return watch_refused(settings.error(), err);
  auto row = folder->store().find_case(request.id);
  if (!row) return no_case(request.id, err);
  if (row->state == "aware") return refuse("case " + std::to_string(row->id), "awareness is recorded already, in " + row->incident, "`duolex incident aware` adds a further act to the record", err);
  const std::string zone = request.time_zone.empty() ? settings->time_zone : request.time_zone;
  if (zone.empty()) return refuse("case " + std::to_string(row->id), "the time zone of the main establishment is not known", "--time-zone Europe/Berlin, or time_zone in watch.yaml", err);

  const std::string id = id_of(row->vulnerability);
  const fs::path path = incidents_folder(*folder, *row) / (id + ".yaml");
  std::error_code error;
  if (fs::exists(path, error)) {
    // Written before the case could be tied to it; or by a person. Only what says the same is taken over.
    const auto there = load_incident({path, ""});
    if (!there) return watch_refused(there.error(), err);
    const bool same = there->record.id == id && std::any_of(there->record.awareness.begin(), there->record.awareness.end(), [](const incidents::Awareness& a) {
                        return std::find(a.of.begin(), a.of.end(), "cra") != a.of.end();
                      });
    if (!same) return refuse(path.string(), "is there already and records no awareness under the CRA", "`duolex incident aware` adds it; then repeat this", err);
  } else {
    const std::string bytes = record_of(*row, case_json(*folder, *row, 1000), request, id, zone);
    const auto record = incidents::read_record(path.string(), bytes);
    if (!record) return watch_refused(record.error(), err);
    // A year mistyped would make a record that no clock takes.
    const incidents::ParsedPoint now = incidents::parse_point(request.place.now, *record->zone);
    if (Diagnostics ahead = incidents::in_the_future(*record, now.point.moment); !ahead.empty()) {
      for (Diagnostic& d : ahead) d.span = {"case " + std::to_string(row->id)};  // the record is not written
      return watch_refused(ahead, err);
    }
    fs::create_directories(path.parent_path(), error);
    if (const auto written = write_file_atomically(path, bytes); !written) return watch_refused(written.error(), err);
  }
  row->state = "aware";
  row->changed_at = request.place.now;
  row->decided_by = request.by;
  row->because = request.note;
  row->incident = fs::absolute(path, error).lexically_normal().string();
  const auto kept = folder->store().transact([&] {
    folder->store().put_case(*row);
    folder->store().put_history({request.place.now, "awareness recorded", row->product, "case " + std::to_string(row->id), request.by + ", " + request.at});
  });
  if (!kept) return watch_refused(kept.error(), err);
  out << path.string() << ": awareness recorded; the clocks of CRA Art. 14 run\n  $ duolex incident clocks " << path.string() << "\n";
  return ExitCode::clear;
}

ExitCode watch_dismiss(const WatchDismissRequest& request, std::ostream& out, std::ostream& err) {
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::writing);
  if (!folder) return watch_refused(folder.error(), err);
  auto row = folder->store().find_case(request.id);
  if (!row) return no_case(request.id, err);
  if (row->state != "candidate")
    return refuse("case " + std::to_string(row->id), "is " + row->state + ", no candidate", row->state == "aware" ? "what is recorded in " + row->incident + " goes on there" : "", err);
  row->state = "dismissed";
  row->changed_at = request.place.now;
  row->decided_by = request.by;
  row->because = request.because;
  const auto kept = folder->store().transact([&] {
    folder->store().put_case(*row);
    folder->store().put_history({request.place.now, "case dismissed", row->product, "case " + std::to_string(row->id), request.by + ": " + request.because});
  });
  if (!kept) return watch_refused(kept.error(), err);
  out << "case " << row->id << ": dismissed; a release that is new to it opens it again\n";
  return ExitCode::clear;
}

ExitCode watch_signal(const WatchSignalRequest& request, std::ostream& out, std::ostream& err) {
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::writing);
  if (!folder) return watch_refused(folder.error(), err);
  storage::PortfolioStore& store = folder->store();
  std::optional<WatchRecorder> recorder;
  bool fresh = false;
  const auto kept = store.transact([&] {
    recorder.emplace(*folder, request.place.now);
    fresh = store.put_signal({request.vulnerability, request.source, request.said_on, "", false, request.place.now, request.by, request.note});
    if (fresh) store.put_history({request.place.now, "signal recorded", "", request.vulnerability, request.source + ", by " + request.by});
    for (const std::int64_t id : store.advisories_with_findings()) recorder->touch(id);
    recorder->finish();
  });
  if (!kept) return watch_refused(kept.error(), err);
  out << request.vulnerability << ": being exploited, says " << request.source << (fresh ? ", recorded\n" : "; that was recorded before\n");
  for (const std::int64_t id : recorder->told().opened)
    if (const auto row = store.find_case(id)) out << "\n" << case_text(case_json(*folder, *row, 10));
  return recorder->told().opened.empty() ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
