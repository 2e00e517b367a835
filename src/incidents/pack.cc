#include <algorithm>
#include <nlohmann/json.hpp>

#include "incidents/platform.h"
#include "incidents/reader.h"
#include "text/json_out.h"

namespace duolex::incidents {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string>& member_states() {
  static const std::vector<std::string> codes = {"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "EL", "GR", "HU",
                                                 "IE", "IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"};
  return codes;
}

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::size_t from = 0;
  while (from <= text.size()) {
    std::size_t end = std::min(text.find(',', from), text.size());
    std::size_t a = from, b = end;
    while (a < b && text[a] == ' ') ++a;
    while (b > a && text[b - 1] == ' ') --b;
    words.push_back(text.substr(a, b - a));
    from = end + 1;
  }
  return words;
}

// The earliest awareness under the act, or the first measure, as the record's zone shows it.
std::string earliest_text(const Record& record, bool awareness, const std::string& act) {
  std::optional<Point> first;
  const auto take = [&](const Point& p) {
    if (!first || p.moment < first->moment) first = p;
  };
  if (awareness) {
    for (const Awareness& a : record.awareness) {
      if (holds(a.of, act)) take(a.act.at);
    }
  } else {
    for (const Event& e : record.events) {
      if (e.what == "measure_available") take(e.act.at);
    }
  }
  if (!first) return "";
  return first->day_only ? to_string(record.zone->day_of(first->moment)) : record.zone->text(first->moment);
}

std::string value_from(const std::string& from, const Record& record, const ProductWords& product, const std::string& act) {
  if (from == "record ai_act.harm") return joined(record.facts.at("ai_act.harm"));
  if (from == "record cra.kind") return record.facts.at("cra.kind").at(0) == "incident" ? "Incident" : "Vulnerability";
  if (from == "record title") return record.title;
  if (from == "record summary") return record.summary;
  if (from == "record versions") return joined(record.versions);
  if (from == "record components") return joined(record.components);
  if (from == "record awareness") return earliest_text(record, true, act);
  if (from == "record events measure_available") return earliest_text(record, false, act);
  if (from == "dossier manufacturer") return product.manufacturer;
  if (from == "dossier member_states") return joined(product.member_states);
  if (from == "dossier product") return product.product;
  return "";
}

// What is wrong with a value, or "".
std::string fault(const FormField& field, const std::string& value, const Zone& zone) {
  if (field.max && form_length(value) > static_cast<std::size_t>(*field.max)) {
    return "has " + std::to_string(form_length(value)) + " characters, the form takes " + std::to_string(*field.max);
  }
  if (field.kind == "choice" && !holds(field.options, value)) return "is '" + value + "', the form takes " + joined(field.options);
  if (field.kind == "choices") {
    for (const std::string& word : split(value)) {
      if (!holds(field.options, word)) return "holds '" + word + "', the form takes " + joined(field.options);
    }
  }
  if (field.kind == "date_time" && parse_point(value, zone).error != PointError::none) return "is '" + value + "', which is no moment";
  if (field.kind == "member_states") {
    for (const std::string& word : split(value)) {
      if (!holds(member_states(), word)) return "holds '" + word + "', which is no Member State (two letters, DE)";
    }
  }
  return "";
}

Need need_at(const FormField& field, const std::string& stage) {
  if (stage == "early_warning") return field.early_warning;
  return stage == "notification" ? field.notification : field.final_report;
}

}  // namespace

std::size_t form_length(const std::string& text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;
    units += byte >= 0xF0U ? 2 : 1;
  }
  return units;
}

