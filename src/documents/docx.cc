#include "documents/docx.h"

#include <minizip/zip.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "documents/html.h"

namespace duolex::documents {
namespace {

using Kind = Block::Kind;

// An archive in memory, for minizip's callbacks.
struct Memory {
  std::string bytes;
  std::size_t at = 0;
};
voidpf ZCALLBACK open_memory(voidpf memory, const void*, int) { return memory; }
uLong ZCALLBACK read_memory(voidpf, voidpf, void*, uLong) { return 0; }
uLong ZCALLBACK write_memory(voidpf, voidpf stream, const void* from, uLong size) {
  Memory& m = *static_cast<Memory*>(stream);
  m.bytes.resize(std::max(m.bytes.size(), m.at + size));
  std::memcpy(m.bytes.data() + m.at, from, size);
  m.at += size;
  return size;
}
ZPOS64_T ZCALLBACK tell_memory(voidpf, voidpf stream) { return static_cast<Memory*>(stream)->at; }
long ZCALLBACK seek_memory(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
  Memory& m = *static_cast<Memory*>(stream);
  const std::size_t from = origin == ZLIB_FILEFUNC_SEEK_SET ? 0 : origin == ZLIB_FILEFUNC_SEEK_CUR ? m.at : m.bytes.size();
  m.at = from + offset;
  return m.at <= m.bytes.size() ? 0 : -1;
}
int ZCALLBACK close_memory(voidpf, voidpf) { return 0; }
int ZCALLBACK error_memory(voidpf, voidpf) { return 0; }

bool archive(const std::vector<std::pair<const char*, std::string>>& parts, std::string& out) {
  Memory memory;
  zlib_filefunc64_def functions{open_memory, read_memory, write_memory, tell_memory, seek_memory, close_memory, error_memory, &memory};
  zipFile zip = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
  if (zip == nullptr) return false;
  bool good = true;
  for (const auto& [name, bytes] : parts) {
    zip_fileinfo info{};
    info.tmz_date = {0, 0, 0, 1, 0, 1980};  // the first day an archive knows
    good = good && zipOpenNewFileInZip(zip, name, &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 6) == ZIP_OK &&
           zipWriteInFileInZip(zip, bytes.data(), static_cast<unsigned>(bytes.size())) == ZIP_OK && zipCloseFileInZip(zip) == ZIP_OK;
  }
  good = zipClose(zip, nullptr) == ZIP_OK && good;
  out = std::move(memory.bytes);
  return good;
}

constexpr const char* xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

constexpr const char* content_types =
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>"
    "<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>"
    "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>";
constexpr const char* relations =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>";
constexpr const char* document_relations =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>";

std::string style(const char* id, const char* name, const char* paragraph, const char* run, const char* kind = "paragraph") {
  return std::string("<w:style w:type=\"") + kind + (std::string_view(id) == "Normal" ? "\" w:default=\"1" : "") + "\" w:styleId=\"" + id + "\"><w:name w:val=\"" + name + "\"/><w:qFormat/><w:pPr>" + paragraph + "</w:pPr><w:rPr>" + run +
         "</w:rPr></w:style>";
}

std::string styles(const std::string& language) {
  return std::string(xml) + "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:docDefaults><w:rPrDefault><w:rPr>"
         "<w:rFonts w:ascii=\"DejaVu Sans\" w:hAnsi=\"DejaVu Sans\" w:cs=\"DejaVu Sans\"/><w:sz w:val=\"19\"/><w:lang w:val=\"" + language + "\"/></w:rPr></w:rPrDefault>"
         "<w:pPrDefault><w:pPr><w:spacing w:after=\"100\"/></w:pPr></w:pPrDefault></w:docDefaults>" +
         style("Normal", "Normal", "", "") + style("Title", "Title", "<w:spacing w:after=\"120\"/>", "<w:b/><w:color w:val=\"16365C\"/><w:sz w:val=\"38\"/>") +
         style("Heading1", "heading 1", "<w:keepNext/><w:spacing w:before=\"320\" w:after=\"120\"/><w:outlineLvl w:val=\"0\"/>", "<w:b/><w:color w:val=\"16365C\"/><w:sz w:val=\"28\"/>") +
         style("Heading2", "heading 2", "<w:keepNext/><w:spacing w:before=\"220\" w:after=\"40\"/><w:outlineLvl w:val=\"1\"/>", "<w:b/><w:color w:val=\"16365C\"/><w:sz w:val=\"22\"/>") +
         style("Caption", "caption", "<w:keepNext/>", "<w:b/>") + style("Aside", "Aside", "", "<w:color w:val=\"545D68\"/><w:sz w:val=\"16\"/>") +
         style("Gap", "Gap", "", "<w:color w:val=\"8A3B12\"/>") + style("Cell", "Cell", "<w:spacing w:after=\"30\"/>", "<w:sz w:val=\"16\"/>") + "</w:styles>";
}

class Body {
 public:
  explicit Body(const Printed& p) : p_(p) {
    for (const Block& b : p.blocks) wide_ = wide_ || b.table.head.size() > most_columns_upright;
  }

