#include "workspace/evidence/recording.h"

#include <algorithm>
#include <map>
#include <ostream>

#include "base/file.h"
#include "base/folder_hash.h"
#include "base/hash.h"
#include "base/version.h"
#include "evidence/encoding.h"
#include "evidence/ledger.h"
#include "law/law.h"
#include "threats/result.h"
#include "workspace/evidence/evidence_place.h"
#include "workspace/evidence/leaf_signer.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace ev = duolex::evidence;

constexpr std::size_t file_limit = std::size_t{2} << 30;

const dossier::Release* release_named(const dossier::Dossier& d, const std::string& version) {
  for (const dossier::Release& r : d.releases)
    if (r.version == version) return &r;
  return nullptr;
}

// Relative to the folder, or "" for a file that does not lie in it.
std::string inside(const fs::path& folder, const fs::path& file) {
  std::error_code ec;
  const fs::path top = fs::canonical(folder, ec), full = fs::canonical(file, ec);
  if (ec) return "";
  const fs::path relative = full.lexically_relative(top);
  return relative.empty() || relative.begin()->string() == ".." ? "" : relative.generic_string();
}

}  // namespace

struct Recorder::State {
  fs::path folder;
  dossier::Dossier dossier;
  std::string release;
  std::map<std::string, std::string> artefacts;  // SHA-256 to path, of the release
  std::shared_ptr<const law::Law> law;
  LeafSigner signer;
  std::optional<Day> good_until;
  std::int64_t now = 0;

  [[nodiscard]] std::vector<std::string> controls_of(const std::string& test) const {
    std::vector<std::string> ids;
    for (const rules::Control& c : law->base.controls)
      if (std::find(c.tested_by.begin(), c.tested_by.end(), test) != c.tested_by.end()) ids.push_back(c.id);
    return ids;
  }

  [[nodiscard]] ev::EvidenceRecord record_of(const TestFound& t) const {
    ev::EvidenceRecord r;
    r.test = t.test;
    r.shows = t.shows;
    r.criterion = t.criterion;
    r.outcome = t.outcome;
    r.detail = t.detail;
    r.release = release;
    r.tool = t.tool.empty() ? "duolex" : t.tool;
    r.tool_version = t.tool.empty() ? program_version : t.tool_version;
    r.at = utc_text(now);
    r.good_until = good_until ? *good_until : Day{static_cast<std::int32_t>(now / 86400) + t.days_good};
    r.retain_until = retained(dossier, release);
    r.provisions = t.provisions;
    r.atlas = t.atlas;
    r.interrupted = t.interrupted;
    r.stale_when = t.stale_when;
    r.law_sha256 = law->base.sha256;
    for (const FileOfRun& f : t.inputs) r.inputs.push_back({f.path, f.sha256});
    bool all_of_the_release = !t.about.empty();
    for (const FileOfRun& f : t.about) {
      const auto same = artefacts.find(f.sha256);
      all_of_the_release = all_of_the_release && same != artefacts.end();
      std::string path = same != artefacts.end() ? same->second : inside(folder, f.path);
      if (path.empty()) r.inputs.push_back({fs::path(f.path).filename().string(), f.sha256});
      else r.artefacts.push_back({std::move(path), f.sha256});
    }
    if (all_of_the_release) r.answers = controls_of(t.test);
    return r;
  }
};

Recorder::Recorder(std::unique_ptr<State> state) : state_(std::move(state)) {}
Recorder::Recorder(Recorder&&) noexcept = default;
Recorder& Recorder::operator=(Recorder&&) noexcept = default;
Recorder::~Recorder() = default;
bool Recorder::records() const { return state_ != nullptr; }

Result<Recorder> Recorder::open(const Recording& recording) {
  if (!recording.dossier) return Recorder(nullptr);
  auto state = std::make_unique<State>();
  state->folder = *recording.dossier;
  state->good_until = recording.good_until;
  state->now = recording.now;
  auto dossier = ledger_dossier(state->folder);
  if (!dossier) return tl::unexpected(dossier.error());
  state->dossier = std::move(*dossier);
  const std::vector<dossier::Release>& releases = state->dossier.releases;
  state->release = !recording.release.empty() ? recording.release : releases.empty() ? "" : releases.back().version;
  if (const dossier::Release* r = release_named(state->dossier, state->release)) {
    for (const dossier::Artefact& a : r->artefacts)
      if (const auto hash = sha256_of_path(state->folder / a.path, file_limit)) state->artefacts.emplace(*hash, a.path);
  } else {
    return failure(error_in(state->dossier.file, state->release.empty() ? "has no release that evidence could be about" : "has no release '" + state->release + "'"));
  }
  auto law = law::load();
  if (!law) return tl::unexpected(law.error());
  state->law = std::move(*law);
  auto signer = LeafSigner::open(state->folder, recording.key);
  if (!signer) return tl::unexpected(signer.error());
  state->signer = std::move(*signer);
  return Recorder(std::move(state));
}

