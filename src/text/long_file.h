// How much is taken of files of others that may be long.
#pragma once

#include <algorithm>
#include <cstddef>

#include "text/node.h"

namespace duolex::text {

// As many values as come to such a size where one takes 20 bytes, as in every real report, so that a short file made of
// nothing but values does not take a hundred times its size.
[[nodiscard]] inline Limits limits_of_a_long_file(std::size_t most_bytes, std::size_t size) {
  Limits limits;
  limits.bytes = most_bytes;
  limits.nodes = std::max(limits.nodes, size / 20);
  return limits;
}

}  // namespace duolex::text
