// The tree of hashes of RFC 6962 over the rows of a data set: one hash stands for all of them, in their order.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace duolex::threats::data {

using Hash = std::array<std::uint8_t, 32>;  // SHA-256

[[nodiscard]] Hash sha256(std::string_view bytes);
[[nodiscard]] Hash leaf_hash(std::string_view bytes);  // of one row
[[nodiscard]] Hash leaf_hash(std::string_view first, std::string_view then);  // of both after another, without a copy
[[nodiscard]] Hash tree_hash(const std::vector<Hash>& leaves);
[[nodiscard]] std::string hex(const Hash& hash);

}  // namespace duolex::threats::data
