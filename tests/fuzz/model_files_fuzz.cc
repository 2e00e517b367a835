// Model files of any bytes. The first byte chooses the name, and with it which reader is promised what, the second what the
// bytes are packed into, with the checksums that a change of packed bytes would break, and what lies beside the file.
#include <zlib.h>

#include <cstdint>
#include <cstdio>

#include "demand.h"
#include "threats/model_files/scan.h"

using namespace duolex;
using namespace duolex::threats::model_files;

namespace {

std::string little(std::uint64_t v, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i, v >>= 8) out += static_cast<char>(v);
  return out;
}

std::string zip_of(const std::string& name, const std::string& content) {
  const std::string sums = little(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())), 4) + little(content.size(), 4) + little(content.size(), 4);
  const std::string local = "PK\x03\x04" + little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + sums + little(name.size(), 2) + little(0, 2) + name + content;
  const std::string central = "PK\x01\x02" + little(20, 2) + little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + sums + little(name.size(), 2) + little(0, 12) + little(0, 4) + name;
  return local + central + "PK\x05\x06" + little(0, 4) + little(1, 2) + little(1, 2) + little(central.size(), 4) + little(local.size(), 4) + little(0, 2);
}

std::string tar_of(const std::string& name, const std::string& content) {
  std::string head(512, '\0');
  head.replace(0, name.size(), name);
  char size[13], sum[9];
  std::snprintf(size, sizeof size, "%011o", static_cast<unsigned>(content.size()));
  head.replace(100, 8, std::string("0000644\0", 8)).replace(124, 12, std::string(size, 12)).replace(148, 8, "        ").replace(156, 1, "0").replace(257, 6, std::string("ustar\0", 6));
  unsigned total = 0;
  for (const char c : head) total += static_cast<unsigned char>(c);
  std::snprintf(sum, sizeof sum, "%06o", total);
  head.replace(148, 7, std::string(sum, 7));
  return head + content + std::string((512 - content.size() % 512) % 512 + 1024, '\0');
}

std::string deflated(const std::string& content) {
  std::string out(compressBound(static_cast<uLong>(content.size())), '\0');
  uLongf size = static_cast<uLongf>(out.size());
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(content.data()), static_cast<uLong>(content.size()), 1);
  out.resize(size);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static const char* const names[] = {"m.pkl", "m", "m.safetensors", "m.onnx", "m.pb", "config.json", "m.tar", "m.jinja", "m.joblib", "m.h5", "m.npy", "m.gguf", "data/0", "archive/data.pkl", "code/__torch__.py", "m.keras"};
  Limits limits;
  limits.member = std::size_t{4} << 20;
  limits.unpacked = std::size_t{8} << 20;
  const std::string name = names[data[0] % 16];
  std::string bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  switch (data[1] % 8) {
    case 1: bytes = zip_of(name, bytes); break;
    case 2: bytes = deflated(bytes); break;
    case 3: bytes = tar_of(name, bytes); break;
    case 4: bytes = zip_of("inner.zip", zip_of(name, bytes)); break;
    default: break;
  }
  const auto beside = [way = data[1] / 8 % 4](const std::string& location) {
    fuzz::demand(!location.empty() && location.front() != '/', "nothing outside of the folder is asked for");
    return Neighbour{way == 0 ? Neighbour::State::absent : way == 1 ? Neighbour::State::outside : Neighbour::State::there, way == 3 ? 64U : 8U};
  };
  const FileReport report = scan_file(name, bytes, {}, limits, beside);
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
