#include "incidents/disclosure.h"
#include "text/plain.h"

namespace duolex::incidents {
namespace {

// The policy as sections of paragraphs and lists; only what the file says is promised.
struct Section {
  std::string title;
  std::vector<std::string> paragraphs, items;
};

std::string days(std::int64_t count) { return std::to_string(count) + (count == 1 ? " day" : " days"); }

std::vector<Section> sections_of(const Disclosure& d, const std::string& product) {
  std::vector<Section> sections;
  sections.push_back({"What this is", {d.organisation + " takes reports of vulnerabilities in " + product + " and its components, from anybody, "
                                       "and handles them together with those who report them."}, {}});
  if (!d.in_scope.empty()) sections.push_back({"What it covers", {}, d.in_scope});
  if (!d.out_of_scope.empty()) sections.push_back({"What it does not cover", {}, d.out_of_scope});
  Section report{"How to report", {}, d.contacts};
  if (!d.encryption.empty()) report.items.push_back("Encrypt with: " + d.encryption);
  if (!d.languages.empty()) {
    std::string list;
    for (const std::string& l : d.languages) list += (list.empty() ? "" : ", ") + l;
    report.items.push_back("Languages: " + list);
  }
  report.paragraphs.push_back("Say what you found, in which version, how it can be seen again, and what somebody could do with it. "
                              "You need not say who you are. Take no more data than shows the fault, and keep none.");
  sections.push_back(std::move(report));
  Section then{"What happens then", {}, {}};
  if (d.acknowledge_days) then.items.push_back("You get an answer from a person within " + days(*d.acknowledge_days) + ".");
  if (d.assess_days) then.items.push_back("We tell you what we make of it within " + days(*d.assess_days) + ".");
  then.items.push_back("If the fault is in a component of somebody else, we tell those who make or maintain it, and share a fix if we have one.");
  then.items.push_back("If it is being exploited, we tell the authorities and the users as the law asks, whatever else was agreed.");
  then.items.push_back("When an update is there, we publish what was wrong, in which versions, how severe it is, and what to do.");
  if (d.publish_days) then.items.push_back("We ask you to wait with publishing until there is an update, for at most " + days(*d.publish_days) + ".");
  sections.push_back(std::move(then));
  Section promise{"What you can rely on", {}, {}};
  if (d.no_legal_action && *d.no_legal_action) promise.items.push_back("We take no legal action against who reports in good faith and keeps to this policy.");
  if (d.credit && *d.credit) promise.items.push_back("We name you in the advisory if you wish, and not if you do not.");
  if (d.credit && !*d.credit) promise.items.push_back("We do not name reporters.");
  if (!promise.items.empty()) sections.push_back(std::move(promise));
  return sections;
}

// Markdown gives a meaning to these at places a text may have them.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '`' || c == '*' || c == '[' || c == ']' || c == '<' || c == '#' || c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string linked(const std::string& item) {
  if (item.starts_with("https://") || item.starts_with("mailto:") || item.starts_with("tel:")) {
    return "<a href=\"" + text::escaped(item) + "\">" + text::escaped(item) + "</a>";
  }
  return text::escaped(item);
}

std::string title_of(const Disclosure& d) { return "Reporting a vulnerability to " + d.organisation; }

}  // namespace

std::string policy_markdown(const Disclosure& d, const std::string& product) {
  std::string out = "# " + plain(title_of(d)) + "\n";
  if (d.in_force_from) out += "\nIn force from " + to_string(*d.in_force_from) + ".\n";
  for (const Section& s : sections_of(d, product)) {
    out += "\n## " + s.title + "\n";
    for (const std::string& p : s.paragraphs) out += "\n" + plain(p) + "\n";
    if (!s.items.empty()) out += "\n";
    for (const std::string& item : s.items) out += "- " + plain(item) + "\n";
  }
  return out;
}

std::string policy_html(const Disclosure& d, const std::string& product) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
                    text::escaped(title_of(d)) + "</title>\n<style>body{font:1rem/1.5 sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}</style>\n</head>\n<body>\n<main>\n<h1>" +
                    text::escaped(title_of(d)) + "</h1>\n";
  if (d.in_force_from) out += "<p>In force from <time>" + to_string(*d.in_force_from) + "</time>.</p>\n";
  for (const Section& s : sections_of(d, product)) {
    out += "<h2>" + text::escaped(s.title) + "</h2>\n";
    for (const std::string& p : s.paragraphs) out += "<p>" + text::escaped(p) + "</p>\n";
    if (s.items.empty()) continue;
    out += "<ul>\n";
    for (const std::string& item : s.items) out += "<li>" + linked(item) + "</li>\n";
    out += "</ul>\n";
  }
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace duolex::incidents
