// What the parsing passes share: the names declared anywhere, the rule base being filled, the
// errors found so far, and a cursor over the tokens of one item. Internal to src/rules.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/lexer.h"
#include "rules/rule_base.h"

namespace duolex::rules {

struct ValueList {
  std::vector<std::string> values;
  Span span;
};

struct ParseContext {
  RuleBase base;
  Diagnostics errors;
  std::unordered_map<std::string, Index> text_by_id, day_by_id, ambiguity_by_id;
  std::unordered_map<std::string, ValueList> lists;
  std::unordered_map<std::string, Span> declared;  // every id, where it is first declared
};

// Thrown within one item only, caught by the item loop; never leaves src/rules.
struct ItemError {};

class Cursor {
 public:
  Cursor(ParseContext& context, const SourceFile& file, const std::vector<Token>& tokens)
      : context_(context), file_(file), tokens_(tokens) {}

  [[nodiscard]] bool at_end() const { return at_ >= tokens_.size(); }
  [[nodiscard]] bool is(const char* text) const { return is(0, text); }
  [[nodiscard]] bool is(std::size_t ahead, const char* text) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].kind != Token::Kind::string &&
           tokens_[at_ + ahead].text == text;
  }
  [[nodiscard]] bool is_string() const {
    return !at_end() && tokens_[at_].kind == Token::Kind::string;
  }
  [[nodiscard]] bool is_word(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].kind == Token::Kind::word;
  }
  [[nodiscard]] std::string_view peek(std::size_t ahead = 0) const { return tokens_[at_ + ahead].text; }
  [[nodiscard]] std::string_view peek_back(std::size_t back) const { return tokens_[at_ - back].text; }
  bool accept(const char* text) {
    if (!is(text)) return false;
    ++at_;
    return true;
  }
  bool accept(const char* first, const char* second) {
    if (!is(first) || !is(1, second)) return false;
    at_ += 2;
    return true;
  }
  void skip(std::size_t count = 1) { at_ += count; }

  void expect(const char* text) {
    if (!accept(text)) fail(std::string("expected '") + text + "'");
  }
  std::string word(const char* what) {
    if (!is_word()) fail(std::string("expected ") + what);
    return std::string(tokens_[at_++].text);
  }
  std::string strings(const char* what) {
    if (!is_string()) fail(std::string("expected ") + what + " in quotation marks");
    std::string text = tokens_[at_++].said();
    while (is_string()) text += " " + tokens_[at_++].said();
    return text;
  }
  Day date();
  std::int64_t number();
  Cites cites();  // after the word "cite"
  void expect_end() {
    if (!at_end()) fail("this does not belong here");
  }

  [[nodiscard]] Span span_here() const { return span(at_, at_); }
  [[nodiscard]] Span span_of(std::size_t first, std::size_t last) const { return span(first, last); }
  [[nodiscard]] Span span_all() const { return span(0, tokens_.size() - 1); }
  [[nodiscard]] std::size_t position() const { return at_; }

  // Reports at the current token (or the one given) and gives the item up.
  [[noreturn]] void fail(const std::string& message, const std::string& hint = "") {
    fail_at(at_, message, hint);
  }
  [[noreturn]] void fail_at(std::size_t token, const std::string& message,
                            const std::string& hint = "");
  [[noreturn]] void fail_unknown(std::size_t token, const std::string& what,
                                 const std::vector<std::string>& known);
  void report_at(std::size_t token, const std::string& message, const std::string& hint = "");

  ParseContext& context() { return context_; }

 private:
  [[nodiscard]] Span span(std::size_t first, std::size_t last) const;

  ParseContext& context_;
  const SourceFile& file_;
  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
};

// parse_condition.cc
[[nodiscard]] Condition parse_condition(Cursor& cursor);
[[nodiscard]] DayRef parse_day_ref(Cursor& cursor);
[[nodiscard]] std::uint64_t parse_members(Cursor& cursor, const Type& type);  // "a, b, c"
[[nodiscard]] Value parse_value(Cursor& cursor, const Type& type);
[[nodiscard]] Expression parse_expression(Cursor& cursor, const Type& type);
[[nodiscard]] Condition negate(Condition condition);

// parse_names.cc: the heads of all declarations, so that every name is known before bodies are read.
struct Located {
  const SourceFile* file;
  const Declaration* declaration;
  enum class What : std::uint8_t {
    text, list, fact, state, day, rule, ambiguity, invariant, warning, note, duty, control, item
  } what;
  Index index = no_index;
};
[[nodiscard]] std::vector<Located> declare_names(
    const std::vector<std::pair<const SourceFile*, std::vector<Declaration>>>& files,
    ParseContext& context);
[[nodiscard]] Type parse_type(Cursor& cursor);

// parse_bodies.cc
void parse_bodies(const std::vector<Located>& declarations, ParseContext& context);

// order.cc: refuses circles, puts rules after what they use, and fills the look-up tables.
void order_rules(ParseContext& context);

}  // namespace duolex::rules
