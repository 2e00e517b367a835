// What a black box answers, whatever it sends. Not for others than relay.cc.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace duolex::workspace {

inline constexpr std::size_t most_answer = std::size_t{256} << 20;  // bytes of one

// The scores of n rows, from an NPY array whose first dimension they are or from {"outputs": [a list for each row]}.
[[nodiscard]] Result<std::vector<float>> scores_in(const std::string& answer, std::size_t n);
// How many bytes follow an NPY header of f4 or f8; 0 when it cannot be told, there are none, or more than an answer may have.
[[nodiscard]] std::size_t bytes_after(const std::string& npy_header);
// The body of an HTTP answer with status 200.
[[nodiscard]] Result<std::string> body_of(const std::string& http);

}  // namespace duolex::workspace
