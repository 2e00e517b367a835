// What the end of a Parquet file says about it: its columns, and where the bytes of each lie in each group of rows.
// Bounded: a footer of at most 32 MiB, and nothing in it is believed that the file has no room for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace duolex::threats::parquet {

enum class Physical : std::uint8_t { boolean, int32, int64, int96, float32, float64, bytes, fixed };
enum class Codec : std::uint8_t { none, snappy, gzip, lzo, brotli, lz4, zstd, lz4_raw };
[[nodiscard]] std::string name_of(Codec codec);

// What the values of a column mean.
enum class Kind : std::uint8_t {
  plain,      // as they are stored
  text,       // also JSON and enumerations
  natural,    // whole numbers without a sign
  decimal,    // of `scale` digits behind the point
  day,        // days since 1970
  time,       // since midnight, 10^-scale seconds
  instant,    // since 1970, 10^-scale seconds
  half,       // float16
  opaque,     // bytes that are neither text nor number: UUID, BSON, intervals, shapes
};

struct Column {
  std::vector<std::string> path;      // from the top: "image", "bytes"
  Physical physical = Physical::boolean;
  Kind kind = Kind::plain;
  std::size_t width = 0;              // bytes of a value of fixed length
  int scale = 0;
  std::uint8_t most_definition = 0, most_repetition = 0;
  [[nodiscard]] std::string name() const;  // "image.bytes", cut to 120 bytes
  [[nodiscard]] bool stores_bytes() const { return physical == Physical::int96 || physical == Physical::bytes || physical == Physical::fixed; }
};

struct Chunk {  // of one column in one group
  Codec codec = Codec::none;
  std::uint64_t values = 0;           // entries, absent ones included
  std::uint64_t begin = 0;            // of its first page
};

struct RowGroup {
  std::uint64_t rows = 0;
  std::vector<Chunk> chunks;          // one a column
};

struct Footer {
  std::vector<Column> columns;        // that hold values
  std::vector<RowGroup> groups;
  std::uint64_t rows = 0, entries = 0;
  std::vector<std::pair<std::string, std::string>> notes;  // of the program that wrote it
  std::size_t begin = 0;              // of the footer: pages lie before
};

inline constexpr std::size_t most_footer = std::size_t{32} << 20;  // bytes
inline constexpr std::size_t most_columns = 20'000, most_chunks = 1'000'000;
// A file that claims more values than these for each of its bytes is taken for one that means to exhaust its reader.
inline constexpr std::uint64_t entries_a_byte = 64, entries_free = 1'000'000;

[[nodiscard]] Result<Footer> read_footer(const std::string& name, std::string_view bytes);

}  // namespace duolex::threats::parquet
