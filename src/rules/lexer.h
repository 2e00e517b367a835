// Splits a .law file into declarations and their items (docs/formats/law.md, "Layout").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "rules/rule_base.h"

namespace duolex::rules {

struct Token {
  enum class Kind : std::uint8_t { word, string, symbol } kind = Kind::word;
  bool escapes = false;            // a string with a backslash in it
  std::string_view text;           // in the file's text; a string without its quotes, escapes as written
  std::uint32_t begin = 0, end = 0;  // bytes of the file
  std::uint32_t line = 0, column = 0;
  // Of a string, what it says.
  [[nodiscard]] std::string said() const;
};

struct Item {
  std::uint32_t indent = 0;  // columns before the first token
  std::vector<Token> tokens;
};

struct Declaration {
  Item head;
  std::vector<Item> items;
};

// Errors are added to `out`; what could be read is returned all the same. Declarations that begin with one of the words
// of `left_out` are passed over unread. Tokens look into the text of `file`, which outlives them.
[[nodiscard]] std::vector<Declaration> split(const SourceFile& file, Diagnostics& out,
                                             const std::vector<std::string_view>& left_out = {});

}  // namespace duolex::rules
