#include "workspace/joint_file/diff.h"

#include <algorithm>
#include <ostream>

#include "base/file.h"
#include "changes/change_json.h"
#include "documents/change.h"
#include "text/edit.h"
#include "text/yaml_out.h"
#include "workspace/joint_file/compare_releases.h"
#include "workspace/joint_file/languages.h"

namespace duolex::workspace {
namespace {

// "folder@1.0" → folder and version; a folder that exists with an '@' in its name is a folder.
std::pair<std::string, std::string> split(const std::string& given) {
  std::error_code ignored;
  const std::size_t at = given.rfind('@');
  if (at == std::string::npos || at == 0 || std::filesystem::exists(given, ignored)) return {given, ""};
  return {given.substr(0, at), given.substr(at + 1)};
}

// The subject stays where it is: the opened release points into it.
struct Named {
  std::unique_ptr<Subject> subject;
  const dossier::Release* release = nullptr;
};

Result<Named> open(const std::string& given, Day as_of, const std::optional<std::filesystem::path>& law) {
  const auto [folder, version] = split(given);
  auto s = open_subject(folder, as_of, law);
  if (!s) return failure(s.error());
  if (!s->has_dossier) return failure(error_in(folder, "is no dossier", "name a folder with a file duolex.yaml, and a release after '@'"));
  Named o{std::make_unique<Subject>(std::move(*s))};
  const std::vector<dossier::Release>& releases = o.subject->dossier.releases;
  if (releases.empty()) return failure(error_in(o.subject->dossier.file, "has no release"));
  o.release = &releases.back();
  if (!version.empty()) {
    const auto it = std::find_if(releases.begin(), releases.end(), [v = version](const dossier::Release& r) { return r.version == v; });
    std::string list;
    for (const dossier::Release& r : releases) list += (list.empty() ? "" : ", ") + r.version;
    if (it == releases.end()) return failure(error_in(o.subject->dossier.file, "has no release '" + version + "'", "it has " + list));
    o.release = &*it;
  }
  return o;
}

ExitCode sign(const DiffRequest& request, const dossier::Dossier& d, const changes::Assessment& a, std::ostream& err) {
  const text::Node entry = text::make_mapping({{"of", text::make_text("change")},
                                               {"by", text::make_text(request.sign)},
                                               {"role", text::make_text(request.role)},
                                               {"on", text::make_text(to_string(request.today))},
                                               {"facts_sha256", text::make_text(a.difference_sha256)},
                                               {"law_sha256", text::make_text(a.law_sha256)}});
  const auto edited = text::append_item(d.file, d.bytes, {"sign_offs"}, entry);
  if (!edited) {
    err << render(edited.error());
    return ExitCode::bad_input;
  }
  if (const auto written = write_file_atomically(d.file, *edited); !written) {
    err << render(written.error());
    return ExitCode::cannot_write;
  }
  return ExitCode::clear;
}

}  // namespace

ExitCode diff(const DiffRequest& request, std::ostream& out, std::ostream& err) {
  const auto refused = [&](const Diagnostics& errors) {
    err << render(errors);
    return ExitCode::bad_input;
  };
  auto after = open(request.releases.back(), request.as_of, request.law);
  if (!after) return refused(after.error());
  auto before = open(request.releases.front(), request.as_of, request.law);
  if (!before) return refused(before.error());
  const dossier::Dossier& d = after->subject->dossier;
  const auto tongue = tongue_for(*after->subject, request.language);
  if (!tongue) return refused(tongue.error());
  if (request.releases.size() == 1) {
    before->release = declared_before(before->subject->dossier, *before->release);
    if (before->release == nullptr)
      return refused({error_in(d.file, "no release before " + after->release->version + " has a declaration among its artefacts",
                               "add it with 'kind: declaration', or name both releases: DOSSIER@1.0 DOSSIER@1.1")});
  }
  if (before->subject->dossier.file == d.file && before->release->version == after->release->version)
    return refused({error_in(d.file, "release " + after->release->version + " is compared with itself", "name two releases: DOSSIER@1.0 DOSSIER@1.1")});
  const auto was = open_release(*before->subject, *before->release), is = open_release(*after->subject, *after->release);
  for (const auto* opened : {&was, &is})
    if (!*opened) return refused(opened->error());
  changes::Assessment a = compare(**was, **is);
  if (!request.sign.empty()) {
    if (const ExitCode code = sign(request, d, a, err); code != ExitCode::clear) return code;
    changes::add_signature(a, {request.sign, request.role, to_string(request.today), false});
  }
  const std::string bytes = request.format == "json" ? changes::to_json(a) : request.format == "html" ? documents::change_html(a, *tongue) : documents::change_text(a, request.style, *tongue);
  if (!request.out) {
    out << bytes;
  } else if (const auto written = write_file_atomically(*request.out, bytes); !written) {
    err << render(written.error());
    return ExitCode::cannot_write;
  } else {
    out << documents::change_sentence(a, *tongue) << "\nwritten: " << request.out->string() << "\n";
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  return static_cast<ExitCode>(a.exit_code());
}

}  // namespace duolex::workspace
