#include <algorithm>

#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

constexpr std::size_t block = 512;

std::string text_field(std::string_view field) { return std::string(field.substr(0, field.find('\0'))); }

// Octal digits, or base 256 where the first bit is set. False for anything else.
bool number_field(std::string_view field, std::uint64_t& out) {
  out = 0;
  if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) {
    for (std::size_t i = 1; i < field.size(); ++i) {
      if (out >> 55 != 0) return false;
      out = out << 8 | static_cast<unsigned char>(field[i]);
    }
    return true;
  }
  bool any = false;
  for (const char c : field) {
    if (c == ' ' || c == '\0') {
      if (any) break;
      continue;
    }
    if (c < '0' || c > '7' || out >> 60 != 0) return false;
    out = out * 8 + static_cast<std::uint64_t>(c - '0');
    any = true;
  }
  return true;
}

bool right_checksum(std::string_view header) {
  std::uint64_t stated = 0, sum = 0;
  if (!number_field(header.substr(148, 8), stated)) return false;
  for (std::size_t i = 0; i < block; ++i) sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
  return sum == stated;
}

// The value of a key in a pax header: lines of "length key=value".
std::string pax_value(std::string_view body, std::string_view key) {
  while (!body.empty()) {
    const std::size_t blank = body.find(' ');
    if (blank == std::string_view::npos || blank > 8) return {};
    std::size_t length = 0;
    for (const char c : body.substr(0, blank)) {
      if (c < '0' || c > '9') return {};
      length = length * 10 + static_cast<std::size_t>(c - '0');
    }
    if (length <= blank + 1 || length > body.size()) return {};
    const std::string_view record = body.substr(blank + 1, length - blank - 2);
    if (record.starts_with(key) && record.size() > key.size() && record[key.size()] == '=') return std::string(record.substr(key.size() + 1));
    body.remove_prefix(length);
  }
  return {};
}

bool climbs(const std::string& name) {
  return name.starts_with("/") || name.starts_with("../") || name.find("/../") != std::string::npos || name == ".." || name.ends_with("/..");
}

}  // namespace

bool is_tar(std::string_view bytes) { return bytes.size() >= block && bytes[0] != '\0' && right_checksum(bytes); }

void scan_tar(Scan& scan, std::string_view bytes) {
  std::size_t at = 0;
  std::string long_name, long_link;
  bool storages = false, pickle = false;
  while (at + block <= bytes.size()) {
    const std::string_view header = bytes.substr(at, block);
    if (header.find_first_not_of('\0') == std::string_view::npos) break;
    std::uint64_t size = 0;
    if (!right_checksum(header) || !number_field(header.substr(124, 12), size)) {
      scan.found(Verdict::unreadable, "a header of the tar archive is damaged", at);
      find_hidden_pickles(scan, bytes, at, bytes.size());
      break;
    }
    if (size > bytes.size() - at - block) {
      scan.found(Verdict::unreadable, "a member claims " + std::to_string(size) + " bytes where " + std::to_string(bytes.size() - at - block) + " are left", at);
      size = bytes.size() - at - block;
    }
    const std::string_view body = bytes.substr(at + block, static_cast<std::size_t>(size));
    std::string name = text_field(header.substr(0, 100)), link = text_field(header.substr(157, 100));
    if (header.substr(257, 5) == "ustar" && header[345] != '\0' && header.substr(257, 6) != "ustar ") name = text_field(header.substr(345, 155)) + "/" + name;
    const char type = header[156];
    if (type == 'L') {
      long_name = text_field(body);
    } else if (type == 'K') {
      long_link = text_field(body);
    } else if (type == 'x' || type == 'g') {
      if (std::string path = pax_value(body, "path"); !path.empty()) long_name = std::move(path);
      if (std::string path = pax_value(body, "linkpath"); !path.empty()) long_link = std::move(path);
    } else {
      if (!long_name.empty()) name = std::move(long_name);
      if (!long_link.empty()) link = std::move(long_link);
      long_name.clear();
      long_link.clear();
      if (!scan.next_member()) return;
      if (climbs(name)) scan.found(Verdict::suspicious, "unpacking would write outside the folder: '" + name.substr(0, 100) + "'", at);
      if ((type == '1' || type == '2') && climbs(link))
        scan.found(Verdict::suspicious, "a link leads outside the folder: '" + name.substr(0, 100) + "' to '" + link.substr(0, 100) + "'", at);
      if (type == '0' || type == '\0' || type == '7') {
        const std::string last = name.substr(name.find_last_of('/') + 1);
        storages = storages || last == "storages";
        pickle = pickle || last == "pickle";
        // The first PyTorch format keeps its pickles under these names.
        const bool old_torch = last == "pickle" || last == "storages" || last == "tensors" || last == "sys_info";
        scan.inside(old_torch ? name + ".pkl" : name, body);
        if (last == "storages" || last == "tensors") find_hidden_pickles(scan, body, 0, body.size());
      }
    }
    const std::uint64_t padded = (size + block - 1) / block * block;
    if (padded > bytes.size() - at - block) break;
    at += block + static_cast<std::size_t>(padded);
  }
  scan.kind(storages && pickle ? "PyTorch (tar)" : "tar archive");
}

}  // namespace duolex::threats::model_files
