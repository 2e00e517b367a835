// The Merkle tree of RFC 6962 over SHA-256: leaf = H(0 || data), node = H(1 || left || right), the hash of the empty
// tree is H(). Proofs that a leaf is in a tree and that a tree is a beginning of another, for whole trees and for
// aligned subtrees [start, end).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace duolex::evidence {

using Hash = std::array<std::uint8_t, 32>;

[[nodiscard]] Hash leaf_hash(std::string_view data);
[[nodiscard]] Hash node_hash(const Hash& left, const Hash& right);
[[nodiscard]] Hash empty_tree_hash();
[[nodiscard]] Hash sha256(std::string_view data);

// A tree that only grows: the hashes of its perfect subtrees, largest first. Memory and each step are O(log n).
class TreeHead {
 public:
  void append(const Hash& leaf);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Hash root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> peaks_;
};

using Proof = std::vector<Hash>;

// Over all leaves of a tree; index < size, and size <= leaves.size().
[[nodiscard]] Hash root_of(const std::vector<Hash>& leaves, std::uint64_t size);
[[nodiscard]] Proof inclusion_proof(const std::vector<Hash>& leaves, std::uint64_t index, std::uint64_t size);
// first <= second <= leaves.size()
[[nodiscard]] Proof consistency_proof(const std::vector<Hash>& leaves, std::uint64_t first, std::uint64_t second);

[[nodiscard]] bool verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf, const Proof& proof, const Hash& root);
// The empty tree is a beginning of nothing: whoever asks that has no tree to hold against.
[[nodiscard]] bool verify_consistency(std::uint64_t first, std::uint64_t second, const Hash& first_root, const Hash& second_root, const Proof& proof);

// start is a multiple of the smallest power of two that is at least end - start, and start < end.
[[nodiscard]] bool valid_subtree(std::uint64_t start, std::uint64_t end);
[[nodiscard]] bool verify_subtree_inclusion(std::uint64_t index, std::uint64_t start, std::uint64_t end, const Hash& leaf, const Proof& proof, const Hash& subtree);
// The empty subtree, start = end, is in every tree.
[[nodiscard]] bool verify_subtree_consistency(std::uint64_t start, std::uint64_t end, std::uint64_t size, const Hash& subtree, const Hash& root, const Proof& proof);

}  // namespace duolex::evidence
