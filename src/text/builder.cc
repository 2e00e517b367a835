#include "text/builder.h"

#include <charconv>

namespace duolex::text {
namespace {

constexpr std::size_t most_errors = 100;

bool is_collection(const Node& node) {
  return node.kind == Node::Kind::sequence || node.kind == Node::Kind::mapping;
}

}  // namespace

void resolve_plain(Node& node) {
  const std::string& t = node.text;
  node.kind = Node::Kind::text;
  if (t.empty() || t == "~" || t == "null") {
    node.kind = Node::Kind::null;
  } else if (t == "true" || t == "false") {
    node.kind = Node::Kind::boolean;
    node.boolean = t == "true";
  } else {
    const bool plus = t.size() > 1 && t[0] == '+' && t[1] != '-';
    const auto [end, error] = std::from_chars(t.data() + (plus ? 1 : 0), t.data() + t.size(), node.integer);
    if (error == std::errc() && end == t.data() + t.size()) {
      node.kind = Node::Kind::integer;
    } else {
      node.integer = 0;
    }
  }
}

void Builder::error(std::size_t begin, std::size_t end, const std::string& message, const std::string& hint) {
  errors_.push_back(error_at(file_, bytes_, begin, end, message, hint));
  if (errors_.size() >= most_errors) stop_ = true;
}

void Builder::fatal(std::size_t begin, std::size_t end, const std::string& message, const std::string& hint) {
  error(begin, end, message, hint);
  stop_ = true;
}

void Builder::relate_open_bracket() {
  if (errors_.empty()) return;
  for (auto open = stack_.rbegin(); open != stack_.rend(); ++open) {
    if (open->node.style != Style::flow) continue;
    const Diagnostic there = error_at(file_, bytes_, open->node.span.begin, open->node.span.begin + 1, "");
    errors_.back().related.push_back({there.span, "this bracket is still open", there.source_line});
    return;
  }
}

bool Builder::room(const Span& span) {
  if (++nodes_ <= limits_.nodes) return true;
  fatal(span.begin, span.end, "more than " + std::to_string(limits_.nodes) + " values");
  return false;
}

void Builder::open(Node::Kind kind, Style style, std::size_t begin) {
  Open open;
  open.node.kind = kind;
  open.node.style = style;
  open.node.span = places_.at(begin, begin);
  if (!room(open.node.span)) return;
  if (key_is_next()) return fatal(begin, begin + 1, "a list or mapping stands as a key", "a key is a word");
  if (stack_.size() >= limits_.depth)
    return fatal(begin, begin + 1, "nested more than " + std::to_string(limits_.depth) + " deep");
  open.key_next = kind == Node::Kind::mapping;
  stack_.push_back(std::move(open));
}

void Builder::close(std::size_t end) {
  Node node = std::move(stack_.back().node);
  stack_.pop_back();
  if (node.style == Style::block && !node.items.empty()) {
    if (node.kind == Node::Kind::mapping) node.span.begin = node.keys.front().span.begin;
    end = node.items.back().span.end;
  }
  node.span = places_.at(node.span.begin, std::max(end, node.span.begin));
  place(std::move(node));
}

void Builder::scalar(Node node, std::size_t begin, std::size_t end) {
  node.span = places_.at(begin, end);
  if (room(node.span)) place(std::move(node));
}

void Builder::place_key(Open& parent, Node node) {
  const Span at = node.span;
  if (is_collection(node)) return fatal(at.begin, at.begin + 1, "a list or mapping stands as a key", "a key is a word");
  if (node.text.empty() && !node.quoted) error(at.begin, at.end, "a key is missing");
  if (node.text == "<<" && !node.quoted) error(at.begin, at.end, "merge keys are not read", "write the values out");
  const auto [first, is_new] = parent.seen.emplace(node.text, parent.node.keys.size());
  if (!is_new && (!node.text.empty() || node.quoted)) {
    const Span& earlier = parent.node.keys[first->second].span;
    error(at.begin, at.end, "the key '" + node.text.substr(0, 200) + "' stands twice", "keep one of them");
    const Diagnostic there = error_at(file_, bytes_, earlier.begin, earlier.end, "");
    errors_.back().related.push_back({there.span, "it stands here first", there.source_line});
  }
  node.kind = Node::Kind::text;
  parent.key = std::move(node);
}

void Builder::place(Node node) {
  if (stack_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& parent = stack_.back();
  if (parent.node.kind == Node::Kind::sequence) {
    parent.node.items.push_back(std::move(node));
    return;
  }
  if (parent.key_next) {
    place_key(parent, std::move(node));
  } else {
    parent.node.keys.push_back(std::move(parent.key));
    parent.node.items.push_back(std::move(node));
  }
  parent.key_next = !parent.key_next;
}

Result<Node> Builder::finish() {
  if (!errors_.empty()) return failure(std::move(errors_));
  if (root_.span.file.empty()) root_.span.file = file_;  // nothing was placed: the file is empty
  return std::move(root_);
}

}  // namespace duolex::text
