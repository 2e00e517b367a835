#include "threats/campaign/picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "text/figures.h"

namespace duolex::threats::campaign {
namespace {

std::string big_endian(std::uint32_t v) { return {static_cast<char>(v >> 24), static_cast<char>(v >> 16), static_cast<char>(v >> 8), static_cast<char>(v)}; }

std::uint32_t crc(std::string_view bytes) {
  std::uint32_t c = 0xffffffffu;
  for (const char b : bytes) {
    c ^= static_cast<unsigned char>(b);
    for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? 0xedb88320u ^ c >> 1 : c >> 1;
  }
  return ~c;
}

void chunk(std::string& out, const std::string& type, const std::string& data) {
  out += big_endian(static_cast<std::uint32_t>(data.size()));
  out += type + data;
  out += big_endian(crc(type + data));
}

// zlib's format with blocks that are stored as they are.
std::string stored(const std::string& raw) {
  std::string out("\x78\x01");
  std::uint32_t a = 1, b = 0;
  for (const char c : raw) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  for (std::size_t at = 0; at < raw.size() || at == 0; at += 65535) {
    const std::size_t n = std::min<std::size_t>(65535, raw.size() - at);
    out += static_cast<char>(at + n >= raw.size());
    const std::array<std::size_t, 2> lengths{n, ~n};
    for (const std::size_t l : lengths) out += {static_cast<char>(l & 255), static_cast<char>(l >> 8 & 255)};
    out += raw.substr(at, n);
  }
  return out + big_endian(b << 16 | a);
}

std::string fixed(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", v);
  return text;
}

}  // namespace

std::string png(std::span<const float> x, const evasion::Form& form) {
  if (x.size() != form.size() || (form.channels != 1 && form.channels != 3) || form.height < 2 || form.height > 4096 || form.width > 4096) return "";
  std::string raw;
  for (std::size_t r = 0; r < form.height; ++r) {
    raw += '\0';
    for (std::size_t c = 0; c < form.width; ++c)
      for (std::size_t k = 0; k < form.channels; ++k)
        raw += static_cast<char>(std::lround(255 * std::clamp(x[(k * form.height + r) * form.width + c], 0.0f, 1.0f)));
  }
  std::string out("\x89PNG\r\n\x1a\n");
  std::string head = big_endian(static_cast<std::uint32_t>(form.width)) + big_endian(static_cast<std::uint32_t>(form.height));
  head += {8, static_cast<char>(form.channels == 3 ? 2 : 0), 0, 0, 0};
  chunk(out, "IHDR", head);
  chunk(out, "IDAT", stored(raw));
  chunk(out, "IEND", "");
  return out;
}

std::string curve_svg(const std::vector<Point>& points, const std::string& x_title) {
  constexpr double left = 48, top = 10, width = 420, height = 180;
  double most = 0;
  for (const Point& p : points) most = std::max(most, p.x);
  if (points.empty() || most <= 0) return "";
  const auto px = [&](double v) { return left + width * v / most; };
  const auto py = [&](double share) { return top + height * (1 - share); };
  std::string band, line, marks;
  for (const Point& p : points) band += fixed(px(p.x)) + "," + fixed(py(p.high)) + " ";
  for (auto p = points.rbegin(); p != points.rend(); ++p) band += fixed(px(p->x)) + "," + fixed(py(p->low)) + " ";
  for (const Point& p : points) {
    line += fixed(px(p.x)) + "," + fixed(py(p.value)) + " ";
    marks += "<circle cx=\"" + fixed(px(p.x)) + "\" cy=\"" + fixed(py(p.value)) + "\" r=\"3\"><title>" + text::figure(p.x, 3) + ": " + fixed(100 * p.value) + " % (" +
             fixed(100 * p.low) + " to " + fixed(100 * p.high) + ")</title></circle>";
    marks += "<text x=\"" + fixed(px(p.x)) + "\" y=\"" + fixed(top + height + 14) + "\" text-anchor=\"middle\">" + text::figure(p.x, 3) + "</text>";
  }
  std::string svg = "<svg viewBox=\"0 0 500 220\" role=\"img\" width=\"500\" height=\"220\" font-size=\"10\" fill=\"currentColor\">";
  svg += "<title>Share of samples that stay right, by the size of the perturbation, with its interval</title>";
  for (int i = 0; i <= 4; ++i) {
    const double share = i / 4.0;
    svg += "<line x1=\"48\" x2=\"468\" y1=\"" + fixed(py(share)) + "\" y2=\"" + fixed(py(share)) + "\" stroke=\"currentColor\" stroke-opacity=\"0.2\"/>";
    svg += "<text x=\"42\" y=\"" + fixed(py(share) + 3) + "\" text-anchor=\"end\">" + std::to_string(25 * i) + " %</text>";
  }
  svg += "<polygon points=\"" + band + "\" fill-opacity=\"0.15\"/><polyline points=\"" + line + "\" fill=\"none\" stroke=\"currentColor\"/>" + marks;
  svg += "<text x=\"258\" y=\"216\" text-anchor=\"middle\">" + x_title + "</text></svg>";
  return svg;
}

}  // namespace duolex::threats::campaign
