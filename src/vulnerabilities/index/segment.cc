#include "vulnerabilities/index/segment.h"

#include <algorithm>
#include <cstring>

namespace duolex::vulnerabilities::index {

namespace {

// Its first bytes.
std::uint64_t head_of(std::string_view name) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < name.size() && i < sizeof out; ++i) out = out << 8 | static_cast<unsigned char>(name[i]);
  return out;
}

}  // namespace

Result<std::unique_ptr<Segment>> Segment::open(const std::string& path) {
  auto file = MappedFile::open(path, "no index of advisories", "`duolex advisories build` makes an index");
  if (!file) return tl::unexpected(file.error());
  std::unique_ptr<Segment> segment(new Segment);
  segment->name_ = path;
  segment->file_ = std::move(*file);
  segment->all_ = segment->file_.bytes();
  const bool large = segment->all_.size() > small_file;
  if (large) segment->file_.expect_little();
  if (auto begun = segment->begin(); !begun) return failure(begun.error());
  // Small parts of it, of which every question asks a piece.
  if (large) {
    for (const Section section : {Section::filter, Section::buckets}) {
      const Place& place = segment->header_.sections[static_cast<std::size_t>(section)];
      segment->file_.expect(place.offset, place.size);
    }
    segment->file_.expect(segment->header_.page_sums.offset, segment->header_.page_sums.size);
  }
  return segment;
}

Result<std::unique_ptr<Segment>> Segment::over(const std::string& name, std::string_view bytes) {
  std::unique_ptr<Segment> segment(new Segment);
  segment->name_ = name;
  segment->all_ = bytes;
  if (auto begun = segment->begin(); !begun) return failure(begun.error());
  return segment;
}

Result<void> Segment::begin() {
  const auto refused = [&](std::size_t at, const std::string& what) {
    return failure(error_in(name_, "byte " + std::to_string(at) + ": " + what, "build the index again"));
  };
  if (all_.size() < page_size || std::memcmp(all_.data(), magic.data(), magic.size()) != 0) return refused(0, "this is no index of advisories");
  std::memcpy(&header_, all_.data(), sizeof header_);
  if (header_.version != format_version) return refused(8, "the index has format " + std::to_string(header_.version) + "; format " + std::to_string(format_version) + " is read");
  if (hash_of(all_.substr(0, offsetof(Header, header_hash))) != header_.header_hash) return refused(0, "the header does not match its checksum");
  if (all_.substr(sizeof(Header), page_size - sizeof(Header)).find_first_not_of('\0') != std::string_view::npos) return refused(sizeof(Header), "the header does not end where it should");
  if (header_.file_size != all_.size())
    return refused(all_.size(), "the file has " + std::to_string(all_.size()) + " bytes, and should have " + std::to_string(header_.file_size));
  const auto fits = [&](const Place& p) { return p.offset >= page_size && p.offset <= all_.size() && p.size <= all_.size() - p.offset; };
  if (!std::all_of(header_.sections.begin(), header_.sections.end(), fits) || !fits(header_.page_sums) || !fits(header_.sum_sums) || header_.page_sums.offset % page_size != 0 || header_.page_sums.offset < page_size ||
      header_.page_sums.size / 8 != header_.page_sums.offset / page_size - 1 || header_.sum_sums.offset < header_.page_sums.offset ||
      header_.sum_sums.size / 8 != (header_.sum_sums.offset - header_.page_sums.offset) / page_size)
    return refused(0, "the header names places that are not in the file");
  if (hash_of(all_.substr(header_.sum_sums.offset)) != header_.sum_sums_hash) return refused(header_.sum_sums.offset, "the checksums do not match their own");
  checked_.assign(header_.sum_sums.offset / page_size + 1, false);
  if (all_.size() <= small_file)
    if (auto whole = check_all(); !whole) return whole;
  const std::string_view types = in(Section::types, 0, header_.sections[static_cast<std::size_t>(Section::types)].size);
  for (std::size_t at = 0; at + sizeof(Type) <= types.size(); at += sizeof(Type)) {
    Type t{};
    std::memcpy(&t, types.data() + at, sizeof t);
    if (t.bucket_bits > 40) return refused(0, "the directory is broken");
    const std::string_view name = in(Section::names, t.name_offset, t.name_size);
    types_.push_back({name, head_of(name), t.first_bucket, t.bucket_bits});
  }
  if (damage_) return failure(*damage_);
  return {};
}

void Segment::damaged(std::uint64_t offset, const std::string& what) {
  if (!damage_) damage_ = error_in(name_, "byte " + std::to_string(offset) + ": " + what, "build the index again");
}

