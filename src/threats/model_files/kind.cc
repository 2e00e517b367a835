#include <algorithm>
#include <string>

#include "text/utf8.h"
#include "threats/model_files/protobuf.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

using std::string_view_literals::operator""sv;

std::string ending_of(const std::string& name) {
  const std::size_t dot = name.find_last_of('.');
  if (dot == std::string::npos || name.find('/', dot) != std::string::npos) return "";
  std::string ending = name.substr(dot + 1);
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return ending;
}

bool one_of(const std::string& ending, std::string_view list) {
  if (ending.empty()) return false;
  for (std::size_t at = list.find(ending); at != std::string_view::npos; at = list.find(ending, at + 1)) {
    const std::size_t end = at + ending.size();
    if ((at == 0 || list[at - 1] == ' ') && (end == list.size() || list[end] == ' ')) return true;
  }
  return false;
}

// Files that loaders of models open as pickles.
constexpr std::string_view pickle_endings = "pkl pickle pt pth bin ckpt joblib p pk dat data sav model dill cloudpickle mar";

// Names that promise a format with a mark of its own.
constexpr std::string_view model_endings = "zip npz npy keras h5 hdf5 gguf 7z gz tgz bz2 xz tar rar";

struct Magic {
  std::string_view bytes;
  std::size_t at;
  const char* kind;
};

// What holds no code of a model, or none that Duolex reads.
constexpr Magic pictures[] = {
    {"\x89PNG", 0, "PNG picture"}, {"\xff\xd8\xff", 0, "JPEG picture"}, {"GIF8", 0, "GIF picture"}, {"OggS", 0, "Ogg sound"},
    {"fLaC", 0, "FLAC sound"},     {"WAVE", 8, "WAVE sound"},           {"WEBP", 8, "WebP picture"}, {"%PDF", 0, "PDF document"},
};
constexpr Magic programs[] = {
    {"\x7f" "ELF", 0, "ELF program"}, {"MZ", 0, "Windows program"}, {"\xcf\xfa\xed\xfe", 0, "Mach-O program"},
    {"\xca\xfe\xba\xbe", 0, "Java class or Mach-O program"}, {"#!", 0, "script"},
};
constexpr Magic unread[] = {
    {"TFL3", 4, "TensorFlow Lite"}, {"ggjt", 0, "GGML"}, {"tjgg", 0, "GGML"}, {"lmgg", 0, "GGML"}, {"fmgg", 0, "GGML"},
};
constexpr Magic packed[] = {
    {"7z\xbc\xaf\x27\x1c", 0, "7z"}, {"BZh", 0, "bzip2"}, {"\xfd" "7zXZ", 0, "xz"}, {"\x28\xb5\x2f\xfd", 0, "zstd"},
    {"\x04\x22\x4d\x18", 0, "lz4"}, {"Rar!", 0, "RAR"}, {"\x5d\x00\x00"sv, 0, "lzma"}, {"!<arch>\n", 0, "ar"}, {"070701", 0, "cpio"},
};

template <std::size_t N>
const Magic* match(const Magic (&table)[N], std::string_view bytes) {
  for (const Magic& m : table)
    if (bytes.size() >= m.at + m.bytes.size() && bytes.substr(m.at, m.bytes.size()) == m.bytes) return &m;
  return nullptr;
}

bool is_hdf5(std::string_view bytes) {
  for (std::size_t at = 0; at + 8 <= bytes.size() && at <= (std::size_t{1} << 20); at = at == 0 ? 512 : at * 2)
    if (bytes.substr(at, 8) == "\x89HDF\r\n\x1a\n") return true;
  return false;
}

bool is_safetensors(std::string_view bytes) {
  Cursor c{bytes};
  std::uint64_t length = 0;
  return c.number(length) && c.left() > 0 && bytes[c.at] == '{' && length >= 2 && (length >> 32) == 0;
}

