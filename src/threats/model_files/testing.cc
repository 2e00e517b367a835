#include "threats/model_files/testing.h"

#include <zlib.h>

#include <cstdio>
#include <utility>

namespace duolex::threats::model_files::testing {
namespace {

// window: 15 zlib, -15 raw, 31 gzip.
std::string deflated(std::string_view content, int window) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, static_cast<uLong>(content.size())) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  ::deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

}  // namespace

std::string gzip(std::string_view content) { return deflated(content, 31); }
std::string zlib(std::string_view content) { return deflated(content, 15); }

std::string base64(std::string_view content) {
  static const char* const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < content.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < content.size() ? static_cast<unsigned char>(content[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += i + k <= content.size() ? letters[bits >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::string zip(const std::vector<ZipMember>& members) {
  std::string out, directory;
  std::uint16_t listed = 0;
  for (const ZipMember& m : members) {
    const std::string packed = m.deflate ? deflated(m.content, -15) : m.content;
    const auto crc = static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(m.content.data()), static_cast<uInt>(m.content.size()))) + m.wrong_crc;
    const std::string& inner = m.local_name.empty() ? m.name : m.local_name;
    const auto head = [&](const std::string& name) {
      return little(m.flags) + little(static_cast<std::uint16_t>(m.deflate ? 8 : 0)) + little(std::uint32_t{0}) + little(crc) +
             little(static_cast<std::uint32_t>(packed.size())) + little(static_cast<std::uint32_t>(m.content.size())) +
             little(static_cast<std::uint16_t>(name.size())) + little(std::uint16_t{0});
    };
    const auto at = static_cast<std::uint32_t>(out.size());
    out += "PK\x03\x04" + little(std::uint16_t{20}) + head(inner) + inner + packed;
    if (!m.listed) continue;
    ++listed;
    directory += "PK\x01\x02" + little(std::uint16_t{20}) + little(std::uint16_t{20}) + head(m.name) + little(std::uint16_t{0}) +
                 little(std::uint32_t{0}) + little(std::uint32_t{0}) + little(at) + m.name;
  }
  const auto start = static_cast<std::uint32_t>(out.size());
  return out + directory + "PK\x05\x06" + little(std::uint32_t{0}) + little(listed) + little(listed) +
         little(static_cast<std::uint32_t>(directory.size())) + little(start) + little(std::uint16_t{0});
}

std::string tar(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string out;
  for (const auto& [name, content] : members) {
    std::string header(512, '\0');
    header.replace(0, name.size(), name);
    char size[13];
    std::snprintf(size, sizeof size, "%011zo", content.size());
    header.replace(124, 11, size);
    header.replace(148, 8, "        ");
    header[156] = '0';
    header.replace(257, 6, std::string("ustar\0", 6));
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum);
    header.replace(148, 7, std::string(text, 7));
    out += header + content + std::string((512 - content.size() % 512) % 512, '\0');
  }
  return out + std::string(1024, '\0');
}

FileReport look(const std::string& name, std::string_view bytes) { return scan_file(name, bytes, {}); }

std::string first_call(const FileReport& report) {
  for (const Reason& r : report.reasons)
    if (!r.call.empty()) return where(r) + ": " + r.call;
  return "";
}

}  // namespace duolex::threats::model_files::testing