  std::string take() {
    for (const Block& b : p_.blocks) write(b);
    return std::string(xml) + "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>" + out_ +
           "<w:sectPr>" + (wide_ ? "<w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/>" : "<w:pgSz w:w=\"11906\" w:h=\"16838\"/>") + "<w:pgMar w:top=\"1020\" w:right=\"964\" w:bottom=\"1134\" w:left=\"964\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>"
           "</w:sectPr></w:body></w:document>";
  }

 private:
  void run(const std::string& text, const std::string& properties) {
    if (text.empty()) return;
    out_ += "<w:r>" + (properties.empty() ? "" : "<w:rPr>" + properties + "</w:rPr>") + "<w:t xml:space=\"preserve\">" + escaped(text) + "</w:t></w:r>";
  }
  void pieces(const std::vector<Tongue::Piece>& all, const std::string& properties = "") {
    for (const Tongue::Piece& piece : all) run(piece.text, piece.english && p_.language != "en" ? properties + "<w:lang w:val=\"en\"/>" : properties);
  }
  void open(const char* style) { out_ += std::string("<w:p><w:pPr><w:pStyle w:val=\"") + style + "\"/></w:pPr>"; }
  void close() { out_ += "</w:p>"; }

  void write(const Block& b) {
    static const char* const styles[] = {"Gap", "Title", "Normal", "Aside", "Heading1", "Heading2", "Aside", "Gap", "Normal", "", "Aside", "Aside"};
    if (b.kind == Kind::table) return table(b.table);
    open(styles[static_cast<int>(b.kind)]);
    if (b.kind == Kind::source || b.kind == Kind::footer || b.kind == Kind::basis) {
      const std::string whole = b.plain(), text = plain_text(b.text);
      pieces(b.text);
      run(whole.substr(text.size()), b.kind == Kind::source ? "<w:b/>" : "");
    } else {
      pieces(b.text, b.kind == Kind::watermark ? "<w:b/>" : "");
    }
    close();
  }

  void row(const std::vector<std::vector<Tongue::Piece>>& cells, bool head) {
    out_ += head ? "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" : "<w:tr><w:trPr><w:cantSplit/></w:trPr>";
    for (const auto& cell : cells) {
      out_ += "<w:tc><w:tcPr><w:tcW w:w=\"0\" w:type=\"auto\"/></w:tcPr>";
      open("Cell");
      pieces(cell, head ? "<w:b/>" : "");
      close();
      out_ += "</w:tc>";
    }
    out_ += "</w:tr>";
  }

  void table(const PrintedTable& t) {
    open("Caption");
    pieces(t.caption);
    close();
    out_ += "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders><w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"D5DAE1\"/>"
            "<w:insideH w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"D5DAE1\"/></w:tblBorders></w:tblPr><w:tblGrid>";
    for (std::size_t i = 0; i < t.head.size(); ++i) out_ += "<w:gridCol w:w=\"" + std::to_string((wide_ ? 14910 : 9978) / t.head.size()) + "\"/>";
    out_ += "</w:tblGrid>";
    row(t.head, true);
    for (const auto& r : t.rows) row(r, false);
    out_ += "</w:tbl>";
    open("Cell");  // two tables without a paragraph between them would be one
    close();
  }

  const Printed& p_;
  bool wide_ = false;  // a table of many columns: the sheet lies across, as on paper
  std::string out_;
};

std::string core(const Printed& p) {
  const std::string day = to_string(p.as_of) + "T00:00:00Z";
  return std::string(xml) +
         "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
         "xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>" + escaped(p.title) + "</dc:title><dc:language>" +
         p.language + "</dc:language><dcterms:created xsi:type=\"dcterms:W3CDTF\">" + day + "</dcterms:created><dcterms:modified xsi:type=\"dcterms:W3CDTF\">" + day +
         "</dcterms:modified></cp:coreProperties>";
}

}  // namespace

Result<std::string> to_docx(const Printed& p) {
  std::string out;
  if (!archive({{"[Content_Types].xml", std::string(xml) + content_types},
                {"_rels/.rels", std::string(xml) + relations},
                {"docProps/core.xml", core(p)},
                {"word/_rels/document.xml.rels", std::string(xml) + document_relations},
                {"word/document.xml", Body(p).take()},
                {"word/styles.xml", styles(p.language)}},
               out))
    return failure(error_in(p.document, "cannot be packed as a file for word processors"));
  return out;
}

}  // namespace duolex::documents
