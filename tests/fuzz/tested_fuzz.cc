// The attachments of evidence that the report shows, on any bytes.
#include <cstdint>

#include "demand.h"
#include "workspace/joint_file/tested_of.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const char* test : {"model.evasion", "data.label_noise", "data.duplicates", "data.leakage", "data.poison", "data.drift", "data.integrity"}) {
    documents::Tested tested;
    documents::EvidenceRow row;
    row.test = test;
    workspace::read_report(bytes, row, "m.onnx", tested);
    fuzz::demand(tested.models.size() + tested.data.size() + tested.unreadable.size() == 1, "an attachment is shown or said to be unreadable");
    for (const documents::ModelTest& t : tested.models) {
      for (const documents::CurveRow& c : t.curve) fuzz::demand(c.right.low >= 0 && c.right.high <= 1, "a share is a share");
      for (const documents::PictureRow& p : t.pictures) fuzz::demand(p.original.find('"') == std::string::npos, "a picture is nothing but base64");
    }
  }
  return 0;
}
