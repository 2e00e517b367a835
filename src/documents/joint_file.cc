#include "documents/joint_file.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "documents/html.h"
#include "documents/style.h"
#include "plan/words.h"
#include "text/json_out.h"

namespace duolex::documents {
namespace {

using State = BoundItem::State;

struct Words {
  const char *en, *de;
  [[nodiscard]] const char* in(const std::string& language) const { return language == "de" ? de : en; }
};

const std::map<std::string, Words>& catalogue() {
  static const std::map<std::string, Words> words = {
      {"technical_file", {"Technical file", "Technische Unterlagen"}},
      {"instructions", {"Information and instructions for users and deployers", "Informationen und Anleitungen für Nutzer und Betreiber"}},
      {"declaration", {"EU declaration of conformity", "EU-Konformitätserklärung"}},
      {"simplified_declaration", {"Simplified EU declaration of conformity", "Vereinfachte EU-Konformitätserklärung"}},
      {"registration", {"Registration data of the provider", "Registrierungsdaten des Anbieters"}},
      {"registration_6_3", {"Registration data, not high-risk under Article 6(3)", "Registrierungsdaten, nicht hochriskant nach Artikel 6 Absatz 3"}},
      {"registration_of_use", {"Registration data of the deployer", "Registrierungsdaten des Betreibers"}},
      {"draft", {"Draft. Not signed, and not to be passed on as a declaration or as evidence.",
                 "Entwurf. Nicht unterzeichnet und nicht als Erklärung oder Nachweis weiterzugeben."}},
      {"release", {"Release", "Version"}},
      {"as_of", {"As of", "Stand"}},
      {"missing", {"Missing: nothing in the dossier substantiates this item.", "Fehlt: Nichts im Dossier belegt diesen Punkt."}},
      {"undecided", {"Undecided: open questions decide whether the law asks for this item.",
                     "Offen: Unbeantwortete Fragen entscheiden, ob das Recht diesen Punkt verlangt."}},
      {"not_applicable", {"Not applicable", "Nicht anwendbar"}},
      {"unsubstantiated", {"unsubstantiated", "nicht belegt"}},
      {"source", {"Source", "Quelle"}},
      {"part", {"Part", "Teil"}},
      {"law", {"Rule base (SHA-256)", "Regelwerk (SHA-256)"}},
      {"facts", {"Facts (SHA-256)", "Tatsachen (SHA-256)"}},
      {"counted", {"items given, missing, not applicable, undecided", "Punkte vorhanden, fehlend, nicht anwendbar, offen"}},
  };
  return words;
}

std::string say(const char* key, const std::string& language) { return catalogue().at(key).in(language); }

void write_item(Html& h, const BoundItem& item, const std::string& language) {
  h.open("section", item.state == State::missing ? "class=\"item missing\"" : "class=\"item\"");
  h.open("h3").text(language == "de" ? item.german : item.title).close();
  h.open("p", "class=\"basis\"").with("code", item.id).cites(item.cites).close();
  switch (item.state) {
    case State::missing: h.with("p", say("missing", language), "class=\"gap\""); break;
    case State::undecided: h.with("p", say("undecided", language), "class=\"gap\""); break;
    case State::not_applicable: h.with("p", say("not_applicable", language) + ": " + item.source); break;
    case State::given:
      for (const std::string& paragraph : language == "de" && !item.content_german.empty() ? item.content_german : item.content)
        h.with("p", paragraph);
      h.open("p", "class=\"aside\"").text(say("source", language) + ": " + item.source);
      if (!item.substantiated) h.text(" (").with("strong", say("unsubstantiated", language)).text(")");
      h.close();
      break;
  }
  h.close();
}

}  // namespace

const std::vector<std::string>& document_names() {
  static const std::vector<std::string> names = {"technical_file", "instructions", "declaration", "simplified_declaration",
                                                 "registration", "registration_6_3", "registration_of_use"};
  return names;
}
const std::vector<std::string>& document_languages() {
  static const std::vector<std::string> languages = {"en", "de"};
  return languages;
}

ItemCounts count_items(const JointFile& file, const std::string& document) {
  ItemCounts counts;
  for (const BoundItem& i : file.items) {
    if (i.document != document) continue;
    ++(i.state == State::given     ? counts.given
       : i.state == State::missing ? counts.missing
       : i.state == State::undecided ? counts.undecided
                                     : counts.not_applicable);
  }
  return counts;
}

std::string document_html(const JointFile& file, const std::string& document, const std::string& language, bool draft) {
  Html h;
  h.raw("<!DOCTYPE html>\n").open("html", language == "de" ? "lang=\"de\"" : "lang=\"en\"").open("head");
  h.raw("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  h.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
  h.with("title", say(document.c_str(), language) + ": " + file.product);
  h.open("style").raw(report_style()).close().close();
  h.open("body", draft ? "class=\"draft\"" : "").open("main", "class=\"document\"");
  if (draft) h.with("p", say("draft", language), "class=\"watermark\" role=\"note\"");
  h.with("h1", say(document.c_str(), language));
  h.open("p", "class=\"lead\"").text(file.product + (file.release.empty() ? "" : ", " + say("release", language) + " " + file.release)).close();
  h.open("p", "class=\"aside\"").text(file.manufacturer + ". " + say("as_of", language) + " " + to_string(file.as_of) + ".").close();
  const ItemCounts counts = count_items(file, document);
  if (document == "technical_file" || document == "instructions")
    h.with("p", std::to_string(counts.given) + " / " + std::to_string(counts.missing) + " / " + std::to_string(counts.not_applicable) + " / " +
                    std::to_string(counts.undecided) + " " + say("counted", language),
           "class=\"aside\"");
  int part = 0;
  for (const BoundItem& item : file.items) {
    if (item.document != document) continue;
    if (item.part != part) {
      part = item.part;
      h.open("h2").text(say("part", language) + " " + std::to_string(part)).close();
    }
    write_item(h, item, language);
  }
  h.open("footer").open("p", "class=\"aside\"").text(say("law", language) + " ").with("code", file.law_sha256);
  h.raw("<br>").text(say("facts", language) + " ").with("code", file.facts_sha256).close().close();
  h.close().close().close();
  return h.take();
}

std::string joint_file_json(const JointFile& file) {
  using nlohmann::ordered_json;
  static const char* const states[] = {"given", "missing", "not_applicable", "undecided"};
  ordered_json j;
  j["format"] = 1;
  j["product"] = file.product;
  j["release"] = file.release;
  j["manufacturer"] = file.manufacturer;
  j["as_of"] = to_string(file.as_of);
  j["facts_sha256"] = file.facts_sha256;
  j["law_sha256"] = file.law_sha256;
  j["blockers"] = file.blockers;
  for (const std::string& document : document_names()) {
    const ItemCounts c = count_items(file, document);
    j["counts"][document] = {{"given", c.given}, {"missing", c.missing}, {"not_applicable", c.not_applicable}, {"undecided", c.undecided}};
  }
  j["items"] = ordered_json::array();
  for (const BoundItem& i : file.items)
    j["items"].push_back({{"id", i.id}, {"document", i.document}, {"part", i.part}, {"title", i.title}, {"title_de", i.german},
                          {"state", states[static_cast<int>(i.state)]}, {"content", i.content}, {"content_de", i.content_german}, {"waived", i.waived}, {"source", i.source},
                          {"substantiated", i.substantiated}, {"cites", i.cites}});
  return text::to_json_text(j, text::JsonLayout::pretty);
}

}  // namespace duolex::documents
