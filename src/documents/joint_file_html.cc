// A joint document as a page.
#include <algorithm>

#include "documents/html.h"
#include "documents/joint_file.h"
#include "documents/style.h"

namespace duolex::documents {
namespace {

using State = BoundItem::State;

class Writer {
 public:
  Writer(const JointFile& file, const Tongue& tongue) : file_(file), tongue_(tongue) {}

  std::string page(const std::string& document, bool draft) {
    const std::string title = document_title(document);
    h_.raw("<!DOCTYPE html>\n<html lang=\"").text(tongue_.language()).raw("\">\n").open("head");
    h_.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    h_.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    h_.with("title", tongue_(title) + ": " + file_.product);
    h_.open("style").raw(report_style()).close().close();
    h_.open("body", draft ? "class=\"draft\"" : "").open("main", "class=\"document\"");
    if (draft) say("p", said("Draft. Not signed, and not to be passed on as a declaration or as evidence."), "class=\"watermark\" role=\"note\"");
    say("h1", said(title));
    head(document);
    int part = 0;
    for (const BoundItem& item : file_.items) {
      if (item.document != document) continue;
      if (item.part != part) {
        part = item.part;
        const std::string about = part_title(document, part);
        const Said number = data(std::to_string(part));
        say("h2", about.empty() ? said("Part {number}", {{"number", number}}) : said("Part {number}: {about}", {{"number", number}, {"about", said(about)}}));
      }
      write(item);
    }
    h_.open("footer").open("p", "class=\"aside\"").text(tongue_("Rule base (SHA-256)") + " ").with("code", file_.law_sha256);
    h_.raw("<br>").text(tongue_("Facts (SHA-256)") + " ").with("code", file_.facts_sha256).close().close();
    h_.close().close().raw("</html>\n");
    return h_.take();
  }

 private:
  void pieces(const Said& s) {
    for (const Tongue::Piece& piece : tongue_.pieces(s))
      if (piece.english) {
        h_.with("span", piece.text, "lang=\"en\"");
      } else {
        h_.text(piece.text);
      }
  }
  void say(const char* element, const Said& s, const char* attributes = "") {
    h_.open(element, attributes);
    pieces(s);
    h_.close();
  }

  void head(const std::string& document) {
    h_.open("p", "class=\"lead\"").text(file_.product);
    if (!file_.release.empty()) {
      h_.text(", ");
      pieces(said("release {version}", {{"version", data(file_.release)}}));
    }
    h_.close();
    h_.open("p", "class=\"aside\"").text(file_.manufacturer.empty() ? "" : file_.manufacturer + ". ");
    pieces(said("As of {day}.", {{"day", on_day(file_.as_of)}}));
    h_.close();
    if (document.ends_with("declaration")) return;
    const ItemCounts c = count_items(file_, document);
    say("p", said("Items: {given} given, {missing} missing, {not_applicable} not applicable, {undecided} undecided.",
                  {{"given", data(std::to_string(c.given))}, {"missing", data(std::to_string(c.missing))},
                   {"not_applicable", data(std::to_string(c.not_applicable))}, {"undecided", data(std::to_string(c.undecided))}}),
        "class=\"aside\"");
  }

  void content(const BoundItem& item) {
    for (const Said& paragraph : item.content) say("p", paragraph);
    for (const ItemTable& t : item.tables) {
      h_.open("table");
      say("caption", t.caption);
      h_.open("thead").open("tr");
      for (const Said& s : t.head) say("th", s, "scope=\"col\"");
      h_.close().close().open("tbody");
      for (const auto& row : t.rows) {
        h_.open("tr");
        for (std::size_t i = 0; i < row.size(); ++i) say(i == 0 ? "th" : "td", row[i], i == 0 ? "scope=\"row\" class=\"plain\"" : "");
        h_.close();
      }
      h_.close().close();
    }
  }

  void write(const BoundItem& item) {
    h_.open("section", item.state == State::missing ? "class=\"item missing\"" : "class=\"item\"");
    say("h3", said(item.title));
    h_.open("p", "class=\"basis\"").with("code", item.id).cites(item.cites).close();
    switch (item.state) {
      case State::missing:
        say("p", said("Missing: nothing in the dossier substantiates this item."), "class=\"gap\"");
        content(item);
        break;
      case State::undecided: say("p", said("Undecided: open questions decide whether the law asks for this item."), "class=\"gap\""); break;
      case State::not_applicable: say("p", said("Not applicable: {why}", {{"why", item.source}})); break;
      case State::given:
        content(item);
        if (item.source.empty()) break;
        h_.open("p", "class=\"aside\"");
        pieces(said("Source: {where}", {{"where", item.source}}));
        if (!item.substantiated) h_.text(" (").with("strong", tongue_("unsubstantiated")).text(")");
        h_.close();
        break;
    }
    h_.close();
  }

  const JointFile& file_;
  const Tongue& tongue_;
  Html h_;
};

}  // namespace

std::string document_html(const JointFile& file, const std::string& document, const Tongue& tongue, bool draft) {
  return Writer(file, tongue).page(document, draft);
}

}  // namespace duolex::documents
