// duolex-check --law DIR FACTS ANSWER.json
#include <cstdio>
#include <cstring>

#include "checker/check.h"

int main(int argc, char** argv) {
  if (argc != 5 || std::strcmp(argv[1], "--law") != 0) return std::fputs("usage: duolex-check --law DIR FACTS ANSWER.json\n", stderr), 64;
  const duolex::checker::Verdict verdict = duolex::checker::check_files(argv[2], argv[3], argv[4]);
  std::fprintf(verdict.exit_code == 0 ? stdout : stderr, "%s\n", verdict.message.c_str());
  return verdict.exit_code;
}
