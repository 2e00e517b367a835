#include "rules/parse_context.h"

namespace duolex::rules {

Span Cursor::span(std::size_t first, std::size_t last) const {
  const Token& from = tokens_[first < tokens_.size() ? first : tokens_.size() - 1];
  const Token& to = tokens_[last < tokens_.size() ? last : tokens_.size() - 1];
  return {file_.path, from.line, from.column, from.begin, to.end > from.begin ? to.end : from.begin + 1};
}

void Cursor::report_at(std::size_t token, const std::string& message, const std::string& hint) {
  const bool past = token >= tokens_.size();
  const std::size_t begin = past ? tokens_.back().end : tokens_[token].begin;
  const std::size_t end = past ? begin + 1 : tokens_[token].end;
  context_.errors.push_back(error_at(file_.path, file_.text, begin, end, message, hint));
}

void Cursor::fail_at(std::size_t token, const std::string& message, const std::string& hint) {
  report_at(token, message, hint);
  throw ItemError{};
}

void Cursor::fail_unknown(std::size_t token, const std::string& what,
                          const std::vector<std::string>& known) {
  const std::string text(tokens_[token].text);
  const std::string near = nearest_name(text, known);
  fail_at(token, "there is no " + what + " '" + text + "'",
          near.empty() ? "" : "did you mean '" + near + "'?");
}

Day Cursor::date() {
  if (is_word())
    if (const auto day = parse_day(peek())) {
      ++at_;
      return *day;
    }
  fail("expected a date that exists, as YYYY-MM-DD");
}

std::int64_t Cursor::number() {
  if (!is_word()) fail("expected a whole number");
  const std::string text(peek());
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
    fail("expected a whole number of at most nine digits");
  ++at_;
  return std::stoll(text);
}

Cites Cursor::cites() {
  Cites cites;
  do {
    const std::size_t token = at_;
    Cite cite{word("a provision id such as CRA/art/12/3"), {}};
    if (cite.provision.find('/') == std::string::npos)
      fail_at(token, "'" + cite.provision + "' is not a provision id",
              "a provision id reads like CRA/art/12/3");
    cite.span = span(token, token);
    cites.push_back(std::move(cite));
  } while (accept(","));
  return cites;
}

}  // namespace duolex::rules
