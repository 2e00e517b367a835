// The look of report.html on screen and on paper. Internal to src/documents.
#pragma once

namespace duolex::documents {

[[nodiscard]] const char* report_style();
// Of the joint documents as PDF: what the printer of src/workspace/print_pdf.h understands, and nothing else.
[[nodiscard]] const char* paper_style();

}  // namespace duolex::documents
