#include <xlsxwriter.h>

#include <map>

#include "documents/matrix.h"
#include "documents/plain.h"

namespace duolex::documents {
namespace {

// Excel takes no more characters in a cell.
constexpr std::size_t longest_cell = 32'000;

const double column_widths[] = {28, 13, 46, 26, 46, 16, 14, 30, 11, 30, 30, 30, 18, 12, 12, 12, 24, 40, 30};

}  // namespace

Result<void> write_matrix_xlsx(const MatrixDocument& d, const std::filesystem::path& path) {
  lxw_workbook* book = workbook_new(path.c_str());
  if (book == nullptr) return failure(error_in(path.string(), "the workbook cannot be made"));
  lxw_doc_properties properties{};
  std::string title = "Duties and controls: " + plain(d.product);
  properties.title = title.data();
  properties.created = static_cast<time_t>(d.as_of.number) * 86400;  // not the clock: the same input, the same bytes
  workbook_set_properties(book, &properties);
  lxw_format* head = workbook_add_format(book);
  format_set_bold(head);
  format_set_text_wrap(head);
  lxw_format* body = workbook_add_format(book);
  format_set_text_wrap(body);
  format_set_align(body, LXW_ALIGN_VERTICAL_TOP);
  lxw_worksheet* about = workbook_add_worksheet(book, "About");
  const std::vector<std::pair<std::string, std::string>> facts = {
      {"Product", plain(d.product)}, {"Release", plain(d.release)}, {"Whose duties", d.who}, {"As of", to_string(d.as_of)},
      {"Rule base (SHA-256)", d.law_sha256}, {"In short", matrix_sentence(d.matrix)}};
  for (std::size_t i = 0; i < facts.size(); ++i) {
    worksheet_write_string(about, static_cast<lxw_row_t>(i), 0, facts[i].first.c_str(), head);
    worksheet_write_string(about, static_cast<lxw_row_t>(i), 1, facts[i].second.c_str(), body);
  }
  worksheet_set_column(about, 0, 0, 20, nullptr);
  worksheet_set_column(about, 1, 1, 90, nullptr);
  lxw_worksheet* sheet = workbook_add_worksheet(book, "Matrix");
  const auto table = matrix_table(d);
  for (std::size_t line = 0; line < table.size(); ++line)
    for (std::size_t cell = 0; cell < table[line].size(); ++cell) {
      std::string text = table[line][cell];
      if (text.size() > longest_cell) text = plain(text.substr(0, longest_cell)) + "…";
      worksheet_write_string(sheet, static_cast<lxw_row_t>(line), static_cast<lxw_col_t>(cell), text.c_str(), line == 0 ? head : body);
    }
  for (std::size_t c = 0; c < std::size(column_widths); ++c)
    worksheet_set_column(sheet, static_cast<lxw_col_t>(c), static_cast<lxw_col_t>(c), column_widths[c], nullptr);
  worksheet_freeze_panes(sheet, 1, 0);
  if (table.size() > 1)
    worksheet_autofilter(sheet, 0, 0, static_cast<lxw_row_t>(table.size() - 1), static_cast<lxw_col_t>(table[0].size() - 1));
  if (const lxw_error error = workbook_close(book); error != LXW_NO_ERROR)
    return failure(error_in(path.string(), std::string("cannot be written: ") + lxw_strerror(error)));
  return {};
}

}  // namespace duolex::documents
