#include <algorithm>

#include "threats/model_files/bytes.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

// The value behind 'key': in the header, a Python dictionary on one line: up to the comma that ends it.
std::string_view value_of(std::string_view header, std::string_view key) {
  for (const char quote : {'\'', '"'}) {
    const std::string quoted = quote + std::string(key) + quote;
    const std::size_t at = header.find(quoted);
    if (at == std::string_view::npos) continue;
    std::size_t begin = header.find(':', at + quoted.size());
    if (begin == std::string_view::npos) return {};
    ++begin;
    int depth = 0;
    for (std::size_t i = begin; i < header.size(); ++i) {
      const char c = header[i];
      if (c == '(' || c == '[') ++depth;
      if (c == ')' || c == ']') --depth;
      if (depth < 0 || (depth == 0 && (c == ',' || c == '}'))) return header.substr(begin, i - begin);
    }
    return header.substr(begin);
  }
  return {};
}

// The bytes of one element of a simple type such as <f8; 0 when it is another.
std::uint64_t element_size(std::string_view type) {
  const std::size_t quote = type.find_first_of("'\"");
  if (quote == std::string_view::npos || type.find_first_of("[(") != std::string_view::npos) return 0;
  const std::string_view code = type.substr(quote + 1, type.find_first_of("'\"", quote + 1) - quote - 1);
  const std::size_t digits = code.find_first_of("0123456789");
  if (digits == std::string_view::npos || digits == 0) return 0;
  std::uint64_t size = 0;
  for (const char c : code.substr(digits)) {
    if (c < '0' || c > '9') break;
    if (size > 1'000'000'000) return 0;
    size = size * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return code[digits - 1] == 'U' ? size * 4 : size;
}

}  // namespace

namespace {

void scan_header(Scan& scan, std::string_view bytes) {
  Cursor c{bytes, 6};
  std::uint8_t major = 0, minor = 0;
  std::uint16_t short_length = 0;
  std::uint32_t length = 0;
  std::string_view header;
  if (!c.number(major) || !c.number(minor)) return scan.found(Verdict::unreadable, "ends inside its header", bytes.size());
  if (major < 1 || major > 3) return scan.found(Verdict::unreadable, "is of version " + std::to_string(major) + "; 1 to 3 exist", 6);
  const bool there = major == 1 ? c.number(short_length) : c.number(length);
  if (major == 1) length = short_length;
  if (!there || !c.take(length, header))
    return scan.found(Verdict::unreadable, "claims a header of " + std::to_string(length) + " bytes where " + std::to_string(c.left()) + " are left", 8);
  if (header.size() > (std::size_t{1} << 20)) return scan.found(Verdict::unreadable, "has a header of more than 1 MiB", 8);
  const std::string_view type = value_of(header, "descr"), shape = value_of(header, "shape");
  if (type.empty() || shape.empty()) return scan.found(Verdict::unreadable, "does not say the type and shape of its elements", 8);

  std::uint64_t count = 1;
  bool fits = true;
  for (std::size_t i = 0; i < shape.size() && fits;) {
    if (shape[i] < '0' || shape[i] > '9') {
      if (shape[i] == '-') fits = false;
      ++i;
      continue;
    }
    std::uint64_t dimension = 0;
    for (; i < shape.size() && shape[i] >= '0' && shape[i] <= '9' && fits; ++i)
      fits = product(dimension, 10, dimension) && !__builtin_add_overflow(dimension, static_cast<std::uint64_t>(shape[i] - '0'), &dimension);
    if (fits) fits = product(count, dimension, count);
  }
  if (!fits) return scan.found(Verdict::unreadable, "has a shape that does not fit in 64 bits", c.at);
  // An element type with an O in it, alone or as a field, is Python objects, kept as a pickle.
  bool objects = false;
  for (std::size_t i = 0; i + 1 < type.size(); ++i) objects = objects || (type[i] == '|' && type[i + 1] == 'O');
  for (const char quote : {'\'', '"'}) objects = objects || type.find(quote + std::string("O")) != std::string_view::npos;
  scan.kind(objects ? "NPY of Python objects" : "NPY");
  if (objects) {
    scan_pickles(scan, bytes, c.at, Promise::by_name);
    return;
  }
  const std::uint64_t size = element_size(type);
  std::uint64_t needed = 0;
  if (size > 0 && (!product(count, size, needed) || needed > c.left()))
    return scan.found(Verdict::unreadable, "claims " + std::to_string(count) + " elements of " + std::to_string(size) + " bytes where " + std::to_string(c.left()) + " bytes are left", c.at);
  if (size > 0 && needed < c.left()) find_hidden_pickles(scan, bytes, c.at + static_cast<std::size_t>(needed), bytes.size());
}

}  // namespace

void scan_npy(Scan& scan, std::string_view bytes) {
  scan_header(scan, bytes);
  scan.kind("NPY");
}

}  // namespace duolex::threats::model_files
