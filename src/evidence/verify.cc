#include <algorithm>
#include <map>
#include <set>

#include "base/file.h"
#include "evidence/dsse.h"
#include "evidence/encoding.h"
#include "evidence/ledger.h"
#include "text/node.h"

namespace duolex::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t log_limit = std::size_t{8} << 30;
constexpr std::size_t blob_limit = std::size_t{2} << 30;

class Verifier {
 public:
  Verifier(const fs::path& folder, const VerifyOptions& options) : folder_(folder), options_(options) {}

  Result<Verification> run() {
    const std::string name = log_path(folder_).string();
    const auto bytes = read_file(log_path(folder_), log_limit);
    if (!bytes) return failure(bytes.error());
    read_own_checkpoints();
    if (options_.checkpoint) read_external();
    if (auto keys = load_keys(); !keys) return failure(keys.error());
    wanted_.insert(0);
    const auto scan = scan_log(name, *bytes, [&](const LogFrame& frame) { see(frame); });
    if (!scan) {
      for (const Diagnostic& d : scan.error()) out_.findings.push_back(d.span.file + ": " + d.message);
      return std::move(out_);
    }
    out_.size = scan->size;
    out_.root = scan->head.root();
    for (const Diagnostic& d : scan->damage) out_.findings.push_back(d.span.file + ": " + d.message);
    if (scan->damage.empty()) {
      out_.held.push_back(std::to_string(scan->size) + " leaves in " + std::to_string(out_.groups) + " groups have their hashes, and every group its root");
    }
    if (scan->unfinished_bytes > 0) {
      out_.findings.push_back(name + ": byte " + std::to_string(scan->end) + ": " + std::to_string(scan->unfinished_bytes) +
                              " bytes after the last whole group: an append that never ended, or a group that was damaged");
    }
    if (scan->end == 0) out_.findings.push_back(name + ": is empty");
    hold_checkpoints();
    hold_blobs();
    hold_approvals();
    say_limits();
    return std::move(out_);
  }

 private:
  struct Claim {
    std::string name;
    Checkpoint checkpoint;
    bool external = false;
  };

  void see(const LogFrame& frame) {
    if (frame.group_end) {
      ++out_.groups;
      return;
    }
    head_.append(frame.hash);
    if (wanted_.contains(head_.size())) roots_[head_.size()] = head_.root();
    leaves_.push_back(frame.hash);
    // Only what names a blob or a leaf needs to be read as JSON.
    if (frame.data.find("\"kind\":\"approval\"") != std::string_view::npos) approvals_.emplace_back(frame.index, std::string(frame.data));
    if (const std::size_t blob = frame.data.find("\"blob\":{"); blob != std::string_view::npos) blobs_.emplace_back(frame.index, std::string(frame.data));
  }

  void claim(const std::string& name, const std::string& bytes, bool external) {
    const auto note = parse_note(bytes);
    const auto checkpoint = note ? parse_checkpoint(note->text) : std::nullopt;
    if (!checkpoint) {
      out_.findings.push_back(name + ": is no signed checkpoint");
      return;
    }
    if (!options_.signers.empty() &&
        std::none_of(options_.signers.begin(), options_.signers.end(), [&](const NoteVerifier& s) { return signed_by(*note, s); })) {
      out_.findings.push_back(name + ": is signed by none of the keys given");
      return;
    }
    wanted_.insert(checkpoint->size);
    claims_.push_back({name, *checkpoint, external});
  }

