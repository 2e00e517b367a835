// The layout of a segment file; docs/formats/portfolio.md has it in words. All numbers are little-endian.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "vulnerabilities/index/format.h"
#include "vulnerabilities/versions/version.h"

namespace duolex::vulnerabilities::portfolio {

inline constexpr std::array<char, 8> magic = {'D', 'L', 'X', 'P', 'O', 'R', 'T', '1'};
inline constexpr std::uint32_t format_version = 1;
inline constexpr std::size_t page_size = 4096;  // what one checksum covers

using index::Place;

// Fills the first page. After it the sections, then the checksums of all pages between.
struct Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t bucket_bits;
  std::uint64_t file_size;
  std::uint64_t packages, versions, instances;  // instances: pairs of a version and a release that holds it
  Place blobs, names, entries, buckets, sums;
  std::uint64_t sums_hash;
  std::uint64_t header_hash;  // over all before it
};
static_assert(sizeof(Header) <= page_size);

struct Entry {
  std::uint64_t hash;
  std::uint64_t blob_offset;
  std::uint32_t blob_size;
  std::uint32_t name_offset, name_size;
  std::uint32_t reserved;
};
static_assert(sizeof(Entry) == 32);

// A group: the versions of a package that are looked up alike.
struct GroupName {
  std::string release;        // of the distribution
  bool distribution = false;
  bool source = false;        // asked for the source package that a component was built from
  Scheme scheme = Scheme::none;
  auto operator<=>(const GroupName&) const = default;
};
inline constexpr std::uint8_t group_distribution = 1, group_source = 2;

using Releases = std::vector<std::uint32_t>;  // numbers, ascending, none twice

}  // namespace duolex::vulnerabilities::portfolio
