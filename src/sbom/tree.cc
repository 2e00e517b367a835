#include "sbom/tree.h"

#include <algorithm>
#include <cstring>

namespace duolex::sbom {
namespace {

unsigned digit(char c) {
  if (c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

unsigned unit(const char* at) {
  return digit(at[0]) << 12 | digit(at[1]) << 8 | digit(at[2]) << 4 | digit(at[3]);
}

void put(unsigned point, std::string& out) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 63));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 63));
    out += static_cast<char>(0x80 | (point & 63));
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 63));
    out += static_cast<char>(0x80 | (point >> 6 & 63));
    out += static_cast<char>(0x80 | (point & 63));
  }
}

// JSON text between the quotes; escapes were validated when the tree was built.
void decode(std::string_view raw, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    switch (raw[++i]) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        unsigned point = unit(raw.data() + i + 1);
        i += 4;
        if (point >= 0xd800 && point < 0xdc00) {
          point = 0x10000 + ((point - 0xd800) << 10) + (unit(raw.data() + i + 3) - 0xdc00);
          i += 6;
        }
        put(point, out);
        break;
      }
      default: out += raw[i];
    }
  }
}

// The raw text of the JSON string whose opening quote stands at `at`.
std::string_view raw_string(const char* bytes, std::size_t at) {
  const char* begin = bytes + at + 1;
  const char* p = begin;
  while (*p != '"') p += *p == '\\' ? 2 : 1;
  return {begin, static_cast<std::size_t>(p - begin)};
}

}  // namespace

const char* describe(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "a truth value";
    case Kind::number: return "a number";
    case Kind::text: return "text";
    case Kind::array: return "a list";
    case Kind::object: return "an object";
    case Kind::element: return "an element";
    case Kind::attribute: return "an attribute";
    case Kind::characters: return "text";
  }
  return "";
}

std::string_view Value::long_plain_key() const {
  const Tree::Node& node = tree_->nodes_[index_];
  if (node.key == 0) return {};
  if (kind() >= Kind::element) return tree_->names_[node.key - 1];
  const char* begin = tree_->bytes_ + (node.key & Tree::low);
  const char* p = begin;
  while (*p != '"') {
    if (*p == '\\') return {};
    ++p;
  }
  return {begin, static_cast<std::size_t>(p - begin)};
}

std::string Value::key() const {
  if (tree_ == nullptr) return {};
  const Tree::Node& node = tree_->nodes_[index_];
  if (node.key == 0) return {};
  if (kind() >= Kind::element) return tree_->names_[node.key - 1];
  std::string out;
  decode(raw_string(tree_->bytes_, (node.key & Tree::low) - 1), out);
  return out;
}

std::size_t Value::key_begin() const {
  if (tree_ == nullptr) return 0;
  const Tree::Node& node = tree_->nodes_[index_];
  return node.key == 0 || kind() >= Kind::element ? begin() : (node.key & Tree::low) - 1;
}

std::string_view Value::text(std::string& room) const {
  if (tree_ == nullptr) return {};
  const Tree::Node& node = tree_->nodes_[index_];
  if (kind() == Kind::text) {
    const std::string_view raw(tree_->bytes_ + begin() + 1, end() - begin() - 2);
    if ((node.end & Tree::escaped) == 0) return raw;
    decode(raw, room);
    return room;
  }
  if (kind() == Kind::element) {
    room.clear();
    std::string part;
    for (const Value child : children())
      if (child.is(Kind::characters)) room += child.text(part);
    return room;
  }
  if ((node.end & Tree::apart) != 0) {
    const auto at = std::lower_bound(tree_->aparts_.begin(), tree_->aparts_.end(), index_,
                                     [](const Tree::Apart& a, std::uint32_t wanted) { return a.node < wanted; });
    return std::string_view(tree_->store_).substr(at->begin, at->length);
  }
  return {tree_->bytes_ + begin(), end() - begin()};
}

std::string Value::text() const {
  if (is(Kind::text) && (tree_->nodes_[index_].end & Tree::escaped) == 0) return {tree_->bytes_ + begin() + 1, end() - begin() - 2};
  std::string room;
  const std::string_view view = text(room);
  return view.data() == room.data() ? room : std::string(view);
}

Value Value::find(std::string_view wanted) const {
  if (tree_ == nullptr || kind() == Kind::array) return {};
  for (const Value child : children()) {
    const std::string_view plain = child.plain_key();
    if (plain == wanted || (plain.empty() && !wanted.empty() && child.key() == wanted)) return child;
  }
  return {};
}

Value Value::find_again(std::string_view wanted) const {
  bool found = false;
  for (const Value child : children()) {
    const std::string_view plain = child.plain_key();
    if (plain != wanted && !(plain.empty() && !wanted.empty() && child.key() == wanted)) continue;
    if (found) return child;
    found = true;
  }
  return {};
}

}  // namespace duolex::sbom
