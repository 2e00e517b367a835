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

Said value_said(const findings::Value& value) {
  using Kind = findings::Value::Kind;
  if (value.kind == Kind::date) {
    const auto day = parse_day(value.word);
    return day ? on_day(*day) : said(value.word);
  }
  if (value.kind == Kind::whole) return data(std::to_string(value.whole));
  if (value.kind != Kind::words || value.words.empty()) return said(plan::in_words(value));
  Said list = listed({});
  for (const std::string& word : value.words) list.parts.push_back(said(plan::in_words(word)));
  return list;
}

Said finding_said(const findings::Finding& f) {
  return f.status == rules::Status::unknown ? said("undecided") : value_said(f.value);
}

}  // namespace duolex::workspace
