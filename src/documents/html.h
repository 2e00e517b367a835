// HTML by small steps: every text is escaped on its way in, elements are closed by the builder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duolex::documents {

[[nodiscard]] std::string escaped(std::string_view text);

class Html {
 public:
  // Attributes are written as given and must not come from a dossier.
  Html& open(const char* element, const char* attributes = "");
  Html& close();
  Html& text(std::string_view text);
  // An element with text only.
  Html& with(const char* element, std::string_view text, const char* attributes = "");
  Html& raw(std::string_view markup);  // markup of the program's own
  // Citations as small caps of their own: "[CRA/art/12/3, …]".
  Html& cites(const std::vector<std::string>& cites);
  [[nodiscard]] std::string take();

 private:
  std::string out_;
  std::vector<const char*> open_;
};

}  // namespace duolex::documents
