#include "tensor/window.h"

#include <algorithm>

namespace duolex::tensor {

bool Window::padded() const {
  const auto some = [](std::int64_t v) { return v != 0; };
  return std::any_of(before.begin(), before.end(), some) || std::any_of(after.begin(), after.end(), some);
}

std::string read_window(const Node& node, const Shape& from, std::vector<std::int64_t> kernel, Window& w) {
  if (from.size() < 3 || from.size() > 5) return "not tested: operator " + node.op + ": over " + std::to_string(from.size()) + " dimensions";
  const std::size_t rank = from.size() - 2;
  w.from.assign(from.begin() + 2, from.end());
  if (const auto given = node.integers("kernel_shape"); !given.empty()) kernel = given;
  w.kernel = kernel;
  w.stride = node.integers("strides");
  w.dilation = node.integers("dilations");
  if (w.stride.empty()) w.stride.assign(rank, 1);
  if (w.dilation.empty()) w.dilation.assign(rank, 1);
  auto pads = node.integers("pads");
  const std::string auto_pad = node.text("auto_pad", "NOTSET");
  if (pads.empty()) pads.assign(2 * rank, 0);
  if (kernel.size() != rank || w.stride.size() != rank || w.dilation.size() != rank || pads.size() != 2 * rank)
    return "kernel, strides, dilations or pads do not fit the input";
  w.round_up = node.integer("ceil_mode", 0) != 0;
  for (std::size_t d = 0; d < rank; ++d) {
    constexpr std::int64_t most = 1 << 20;
    if (w.kernel[d] < 1 || w.kernel[d] > most || w.stride[d] < 1 || w.stride[d] > most || w.dilation[d] < 1 || w.dilation[d] > most ||
        w.from[d] < 1 || w.from[d] > (1 << 28) || pads[d] < 0 || pads[d] > most || pads[d + rank] < 0 || pads[d + rank] > most)
      return "kernel, strides, dilations or pads out of range";
    const std::int64_t reach = (w.kernel[d] - 1) * w.dilation[d] + 1;
    std::int64_t before = pads[d], after = pads[d + rank], to = 0;
    if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
      to = (w.from[d] + w.stride[d] - 1) / w.stride[d];
      const std::int64_t all = std::max<std::int64_t>(0, (to - 1) * w.stride[d] + reach - w.from[d]);
      before = auto_pad == "SAME_UPPER" ? all / 2 : all - all / 2;
      after = all - before;
    } else {
      if (auto_pad == "VALID") before = after = 0;
      const std::int64_t room = w.from[d] + before + after - reach;
      if (room < 0) return "the kernel is larger than the padded input";
      to = (w.round_up ? (room + w.stride[d] - 1) / w.stride[d] : room / w.stride[d]) + 1;
      if (w.round_up && (to - 1) * w.stride[d] >= w.from[d] + before) --to;  // a window may not begin in the padding behind
    }
    w.before.push_back(before);
    w.after.push_back(after);
    w.to.push_back(to);
  }
  return {};
}

}  // namespace duolex::tensor
