// The catalogues of the documents' languages are complete: every sentence that the sources of the documents can say,
// and every word of the law that they print.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "base/file.h"
#include "documents/joint_file.h"
#include "documents/law_words.h"
#include "documents/told.h"
#include "law/law.h"
#include "plan/words.h"

namespace duolex {
namespace {

namespace fs = std::filesystem;

// The text of the string literals that are the first argument of a call, adjacent ones joined. What is compared with
// `==` is no sentence.
void add_literals(const std::string& text, std::size_t at, std::set<std::string>& sentences) {
  int depth = 1;
  bool compared = false, open = false;
  std::string one;
  const auto flush = [&] {
    if (open && !compared) sentences.insert(one);
    open = false;
    one.clear();
  };
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      if (!open) compared = text.rfind("==", i) != std::string::npos && text.find_first_not_of(" =", text.rfind("==", i)) == i;
      open = true;
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
        one += text[i];
      }
      continue;
    }
    if (c == '(' || c == '{') ++depth;
    if (c == ')' || c == '}') --depth;
    if (std::string(" \n").find(c) == std::string::npos) flush();
    if (depth == 0 || (depth == 1 && c == ',')) return;
  }
}

std::set<std::string> sentences_of_the_sources() {
  std::set<std::string> sentences;
  const fs::path src = fs::path(DUOLEX_SOURCE_DIR) / "src";
  const std::regex call(R"((\bsaid\(|\btongue_\(|\bphrase\(|\bgive_ledger\([^"();]*(?=")))");
  for (const fs::path& folder : {src / "documents", src / "workspace", src / "changes"})
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(".cc") || name.ends_with("_test.cc")) continue;
      const std::string text = *read_file(entry.path());
      if (text.find("said(") == std::string::npos && text.find("phrase(") == std::string::npos) continue;
      for (std::sregex_iterator it(text.begin(), text.end(), call), end; it != end; ++it)
        add_literals(text, static_cast<std::size_t>(it->position() + it->length()), sentences);
    }
  for (const std::string& document : documents::document_names()) {
    sentences.insert(documents::document_title(document));
    for (int part = 1; part < 30; ++part)
      if (const std::string about = documents::part_title(document, part); !about.empty()) sentences.insert(about);
  }
  return sentences;
}

