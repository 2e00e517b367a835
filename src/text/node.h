// YAML and JSON in, as one tree with the place of everything.
//
// A strict subset of YAML 1.2: one document, UTF-8, no anchors, aliases, tags, merge keys or
// duplicate keys. Plain scalars follow the core schema narrowly: null/~/empty, true/false, decimal
// integers; everything else is text (`no` and 2027-01-01 are text). JSON documents are read too.
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

struct Node {
  enum class Kind : std::uint8_t { null, boolean, integer, text, sequence, mapping } kind = Kind::null;
  bool quoted = false;       // a scalar that stood in quotes or a block
  std::string text;          // scalars as written, without quotes
  bool boolean = false;
  std::int64_t integer = 0;
  std::vector<Node> items;   // sequence: items; mapping: values, beside keys
  std::vector<Node> keys;    // mapping: text nodes, unique
  Span span;                 // of the whole node; begin and end are byte offsets

  // The value of a key, or nullptr.
  [[nodiscard]] const Node* find(std::string_view key) const;
};

// All that is wrong with the form of the input, with places; the first syntax error ends the search.
[[nodiscard]] Result<Node> read_yaml(const std::string& file, const std::string& bytes, const Limits& limits = {});

// What a node is, for messages: "a list", "text", "the number 3".
[[nodiscard]] std::string describe(const Node& node);

// A diagnostic about a node, with its source line.
[[nodiscard]] Diagnostic error_about(const Node& node, const std::string& bytes, const std::string& message,
                                     const std::string& hint = "");

}  // namespace duolex::text
