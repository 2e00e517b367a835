// duolex-check --law DIR FACTS ANSWER.json
#include <cstdio>
#include <string_view>

#include "checker/check.h"

int main(int argc, char** argv) {
  const bool right = argc == 5 && std::string_view(argv[1]) == "--law";
  if (!right) return std::fputs("usage: duolex-check --law DIR FACTS ANSWER.json\n", stderr), 64;
  const duolex::checker::Verdict verdict = duolex::checker::check_files(argv[2], argv[3], argv[4]);
  std::fprintf(verdict.exit_code == 0 ? stdout : stderr, "%s\n", verdict.message.c_str());
  return verdict.exit_code;
}
