// The forms as dated data: of the single reporting platform (CRA Art. 16(1)), law/incidents/platform.yaml, and what AI Act
// Art. 73 and GDPR Art. 33(3) ask for beside it, form_*.yaml. And the pack of fields for one stage: what to type where,
// what is missing, nothing invented.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "incidents/record.h"

namespace duolex::incidents {

enum class Need { none, optional, if_available, required };
[[nodiscard]] std::string to_string(Need need);

struct FormField {
  std::string id, nr, label;
  std::string on;    // both, vulnerability, incident
  std::string kind;  // text, choice, choices, date_time, member_states
  std::vector<std::string> options;
  std::optional<std::int64_t> max;  // UTF-16 code units, as a web form counts them
  // As stated per stage; what is carried over needs what the stage before it needed.
  Need early_warning = Need::none, notification = Need::none, final_report = Need::none;
  std::string from;  // where the value comes from when the record's `fields` has none; may be empty
  std::vector<std::string> cite;
};

struct Platform {
  std::string act = "cra";  // cra, ai_act, gdpr
  std::string name, forms_version, not_read;
  Day recorded_on;
  std::vector<FormField> fields;
};

[[nodiscard]] Result<Platform> read_platform(const std::string& file, const std::string& bytes);
[[nodiscard]] const Platform& built_in_platform();
// One for each act, that of the CRA first.
[[nodiscard]] const std::vector<Platform>& built_in_forms();
// The stages for which there is a form under an act, as the clocks name them.
[[nodiscard]] std::vector<std::string> form_stages(const std::string& act);

// What the dossier says of the product.
struct ProductWords {
  std::string manufacturer, product;
  std::vector<std::string> member_states;
};

struct PackField {
  const FormField* field = nullptr;
  Need need = Need::none;
  std::string value;   // empty: nothing is known
  std::string source;  // "record fields.title", "dossier", …
  std::size_t length = 0;
};

struct Pack {
  std::string stage;
  std::vector<PackField> fields;
  std::vector<std::string> missing;    // labels of required fields without a value
  std::vector<std::string> open;       // to be said if it is known
};

// The pack of one of the form's stages. Fails, with the place in the record, when a value is too long or none the form
// takes, when the record has a field that no form has, and when the record does not say that the act is concerned:
// cra.kind, ai_act.harm (AI Act Art. 3(49)), gdpr.personal_data_breach.
[[nodiscard]] Result<Pack> pack_of(const Record& record, const Platform& platform, const ProductWords& product,
                                   const std::string& stage);

// UTF-16 code units of a UTF-8 text: how a web form counts.
[[nodiscard]] std::size_t form_length(const std::string& text);

[[nodiscard]] std::string pack_text(const Record& record, const Platform& platform, const Pack& pack);
[[nodiscard]] std::string pack_json(const Record& record, const Platform& platform, const Pack& pack);

}  // namespace duolex::incidents
