// Model files of any bytes. The first byte chooses the name, and with it which reader is promised what.
#include <cstdint>

#include "demand.h"
#include "threats/model_files/scan.h"

using namespace duolex;
using namespace duolex::threats::model_files;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const char* const names[] = {"m.pkl", "m", "m.safetensors", "m.onnx", "m.pb", "config.json", "m.tar", "m.jinja"};
  Limits limits;
  limits.member = std::size_t{4} << 20;
  limits.unpacked = std::size_t{8} << 20;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const FileReport report = scan_file(names[data[0] % 8], bytes, {}, limits);
  fuzz::demand(!report.kind.empty(), "the kind is said");
  fuzz::demand((report.verdict == Verdict::no_code_found) == report.reasons.empty(), "a verdict has its reasons");
  for (const Reason& r : report.reasons) {
    fuzz::demand(r.verdict <= report.verdict, "the verdict is the heaviest reason");
    fuzz::demand(!r.what.empty(), "a reason has words");
    fuzz::demand(!r.member.empty() || r.offset <= bytes.size(), "a place lies in the file");
  }
  fuzz::demand(!to_json_text({report}).empty() && !to_text({report}).empty() && !to_sarif({report}, "1").empty(), "reports can be written");
  return 0;
}