Result<Pack> pack_of(const Record& record, const Platform& platform, const ProductWords& product, const std::string& stage) {
  const auto fact = [&](const char* id) {
    const auto found = record.facts.find(id);
    return found == record.facts.end() || found->second.empty() ? std::string() : found->second.front();
  };
  const std::string kind = fact("cra.kind");
  if (platform.act == "cra" && (kind.empty() || kind == "none")) {
    return failure(error_in(record.file, "the record does not say that this is a vulnerability or an incident under the CRA",
                            "cra: {kind: vulnerability} or {kind: incident}"));
  }
  if (const std::string harm = fact("ai_act.harm"); platform.act == "ai_act" && (harm.empty() || harm == "none")) {
    return failure(error_in(record.file, "the record does not say that this is a serious incident under the AI Act", "ai_act: {harm: [health]}"));
  }
  if (platform.act == "gdpr" && fact("gdpr.personal_data_breach") != "true") {
    return failure(error_in(record.file, "the record does not say that this is a personal data breach", "gdpr: {personal_data_breach: true}"));
  }
  Pack pack;
  pack.stage = stage;
  Diagnostics errors;
  std::vector<std::string> known;
  for (const Platform& form : built_in_forms())
    for (const FormField& field : form.fields) known.push_back(field.id);
  for (const FormField& field : platform.fields) known.push_back(field.id);
  for (const FormField& field : platform.fields) {
    if (field.on != "both" && field.on != kind) continue;
    const Need need = need_at(field, stage);
    if (need == Need::none) continue;
    PackField entry{&field, need, "", "", 0};
    const auto own = record.fields.find(field.id);
    if (own != record.fields.end() && !own->second.text.empty()) {
      entry.value = own->second.text;
      entry.source = "record fields." + field.id;
    } else if (!field.from.empty()) {
      entry.value = value_from(field.from, record, product, platform.act);
      if (!entry.value.empty()) entry.source = field.from;
    }
    entry.length = form_length(entry.value);
    if (entry.value.empty()) {
      if (need == Need::required) pack.missing.push_back(field.id);
      if (need == Need::if_available) pack.open.push_back(field.id);
    } else if (const std::string wrong = fault(field, entry.value, *record.zone); !wrong.empty()) {
      Diagnostic d = error_in(record.file, "field " + field.nr + " '" + field.label + "' (" + field.id + ", from " + entry.source + ") " + wrong);
      if (own != record.fields.end()) d.span = own->second.span;
      errors.push_back(std::move(d));
    }
    pack.fields.push_back(std::move(entry));
  }
  for (const auto& [id, text] : record.fields) {
    if (holds(known, id)) continue;
    const std::string near = nearest_name(id, known);
    Diagnostic d = error_in(record.file, "no form has a field '" + id + "'", near.empty() ? "" : "did you mean '" + near + "'?");
    d.span = text.span;
    errors.push_back(std::move(d));
  }
  if (!errors.empty()) return failure(std::move(errors));
  return pack;
}

std::string pack_text(const Record& record, const Platform& platform, const Pack& pack) {
  std::string out = record.id + "  " + record.title + "\n" + pack.stage + ", fields for: " + platform.name + "\n" +
                    platform.forms_version + ", recorded " + to_string(platform.recorded_on) +
                    (platform.not_read.empty() ? "" : "; not read: " + platform.not_read) + "\n\n";
  for (const PackField& f : pack.fields) {
    out += "[" + f.field->nr + "] " + f.field->label + "  (" + to_string(f.need);
    if (f.field->max) out += ", " + std::to_string(f.length) + " of " + std::to_string(*f.field->max) + " characters";
    out += ")\n";
    if (!f.value.empty()) {
      std::string body = "    " + f.value;
      for (std::size_t at = 0; (at = body.find('\n', at)) != std::string::npos; ++at) {
        if (at + 1 < body.size()) body.insert(at + 1, "    ");
      }
      out += body + (body.back() == '\n' ? "" : "\n");
    } else if (f.need == Need::required) {
      out += "    MISSING: fields." + f.field->id + "\n";
    } else if (f.need == Need::if_available) {
      out += "    not known so far: fields." + f.field->id + "\n";
    }
  }
  out += "\n" + (pack.missing.empty() ? std::string("Every required field has a value.")
                                      : std::to_string(pack.missing.size()) + " required missing: " + joined(pack.missing)) + "\n";
  return out;
}

std::string pack_json(const Record& record, const Platform& platform, const Pack& pack) {
  Json j;
  j["format"] = 1;
  j["incident"] = record.id;
  j["act"] = platform.act;
  j["stage"] = pack.stage;
  j["platform"] = platform.name;
  j["forms_version"] = platform.forms_version;
  j["forms_recorded_on"] = to_string(platform.recorded_on);
  j["forms_not_read"] = platform.not_read;
  j["fields"] = Json::array();
  for (const PackField& f : pack.fields) {
    Json e;
    e["nr"] = f.field->nr;
    e["id"] = f.field->id;
    e["label"] = f.field->label;
    e["need"] = to_string(f.need);
    e["value"] = f.value.empty() ? Json(nullptr) : Json(f.value);
    e["source"] = f.source.empty() ? Json(nullptr) : Json(f.source);
    e["length"] = f.length;
    e["max"] = f.field->max ? Json(*f.field->max) : Json(nullptr);
    e["provisions"] = f.field->cite;
    j["fields"].push_back(std::move(e));
  }
  j["missing"] = pack.missing;
  j["open"] = pack.open;
  return text::to_json_text(j, text::JsonLayout::pretty);
}

}  // namespace duolex::incidents
