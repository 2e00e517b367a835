#include "evidence/merkle.h"

#include <openssl/sha.h>

#include <bit>
#include <cstring>

namespace duolex::evidence {
namespace {

std::uint64_t split(std::uint64_t n) { return std::bit_ceil(n) / 2; }  // the largest power of two below n, n > 1

Hash subtree_root(const std::vector<Hash>& leaves, std::uint64_t begin, std::uint64_t end) {
  TreeHead head;
  for (std::uint64_t i = begin; i < end; ++i) head.append(leaves[i]);
  return head.root();
}

// RFC 6962 2.1.2: SUBPROOF(first, D[begin:end], whole).
void subproof(const std::vector<Hash>& leaves, std::uint64_t first, std::uint64_t begin, std::uint64_t end, bool whole, Proof& proof) {
  const std::uint64_t n = end - begin;
  if (first == n) {
    if (!whole) proof.push_back(subtree_root(leaves, begin, end));
    return;
  }
  const std::uint64_t k = split(n);
  if (first <= k) {
    subproof(leaves, first, begin, begin + k, whole, proof);
    proof.push_back(subtree_root(leaves, begin + k, end));
  } else {
    subproof(leaves, first - k, begin + k, end, false, proof);
    proof.push_back(subtree_root(leaves, begin, begin + k));
  }
}

}  // namespace

Hash sha256(std::string_view data) {
  Hash hash;
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), hash.data());
  return hash;
}

Hash leaf_hash(std::string_view data) {
  Hash hash;
  if (data.size() < 1024) {
    std::array<unsigned char, 1025> buffer;
    buffer[0] = 0;
    std::memcpy(buffer.data() + 1, data.data(), data.size());
    SHA256(buffer.data(), data.size() + 1, hash.data());
    return hash;
  }
  std::vector<unsigned char> buffer(data.size() + 1, 0);
  std::memcpy(buffer.data() + 1, data.data(), data.size());
  SHA256(buffer.data(), buffer.size(), hash.data());
  return hash;
}

Hash node_hash(const Hash& left, const Hash& right) {
  std::array<unsigned char, 65> buffer;
  buffer[0] = 1;
  std::memcpy(buffer.data() + 1, left.data(), 32);
  std::memcpy(buffer.data() + 33, right.data(), 32);
  Hash hash;
  SHA256(buffer.data(), buffer.size(), hash.data());
  return hash;
}

Hash empty_tree_hash() { return sha256({}); }

void TreeHead::append(const Hash& leaf) {
  Hash hash = leaf;
  for (std::uint64_t n = size_; (n & 1U) != 0; n >>= 1U) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  ++size_;
}

Hash TreeHead::root() const {
  if (peaks_.empty()) return empty_tree_hash();
  Hash hash = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) hash = node_hash(peaks_[i], hash);
  return hash;
}

Hash root_of(const std::vector<Hash>& leaves, std::uint64_t size) { return subtree_root(leaves, 0, size); }

Proof inclusion_proof(const std::vector<Hash>& leaves, std::uint64_t index, std::uint64_t size) {
  Proof proof;
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    const std::uint64_t k = split(end - begin);
    if (index < begin + k) {
      proof.push_back(subtree_root(leaves, begin + k, end));
      end = begin + k;
    } else {
      proof.push_back(subtree_root(leaves, begin, begin + k));
      begin += k;
    }
  }
  return Proof(proof.rbegin(), proof.rend());
}

Proof consistency_proof(const std::vector<Hash>& leaves, std::uint64_t first, std::uint64_t second) {
  Proof proof;
  if (first > 0 && first < second) subproof(leaves, first, 0, second, true, proof);
  return proof;
}

bool verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf, const Proof& proof, const Hash& root) {
  if (index >= size) return false;
  std::uint64_t fn = index, sn = size - 1;
  Hash hash = leaf;
  for (const Hash& p : proof) {
    if (sn == 0) return false;
    if ((fn & 1U) != 0 || fn == sn) {
      hash = node_hash(p, hash);
      while ((fn & 1U) == 0 && fn != 0) fn >>= 1U, sn >>= 1U;
    } else {
      hash = node_hash(hash, p);
    }
    fn >>= 1U;
    sn >>= 1U;
  }
  return sn == 0 && hash == root;
}

bool verify_consistency(std::uint64_t first, std::uint64_t second, const Hash& first_root, const Hash& second_root, const Proof& proof) {
  if (first == 0 || first > second) return false;
  if (first == second) return proof.empty() && first_root == second_root;
  return verify_subtree_consistency(0, first, second, first_root, second_root, proof);
}

bool valid_subtree(std::uint64_t start, std::uint64_t end) {
  if (start >= end) return false;
  const std::uint64_t width = end - start;
  if (width > (std::uint64_t{1} << 63U)) return start == 0;
  return start % std::bit_ceil(width) == 0;
}

bool verify_subtree_inclusion(std::uint64_t index, std::uint64_t start, std::uint64_t end, const Hash& leaf, const Proof& proof, const Hash& subtree) {
  if (!valid_subtree(start, end) || index < start || index >= end) return false;
  return verify_inclusion(index - start, end - start, leaf, proof, subtree);
}

// The way up from the last leaf of the subtree, in the subtree and in the tree at once.
bool verify_subtree_consistency(std::uint64_t start, std::uint64_t end, std::uint64_t size, const Hash& subtree, const Hash& root, const Proof& proof) {
  if (start == end) return end <= size && proof.empty() && subtree == empty_tree_hash();
  if (!valid_subtree(start, end) || end > size) return false;
  std::uint64_t fn = start, sn = end - 1, tn = size - 1;
  const auto up = [&] { fn >>= 1U, sn >>= 1U, tn >>= 1U; };
  if (sn == tn) {
    while (fn != sn) up();
  } else {
    while (fn != sn && (sn & 1U) != 0) up();
  }
  std::size_t at = 0;
  Hash fr = subtree, sr = subtree;
  if (fn != sn) {
    if (proof.empty()) return false;
    fr = sr = proof[at++];
  }
  for (; at < proof.size(); ++at) {
    if (tn == 0) return false;
    if ((sn & 1U) != 0 || sn == tn) {
      if (fn < sn) fr = node_hash(proof[at], fr);
      sr = node_hash(proof[at], sr);
      while ((sn & 1U) == 0 && sn != 0) up();
    } else {
      sr = node_hash(sr, proof[at]);
    }
    up();
  }
  return tn == 0 && fr == subtree && sr == root;
}

}  // namespace duolex::evidence
