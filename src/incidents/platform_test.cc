#include "incidents/platform.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"

namespace duolex::incidents {
namespace {

const std::string root = DUOLEX_SOURCE_DIR;
const std::string head = "format: 1\nid: a\ntitle: Crafted image\ntime_zone: Europe/Berlin\n";
const ProductWords product{"Example GmbH", "Reader", {"DE", "FR"}};

Record record(const std::string& more) {
  const auto read = read_record("r.yaml", head + more);
  EXPECT_TRUE(read) << render(read.error());
  return *read;
}

Result<Pack> pack(const std::string& more, const std::string& stage) {
  return pack_of(record(more), built_in_platform(), product, stage);
}

const PackField& field(const Pack& pack, const std::string& id) {
  static const PackField none{};
  for (const PackField& f : pack.fields) {
    if (f.field->id == id) return f;
  }
  ADD_FAILURE() << "no field " << id;
  return none;
}

TEST(Platform, TheFileReadsAndCitesProvisionsThatExist) {
  const auto bytes = read_file(root + "/law/incidents/platform.yaml");
  ASSERT_TRUE(bytes);
  const auto platform = read_platform("platform.yaml", *bytes);
  ASSERT_TRUE(platform) << render(platform.error());
  EXPECT_EQ(platform->fields.size(), 38u);
  std::set<std::string> known;
  for (const char* text : {"CRA", "CRA881"}) {
    std::ifstream in(root + "/law/provisions/" + text + ".txt");
    ASSERT_TRUE(in);
    for (std::string line; std::getline(in, line);) known.insert(line.substr(0, line.find(' ')));
  }
  for (const FormField& f : platform->fields) {
    for (const std::string& id : f.cite) EXPECT_TRUE(known.contains(id)) << f.id << " cites " << id;
  }
}

// The record of the forms that others keep, when it stands beside the project.
TEST(Platform, AgreesWithTheRecordOfTheForms) {
  const std::string path = root + "/../shared/law/cra-srp-fields.json";
  std::ifstream in(path);
  if (!in) GTEST_SKIP() << "not checked: " << path << " is absent";
  const nlohmann::json theirs = nlohmann::json::parse(in);
  const Platform& ours = built_in_platform();
  ASSERT_EQ(theirs.at("fields").size(), ours.fields.size());
  for (std::size_t i = 0; i < ours.fields.size(); ++i) {
    const nlohmann::json& t = theirs["fields"][i];
    const FormField& f = ours.fields[i];
    EXPECT_EQ(f.nr, t["nr"].is_string() ? t["nr"].get<std::string>() : std::to_string(t["nr"].get<int>()));
    EXPECT_EQ(f.max.has_value(), t["max_chars"].is_number()) << f.id;
    if (f.max && t["max_chars"].is_number()) {
      EXPECT_EQ(*f.max, t["max_chars"].get<std::int64_t>()) << f.id;
    }
    const std::string on = t["applies_to"];
    EXPECT_EQ(f.on, on == "AEV" ? "vulnerability" : on == "SI" ? "incident" : "both") << f.id;
    const std::string early = t["early_warning_24h"];
    EXPECT_EQ(to_string(f.early_warning), early == "required" ? "required" : early == "required-if-available" ? "if_available" : early == "n/a" ? "none" : "optional") << f.id;
    if (t["final_report"] == "required") {
      EXPECT_EQ(f.final_report, Need::required) << f.id;
    }
    if (t["notification_72h"] == "required") {
      EXPECT_EQ(f.notification, Need::required) << f.id;
    }
  }
}

TEST(Pack, WhatIsKnownIsFilledAndWhatIsMissingIsNamed) {
  const auto p = pack("cra: {kind: incident}\nversions: [\"1.0\", \"1.1\"]\nawareness:\n  - {of: cra, at: 2026-11-02T10:20, by: x}\n", "early_warning");
  ASSERT_TRUE(p) << render(p.error());
  EXPECT_EQ(field(*p, "notification_type").value, "Incident");
  EXPECT_EQ(field(*p, "product_version").value, "1.0, 1.1");
  EXPECT_EQ(field(*p, "member_states").value, "DE, FR");
  EXPECT_EQ(field(*p, "aware_of_incident_at").value, "2026-11-02T10:20:00+01:00");
  EXPECT_EQ(p->missing, (std::vector<std::string>{"summary", "suspected_malicious"}));
  for (const PackField& f : p->fields) EXPECT_NE(f.field->on, "vulnerability") << f.field->id;
}

TEST(Pack, NothingIsInvented) {
  const auto p = pack("cra: {kind: vulnerability}\n", "final_report");
  ASSERT_TRUE(p);
  for (const PackField& f : p->fields) {
    if (!f.value.empty()) {
      EXPECT_FALSE(f.source.empty()) << f.field->id;
    }
  }
  for (const char* id : {"measure_available_at", "vulnerability_severity", "vulnerability_impact", "measures_taken", "measures_for_users"}) {
    EXPECT_NE(std::find(p->missing.begin(), p->missing.end(), id), p->missing.end()) << id;
  }
}

TEST(Pack, AFieldThatIsTooLongIsRefusedWithItsPlace) {
  const auto fits = pack("cra: {kind: vulnerability}\nfields:\n  malicious_actor: " + std::string(100, 'x') + "\n", "final_report");
  EXPECT_TRUE(fits);
  const auto p = pack("cra: {kind: vulnerability}\nfields:\n  malicious_actor: " + std::string(101, 'x') + "\n", "final_report");
  ASSERT_FALSE(p);
  const std::string text = render(p.error());
  EXPECT_NE(text.find("r.yaml:7:20"), std::string::npos) << text;
  EXPECT_NE(text.find("101 characters, the form takes 100"), std::string::npos) << text;
}

TEST(Pack, LengthsAreThoseOfAWebForm) {
  EXPECT_EQ(form_length("abc"), 3u);
  EXPECT_EQ(form_length("\xc3\xa4"), 1u);          // one unit
  EXPECT_EQ(form_length("\xf0\x9f\x98\x80"), 2u);  // outside the basic plane: two
}

TEST(Pack, AValueThatTheFormDoesNotTakeIsRefused) {
  for (const auto& [id, value] : {std::pair{"measure_expected", "Perhaps"}, std::pair{"member_states", "DE, XX"}, std::pair{"occurred_at", "lately"},
                                  std::pair{"delay_reason", "CRA/art/16/2/a, CRA/art/16/2/z"}}) {
    const std::string kind = std::string(id) == "occurred_at" ? "incident" : "vulnerability";
    const auto p = pack("cra: {kind: " + kind + "}\nfields:\n  " + id + ": \"" + value + "\"\n", "notification");
    EXPECT_FALSE(p) << id;
  }
}

TEST(Pack, AFieldNoFormHasIsRefused) {
  const auto p = pack("cra: {kind: incident}\nfields: {sumary: x}\n", "early_warning");
  ASSERT_FALSE(p);
  EXPECT_NE(render(p.error()).find("did you mean 'summary'"), std::string::npos) << render(p.error());
}

TEST(Pack, NeedsToKnowWhatItIs) {
  EXPECT_FALSE(pack("cra: {kind: none}\n", "early_warning"));
  EXPECT_FALSE(pack("", "early_warning"));
}

TEST(Forms, OfTheAiActAndTheGdpr) {
  ASSERT_EQ(built_in_forms().size(), 3u);
  const std::string head = "format: 1\nid: INC-1\ntitle: Wrong match\nsummary: A door stayed shut.\ntime_zone: Europe/Berlin\n";
  const ProductWords words{"Example GmbH", "Reader", {"DE"}};
  const auto pack = [&](std::size_t form, const std::string& more) {
    const auto record = read_record("r.yaml", head + more);
    EXPECT_TRUE(record);
    return pack_of(*record, built_in_forms()[form], words, form_stages(built_in_forms()[form].act).front());
  };
  EXPECT_FALSE(pack(1, "cra: {kind: vulnerability}\n")) << "nothing says that it is a serious incident";
  EXPECT_FALSE(pack(2, "gdpr: {personal_data_breach: false}\n"));
  const auto ai = pack(1, "ai_act: {high_risk: true, harm: [health]}\nawareness:\n  - {of: [cra], at: 2027-12-10T09:00, by: x}\n  - {of: [ai_act], at: 2027-12-10T10:20, by: x}\n"
                          "fields: {ai_occurred_in: DE, ai_causal_link: Suspected}\n");
  ASSERT_TRUE(ai) << render(ai.error());
  EXPECT_EQ(ai->missing, (std::vector<std::string>{"ai_complete"}));
  const auto value = [&](const Pack& p, const std::string& id) {
    for (const PackField& f : p.fields)
      if (f.field->id == id) return f.value;
    return std::string("?");
  };
  EXPECT_EQ(value(*ai, "ai_harm"), "health");
  EXPECT_EQ(value(*ai, "ai_aware_at"), "2027-12-10T10:20:00+01:00") << "awareness under this act, not under another";
  const auto gdpr = pack(2, "gdpr: {personal_data_breach: true}\nawareness:\n  - {of: [gdpr], at: 2027-12-10T10:20, by: x}\n");
  ASSERT_TRUE(gdpr);
  EXPECT_EQ(gdpr->missing, (std::vector<std::string>{"gdpr_contact", "gdpr_consequences", "gdpr_measures"}));
  for (const Platform& form : built_in_forms())
    if (form.act != "cra")
      for (const FormField& f : form.fields) EXPECT_FALSE(f.cite.empty()) << f.id;
}

}  // namespace
}  // namespace duolex::incidents
