#include "workspace/joint_file/compare_releases.h"

#include <algorithm>

#include "base/file.h"
#include "changes/basis.h"
#include "changes/predictions.h"
#include "facts/from_dossier.h"
#include "tensor/fingerprint.h"
#include "text/node.h"
#include "workspace/evidence/evidence_state.h"
#include "workspace/probes/model_reader.h"

namespace duolex::workspace {
namespace {

using documents::data;
using documents::said;

constexpr std::uint64_t assessment_limit = std::uint64_t{16} << 20;  // bytes of what 'duolex diff' writes

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

// The first fault, its file named within the dossier: the same wherever the dossier lies.
std::string first_fault(const Diagnostics& errors, const std::filesystem::path& folder) {
  const Span& span = errors[0].span;
  const std::string file = std::filesystem::path(span.file).lexically_relative(folder).generic_string();
  if (file.empty()) return errors[0].message;
  return file + (span.line == 0 ? "" : ":" + std::to_string(span.line) + ":" + std::to_string(span.column)) + ": " + errors[0].message;
}

// What the release's declaration records; the first of its files that records anything.
Result<std::optional<changes::Basis>> recorded(const Subject& subject, const dossier::Release& release) {
  for (const dossier::Artefact& a : release.artefacts) {
    if (a.kind != "declaration") continue;
    const std::filesystem::path path = subject.dossier.folder / a.path;
    const auto bytes = read_file(path);
    if (!bytes) return failure(bytes.error());
    auto basis = changes::read_basis(path.string(), *bytes, subject.law->base);
    if (!basis || !*basis) {
      if (!basis) return basis;
      continue;
    }
    if ((*basis)->release.version != release.version)
      return failure(error_in(path.string(), "is the declaration of release " + (*basis)->release.version + ", and stands among the artefacts of " + release.version));
    return basis;
  }
  return std::optional<changes::Basis>();
}

// Facts and statements of a release: its own, as declared, or those of the dossier.
Result<void> add_stated(const Subject& subject, const dossier::Release& release, OpenedRelease& o) {
  o.facts = subject.facts.values;
  o.dossier = subject.dossier;
  if (&release == &subject.dossier.releases.back()) return {};
  auto basis = recorded(subject, release);
  if (!basis) return failure(basis.error());
  o.view.stated = *basis ? changes::Stated::as_declared : changes::Stated::of_dossier;
  if (!*basis) return {};
  o.view.not_asked = (*basis)->strange;
  o.view.declared = (*basis)->release.artefacts;
  o.as_declared = release;
  o.view.release = &o.as_declared;
  changes::put_back(std::move(**basis), subject.law->base, o.facts, o.dossier, o.as_declared);
  return {};
}

// The people whose keys stand over one leaf that has this assessment attached; of several leaves that with the most.
Result<std::vector<std::string>> approved(const Subject& s, const changes::Assessment& a) {
  const auto evidence = known_evidence(s.dossier, s.as_of, s.law->base.sha256);
  if (!evidence) return failure(evidence.error());
  std::vector<std::string> most;
  for (const KnownEvidence& e : *evidence) {
    if (e.persons.size() <= most.size() || !e.record.blob || e.record.blob->size > assessment_limit) continue;
    const auto bytes = attachment(s.dossier, e.record);
    if (!bytes) return failure(bytes.error());
    const auto read = text::read_json(e.record.blob->name, *bytes);
    const text::Node* of = read ? read->find("difference_sha256") : nullptr;
    if (of != nullptr && of->text == a.difference_sha256) most = e.persons;
  }
  return most;
}

}  // namespace

Result<std::unique_ptr<OpenedRelease>> open_release(const Subject& subject, const dossier::Release& release) {
  auto o = std::make_unique<OpenedRelease>();
  o->subject = &subject;
  o->release = &release;
  o->view.release = &release;
  if (auto added = add_stated(subject, release, *o); !added) return failure(added.error());
  o->findings = findings::find(*subject.compiled, o->facts, subject.names);
  changes::ReleaseView& view = o->view;
  view.dossier = &o->dossier;
  view.facts = &o->facts;
  view.findings = &o->findings;
  view.facts_sha256 = facts::facts_sha256(subject.law->base, o->facts);
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
  const auto uncomparable = [&](const Diagnostics& errors) {
    c.not_compared_because = first_fault(errors, s.dossier.folder);
    against(said("Release {after} could not be compared with {before}, the last with a declaration: {why}", {{"after", data(now.version)}, {"before", data(baseline->version)}, {"why", data(c.not_compared_because)}}));
    return c;
  };
  if (!before || !after) return uncomparable((before ? after : before).error());
  against(said("Release {after} against {before}, the last before it with a declaration among its artefacts.", {{"after", data(now.version)}, {"before", data(baseline->version)}}));
  const auto people = people_with_keys(s.dossier);
  if (!people) return uncomparable(people.error());
  changes::Assessment change = compare(**before, **after);
  if (people->size() >= 2) {
    auto approved_by = approved(s, change);
    if (!approved_by) return uncomparable(approved_by.error());
    c.approved_by = std::move(*approved_by);
  }
  c.change = std::move(change);
  return c;
}

}  // namespace duolex::workspace
