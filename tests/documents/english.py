"""English that a page in another language still says: marked as English, or not even that.

The words of the dossier stay as its author wrote them, and names and identifiers are the same in every language; what is
looked for is everything else. Words that only English has tell it; a sentence without any of them is not seen.
"""
import html
import re

import yaml

WORDS = {
    "de": set("the of and which with not by from are has have this that there is its be been were to for nothing nobody what when where who how "
              "does do than under against between without whether yes your you their they shall may must should would could only other than".split()),
    "fr": set("the of and which with not by from are has have this that there is its be been were to for nothing nobody what when where who how "
              "does do than under against between without whether yes your you their they shall may must should would could only other".split()),
}


def strings(node):
    if isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


def own_words(dossier):
    """What the dossier says, as a page may print it: whole values, the longest first."""
    values = {form for s in strings(yaml.safe_load(dossier)) for form in (s.strip(), " ".join(s.split()))}
    return sorted((v for v in values if len(v) > 3), key=len, reverse=True)


def marked(page):
    """What the page itself marks as English."""
    return [html.unescape(re.sub("<[^>]*>", "", x)) for x in re.findall(r'<(?:span|div|p|td|li)[^>]* lang="en"[^>]*>(.*?)</(?:span|div|p|td|li)>', page, re.S)]


def unmarked(page, language, own):
    """Texts of the page with words that only English has."""
    page = re.sub("<style>.*?</style>", "", page, flags=re.S)
    page = re.sub(r'<span lang="en">.*?</span>', " ", page, flags=re.S)
    page = re.sub(r"<code\b[^>]*>.*?</code>", " ", page, flags=re.S)
    page = re.sub(r'<span class="cites">(?:<span[^>]*>[^<]*</span>(?:; )?)*</span>', "", page)
    attributes = re.findall(r'(?:data-label|alt|aria-label)="([^"]*)"', page)
    page = re.sub(r"</?(?:span|strong|a|time|b|em)\b[^>]*>", "", page)
    found = []
    for text in re.split("<[^>]*>", page) + attributes:
        text = " ".join(html.unescape(text).split())
        left = text
        for value in own:
            left = left.replace(value, " ")
        left = re.sub(r"[\w./-]*[._/][\w./-]*|„[^“]*“|« [^»]* »", " ", left)
        if any(word.lower() in WORDS[language] for word in re.findall(r"(?<!\w)[^\W\d_]+(?!\w)", left)):
            found.append(text)
    return found
