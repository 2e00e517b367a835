#include "vulnerabilities/index/index.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace duolex::vulnerabilities::index {

struct Index::Mapping {
  void* address = MAP_FAILED;
  std::size_t size = 0;
  ~Mapping() {
    if (address != MAP_FAILED) ::munmap(address, size);
  }
};

Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

Result<Index> Index::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failure(error_in(path, std::string("cannot be read: ") + std::strerror(errno), "`duolex advisories build` makes an index"));
  struct stat info {};
  Index index;
  index.name_ = path;
  index.mapping_ = std::make_unique<Mapping>();
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
    index.mapping_->size = static_cast<std::size_t>(info.st_size);
    index.mapping_->address = ::mmap(nullptr, index.mapping_->size, PROT_READ, MAP_PRIVATE, fd, 0);
  }
  ::close(fd);
  if (index.mapping_->address == MAP_FAILED) return failure(error_in(path, "is no index of advisories: it is empty, or no file"));
  index.all_ = {static_cast<const char*>(index.mapping_->address), index.mapping_->size};
  if (auto begun = index.begin(); !begun) return failure(begun.error());
  return index;
}

Result<Index> Index::over(const std::string& name, std::string_view bytes) {
  Index index;
  index.name_ = name;
  index.all_ = bytes;
  if (auto begun = index.begin(); !begun) return failure(begun.error());
  return index;
}

Result<void> Index::begin() {
  const auto refused = [&](std::size_t at, const std::string& what) {
    return failure(error_in(name_, "byte " + std::to_string(at) + ": " + what, "build the index again"));
  };
  if (all_.size() < page_size || std::memcmp(all_.data(), magic.data(), magic.size()) != 0) return refused(0, "this is no index of advisories");
  std::memcpy(&header_, all_.data(), sizeof header_);
  if (header_.version != format_version) return refused(8, "the index has format " + std::to_string(header_.version) + "; format 1 is read");
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
    types_.push_back({in(Section::names, t.name_offset, t.name_size), t.first_bucket, t.bucket_bits});
  }
  if (damage_) return failure(*damage_);
  return {};
}

void Index::damaged(std::uint64_t offset, const std::string& what) {
  if (!damage_) damage_ = error_in(name_, "byte " + std::to_string(offset) + ": " + what, "build the index again");
}

bool Index::check_page(std::uint64_t page) {
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

Result<void> Index::check_all() {
  for (std::uint64_t page = header_.page_sums.offset / page_size; page < header_.sum_sums.offset / page_size; ++page)
    if (!check_page(page)) return failure(*damage_);
  for (std::uint64_t page = 1; page < header_.page_sums.offset / page_size; ++page)
    if (!check_page(page)) return failure(*damage_);
  return {};
}

std::string_view Index::bytes(std::uint64_t offset, std::uint64_t size) {
  if (size == 0) return {};
  for (std::uint64_t page = offset / page_size; page <= (offset + size - 1) / page_size; ++page)
    if (!check_page(page)) return {};
  return all_.substr(offset, size);
}

std::string_view Index::in(Section section, std::uint64_t offset, std::uint64_t size) {
  const Place& place = header_.sections[static_cast<std::size_t>(section)];
  if (offset > place.size || size > place.size - offset || place.offset + place.size > header_.page_sums.offset) {
    damaged(place.offset, "a reference leads out of its section");
    return {};
  }
  return bytes(place.offset + offset, size);
}

bool Index::knows_type(std::string_view type) const {
  return std::any_of(types_.begin(), types_.end(), [&](const KnownType& t) { return t.name == type; });
}

bool Index::in_filter(std::uint64_t hash) {
  const std::uint64_t blocks = header_.sections[static_cast<std::size_t>(Section::filter)].size / filter_block;
  if (blocks == 0) return false;
  const FilterBits bits = filter_bits(hash, blocks);
  const std::string_view block = in(Section::filter, bits.block * filter_block, filter_block);
  if (block.empty()) return false;
  for (std::size_t i = 0; i < 8; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, block.data() + i * 8, 8);
    if ((word & bits.words[i]) == 0) return false;
  }
  return true;
}

bool Index::may_hold(std::string_view package_key) { return in_filter(hash_of(package_key)) || damage_; }

