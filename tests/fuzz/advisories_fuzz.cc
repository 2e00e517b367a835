// Advisories and signals of exploitation in any bytes: read, or refused with a reason.
#include <cstdint>
#include <string>

#include "demand.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/feeds/signals.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static vulnerabilities::RecordReader reader;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto scores = vulnerabilities::read_epss("f.csv", bytes);
  if (!scores) fuzz::demand_reasons(scores.error());
  bytes.append(vulnerabilities::RecordReader::padding, '\0');
  const auto read = reader.read("f.json", 0, std::string_view(bytes.data(), size));
  if (!read) fuzz::demand_reasons(read.error());
  return 0;
}
