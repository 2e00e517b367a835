// Splits a .law file into declarations and their items (docs/formats/law.md, "Layout").
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "rules/rule_base.h"

namespace duolex::rules {

struct Token {
  enum class Kind : std::uint8_t { word, string, symbol } kind = Kind::word;
  std::string text;  // a string without its quotes and escapes
  std::size_t begin = 0, end = 0;  // bytes of the file
  std::uint32_t line = 0, column = 0;
};

struct Item {
  std::uint32_t indent = 0;  // columns before the first token
  std::vector<Token> tokens;
};

struct Declaration {
  Item head;
  std::vector<Item> items;
};

// Errors are added to `out`; what could be read is returned all the same.
[[nodiscard]] std::vector<Declaration> split(const SourceFile& file, Diagnostics& out);

}  // namespace duolex::rules
