// What a black box answers, of any bytes: scores for each row, or a reason.
#include <cstdint>

#include "demand.h"
#include "threats/array.h"
#include "workspace/probes/box_answers.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t n = data[0] % 5U + 1;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto body = workspace::body_of(bytes);
  if (!body) fuzz::demand_reasons(body.error());
  for (const std::string& answer : {body ? *body : std::string(), bytes}) {
    const auto scores = workspace::scores_in(answer, n);
    if (!scores) fuzz::demand_reasons(scores.error());
    else fuzz::demand(scores->size() % n == 0, "each row has as many scores");
  }
  // What a header promises is what the reader of arrays takes behind it.
  const std::size_t follow = workspace::bytes_after(bytes);
  if (follow != 0 && follow <= 4096 && bytes.size() < 65536 && bytes.find("'fortran_order': False") != std::string::npos) {
    const std::string head = {"\x93NUMPY\x01\x00", 8};
    const std::string array = head + static_cast<char>(bytes.size() & 255) + static_cast<char>(bytes.size() >> 8) + bytes + std::string(follow, '\0');
    if (const auto read = threats::read_npy("a", array)) fuzz::demand(read->bytes.size() == follow, "the header says how much follows");
  }
  return 0;
}
