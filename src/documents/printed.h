// A joint document as what stands on paper, in order: the one source of its page, its PDF, its Word file and its JSON,
// so that all of them say the same.
#pragma once

#include <string>
#include <vector>

#include "documents/joint_file.h"

namespace duolex::documents {

// A sheet with a wider table lies across, on paper and for word processors.
inline constexpr std::size_t most_columns_upright = 6;

struct PrintedTable {
  using Pieces = std::vector<Tongue::Piece>;
  Pieces caption;
  std::vector<Pieces> head;
  std::vector<std::vector<Pieces>> rows;
};

struct Block {
  enum class Kind {
    watermark,  // that it is a draft
    title,      // of the document
    lead,       // product and release
    aside,      // who, when, how much
    part,       // heading of a part
    item,       // heading of an item; what follows belongs to it
    basis,      // its id and provisions
    gap,        // that it is missing or undecided
    paragraph,
    table,
    source,     // where it is from, or why it does not apply
    footer
  } kind = Kind::paragraph;
  std::vector<Tongue::Piece> text;
  std::vector<std::string> cites;  // basis: provision ids
  std::vector<std::string> cited;  // the same as they are written in the document's language
  std::string strong;              // source: printed behind it in brackets and bold; footer: a hash
  bool missing = false;            // item
  PrintedTable table;

  // As it reads: "file.purpose CRA Annex VII point 1(a); AI Act Annex IV point 1(a)".
  [[nodiscard]] std::string plain() const;
};

struct Printed {
  std::string document, language, title, product;
  Day as_of;
  bool draft = false;
  std::vector<Block> blocks;
};

[[nodiscard]] Printed printed(const JointFile& file, const std::string& document, const Tongue& tongue, bool draft);
[[nodiscard]] std::string plain_text(const std::vector<Tongue::Piece>& pieces);

// As a page. For paper: with a style sheet of its own, without what only a screen has.
enum class Medium { screen, paper };
[[nodiscard]] std::string to_html(const Printed& printed, Medium medium = Medium::screen);

}  // namespace duolex::documents
