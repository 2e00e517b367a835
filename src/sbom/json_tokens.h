// The tokens of a JSON document: where each begins, with UTF-8 and the ends of texts checked. What stands between
// them, and their order, is for the reader to hold to the rules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sbom/lines.h"
#include "sbom/sbom.h"
#include "sbom/token_scan.h"

namespace duolex::sbom {

class JsonTokens {
 public:
  // All must outlive this. A byte-order mark before the document is passed over.
  JsonTokens(const std::string& file, const std::string& bytes, const Limits& limits);
  JsonTokens(const JsonTokens&) = delete;
  JsonTokens& operator=(const JsonTokens&) = delete;

  [[nodiscard]] Result<void> find();

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t position(std::size_t token) const { return base_ + indexes_[token]; }
  // The end of the scalar at a token: before the space before the next token.
  [[nodiscard]] std::size_t scalar_end(std::size_t token) const {
    std::size_t end = token + 1 < count_ ? position(token + 1) : bytes_.size();
    while (is_space(bytes_[end - 1])) --end;
    return end;
  }
  // Without the base, and behind the last token the length of the document.
  [[nodiscard]] const std::uint32_t* offsets() const { return indexes_; }
  [[nodiscard]] std::size_t base() const { return base_; }
  // Nothing before this place has an escape that was not looked at.
  [[nodiscard]] std::size_t next_escape() const { return next_escape_; }
  // To pass over tokens: those to keep are moved forward, in their order, and then the list is cut. The token behind
  // a scalar must stay.
  void move(std::size_t from, std::size_t to) { indexes_[to] = indexes_[from]; }
  void cut(std::size_t count) {
    count_ = count;
    next_escape_ = first_escape_;
  }

  // Whether [begin, end), quotes included, is a text without a broken escape; `escaped` says whether it has any. To
  // be asked in the order of the file.
  [[nodiscard]] bool good_text(std::size_t begin, std::size_t end, bool& escaped) {
    if (end - begin < 2 || bytes_[end - 1] != '"') return false;
    escaped = next_escape_ < end;
    return !escaped || good_escapes(begin, end);
  }
  // true, false, null, a number, or none of these.
  enum class Plain : std::uint8_t { boolean, null, number, none };
  [[nodiscard]] Plain plain(std::size_t begin, std::size_t end) const;
  // Why good_text() said no.
  [[nodiscard]] Failure bad_text(std::size_t begin, std::size_t end);
  [[nodiscard]] Failure at(std::size_t where, const std::string& what);

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  [[nodiscard]] bool good_escapes(std::size_t begin, std::size_t end);
  [[nodiscard]] Failure not_found(ScanEnd end);

  const std::string& bytes_;
  const Limits& limits_;
  Lines lines_;
  FoundTokens found_;
  std::uint32_t* indexes_ = nullptr;
  std::size_t base_ = 0, count_ = 0;
  std::size_t first_escape_ = 0, next_escape_ = 0;
};

}  // namespace duolex::sbom
