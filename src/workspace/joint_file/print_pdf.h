// Pages printed as PDF/A-3b by a process of its own, `duolex-print` beside the program (WeasyPrint). It is given the
// pages on its standard input, an empty environment and no network.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/result.h"

namespace duolex::workspace {

struct PaperPage {
  std::string name;  // of the PDF
  std::string html, data;  // `data`: JSON that is embedded
};

// Name → bytes of each. `day`: what the files say they were made on. Fails when the printer is not there or not
// installed, or when it does not print every page.
[[nodiscard]] Result<std::map<std::string, std::string>> print_pdf(const std::vector<PaperPage>& pages, Day day);

}  // namespace duolex::workspace