bool has_zip_directory(std::string_view bytes) {
  const std::size_t back = std::min<std::size_t>(bytes.size(), 65'557);
  const std::size_t end = bytes.substr(bytes.size() - back).rfind("PK\x05\x06");
  return end != std::string_view::npos && bytes.size() - back + end + 22 <= bytes.size() && bytes.find("PK\x01\x02") != std::string_view::npos;
}

bool is_zlib(std::string_view bytes) {
  if (bytes.size() < 8) return false;
  const auto first = static_cast<unsigned char>(bytes[0]), second = static_cast<unsigned char>(bytes[1]);
  return first == 0x78 && (first * 256U + second) % 31 == 0 && (second & 0x20U) == 0;
}

// Fields all the way, and the first ones those of a model: its version, its producer, its graph.
bool looks_like_onnx(std::string_view bytes) {
  Fields fields(bytes);
  Field f;
  bool version = false, graph = false;
  while (fields.next(f)) {
    if (f.number > 100) return false;
    version = version || (f.number == 1 && f.type == 0 && f.value > 0 && f.value < 100);
    graph = graph || (f.number == 7 && f.type == 2);
  }
  return !fields.broken() && version && graph;
}

void scan_text(Scan& scan, const std::string& ending, std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (ending == "json" || ending == "ipynb" || (first != std::string_view::npos && bytes[first] == '{' && ending.empty())) {
    scan.kind("JSON");
    scan_json(scan, bytes, 0);
  } else if (one_of(ending, "jinja jinja2")) {
    scan.kind("chat template");
    scan_template(scan, bytes, 0);
  } else if (one_of(ending, "py pyw sh bat ps1 js pyi")) {
    scan.kind("program text");
    // TorchScript's own language looks like Python and is read by its own interpreter.
    if (scan.torch_script) return;
    scan.found(Verdict::suspicious, "is program text: a loader that trusts the code of a model runs it", 0);
  } else {
    scan.kind("text");
  }
}

}  // namespace

bool promises_pickle(const std::string& name) { return one_of(ending_of(name), pickle_endings); }

void scan_bytes(Scan& scan, const std::string& name, std::string_view bytes) {
  const std::string ending = ending_of(name);
  const bool promised = promises_pickle(name);
  const auto magic = [&](std::string_view m) { return bytes.substr(0, m.size()) == m; };
  if (bytes.empty()) {
    scan.kind("empty");
    if (promised || one_of(ending, "onnx gguf safetensors h5 keras npy npz zip pb")) scan.found(Verdict::unreadable, "is empty", 0);
    return;
  }
  if (magic("\x93NUMPY")) return scan_npy(scan, bytes);
  if (magic("GGUF")) return scan_gguf(scan, bytes);
  if (magic("PK\x03\x04") || magic("PK\x05\x06")) return scan_zip(scan, bytes);
  if (is_hdf5(bytes)) return scan_hdf5(scan, bytes);
  if (magic("\x1f\x8b")) return scan_deflated(scan, bytes, name);
  if (const Magic* m = match(packed, bytes)) {
    scan.kind(m->kind);
    return scan_packed(scan, bytes, name);
  }
  if (is_tar(bytes)) return scan_tar(scan, bytes);
  if (one_of(ending, "safetensors") || (!promised && is_safetensors(bytes))) return scan_safetensors(scan, bytes);
  if (one_of(ending, "onnx ort")) return scan_onnx(scan, bytes);
  if (ending == "pb") return scan_saved_model(scan, bytes);

  if (is_zlib(bytes)) return scan_deflated(scan, bytes, name);
  // A file can be two things at once: what begins as a pickle may end as an archive.
  const bool both = has_zip_directory(bytes);
  const bool pickle = scan_pickles(scan, bytes, 0, promised && !both ? Promise::by_name : Promise::none);
  if (both) {
    scan.found(Verdict::suspicious, "is a ZIP archive behind other bytes", 0);
    return scan_zip(scan, bytes);
  }
  if (pickle) return;
  if (const Magic* m = match(programs, bytes)) {
    scan.kind(m->kind);
    scan.found(Verdict::suspicious, std::string("is a program, not a model: ") + m->kind, 0);
    return;
  }
  if (const Magic* m = match(pictures, bytes)) {
    scan.kind(m->kind);
    if (!promised) scan.not_checked("faults of the programs that decode it");
    return;
  }
  if (const Magic* m = match(unread, bytes)) {
    scan.kind(m->kind);
    scan.found(Verdict::unreadable, std::string("there is no reader for ") + m->kind, 0);
    return;
  }
  if (promised) return;  // said already that it is no pickle
  if (looks_like_onnx(bytes)) return scan_onnx(scan, bytes);
  if (one_of(ending, model_endings)) return scan.found(Verdict::unreadable, "is not what its name says", 0);
  if (!text::find_bad_encoding(bytes.substr(0, text::code_point_boundary(bytes, std::min(bytes.size(), std::size_t{4} << 20))))) return scan_text(scan, ending, bytes);
  // Members of an archive may be plain numbers, as the storages of PyTorch are.
  if (!scan.member().empty()) return;
  scan.found(Verdict::unreadable, "is of a kind that is not known", 0);
}

}  // namespace duolex::threats::model_files
