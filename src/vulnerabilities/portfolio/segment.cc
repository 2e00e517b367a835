#include "vulnerabilities/portfolio/segment.h"

#include <algorithm>
#include <cstring>

namespace duolex::vulnerabilities::portfolio {
namespace {

constexpr const char* remedy = "`duolex watch rebuild` makes it again from the kept bills";

template <class T>
T raw(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace

index::Cursor GroupView::at(std::uint32_t version) const {
  const auto offset = raw<std::uint32_t>(table_.substr(std::size_t{version} * 4, 4));
  return index::Cursor(offset <= data_.size() ? data_.substr(offset) : std::string_view{});
}

std::string_view GroupView::key(std::uint32_t version) const { return at(version).text(); }

std::string_view GroupView::text(std::uint32_t version) const {
  index::Cursor c = at(version);
  c.text();
  return c.text();
}

void GroupView::append_releases(std::uint32_t version, Releases& out) const {
  index::Cursor c = at(version);
  c.text();
  c.text();
  std::uint32_t number = 0;
  for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) {
    number += static_cast<std::uint32_t>(c.number());
    if (!c.broken()) out.push_back(number);
  }
}

std::uint32_t GroupView::lower_bound(std::string_view wanted) const {
  std::uint32_t low = 0, high = ordered;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (key(middle) < wanted) low = middle + 1; else high = middle;
  }
  return low;
}

std::uint32_t GroupView::upper_bound(std::string_view wanted) const {
  std::uint32_t low = 0, high = ordered;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (key(middle) <= wanted) low = middle + 1; else high = middle;
  }
  return low;
}

PackageReader::PackageReader(std::string_view blob) : rest_(blob) {
  if (blob.empty()) return;
  index::Cursor c(blob);
  left_ = c.number();
  rest_ = c.rest();
  broken_ = c.broken();
}

bool PackageReader::next(GroupView& group) {
  if (left_ == 0 || broken_) return false;
  --left_;
  index::Cursor c(rest_);
  group.release = c.text();
  const std::uint8_t flags = c.byte();
  group.distribution = (flags & group_distribution) != 0;
  group.source = (flags & group_source) != 0;
  group.scheme = static_cast<Scheme>(c.byte() % scheme_count);
  const std::uint64_t ordered = c.number(), others = c.number(), size = c.number();
  rest_ = c.rest();
  if (c.broken() || ordered > rest_.size() || others > rest_.size() || (ordered + others) * 4 > rest_.size() ||
      size > rest_.size() - (ordered + others) * 4) {
    broken_ = true;
    return false;
  }
  group.ordered = static_cast<std::uint32_t>(ordered);
  group.others = static_cast<std::uint32_t>(others);
  group.table_ = rest_.substr(0, (ordered + others) * 4);
  group.data_ = rest_.substr(group.table_.size(), size);
  rest_.remove_prefix(group.table_.size() + size);
  return true;
}

Result<Segment> Segment::open(const std::string& path) {
  auto file = index::MappedFile::open(path, "no part of a portfolio", remedy);
  if (!file) return tl::unexpected(file.error());
  Segment segment;
  segment.name_ = path;
  segment.file_ = std::move(*file);
  segment.all_ = segment.file_.bytes();
  if (auto begun = segment.begin(); !begun) return failure(begun.error());
  return segment;
}

Result<Segment> Segment::over(const std::string& name, std::string_view bytes) {
  Segment segment;
  segment.name_ = name;
  segment.all_ = bytes;
  if (auto begun = segment.begin(); !begun) return failure(begun.error());
  return segment;
}

