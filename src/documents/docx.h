// A joint document as a file for word processors (Office Open XML, ISO/IEC 29500 transitional): headings, paragraphs and
// tables with repeated heads, in the document's language. The same document gives the same bytes.
#pragma once

#include <string>

#include "base/result.h"
#include "documents/printed.h"

namespace duolex::documents {

[[nodiscard]] Result<std::string> to_docx(const Printed& printed);

}  // namespace duolex::documents
