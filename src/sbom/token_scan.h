// Where the tokens of a JSON document begin: brackets, colons and commas, and the first byte of each text, number and
// word. Texts end, hold no control characters, and everything is UTF-8; whether the tokens make JSON is for the reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "sbom/token_blocks.h"

namespace duolex::sbom {

struct FoundTokens {
  struct Free {
    void operator()(std::uint32_t* offsets) const { std::free(offsets); }
  };
  ScanEnd end = ScanEnd::nothing;
  std::size_t count = 0;
  std::unique_ptr<std::uint32_t[], Free> offsets;  // with room for one more
};

// At most 4 GiB.
[[nodiscard]] FoundTokens scan_tokens(std::string_view document);
// The same without the instructions that not every processor has.
[[nodiscard]] FoundTokens scan_tokens_plainly(std::string_view document);

}  // namespace duolex::sbom
