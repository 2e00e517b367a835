// The packing of pages. What few files need stands in a plug-in that is loaded when the first page needs it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "threats/parquet/footer.h"

namespace duolex::threats::parquet {

// Unpackers of whole blocks whose size is known. Each writes exactly `size` bytes to `out`, or returns false.
class BlockCodecs {
 public:
  virtual ~BlockCodecs() = default;
  [[nodiscard]] virtual bool snappy(std::string_view in, char* out, std::size_t size) const = 0;
  [[nodiscard]] virtual bool lz4(std::string_view in, char* out, std::size_t size) const = 0;
  [[nodiscard]] virtual bool zstandard(std::string_view in, char* out, std::size_t size) const = 0;
};

inline constexpr int codecs_version = 1;
inline constexpr const char* codecs_entry_point = "duolex_page_codecs";
using CodecsEntryPoint = const BlockCodecs* (*)(int version);

// Loads libduolex_page_codecs.so, which stands beside the program.
[[nodiscard]] Result<const BlockCodecs*> load_codecs();

// The `size` bytes that `in` unpacks to. A failure says what is wrong, without a place. Sizes that the packing cannot
// reach from so few bytes are refused before memory is taken.
[[nodiscard]] Result<std::string> unpack(Codec codec, std::string_view in, std::size_t size);

}  // namespace duolex::threats::parquet
