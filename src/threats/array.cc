#include "threats/array.h"

#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>
#include <optional>

namespace duolex::threats {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are kept as little-endian bytes");

constexpr std::size_t header_limit = 64 << 10;
constexpr std::size_t rank_limit = 8;
constexpr std::string_view magic = "\x93NUMPY";

Failure refused(const std::string& file, std::size_t offset, const std::string& what, const std::string& hint = "") {
  Diagnostic d = error_in(file, "byte " + std::to_string(offset) + ": " + what, hint);
  d.span.begin = d.span.end = offset;
  return failure(std::move(d));
}

struct NamedType {
  std::string_view code;
  ElementType type;
};
constexpr NamedType types[] = {{"f4", ElementType::f4}, {"f8", ElementType::f8}, {"i1", ElementType::i1}, {"i2", ElementType::i2},
                               {"i4", ElementType::i4}, {"i8", ElementType::i8}, {"u1", ElementType::u1}, {"u2", ElementType::u2},
                               {"u4", ElementType::u4}, {"u8", ElementType::u8}, {"b1", ElementType::b1}};

// The header is a Python dictionary of three known keys; only that is read.
class Header {
 public:
  Header(const std::string& file, std::string_view text, std::size_t offset) : file_(file), text_(text), offset_(offset) {}

  Result<Array> read() {
    if (!take('{')) return wrong("the header does not begin with '{'");
    while (!take('}')) {
      const auto key = quoted();
      if (!key) return wrong("expected a key in quotes");
      if (!take(':')) return wrong("expected ':'");
      if (*key == "descr" && !type_) {
        if (auto done = descr(); !done) return tl::unexpected(done.error());
      } else if (*key == "fortran_order" && !ordered_) {
        if (word("True")) return wrong("the data is in Fortran order", "save it with numpy.ascontiguousarray");
        if (!word("False")) return wrong("fortran_order is neither True nor False");
        ordered_ = true;
      } else if (*key == "shape" && !shaped_) {
        if (auto done = shape(); !done) return tl::unexpected(done.error());
      } else {
        return wrong("unexpected key '" + std::string(key->substr(0, 40)) + "'");
      }
      if (!take(',')) {
        if (!take('}')) return wrong("expected ',' or '}'");
        break;
      }
    }
    spaces();
    if (at_ != text_.size()) return wrong("something follows the header's '}'");
    if (!type_ || !ordered_ || !shaped_) return wrong("the header lacks descr, fortran_order or shape");
    out_.type = *type_;
    return std::move(out_);
  }

 private:
  Failure wrong(const std::string& what, const std::string& hint = "") { return refused(file_, offset_ + at_, what, hint); }

  void spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool take(char c) {
    spaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view w) {
    spaces();
    if (text_.substr(at_, w.size()) != w) return false;
    at_ += w.size();
    return true;
  }
  std::optional<std::string_view> quoted() {
    spaces();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return std::nullopt;
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return inside;
  }
  Result<void> descr() {
    spaces();
    const std::size_t start = at_;
    const auto code = quoted();
    if (!code) return wrong("structured types are not read", "save a plain array of numbers");
    at_ = start;
    if (code->size() != 3) return wrong("type '" + std::string(code->substr(0, 40)) + "' is not read", "save floats or integers");
    if ((*code)[1] == 'O') return wrong("the array holds Python objects", "a pickle runs code when it is loaded; save numbers");
    if ((*code)[0] == '>') return wrong("the numbers are big-endian", "save little-endian numbers");
    if ((*code)[0] != '<' && (*code)[0] != '|' && (*code)[0] != '=') return wrong("unknown byte order");
    for (const NamedType& t : types)
      if (t.code == code->substr(1)) type_ = t.type;
    if (!type_) return wrong("type '" + std::string(*code) + "' is not read", "save f4, f8, integers or booleans");
    (void)quoted();
    return {};
  }
  Result<void> shape() {
    if (!take('(')) return wrong("the shape does not begin with '('");
    while (!take(')')) {
      spaces();
      std::size_t value = 0;
      const std::size_t start = at_;
      while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 && at_ - start < 15)
        value = value * 10 + static_cast<std::size_t>(text_[at_++] - '0');
      if (at_ == start) return wrong("expected a dimension");
      if (out_.shape.size() == rank_limit) return wrong("more than 8 dimensions");
      out_.shape.push_back(value);
      if (!take(',')) {
        if (!take(')')) return wrong("expected ',' or ')'");
        break;
      }
    }
    shaped_ = true;
    return {};
  }

  const std::string& file_;
  std::string_view text_;
  std::size_t offset_, at_ = 0;
  Array out_;
  std::optional<ElementType> type_;
  bool ordered_ = false, shaped_ = false;
};