bool Segment::check_page(std::uint64_t page) {
  if (checked_[page]) return true;
  const std::uint64_t offset = page * page_size;
  std::uint64_t wanted = 0;
  if (offset < header_.page_sums.offset) {
    const std::uint64_t at = header_.page_sums.offset + (page - 1) * 8;
    if (!check_page(at / page_size)) return false;
    std::memcpy(&wanted, all_.data() + at, 8);
  } else {
    std::memcpy(&wanted, all_.data() + header_.sum_sums.offset + (page - header_.page_sums.offset / page_size) * 8, 8);
  }
  if (hash_of(all_.substr(offset, page_size)) != wanted) {
    damaged(offset, "what stands here does not match its checksum");
    return false;
  }
  checked_[page] = true;
  return true;
}

Result<void> Segment::check_all() {
  expect_all();
  for (std::uint64_t page = header_.page_sums.offset / page_size; page < header_.sum_sums.offset / page_size; ++page)
    if (!check_page(page)) return failure(*damage_);
  for (std::uint64_t page = 1; page < header_.page_sums.offset / page_size; ++page)
    if (!check_page(page)) return failure(*damage_);
  return {};
}

std::string_view Segment::bytes(std::uint64_t offset, std::uint64_t size) {
  if (size == 0) return {};
  for (std::uint64_t page = offset / page_size; page <= (offset + size - 1) / page_size; ++page)
    if (!checked_[page] && !check_page(page)) return {};
  return all_.substr(offset, size);
}

std::string_view Segment::in(Section section, std::uint64_t offset, std::uint64_t size) {
  const Place& place = header_.sections[static_cast<std::size_t>(section)];
  if (offset > place.size || size > place.size - offset || place.offset + place.size > header_.page_sums.offset) {
    damaged(place.offset, "a reference leads out of its section");
    return {};
  }
  return bytes(place.offset + offset, size);
}

const Segment::KnownType* Segment::type_of(std::string_view type) const {
  if (last_type_ < types_.size() && types_[last_type_].name == type) return &types_[last_type_];
  const std::uint64_t head = head_of(type);
  const auto known = std::find_if(types_.begin(), types_.end(), [&](const KnownType& t) { return t.head == head && t.name == type; });
  if (known == types_.end()) return nullptr;
  last_type_ = static_cast<std::size_t>(known - types_.begin());
  return &*known;
}

bool Segment::in_filter(std::uint64_t hash) {
  const std::uint64_t blocks = size_of(Section::filter) / filter_block;
  if (blocks == 0) return false;
  const std::string_view block = in(Section::filter, filter_block_of(hash, blocks) * filter_block, filter_block);
  if (block.empty()) return false;
  return each_filter_bit(hash, [&](std::size_t i, std::uint64_t bit) {
    std::uint64_t word = 0;
    std::memcpy(&word, block.data() + i * 8, 8);
    return (word & bit) != 0;
  });
}

std::string_view Segment::find(std::string_view package_key, std::uint64_t hash) {
  if (!in_filter(hash)) return {};
  const KnownType* const known = type_of(package_key.substr(0, package_key.find('\0')));
  if (known == nullptr) return {};
  const std::uint64_t bucket = known->first_bucket + (known->bucket_bits == 0 ? 0 : hash >> (64 - known->bucket_bits));
  const std::string_view bounds = in(Section::buckets, bucket * 4, 8);
  if (bounds.empty()) return {};
  std::uint32_t first = 0, last = 0;
  std::memcpy(&first, bounds.data(), 4);
  std::memcpy(&last, bounds.data() + 4, 4);
  for (std::uint64_t i = first; i < last; ++i) {
    Entry entry{};
    if (!load(Section::entries, i, entry)) return {};
    // Equal hashes prove nothing: the name itself stands beside them.
    if (entry.hash == hash && entry.name_size == package_key.size() && in(Section::names, entry.name_offset, entry.name_size) == package_key)
      return in(Section::blobs, entry.blob_offset, entry.blob_size);
  }
  return {};
}

Segment::Package Segment::package(std::uint64_t number) {
  Entry entry{};
  if (!load(Section::entries, number, entry)) return {};
  return {in(Section::names, entry.name_offset, entry.name_size), in(Section::blobs, entry.blob_offset, entry.blob_size)};
}

std::string_view Segment::record_id(std::uint64_t number) {
  Record r{};
  if (!load(Section::records, number, r)) return {};
  return Cursor(in(Section::cold, r.cold_offset, std::min<std::uint64_t>(r.cold_size, 256))).text();
}

