// YAML and JSON in, as one tree with the place of everything.
//
// A strict subset of YAML 1.2: one document, UTF-8, no directives, anchors, aliases, tags, merge
// keys, lists or mappings as keys, empty keys or duplicate keys. Plain scalars follow the core schema
// narrowly: null/~/empty, true/false, decimal integers that fit in 64 bits; everything else is text
// (`no`, 1.10 and 2027-01-01 are text).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace duolex::text {

struct Limits {
  std::size_t bytes = std::size_t{16} << 20;
  std::size_t nodes = 500'000;
  std::size_t depth = 64;
};

// How a node was written.
enum class Style : std::uint8_t { plain, single_quoted, double_quoted, literal, folded, flow, block };

struct Node {
  enum class Kind : std::uint8_t { null, boolean, integer, text, sequence, mapping } kind = Kind::null;
  Style style = Style::plain;
  bool quoted = false;       // a scalar that stood in quotes or a block
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text;          // scalars: the value; for plain ones also the characters as written
  std::vector<Node> items;   // sequence: items; mapping: values, beside keys
  std::vector<Node> keys;    // mapping: text nodes, unique
  Span span;                 // of the whole node with its quotes or brackets; begin and end are byte offsets

  // The value of a key, or nullptr.
  [[nodiscard]] const Node* find(std::string_view key) const;
};

// All that is wrong with the form of the input, with places; the first syntax error ends the search.
// An empty file is a null node.
[[nodiscard]] Result<Node> read_yaml(const std::string& file, const std::string& bytes, const Limits& limits = {});

// RFC 8259 and nothing else, without duplicate keys. Numbers that are no integers of 64 bits are plain text
// nodes, as in YAML.
[[nodiscard]] Result<Node> read_json(const std::string& file, const std::string& bytes, const Limits& limits = {});

// read_json for a name that ends in ".json", else read_yaml.
[[nodiscard]] Result<Node> read_by_name(const std::string& file, const std::string& bytes, const Limits& limits = {});

// What a node is, for messages: "a list", "the text 'x'", "the number 3".
[[nodiscard]] std::string describe(const Node& node);

// A diagnostic about a node, with its source line.
[[nodiscard]] Diagnostic error_about(const Node& node, const std::string& bytes, const std::string& message,
                                     const std::string& hint = "");

}  // namespace duolex::text
