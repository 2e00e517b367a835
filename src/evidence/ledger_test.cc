#include "evidence/ledger.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "evidence/dsse.h"
#include "evidence/encoding.h"

namespace duolex::evidence {
namespace {

namespace fs = std::filesystem;

const SigningKey log_key = SigningKey::from_seed(std::string(32, '\x07'));
const NoteVerifier log_verifier{"ledger.example", log_key.public_key()};

struct Ledger {
  fs::path folder;
  Ledger() {
    std::string name = (fs::temp_directory_path() / "duolex-ledger-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~Ledger() { fs::remove_all(folder); }

  void add(const std::string& shows, const std::string& blob = "") const {
    EvidenceRecord r;
    r.shows = shows;
    r.at = "2026-11-27T08:00:00Z";
    r.outcome = "stated";
    r.retain_until = parse_day("2038-01-10");
    if (!blob.empty()) r.blob = *put_blob(folder, blob, "file", "text/plain");
    append(to_leaf(r));
  }
  void append(const std::string& leaf) const {
    auto log = LogWriter::open(log_path(folder));
    ASSERT_TRUE(log) << render(log.error());
    ASSERT_TRUE(log->append({leaf}));
  }
  [[nodiscard]] std::string checkpoint() const {
    auto log = LogWriter::open(log_path(folder));
    return sign_note(checkpoint_text({"ledger.example", log->head().size(), log->head().root()}), log_verifier.name, log_key);
  }
  [[nodiscard]] Verification verified(VerifyOptions options = {}) const {
    options.today = *parse_day("2026-11-27");
    const auto v = verify(folder, options);
    EXPECT_TRUE(v) << (v ? "" : render(v.error()));
    return v ? *v : Verification{};
  }
};

VerifyOptions with(const std::string& checkpoint) {
  VerifyOptions options;
  options.checkpoint = checkpoint;
  options.checkpoint_name = "kept elsewhere";
  options.signers = {log_verifier};
  return options;
}

bool says(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

TEST(Verify, AWholeLedgerHoldsAndSaysWhatItCannotSee) {
  const Ledger ledger;
  ledger.add("one", "bytes of one");
  ledger.add("two");
  const Verification v = ledger.verified();
  EXPECT_TRUE(v.findings.empty()) << v.findings[0];
  EXPECT_EQ(v.size, 2u);
  EXPECT_TRUE(says(v.cannot_see, "cut off"));
}

TEST(Verify, ACheckpointFromElsewhereShowsThatNothingWasCutOffOrWrittenAnew) {
  const Ledger ledger, other;
  ledger.add("one");
  ledger.add("two");
  const std::string kept = ledger.checkpoint();
  ledger.add("three");
  const Verification good = ledger.verified(with(kept));
  EXPECT_TRUE(good.findings.empty()) << good.findings[0];
  EXPECT_FALSE(says(good.cannot_see, "cut off"));
  EXPECT_TRUE(says(good.cannot_see, "the last 1 leaves"));
  other.add("one");
  EXPECT_TRUE(says(other.verified(with(kept)).findings, "leaves are gone"));
  other.add("TWO");
  EXPECT_TRUE(says(other.verified(with(kept)).findings, "something before it was changed"));
}

TEST(Verify, ACheckpointOfAnotherKeyIsNone) {
  const Ledger ledger;
  ledger.add("one");
  const std::string forged = sign_note(checkpoint_text({"ledger.example", 1, sha256("x")}), log_verifier.name, SigningKey::generate());
  EXPECT_TRUE(says(ledger.verified(with(forged)).findings, "signed by none"));
  EXPECT_TRUE(says(ledger.verified(with("nonsense")).findings, "no signed checkpoint"));
}

TEST(Verify, AnyFlippedByteOfLogOrBlobIsFound) {
  const Ledger ledger;
  ledger.add("one", "bytes of one");
  ledger.add("two");
  const std::string log = *read_file(log_path(ledger.folder));
  for (std::size_t i = 0; i < log.size(); i += 3) {
    std::string bad = log;
    bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ 4U);
    ASSERT_TRUE(write_file_atomically(log_path(ledger.folder), bad));
    EXPECT_FALSE(ledger.verified().findings.empty()) << i;
  }
  ASSERT_TRUE(write_file_atomically(log_path(ledger.folder), log));
  for (const auto& entry : fs::recursive_directory_iterator(ledger.folder / "blobs")) {
    if (!entry.is_regular_file()) continue;
    ASSERT_TRUE(write_file_atomically(entry.path(), "bytes of two"));
    EXPECT_TRUE(says(ledger.verified().findings, "has other bytes"));
    fs::remove(entry.path());
    EXPECT_TRUE(says(ledger.verified().findings, "is not there"));
    break;
  }
}

struct People {
  SigningKey a = SigningKey::from_seed(std::string(32, 'a')), b = SigningKey::from_seed(std::string(32, 'b')), a2 = SigningKey::from_seed(std::string(32, 'c'));
  void write(const fs::path& folder) const {
    const auto line = [](const char* id, const char* person, const SigningKey& k) {
      return std::string("  - {id: ") + id + ", person: " + person + ", public: \"" + to_base64(k.public_key().raw()) + "\"}\n";
    };
    ASSERT_TRUE(write_file_atomically(folder / "keys.yaml", "format: 1\nkeys:\n" + line("a", "P1", a) + line("a2", "P1", a2) + line("b", "P2", b)));
  }
  static std::string approval(const Hash& leaf, const SigningKey& key) {
    Envelope e{approval_payload(leaf), approval_type, {}};
    e.signatures.push_back({"", key.sign(pre_authentication(e.payload_type, e.payload))});
    return approval_leaf(write_envelope(e));
  }
};

TEST(FourEyes, AreTwoPeoplesKeysOverTheSameLeaf) {
  const Ledger ledger;
  const People people;
  people.write(ledger.folder);
  ledger.add("declaration");
  ledger.add("something else");
  const auto leaves = read_leaves(ledger.folder);
  ASSERT_TRUE(leaves);
  const Hash leaf = leaves->at(0).hash;
  VerifyOptions both;
  both.four_eyes = {0};
  EXPECT_TRUE(says(ledger.verified(both).findings, "0 of two people"));
  ledger.append(People::approval(leaf, people.a));
  EXPECT_TRUE(says(ledger.verified(both).findings, "1 of two people"));
  ledger.append(People::approval(leaf, people.a2));  // the same person with another key
  EXPECT_TRUE(says(ledger.verified(both).findings, "1 of two people"));
  ledger.append(People::approval(leaves->at(1).hash, people.b));  // another leaf
  EXPECT_TRUE(says(ledger.verified(both).findings, "1 of two people"));
  ledger.append(People::approval(leaf, people.b));
  const Verification v = ledger.verified(both);
  EXPECT_TRUE(v.findings.empty()) << v.findings[0];
  EXPECT_TRUE(says(v.held, "2 people have approved"));
}

TEST(FourEyes, AStrangersApprovalAndOneOfNothingAreFindings) {
  const Ledger ledger;
  const People people;
  people.write(ledger.folder);
  ledger.add("declaration");
  ledger.append(People::approval(leaf_hash("nothing"), people.a));
  ledger.append(People::approval(read_leaves(ledger.folder)->at(0).hash, SigningKey::generate()));
  const Verification v = ledger.verified();
  EXPECT_TRUE(says(v.findings, "approves no leaf that stands before it"));
  EXPECT_TRUE(says(v.findings, "signed by nobody"));
}

TEST(Keys, OneKeyIsNotTwoPeople) {
  const std::string key = to_base64(log_key.public_key().raw());
  const auto keys = read_keys("keys.yaml", "format: 1\nkeys:\n  - {id: a, person: P1, public: \"" + key + "\"}\n  - {id: b, person: P2, public: \"" + key + "\"}\n");
  ASSERT_FALSE(keys);
  EXPECT_NE(render(keys.error()).find("two people"), std::string::npos);
  EXPECT_FALSE(read_keys("keys.yaml", "format: 1\nkeys:\n  - {id: a, person: P1, public: AAAA}\n"));
}

TEST(Commitments, TheLedgerHoldsWhenAnOpeningIsDestroyed) {
  const Ledger ledger;
  const auto name = commit_to(ledger.folder, "a person", std::string(32, '\x05'));
  ASSERT_TRUE(name);
  EvidenceRecord r;
  r.shows = "statement";
  r.at = "2026-11-27T08:00:00Z";
  r.outcome = "stated";
  r.person_commitment = *name;
  ledger.append(to_leaf(r));
  EXPECT_EQ(read_file(log_path(ledger.folder))->find("a person"), std::string::npos);
  fs::remove_all(ledger.folder / "private");
  EXPECT_TRUE(ledger.verified().findings.empty());
}

}  // namespace
}  // namespace duolex::evidence
