// What ends when: support periods (CRA Art. 13(8)), security updates that must stay available (13(9)), and papers to
// keep (13(13), 13(18), 18, 19; AI Act Art. 18, 22, 23). The years are data, law/incidents/retention.yaml; docs/formats/support.md.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/result.h"

namespace duolex::incidents {

struct KeepRule {
  std::string id, label;
  std::string by;          // importer, authorised_representative; "": the manufacturer or provider
  bool of_update = false;  // else of a release
  int years = 0;
  bool or_support_end = false;
  std::vector<std::string> cite;
};

struct RetentionRules {
  Day checked_on;
  int support_years = 0;
  std::string support_label;
  std::vector<std::string> support_cite, support_end_cite;
  std::vector<KeepRule> keep;
};
[[nodiscard]] Result<RetentionRules> read_retention(const std::string& file, const std::string& bytes);
[[nodiscard]] const RetentionRules& built_in_retention();

// support.yaml of a dossier; all of it optional.
struct SecurityUpdate {
  std::string id, release;
  Day issued_on;
};
struct OtherEnd {
  std::string what;
  Day until;
};
struct SupportFile {
  std::string file;
  std::optional<std::int64_t> expected_use_years;
  std::string justification;  // of a support period below five years: what was taken into account (13(8), Annex VII)
  bool high_risk_ai = false;  // the papers of AI Act Art. 18 too
  std::vector<SecurityUpdate> updates;
  std::vector<OtherEnd> other;
};
[[nodiscard]] Result<SupportFile> read_support(const std::string& file, const std::string& bytes);

struct ReleaseDates {
  std::string version;
  std::optional<Day> placed_on_market_on, support_period_end;
};

struct Ending {
  std::string what, of;       // of: "release 1.0", "update 1.0.1"
  std::string by;             // whose duty, where it is an importer's or a representative's
  std::optional<Day> until;   // nothing: a date it counts from is not known
  std::string open;           // which
  std::vector<std::string> cite;
};
struct Shortfall {
  std::string of, says;
  std::vector<std::string> cite;
};
struct Endings {
  std::vector<Ending> list;          // soonest first, unknown ones last
  std::vector<Shortfall> shortfalls;  // support periods that are too short, or not justified
};
// A period of ten years ends with its anniversary; that day is the last. What importers and authorised representatives
// keep is there for those of these roles that are named.
[[nodiscard]] Endings endings_of(const std::vector<ReleaseDates>& releases, const SupportFile& support, const RetentionRules& rules,
                                 const std::set<std::string>& roles = {});

[[nodiscard]] std::string endings_text(const Endings& endings, Day today, int within_days);
[[nodiscard]] std::string endings_json(const Endings& endings, Day today);

}  // namespace duolex::incidents