// What the documents print of the law itself, and what is said of it.
std::set<std::string> words_of_the_law(const rules::RuleBase& base) {
  std::set<std::string> words = {"undecided", "none", "yes", "no", "Legal state"};
  for (const documents::LawWord& w : documents::law_words(base)) words.insert(w.text);
  // The names of the procedures, and the sentences on the route.
  const std::string route = *read_file(fs::path(DUOLEX_SOURCE_DIR) / "src" / "plan" / "route.cc");
  const std::regex literal(R"R("([A-Z{][^"]* [^"]*)")R");
  for (std::sregex_iterator it(route.begin(), route.end(), literal), end; it != end; ++it) words.insert((*it)[1]);
  for (const char* verdict : {"executes_code", "suspicious", "no_code_found", "unreadable", "rare", "unlikely", "possible", "likely", "almost_certain", "negligible",
                              "minor", "moderate", "major", "severe", "avoid", "reduce", "share", "accept", "low", "medium", "high", "never", "model", "sbom", "vex",
                              "predictions", "declaration", "document", "manifest"})
    words.insert(plan::in_words(verdict));
  words.insert({"Undecided.", "a procedure of Article 32 that is not decided yet", "CRA", "AI Act"});
  words.insert(documents::told_patterns().begin(), documents::told_patterns().end());
  return words;
}

// The numbers of a text, each once.
std::set<std::string> numbers_of(const std::string& text) {
  std::set<std::string> all;
  const std::regex number("[0-9]+");
  for (std::sregex_iterator it(text.begin(), text.end(), number), end; it != end; ++it) all.insert(it->str());
  return all;
}

TEST(Words, EveryLanguageHasEverySentence) {
  const auto law = law::load();
  ASSERT_TRUE(law);
  std::set<std::string> sentences = sentences_of_the_sources();
  EXPECT_GT(sentences.size(), 40u) << "the sources are not read as they are written";
  EXPECT_TRUE(sentences.contains("As of {day}."));
  EXPECT_TRUE(sentences.contains("applied in part")) << "both arms of a choice";
  EXPECT_FALSE(sentences.contains("sbom")) << "what is compared is not said";
  sentences.merge(words_of_the_law((*law)->base));
  ASSERT_EQ(documents::document_languages(), (std::vector<std::string>{"en", "de", "fr"}));
  for (const std::string& language : documents::document_languages()) {
    const auto tongue = documents::tongue_of(language, (*law)->base);
    ASSERT_TRUE(tongue) << render(tongue.error());
    std::string missing;
    for (const std::string& s : sentences)
      if (!tongue->has(s)) missing += s + "\n";
    EXPECT_EQ(missing, "") << language;
  }
}

TEST(Words, NoSentenceOfACatalogueIsUnused) {
  const auto law = law::load();
  std::set<std::string> used = sentences_of_the_sources();
  used.merge(words_of_the_law((*law)->base));
  for (const std::string& language : documents::document_languages()) {
    const auto tongue = documents::tongue_of(language, (*law)->base);
    ASSERT_TRUE(tongue) << render(tongue.error());
    std::string unused;
    for (const auto& [english, other] : tongue->words())
      if (!used.contains(english)) unused += english + "\n";
    EXPECT_EQ(unused, "") << language;
  }
}

// A translation that lost a number lost a provision, a date or a limit.
TEST(Words, NoTranslationLosesANumber) {
  const auto law = law::load();
  std::string lost;
  for (const std::string& language : documents::document_languages()) {
    const auto tongue = documents::tongue_of(language, (*law)->base);
    ASSERT_TRUE(tongue) << render(tongue.error());
    for (const auto& [english, other] : tongue->words()) {
      const std::set<std::string> before = numbers_of(english), after = numbers_of(other);
      if (!std::includes(after.begin(), after.end(), before.begin(), before.end())) lost += language + ": " + english + " → " + other + "\n";
    }
  }
  EXPECT_EQ(lost, "");
}

// What the acts call it in their own German and French.
TEST(Words, LegalTermsAreThoseOfTheActs) {
  struct Term {
    const char* english;
    std::vector<const char*> german, french;
  };
  const std::vector<Term> terms = {{"notified bod", {"notifizierte"}, {"organisme notifi", "organismes notifi"}},
                                   {"deployer", {"betreiber"}, {"déployeur"}},
                                   {" provider", {"anbieter"}, {"fournisseur"}},
                                   {"authorised representative", {"bevollmächtigt"}, {"mandataire"}},
                                   {"importer", {"einführer"}, {"importateur"}},
                                   {"distributor", {"händler"}, {"distributeur"}},
                                   {"manufacturer", {"hersteller"}, {"fabricant"}},
                                   {"substantial modification", {"wesentlich"}, {"substantielle"}},
                                   {"high-risk ai system", {"hochrisiko"}, {"à haut risque"}},
                                   {"cyber resilience act", {"cyberresilienz-verordnung"}, {"règlement sur la cyberrésilience"}},
                                   {"support period", {"unterstützungszeitraum"}, {"période d’assistance"}},
                                   {"ce marking", {"ce-kennzeichnung"}, {"marquage ce"}}};
  const auto lower = [](std::string text) {
    for (char& c : text)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
  };
  const auto law = law::load();
  std::string other_words;
  for (const char* language : {"de", "fr"}) {
    const auto tongue = documents::tongue_of(language, (*law)->base);
    ASSERT_TRUE(tongue) << render(tongue.error());
    for (const auto& [english, other] : tongue->words())
      for (const Term& t : terms) {
        const auto& allowed = tongue->language() == "de" ? t.german : t.french;
        const std::string text = lower(other);
        if ((" " + lower(english)).find(t.english) != std::string::npos && std::none_of(allowed.begin(), allowed.end(), [&](const char* w) { return text.find(w) != std::string::npos; }))
          other_words += std::string(language) + ": " + english + " → " + other + "\n";
      }
  }
  EXPECT_EQ(other_words, "");
}

TEST(Words, AnAddedTextOfTheLawIsFoundMissing) {
  const auto law = law::load();
  rules::RuleBase more = (*law)->base;
  more.notes.push_back({"made_up", "A note that nobody has translated.", {}, {}, {}, {"99-made-up.law", 3, 1, 0, 0}});
  more.warnings.front().text += " Or so.";
  for (const std::string& language : documents::document_languages()) {
    const auto tongue = documents::tongue_of(language, (*law)->base);
    ASSERT_TRUE(tongue) << render(tongue.error());
    EXPECT_TRUE(documents::untranslated((*law)->base, *tongue).empty()) << language;
    const auto lacking = documents::untranslated(more, *tongue);
    EXPECT_EQ(lacking.size(), language == "en" ? 0u : 2u) << language;
    if (!lacking.empty()) EXPECT_EQ(lacking.back().span.file, "99-made-up.law");
  }
}

}  // namespace
}  // namespace duolex
