#include "rules/lexer.h"

#include <algorithm>
#include <string_view>

namespace duolex::rules {
namespace {

constexpr std::size_t file_limit = 4u << 20;

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '/' || c == '#' || c == '-' || c == '~';
}

bool starts_word(char c) { return is_word_byte(c) && c != '#' && c != '/' && c != '.' && c != '-' && c != '~'; }

bool valid_utf8(const std::string& s, std::size_t& bad) {
  for (std::size_t i = 0; i < s.size();) {
    const auto c = static_cast<unsigned char>(s[i]);
    const std::size_t n = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
    bad = i;
    if (n == 0 || c == 0xc0 || c == 0xc1 || i + n > s.size()) return false;
    std::uint32_t code = n == 1 ? c : c & (0xffu >> (n + 1));
    for (std::size_t k = 1; k < n; ++k) {
      const auto d = static_cast<unsigned char>(s[i + k]);
      if ((d & 0xc0) != 0x80) return false;
      code = code << 6 | (d & 0x3fu);
    }
    if ((n == 3 && code < 0x800) || (n == 4 && (code < 0x10000 || code > 0x10ffff)) ||
        (code >= 0xd800 && code < 0xe000))
      return false;
    i += n;
  }
  return true;
}

class Splitter {
 public:
  Splitter(const SourceFile& file, Diagnostics& out, const std::vector<std::string_view>& left_out)
      : file_(file), text_(file.text), out_(out), left_out_(left_out) {}

  std::vector<Declaration> run() {
    std::size_t bad = 0;
    if (text_.size() > file_limit) {
      out_.push_back(error_in(file_.path, "the file is larger than 4 MiB"));
      return {};
    }
    if (!valid_utf8(text_, bad)) {
      error(bad, bad + 1, "this is not UTF-8");
      return {};
    }
    for (std::size_t at = 0; at < text_.size();) {
      std::size_t end = text_.find('\n', at);
      if (end == std::string::npos) end = text_.size();
      line(at, end > at && text_[end - 1] == '\r' ? end - 1 : end);
      at = end + 1;
    }
    return std::move(declarations_);
  }

 private:
  void error(std::size_t begin, std::size_t end, const std::string& message,
             const std::string& hint = "") {
    out_.push_back(error_at(file_.path, text_, begin, end, message, hint));
  }

  void line(std::size_t at, std::size_t end) {
    ++line_;
    if (leaves_out(at, end)) return;
    std::size_t first = at;
    while (first < end && text_[first] == ' ') ++first;
    Item item;
    item.indent = static_cast<std::uint32_t>(first - at);
    for (std::size_t i = first; i < end;) {
      const char c = text_[i];
      if (c == ' ') {
        ++i;
      } else if (c == '#') {
        break;
      } else if (c == '\t') {
        error(i, i + 1, "a tab; indent with spaces");
        return;
      } else if (c == '"') {
        i = string(i, end, item);
      } else if (starts_word(c)) {
        std::size_t stop = i;
        while (stop < end && is_word_byte(text_[stop])) ++stop;
        add(item, Token::Kind::word, i, stop);
        i = stop;
      } else if ((c == '<' || c == '>') && i + 1 < end && text_[i + 1] == '=') {
        add(item, Token::Kind::symbol, i, i + 2);
        i += 2;
      } else if (std::string_view(",:(){}<>").find(c) != std::string_view::npos) {
        add(item, Token::Kind::symbol, i, i + 1);
        ++i;
      } else {
        error(i, i + 1, "this character has no meaning here");
        return;
      }
    }
    if (item.tokens.empty()) return;
    std::size_t counted = at;
    std::uint32_t column = 1;
    for (Token& token : item.tokens) {
      for (; counted < token.begin; ++counted)
        if ((static_cast<unsigned char>(text_[counted]) & 0xc0) != 0x80) ++column;
      token.line = line_;
      token.column = column;
    }
    place(std::move(item));
  }

  // Whether the line belongs to a declaration that is left out.
  bool leaves_out(std::size_t at, std::size_t end) {
    if (left_out_.empty()) return false;
    const std::string_view line = std::string_view(text_).substr(at, end - at);
    if (!line.empty() && line[0] != ' ' && line[0] != '#')
      leaving_out_ = std::find(left_out_.begin(), left_out_.end(), line.substr(0, line.find(' '))) != left_out_.end();
    return leaving_out_;
  }

  Token& add(Item& item, Token::Kind kind, std::size_t begin, std::size_t end) const {
    Token& token = item.tokens.emplace_back();
    token.kind = kind;
    token.text = std::string_view(text_).substr(begin, end - begin);
    token.begin = static_cast<std::uint32_t>(begin);
    token.end = static_cast<std::uint32_t>(end);
    return token;
  }

  std::size_t string(std::size_t begin, std::size_t end, Item& item) {
    bool escapes = false;
    for (std::size_t i = begin + 1; i < end; ++i) {
      if (text_[i] == '"') {
        Token& token = add(item, Token::Kind::string, begin, i + 1);
        token.text = token.text.substr(1, token.text.size() - 2);
        token.escapes = escapes;
        return i + 1;
      }
      if (text_[i] == '\\' && i + 1 < end && (text_[i + 1] == '"' || text_[i + 1] == '\\')) {
        escapes = true;
        ++i;
      }
    }
    error(begin, end, "this string does not end on its line", "close it with \"");
    return end;
  }

  void place(Item item) {
    if (item.indent == 0) {
      declarations_.push_back({std::move(item), {}});
      base_ = 0;
      return;
    }
    if (declarations_.empty()) {
      error(item.tokens[0].begin, item.tokens[0].end, "an indented line before any declaration");
      return;
    }
    Declaration& owner = declarations_.back();
    Item& last = owner.items.empty() ? owner.head : owner.items.back();
    const bool open = last.tokens.back().kind == Token::Kind::symbol && last.tokens.back().text == ",";
    const bool text = item.tokens[0].kind == Token::Kind::string;
    const bool exception = item.tokens[0].kind == Token::Kind::word && item.tokens[0].text == "except";
    if (!open && !text && owner.items.empty()) base_ = item.indent;
    if (open || text || (!exception && item.indent > base_)) {
      last.tokens.insert(last.tokens.end(), item.tokens.begin(), item.tokens.end());
      return;
    }
    if (item.indent < base_) {
      error(item.tokens[0].begin, item.tokens[0].end,
            "this line is indented less than the first line of its declaration");
      return;
    }
    owner.items.push_back(std::move(item));
  }

  const SourceFile& file_;
  const std::string& text_;
  Diagnostics& out_;
  const std::vector<std::string_view>& left_out_;
  bool leaving_out_ = false;
  std::vector<Declaration> declarations_;
  std::uint32_t base_ = 0;
  std::uint32_t line_ = 0;
};

}  // namespace

std::string Token::said() const {
  if (!escapes) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
    out += text[i];
  }
  return out;
}

std::vector<Declaration> split(const SourceFile& file, Diagnostics& out, const std::vector<std::string_view>& left_out) {
  return Splitter(file, out, left_out).run();
}

}  // namespace duolex::rules
