#include "threats/model_files/scan.h"

#include <algorithm>

namespace duolex::threats::model_files {
namespace {

// Names inside hostile files are shown, so they are kept short and on one line.
std::string shown(const std::string& name) {
  std::string out;
  for (const char c : name.substr(0, 200)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return name.size() > 200 ? out + "…" : out;
}

}  // namespace

void Scan::found(Verdict verdict, const std::string& what, std::size_t offset, const std::string& call) {
  report_.verdict = std::max(report_.verdict, verdict);
  offset = std::min(offset, size_);
  for (const Reason& r : report_.reasons)
    if (r.offset == offset && r.what == what && r.member == member_ && r.call == call) return;
  if (report_.reasons.size() >= limits_.reasons) {
    ++left_out_;
    // A heavier reason takes the place of a lighter one.
    const auto lightest = std::min_element(report_.reasons.begin(), report_.reasons.end(),
                                           [](const Reason& a, const Reason& b) { return a.verdict < b.verdict; });
    if (lightest == report_.reasons.end() || lightest->verdict >= verdict) return;
    report_.reasons.erase(lightest);
  }
  report_.reasons.push_back({verdict, what, member_, offset, call});
}

void Scan::not_checked(const std::string& what) {
  const std::string text = member_.empty() ? what : member_ + ": " + what;
  const auto& known = report_.not_checked;
  if (known.size() < limits_.reasons && std::find(known.begin(), known.end(), text) == known.end())
    report_.not_checked.push_back(text);
}

void Scan::kind(const std::string& kind) {
  if (depth_ == 0 && report_.kind.empty()) report_.kind = kind;
}

std::size_t Scan::room() const { return std::min(limits_.member, limits_.unpacked - std::min(limits_.unpacked, unpacked_)); }

bool Scan::next_member() {
  if (members_ < limits_.members) return ++members_, true;
  found(Verdict::unreadable, "holds more than " + std::to_string(limits_.members) + " members; the rest was not looked at", 0);
  return false;
}

void Scan::inside(const std::string& name, std::string_view bytes) {
  const std::string outer = member_;
  const std::size_t outer_size = size_;
  member_ += (member_.empty() ? "" : "!") + shown(name);
  if (depth_ + 1 > limits_.depth) {
    found(Verdict::unreadable, "archives are nested more than " + std::to_string(limits_.depth) + " deep", 0);
  } else {
    ++depth_;
    size_ = bytes.size();
    scan_bytes(*this, name, bytes);
    --depth_;
  }
  size_ = outer_size;
  member_ = outer;
}

const Unpacker* Scan::unpacker() {
  if (unpackers_) {
    const auto loaded = unpackers_();
    if (loaded) return *loaded;
    found(Verdict::unreadable, "the unpacking library " + loaded.error().front().message, 0);
    return nullptr;
  }
  found(Verdict::unreadable, "there is no unpacker for this kind of archive", 0);
  return nullptr;
}

FileReport Scan::finish() {
  std::stable_sort(report_.reasons.begin(), report_.reasons.end(), [](const Reason& a, const Reason& b) {
    if (a.verdict != b.verdict) return a.verdict > b.verdict;
    if (a.member != b.member) return a.member < b.member;
    return a.offset < b.offset;
  });
  if (left_out_ > 0) report_.not_checked.push_back(std::to_string(left_out_) + " more reasons are not listed");
  if (report_.kind.empty()) report_.kind = "unknown";
  return report_;
}

FileReport scan_file(const std::string& path, std::string_view bytes, const UnpackerSource& unpackers, const Limits& limits, const Neighbours& neighbours) {
  Scan scan(limits, unpackers, bytes.size(), neighbours);
  const std::size_t slash = path.find_last_of('/');
  scan_bytes(scan, slash == std::string::npos ? path : path.substr(slash + 1), bytes);
  FileReport report = scan.finish();
  report.path = path;
  report.size = bytes.size();
  return report;
}

}  // namespace duolex::threats::model_files
