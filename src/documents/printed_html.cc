// A joint document as a page.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "documents/html.h"
#include "documents/plain.h"
#include "documents/printed.h"
#include "documents/style.h"

namespace duolex::documents {
namespace {

using Kind = Block::Kind;

class Writer {
 public:
  Writer(const Printed& p, Medium medium) : p_(p), medium_(medium) {
    // On an upright sheet the columns of such a table would be narrower than the ids in them.
    for (const Block& b : p.blocks) wide_ = wide_ || b.table.head.size() > most_columns_upright;
  }

  std::string page() {
    h_.raw("<!DOCTYPE html>\n<html lang=\"").text(p_.language).raw("\">\n").open("head");
    h_.raw("<meta charset=\"utf-8\">\n");
    if (medium_ == Medium::screen) {
      h_.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
      h_.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    } else {
      // The day of the document, so that the same input gives the same bytes.
      for (const char* name : {"dcterms.created", "dcterms.modified"})
        h_.raw("<meta name=\"").raw(name).raw("\" content=\"").text(to_string(p_.as_of) + "T00:00:00Z").raw("\">\n");
      h_.raw("<meta name=\"generator\" content=\"duolex\">\n");
    }
    h_.with("title", p_.title);
    h_.open("style").raw(medium_ == Medium::screen ? report_style() : paper_style());
    if (medium_ == Medium::paper && wide_) h_.raw("@page{size:A4 landscape}\n");
    h_.close().close();
    h_.open("body", p_.draft ? "class=\"draft\"" : "").open("main", "class=\"document\"");
    bool item = false, footer = false;
    for (const Block& b : p_.blocks) {
      if (item && (b.kind == Kind::item || b.kind == Kind::part || b.kind == Kind::footer)) {
        h_.close();
        item = false;
      }
      if (b.kind == Kind::item) {
        h_.open("section", b.missing ? "class=\"item missing\"" : "class=\"item\"");
        item = true;
      }
      if (b.kind == Kind::footer && !footer) {
        h_.open("footer");
        footer = true;
      }
      write(b);
    }
    if (footer) h_.close();
    h_.close().close().raw("</html>\n");
    return h_.take();
  }

 private:
  void pieces(const std::vector<Tongue::Piece>& all) {
    for (const Tongue::Piece& piece : all)
      if (piece.english && p_.language != "en") {
        h_.with("span", piece.text, "lang=\"en\"");
      } else {
        h_.text(piece.text);
      }
  }
  void say(const char* element, const std::vector<Tongue::Piece>& text, const char* attributes = "") {
    h_.open(element, attributes);
    pieces(text);
    h_.close();
  }

  void write(const Block& b) {
    switch (b.kind) {
      case Kind::watermark: return say("p", b.text, "class=\"watermark\" role=\"note\"");
      case Kind::title: return say("h1", b.text);
      case Kind::lead: return say("p", b.text, "class=\"lead\"");
      case Kind::aside: return say("p", b.text, "class=\"aside\"");
      case Kind::part: return say("h2", b.text);
      case Kind::item: return say("h3", b.text);
      case Kind::gap: return say("p", b.text, "class=\"gap\"");
      case Kind::paragraph: return say("p", b.text);
      case Kind::basis:
        h_.open("p", "class=\"basis\"").open("code");
        pieces(b.text);
        h_.close().cites(b.cites, b.cited).close();
        return;
      case Kind::source:
        h_.open("p", "class=\"aside\"");
        pieces(b.text);
        if (!b.strong.empty()) h_.text(" (").with("strong", b.strong).text(")");
        h_.close();
        return;
      case Kind::footer:
        h_.open("p", "class=\"aside\"");
        pieces(b.text);
        h_.text(" ").with("code", b.strong).close();
        return;
      case Kind::table: return table(b.table);
    }
  }

  // Hundredths: a column gets what its longest word needs, and of what is left the more the more it has to say.
  std::vector<int> widths(const PrintedTable& t) const {
    const double line = wide_ ? 172 : 100;  // characters of the sheet's width
    std::vector<double> least, more;
    double all_least = 0, all_more = 0;
    for (std::size_t c = 0; c < t.head.size(); ++c) {
      double longest = 0, most = 0;
      const auto look = [&](const std::string& cell, double wide) {
        most = std::max(most, static_cast<double>(columns(cell)));
        std::istringstream words(cell);
        for (std::string word; words >> word;) longest = std::max(longest, wide * static_cast<double>(columns(word)));
      };
      look(plain_text(t.head[c]), 1.15);  // bold
      for (const auto& row : t.rows) look(plain_text(row[c]), 1);
      least.push_back(std::min(longest, wide_ ? 26.0 : 16.0) + 2.5);
      more.push_back(std::pow(std::min(most, 400.0), wide_ ? 0.8 : 0.5));
      all_least += least.back();
      all_more += more.back();
    }
    std::vector<int> hundredths;
    const double left = std::max(0.0, line - all_least), whole = std::max(line, all_least);
    for (std::size_t c = 0; c < least.size(); ++c) hundredths.push_back(static_cast<int>(100 * (least[c] + left * more[c] / all_more) / whole));
    return hundredths;
  }

  void table(const PrintedTable& t) {
    if (medium_ == Medium::screen) {
      h_.open("table");
      say("caption", t.caption);
    } else {  // a caption would stay behind when the table goes to the next page
      say("p", t.caption, "class=\"caption\"");
      h_.open("table").open("colgroup");
      for (const int width : widths(t)) h_.raw("<col style=\"width:").text(std::to_string(width)).raw("%\">");
      h_.close();
    }
    h_.open("thead").open("tr");
    for (const auto& cell : t.head) say("th", cell, "scope=\"col\"");
    h_.close().close().open("tbody");
    for (const auto& row : t.rows) {
      h_.open("tr");
      for (std::size_t i = 0; i < row.size(); ++i) say(i == 0 ? "th" : "td", row[i], i == 0 ? "scope=\"row\" class=\"plain\"" : "");
      h_.close();
    }
    h_.close().close();
  }

  const Printed& p_;
  const Medium medium_;
  bool wide_ = false;
  Html h_;
};

}  // namespace

std::string to_html(const Printed& printed, Medium medium) { return Writer(printed, medium).page(); }

}  // namespace duolex::documents
