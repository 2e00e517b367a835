#include "workspace/diff.h"

#include <algorithm>
#include <ostream>

#include "base/file.h"
#include "changes/assessment.h"
#include "changes/change_json.h"
#include "changes/predictions.h"
#include "documents/change.h"
#include "tensor/fingerprint.h"
#include "text/edit.h"
#include "text/yaml_out.h"
#include "workspace/model_reader.h"
#include "workspace/subject.h"

namespace duolex::workspace {
namespace {

struct Opened {
  Subject subject;
  findings::Findings findings;
  const dossier::Release* release = nullptr;
  changes::ReleaseView view;
};

// "folder@1.0" → folder and version; a folder that exists with an '@' in its name is a folder.
std::pair<std::string, std::string> split(const std::string& given) {
  std::error_code ignored;
  const std::size_t at = given.rfind('@');
  if (at == std::string::npos || at == 0 || std::filesystem::exists(given, ignored)) return {given, ""};
  return {given.substr(0, at), given.substr(at + 1)};
}

Result<std::unique_ptr<Opened>> open(const std::string& given, Day as_of, const std::optional<std::filesystem::path>& law) {
  const auto [folder, version] = split(given);
  auto s = open_subject(folder, as_of, law);
  if (!s) return failure(s.error());
  if (!s->has_dossier) return failure(error_in(folder, "is no dossier", "name a folder with a file duolex.yaml, and a release after '@'"));
  auto o = std::make_unique<Opened>();
  o->subject = std::move(*s);
  const std::vector<dossier::Release>& releases = o->subject.dossier.releases;
  if (releases.empty()) return failure(error_in(o->subject.dossier.file, "has no release"));
  o->release = &releases.back();
  if (!version.empty()) {
    const auto it = std::find_if(releases.begin(), releases.end(), [v = version](const dossier::Release& r) { return r.version == v; });
    std::string list;
    for (const dossier::Release& r : releases) list += (list.empty() ? "" : ", ") + r.version;
    if (it == releases.end()) return failure(error_in(o->subject.dossier.file, "has no release '" + version + "'", "it has " + list));
    o->release = &*it;
  }
  o->findings = findings::find(*o->subject.compiled, o->subject.facts.values, o->subject.names);
  return o;
}

// The last release before `o`'s with a declaration; null without one.
const dossier::Release* declared_before(const Opened& o) {
  const dossier::Release* found = nullptr;
  for (const dossier::Release& r : o.subject.dossier.releases) {
    if (&r == o.release) break;
    if (std::any_of(r.artefacts.begin(), r.artefacts.end(), [](const dossier::Artefact& a) { return a.kind == "declaration"; })) found = &r;
  }
  return found;
}

changes::ModelView model_view(const std::filesystem::path& path, const dossier::Artefact& artefact) {
  changes::ModelView m{artefact.path, artefact.sha256, false, "", "", "", ""};
  const auto model = read_model(path);
  if (!model) {
    m.unreadable_because = "it is no ONNX model that can be read";
    return m;
  }
  tensor::Fingerprint f = tensor::fingerprint(*model);
  m.readable = true;
  m.graph_sha256 = std::move(f.graph);
  m.weights_sha256 = std::move(f.weights);
  m.interface = std::move(f.interface);
  return m;
}

Result<void> look_at(Opened& o) {
  changes::ReleaseView& view = o.view;
  view.dossier = &o.subject.dossier;
  view.release = o.release;
  view.facts = &o.subject.facts.values;
  view.findings = &o.findings;
  for (const dossier::Artefact& a : o.release->artefacts) {
    const std::filesystem::path path = o.subject.dossier.folder / a.path;
    if (a.kind == "model") {
      view.models.push_back(model_view(path, a));
    } else if (a.kind == "sbom" || a.kind == "predictions") {
      const auto bytes = read_file(path);
      if (!bytes) return failure(bytes.error());
      if (a.kind == "sbom") {
        auto bill = sbom::read_sbom(path.string(), *bytes);
        if (!bill) return failure(bill.error());
        view.bills.push_back(std::move(*bill));
      } else {
        auto samples = changes::read_predictions(path.string(), *bytes);
        if (!samples) return failure(samples.error());
        view.predictions.push_back({a.metric, a.path, a.sha256, std::move(*samples)});
      }
    }
  }
  return {};
}

ExitCode sign(const DiffRequest& request, const Opened& after, const changes::Assessment& a, std::ostream& err) {
  const text::Node entry = text::make_mapping({{"of", text::make_text("change")},
                                               {"by", text::make_text(request.sign)},
                                               {"role", text::make_text(request.role)},
                                               {"on", text::make_text(to_string(request.today))},
                                               {"facts_sha256", text::make_text(a.difference_sha256)},
                                               {"law_sha256", text::make_text(a.law_sha256)}});
  const dossier::Dossier& d = after.subject.dossier;
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
  if (request.releases.size() == 1) {
    const dossier::Release* baseline = declared_before(**before);
    if (baseline == nullptr)
      return refused({error_in((*after)->subject.dossier.file, "no release before " + (*after)->release->version + " has a declaration among its artefacts",
                               "add it with 'kind: declaration', or name both releases: DOSSIER@1.0 DOSSIER@1.1")});
    (*before)->release = baseline;
  }
  if ((*before)->subject.dossier.file == (*after)->subject.dossier.file && (*before)->release->version == (*after)->release->version)
    return refused({error_in((*after)->subject.dossier.file, "release " + (*after)->release->version + " is compared with itself", "name two releases: DOSSIER@1.0 DOSSIER@1.1")});
  for (Opened* o : {before->get(), after->get()})
    if (const auto looked = look_at(*o); !looked) return refused(looked.error());
  const Subject& s = (*after)->subject;
  changes::Assessment a = changes::assess((*before)->view, (*after)->view, s.law->base, *s.compiled, s.names);
  if (!request.sign.empty()) {
    if (const ExitCode code = sign(request, **after, a, err); code != ExitCode::clear) return code;
    changes::add_signature(a, {request.sign, request.role, to_string(request.today), false});
  }
  out << (request.json ? changes::to_json(a) : documents::change_text(a, request.style));
  out.flush();
  if (!out) return ExitCode::cannot_write;
  return static_cast<ExitCode>(a.exit_code());
}

}  // namespace duolex::workspace
