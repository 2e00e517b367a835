#include "documents/curve.h"

#include <algorithm>
#include <cstdio>

#include "documents/plain.h"

namespace duolex::documents {
namespace {

constexpr double left = 48, top = 12, width = 470, height = 190;

std::string digits(double v, const char* form) {
  char text[32];
  std::snprintf(text, sizeof text, form, v);
  return text;
}
std::string px(double v) { return digits(v, "%.1f"); }

}  // namespace

std::string robustness_curve(const ModelTest& t, const Tongue& tongue) {
  if (t.curve.size() < 2 || t.samples == 0 || t.curve.back().epsilon <= 0) return "";
  const double most = t.curve.back().epsilon, n = static_cast<double>(t.samples);
  const auto x = [&](double epsilon) { return left + width * epsilon / most; };
  const auto of = [&](std::size_t count) { return said("{n} of {all}", {{"n", data(std::to_string(count))}, {"all", data(std::to_string(t.samples))}}); };
  const auto y = [&](double share) { return top + height * (1 - std::clamp(share, 0.0, 1.0)); };
  std::string band, line, marks;
  for (const CurveRow& c : t.curve) band += px(x(c.epsilon)) + "," + px(y(c.right.high)) + " ";
  for (auto c = t.curve.rbegin(); c != t.curve.rend(); ++c) band += px(x(c->epsilon)) + "," + px(y(c->right.low)) + " ";
  double last_label = -100;
  for (const CurveRow& c : t.curve) {
    const double share = static_cast<double>(c.right.count) / n;
    line += px(x(c.epsilon)) + "," + px(y(share)) + " ";
    marks += "<circle cx=\"" + px(x(c.epsilon)) + "\" cy=\"" + px(y(share)) + "\" r=\"3.5\"><title>" + digits(c.epsilon, "%.3g") + ": " + escaped(tongue(of(c.right.count))) + "</title></circle>";
    if (x(c.epsilon) - last_label < 34) continue;
    last_label = x(c.epsilon);
    marks += "<text x=\"" + px(last_label) + "\" y=\"" + px(top + height + 15) + "\" text-anchor=\"middle\">" + digits(c.epsilon, "%.3g") + "</text>";
  }
  std::string svg = "<svg class=\"curve\" viewBox=\"0 0 540 245\" role=\"img\" aria-label=\"" +
                    escaped(tongue(said("Share of samples that stay right, by the size of the perturbation; the numbers are in the table"))) + "\">";
  for (int i = 0; i <= 4; ++i) {
    const std::string at = px(y(i / 4.0));
    svg += "<line x1=\"48\" x2=\"518\" y1=\"" + at + "\" y2=\"" + at + "\" class=\"grid\"/><text x=\"42\" y=\"" + px(y(i / 4.0) + 3.5) + "\" text-anchor=\"end\">" +
           std::to_string(25 * i) + " %</text>";
  }
  svg += "<polygon points=\"" + band + "\" class=\"band\"/><polyline points=\"" + line + "\" class=\"line\"/>" + marks;
  if (t.certified.tested) {
    const double cx = x(t.epsilon), cy = y(static_cast<double>(t.certified.count) / n);
    svg += "<path class=\"proven\" d=\"M" + px(cx - 5) + " " + px(cy) + "h10M" + px(cx) + " " + px(cy - 5) + "v10\"><title>" +
           escaped(tongue(said("proven: {what}", {{"what", of(t.certified.count)}}))) + "</title></path>";
  }
  return svg + "<text x=\"283\" y=\"240\" text-anchor=\"middle\">" + escaped(tongue(said("size of the perturbation"))) + "</text></svg>\n";
}

}  // namespace duolex::documents
