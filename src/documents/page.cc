#include "documents/page.h"

#include "documents/plain.h"

namespace duolex::documents {

void Page::section(const char* id, const char* title) {
  h.raw("<section aria-labelledby=\"").raw(id).raw("\">\n<h2 id=\"").raw(id).raw("\">").text(title).raw("</h2>\n");
}

void Page::table(const char* caption, std::initializer_list<Column> columns) {
  h.open("table").with("caption", caption, "class=\"unseen\"");
  h.raw("<thead><tr>");
  for (const Column& c : columns) h.raw("<th scope=\"col\" class=\"").raw(c.name).raw("\">").text(c.title).raw("</th>");
  h.raw("</tr></thead>\n").open("tbody");
}

void Page::end_table() { h.close().close(); }

void Page::cell(const char* label) { h.raw("<td data-label=\"").raw(label).raw("\">"); }

void Page::tag(const char* name, std::string_view text) {
  h.raw("<span class=\"tag ").raw(name).raw("\">").text(text).raw("</span>");
}

void Page::reasons(const std::vector<plan::Reason>& reasons) {
  if (reasons.empty()) return;
  h.open("ul", "class=\"reasons\"");
  for (const plan::Reason& r : reasons) {
    h.open("li").text(r.text).cites(r.cites);
    this->reasons(r.because);
    h.close();
  }
  h.close();
}

}  // namespace duolex::documents
