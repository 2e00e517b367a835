// duolex-check --law DIR FACTS ANSWER.json
#include <cstdio>

#include "checker/check.h"

using namespace duolex::checker;

int main(int argc, char** argv) try {
  const bool right = argc == 5 && argv[1] == std::string("--law");
  if (!right) throw Verdict{64, "usage: duolex-check --law DIR FACTS ANSWER.json"};
  const LawFiles law = read_files(argv[2]);
  const Verdict verdict = Examiner(law, read_source(argv[3])).check(read_source(argv[4]));
  if (verdict.exit_code != 0) throw verdict;
  return std::printf("%s\n", verdict.message.c_str()), 0;
} catch (const Verdict& v) {
  return std::fprintf(stderr, "%s\n", v.message.c_str()), v.exit_code;
}