  void read_own_checkpoints() {
    std::error_code ec;
    std::vector<fs::path> paths;
    for (fs::directory_iterator it(folder_ / "checkpoints", ec), end; !ec && it != end; it.increment(ec))
      if (it->path().extension() == ".txt") paths.push_back(it->path());  // a process that was killed leaves a part of one
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
      const auto bytes = read_file(path, std::size_t{1} << 20);
      if (bytes) claim(path.string(), *bytes, false);
      else out_.findings.push_back(path.string() + ": " + bytes.error()[0].message);
    }
  }

  void read_external() { claim(options_.checkpoint_name, *options_.checkpoint, true); }

  Result<void> load_keys() {
    const fs::path path = folder_ / "keys.yaml";
    std::error_code ec;
    if (!fs::exists(path, ec)) return {};
    const auto bytes = read_file(path, std::size_t{1} << 20);
    if (!bytes) return failure(bytes.error());
    auto keys = read_keys(path.string(), *bytes);
    if (!keys) return failure(keys.error());
    keys_ = std::move(*keys);
    return {};
  }

  void hold_checkpoints() {
    for (const Claim& c : claims_) {
      const std::string at = "size " + std::to_string(c.checkpoint.size);
      if (c.checkpoint.size > out_.size) {
        out_.findings.push_back(c.name + ": has " + at + ", the ledger only " + std::to_string(out_.size) + ": leaves are gone");
        continue;
      }
      const Hash root = c.checkpoint.size == 0 ? empty_tree_hash() : roots_[c.checkpoint.size];
      if (root != c.checkpoint.root) {
        out_.findings.push_back(c.name + ": the root at " + at + " is another: something before it was changed");
        continue;
      }
      out_.held.push_back(c.name + ": the first " + std::to_string(c.checkpoint.size) + " leaves are those it was signed over" +
                          (options_.signers.empty() ? ", by a key that was not given and so not checked" : ""));
      if (c.external && !options_.signers.empty()) covered_ = std::max(covered_, c.checkpoint.size + 1);
    }
  }

  void hold_blobs() {
    std::size_t whole = 0;
    for (const auto& [index, data] : blobs_) {
      const std::string where = "leaf " + std::to_string(index);
      const auto record = read_record_leaf(where, data);
      if (!record) {
        out_.findings.push_back(where + ": " + record.error()[0].message);
        continue;
      }
      if (!record->blob) continue;
      const std::string& sha = record->blob->sha256;
      const fs::path path = folder_ / "blobs" / sha.substr(0, 2) / sha.substr(2);
      const auto bytes = read_file(path, blob_limit);
      if (!bytes) {
        const bool over = record->retain_until && *record->retain_until < options_.today;
        const std::string what = where + ": the blob " + sha + " is not there";
        if (over) out_.held.push_back(what + ", and was to be kept until " + to_string(*record->retain_until));
        else out_.findings.push_back(what);
      } else if (to_hex(sha256(*bytes)) != sha) {
        out_.findings.push_back(where + ": the blob " + sha + " has other bytes");
      } else {
        ++whole;
      }
    }
    if (!blobs_.empty()) out_.held.push_back(std::to_string(whole) + " of " + std::to_string(blobs_.size()) + " blobs have their hash");
  }

  void hold_approvals() {
    std::map<Hash, std::uint64_t> index_of;
    if (!approvals_.empty()) {
      for (std::uint64_t i = 0; i < leaves_.size(); ++i) index_of.emplace(leaves_[i], i);
    }
    std::map<std::uint64_t, std::set<std::string>> persons;
    for (const auto& [index, data] : approvals_) {
      const std::string where = "leaf " + std::to_string(index);
      const LeafKind kind = kind_of_leaf(data);
      const auto envelope = read_envelope(where, kind.envelope);
      if (!envelope || envelope->payload_type != approval_type) {
        out_.findings.push_back(where + ": is no approval");
        continue;
      }
      const auto payload = text::read_json(where, envelope->payload);
      const text::Node* approves = payload && payload->kind == text::Node::Kind::mapping ? payload->find("approves") : nullptr;
      const auto hash = approves != nullptr ? hash_from_hex(approves->text) : std::nullopt;
      const auto found = hash ? index_of.find(*hash) : index_of.end();
      if (found == index_of.end() || found->second >= index) {
        out_.findings.push_back(where + ": approves no leaf that stands before it");
        continue;
      }
      std::vector<TrustedKey> trusted;
      for (const PersonKey& k : keys_) trusted.push_back({k.id, k.key});
      const auto signers = signers_of(*envelope, trusted);
      if (signers.empty()) out_.findings.push_back(where + ": is signed by nobody whose key stands in keys.yaml");
      for (const PersonKey& k : keys_) {
        if (std::find(signers.begin(), signers.end(), k.id) != signers.end()) persons[found->second].insert(k.person);
      }
    }
    for (const auto& [index, who] : persons) out_.approvals.push_back({index, {who.begin(), who.end()}});
    for (const std::uint64_t index : options_.four_eyes) {
      const auto who = persons.find(index);
      const std::size_t count = who == persons.end() ? 0 : who->second.size();
      if (index >= out_.size) out_.findings.push_back("leaf " + std::to_string(index) + " does not exist");
      else if (count < 2) out_.findings.push_back("leaf " + std::to_string(index) + ": " + std::to_string(count) + " of two people have approved it");
      else out_.held.push_back("leaf " + std::to_string(index) + ": " + std::to_string(count) + " people have approved it, each with a key of their own");
    }
  }

  void say_limits() {
    if (covered_ == 0) {
      out_.cannot_see.push_back("whether leaves at the end were cut off, or the whole was written anew by whoever holds it: that takes a checkpoint kept "
                                "elsewhere (--checkpoint) and the key it was signed with (--key)");
    } else if (covered_ - 1 < out_.size) {
      out_.cannot_see.push_back("whether the last " + std::to_string(out_.size - (covered_ - 1)) + " leaves, which no checkpoint given covers, are all that were recorded");
    }
    out_.cannot_see.push_back("whether what a leaf says is true, and whether it was recorded when it says");
    if (!out_.approvals.empty() || !options_.four_eyes.empty()) out_.cannot_see.push_back("whether two names in keys.yaml are two people: that rests on who keeps the file");
  }

  const fs::path& folder_;
  const VerifyOptions& options_;
  Verification out_;
  TreeHead head_;
  std::set<std::uint64_t> wanted_;
  std::map<std::uint64_t, Hash> roots_;
  std::vector<Hash> leaves_;
  std::vector<Claim> claims_;
  std::vector<PersonKey> keys_;
  std::vector<std::pair<std::uint64_t, std::string>> approvals_, blobs_;
  std::uint64_t covered_ = 0;  // one more than the leaves that an external checkpoint with a checked signature covers
};

}  // namespace

Result<Verification> verify(const fs::path& folder, const VerifyOptions& options) { return Verifier(folder, options).run(); }

}  // namespace duolex::evidence
