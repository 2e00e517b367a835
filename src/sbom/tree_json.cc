#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "sbom/lines.h"
#include "sbom/tree.h"
#include "text/utf8.h"

namespace duolex::sbom {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(std::string_view s) {
  std::size_t i = s.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < s.size() && is_digit(s[i])) ++i;
    return i - from;
  };
  const bool zero = i < s.size() && s[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (i < s.size() && s[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < s.size() && (s[i] | 0x20) == 'e') {
    ++i;
    if (i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == s.size();
}

int hex(char c) {
  if (is_digit(c)) return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The code unit of "\uXXXX" at i, or -1.
int unit(std::string_view s, std::size_t i) {
  if (i + 6 > s.size() || s[i] != '\\' || s[i + 1] != 'u') return -1;
  int out = 0;
  for (std::size_t k = i + 2; k < i + 6; ++k) {
    if (hex(s[k]) < 0) return -1;
    out = out * 16 + hex(s[k]);
  }
  return out;
}

// The first escape that is none, or npos.
std::size_t bad_escape(std::string_view s) {
  for (std::size_t i = s.find('\\'); i < s.size(); i = s.find('\\', i)) {
    if (i + 1 >= s.size()) return i;
    if (s[i + 1] != 'u') {
      if (std::strchr("\"\\/bfnrt", s[i + 1]) == nullptr || s[i + 1] == '\0') return i;
      i += 2;
      continue;
    }
    const int first = unit(s, i);
    if (first < 0 || (first >= 0xdc00 && first < 0xe000)) return i;
    if (first >= 0xd800 && first < 0xdc00) {
      const int second = unit(s, i + 6);
      if (second < 0xdc00 || second >= 0xe000) return i;
      i += 6;
    }
    i += 6;
  }
  return std::string_view::npos;
}

// How many tokens there can be at most; a file with more is refused before memory is taken for them.
std::size_t tokens_at_most(std::string_view s) {
  std::size_t count = 0;
  for (const char c : s) count += (c == ',') + (c == ':') + ((c & ~0x26) == 0x59);  // 0x59: [ ] { } and some letters
  return count;
}

}  // namespace

// simdjson's first stage finds every token, checks UTF-8 and the ends of texts. Its second stage would copy
// all texts and forget where they stood; here the tokens become nodes instead.
class JsonTreeBuilder {
 public:
  JsonTreeBuilder(const std::string& file, const std::string& bytes, const Limits& limits)
      : bytes_(bytes), limits_(limits), lines_(file, bytes) {
    tree_.bytes_ = bytes.data();
    tree_.length_ = bytes.size();
    base_ = bytes.starts_with("\xef\xbb\xbf") ? 3 : 0;
  }

  Result<Tree> build() {
    const std::size_t length = bytes_.size() - base_;
    if (bytes_.size() > std::min<std::size_t>(limits_.bytes, Tree::low)) return at(0, "is larger than is read");
    if (length == 0) return at(0, "is empty");
    if (length > (1U << 20) && tokens_at_most(bytes_) > 8 * limits_.nodes) return at(0, "holds more values than are read");
    const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes_.data() + base_);
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(length, 1, tokens_) != simdjson::SUCCESS)
      return at(0, "is larger than there is memory for");
    if (const auto error = tokens_->stage1(begin, length, simdjson::stage1_mode::regular); error != simdjson::SUCCESS) return stage_one(error);
    count_ = tokens_->n_structural_indexes;
    tree_.nodes_.reserve(count_ / 3 + 1);
    const void* backslash = std::memchr(bytes_.data(), '\\', bytes_.size());
    next_escape_ = backslash == nullptr ? bytes_.size() : static_cast<std::size_t>(static_cast<const char*>(backslash) - bytes_.data());
    if (!values()) return failure(std::move(wrong_));
    tokens_.reset();
    return std::move(tree_);
  }

 private:
  Failure at(std::size_t where, const std::string& what) { return failure(lines_.error(where, where + 1, "this JSON " + what)); }

  // stage 1 says what is wrong but not where.
  Failure stage_one(simdjson::error_code error) {
    if (error == simdjson::UTF8_ERROR) {
      const auto bad = text::find_bad_encoding(std::string_view(bytes_).substr(base_));
      return at(base_ + (bad ? bad->at : 0), "is not UTF-8");
    }
    if (error == simdjson::EMPTY) return at(bytes_.size(), "is empty");
    bool inside = false;
    std::size_t opened = 0;
    for (std::size_t i = base_; i < bytes_.size(); ++i) {
      const char c = bytes_[i];
      if (!inside) {
        if (c == '"') inside = true, opened = i;
      } else if (c == '\\') {
        ++i;
      } else if (c == '"') {
        inside = false;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return at(i, "has a control character in a text");
      }
    }
    return at(opened, inside ? "has a text that does not end" : "cannot be read");
  }

  [[nodiscard]] std::size_t position(std::size_t token) const { return base_ + tokens_->structural_indexes[token]; }

  // The end of the scalar at a token: before the space before the next token.
  [[nodiscard]] std::size_t scalar_end(std::size_t token) const {
    std::size_t end = token + 1 < count_ ? position(token + 1) : bytes_.size();
    while (is_space(bytes_[end - 1])) --end;
    return end;
  }

  bool wrong(std::size_t where, const std::string& what) {
    wrong_ = at(where, what).value();
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
    const std::size_t begin = position(token), end = scalar_end(token);
    if (bytes_[begin] == '"') {
      std::uint32_t flags = 0;
      return text(begin, end, flags) && push(Kind::text, begin, end, flags);
    }
    const std::string_view raw = std::string_view(bytes_).substr(begin, end - begin);
    if (raw == "true" || raw == "false") return push(Kind::boolean, begin, end);
    if (raw == "null") return push(Kind::null, begin, end);
    if (is_number(raw)) return push(Kind::number, begin, end);
    return wrong(begin, "has something that is no value");
  }

  // With its quotes. Texts come in the order of the file, and so do backslashes.
  bool text(std::size_t begin, std::size_t end, std::uint32_t& flags) {
    if (end - begin < 2 || bytes_[end - 1] != '"') return wrong(begin, "has a text that is followed by something else");
    if (next_escape_ >= end) return true;
    flags = Tree::escaped;
    const std::string_view inner = std::string_view(bytes_).substr(begin + 1, end - begin - 2);
    if (const std::size_t bad = bad_escape(inner); bad != std::string_view::npos) return wrong(begin + 1 + bad, "has an escape that is none");
    next_escape_ = std::min(bytes_.find('\\', end), bytes_.size());
    return true;
  }

  bool key(std::size_t token) {
    const std::size_t begin = position(token);
    if (bytes_[begin] != '"') return wrong(begin, "lacks a key in quotes");
    const std::size_t end = scalar_end(token);
    std::uint32_t flags = 0;
    if (!text(begin, end, flags)) return false;
    const std::size_t length = end - begin - 2;
    key_ = static_cast<std::uint32_t>(begin + 1) |
           static_cast<std::uint32_t>(flags != 0 || length >= Tree::long_key ? Tree::long_key : length) << Tree::bits;
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
    for (std::size_t i = 0; i < count_; ++i) {
      const std::size_t where = position(i);
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

  const std::string& bytes_;
  const Limits& limits_;
  Lines lines_;
  Tree tree_;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> tokens_;
  std::size_t base_ = 0, count_ = 0;
  std::vector<Open> open_;
  std::uint32_t key_ = 0;
  std::size_t next_escape_ = 0;
  Diagnostics wrong_;
};

Result<Tree> json_tree(const std::string& file, const std::string& bytes, const Limits& limits) {
  return JsonTreeBuilder(file, bytes, limits).build();
}

}  // namespace duolex::sbom
