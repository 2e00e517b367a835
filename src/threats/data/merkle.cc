#include "threats/data/merkle.h"

#include "base/hash.h"

namespace duolex::threats::data {
namespace {

std::string_view bytes_of(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

Hash node_hash(const Hash& left, const Hash& right) {
  std::string bytes = "\x01";
  bytes += bytes_of(left);
  bytes += bytes_of(right);
  return sha256(bytes);
}

}  // namespace

Hash sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.digest();
}

Hash leaf_hash(std::string_view bytes) { return leaf_hash({}, bytes); }

Hash leaf_hash(std::string_view first, std::string_view then) {
  Sha256 hash;
  hash.add(std::string_view("\0", 1));
  hash.add(first);
  hash.add(then);
  return hash.digest();
}

// Level by level: a node without a neighbour goes up as it is, which is the tree that the RFC describes from above.
Hash tree_hash(const std::vector<Hash>& leaves) {
  if (leaves.empty()) return sha256("");
  std::vector<Hash> level = leaves;
  while (level.size() > 1) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < level.size(); i += 2) level[n++] = i + 1 < level.size() ? node_hash(level[i], level[i + 1]) : level[i];
    level.resize(n);
  }
  return level.front();
}

std::string hex(const Hash& hash) {
  static const char* const digits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t b : hash) out += {digits[b >> 4], digits[b & 15]};
  return out;
}

}  // namespace duolex::threats::data
