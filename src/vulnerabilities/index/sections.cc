#include "vulnerabilities/index/sections.h"

namespace duolex::vulnerabilities::index {

std::string Sections::assemble(Header header) {
  const auto fill = [](std::string& out) { out.resize((out.size() + page_size - 1) / page_size * page_size); };
  std::size_t total = page_size;
  for (const std::string& s : bytes_) total += s.size() + page_size;
  std::string out;
  out.reserve(total + total / page_size * 9 + 4 * page_size);
  out.resize(page_size);
  header.magic = magic;
  header.version = format_version;
  for (std::size_t i = 0; i < section_count; ++i) {
    header.sections[i] = {out.size(), bytes_[i].size()};
    out += bytes_[i];
    bytes_[i] = {};
    fill(out);
  }
  const auto sums = [&](std::size_t begin, std::size_t end) {
    Place place{out.size(), 0};
    std::string list;
    for (std::size_t at = begin; at < end; at += page_size) put(list, hash_of(std::string_view(out).substr(at, page_size)));
    place.size = list.size();
    out += list;
    fill(out);
    return place;
  };
  header.page_sums = sums(page_size, out.size());
  header.sum_sums = sums(header.page_sums.offset, out.size());
  header.sum_sums_hash = hash_of(std::string_view(out).substr(header.sum_sums.offset));
  header.file_size = out.size();
  header.header_hash = hash_of({reinterpret_cast<const char*>(&header), offsetof(Header, header_hash)});
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

}  // namespace duolex::vulnerabilities::index