Result<void> Recorder::add(const std::vector<TestFound>& tests, const std::string& report, const std::string& report_name, std::ostream& said) {
  if (state_ == nullptr || tests.empty()) return {};
  const fs::path ledger = ledger_folder(state_->folder);
  std::error_code ec;
  fs::create_directories(ledger, ec);
  auto blob = ev::put_blob(ledger, report, report_name, report_name.ends_with(".json") ? "application/json" : "application/octet-stream");
  if (!blob) return tl::unexpected(blob.error());
  std::vector<std::string> leaves;
  std::vector<bool> answers;
  for (const TestFound& t : tests) {
    ev::EvidenceRecord r = state_->record_of(t);
    r.blob = *blob;
    answers.push_back(!r.answers.empty());
    leaves.push_back(ev::to_leaf(r));
  }
  const auto first = append_leaves(state_->folder, state_->signer.with_approvals(std::move(leaves)), said);
  if (!first) return tl::unexpected(first.error());
  for (std::size_t i = 0; i < tests.size(); ++i)
    said << "recorded in " << state_->folder.string() << " as leaf " << *first + i << ": " << tests[i].test << " " << tests[i].outcome << " (" << state_->signer.words() << ")"
         << (answers[i] ? "" : "; it answers no control, since not all it is about is an artefact of release " + state_->release) << "\n";
  return {};
}

std::optional<Recorder::Before> Recorder::before(const std::string& test, const std::vector<FileOfRun>& inputs) const {
  if (state_ == nullptr) return std::nullopt;
  const fs::path ledger = ledger_folder(state_->folder);
  const auto leaves = ev::read_leaves(ledger);
  if (!leaves) return std::nullopt;
  for (auto leaf = leaves->rbegin(); leaf != leaves->rend(); ++leaf) {
    const auto r = ev::read_record_leaf("leaf", leaf->data);
    if (!r || r->test != test || r->interrupted || r->release != state_->release || !r->blob) continue;
    const bool same = std::all_of(inputs.begin(), inputs.end(), [&](const FileOfRun& f) {
      const auto is = [&](const ev::HashedFile& h) { return h.sha256 == f.sha256; };
      return std::any_of(r->inputs.begin(), r->inputs.end(), is) || std::any_of(r->artefacts.begin(), r->artefacts.end(), is);
    });
    if (!same) continue;
    const auto bytes = read_file(ledger / "blobs" / r->blob->sha256.substr(0, 2) / r->blob->sha256.substr(2), file_limit);
    if (bytes && sha256_hex(*bytes) == r->blob->sha256) return Before{leaf->index, *bytes};
  }
  return std::nullopt;
}

TestFound found_of(const threats::TestResult& r) {
  TestFound t;
  t.test = r.id;
  t.shows = r.goal;
  t.criterion = r.criterion;
  t.outcome = r.verdict == threats::Verdict::met ? "passed" : r.verdict == threats::Verdict::not_met ? "failed" : "inconclusive";
  t.detail = (r.verdict == threats::Verdict::not_tested ? "not tested: " : "") + r.because;
  if (!r.not_tested.empty()) t.detail += "; " + std::to_string(r.not_tested.size()) + (r.not_tested.size() == 1 ? " thing was not tested" : " things were not tested");
  for (const threats::TestInput& i : r.inputs) t.inputs.push_back({i.name, i.sha256});
  t.provisions = r.provisions;
  t.atlas = r.atlas;
  return t;
}

std::optional<fs::path> dossier_with_ledger(const fs::path& here) {
  std::error_code ec;
  if (fs::is_regular_file(here / "duolex.yaml", ec) && fs::is_regular_file(here / "ledger" / "log", ec)) return here;
  return std::nullopt;
}

}  // namespace duolex::workspace
