#include <istream>
#include <ostream>

#include "vulnerabilities/versions/order_lines.h"
#include "workspace/vulnerabilities/advisories.h"

namespace duolex::workspace {

using vulnerabilities::LineVerdict;
using vulnerabilities::Scheme;

ExitCode advisories_order(const OrderRequest& request, std::istream& in, std::ostream& out, std::ostream& err) {
  const Scheme scheme = vulnerabilities::scheme_for_name(request.ecosystem);
  if (scheme == Scheme::none) {
    err << "'" << request.ecosystem << "' has no order of versions that is known here; there is one for";
    for (const std::string_view name : vulnerabilities::known_ecosystems()) err << " '" << name << "'";
    err << "\n";
    return ExitCode::usage;
  }
  std::size_t held = 0, not_held = 0, unreadable = 0;
  for (std::string line; std::getline(in, line);) {
    switch (vulnerabilities::judge_order_line(scheme, line)) {
      case LineVerdict::nothing: break;
      case LineVerdict::held: ++held; break;
      case LineVerdict::not_held: ++not_held; out << line << "\n"; break;
      case LineVerdict::unreadable: ++unreadable; err << "cannot be read: " << line << "\n"; break;
    }
  }
  out << held << " held, " << not_held << " did not, " << unreadable << " unreadable\n";
  return not_held != 0 ? ExitCode::finding : unreadable != 0 ? ExitCode::undecided : ExitCode::clear;
}

}  // namespace duolex::workspace
