#include "workspace/incidents/incident_reports.h"

#include <algorithm>
#include <ostream>
#include <set>

#include "base/file.h"
#include "dossier/dossier.h"
#include "incidents/disclosure.h"
#include "incidents/notice.h"
#include "incidents/platform.h"
#include "incidents/support.h"
#include "vulnerabilities/csaf/check.h"
#include "workspace/incidents/incident_file.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;

ExitCode refused(const Diagnostics& errors, std::ostream& err, ExitCode code = ExitCode::bad_input) {
  err << render(errors);
  return code;
}

Result<dossier::Dossier> load_dossier(const fs::path& folder) {
  std::error_code ec;
  if (!fs::is_regular_file(folder / "duolex.yaml", ec)) {
    return failure(error_in(folder.string(), "is no dossier", "name a folder with a file duolex.yaml"));
  }
  auto loaded = dossier::load(folder, dossier::Artefacts::leave);
  if (!loaded.errors.empty()) return failure(std::move(loaded.errors));
  return std::move(loaded.dossier);
}

incidents::ProductWords words_of(const dossier::Dossier& dossier) {
  incidents::ProductWords words;
  words.product = dossier.name;
  words.member_states = dossier.member_states;
  for (const dossier::Role& role : dossier.roles) {
    if (role.role == "manufacturer") words.manufacturer = role.name;
  }
  return words;
}

Result<incidents::Disclosure> load_disclosure(const fs::path& folder) {
  const fs::path path = folder / "disclosure.yaml";
  const auto bytes = read_file(path, std::size_t{1} << 20);
  if (!bytes) return failure(error_in(path.string(), "cannot be read", "docs/formats/disclosure.md says what stands there"));
  return incidents::read_disclosure(path.string(), *bytes);
}

}  // namespace

ExitCode incident_report(const IncidentReportRequest& request, std::ostream& out, std::ostream& err) {
  const std::vector<std::string> stages = incidents::form_stages(request.act);
  if (std::find(stages.begin(), stages.end(), request.stage) == stages.end()) {
    err << "under '" << request.act << "' there is a form for";
    for (std::size_t i = 0; i < stages.size(); ++i) err << (i == 0 ? " " : ", ") << stages[i];
    err << "\n";
    return ExitCode::usage;
  }
  const auto file = load_incident(request.place);
  if (!file) return refused(file.error(), err);
  const auto product = load_dossier(request.place.dossier);
  if (!product) return refused(product.error(), err);
  const std::vector<incidents::Platform>& forms = incidents::built_in_forms();
  const incidents::Platform& platform = *std::find_if(forms.begin(), forms.end(), [&](const incidents::Platform& f) { return f.act == request.act; });
  const auto pack = incidents::pack_of(file->record, platform, words_of(*product), request.stage);
  if (!pack) return refused(pack.error(), err);
  out << (request.json ? pack_json(file->record, platform, *pack) : pack_text(file->record, platform, *pack));
  return pack->missing.empty() ? ExitCode::clear : ExitCode::finding;
}

ExitCode incident_notice(const IncidentNoticeRequest& request, std::ostream& out, std::ostream& err) {
  const auto file = load_incident(request.place);
  if (!file) return refused(file.error(), err);
  const auto product = load_dossier(request.place.dossier);
  if (!product) return refused(product.error(), err);
  const auto publisher = load_disclosure(request.place.dossier);
  if (!publisher) return refused(publisher.error(), err);
  const auto notice = incidents::user_notice(file->record, *publisher, words_of(*product), incidents::Moment{request.now}, request.program_version);
  if (!notice) return refused(notice.error(), err);
  if (!notice->missing.empty()) {
    err << file->path.string() << ": no notice was written. Missing:\n";
    for (const std::string& where : notice->missing) err << "  " << where << "\n";
    return ExitCode::finding;
  }
  // What the record and the dossier say may be no text that CSAF takes, such as an address without a scheme.
  const auto faults = vulnerabilities::csaf::check("notice", notice->json);
  if (!faults) return refused(faults.error(), err, ExitCode::internal);
  if (!faults->empty()) {
    err << file->path.string() << ": no notice was written. It would break CSAF 2.0:\n";
    return refused(vulnerabilities::csaf::shown(*faults), err);
  }
  if (!request.file) {
    out << notice->json;
    return ExitCode::clear;
  }
  if (const auto written = write_file_atomically(*request.file, notice->json); !written) return refused(written.error(), err, ExitCode::cannot_write);
  out << request.file->string() << "\n";
  return ExitCode::clear;
}

