#include "incidents/clocks_out.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "incidents/reader.h"
#include "incidents/vocabulary.h"
#include "text/json_out.h"

namespace duolex::incidents {
namespace {

using Json = nlohmann::ordered_json;

bool pending(const Clock& c) {
  return c.status == ClockStatus::overdue || c.status == ClockStatus::near || c.status == ClockStatus::running ||
         c.status == ClockStatus::undetermined;
}

std::string headline(ClockStatus status) {
  switch (status) {
    case ClockStatus::overdue: return "OVERDUE";
    case ClockStatus::at_once: return "AT ONCE";
    case ClockStatus::near: return "NEAR";
    case ClockStatus::running: return "running";
    case ClockStatus::not_started: return "not started";
    case ClockStatus::undetermined: return "undetermined";
    case ClockStatus::done_late: return "done late";
    case ClockStatus::done: return "done";
    case ClockStatus::not_owed: return "not owed";
  }
  return "";
}

std::string point_text(const Zone& zone, const Point& point) {
  return point.day_only ? to_string(zone.day_of(point.moment)) : zone.text(point.moment);
}

std::string start_words(const std::string& from) {
  if (from == "awareness") return "awareness";
  if (from == "intake") return "the report";
  if (from == "measure_available") return "the day a measure was available";
  if (from == "notification_submitted") return "the submission of the notification";
  if (from == "intermediate_report_requested") return "the request";
  return "a causal link that was established or likely";
}

std::string one_clock(const Clock& c, const Zone& zone, Moment now) {
  std::string out = "  " + headline(c.status) + "  " + c.rule->label + "  [" + joined(c.rule->cite) + "]\n";
  if (c.status == ClockStatus::not_owed) {
    for (const std::string& note : c.notes) out += "      " + note + "\n";
    return out;
  }
  if (c.due_at) {
    out += c.status == ClockStatus::undetermined ? "      would be due " : "      due ";
    out += zone.text(*c.due_at);
    if (c.due_on) out += " (the end of " + to_string(*c.due_on) + ")";
    if (pending(c)) {
      const std::int64_t left = c.due_at->seconds - now.seconds;
      out += left >= 0 ? ", " + duration_text(left) + " left" : ", " + duration_text(-left) + " ago";
    }
    out += "\n";
  }
  out += "      " + to_string(c.rule->within);
  if (c.start) out += ", from " + start_words(c.rule->from) + ": " + point_text(zone, *c.start);
  out += "\n";
  if (c.same_hour_at) out += "      counted from the moment, the cautious way: by " + zone.text(*c.same_hour_at) + "\n";
  if (c.working_day_on) {
    out += "      for information: the last day falls on a weekend; the Monday after it is " + to_string(*c.working_day_on) +
           ". Do not rely on it (Regulation 1182/71)\n";
  }
  if (c.done_at) out += std::string("      ") + (c.rule->act == policy_act ? "done " : "submitted ") + zone.text(*c.done_at) + "\n";
  if (!c.open.empty()) out += "      open: " + joined(c.open) + "\n";
  for (const std::string& note : c.notes) out += "      " + note + "\n";
  if (c.status != ClockStatus::done) out += "      to " + c.rule->to + "\n";
  return out;
}

std::string one_tension(const TensionShown& t, const Zone& zone) {
  std::string out = "  " + t.tension->says + "\n  " + t.tension->what_to_do + "  [" + joined(t.tension->cite) + "]\n";
  const auto line = [&](const std::string& what, const std::optional<Point>& at) {
    out += "      " + what + ": " + (at ? point_text(zone, *at) : "not recorded") + "\n";
  };
  line("system preserved", t.preserved);
  line("authority told of the change", t.told);
  line("system changed", t.changed);
  if (t.changed_before_told) out += "      the system was changed before the authority was told\n";
  return out;
}

Json moment_json(const Zone& zone, const std::optional<Moment>& m) { return m ? Json(zone.text(*m)) : Json(nullptr); }
Json point_json(const Zone& zone, const std::optional<Point>& p) { return p ? Json(point_text(zone, *p)) : Json(nullptr); }
Json day_json(const std::optional<Day>& day) { return day ? Json(to_string(*day)) : Json(nullptr); }

Json clock_json(const Clock& c, const Zone& zone, Moment now) {
  Json j;
  j["id"] = c.rule->id;
  j["act"] = c.rule->act;
  j["stage"] = c.rule->stage;
  j["label"] = c.rule->label;
  j["to"] = c.rule->to;
  j["provisions"] = c.rule->cite;
  j["status"] = to_string(c.status);
  j["pressing"] = c.pressing;
  j["within"] = to_string(c.rule->within);
  j["counts_from"] = c.rule->from;
  j["start"] = point_json(zone, c.start);
  j["due_at"] = moment_json(zone, c.due_at);
  j["due_at_utc"] = c.due_at ? Json(utc_text(*c.due_at)) : Json(nullptr);
  j["due_on"] = day_json(c.due_on);
  j["cautious_due_at"] = moment_json(zone, c.same_hour_at);
  j["next_working_day_information"] = day_json(c.working_day_on);
  j["remaining_seconds"] = c.due_at && pending(c) ? Json(c.due_at->seconds - now.seconds) : Json(nullptr);
  j["done_at"] = moment_json(zone, c.done_at);
  j["open_facts"] = c.open;
  j["notes"] = c.notes;
  return j;
}

}  // namespace

std::string duration_text(std::int64_t seconds) {
  const std::string sign = seconds < 0 ? "-" : "";
  if (seconds < 0) seconds = -seconds;
  const std::int64_t days = seconds / 86400, hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;
  std::string out = sign;
  if (days > 0) out += std::to_string(days) + (days == 1 ? " day " : " days ");
  if (hours > 0 || days > 0) out += std::to_string(hours) + " h ";
  return out + std::to_string(minutes) + " min";
}

std::string clocks_text(const Record& record, const ClockRules& rules, const std::vector<Clock>& clocks,
                        const std::vector<TensionShown>& tensions, Moment now) {
  const Zone& zone = *record.zone;
  std::string out = record.id + "  " + record.title + "\nnow " + zone.text(now) + " (" + zone.name() + ")\n";
  std::vector<std::string> groups = acts();
  if (std::any_of(clocks.begin(), clocks.end(), [](const Clock& c) { return c.rule->act == policy_act; })) groups.push_back(policy_act);
  for (const std::string& act : groups) {
    std::string body, idle;
    for (const Clock& c : clocks) {
      if (c.rule->act != act) continue;
      if (c.status == ClockStatus::not_owed && c.notes.empty()) {
        idle += (idle.empty() ? "" : ", ") + c.rule->id;
      } else {
        body += one_clock(c, zone, now);
      }
    }
    out += "\n" + act_name(act) + "\n" + body;
    if (!idle.empty()) out += "  not owed on the facts stated: " + idle + "\n";
  }
  if (!tensions.empty()) out += "\nBoth acts at once\n";
  for (const TensionShown& t : tensions) out += one_tension(t, zone);
  out += "\nPeriods as last checked on " + to_string(rules.checked_on) + ". Public holidays are not looked at.\n";
  return out;
}

std::string clocks_json(const Record& record, const ClockRules& rules, const std::vector<Clock>& clocks,
                        const std::vector<TensionShown>& tensions, Moment now) {
  const Zone& zone = *record.zone;
  Json j;
  j["format"] = 1;
  j["incident"] = record.id;
  j["title"] = record.title;
  j["now"] = zone.text(now);
  j["time_zone"] = zone.name();
  j["periods_checked_on"] = to_string(rules.checked_on);
  j["clocks"] = Json::array();
  for (const Clock& c : clocks) j["clocks"].push_back(clock_json(c, zone, now));
  j["tensions"] = Json::array();
  for (const TensionShown& t : tensions) {
    Json e;
    e["id"] = t.tension->id;
    e["says"] = t.tension->says;
    e["do"] = t.tension->what_to_do;
    e["provisions"] = t.tension->cite;
    e["clocks"] = t.clocks;
    e["system_preserved"] = point_json(zone, t.preserved);
    e["authority_told_of_change"] = point_json(zone, t.told);
    e["system_changed"] = point_json(zone, t.changed);
    e["changed_before_told"] = t.changed_before_told;
    j["tensions"].push_back(std::move(e));
  }
  return text::to_json_text(j, text::JsonLayout::pretty);
}

}  // namespace duolex::incidents
