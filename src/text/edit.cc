#include "text/edit.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "text/yaml_out.h"

namespace duolex::text {
namespace {

struct Change {
  std::size_t begin, end;  // bytes that go
  std::string text;        // what stands there instead
};

bool is_collection(const Node& node) {
  return node.kind == Node::Kind::sequence || node.kind == Node::Kind::mapping;
}

// The place of `step` among the items of a node, or npos.
std::size_t position_of(const Node& node, const std::string& step) {
  if (node.kind == Node::Kind::mapping) {
    for (std::size_t i = 0; i < node.keys.size(); ++i)
      if (node.keys[i].text == step) return i;
  } else if (node.kind == Node::Kind::sequence) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    if (error == std::errc() && end == step.data() + step.size() && index < node.items.size()) return index;
  }
  return std::string::npos;
}

class Editor {
 public:
  Editor(const std::string& file, const std::string& bytes) : file_(file), bytes_(bytes) {}

  Result<std::string> run(const KeyPath& path, const Node& value, bool append) {
    Result<Node> read = read_yaml(file_, bytes_);
    if (!read) return Failure(std::move(read.error()));
    root_ = std::move(*read);
    Node expected = root_;
    Node* old = &root_;
    Node* changed = &expected;
    std::size_t depth = 0;
    for (; depth < path.size(); ++depth) {
      const std::size_t at = position_of(*old, path[depth]);
      if (at == std::string::npos) break;
      if (old->style == Style::flow) in_flow_ = true;
      column_ = old->kind == Node::Kind::mapping ? column_of(old->keys[at].span.begin) : column_of(old->items[at].span.begin);
      under_key_ = old->kind == Node::Kind::mapping;
      old = &old->items[at];
      changed = &changed->items[at];
      at_root_ = false;
    }
    const bool whole_way = depth == path.size();
    std::optional<Change> change;
    if (whole_way && append) {
      change = append_to(*old, value);
      if (changed->kind == Node::Kind::null) *changed = make_list({});
      changed->items.push_back(value);
    } else if (whole_way) {
      change = replace(*old, value);
      *changed = value;
    } else {
      Node rest = append ? make_list({value}) : value;
      for (std::size_t i = path.size(); --i > depth;) rest = make_mapping({{path[i], std::move(rest)}});
      change = add_member(*old, path[depth], rest);
      if (changed->kind == Node::Kind::null) *changed = make_mapping({});
      changed->keys.push_back(make_text(path[depth]));
      changed->items.push_back(std::move(rest));
    }
    if (!change) return refuse(*old);
    const std::string result = bytes_.substr(0, change->begin) + with_line_ends(change->text) + bytes_.substr(change->end);
    const Result<Node> again = read_yaml(file_, result);
    if (!again || !same_value(*again, expected)) return refuse(*old);
    return result;
  }

 private:
  Failure refuse(const Node& place) const {
    return failure(error_about(place, bytes_, "this place cannot be changed without touching its layout",
                               "change it by hand"));
  }

  // Bytes between the start of the line and `at`.
  std::size_t column_of(std::size_t at) const { return at - line_start(at); }
  std::size_t line_start(std::size_t at) const {
    const std::size_t newline = at == 0 ? std::string::npos : bytes_.rfind('\n', at - 1);
    return newline == std::string::npos ? 0 : newline + 1;
  }

  std::string with_line_ends(const std::string& text) const {
    const std::size_t newline = bytes_.find('\n');
    if (newline == std::string::npos || newline == 0 || bytes_[newline - 1] != '\r') return text;
    std::string out;
    for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
  }

  // A new line after the line on which `at` stands.
  Change new_line_after(std::size_t at, std::size_t indent, const std::string& text) const {
    const std::size_t newline = bytes_.find('\n', at);
    const std::string line = std::string(indent, ' ') + text;
    if (newline == std::string::npos) return {bytes_.size(), bytes_.size(), "\n" + line + "\n"};
    return {newline + 1, newline + 1, line + "\n"};
  }

  Change replace(const Node& old, const Node& value) const {
    const std::size_t begin = old.span.begin, end = old.span.end;
    const bool empty = begin == end;
    const std::string space = empty ? " " : "";
    if (in_flow_) return {begin, end, space + to_inline_yaml(value)};
    if (at_root_ && empty) return {bytes_.size(), bytes_.size(), line_end_if_missing() + to_yaml(value) + "\n"};
    if (old.style == Style::block) {
      const std::size_t own = column_of(begin);
      if (is_collection(value) && !value.items.empty()) return {begin, end, block(value, own)};
      return {begin, end, (under_key_ && own <= column_ ? "  " : "") + to_inline_yaml(value)};
    }
    if (under_key_ && !fits_one_line(value)) {
      std::size_t from = begin;
      while (from > 0 && bytes_[from - 1] == ' ') --from;
      return {from, end, "\n" + std::string(column_ + 2, ' ') + to_yaml(value, column_ + 2)};
    }
    return {begin, end, space + to_yaml(value, at_root_ ? 0 : column_ + space.size())};
  }

  // A list in lines of its own even when it would fit on one.
  static std::string block(const Node& value, std::size_t indent) {
    if (value.kind == Node::Kind::mapping) return to_yaml(value, indent);
    std::string out;
    for (const Node& item : value.items)
      out += (out.empty() ? "" : "\n" + std::string(indent, ' ')) + "- " + to_yaml(item, indent + 2);
    return out;
  }

  std::string line_end_if_missing() const { return bytes_.empty() || bytes_.back() == '\n' ? "" : "\n"; }

  std::optional<Change> add_member(const Node& old, const std::string& key, const Node& value) const {
    const Node single = make_mapping({{key, value}});
    if (old.kind == Node::Kind::null) return replace(old, single);
    if (old.kind != Node::Kind::mapping) return std::nullopt;
    if (old.items.empty()) return replace(old, single);
    if (old.style == Style::flow) {
      const std::string member = to_inline_yaml(single);
      const std::size_t at = old.items.back().span.end;
      return Change{at, at, ", " + member.substr(1, member.size() - 2)};
    }
    const std::size_t indent = column_of(old.keys.front().span.begin);
    return new_line_after(old.span.end, indent, to_yaml_member(key, value, indent));
  }

  std::optional<Change> append_to(const Node& old, const Node& item) const {
    if (old.kind == Node::Kind::null) return replace(old, make_list({item}));
    if (old.kind != Node::Kind::sequence) return std::nullopt;
    if (old.items.empty()) return replace(old, make_list({item}));
    if (old.style == Style::flow) {
      const std::size_t at = old.items.back().span.end;
      return Change{at, at, ", " + to_inline_yaml(item)};
    }
    const std::size_t indent = column_of(old.span.begin);
    return new_line_after(old.span.end, indent, "- " + to_yaml(item, indent + 2));
  }

  const std::string& file_;
  const std::string& bytes_;
  Node root_;
  bool in_flow_ = false;
  bool under_key_ = false;
  bool at_root_ = true;
  std::size_t column_ = 0;  // of the key above the place, or of the item itself
};

}  // namespace

Result<std::string> set_value(const std::string& file, const std::string& bytes, const KeyPath& path, const Node& value) {
  return Editor(file, bytes).run(path, value, false);
}

Result<std::string> append_item(const std::string& file, const std::string& bytes, const KeyPath& path, const Node& item) {
  return Editor(file, bytes).run(path, item, true);
}

}  // namespace duolex::text
