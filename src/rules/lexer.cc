#include "rules/lexer.h"

namespace duolex::rules {
namespace {

constexpr std::size_t file_limit = 4u << 20;

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '/' || c == '#' || c == '-' || c == '~';
}

bool starts_word(char c) { return is_word_byte(c) && std::string("#/.-~").find(c) == std::string::npos; }

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
  Splitter(const SourceFile& file, Diagnostics& out) : file_(file), text_(file.text), out_(out) {}

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
        item.tokens.push_back({Token::Kind::word, text_.substr(i, stop - i), i, stop, 0, 0});
        i = stop;
      } else if ((c == '<' || c == '>') && i + 1 < end && text_[i + 1] == '=') {
        item.tokens.push_back({Token::Kind::symbol, text_.substr(i, 2), i, i + 2, 0, 0});
        i += 2;
      } else if (std::string(",:(){}<>").find(c) != std::string::npos) {
        item.tokens.push_back({Token::Kind::symbol, std::string(1, c), i, i + 1, 0, 0});
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

  std::size_t string(std::size_t i, std::size_t end, Item& item) {
    Token token{Token::Kind::string, "", i, i, 0, 0};
    for (++i; i < end; ++i) {
      if (text_[i] == '"') {
        token.end = i + 1;
        item.tokens.push_back(std::move(token));
        return i + 1;
      }
      if (text_[i] == '\\' && i + 1 < end && (text_[i + 1] == '"' || text_[i + 1] == '\\')) ++i;
      token.text += text_[i];
    }
    error(token.begin, end, "this string does not end on its line", "close it with \"");
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
      for (Token& token : item.tokens) last.tokens.push_back(std::move(token));
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
  std::vector<Declaration> declarations_;
  std::uint32_t base_ = 0;
  std::uint32_t line_ = 0;
};

}  // namespace

std::vector<Declaration> split(const SourceFile& file, Diagnostics& out) {
  return Splitter(file, out).run();
}

}  // namespace duolex::rules
