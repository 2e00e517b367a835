// A JSON or XML document as a flat array of small nodes over its bytes, for files too large for text::Node:
// 16 bytes a node, no copy of what stands in the file. Everything is validated when the tree is built.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sbom/sbom.h"

namespace duolex::sbom {

enum class Kind : std::uint8_t {
  null, boolean, number, text, array, object,  // JSON
  element, attribute, characters,              // XML; an element's attributes come before its other children
};

const char* describe(Kind kind);

class JsonTokens;
class Tree;
struct Children;

// One node of a tree, or none, of which everything is empty. Cheap to copy; the tree and its bytes must
// outlive it.
class Value {
 public:
  Value() = default;
  Value(const Tree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}

  explicit operator bool() const { return tree_ != nullptr; }
  bool operator==(const Value&) const = default;
  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is(Kind kind_) const { return tree_ != nullptr && kind() == kind_; }
  [[nodiscard]] std::uint32_t index() const { return index_; }

  // Bytes of the file. For a text of JSON with its quotes.
  [[nodiscard]] std::size_t begin() const;
  [[nodiscard]] std::size_t end() const;

  // JSON: the key under which it stands in its object. XML: the local name. Empty for items and characters,
  // and for a key with escapes (ask `key` then).
  [[nodiscard]] std::string_view plain_key() const;
  [[nodiscard]] std::string key() const;
  // The place of the key, for what is wrong with it. XML: of the node.
  [[nodiscard]] std::size_t key_begin() const;
  // XML: the element or attribute belongs to a namespace other than that of the document's root.
  [[nodiscard]] bool foreign() const;

  // A text without escapes as it stands in the file, otherwise decoded. Numbers and words as written.
  [[nodiscard]] std::string text() const;
  // The same without a copy when there are no escapes, through `room` otherwise.
  [[nodiscard]] std::string_view text(std::string& room) const;

  [[nodiscard]] Value first() const;  // first child
  [[nodiscard]] Value next() const;   // next sibling
  [[nodiscard]] Value find(std::string_view key) const;  // child by key or local name; the first one

  // The second child with this key. Readers differ on which of two they take, so neither is taken.
  [[nodiscard]] Value find_again(std::string_view key) const;
  [[nodiscard]] Children children() const;

 private:
  [[nodiscard]] std::string_view long_plain_key() const;

  const Tree* tree_ = nullptr;
  std::uint32_t index_ = 0;
};

class ChildIterator {
 public:
  explicit ChildIterator(Value value) : value_(value) {}
  Value operator*() const { return value_; }
  ChildIterator& operator++() { return value_ = value_.next(), *this; }
  bool operator==(const ChildIterator&) const = default;

 private:
  Value value_;
};

struct Children {
  Value parent;
  [[nodiscard]] ChildIterator begin() const { return ChildIterator(parent ? parent.first() : Value()); }
  [[nodiscard]] ChildIterator end() const { return ChildIterator(Value()); }
};

inline Children Value::children() const { return {*this}; }

class Tree {
 public:
  [[nodiscard]] Value root() const { return {*this, 0}; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] const std::string& name_space() const { return name_space_; }  // XML: of the root

 private:
  friend class Value;
  friend class JsonTreeBuilder;
  friend class XmlTreeBuilder;

  struct Node {
    // JSON: offset of the key's quote, +1, with its length in the high bits; XML: number of the name, +1; 0: none
    std::uint32_t key = 0;
    std::uint32_t begin = 0;  // with `last`
    std::uint32_t end = 0;    // with the three bits below
    std::uint32_t after = 0;  // index behind the last descendant, with the kind in the high bits
  };
  static constexpr std::uint32_t bits = 27;  // 128 MiB of file, as many nodes
  static constexpr std::uint32_t low = (1U << bits) - 1;
  static constexpr std::uint32_t long_key = 31;       // in the high bits of key: longer, or with escapes
  static constexpr std::uint32_t last = 1U << 31;     // in begin: nothing follows in the same parent
  static constexpr std::uint32_t escaped = 1U << 31;  // in end: text with escapes
  static constexpr std::uint32_t apart = 1U << 30;    // in end: XML text that stands in store_, not in the file
  static constexpr std::uint32_t foreign = 1U << 29;  // in end: XML of another namespace

  const char* bytes_ = nullptr;
  std::size_t length_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::string> names_;  // XML
  std::string store_;               // XML text that differs from the file's bytes
  struct Apart {
    std::uint32_t node, begin, length;
  };
  std::vector<Apart> aparts_;  // by node
  std::string name_space_;
};

inline Kind Value::kind() const {
  return tree_ == nullptr ? Kind::null : static_cast<Kind>(tree_->nodes_[index_].after >> Tree::bits);
}
inline std::size_t Value::begin() const { return tree_ == nullptr ? 0 : tree_->nodes_[index_].begin & Tree::low; }
inline std::size_t Value::end() const { return tree_ == nullptr ? 0 : tree_->nodes_[index_].end & Tree::low; }
inline bool Value::foreign() const { return tree_ != nullptr && (tree_->nodes_[index_].end & Tree::foreign) != 0; }

inline Value Value::first() const {
  if (tree_ == nullptr || index_ + 1 >= (tree_->nodes_[index_].after & Tree::low)) return {};
  return {*tree_, index_ + 1};
}
inline Value Value::next() const {
  if (tree_ == nullptr || (tree_->nodes_[index_].begin & Tree::last) != 0) return {};
  return {*tree_, tree_->nodes_[index_].after & Tree::low};
}
inline std::string_view Value::plain_key() const {
  if (tree_ == nullptr) return {};
  const Tree::Node& node = tree_->nodes_[index_];
  const std::uint32_t length = node.key >> Tree::bits;
  if (node.key == 0 || length == Tree::long_key || kind() >= Kind::element) return long_plain_key();
  return {tree_->bytes_ + (node.key & Tree::low), length};
}

// `bytes` must outlive the tree. A byte-order mark before the document is passed over.
[[nodiscard]] Result<Tree> json_tree(const std::string& file, const std::string& bytes, const Limits& limits);
// Of tokens that were found, and perhaps cut.
[[nodiscard]] Result<Tree> json_tree(JsonTokens& tokens, const std::string& bytes, const Limits& limits);
// Refuses document types and entities. XML 1.0 in UTF-8, UTF-16, ISO 8859-1 or ASCII.
[[nodiscard]] Result<Tree> xml_tree(const std::string& file, const std::string& bytes, const Limits& limits);

// For files whose tree would be large: `item` gets each element below root/`list` as it ends, and the tree
// forgets it; reading ends where it returns false. `part` gets each other element below the root as it ends.
struct XmlStream {
  std::string_view list;
  std::function<bool(Value)> item;
  std::function<void(Value)> part;
};
[[nodiscard]] Result<Tree> xml_tree(const std::string& file, const std::string& bytes, const Limits& limits, const XmlStream& stream);

}  // namespace duolex::sbom
