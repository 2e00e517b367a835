#include "plan/steps.h"

#include <algorithm>

#include "plan/words.h"

namespace duolex::plan {
namespace {

using findings::Explanation;

// "cra.procedures lacks module_a" is a step about one member of a set.
struct Member {
  std::string rule, word;
  bool is_member = false, has = false;
};

Member member_of(const Explanation& e) {
  if (e.kind != Explanation::Kind::rule) return {};
  for (const bool has : {true, false}) {
    const std::string between = has ? " has " : " lacks ";
    const std::size_t at = e.id.find(between);
    if (at != std::string::npos) return {e.id.substr(0, at), e.id.substr(at + between.size()), true, has};
  }
  return {};
}

void add_new(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const std::string& one : more)
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
}

// What several members rest on, each once; the first mention is the one with its own grounds.
void add_grounds(Explanation& group, const Explanation& member) {
  for (const Explanation& ground : member.because) {
    const bool known = std::any_of(group.because.begin(), group.because.end(), [&](const Explanation& g) {
      return g.kind == ground.kind && g.id == ground.id && g.text == ground.text && g.place == ground.place;
    });
    if (!known) group.because.push_back(ground);
  }
}

Explanation together(const std::vector<Explanation>& steps, std::size_t first, std::size_t last) {
  const Member m = member_of(steps[first]);
  Explanation group = steps[first];
  group.because.clear();
  group.text.clear();
  group.id = m.rule + (m.has ? " has" : " lacks");
  std::string words;
  for (std::size_t i = first; i < last; ++i) {
    words += (words.empty() ? "" : ", ") + member_of(steps[i]).word;
    add_new(group.cites, steps[i].cites);
    add_grounds(group, steps[i]);
    if (steps[i].by != group.by) group.by.clear();
  }
  group.text = !m.has && last - first == group.members ? "{}" : "{" + words + "}";
  return group;
}

}  // namespace

StepWords step_words(const Explanation& e) {
  StepWords w;
  w.what = e.label.empty() ? e.id : e.label;
  w.named = !e.label.empty();
  w.words = each_in_words(e.text);
  const auto detail = [&](const std::string& part) {
    if (!part.empty()) w.detail += (w.detail.empty() ? "" : ", ") + part;
  };
  const auto only = [&](const std::string& what) {
    w.what = what;
    w.named = true;
    w.words.clear();
  };
  bool has_value = true;
  switch (e.kind) {
    case Explanation::Kind::fact: {
      std::string value = e.text.rfind("is ", 0) == 0 ? e.text.substr(3) : e.text;
      const std::string assumed = " (assumed)";
      w.assumed = value.ends_with(assumed);
      if (w.assumed) value.resize(value.size() - assumed.size());
      w.words = each_in_words(value);
      detail(e.id);
      break;
    }
    case Explanation::Kind::state:
      w.what = "Legal state";
      w.named = true;
      detail(e.id);
      break;
    case Explanation::Kind::rule:
      if (const Member m = member_of(e); m.is_member) {
        w.words = {in_words(m.word)};
        if (!m.has) w.form = StepWords::Form::is_not;
      } else if (e.id.ends_with(" lacks") && !w.words.empty()) {
        w.form = StepWords::Form::none_of;
      }
      if (!e.label.empty()) detail(e.id);
      detail(e.by);
      detail(e.place);
      break;
    case Explanation::Kind::defeated:
      has_value = false;
      if (!e.id.empty()) detail(e.by.empty() ? "" : e.by + " does not apply");
      only(e.id.empty() ? e.text : "Not " + in_words(e.text));
      if (!e.id.empty()) w.words = each_in_words(e.text);
      detail(e.place);
      break;
    case Explanation::Kind::split:
    case Explanation::Kind::reading:
      has_value = false;
      only(e.text);
      break;
  }
  if (!has_value) return w;
  for (const std::string& word : w.words) w.value += (w.value.empty() ? "" : ", ") + word;
  if (w.words.empty()) w.value = "none";
  if (w.form != StepWords::Form::are) w.value = (w.form == StepWords::Form::is_not ? "not " : "none of ") + w.value;
  if (w.assumed) w.value += ", assumed";
  return w;
}

std::string one_line(const StepWords& w) {
  if (w.value.empty()) return w.what;
  return w.what + (w.what.ends_with('?') ? " " : ": ") + w.value;
}

Explanation condensed(const Explanation& tree) {
  Explanation out = tree;
  out.because.clear();
  for (std::size_t i = 0; i < tree.because.size();) {
    const Member m = member_of(tree.because[i]);
    std::size_t end = i + 1;
    while (m.is_member && end < tree.because.size()) {
      const Member next = member_of(tree.because[end]);
      if (!next.is_member || next.rule != m.rule || next.has != m.has) break;
      ++end;
    }
    if (end - i >= 3) {
      out.because.push_back(condensed(together(tree.because, i, end)));
      i = end;
    } else {
      out.because.push_back(condensed(tree.because[i++]));
    }
  }
  return out;
}

}  // namespace duolex::plan
