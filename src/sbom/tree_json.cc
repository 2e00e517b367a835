#include "sbom/json_tokens.h"
#include "sbom/tree.h"

namespace duolex::sbom {

// Tokens become nodes.
class JsonTreeBuilder {
 public:
  JsonTreeBuilder(JsonTokens& tokens, const std::string& bytes, const Limits& limits) : tokens_(tokens), bytes_(bytes), limits_(limits) {
    tree_.bytes_ = bytes.data();
    tree_.length_ = bytes.size();
  }

  Result<Tree> build() {
    tree_.nodes_.reserve(tokens_.count() / 3 + 1);
    if (!values()) return failure(std::move(wrong_));
    return std::move(tree_);
  }

 private:
  bool wrong(std::size_t where, const std::string& what) {
    wrong_ = tokens_.at(where, what).value();
    return false;
  }

  bool push(Kind kind, std::size_t begin, std::size_t end, std::uint32_t flags = 0) {
    const auto index = static_cast<std::uint32_t>(tree_.nodes_.size());
    if (index >= limits_.nodes) return wrong(begin, "holds more than " + std::to_string(limits_.nodes) + " values");
    tree_.nodes_.push_back({key_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end) | flags,
                            (index + 1) | static_cast<std::uint32_t>(kind) << Tree::bits});
    if (!open_.empty()) open_.back().last = index;
    key_ = 0;
    return true;
  }

  bool scalar(std::size_t token) {
    const std::size_t begin = tokens_.position(token), end = tokens_.scalar_end(token);
    if (bytes_[begin] == '"') {
      bool escaped = false;
      return text(begin, end, escaped) && push(Kind::text, begin, end, escaped ? Tree::escaped : 0);
    }
    switch (tokens_.plain(begin, end)) {
      case JsonTokens::Plain::boolean: return push(Kind::boolean, begin, end);
      case JsonTokens::Plain::null: return push(Kind::null, begin, end);
      case JsonTokens::Plain::number: return push(Kind::number, begin, end);
      case JsonTokens::Plain::none: break;
    }
    return wrong(begin, "has something that is no value");
  }

  // With its quotes.
  bool text(std::size_t begin, std::size_t end, bool& escaped) {
    if (tokens_.good_text(begin, end, escaped)) return true;
    wrong_ = tokens_.bad_text(begin, end).value();
    return false;
  }

  bool key(std::size_t token) {
    const std::size_t begin = tokens_.position(token);
    if (bytes_[begin] != '"') return wrong(begin, "lacks a key in quotes");
    const std::size_t end = tokens_.scalar_end(token);
    bool escaped = false;
    if (!text(begin, end, escaped)) return false;
    const std::size_t length = end - begin - 2;
    key_ = static_cast<std::uint32_t>(begin + 1) |
           static_cast<std::uint32_t>(escaped || length >= Tree::long_key ? Tree::long_key : length) << Tree::bits;
    return true;
  }

  struct Open {
    std::uint32_t node, last;
    bool object;
  };

  bool open(std::size_t where, bool object) {
    if (open_.size() >= limits_.depth) return wrong(where, "is nested deeper than " + std::to_string(limits_.depth));
    if (!push(object ? Kind::object : Kind::array, where, 0)) return false;
    open_.push_back({static_cast<std::uint32_t>(tree_.nodes_.size() - 1), 0, object});
    return true;
  }

  void close(std::size_t end) {
    const Open top = open_.back();
    open_.pop_back();
    Tree::Node& node = tree_.nodes_[top.node];
    node.end = static_cast<std::uint32_t>(end);
    node.after = static_cast<std::uint32_t>(tree_.nodes_.size()) | (node.after & ~Tree::low);
    if (top.last != 0) tree_.nodes_[top.last].begin |= Tree::last;
  }

  bool values() {
    enum { value, first_value, key_next, first_key, colon, comma } expects = value;
    for (std::size_t i = 0; i < tokens_.count(); ++i) {
      const std::size_t where = tokens_.position(i);
      const char c = bytes_[where];
      switch (expects) {
        case comma: {
          if (open_.empty()) return wrong(where, "goes on after its end");
          const bool object = open_.back().object;
          if (c == ',') expects = object ? key_next : value;
          else if (c == (object ? '}' : ']')) close(where + 1);
          else return wrong(where, object ? "lacks ',' or '}'" : "lacks ',' or ']'");
          break;
        }
        case colon:
          if (c != ':') return wrong(where, "lacks ':'");
          expects = value;
          break;
        case first_key:
          if (c == '}') {
            close(where + 1);
            expects = comma;
            break;
          }
          [[fallthrough]];
        case key_next:
          if (!key(i)) return false;
          expects = colon;
          break;
        case first_value:
          if (c == ']') {
            close(where + 1);
            expects = comma;
            break;
          }
          [[fallthrough]];
        case value:
          if (c == '{' || c == '[') {
            if (!open(where, c == '{')) return false;
            expects = c == '{' ? first_key : first_value;
          } else if (c == ']' || c == '}' || c == ',' || c == ':') {
            return wrong(where, "lacks a value");
          } else {
            if (!scalar(i)) return false;
            expects = comma;
          }
      }
    }
    if (!open_.empty() || expects != comma) return wrong(bytes_.size(), "ends too early");
    tree_.nodes_[0].begin |= Tree::last;
    return true;
  }

  JsonTokens& tokens_;
  const std::string& bytes_;
  const Limits& limits_;
  Tree tree_;
  std::vector<Open> open_;
  std::uint32_t key_ = 0;
  Diagnostics wrong_;
};

Result<Tree> json_tree(const std::string& file, const std::string& bytes, const Limits& limits) {
  JsonTokens tokens(file, bytes, limits);
  if (auto found = tokens.find(); !found) return tl::unexpected(found.error());
  return json_tree(tokens, bytes, limits);
}

Result<Tree> json_tree(JsonTokens& tokens, const std::string& bytes, const Limits& limits) {
  return JsonTreeBuilder(tokens, bytes, limits).build();
}

}  // namespace duolex::sbom
