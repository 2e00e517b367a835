// HTML by small steps: every text is escaped on its way in, elements are closed by the builder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "documents/plain.h"

namespace duolex::documents {

class Tongue;

class Html {
 public:
  // Attributes are written as given: literals of the program, never what comes from a dossier or the law.
  Html& open(const char* element, const char* attributes = "");
  Html& close();
  Html& text(std::string_view text);
  // An element with text only.
  Html& with(const char* element, std::string_view text, const char* attributes = "");
  Html& raw(const char* markup);  // markup of the program's own
  // A picture in the page itself. Nothing is written unless `base64` is the base64 of a PNG.
  Html& png(std::string_view base64, std::string_view alternative);
  // The language of what follows, English at first. It must live as long as this.
  Html& speak(const Tongue& tongue);
  // " CRA Art. 12(3); AI Act Art. 43(2)", each with its id as title.
  Html& cites(const std::vector<std::string>& provisions);
  Html& cites(const std::vector<std::string>& provisions, const std::vector<std::string>& as_written);
  [[nodiscard]] std::string take();

 private:
  const Tongue* tongue_ = nullptr;
  std::string out_;
  std::vector<const char*> open_;
};

}  // namespace duolex::documents
