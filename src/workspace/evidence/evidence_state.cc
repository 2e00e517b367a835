#include "workspace/evidence/evidence_state.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/file.h"
#include "base/folder_hash.h"
#include "base/hash.h"
#include "evidence/dsse.h"
#include "evidence/encoding.h"
#include "evidence/ledger.h"
#include "text/node.h"
#include "workspace/evidence/evidence_place.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace ev = duolex::evidence;

constexpr std::size_t file_limit = std::size_t{2} << 30;

bool names(const std::vector<std::string>& words, const char* word) { return std::find(words.begin(), words.end(), word) != words.end(); }

class Look {
 public:
  Look(const dossier::Dossier& dossier, Day as_of, std::string law) : dossier_(dossier), as_of_(as_of), law_(std::move(law)) {}

  void at(KnownEvidence& e) {
    const ev::EvidenceRecord& r = e.record;
    e.state = "current";
    if (r.good_until && *r.good_until < as_of_) return say(e, "expired", "it was good until " + to_string(*r.good_until));
    for (const ev::HashedFile& f : r.artefacts) {
      const fs::path path = fs::path(f.path).lexically_normal();
      // What another tool names need not lie in the dossier; then there is nothing to compare.
      if (path.empty() || path.is_absolute() || path.begin()->string() == "..") continue;
      const std::string& now = hash_of(path);
      if (now.empty()) return say(e, "stale", "'" + f.path + "' is not in the dossier, so it cannot be shown to be what this is about");
      if (now != f.sha256) return say(e, "stale", "'" + f.path + "' has another hash now");
    }
    const std::string release = dossier_.releases.empty() ? "" : dossier_.releases.back().version;
    if (!r.release.empty() && r.release != release && !shared(r))
      return say(e, "other_release", "it is about release " + r.release + " and names no file that release " + release + " shares with it");
    if (names(r.stale_when, "law") && !r.law_sha256.empty() && r.law_sha256 != law_) return say(e, "stale", "the law has changed since");
    if (names(r.stale_when, "intended_purpose") && !r.purpose_sha256.empty() && r.purpose_sha256 != sha256_hex(dossier_.intended_purpose))
      return say(e, "stale", "the intended purpose has changed since");
  }

 private:
  static void say(KnownEvidence& e, const char* state, std::string because) {
    e.state = state;
    e.because = std::move(because);
  }
  // Whether it is about a file that the last release has, or that no release claims as its own. That an earlier
  // release's file still lies in the dossier says nothing of the last one.
  [[nodiscard]] bool shared(const ev::EvidenceRecord& r) const {
    const auto has = [](const dossier::Release& release, const ev::HashedFile& f) {
      return std::any_of(release.artefacts.begin(), release.artefacts.end(), [&](const dossier::Artefact& a) {
        return a.sha256.empty() ? fs::path(a.path).lexically_normal() == fs::path(f.path).lexically_normal() : a.sha256 == f.sha256;
      });
    };
    const auto& releases = dossier_.releases;
    return std::any_of(r.artefacts.begin(), r.artefacts.end(), [&](const ev::HashedFile& f) {
      return !releases.empty() && (has(releases.back(), f) || std::none_of(releases.begin(), releases.end(), [&](const dossier::Release& one) { return has(one, f); }));
    });
  }
  // Each file once.
  const std::string& hash_of(const fs::path& path) {
    const auto [it, is_new] = hashes_.try_emplace(path.generic_string());
    if (is_new)
      if (const auto hash = sha256_of_path(dossier_.folder / path, file_limit)) it->second = *hash;
    return it->second;
  }

  const dossier::Dossier& dossier_;
  Day as_of_;
  std::string law_;
  std::map<std::string, std::string> hashes_;
};

std::string key_of(const ev::EvidenceRecord& r) {
  std::vector<std::string> paths;
  for (const ev::HashedFile& f : r.artefacts) paths.push_back(f.path);
  std::sort(paths.begin(), paths.end());
  std::string key = r.test + "\n" + r.tool + "\n" + r.shows + "\n" + r.criterion;
  for (const std::string& p : paths) key += "\n" + p;
  return key;
}

Result<std::vector<ev::PersonKey>> keys_of(const fs::path& folder) {
  const fs::path file = folder / "keys.yaml";
  const auto bytes = read_file(file, std::size_t{1} << 20);
  if (!bytes) return std::vector<ev::PersonKey>();
  return ev::read_keys(file.string(), *bytes);
}