template <class T>
T element(const Array& a, std::size_t i) {
  T value;
  std::memcpy(&value, a.bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

// Calls use(value) for each element, in its own type.
template <class Use>
void each(const Array& a, Use use) {
  const auto all = [&]<class T>(T) {
    for (std::size_t i = 0, n = a.count(); i < n; ++i) use(element<T>(a, i));
  };
  switch (a.type) {
    case ElementType::f4: return all(float{});
    case ElementType::f8: return all(double{});
    case ElementType::i1: return all(std::int8_t{});
    case ElementType::i2: return all(std::int16_t{});
    case ElementType::i4: return all(std::int32_t{});
    case ElementType::i8: return all(std::int64_t{});
    case ElementType::u1:
    case ElementType::b1: return all(std::uint8_t{});
    case ElementType::u2: return all(std::uint16_t{});
    case ElementType::u4: return all(std::uint32_t{});
    case ElementType::u8: return all(std::uint64_t{});
  }
}

template <class T>
Array packed(ElementType type, std::vector<std::size_t> shape, const std::vector<T>& values) {
  return {type, std::move(shape), std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T))};
}

}  // namespace

std::size_t bytes_of(ElementType type) { return static_cast<std::size_t>(name_of(type)[1] - '0'); }

const char* name_of(ElementType type) {
  for (const NamedType& t : types)
    if (t.type == type) return t.code.data();
  return "?";
}

std::size_t Array::count() const {
  std::size_t n = 1;
  for (const std::size_t d : shape) n *= d;
  return n;
}

Result<Array> read_npy(const std::string& file, std::string_view bytes) {
  if (bytes.substr(0, magic.size()) != magic) return refused(file, 0, "no NPY file", "save it with numpy.save");
  if (bytes.size() < 10) return refused(file, bytes.size(), "the file ends within its header");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3 || byte(7) != 0) return refused(file, 6, "NPY version " + std::to_string(version) + " is not known");
  std::size_t length = byte(8) | byte(9) << 8, start = 10;
  if (version > 1) {
    if (bytes.size() < 12) return refused(file, bytes.size(), "the file ends within its header");
    length |= byte(10) << 16 | byte(11) << 24;
    start = 12;
  }
  if (length > header_limit) return refused(file, 8, "the header is longer than 64 KiB");
  if (bytes.size() - start < length) return refused(file, bytes.size(), "the file ends within its header");
  auto array = Header(file, bytes.substr(start, length), start).read();
  if (!array) return array;
  const std::string_view data = bytes.substr(start + length);
  std::size_t need = bytes_of(array->type);
  for (const std::size_t d : array->shape)
    if (__builtin_mul_overflow(need, d, &need)) return refused(file, start, "the shape is larger than any file");
  if (need != data.size())
    return refused(file, start + length, "the shape needs " + std::to_string(need) + " bytes of data, the file has " + std::to_string(data.size()));
  array->bytes = data;
  return array;
}

std::vector<float> as_f32(const Array& array) {
  std::vector<float> out;
  out.reserve(array.count());
  each(array, [&](auto v) { out.push_back(static_cast<float>(v)); });
  return out;
}

std::vector<double> as_f64(const Array& array) {
  std::vector<double> out;
  out.reserve(array.count());
  each(array, [&](auto v) { out.push_back(static_cast<double>(v)); });
  return out;
}

Result<std::vector<std::int64_t>> as_i64(const std::string& file, const Array& array) {
  std::vector<std::int64_t> out;
  out.reserve(array.count());
  std::optional<std::size_t> bad;
  each(array, [&](auto v) {
    using T = decltype(v);
    bool fits = true;
    if constexpr (std::is_floating_point_v<T>) fits = std::abs(v) <= T(9007199254740992.0) && std::floor(v) == v;
    if constexpr (std::is_same_v<T, std::uint64_t>) fits = v <= static_cast<std::uint64_t>(INT64_MAX);
    if (!fits && !bad) bad = out.size();
    out.push_back(fits ? static_cast<std::int64_t>(v) : 0);
  });
  if (bad) return failure(error_in(file, "element " + std::to_string(*bad) + " is no whole number"));
  return out;
}

std::string to_npy(const Array& array) {
  std::string shape;
  for (const std::size_t d : array.shape) shape += std::to_string(d) + ", ";
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  if (array.shape.size() == 1) shape.resize(shape.size() - 1);
  const std::string order = bytes_of(array.type) == 1 ? "|" : "<";
  std::string header = "{'descr': '" + order + name_of(array.type) + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.append(64 - (10 + header.size() + 1) % 64, ' ');
  header += '\n';
  std::string out(magic);
  out += '\x01';
  out += '\0';
  out += static_cast<char>(header.size() & 0xff);
  out += static_cast<char>(header.size() >> 8);
  return out + header + array.bytes;
}

Array array_of(std::vector<std::size_t> shape, const std::vector<float>& values) { return packed(ElementType::f4, std::move(shape), values); }
Array array_of(std::vector<std::size_t> shape, const std::vector<double>& values) { return packed(ElementType::f8, std::move(shape), values); }

Array array_of(std::vector<std::size_t> shape, const std::vector<std::int64_t>& values) {
  return packed(ElementType::i8, std::move(shape), values);
}

}  // namespace duolex::threats
