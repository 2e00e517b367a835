#include "documents/printed.h"

#include "documents/citation.h"

namespace duolex::documents {
namespace {

using Kind = Block::Kind;
using State = BoundItem::State;

class Printer {
 public:
  Printer(const JointFile& file, const Tongue& tongue, Printed& out) : file_(file), tongue_(tongue), out_(out) {}

  void print() {
    const std::string title = document_title(out_.document);
    out_.title = tongue_(title) + ": " + file_.product;
    if (out_.draft) say(Kind::watermark, said("Draft. Not signed, and not to be passed on as a declaration or as evidence."));
    say(Kind::title, said(title));
    head();
    int part = 0;
    for (const BoundItem& item : file_.items) {
      if (item.document != out_.document) continue;
      if (item.part != part) {
        part = item.part;
        const std::string about = part_title(out_.document, part);
        const Said number = data(std::to_string(part));
        say(Kind::part, about.empty() ? said("Part {number}", {{"number", number}}) : said("Part {number}: {about}", {{"number", number}, {"about", said(about)}}));
      }
      print(item);
    }
    say(Kind::footer, said("Rule base (SHA-256)")).strong = file_.law_sha256;
    say(Kind::footer, said("Facts (SHA-256)")).strong = file_.facts_sha256;
  }

 private:
  Block& say(Kind kind, const Said& s) {
    Block b;
    b.kind = kind;
    b.text = tongue_.pieces(s);
    return out_.blocks.emplace_back(std::move(b));
  }

  void head() {
    say(Kind::lead, file_.release.empty() ? data(file_.product)
                                          : said("{product}, release {version}", {{"product", data(file_.product)}, {"version", data(file_.release)}}));
    const Said day = said("As of {day}.", {{"day", on_day(file_.as_of)}});
    say(Kind::aside, file_.manufacturer.empty() ? day : listed({data(file_.manufacturer + (file_.manufacturer.ends_with('.') ? "" : ".")), day}, " "));
    if (out_.document.ends_with("declaration")) return;
    const ItemCounts c = count_items(file_, out_.document);
    say(Kind::aside, said("Items: {given} given, {missing} missing, {not_applicable} not applicable, {undecided} undecided.",
                          {{"given", data(std::to_string(c.given))}, {"missing", data(std::to_string(c.missing))},
                           {"not_applicable", data(std::to_string(c.not_applicable))}, {"undecided", data(std::to_string(c.undecided))}}));
  }

  void content(const BoundItem& item) {
    for (const Said& paragraph : item.content) say(Kind::paragraph, paragraph);
    for (const ItemTable& t : item.tables) {
      Block b;
      b.kind = Kind::table;
      b.table.caption = tongue_.pieces(t.caption);
      for (const Said& s : t.head) b.table.head.push_back(tongue_.pieces(s));
      for (const auto& row : t.rows) {
        b.table.rows.emplace_back();
        for (const Said& s : row) b.table.rows.back().push_back(tongue_.pieces(s));
      }
      out_.blocks.push_back(std::move(b));
    }
  }

  void print(const BoundItem& item) {
    say(Kind::item, said(item.title)).missing = item.state == State::missing;
    Block& basis = say(Kind::basis, data(item.id));
    basis.cites = item.cites;
    for (const std::string& id : item.cites) basis.cited.push_back(citation(id, tongue_));
    switch (item.state) {
      case State::missing:
        say(Kind::gap, said("Missing: nothing in the dossier substantiates this item."));
        content(item);
        break;
      case State::undecided: say(Kind::gap, said("Undecided: open questions decide whether the law asks for this item.")); break;
      case State::not_applicable: say(Kind::source, said("Not applicable: {why}", {{"why", item.source}})); break;
      case State::given:
        content(item);
        if (item.source.empty()) break;
        Block& b = say(Kind::source, said("Source: {where}", {{"where", item.source}}));
        if (!is_shown(item)) b.strong = item.own ? tongue_("stated in the dossier, unsubstantiated") : tongue_("unsubstantiated");
        for (const LeafRef& l : item.leaves)
          say(Kind::source, said("Evidence: leaf {leaf} of the ledger, {hash}", {{"leaf", data(std::to_string(l.leaf))}, {"hash", data(l.hash)}}));
        break;
    }
  }

  const JointFile& file_;
  const Tongue& tongue_;
  Printed& out_;
};

}  // namespace

std::string plain_text(const std::vector<Tongue::Piece>& pieces) {
  std::string out;
  for (const Tongue::Piece& p : pieces) out += p.text;
  return out;
}

std::string Block::plain() const {
  std::string out = plain_text(text);
  for (std::size_t i = 0; i < cited.size(); ++i) out += (i == 0 ? " " : "; ") + cited[i];
  if (!strong.empty()) out += kind == Kind::footer ? " " + strong : " (" + strong + ")";
  return out;
}

Printed printed(const JointFile& file, const std::string& document, const Tongue& tongue, bool draft) {
  Printed out;
  out.document = document;
  out.language = tongue.language();
  out.product = file.product;
  out.as_of = file.as_of;
  out.draft = draft;
  Printer(file, tongue, out).print();
  return out;
}

}  // namespace duolex::documents
