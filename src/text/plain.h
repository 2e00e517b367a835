// Text that others wrote, on its way into a document or onto a terminal: what could move a terminal's cursor or turn the reading order is
// taken out.
#pragma once

#include <string>
#include <string_view>

namespace duolex::text {

// Control characters other than line feed and tab, the marks that embed or override the direction of text, and
// bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string plain(std::string_view text);

// plain(), with spaces in place of line feeds and tabs: a name that others gave begins no line of its own.
[[nodiscard]] std::string in_one_line(std::string_view text);

// plain(), and the characters that mean something to HTML and XML as entities: for text and for attribute values in
// quotes.
[[nodiscard]] std::string escaped(std::string_view text);

// Columns on a terminal: one for each character (East Asian wide ones count two).
[[nodiscard]] std::size_t columns(std::string_view text);

// Breaks the text at spaces so that lines have at most `width` columns. The first line starts after `first`, the
// others after `rest`; both count. A word that is too long stands alone. Ends with a line feed.
[[nodiscard]] std::string wrapped(std::string_view text, std::string_view first, std::string_view rest, std::size_t width);

}  // namespace duolex::text
