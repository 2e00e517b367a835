// advisory_corpus records COUNT [FIRST [EDITION]] | bill COMPONENTS [SEED]: made-up input for figures, to standard
// output. `advisory_corpus records 1000000` is 1.8 GB.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "corpus.h"

int main(int argc, char** argv) {
  const auto number = [&](int i, std::uint64_t otherwise) { return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise; };
  std::string out;
  const auto flush = [&] {
    const bool written = std::fwrite(out.data(), 1, out.size(), stdout) == out.size();
    out.clear();
    return written;
  };
  if (argc > 2 && std::strcmp(argv[1], "records") == 0) {
    const std::uint64_t count = number(2, 0), first = number(3, 0);
    for (std::uint64_t i = 0; i < count; ++i) {
      duolex::corpus::append_record(out, first + i, static_cast<unsigned>(number(4, 0)));
      if (out.size() > (std::size_t{1} << 20) && !flush()) return 73;
    }
    return flush() ? 0 : 73;
  }
  if (argc > 2 && std::strcmp(argv[1], "bill") == 0) {
    out = duolex::corpus::bill(number(2, 1000), number(3, 1));
    return flush() ? 0 : 73;
  }
  std::fputs("advisory_corpus records COUNT [FIRST [EDITION]] | bill COMPONENTS [SEED]\n", stderr);
  return 64;
}
