// The layout of an index file; docs/formats/advisory-index.md has it in words. All numbers are little-endian.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace duolex::vulnerabilities::index {

inline constexpr std::array<char, 8> magic = {'D', 'L', 'X', 'A', 'D', 'V', 'I', '1'};
inline constexpr std::uint32_t format_version = 1;
inline constexpr std::size_t page_size = 1024;          // what one checksum covers
inline constexpr std::size_t small_file = 8 << 20;      // a file up to this size is checked whole when it is opened
inline constexpr std::uint32_t no_cluster = 0xffffffff;

enum class Section : std::uint32_t { meta, filter, types, buckets, entries, blobs, names, records, cold, clusters, cluster_data, count };
inline constexpr std::size_t section_count = static_cast<std::size_t>(Section::count);

struct Place {
  std::uint64_t offset = 0, size = 0;
};

// Fills the first page. After it the sections, each from the start of a page, then the checksums of all pages from
// the second to the end of the sections, then the checksums of the pages of that list.
struct Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t reserved;
  std::uint64_t file_size;
  std::array<Place, section_count> sections;
  Place page_sums, sum_sums;
  std::uint64_t sum_sums_hash;
  std::uint64_t base_hash;    // of a delta: the header_hash of the index it belongs to; else 0
  std::uint64_t header_hash;  // over all before it
};
static_assert(sizeof(Header) <= page_size);

// A run of the directory: packages of one type.
struct Type {
  std::uint32_t name_offset, name_size;  // in names
  std::uint32_t first_bucket, bucket_bits;
};

struct Entry {
  std::uint64_t hash;
  std::uint32_t name_offset, name_size;  // of the whole package key, in names
  std::uint64_t blob_offset;
  std::uint32_t blob_size;
  std::uint32_t reserved;
};
static_assert(sizeof(Entry) == 32);

struct Record {
  std::uint64_t cold_offset;
  std::uint64_t content_hash;
  std::uint32_t cold_size;
  std::uint32_t cluster;
};
static_assert(sizeof(Record) == 24);

inline constexpr std::size_t filter_block = 64;  // bytes; eight bits of it are set for each package

// The flags of an interval in a blob.
inline constexpr std::uint8_t from_start = 1, open_ended = 2, to_included = 4;
// What a package entry of a record lacks.
inline constexpr std::uint8_t only_commits = 1, no_versions = 2, unreadable_events = 4, every_version = 8;

// Numbers in seven-bit groups, lowest first.
inline void put_number(std::string& out, std::uint64_t n) {
  while (n >= 0x80) {
    out.push_back(static_cast<char>(n | 0x80));
    n >>= 7;
  }
  out.push_back(static_cast<char>(n));
}
inline void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out.append(text);
}

// Reads what the two above wrote; from bytes that are not what they should be it reads zeros and says so.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  [[nodiscard]] bool done() const { return at_ == end_; }
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  std::uint8_t byte() {
    if (at_ == end_) return fail();
    return static_cast<std::uint8_t>(*at_++);
  }
  std::uint64_t number() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) return fail();
      const auto b = static_cast<std::uint8_t>(*at_++);
      n |= static_cast<std::uint64_t>(b & 0x7f) << shift;
      if ((b & 0x80) == 0) return n;
    }
    return fail();
  }
  std::string_view text() {
    const std::uint64_t n = number();
    if (n > static_cast<std::uint64_t>(end_ - at_)) {
      fail();
      return {};
    }
    const std::string_view out(at_, n);
    at_ += n;
    return out;
  }

 private:
  std::uint8_t fail() {
    broken_ = true;
    at_ = end_;
    return 0;
  }
  const char *at_, *end_;
  bool broken_ = false;
};

[[nodiscard]] std::uint64_t hash_of(std::string_view bytes);  // XXH3

// The block of the filter for a package, and its bits.
struct FilterBits {
  std::uint64_t block;
  std::array<std::uint64_t, 8> words;
};
[[nodiscard]] FilterBits filter_bits(std::uint64_t hash, std::uint64_t blocks);

}  // namespace duolex::vulnerabilities::index