// Who signed which leaf, by the approvals in the ledger. A leaf that only keys which are not listed signed has nobody.
Result<std::map<std::string, std::set<std::string>>> signers(const fs::path& folder, const std::vector<ev::Leaf>& leaves) {
  const auto keys = keys_of(folder);
  if (!keys) return tl::unexpected(keys.error());
  std::vector<ev::TrustedKey> trusted;
  for (const ev::PersonKey& k : *keys) trusted.push_back({k.id, k.key});
  std::map<std::string, std::set<std::string>> persons;
  for (const ev::Leaf& leaf : leaves) {
    const ev::LeafKind kind = ev::kind_of_leaf(leaf.data);
    if (kind.kind != "approval") continue;
    const auto envelope = ev::read_envelope("approval", kind.envelope);
    if (!envelope) continue;
    const auto payload = text::read_json("approval", envelope->payload);
    const text::Node* of = payload && payload->kind == text::Node::Kind::mapping ? payload->find("approves") : nullptr;
    if (of == nullptr) continue;
    std::set<std::string>& who = persons[of->text];
    const auto good = ev::signers_of(*envelope, trusted);
    for (const ev::PersonKey& k : *keys)
      if (std::find(good.begin(), good.end(), k.id) != good.end()) who.insert(k.person);
  }
  return persons;
}

}  // namespace

Result<std::vector<KnownEvidence>> known_evidence(const dossier::Dossier& dossier, Day as_of, const std::string& law_sha256) {
  std::vector<KnownEvidence> all;
  const fs::path folder = ledger_folder(dossier.folder);
  std::error_code ec;
  if (!fs::exists(ev::log_path(folder), ec)) return all;
  const auto leaves = ev::read_leaves(folder);
  if (!leaves) return tl::unexpected(leaves.error());
  const auto signed_by = signers(folder, *leaves);
  if (!signed_by) return tl::unexpected(signed_by.error());
  Look look(dossier, as_of, law_sha256);
  std::map<std::string, std::size_t> last;
  for (const ev::Leaf& leaf : *leaves) {
    if (ev::kind_of_leaf(leaf.data).kind != "evidence") continue;
    auto record = ev::read_record_leaf("leaf " + std::to_string(leaf.index), leaf.data);
    if (!record) return tl::unexpected(record.error());
    KnownEvidence e{leaf.index, ev::to_hex(leaf.hash), std::move(*record), "", "", "unsigned"};
    if (const auto who = signed_by->find(e.leaf); who != signed_by->end()) {
      e.persons.assign(who->second.begin(), who->second.end());
      e.signers.clear();
      for (const std::string& p : e.persons) e.signers += (e.signers.empty() ? "" : ", ") + p;
      if (e.signers.empty()) e.signers = "by a key that is not listed";
    }
    look.at(e);
    // An interrupted run replaces nothing: it found nothing.
    if (!e.record.interrupted) {
      const auto [it, is_new] = last.try_emplace(key_of(e.record), all.size());
      if (!is_new) {
        KnownEvidence& older = all[it->second];
        older.state = "replaced";
        older.because = "leaf " + std::to_string(e.index) + " is of a later run of the same test";
        it->second = all.size();
      }
    }
    all.push_back(std::move(e));
  }
  return all;
}

plan::LedgerEvidence evidence_for_rows(const rules::RuleBase& base, const std::vector<KnownEvidence>& evidence) {
  plan::LedgerEvidence rows;
  for (const KnownEvidence& e : evidence) {
    if (e.state == "replaced" || e.state == "other_release") continue;
    plan::RowEvidence row{e.index, e.leaf, e.record.test, e.record.shows, e.record.outcome, e.state, e.because, e.record.interrupted, true};
    if (e.record.interrupted) row.because = "the run was interrupted";
    std::map<std::string, bool> spoken;  // ids, and whether the record speaks to the whole
    for (const std::string& id : e.record.answers) {
      spoken[id] = true;
      for (const rules::Control& c : base.controls) {
        if (c.id != id) continue;
        for (const rules::Answer& a : c.answers) {
          bool& whole = spoken[base.duties[a.duty].id];
          whole = whole || a.relation != rules::Answer::Relation::intersects;
        }
      }
    }
    for (const auto& [id, whole] : spoken) {
      row.whole = whole;
      rows[id].push_back(row);
    }
  }
  return rows;
}

Result<std::vector<std::string>> people_with_keys(const dossier::Dossier& dossier) {
  const auto keys = keys_of(ledger_folder(dossier.folder));
  if (!keys) return tl::unexpected(keys.error());
  std::set<std::string> people;
  for (const ev::PersonKey& k : *keys) people.insert(k.person);
  return std::vector<std::string>(people.begin(), people.end());
}

Result<std::string> attachment(const dossier::Dossier& dossier, const ev::EvidenceRecord& record) {
  if (!record.blob) return failure(error_in(dossier.file, "the record has no attachment"));
  const std::string& sha256 = record.blob->sha256;
  auto bytes = read_file(ledger_folder(dossier.folder) / "blobs" / sha256.substr(0, 2) / sha256.substr(2), file_limit);
  if (!bytes) return tl::unexpected(bytes.error());
  if (sha256_hex(*bytes) != sha256) return failure(error_in(dossier.file, "the attachment " + sha256 + " has other bytes than were recorded", "'duolex verify' says more"));
  return bytes;
}

}  // namespace duolex::workspace
