#include "workspace/binding.h"

#include <algorithm>

#include "plan/words.h"

namespace duolex::workspace {

using documents::BoundItem;
using documents::data;
using documents::listed;
using documents::on_day;
using documents::said;
using documents::Said;

bool Binding::says(const char* conclusion, const std::string& value) const {
  const findings::Finding& f = findings[conclusion];
  return f.status != rules::Status::unknown && to_text(f.value) == value;
}

const dossier::Release* Binding::release() const { return s.dossier.releases.empty() ? nullptr : &s.dossier.releases.back(); }

std::string Binding::maker() const {
  std::string who;
  for (const dossier::Role& r : s.dossier.roles)
    if (who.empty() || r.role == "manufacturer") who = r.name;
  return who;
}

void give(BoundItem& item, Said what, Said source, bool substantiated) {
  // The manufacturer and the provider are mostly the same firm.
  if (what.empty() || std::find(item.content.begin(), item.content.end(), what) != item.content.end()) return;
  item.content.push_back(std::move(what));
  if (item.source.empty()) item.source = listed({}, "; ");
  if (std::find(item.source.parts.begin(), item.source.parts.end(), source) == item.source.parts.end()) item.source.parts.push_back(std::move(source));
  item.substantiated = item.content.size() == 1 ? substantiated : item.substantiated && substantiated;
}

Said place(const char* in_dossier) { return said("dossier, {place}", {{"place", data(in_dossier)}}); }
Said file_source(const dossier::Artefact& a) { return data(a.path + ", SHA-256 " + a.sha256); }

namespace {

// A word of the vocabulary. Numbers, days and points of annexes (1a) are the same in every language.
Said word_said(const std::string& word) {
  if (const auto day = parse_day(word)) return on_day(*day);
  if (word.find_first_of("{}") != std::string::npos) return data(word);  // a set, as in a condition; no names of a sentence
  const bool point = !word.empty() && word.size() <= 3 && word[0] >= '0' && word[0] <= '9';
  const bool number = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  const bool letter = word.size() == 1;
  return point || number || letter ? data(word) : said(word);
}

}  // namespace

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

Said law_said(const Binding& b) {
  const bool cra = b.says("cra.applies", "yes"), ai = b.says("ai.high_risk", "yes");
  if (!cra && !ai) return {};
  return said(cra && ai ? "Regulation (EU) 2024/2847 and Regulation (EU) 2024/1689" : cra ? "Regulation (EU) 2024/2847" : "Regulation (EU) 2024/1689");
}

void give_ledger(const Binding& b, const std::string& row, const char* sentence, BoundItem& item) {
  for (const plan::MatrixRow& r : b.matrix.matrix.rows) {
    if (r.id != row) continue;
    for (const plan::RowEvidence& e : r.ledger) {
      if (!e.counts()) continue;
      give(item, said(sentence, {{"leaf", data(std::to_string(e.leaf))}, {"what", data(e.shows)}}), said("the ledger"), true);
      item.leaves.push_back({e.leaf, e.hash});
    }
  }
}

void give_control(const Binding& b, const std::string& control, BoundItem& item) {
  for (const dossier::ControlState& c : b.s.dossier.controls)
    if (c.id == control)
      for (const dossier::Artefact& a : c.evidence) give(item, said("See {file}", {{"file", data(a.path)}}), file_source(a), true);
  give_ledger(b, control, "See leaf {leaf} of the ledger: {what}", item);
}

}  // namespace duolex::workspace
