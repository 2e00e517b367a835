// The values of a page, in any of the encodings of the format, a few at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "threats/parquet/footer.h"

namespace duolex::threats::parquet {

// A value as it is stored. Of whole numbers, numbers with a point and booleans: `bits`, sign-extended to 64 (a float in
// the lowest 32). Of bytes: `bytes`, and `entry`, the place in the dictionary of its group of rows, or -1.
struct Value {
  std::uint64_t bits = 0;
  std::string_view bytes;
  std::int64_t entry = -1;
};

enum class Encoding : std::uint8_t { plain = 0, plain_dictionary = 2, rle = 3, bit_packed = 4, delta = 5, delta_length = 6, delta_bytes = 7, dictionary = 8, split = 9 };
[[nodiscard]] std::string name_of_encoding(std::int64_t encoding);

class Values {
 public:
  virtual ~Values() = default;
  // The next `count` values, whose bytes stay where they are until the next call. False when the page does not hold them.
  [[nodiscard]] virtual bool take(Value* out, std::size_t count) = 0;
};

using Dictionary = std::vector<Value>;

// What a page may unfold to beyond its own size (texts that share their beginnings). Counted down.
struct Allowance {
  std::uint64_t bytes = 0;
  [[nodiscard]] bool take(std::uint64_t n) { return n <= bytes && (bytes -= n, true); }
};

// `count`: the values that the page holds at most. Null when the encoding is not one for the column; then `why` says so.
[[nodiscard]] std::unique_ptr<Values> values_of(const Column& column, std::int64_t encoding, std::string_view bytes, std::size_t count, const Dictionary* dictionary,
                                                Allowance& allowance, std::string& why);

}  // namespace duolex::threats::parquet
