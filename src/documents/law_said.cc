#include "documents/law_said.h"

#include <algorithm>
#include <string_view>

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
  if (const std::string mark = " (contested)"; value.ends_with(mark)) return said("{value} (contested)", {{"value", text_said(value.substr(0, value.size() - mark.size()))}});
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

Said binds_said(const std::string& binds) {
  Said all = listed({});
  for (std::size_t at = 0; at < binds.size();) {
    const std::size_t end = std::min(binds.find(", ", at), binds.size());
    all.parts.push_back(word_said(plan::in_words(binds.substr(at, end - at))));
    at = end + 2;
  }
  return all;
}

Said answers_said(const rules::Type& type) {
  Said values = listed({}, "; ");
  for (const std::string& value : type.values) values.parts.push_back(word_said(plan::in_words(value)));
  switch (type.kind) {
    case rules::Kind::yes_no: return said("yes or no");
    case rules::Kind::one_of: return said("one of: {values}", {{"values", values}});
    case rules::Kind::set_of: return said("any of: {values}; or none", {{"values", values}});
    case rules::Kind::date: return type.allows_never ? said("a date as YYYY-MM-DD, or never") : said("a date as YYYY-MM-DD");
    case rules::Kind::whole: return said("a whole number");
  }
  return {};
}

namespace {

Said words_of(const std::string& value) {
  Said list = listed({});
  for (const std::string& word : plan::each_in_words(value)) list.parts.push_back(word_said(word));
  return list.parts.empty() ? said("none") : list;
}

// What is known of a fact: "is V", "is one of {V, W}", "has {V}, lacks {W}", "is from V to W", "is open"; the "is" may be
// left out. Empty when it is none of these.
Said knowledge_said(std::string is) {
  const auto after = [&is](const char* start) {
    const std::string_view begins = start;
    if (!is.starts_with(begins)) return false;
    is = is.substr(begins.size());
    return true;
  };
  const bool value = after("is ");
  if (after("one of {")) return said("one of {values}", {{"values", words_of("{" + is)}});
  if (is.starts_with("from ")) {
    const std::size_t to = is.find(" to ");
    const std::string low = is.substr(5, to - 5), high = to == std::string::npos ? "" : is.substr(to + 4);
    if (!low.empty() && !high.empty() && low[0] <= '9' && high[0] <= '9') return said("from {low} to {high}", {{"low", words_of(low)}, {"high", words_of(high)}});
  }
  if (after("has {")) {
    const std::size_t lacks = is.find(", lacks ");
    const Said has = words_of("{" + is.substr(0, lacks));
    if (lacks == std::string::npos) return said("with {values}", {{"values", has}});
    return said("with {values}, without {others}", {{"values", has}, {"others", words_of(is.substr(lacks + 8))}});
  }
  if (after("lacks {")) return said("without {others}", {{"others", words_of("{" + is)}});
  if (!value) return {};
  const std::string mark = " (assumed)";
  const bool assumed = is.ends_with(mark);
  if (assumed) is.resize(is.size() - mark.size());
  const Said known = words_of(is);
  return assumed ? said("{value}, assumed", {{"value", known}}) : known;
}

Said supposed_said(const std::string& text) {
  const std::size_t space = text.find(' ');
  const Said known = space == std::string::npos ? Said{} : knowledge_said(text.substr(space + 1));
  return known.empty() ? data(text) : said("{what}: {value}", {{"what", data(text.substr(0, space))}, {"value", known}});
}

// A word of a step, or what is known of a fact in place of its value.
Said step_word_said(const std::string& word) {
  if (Said known = knowledge_said(word); !known.empty()) return known;
  if (word == "depends on what is not known") return told(word);
  return word == "open" ? said("open") : word_said(word);
}

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
    all.parts.push_back(supposed_said(one));
  }
  if (n > shown_at_most) all.parts.push_back(said("and {n} more", {{"n", data(std::to_string(n - shown_at_most))}}));
  return said("if {cases}", {{"cases", all}});
}

}  // namespace

Said detail_said(const plan::StepWords& w) {
  Said all = listed({});
  for (std::size_t at = 0; at < w.detail.size();) {
    const std::size_t end = std::min(w.detail.find(", ", at), w.detail.size());
    all.parts.push_back(told(w.detail.substr(at, end - at)));
    at = end + 2;
  }
  return all;
}

Said words_said(const plan::StepWords& w) {
  if (w.words.empty() && w.what.starts_with("if ")) return case_said(w.what.substr(3));
  if (w.value.empty() && w.what.starts_with("Not ")) {
    Said values = listed({});
    for (const std::string& word : w.words) values.parts.push_back(word_said(word));
    return said("not {value}", {{"value", values.parts.empty() ? said("none") : values}});
  }
  // What the proof says in words of its own may hold braces; it is no template.
  const Said what = w.named && w.what.find_first_of("{}") == std::string::npos ? said(w.what) : data(w.what);
  if (w.words.empty() && w.value.empty()) return what;
  Said value = listed({});
  for (const std::string& word : w.words) value.parts.push_back(step_word_said(word));
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