ExitCode disclosure(const DisclosureRequest& request, std::ostream& out, std::ostream& err) {
  const auto product = load_dossier(request.dossier);
  if (!product) return refused(product.error(), err);
  const auto read = load_disclosure(request.dossier);
  if (!read) return refused(read.error(), err);
  const auto security = incidents::security_txt(*read);
  if (!security) return refused(security.error(), err);
  std::error_code ec;
  fs::create_directories(request.folder, ec);
  for (const auto& [name, bytes] : {std::pair{"security.txt", *security}, std::pair{"policy.md", policy_markdown(*read, product->name)},
                                    std::pair{"policy.html", policy_html(*read, product->name)}}) {
    const fs::path path = request.folder / name;
    if (const auto written = write_file_atomically(path, bytes); !written) return refused(written.error(), err, ExitCode::cannot_write);
    out << path.string() << "\n";
  }
  const auto gaps = gaps_of(*read, request.today);
  for (const std::string& gap : gaps) out << "open: " << gap << "\n";
  return gaps.empty() ? ExitCode::clear : ExitCode::finding;
}

Result<incidents::ClockRules> clock_rules_for(const fs::path& place, const incidents::Record& record) {
  incidents::ClockRules rules = incidents::built_in_clock_rules();
  if (!record.intake) return rules;
  std::error_code ec;
  const fs::path folder = fs::is_directory(place, ec) ? place : fs::absolute(place, ec).parent_path().parent_path();
  if (!fs::exists(folder / "disclosure.yaml", ec)) return rules;
  const auto policy = load_disclosure(folder);
  if (!policy) return failure(policy.error());
  for (incidents::ClockRule& rule : incidents::promised_clocks(*policy)) rules.clocks.push_back(std::move(rule));
  return rules;
}

Result<incidents::Endings> endings_of_dossier(const std::filesystem::path& folder) {
  const auto product = load_dossier(folder);
  if (!product) return failure(product.error());
  incidents::SupportFile support;
  std::error_code ec;
  if (const fs::path path = folder / "support.yaml"; fs::exists(path, ec)) {
    const auto bytes = read_file(path, std::size_t{4} << 20);
    if (!bytes) return failure(bytes.error());
    auto read = incidents::read_support(path.string(), *bytes);
    if (!read) return failure(read.error());
    support = std::move(*read);
  }
  if (fs::exists(folder / "disclosure.yaml", ec)) {
    const auto read = load_disclosure(folder);
    if (!read) return failure(read.error());
    if (read->expires) support.other.push_back({"security.txt", *read->expires});
  }
  std::vector<incidents::ReleaseDates> releases;
  for (const dossier::Release& r : product->releases) releases.push_back({r.version, r.placed_on_market_on, r.support_period_end});
  std::set<std::string> roles;
  for (const dossier::Role& role : product->roles) roles.insert(role.role);
  return endings_of(releases, support, incidents::built_in_retention(), roles);
}

ExitCode expires(const ExpiresRequest& request, std::ostream& out, std::ostream& err) {
  const auto found = endings_of_dossier(request.dossier);
  if (!found) return refused(found.error(), err);
  const incidents::Endings& endings = *found;
  out << (request.json ? endings_json(endings, request.as_of) : endings_text(endings, request.as_of, request.within_days));
  const auto soon = [&](const incidents::Ending& e) {
    return e.until && *e.until >= request.as_of && e.until->number - request.as_of.number <= request.within_days;
  };
  if (std::any_of(endings.list.begin(), endings.list.end(), soon)) return ExitCode::deadline;
  if (!endings.shortfalls.empty()) return ExitCode::finding;
  const bool unknown = std::any_of(endings.list.begin(), endings.list.end(), [](const incidents::Ending& e) { return !e.until; });
  return unknown ? ExitCode::undecided : ExitCode::clear;
}

}  // namespace duolex::workspace