std::string_view Index::find(std::string_view package_key) {
  const std::string_view type = package_key.substr(0, package_key.find('\0'));
  const auto known = std::find_if(types_.begin(), types_.end(), [&](const KnownType& t) { return t.name == type; });
  if (known == types_.end()) return {};
  const std::uint64_t hash = hash_of(package_key);
  if (!in_filter(hash)) return {};
  const std::uint64_t bucket = known->first_bucket + (known->bucket_bits == 0 ? 0 : hash >> (64 - known->bucket_bits));
  const std::string_view bounds = in(Section::buckets, bucket * 4, 8);
  if (bounds.empty()) return {};
  std::uint32_t first = 0, last = 0;
  std::memcpy(&first, bounds.data(), 4);
  std::memcpy(&last, bounds.data() + 4, 4);
  for (std::uint64_t i = first; i < last; ++i) {
    const std::string_view raw = in(Section::entries, i * sizeof(Entry), sizeof(Entry));
    if (raw.empty()) return {};
    Entry entry{};
    std::memcpy(&entry, raw.data(), sizeof entry);
    // Equal hashes prove nothing: the name itself stands beside them.
    if (entry.hash == hash && entry.name_size == package_key.size() && in(Section::names, entry.name_offset, entry.name_size) == package_key)
      return in(Section::blobs, entry.blob_offset, entry.blob_size);
  }
  return {};
}

std::size_t Index::record_count() const { return header_.sections[static_cast<std::size_t>(Section::records)].size / sizeof(Record); }

std::string_view Index::meta() { return in(Section::meta, 0, header_.sections[static_cast<std::size_t>(Section::meta)].size); }

std::string_view Index::record_id(std::size_t number) {
  const std::string_view raw = in(Section::records, number * sizeof(Record), sizeof(Record));
  if (raw.empty()) return {};
  Record r{};
  std::memcpy(&r, raw.data(), sizeof r);
  Cursor c(in(Section::cold, r.cold_offset, std::min<std::uint64_t>(r.cold_size, 1024)));
  if (static_cast<Via>(c.byte()) != Via::none) {
    for (int i = 0; i < 3; ++i) c.text();
    c.byte();
  }
  if (!c.text().empty()) {
    c.text();
    c.text();
  }
  return c.text();
}

std::optional<std::size_t> Index::find_record(std::string_view id) {
  std::size_t low = 0, high = record_count();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (record_id(middle) < id) low = middle + 1; else high = middle;
  }
  if (low < record_count() && record_id(low) == id) return low;
  return std::nullopt;
}

namespace {

StatedAffected read_affected(Cursor& c) {
  StatedAffected a;
  a.ecosystem = c.text();
  a.name = c.text();
  for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) {
    StatedInterval i;
    i.range = c.number();
    i.from = c.text();
    i.ended_by = static_cast<Event::Kind>(c.byte() & 3);
    i.to = c.text();
    a.intervals.push_back(i);
  }
  for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) a.versions.push_back(c.text());
  for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) a.unreadable.push_back(c.text());
  return a;
}

}  // namespace

StatedRecord Index::record(std::size_t number) {
  StatedRecord out;
  const std::string_view raw = in(Section::records, number * sizeof(Record), sizeof(Record));
  if (raw.empty()) return out;
  Record r{};
  std::memcpy(&r, raw.data(), sizeof r);
  out.content_hash = r.content_hash;
  Cursor c(in(Section::cold, r.cold_offset, r.cold_size));
  out.exploited_via = static_cast<Via>(c.byte() % 5);
  if (out.exploited_via != Via::none) {
    out.exploited_cve = c.text();
    out.exploited_added = c.text();
    out.exploited_due = c.text();
    out.ransomware = c.byte() != 0;
  }
  out.epss_cve = c.text();
  if (!out.epss_cve.empty()) {
    out.epss_probability = c.text();
    out.epss_percentile = c.text();
  }
  for (std::string_view* text : {&out.id, &out.modified, &out.published, &out.withdrawn, &out.summary, &out.severity}) *text = c.text();
  for (auto* ids : {&out.upstream, &out.related})
    for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) ids->push_back(c.text());
  for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) out.affected.push_back(read_affected(c));
  if (c.broken()) damaged(0, "a record is broken");
  if (r.cluster == no_cluster) return out;
  const std::string_view bounds = in(Section::clusters, std::uint64_t{r.cluster} * 4, 8);
  if (bounds.empty()) return out;
  std::uint32_t first = 0, last = 0;
  std::memcpy(&first, bounds.data(), 4);
  std::memcpy(&last, bounds.data() + 4, 4);
  if (last < first) {
    damaged(0, "an alias cluster is broken");
    return out;
  }
  Cursor ids(in(Section::cluster_data, first, last - first));
  for (std::uint64_t n = ids.number(); n > 0 && !ids.broken(); --n)
    if (const std::string_view id = ids.text(); id != out.id) out.aliases.push_back(id);
  return out;
}

const char* name_of(Via via) {
  switch (via) {
    case Via::none: return "";
    case Via::itself: return "id";
    case Via::alias: return "aliases";
    case Via::upstream: return "upstream";
    case Via::related: return "related";
  }
  return "";
}

}  // namespace duolex::vulnerabilities::index
