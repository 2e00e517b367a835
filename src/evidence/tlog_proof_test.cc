#include "evidence/tlog_proof.h"

#include <gtest/gtest.h>

#include "evidence/encoding.h"

namespace duolex::evidence {
namespace {

const SigningKey key = SigningKey::from_seed(std::string(32, '\x07'));
const NoteVerifier signer{"ledger.example", key.public_key()};

struct Tree {
  std::vector<std::string> data;
  std::vector<Hash> leaves;
  Tree() {
    for (int i = 0; i < 11; ++i) {
      data.push_back("leaf " + std::to_string(i));
      leaves.push_back(leaf_hash(data.back()));
    }
  }
  [[nodiscard]] TlogProof proof(std::uint64_t index, std::uint64_t size) const {
    return {index, inclusion_proof(leaves, index, size), sign_note(checkpoint_text({"ledger.example", size, root_of(leaves, size)}), signer.name, key)};
  }
};

TEST(TlogProof, ThereAndBackAndHeld) {
  const Tree tree;
  for (std::uint64_t size = 1; size <= tree.leaves.size(); ++size) {
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::string text = tlog_proof_text(tree.proof(i, size));
      const auto read = parse_tlog_proof(text);
      ASSERT_TRUE(read) << text;
      EXPECT_EQ(tlog_proof_text(*read), text);
      EXPECT_EQ(doubt_of(*read, tree.data[i], {signer}), "");
      EXPECT_NE(doubt_of(*read, "another", {signer}), "");
    }
  }
}

TEST(TlogProof, EveryChangedByteIsSeen) {
  const Tree tree;
  const std::string good = tlog_proof_text(tree.proof(4, 11));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ 1U);
    const auto read = parse_tlog_proof(bad);
    EXPECT_TRUE(!read || !doubt_of(*read, tree.data[4], {signer}).empty()) << i;
  }
}

TEST(TlogProof, WhoeverSignedItMustBeGiven) {
  const Tree tree;
  EXPECT_NE(doubt_of(tree.proof(0, 1), tree.data[0], {}), "");
  EXPECT_NE(doubt_of(tree.proof(0, 1), tree.data[0], {{"ledger.example", SigningKey::generate().public_key()}}), "");
}

TEST(TlogProof, ExtraDataIsSkippedAndOtherFormsAreRefused) {
  const Tree tree;
  std::string text = tlog_proof_text(tree.proof(2, 5));
  text.insert(text.find("index"), "extra AAAA\n");
  const auto read = parse_tlog_proof(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(doubt_of(*read, tree.data[2], {signer}), "");
  for (const char* bad : {"", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\nindex 0\n\nx\n", "c2sp.org/tlog-proof@v1\nindex 00\n\nx\n", "c2sp.org/tlog-proof@v1\nindex -1\n\nx\n",
                          "c2sp.org/tlog-proof@v1\nextra ?\nindex 0\n\nx\n", "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx\n", "c2sp.org/tlog-proof@v1\nindex 0\n"}) {
    EXPECT_FALSE(parse_tlog_proof(bad)) << bad;
  }
}

}  // namespace
}  // namespace duolex::evidence