std::string_view Segment::shared(std::uint64_t number) {
  const std::string_view bounds = in(Section::shared_places, number * 4, 8);
  if (bounds.empty()) return {};
  std::uint32_t first = 0, last = 0;
  std::memcpy(&first, bounds.data(), 4);
  std::memcpy(&last, bounds.data() + 4, 4);
  if (last >= first) return in(Section::shared, first, last - first);
  damaged(0, "a shared text is broken");
  return {};
}

std::vector<std::string_view> Segment::cluster(std::uint32_t number) {
  std::vector<std::string_view> out;
  const std::string_view bounds = in(Section::clusters, std::uint64_t{number} * 4, 8);
  if (bounds.empty()) return out;
  std::uint32_t first = 0, last = 0;
  std::memcpy(&first, bounds.data(), 4);
  std::memcpy(&last, bounds.data() + 4, 4);
  if (last < first) {
    damaged(0, "an alias cluster is broken");
    return out;
  }
  Cursor ids(in(Section::cluster_data, first, last - first));
  for (std::uint64_t n = ids.number(); n > 0 && !ids.broken(); --n) out.push_back(ids.text());
  return out;
}

// Calls `use` with each number that the table has for the hash, until it says true.
template <class Use>
bool Segment::in_table(Section section, std::uint64_t hash, Use use) {
  std::uint32_t bits = 0;
  if (size_of(section) < 4 || !load(section, 0, bits)) return false;
  if (bits > 32) return damaged(0, "a table is broken"), false;
  const std::uint64_t buckets = std::uint64_t{1} << bits, bucket = bits == 0 ? 0 : hash >> (64 - bits);
  std::uint32_t first = 0, last = 0;
  if (!load(section, 1 + bucket, first) || !load(section, 2 + bucket, last)) return false;
  for (std::uint64_t i = first; i < last; ++i) {
    std::uint32_t tag = 0, value = 0;
    if (!load(section, 2 + buckets + i * 2, tag) || !load(section, 3 + buckets + i * 2, value)) return false;
    if (tag == static_cast<std::uint32_t>(hash) && use(value)) return true;
  }
  return false;
}

std::optional<std::uint32_t> Segment::find_id(std::string_view id) {
  std::optional<std::uint32_t> out;
  in_table(Section::ids, hash_of(id), [&](std::uint32_t value) {
    if ((value & alias_bit) == 0) {
      if (record_id(value) != id) return false;
    } else {
      const auto ids = cluster(value & ~alias_bit);
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) return false;
    }
    out = value;
    return true;
  });
  if (out || size_of(Section::unnamed) == 0) return out;
  for (Cursor c(whole(Section::unnamed)); !c.done();)
    if (c.text() == id) return no_alias;
  return out;
}

std::optional<Cursor> Segment::find_cve(Section section, Section table, std::string_view cve) {
  std::optional<Cursor> out;
  in_table(table, hash_of(cve), [&](std::uint32_t offset) {
    if (offset > size_of(section)) return damaged(0, "a table leads out of its section"), false;
    Cursor c(in(section, offset, std::min<std::uint64_t>(512, size_of(section) - offset)));
    if (c.text() != cve) return false;
    out = c;
    return true;
  });
  return out;
}

bool Segment::replaces(std::uint64_t record) {
  std::uint64_t low = 0, high = size_of(Section::replaced) / 4;
  if (high != 0 && high <= 16384) {  // few pages: held against their checksums once, and searched as they stand
    const std::string_view all = whole(Section::replaced);
    const auto at = [&](std::uint64_t i) {
      std::uint32_t value = 0;
      std::memcpy(&value, all.data() + i * 4, 4);
      return value;
    };
    if (all.empty()) return false;
    while (high - low > 1) {
      const std::uint64_t middle = low + (high - low) / 2;
      (at(middle) <= record ? low : high) = middle;
    }
    return at(low) == record;
  }
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    std::uint32_t value = 0;
    if (!load(Section::replaced, middle, value)) return false;
    if (value == record) return true;
    if (value < record) low = middle + 1; else high = middle;
  }
  return false;
}

std::optional<std::uint32_t> Segment::moved(std::uint64_t record) {
  std::uint64_t low = 0, high = size_of(Section::moved) / sizeof(Moved);
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    Moved value{};
    if (!load(Section::moved, middle, value)) return std::nullopt;
    if (value.record == record) return value.cluster;
    if (value.record < record) low = middle + 1; else high = middle;
  }
  return std::nullopt;
}

}  // namespace duolex::vulnerabilities::index
