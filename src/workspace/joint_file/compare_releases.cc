#include "workspace/joint_file/compare_releases.h"

#include <algorithm>

#include "base/file.h"
#include "changes/predictions.h"
#include "facts/from_dossier.h"
#include "tensor/fingerprint.h"
#include "workspace/probes/model_reader.h"

namespace duolex::workspace {
namespace {

using documents::data;
using documents::said;

changes::ModelView model_view(const std::filesystem::path& path, const dossier::Artefact& artefact) {
  changes::ModelView m{artefact.path, artefact.sha256, false, {}, "", "", ""};
  const auto model = read_model(path);
  if (!model) {
    m.unreadable_because = changes::phrase("it is no ONNX model that can be read");
    return m;
  }
  tensor::Fingerprint f = tensor::fingerprint(*model);
  m.readable = true;
  m.graph_sha256 = std::move(f.graph);
  m.weights_sha256 = std::move(f.weights);
  m.interface = std::move(f.interface);
  return m;
}

}  // namespace

Result<std::unique_ptr<OpenedRelease>> open_release(const Subject& subject, const dossier::Release& release) {
  auto o = std::make_unique<OpenedRelease>();
  o->subject = &subject;
  o->release = &release;
  o->findings = findings::find(*subject.compiled, subject.facts.values, subject.names);
  changes::ReleaseView& view = o->view;
  view.dossier = &subject.dossier;
  view.release = &release;
  view.facts = &subject.facts.values;
  view.findings = &o->findings;
  view.facts_sha256 = facts::facts_sha256(subject.law->base, subject.facts.values);
  for (const dossier::Artefact& a : release.artefacts) {
    const std::filesystem::path path = subject.dossier.folder / a.path;
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
  return o;
}

const dossier::Release* declared_before(const dossier::Dossier& dossier, const dossier::Release& release) {
  const dossier::Release* found = nullptr;
  for (const dossier::Release& r : dossier.releases) {
    if (&r == &release) break;
    if (std::any_of(r.artefacts.begin(), r.artefacts.end(), [](const dossier::Artefact& a) { return a.kind == "declaration"; })) found = &r;
  }
  return found;
}

changes::Assessment compare(const OpenedRelease& before, const OpenedRelease& after) {
  const Subject& s = *after.subject;
  return changes::assess(before.view, after.view, s.law->base, *s.compiled, s.names);
}

documents::ChangeCheck check_change(const Subject& s) {
  documents::ChangeCheck c;
  const auto against = [&](documents::Said what) {
    c.against = documents::Tongue()(what);
    c.against_said = std::move(what);
  };
  if (s.dossier.releases.empty()) {
    against(said("No release is recorded, so no change was looked at."));
    return c;
  }
  const dossier::Release& now = s.dossier.releases.back();
  const dossier::Release* baseline = declared_before(s.dossier, now);
  if (baseline == nullptr) {
    against(said("There is no baseline: no release before {release} has a declaration among its artefacts. Nothing was compared.", {{"release", data(now.version)}}));
    return c;
  }
  c.before = baseline->version;
  c.after = now.version;
  const auto before = open_release(s, *baseline), after = open_release(s, now);
  if (!before || !after) {
    c.not_compared_because = (before ? after : before).error()[0].message;
    against(said("Release {after} could not be compared with {before}, the last with a declaration: {why}", {{"after", data(now.version)}, {"before", data(baseline->version)}, {"why", data(c.not_compared_because)}}));
    return c;
  }
  against(said("Release {after} against {before}, the last before it with a declaration among its artefacts.", {{"after", data(now.version)}, {"before", data(baseline->version)}}));
  c.change = compare(**before, **after);
  return c;
}

}  // namespace duolex::workspace
