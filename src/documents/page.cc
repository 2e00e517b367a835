#include "documents/page.h"

#include "documents/plain.h"

namespace duolex::documents {

void Page::say(const Said& what) {
  for (const Tongue::Piece& piece : tongue.pieces(what))
    if (piece.english && !english()) {
      h.with("span", piece.text, "lang=\"en\"");
    } else {
      h.text(piece.text);
    }
}

void Page::with(const char* element, const Said& what, const char* attributes) {
  h.open(element, attributes);
  say(what);
  h.close();
}

Said Page::value(const findings::Finding& finding) const { return english() ? data(in_words(finding)) : finding_said(finding); }
Said Page::value(const std::string& text) const { return english() ? data(in_words(text)) : text_said(text); }
Said Page::reason(const plan::Reason& reason) const { return english() ? data(reason.text) : words_said(reason.words); }

void Page::section(const char* id, const Said& title) {
  h.raw("<section aria-labelledby=\"").raw(id).raw("\">\n<h2 id=\"").raw(id).raw("\">");
  say(title);
  h.raw("</h2>\n");
}

void Page::table(const Said& caption, std::initializer_list<Column> columns) {
  h.open("table");
  with("caption", caption, "class=\"unseen\"");
  h.raw("<thead><tr>");
  for (const Column& c : columns) {
    h.raw("<th scope=\"col\" class=\"").raw(c.name).raw("\">");
    say(c.title);
    h.raw("</th>");
  }
  h.raw("</tr></thead>\n").open("tbody");
}

void Page::end_table() { h.close().close(); }

void Page::cell(const Said& label) { h.raw("<td data-label=\"").text(tongue(label)).raw("\">"); }

void Page::tag(const char* name, const Said& text) {
  h.raw("<span class=\"tag ").raw(name).raw("\">");
  say(text);
  h.raw("</span>");
}

void Page::reasons(const std::vector<plan::Reason>& reasons) {
  if (reasons.empty()) return;
  h.open("ul", "class=\"reasons\"");
  for (const plan::Reason& r : reasons) {
    h.open("li");
    say(reason(r));
    h.cites(r.cites);
    this->reasons(r.because);
    h.close();
  }
  h.close();
}

}  // namespace duolex::documents
