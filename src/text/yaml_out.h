// YAML out, in the subset that read_yaml reads and with words other readers take for something else
// in quotes. Reading what was written gives the same tree.
#pragma once

#include "text/node.h"

namespace duolex::text {

[[nodiscard]] Node make_null();
[[nodiscard]] Node make_boolean(bool value);
[[nodiscard]] Node make_integer(std::int64_t value);
[[nodiscard]] Node make_text(std::string value);
[[nodiscard]] Node make_list(std::vector<Node> items);
[[nodiscard]] Node make_mapping(std::vector<std::pair<std::string, Node>> members);

// Whether to_yaml writes it on one line: all but mappings and lists of more than a few scalars.
[[nodiscard]] bool fits_one_line(const Node& node);

// On one line: scalars, [a, b], {a: b}.
[[nodiscard]] std::string to_inline_yaml(const Node& node);

// Mappings and long lists in block form, every line but the first indented by `indent` spaces; short
// lists of scalars on one line. No newline at the end.
[[nodiscard]] std::string to_yaml(const Node& node, std::size_t indent = 0);

// "key: value" in the form of to_yaml.
[[nodiscard]] std::string to_yaml_member(const std::string& key, const Node& value, std::size_t indent);

// Whether both say the same, wherever and however they are written.
[[nodiscard]] bool same_value(const Node& a, const Node& b);

}  // namespace duolex::text
