// The catalogues of the documents' languages are complete: every sentence that the sources of the documents can say,
// and every word of the law that they print.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

#include "base/file.h"
#include "documents/joint_file.h"
#include "law/law.h"

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
  const std::regex call(R"((\bsaid\(|\btongue_\(|\bphrase\())");
  for (const fs::path& folder : {src / "documents", src / "workspace"})
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(".cc") || name.ends_with("_test.cc")) continue;
      const std::string text = *read_file(entry.path());
      if (text.find("said(") == std::string::npos) continue;
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

TEST(Words, EveryLanguageHasEverySentence) {
  const auto law = law::load();
  ASSERT_TRUE(law);
  const std::set<std::string> sentences = sentences_of_the_sources();
  EXPECT_GT(sentences.size(), 40u) << "the sources are not read as they are written";
  EXPECT_TRUE(sentences.contains("As of {day}."));
  EXPECT_TRUE(sentences.contains("applied in part")) << "both arms of a choice";
  EXPECT_FALSE(sentences.contains("model")) << "what is compared is not said";
  ASSERT_EQ(documents::document_languages(), (std::vector<std::string>{"en", "de", "fr"}));
  for (const std::string& language : documents::document_languages()) {
    const auto tongue = documents::tongue_of(language, (*law)->base);
    ASSERT_TRUE(tongue) << render(tongue.error());
    std::string missing;
    for (const std::string& s : sentences)
      if (!tongue->has(s)) missing += s + "\n";
    for (const rules::DocumentItem& i : (*law)->base.items)
      if (!tongue->has(i.text)) missing += i.text + "\n";
    EXPECT_EQ(missing, "") << language;
  }
}

TEST(Words, NoSentenceOfACatalogueIsUnused) {
  const auto law = law::load();
  std::set<std::string> used = sentences_of_the_sources();
  for (const rules::DocumentItem& i : (*law)->base.items) used.insert(i.text);
  for (const std::string& language : documents::document_languages()) {
    const auto tongue = documents::tongue_of(language, (*law)->base);
    std::string unused;
    for (const auto& [english, other] : tongue->words())
      if (!used.contains(english)) unused += english + "\n";
    EXPECT_EQ(unused, "") << language;
  }
}

}  // namespace
}  // namespace duolex
