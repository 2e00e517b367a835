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
  const auto place_for = [&](std::size_t pages) {
    const Place place{out.size(), pages * 8};
    out.resize(out.size() + place.size);
    fill(out);
    return place;
  };
  header.page_sums = place_for(out.size() / page_size - 1);
  header.sum_sums = place_for((out.size() - header.page_sums.offset) / page_size);
  header.file_size = out.size();
  seal(out, header);
  return out;
}

void seal(std::string& bytes, Header header) {
  const auto sums = [&](std::uint64_t begin, std::uint64_t end, std::uint64_t to) {
    for (std::uint64_t at = begin; at < end; at += page_size, to += 8) {
      const std::uint64_t sum = hash_of(std::string_view(bytes).substr(at, page_size));
      std::memcpy(bytes.data() + to, &sum, 8);
    }
  };
  sums(page_size, header.page_sums.offset, header.page_sums.offset);
  sums(header.page_sums.offset, header.sum_sums.offset, header.sum_sums.offset);
  header.sum_sums_hash = hash_of(std::string_view(bytes).substr(header.sum_sums.offset));
  header.header_hash = hash_of({reinterpret_cast<const char*>(&header), offsetof(Header, header_hash)});
  std::memcpy(bytes.data(), &header, sizeof header);
}

}  // namespace duolex::vulnerabilities::index
