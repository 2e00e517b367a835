#include "documents/law_said.h"

#include "plan/words.h"

namespace duolex::documents {

Said word_said(const std::string& word) {
  if (const auto day = parse_day(word)) return on_day(*day);
  if (word.find_first_of("{}") != std::string::npos) return data(word);  // a set, as in a condition; no names of a sentence
  const bool point = !word.empty() && word.size() <= 3 && word[0] >= '0' && word[0] <= '9';
  const bool number = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  const bool letter = word.size() == 1;
  return point || number || letter ? data(word) : said(word);
}

Said text_said(const std::string& value) {
  if (value == "unknown" || value.empty()) return said("undecided");
  if (const auto day = parse_day(value)) return on_day(*day);
  Said list = listed({});
  for (const std::string& word : plan::each_in_words(value)) list.parts.push_back(word_said(word));
  return list.parts.empty() ? said("none") : list;
}

Said value_said(const findings::Value& value) {
  using Kind = findings::Value::Kind;
  if (value.kind == Kind::date) {
    const auto day = parse_day(value.word);
    return day ? on_day(*day) : said(value.word);
  }
  if (value.kind == Kind::whole) return data(std::to_string(value.whole));
  if (value.kind != Kind::words || value.words.empty()) return word_said(plan::in_words(value));
  Said list = listed({});
  for (const std::string& word : value.words) list.parts.push_back(word_said(plan::in_words(word)));
  return list;
}

Said finding_said(const findings::Finding& f) {
  return f.status == rules::Status::unknown ? said("undecided") : value_said(f.value);
}

namespace {

// A case that the proof splits: "ai.profiling is no and ai.annex_iii_areas is {8b} and …".
Said case_said(const std::string& text) {
  constexpr std::size_t shown_at_most = 5;
  Said all = listed({});
  std::size_t n = 0;
  const std::string end = text + " and ";
  for (std::size_t at = 0; at < text.size(); ++n) {
    const std::size_t stop = end.find(" and ", at);
    const std::string one = text.substr(at, stop - at);
    at = stop + 5;
    if (n >= shown_at_most) continue;
    const std::size_t is = one.find(" is ");
    Said value = listed({});
    if (is != std::string::npos)
      for (const std::string& word : plan::each_in_words(one.substr(is + 4))) value.parts.push_back(word_said(word));
    if (value.parts.empty()) value = said("none");
    all.parts.push_back(is == std::string::npos ? data(one) : said("{what}: {value}", {{"what", data(one.substr(0, is))}, {"value", value}}));
  }
  if (n > shown_at_most) all.parts.push_back(said("and {n} more", {{"n", data(std::to_string(n - shown_at_most))}}));
  return said("if {cases}", {{"cases", all}});
}

}  // namespace

Said words_said(const plan::StepWords& w) {
  if (w.words.empty() && w.what.starts_with("if ")) return case_said(w.what.substr(3));
  if (w.words.empty() && w.value.empty() && w.what.starts_with("Not ")) return said("not {value}", {{"value", word_said(w.what.substr(4))}});
  // What the proof says in words of its own may hold braces; it is no template.
  const Said what = w.named && w.what.find_first_of("{}") == std::string::npos ? said(w.what) : data(w.what);
  if (w.words.empty() && w.value.empty()) return what;
  Said value = listed({});
  for (const std::string& word : w.words) value.parts.push_back(word_said(word));
  if (w.words.empty()) value = said("none");
  if (w.form == plan::StepWords::Form::is_not) value = said("not {value}", {{"value", value}});
  if (w.form == plan::StepWords::Form::none_of) value = said("none of {values}", {{"values", value}});
  if (w.assumed) value = said("{value}, assumed", {{"value", value}});
  return w.what.ends_with('?') ? said("{question} {answer}", {{"question", what}, {"answer", value}}) : said("{what}: {value}", {{"what", what}, {"value", value}});
}

namespace {

Said either(std::vector<Said> all) {
  Said one = all.front();
  for (std::size_t i = 1; i < all.size(); ++i) one = said("{one}, or {other}", {{"one", one}, {"other", all[i]}});
  return one;
}

}  // namespace

std::vector<Said> route_said(const findings::Findings& found) {
  std::vector<Said> all;
  for (const plan::RouteSentence& s : plan::route_sentences(found)) {
    std::vector<std::pair<std::string, Said>> names;
    for (const plan::RouteSentence::Name& n : s.names) {
      Said words = listed({});
      for (const std::string& w : n.words) words.parts.push_back(said(w));
      if (n.name == "menu") words = either(std::move(words.parts));
      names.emplace_back(n.name, std::move(words));
    }
    all.push_back(said(s.pattern, std::move(names)));
  }
  return all;
}

}  // namespace duolex::documents
