// The release against the last declared one: CRA Article 3(30), AI Act Articles 3(23) and 43(4).
#include "documents/change.h"
#include "documents/page.h"

namespace duolex::documents {

void write_change_check(Page& page) {
  constexpr std::size_t most = 25;
  const ChangeCheck& c = page.a.change;
  page.section("change", said("Change since the last declaration"));
  page.h.open("p");
  page.say(c.against_said);
  page.h.cites({"CRA/art/3/30", "AIA/art/43/4"}).close();
  if (c.change) write_change(page.h, *c.change, 3, most, page.tongue);
  page.h.raw("</section>\n");
}

}  // namespace duolex::documents
