// The look of report.html on screen and on paper. Internal to src/documents.
#pragma once

namespace duolex::documents {

[[nodiscard]] const char* report_style();

}  // namespace duolex::documents
