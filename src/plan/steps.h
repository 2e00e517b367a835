// The steps of an explanation in words, and the trees made short enough to read.
#pragma once

#include <string>
#include <vector>

#include "findings/findings.h"

namespace duolex::plan {

struct StepWords {
  std::string what;    // "Class of the product under the CRA", or a fact's question
  std::string value;   // "important, class I"; empty where `what` says it all
  std::string detail;  // "cra.class, clause 2, law/cra/22-classes.law:41"

  // `value` in pieces, for those who say it in another language: its words, none: "none"; and what is said of them.
  std::vector<std::string> words;
  enum class Form { are, is_not, none_of } form = Form::are;
  bool assumed = false;
  bool named = true;   // false: `what` is an id and no words
};
[[nodiscard]] StepWords step_words(const findings::Explanation& step);

// "Class of the product under the CRA: important, class I".
[[nodiscard]] std::string one_line(const StepWords& words);

// The same tree with three or more neighbouring steps about members of one set, all had or all lacking, drawn
// together into one step that rests on what each of them rests on. The full tree is in assessment.json.
[[nodiscard]] findings::Explanation condensed(const findings::Explanation& tree);

}  // namespace duolex::plan
