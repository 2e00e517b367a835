#include "documents/html.h"

namespace duolex::documents {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

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
  out_ += "</";
  out_ += open_.back();
  out_ += ">\n";
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

Html& Html::raw(std::string_view markup) {
  out_ += markup;
  return *this;
}

Html& Html::cites(const std::vector<std::string>& cites) {
  if (cites.empty()) return *this;
  out_ += " <span class=\"cites\">";
  for (std::size_t i = 0; i < cites.size(); ++i) {
    if (i != 0) out_ += " ";
    out_ += "<span class=\"cite\">" + escaped(cites[i]) + "</span>";
  }
  out_ += "</span>";
  return *this;
}

std::string Html::take() {
  while (!open_.empty()) close();
  return std::move(out_);
}

}  // namespace duolex::documents
