// The duty matrix on paper: for a terminal, as a page, as tables for spreadsheets, for programs and as an OSCAL
// mapping collection.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/text_style.h"
#include "documents/tongue.h"
#include "plan/matrix.h"

namespace duolex::documents {

// The matrix with what its head says.
struct MatrixDocument {
  plan::Matrix matrix;
  std::string product, release, who;  // `who`: whose duties, as asked for
  Day as_of;
  std::string law_sha256;
};

// "47 duties of which 31 are answered by 14 joint controls; 16 stand alone".
[[nodiscard]] std::string matrix_sentence(const plan::Matrix& matrix);
struct MatrixCounts {
  std::size_t merged = 0;  // duties that joint controls answer
};
[[nodiscard]] MatrixCounts counts_of(const plan::Matrix& matrix);

// "leaf 3: scan passed, current", for tables and text; the hash is cut to its first twelve digits.
[[nodiscard]] std::string in_words(const plan::RowEvidence& evidence);
// "fresh, not tested: model.backdoor"
[[nodiscard]] std::string evidence_words(const plan::MatrixRow& row);

[[nodiscard]] std::string matrix_text(const MatrixDocument& document, const TextStyle& style);
[[nodiscard]] std::string matrix_json(const MatrixDocument& document);
// In a language of the documents. What its catalogue lacks is printed in English and marked as such.
[[nodiscard]] std::string matrix_html(const MatrixDocument& document, const Tongue& tongue = {});
// RFC 4180, one line for each duty of each row.
[[nodiscard]] std::string matrix_csv(const MatrixDocument& document);
// OSCAL 1.2.1 mapping collection: source the duties, target the controls. Ids are derived from the content.
[[nodiscard]] std::string matrix_oscal(const MatrixDocument& document);
// Writes a workbook at `path`; the same document gives the same bytes.
[[nodiscard]] Result<void> write_matrix_xlsx(const MatrixDocument& document, const std::filesystem::path& path);

// The cells of the tables, shared by CSV and workbook: a head, then one line for each duty of each row.
[[nodiscard]] std::vector<std::vector<std::string>> matrix_table(const MatrixDocument& document);

}  // namespace duolex::documents
