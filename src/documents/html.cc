#include "documents/html.h"

#include "documents/citation.h"
#include "documents/plain.h"

namespace duolex::documents {

Html& Html::open(const char* element, const char* attributes) {
  out_ += '<';
  out_ += element;
  if (*attributes != '\0') {
    out_ += ' ';
    out_ += attributes;
  }
  out_ += '>';
  open_.push_back(element);
  return *this;
}

Html& Html::close() {
  // Inline elements end without a line feed, which would show as a space.
  const std::string_view element = open_.back();
  const bool inline_element = element == "span" || element == "code" || element == "strong" || element == "a" || element == "time";
  out_ += "</";
  out_ += element;
  out_ += inline_element ? ">" : ">\n";
  open_.pop_back();
  return *this;
}

Html& Html::text(std::string_view text) {
  out_ += escaped(text);
  return *this;
}

Html& Html::with(const char* element, std::string_view content, const char* attributes) {
  return open(element, attributes).text(content).close();
}

Html& Html::raw(const char* markup) {
  out_ += markup;
  return *this;
}

Html& Html::png(std::string_view base64, std::string_view alternative) {
  constexpr const char* alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  if (!base64.starts_with("iVBORw0KGgo") || base64.find_first_not_of(alphabet) != std::string_view::npos) return *this;
  out_ += "<img alt=\"" + escaped(alternative) + "\" src=\"data:image/png;base64,";
  out_ += base64;
  out_ += "\">";
  return *this;
}

Html& Html::speak(const Tongue& tongue) {
  tongue_ = &tongue;
  return *this;
}

Html& Html::cites(const std::vector<std::string>& provisions) {
  std::vector<std::string> as_written;
  for (const std::string& id : provisions) as_written.push_back(tongue_ ? citation(id, *tongue_) : citation(id));
  return cites(provisions, as_written);
}

Html& Html::cites(const std::vector<std::string>& provisions, const std::vector<std::string>& as_written) {
  if (provisions.empty()) return *this;
  out_ += " <span class=\"cites\">";
  for (std::size_t i = 0; i < provisions.size(); ++i) {
    // The semicolon stands within: no line begins with one.
    const bool last = i + 1 == provisions.size();
    out_ += "<span class=\"cite\" title=\"" + escaped(provisions[i]) + "\">" + escaped(as_written[i]) + (last ? "</span>" : ";</span> ");
  }
  out_ += "</span>";
  return *this;
}

std::string Html::take() {
  while (!open_.empty()) close();
  return std::move(out_);
}

}  // namespace duolex::documents