Result<void> Segment::begin() {
  const auto refused = [&](std::size_t at, const std::string& what) {
    return failure(error_in(name_, "byte " + std::to_string(at) + ": " + what, remedy));
  };
  if (all_.size() < page_size || std::memcmp(all_.data(), magic.data(), magic.size()) != 0) return refused(0, "this is no part of a portfolio");
  header_ = raw<Header>(all_.substr(0, sizeof header_));
  if (header_.version != format_version) return refused(8, "it has format " + std::to_string(header_.version) + "; format 1 is read");
  if (index::hash_of(all_.substr(0, offsetof(Header, header_hash))) != header_.header_hash) return refused(0, "the header does not match its checksum");
  if (header_.file_size != all_.size())
    return refused(all_.size(), "the file has " + std::to_string(all_.size()) + " bytes, and should have " + std::to_string(header_.file_size));
  if (all_.substr(sizeof(Header), page_size - sizeof(Header)).find_first_not_of('\0') != std::string_view::npos) return refused(sizeof(Header), "the header does not end where it should");
  // Sections lie between the first page and the checksums, which end the file.
  const Place& sums = header_.sums;
  const auto fits = [&](const Place& p) { return p.offset >= page_size && p.offset <= sums.offset && p.size <= sums.offset - p.offset; };
  if (sums.offset > all_.size() || sums.size != all_.size() - sums.offset || sums.offset % page_size != 0 || sums.offset < page_size ||
      sums.size / 8 != sums.offset / page_size - 1 || header_.bucket_bits > 32 || !fits(header_.blobs) || !fits(header_.names) ||
      !fits(header_.entries) || !fits(header_.buckets) || header_.entries.size / sizeof(Entry) != header_.packages ||
      header_.buckets.size != ((std::uint64_t{1} << header_.bucket_bits) + 1) * 4)
    return refused(0, "the header names places that are not in the file");
  if (index::hash_of(all_.substr(sums.offset)) != header_.sums_hash) return refused(sums.offset, "the checksums do not match their own");
  checked_.assign(sums.offset / page_size, false);
  return {};
}

void Segment::damaged(std::uint64_t offset, const std::string& what) {
  if (!damage_) damage_ = error_in(name_, "byte " + std::to_string(offset) + ": " + what, remedy);
}

bool Segment::check_page(std::uint64_t page) {
  if (checked_[page]) return true;
  const std::uint64_t offset = page * page_size;
  if (index::hash_of(all_.substr(offset, page_size)) != raw<std::uint64_t>(all_.substr(header_.sums.offset + (page - 1) * 8, 8))) {
    damaged(offset, "what stands here does not match its checksum");
    return false;
  }
  checked_[page] = true;
  return true;
}

Result<void> Segment::check_all() {
  for (std::uint64_t page = 1; page < checked_.size(); ++page)
    if (!check_page(page)) return failure(*damage_);
  return {};
}

std::string_view Segment::in(const Place& section, std::uint64_t offset, std::uint64_t size) {
  if (offset > section.size || size > section.size - offset) {
    damaged(section.offset, "a reference leads out of its section");
    return {};
  }
  if (size == 0) return {};
  const std::uint64_t begin = section.offset + offset;
  for (std::uint64_t page = begin / page_size; page <= (begin + size - 1) / page_size; ++page)
    if (!check_page(page)) return {};
  return all_.substr(begin, size);
}

std::optional<Entry> Segment::entry(std::size_t number) {
  const std::string_view bytes = in(header_.entries, number * sizeof(Entry), sizeof(Entry));
  if (bytes.empty()) return std::nullopt;
  return raw<Entry>(bytes);
}

Segment::PackageAt Segment::package(std::size_t number) {
  const auto e = entry(number);
  if (!e) return {};
  return {in(header_.names, e->name_offset, e->name_size), in(header_.blobs, e->blob_offset, e->blob_size)};
}

std::uint64_t Segment::package_hash(std::size_t number) {
  const auto e = entry(number);
  return e ? e->hash : 0;
}

std::string_view Segment::package_key(std::size_t number) {
  const auto e = entry(number);
  return e ? in(header_.names, e->name_offset, e->name_size) : std::string_view{};
}

std::string_view Segment::package_blob(std::size_t number) {
  const auto e = entry(number);
  return e ? in(header_.blobs, e->blob_offset, e->blob_size) : std::string_view{};
}

std::string_view Segment::find(std::string_view key) { return find(key, index::hash_of(key)); }

std::string_view Segment::find(std::string_view key, std::uint64_t hash) {
  const std::uint64_t bucket = header_.bucket_bits == 0 ? 0 : hash >> (64 - header_.bucket_bits);
  const std::string_view bounds = in(header_.buckets, bucket * 4, 8);
  if (bounds.empty()) return {};
  const auto last = raw<std::uint32_t>(bounds.substr(4));
  for (std::uint64_t i = raw<std::uint32_t>(bounds); i < last; ++i) {
    const auto e = entry(i);
    if (!e) return {};
    // Equal hashes prove nothing: the name itself stands beside them.
    if (e->hash == hash && e->name_size == key.size() && in(header_.names, e->name_offset, e->name_size) == key)
      return in(header_.blobs, e->blob_offset, e->blob_size);
  }
  return {};
}

}  // namespace duolex::vulnerabilities::portfolio
