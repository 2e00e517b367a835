// The vectors of others for what this room computes. They stand beside the project; without them the tests say so.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "evidence/dsse.h"
#include "evidence/encoding.h"
#include "evidence/merkle.h"

namespace duolex::evidence {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path suites = DUOLEX_SUITES;

Json parsed(const fs::path& path) {
  std::ifstream in(path);
  return Json::parse(in);
}

// Bytes of another length are no hash. Where the vectors of consistency have words in its place, only whether two are
// equal matters.
std::optional<Hash> hash_of(const Json& j, bool any_length = false) {
  if (j.is_null()) return std::nullopt;
  const auto bytes = from_base64(j.get<std::string>());
  if (!bytes) return std::nullopt;
  if (bytes->size() != 32) return any_length && !bytes->empty() ? std::optional(sha256(*bytes)) : std::nullopt;
  Hash hash;
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

std::optional<Proof> proof_of(const Json& j) {
  Proof proof;
  if (j.is_null()) return proof;
  for (const Json& item : j) {
    const auto hash = hash_of(item);
    if (!hash) return std::nullopt;
    proof.push_back(*hash);
  }
  return proof;
}

bool accepts(const std::string& family, const Json& v) {
  const auto number = [&](const char* key) { return v.at(key).get<std::uint64_t>(); };
  const auto proof = proof_of(v.at("proof"));
  if (!proof) return false;
  if (family == "inclusion" || family == "subtreeinclusion") {
    const auto root = hash_of(v.at("root")), leaf = hash_of(v.at("leafHash"));
    if (!root || !leaf) return false;
    if (family == "inclusion") return verify_inclusion(number("leafIdx"), number("treeSize"), *leaf, *proof, *root);
    return verify_subtree_inclusion(number("leafIdx"), number("start"), number("end"), *leaf, *proof, *root);
  }
  const auto first = hash_of(v.at("root1"), true), second = hash_of(v.at("root2"), true);
  if (!first || !second) return false;
  if (family == "consistency") return verify_consistency(number("size1"), number("size2"), *first, *second, *proof);
  return verify_subtree_consistency(number("start"), number("end"), number("size"), *first, *second, *proof);
}

TEST(MerkleVectors, All) {
  const fs::path root = suites / "merkle-vectors" / "testdata";
  if (!fs::exists(root)) GTEST_SKIP() << "not checked: " << root << " is absent";
  std::size_t count = 0, refused = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".json") continue;
    const Json v = parsed(entry.path());
    const std::string family = fs::relative(entry.path(), root).begin()->string();
    EXPECT_EQ(accepts(family, v), !v.at("wantErr").get<bool>()) << entry.path();
    refused += v.at("wantErr").get<bool>() ? 1 : 0;
    ++count;
  }
  EXPECT_EQ(count, 518u);
  EXPECT_GT(refused, 100u);
}

TEST(Merkle, OurProofsHoldAndOthersDoNot) {
  std::vector<Hash> leaves;
  for (int i = 0; i < 70; ++i) leaves.push_back(leaf_hash("leaf " + std::to_string(i)));
  TreeHead head;
  for (std::uint64_t n = 1; n <= leaves.size(); ++n) {
    head.append(leaves[n - 1]);
    const Hash root = root_of(leaves, n);
    EXPECT_EQ(head.root(), root);
    for (std::uint64_t i = 0; i < n; ++i) {
      const Proof proof = inclusion_proof(leaves, i, n);
      EXPECT_TRUE(verify_inclusion(i, n, leaves[i], proof, root));
      EXPECT_FALSE(verify_inclusion(i, n, leaves[(i + 1) % leaves.size()], proof, root));
    }
    for (std::uint64_t m = 1; m <= n; ++m) {
      const Proof proof = consistency_proof(leaves, m, n);
      EXPECT_TRUE(verify_consistency(m, n, root_of(leaves, m), root, proof)) << m << " " << n;
      if (m < n) {
        EXPECT_FALSE(verify_consistency(m, n, leaves[0], leaves[1], proof));
      }
    }
  }
  EXPECT_EQ(TreeHead().root(), empty_tree_hash());
}

TEST(DsseVectors, All) {
  const fs::path path = suites / "dsse" / "testvectors" / "vectors.json";
  if (!fs::exists(path)) GTEST_SKIP() << "not checked: " << path << " is absent";
  const Json file = parsed(path);
  std::size_t count = 0;
  for (const Json& v : file.at("vectors")) {
    const std::string id = v.at("id");
    const auto envelope = read_envelope(id, v.at("envelope").dump());
    ASSERT_TRUE(envelope) << id << render(envelope.error());
    if (v.contains("pae")) {  // what was signed, which is not what a swapped type gives
      const bool same = to_hex(pre_authentication(envelope->payload_type, envelope->payload)) == v.at("pae").get<std::string>();
      EXPECT_EQ(same, id != "payload-type-swapped") << id;
    }
    std::vector<TrustedKey> keys;
    for (const Json& name : v.at("trustedKeys")) {
      const Json& key = file.at("keys").at(name.get<std::string>());
      keys.push_back({name, *PublicKey::from_ed25519(*from_hex(key.at("public").get<std::string>()))});
      EXPECT_EQ(SigningKey::from_seed(*from_hex(key.at("seed").get<std::string>())).public_key().raw(), keys.back().key.raw());
    }
    const auto& types = v.at("supportedPayloadTypes");
    const bool supported = std::find(types.begin(), types.end(), envelope->payload_type) != types.end();
    const bool accepted = supported && signers_of(*envelope, keys).size() >= v.at("threshold").get<std::size_t>();
    EXPECT_EQ(accepted, v.at("expect") == "accept") << id;
    ++count;
  }
  EXPECT_EQ(count, 9u);
}

TEST(Wycheproof, TheSchemesUsed) {
  const fs::path folder = suites / "wycheproof";
  if (!fs::exists(folder)) GTEST_SKIP() << "not checked: " << folder << " is absent";
  std::size_t count = 0, acceptable = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const bool pss = entry.path().filename().string().find("pss") != std::string::npos;
    const Json file = parsed(entry.path());
    for (const Json& group : file.at("testGroups")) {
      const auto key = PublicKey::from_der(*from_hex(group.at("publicKeyDer").get<std::string>()), pss);
      ASSERT_TRUE(key) << entry.path();
      for (const Json& t : group.at("tests")) {
        const bool good = key->verify(*from_hex(t.at("msg").get<std::string>()), *from_hex(t.at("sig").get<std::string>()));
        const std::string result = t.at("result");
        ++count;
        if (result == "acceptable") {
          ++acceptable;  // the suite leaves these open
          continue;
        }
        EXPECT_EQ(good, result == "valid") << entry.path().filename() << " " << t.at("tcId") << " " << t.at("comment");
      }
    }
  }
  EXPECT_GE(count, 2000u);
  EXPECT_LT(acceptable, count / 10);
}

}  // namespace
}  // namespace duolex::evidence
