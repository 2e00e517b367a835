// The layout of an index file; docs/formats/advisory-index.md has it in words. All numbers are little-endian.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace duolex::vulnerabilities::index {

inline constexpr std::array<char, 8> magic = {'D', 'L', 'X', 'A', 'D', 'V', 'I', '2'};
inline constexpr std::uint32_t format_version = 2;
inline constexpr std::size_t page_size = 1024;          // what one checksum covers
inline constexpr std::size_t small_file = 8 << 20;      // a file up to this size is checked whole when it is opened
inline constexpr std::uint32_t no_cluster = 0xffffffff;

enum class Section : std::uint32_t {
  meta, filter, types, buckets, entries, blobs, names, records, cold, shared_places, shared, clusters, cluster_data, ids,
  kev, kev_table, epss, epss_table, replaced, moved, unnamed, count
};
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
  // Of a delta; 0 of an index that stands alone.
  std::uint64_t base_hash;      // header_hash of the index it belongs to
  std::uint64_t previous_hash;  // … of the segment before it, which may be that index
  std::uint64_t first_record;   // number of its first record: those before it have the lower ones
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

// In a delta: a record of an earlier segment that belongs to another cluster now, one of the delta's or none.
struct Moved {
  std::uint32_t record, cluster;
};
static_assert(sizeof(Moved) == 8);

// What the table of ids says of a name: a record of this segment, or a name that is only an alias, with its cluster.
// `no_alias` answers for a name that, as a delta says, no record states any more.
inline constexpr std::uint32_t alias_bit = 0x80000000, no_alias = 0xffffffff;

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

// A time: of the common form "2024-01-02T03:04:05Z" as a number, of others the text.
void put_time(std::string& out, std::string_view time);

// Reads what these wrote; from bytes that are not what they should be it reads zeros and says so.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  [[nodiscard]] bool done() const { return at_ == end_; }
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  // How far it is in the bytes that it was made of.
  [[nodiscard]] std::size_t at(std::string_view bytes) const { return static_cast<std::size_t>(at_ - bytes.data()); }
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

  std::string time();

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

// A table from hashes to numbers: how many bits of a hash choose a bucket, where each bucket begins, and for each hash
// its low half and the number. Equal halves prove nothing: what the number leads to has the name.
struct TableEntry {
  std::uint64_t hash;
  std::uint32_t value;
};
[[nodiscard]] std::string table_of(std::vector<TableEntry> entries);

// The block of the filter for a package, and its bit in each of the eight words of the block. `each` is called with the
// number of a word and the bit, until it says false.
[[nodiscard]] inline std::uint64_t filter_block_of(std::uint64_t hash, std::uint64_t blocks) { return ((hash >> 32) * blocks) >> 32; }
template <class Each>
bool each_filter_bit(std::uint64_t hash, Each each) {
  std::uint64_t mixed = hash * 0x9e3779b97f4a7c15ULL;
  for (std::size_t word = 0; word < 8; ++word) {
    if (!each(word, std::uint64_t{1} << (mixed >> 58))) return false;
    mixed <<= 6;
    mixed ^= hash >> 7;
  }
  return true;
}

}  // namespace duolex::vulnerabilities::index
