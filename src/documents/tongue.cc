#include "documents/tongue.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "documents/built_in.h"
#include "documents/citation.h"
#include "documents/told.h"
#include "text/node.h"

namespace duolex::documents {
namespace {

std::string day_in(const std::string& language, Day day) {
  static const std::map<std::string, std::vector<const char*>> months = {
      {"en", {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}},
      {"de", {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}},
      {"fr", {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}}};
  const std::string iso = to_string(day);
  const auto in = months.find(language);
  if (in == months.end()) return iso;
  const std::size_t month = static_cast<std::size_t>(std::stoi(iso.substr(5, 2))) - 1;
  const int number = std::stoi(iso.substr(8, 2));
  const std::string first = language == "de" ? "." : language == "fr" && number == 1 ? "er" : "";
  return std::to_string(number) + first + " " + in->second[month] + " " + iso.substr(0, 4);
}

[[noreturn]] void broken(const std::string& why) {
  std::fprintf(stderr, "duolex: a template is broken: %s\n", why.c_str());
  std::abort();
}

// Calls `text` with what stands between the names, and `name` with each name.
template <class Text, class Name>
void take_apart(const std::string& pattern, const Text& text, const Name& name) {
  std::string between;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{' && pattern[i] != '}') {
      between += pattern[i];
      continue;
    }
    if (i + 1 < pattern.size() && pattern[i + 1] == pattern[i]) {
      between += pattern[i++];
      continue;
    }
    const std::size_t end = pattern.find('}', i);
    if (end == std::string::npos) broken("\"" + pattern + "\"");
    if (!between.empty()) text(between);
    between.clear();
    name(pattern.substr(i + 1, end - i - 1));
    i = end;
  }
  if (!between.empty()) text(between);
}

// An identifier, a place in a file, a number: the same in every language.
bool is_name(const std::string& text) {
  return text.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos || (text.find(' ') == std::string::npos && text.find_first_of("._/:0123456789") != std::string::npos);
}

std::string language_of(const std::string& path) { return path.substr(0, path.find_first_of("./")); }

std::map<std::string, std::string> titles(const std::string& language, const rules::RuleBase& base) {
  std::map<std::string, std::string> words;
  if (language == "de")
    for (const rules::DocumentItem& item : base.items) words.emplace(item.text, item.german);
  return words;
}

// Adds the sentences of one catalogue.
Result<void> add_words(const std::string& file, const std::string& bytes, std::map<std::string, std::string>& words) {
  const auto root = text::read_yaml(file, bytes);
  if (!root) return tl::unexpected(root.error());
  Diagnostics errors;
  if (root->kind != text::Node::Kind::mapping)
    return failure(text::error_about(*root, bytes, "a catalogue is a map, not " + text::describe(*root), "English sentence: the same sentence"));
  for (std::size_t i = 0; i < root->keys.size(); ++i) {
    const text::Node& value = root->items[i];
    if (value.kind == text::Node::Kind::text && value.text.empty()) continue;  // not translated yet
    if (value.kind != text::Node::Kind::text) {
      errors.push_back(text::error_about(value, bytes, "a translation is text, not " + text::describe(value), "put it in quotes"));
      continue;
    }
    PatternNames from = names_in(root->keys[i].text), to = names_in(value.text);
    for (PatternNames* names : {&from, &to}) {
      std::sort(names->names.begin(), names->names.end());
      names->names.erase(std::unique(names->names.begin(), names->names.end()), names->names.end());
    }
    if (!to.well_formed || from.names != to.names)
      errors.push_back(text::error_about(value, bytes, "the translation does not have the names of the sentence", "each {name} of the sentence, and no other"));
    if (!words.emplace(root->keys[i].text, value.text).second)
      errors.push_back(text::error_about(value, bytes, "the sentence is translated elsewhere already", "leave one of them out"));
  }
  if (!errors.empty()) return failure(std::move(errors));
  return {};
}

}  // namespace

std::string Tongue::operator()(const std::string& english) const {
  const auto at = words_.find(english);
  return at == words_.end() ? english : at->second;
}

