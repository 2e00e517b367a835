// Writes small Parquet files for tests, byte by byte as they are told to, also wrong ones.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace duolex::threats::parquet::testing {

// A structure in Thrift's compact protocol, its fields in ascending order.
class Struct {
 public:
  Struct& i32(int id, std::int64_t v) { return head(id, 5), number(zigzag(v)), *this; }
  Struct& i64(int id, std::int64_t v) { return head(id, 6), number(zigzag(v)), *this; }
  Struct& text(int id, std::string_view v) { return head(id, 8), number(v.size()), bytes_ += v, *this; }
  Struct& boolean(int id, bool v) { return head(id, v ? 1 : 2), *this; }
  Struct& in(int id, const Struct& s) { return head(id, 12), bytes_ += s.bytes(), *this; }
  Struct& structs(int id, const std::vector<Struct>& list) {
    list_head(id, list.size(), 12);
    for (const Struct& s : list) bytes_ += s.bytes();
    return *this;
  }
  Struct& texts(int id, const std::vector<std::string>& list) {
    list_head(id, list.size(), 8);
    for (const std::string& s : list) number(s.size()), bytes_ += s;
    return *this;
  }
  [[nodiscard]] std::string bytes() const { return bytes_ + std::string(1, '\0'); }

 private:
  static std::uint64_t zigzag(std::int64_t v) { return static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63); }
  void number(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) bytes_ += static_cast<char>(v | 0x80);
    bytes_ += static_cast<char>(v);
  }
  void head(int id, int type) {
    bytes_ += static_cast<char>((id - last_) << 4 | type);
    last_ = id;
  }
  void list_head(int id, std::size_t count, int type) {
    head(id, 9);
    bytes_ += static_cast<char>((count < 15 ? count : 15) << 4 | static_cast<std::size_t>(type));
    if (count >= 15) number(count);
  }
  std::string bytes_;
  int last_ = 0;
};

struct TestColumn {
  std::string name = "x";
  int physical = 1, length = 0, repetition = 0, converted = -1, codec = 0;
  std::int64_t values = 0;
  std::string pages;           // headers and bodies
  bool has_dictionary = false;
  std::int64_t moved = 0;      // added to the place that the footer says
};

inline std::string little(std::uint32_t v) {
  std::string out;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(v >> (8 * i));
  return out;
}

// A page of the first kind; `plain`: the size it claims to unpack to, -1 for its own.
inline std::string page(std::int64_t values, int encoding, const std::string& body, std::int64_t plain = -1) {
  return Struct().i32(1, 0).i32(2, plain < 0 ? static_cast<std::int64_t>(body.size()) : plain).i32(3, static_cast<std::int64_t>(body.size()))
             .in(5, Struct().i32(1, values).i32(2, encoding).i32(3, 3).i32(4, 3)).bytes() + body;
}
inline std::string dictionary_page(std::int64_t values, const std::string& body) {
  return Struct().i32(1, 2).i32(2, static_cast<std::int64_t>(body.size())).i32(3, static_cast<std::int64_t>(body.size())).in(7, Struct().i32(1, values).i32(2, 0)).bytes() + body;
}
inline std::string page_of_second_kind(std::int64_t values, int encoding, const std::string& repetitions, const std::string& definitions, const std::string& body, bool packed, std::int64_t plain = -1) {
  const auto levels = static_cast<std::int64_t>(repetitions.size() + definitions.size()), size = levels + static_cast<std::int64_t>(body.size());
  return Struct().i32(1, 3).i32(2, plain < 0 ? size : levels + plain).i32(3, size)
             .in(8, Struct().i32(1, values).i32(2, 0).i32(3, values).i32(4, encoding).i32(5, static_cast<std::int64_t>(definitions.size())).i32(6, static_cast<std::int64_t>(repetitions.size())).boolean(7, packed))
             .bytes() + repetitions + definitions + body;
}

inline std::string file_of(const std::vector<TestColumn>& columns, std::int64_t rows, const std::vector<std::pair<std::string, std::string>>& notes = {}) {
  std::string out = "PAR1";
  std::vector<Struct> elements{Struct().text(4, "schema").i32(5, static_cast<std::int64_t>(columns.size()))}, chunks, keys;
  for (const TestColumn& c : columns) {
    Struct e = Struct().i32(1, c.physical);
    if (c.length > 0) e.i32(2, c.length);
    e.i32(3, c.repetition).text(4, c.name);
    if (c.converted >= 0) e.i32(6, c.converted);
    elements.push_back(e);
    const auto at = static_cast<std::int64_t>(out.size()) + c.moved;
    out += c.pages;
    Struct meta = Struct().i32(1, c.physical).texts(3, {c.name}).i32(4, c.codec).i64(5, c.values).i64(7, static_cast<std::int64_t>(c.pages.size())).i64(9, at);
    if (c.has_dictionary) meta.i64(11, at);
    chunks.push_back(Struct().i64(2, at).in(3, meta));
  }
  for (const auto& [key, value] : notes) keys.push_back(Struct().text(1, key).text(2, value));
  const std::string footer = Struct().i32(1, 2).structs(2, elements).i64(3, rows).structs(4, {Struct().structs(1, chunks).i64(3, rows)}).structs(5, keys).bytes();
  return out + footer + little(static_cast<std::uint32_t>(footer.size())) + "PAR1";
}

}  // namespace duolex::threats::parquet::testing
