#include "workspace/incidents/incident.h"

#include <algorithm>
#include <ostream>

#include "base/file.h"
#include "evidence/ledger.h"
#include "incidents/clocks.h"
#include "incidents/clocks_out.h"
#include "text/edit.h"
#include "text/yaml_out.h"
#include "workspace/evidence/evidence_place.h"
#include "workspace/incidents/incident_file.h"

namespace duolex::workspace {
namespace {

using incidents::ClockStatus;

ExitCode refused(const Diagnostics& errors, std::ostream& err, ExitCode code = ExitCode::bad_input) {
  err << render(errors);
  return code;
}

std::string new_record(const IncidentNewRequest& request) {
  const auto word = [](const std::string& text) { return text::to_inline_yaml(text::make_text(text)); };
  return "format: 1\n"
         "id: " + word(request.place.id) + "\n"
         "title: " + word(request.title) + "\n"
         "summary:\n"
         "time_zone: " + word(request.time_zone) + "   # of the main establishment; days are counted here\n"
         "versions: []\n"
         "components: []\n"
         "cra:\n"
         "  kind: " + (request.kind.empty() ? "null" : request.kind) + "   # vulnerability incident none\n"
         "  actively_exploited: null\n"
         "  severe: null\n"
         "ai_act:\n"
         "  high_risk: null\n"
         "  harm: null   # [death health critical_infrastructure fundamental_rights property_environment] or [none]\n"
         "  widespread_infringement: null\n"
         "  limited_reporting: null   # article_73_9 article_73_10 none\n"
         "gdpr:\n"
         "  personal_data_breach: null\n"
         "  role: null   # controller processor\n"
         "  risk_unlikely: null\n"
         "  high_risk_to_persons: null\n"
         "  article_34_3_exception: null\n"
         "fields: {}\n";
}

// The report that came in, with the reporter as a commitment.
Result<std::string> intake_of(const IncidentNewRequest& request) {
  if (request.channel.empty()) return "";
  std::vector<std::pair<std::string, text::Node>> members;
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) members.emplace_back(key, text::make_text(value));
  };
  add("channel", request.channel);
  add("at", request.received_at);
  add("by", request.received_by);
  add("reference", request.reference);
  if (!request.reporter.empty()) {
    const auto name = evidence::commit_to(ledger_folder(request.place.dossier), request.reporter, evidence::random_bytes(32));
    if (!name) return failure(name.error());
    add("reporter_commitment", *name);
  }
  return text::to_yaml_member("intake", text::make_mapping(std::move(members)), 0) + "\n";
}

int weight(const incidents::Clock& clock) {
  if (clock.pressing) return 3;
  if (clock.status == ClockStatus::done_late) return 2;
  return clock.status == ClockStatus::undetermined ? 1 : 0;
}

}  // namespace

std::optional<std::int64_t> moment_with_offset(const std::string& text) {
  const auto utc = incidents::Zone::named("Etc/UTC");
  if (!utc || text.find('T') == std::string::npos) return std::nullopt;
  if (text.back() != 'Z' && (text.size() < 6 || text[text.size() - 3] != ':' ||
                             (text[text.size() - 6] != '+' && text[text.size() - 6] != '-'))) {
    return std::nullopt;
  }
  const auto parsed = incidents::parse_point(text, *utc);
  if (parsed.error != incidents::PointError::none) return std::nullopt;
  return parsed.point.moment.seconds;
}

ExitCode incident_new(const IncidentNewRequest& request, std::ostream& out, std::ostream& err) {
  const auto path = incident_path(request.place);
  if (!path) return refused(path.error(), err);
  std::error_code ec;
  if (std::filesystem::exists(*path, ec)) {
    return refused({error_in(path->string(), "is there already", "another id, or edit the file")}, err, ExitCode::cannot_write);
  }
  const auto intake = intake_of(request);
  if (!intake) return refused(intake.error(), err, ExitCode::cannot_write);
  const std::string bytes = new_record(request) + *intake;
  if (const auto record = incidents::read_record(path->string(), bytes); !record) return refused(record.error(), err);
  std::filesystem::create_directories(path->parent_path(), ec);
  if (const auto written = write_file_atomically(*path, bytes); !written) return refused(written.error(), err, ExitCode::cannot_write);
  out << path->string() << "\nEvery fact is open. Awareness starts the clocks: duolex incident aware\n";
  return ExitCode::clear;
}

ExitCode incident_act(const IncidentActRequest& request, std::ostream& out, std::ostream& err) {
  const auto file = load_incident(request.place);
  if (!file) return refused(file.error(), err);
  std::vector<std::pair<std::string, text::Node>> members;
  for (const auto& [key, words] : request.lists) {
    std::vector<text::Node> items;
    for (const std::string& word : words) items.push_back(text::make_text(word));
    if (!items.empty()) members.emplace_back(key, text::make_list(std::move(items)));
  }
  for (const auto& [key, value] : request.texts) {
    if (!value.empty()) members.emplace_back(key, text::make_text(value));
  }
  for (const std::string& key : request.flags) members.emplace_back(key, text::make_boolean(true));
  const std::string name = file->path.string();
  const auto edited = text::append_item(name, file->bytes, {request.list}, text::make_mapping(std::move(members)));
  if (!edited) return refused(edited.error(), err);
  const auto record = incidents::read_record(name, *edited);
  if (!record) return refused(record.error(), err);
  if (const Diagnostics ahead = incidents::in_the_future(*record, incidents::Moment{request.now}); !ahead.empty()) return refused(ahead, err);
  if (const auto written = write_file_atomically(file->path, *edited); !written) return refused(written.error(), err, ExitCode::cannot_write);
  out << name << ": recorded under " << request.list << "\n";
  return ExitCode::clear;
}

ExitCode incident_clocks(const IncidentClocksRequest& request, std::ostream& out, std::ostream& err) {
  const auto files = load_incidents(request.place);
  if (!files) return refused(files.error(), err);
  const incidents::Moment now{request.now};
  int worst = 0;
  std::string text;
  for (const IncidentFile& file : *files) {
    const auto rules = clock_rules_for(request.place.dossier, file.record);
    if (!rules) return refused(rules.error(), err);
    const auto clocks = incidents::clocks_of(file.record, *rules, now, {request.near_hours});
    if (!clocks) return refused(clocks.error(), err);
    const auto tensions = incidents::tensions_of(file.record, *rules, *clocks);
    for (const incidents::Clock& c : *clocks) worst = std::max(worst, weight(c));
    if (request.json) {
      std::string one = incidents::clocks_json(file.record, *rules, *clocks, tensions, now);
      if (!request.place.id.empty() || files->size() == 1) {
        text += one;
      } else {
        while (!one.empty() && one.back() == '\n') one.pop_back();
        text += (text.empty() ? "[" : ",\n") + one;
      }
    } else {
      text += (text.empty() ? "" : "\n") + incidents::clocks_text(file.record, *rules, *clocks, tensions, now);
    }
  }
  if (files->empty()) text = request.json ? "[]\n" : "No incident is recorded in this dossier.\n";
  if (request.json && request.place.id.empty() && files->size() > 1) text += "]\n";
  out << text;
  return worst == 3 ? ExitCode::deadline : worst == 2 ? ExitCode::finding : worst == 1 ? ExitCode::undecided : ExitCode::clear;
}

}  // namespace duolex::workspace