std::vector<Tongue::Piece> Tongue::pieces(const Said& s) const {
  std::vector<Piece> out;
  const auto add = [&](const std::string& text, bool english) {
    if (!out.empty() && out.back().english == english) {
      out.back().text += text;
    } else {
      out.push_back({text, english});
    }
  };
  const auto add_part = [&](const Said& part) {
    for (const Piece& piece : pieces(part)) add(piece.text, piece.english);
  };
  switch (s.kind) {
    case Said::Kind::data: add(s.text, false); break;
    case Said::Kind::told: {
      const Said what = understood(s.text);
      if (what.kind != Said::Kind::told) return pieces(what);
      add(s.text, !is_name(s.text));
      break;
    }
    case Said::Kind::day: add(day_in(language_, s.day), false); break;
    case Said::Kind::phrase:
      take_apart((*this)(s.text), [&](const std::string& text) { add(text, !has(s.text)); },
                 [&](const std::string& name) {
                   const auto at = std::find(s.names.begin(), s.names.end(), name);
                   if (at == s.names.end()) broken("'" + name + "' stands for nothing in \"" + s.text + "\"");
                   add_part(s.parts[static_cast<std::size_t>(at - s.names.begin())]);
                 });
      break;
    case Said::Kind::list:
      for (std::size_t i = 0; i < s.parts.size(); ++i) {
        if (i != 0) add(s.text, false);
        add_part(s.parts[i]);
      }
      break;
    case Said::Kind::cites:
      for (std::size_t i = 0; i < s.names.size(); ++i) add((i == 0 ? "" : "; ") + citation(s.names[i], *this), false);
      break;
  }
  return out;
}

Said Tongue::understood(const std::string& text) const {
  if (language_ == "en") return data(text);
  if (words_.contains(text) && text.find_first_of("{}") == std::string::npos) return said(text);
  const Said fitting = pattern_of(text);
  return fitting.kind == Said::Kind::phrase && has(fitting.text) ? fitting : told(text);
}

std::string Tongue::operator()(const Said& s) const {
  std::string out;
  for (const Piece& piece : pieces(s)) out += piece.text;
  return out;
}

void Tongue::lacking(const Said& s, std::vector<std::string>& english) const {
  if (s.kind == Said::Kind::phrase && !has(s.text)) english.push_back(s.text);
  for (const Said& part : s.parts) lacking(part, english);
}

const std::vector<std::string>& document_languages() {
  static const std::vector<std::string> languages = [] {
    std::vector<std::string> all = {"en"};
    for (const BuiltInFile& file : built_in_files())
      if (const std::string language = language_of(file.path); std::find(all.begin(), all.end(), language) == all.end()) all.push_back(language);
    return all;
  }();
  return languages;
}

Result<Tongue> read_tongue(const std::string& language, const std::string& file, const std::string& bytes, const rules::RuleBase& base) {
  std::map<std::string, std::string> words;
  if (const auto added = add_words(file, bytes, words); !added) return tl::unexpected(added.error());
  words.merge(titles(language, base));
  return Tongue(language, std::move(words));
}

Result<Tongue> tongue_from(const std::string& language, const std::string& folder, const std::map<std::string, std::string>& files, const rules::RuleBase& base) {
  if (language == "en") return Tongue();
  std::map<std::string, std::string> words;
  bool found = false;
  for (const auto& [path, bytes] : files) {
    if (language_of(path) != language) continue;
    found = true;
    if (const auto added = add_words(folder + "/" + path, bytes, words); !added) return tl::unexpected(added.error());
  }
  if (!found) return failure(error_in(folder, "there is no catalogue for '" + language + "'"));
  words.merge(titles(language, base));
  return Tongue(language, std::move(words));
}

std::vector<std::string> languages_of(const std::map<std::string, std::string>& files) {
  std::set<std::string> all;
  for (const auto& [path, bytes] : files) all.insert(language_of(path));
  return {all.begin(), all.end()};
}

Result<Tongue> tongue_of(const std::string& language, const rules::RuleBase& base) {
  std::map<std::string, std::string> files;
  for (const BuiltInFile& file : built_in_files())
    if (language_of(file.path) == language) files.emplace(file.path, file.text);
  return tongue_from(language, "law/words", files, base);
}

std::string in_english(const Said& said) { return Tongue()(said); }

std::vector<std::string> in_english(const std::vector<Said>& said) {
  std::vector<std::string> all;
  for (const Said& s : said) all.push_back(in_english(s));
  return all;
}

}  // namespace duolex::documents
