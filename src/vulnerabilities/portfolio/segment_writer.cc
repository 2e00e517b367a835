#include "vulnerabilities/portfolio/segment_writer.h"

#include <bit>
#include <cstdlib>
#include <cstring>

namespace duolex::vulnerabilities::portfolio {
namespace {

template <class T>
void put_raw(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_postings(std::string& out, const Releases& releases) {
  index::put_number(out, releases.size());
  std::uint32_t last = 0;
  for (const std::uint32_t release : releases) {
    index::put_number(out, release - last);
    last = release;
  }
}

void put_group(std::string& out, const GroupName& name, const Versions& versions) {
  std::string table, data;
  std::uint64_t others = 0;
  for (const auto& [version, releases] : versions) {
    put_raw(table, static_cast<std::uint32_t>(data.size()));
    index::put_text(data, version.key);
    index::put_text(data, version.text);
    put_postings(data, releases);
    others += version.other ? 1 : 0;
  }
  index::put_text(out, name.release);
  out.push_back(static_cast<char>((name.distribution ? group_distribution : 0) | (name.source ? group_source : 0)));
  out.push_back(static_cast<char>(name.scheme));
  index::put_number(out, versions.size() - others);
  index::put_number(out, others);
  index::put_number(out, data.size());
  out += table;
  out += data;
}

Place section(std::string& bytes, std::string_view content) {
  const Place place{bytes.size(), content.size()};
  bytes += content;
  return place;
}

}  // namespace

VersionName version_name(Scheme scheme, std::string_view text) {
  VersionName name;
  name.text = text;
  name.other = scheme == Scheme::none || text.empty() || append_key(scheme, text, name.key) != Reading::exact;
  if (name.other) name.key.clear();
  return name;
}

PackageOrder order_of(std::string_view key) { return {index::hash_of(key), key}; }

SegmentWriter::SegmentWriter() : bytes_(page_size, '\0') {}

void SegmentWriter::add(std::string_view key, const Package& package) {
  Entry entry{};
  entry.hash = index::hash_of(key);
  entry.blob_offset = bytes_.size() - page_size;
  entry.name_offset = static_cast<std::uint32_t>(names_.size());
  entry.name_size = static_cast<std::uint32_t>(key.size());
  if (!entries_.empty()) {
    const Entry& last = entries_.back();
    const PackageOrder before{last.hash, std::string_view(names_).substr(last.name_offset, last.name_size)};
    if (PackageOrder{entry.hash, key} <= before) std::abort();
  }
  names_ += key;
  index::put_number(bytes_, package.size());
  for (const auto& [name, versions] : package) {
    put_group(bytes_, name, versions);
    versions_ += versions.size();
    for (const auto& [version, releases] : versions) instances_ += releases.size();
  }
  entry.blob_size = static_cast<std::uint32_t>(bytes_.size() - page_size - entry.blob_offset);
  entries_.push_back(entry);
}

std::string SegmentWriter::finish() {
  Header header{};
  header.magic = magic;
  header.version = format_version;
  header.packages = entries_.size();
  header.versions = versions_;
  header.instances = instances_;
  header.bucket_bits = static_cast<std::uint32_t>(std::bit_width(entries_.size() / 4));
  header.blobs = {page_size, bytes_.size() - page_size};
  header.names = section(bytes_, names_);
  header.entries = section(bytes_, {reinterpret_cast<const char*>(entries_.data()), entries_.size() * sizeof(Entry)});
  std::string buckets;
  std::uint32_t at = 0;
  for (std::uint64_t bucket = 0; bucket <= (std::uint64_t{1} << header.bucket_bits); ++bucket) {
    const auto of = [&](const Entry& e) { return header.bucket_bits == 0 ? 0 : e.hash >> (64 - header.bucket_bits); };
    while (at < entries_.size() && of(entries_[at]) < bucket) ++at;
    put_raw(buckets, at);
  }
  header.buckets = section(bytes_, buckets);
  bytes_.resize((bytes_.size() + page_size - 1) / page_size * page_size);
  std::string sums;
  for (std::size_t page = page_size; page < bytes_.size(); page += page_size) put_raw(sums, index::hash_of(std::string_view(bytes_).substr(page, page_size)));
  header.sums = section(bytes_, sums);
  header.sums_hash = index::hash_of(sums);
  header.file_size = bytes_.size();
  std::memcpy(bytes_.data(), &header, sizeof header);
  header.header_hash = index::hash_of(std::string_view(bytes_).substr(0, offsetof(Header, header_hash)));
  std::memcpy(bytes_.data(), &header, sizeof header);
  std::string out = std::move(bytes_);
  *this = SegmentWriter();
  return out;
}

}  // namespace duolex::vulnerabilities::portfolio
