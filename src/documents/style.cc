#include "documents/style.h"

namespace duolex::documents {

const char* report_style() {
  return R"css(
:root{--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--paper:#fff;--wash:#f6f8fa;--deep:#123a63;--yes:#1a6b3c;--no:#8a2f2f;--maybe:#7a5200}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 "Source Sans 3","Noto Sans","DejaVu Sans",system-ui,sans-serif}
main,header,footer,nav{max-width:62rem;margin:0 auto;padding:0 1.25rem}
h1,h2,h3{font-family:"Source Serif 4","Noto Serif","DejaVu Serif",Georgia,serif;line-height:1.25;color:var(--deep)}
h1{font-size:2rem;margin:2rem 0 .25rem}
h2{font-size:1.35rem;margin:2.6rem 0 .8rem;padding-top:.8rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.4rem 0 .4rem}
p{margin:.4rem 0 .8rem;max-width:46rem}
.sub{color:var(--soft);margin:0}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:#fff;padding:.5rem 1rem;border:2px solid var(--deep)}
.verdict{background:var(--wash);border-left:4px solid var(--deep);padding:1rem 1.25rem;margin:1.2rem 0}
.verdict p{margin:.3rem 0;max-width:none}
.verdict .route{font-family:"Source Serif 4","Noto Serif","DejaVu Serif",Georgia,serif;font-size:1.25rem;line-height:1.4}
dl.facts{display:grid;grid-template-columns:minmax(10rem,16rem) 1fr;gap:.25rem 1.25rem;margin:.5rem 0}
dl.facts dt{color:var(--soft)}dl.facts dd{margin:0}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem;font-size:.95rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
thead th{color:var(--soft);font-weight:600;border-bottom:2px solid var(--line)}
tbody th{font-weight:600}
caption{text-align:left;color:var(--soft);padding:.2rem 0}
.cites{white-space:normal}.cite{font:.78rem/1.4 "Source Code Pro","Noto Sans Mono","DejaVu Sans Mono",ui-monospace,monospace;color:var(--soft);background:var(--wash);border:1px solid var(--line);border-radius:3px;padding:0 .3em;white-space:nowrap}
code{font:.88em "Source Code Pro","Noto Sans Mono","DejaVu Sans Mono",ui-monospace,monospace;overflow-wrap:anywhere}
.tag{display:inline-block;font-weight:600;font-size:.85rem;padding:.05rem .5rem;border-radius:3px;border:1px solid currentColor;white-space:nowrap}
.taken,.settled{color:var(--yes)}.open{color:var(--deep)}.closed{color:var(--soft)}.undecided,.unknown,.contested{color:var(--maybe)}.gap{color:var(--no)}
.readings{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:1rem}
.reading{border:1px solid var(--line);padding:.6rem .9rem}.reading.default{border-color:var(--deep)}
.reading h4{margin:.1rem 0 .4rem;font-size:1rem}
ol.questions li{margin:.5rem 0 .9rem}
details{border-bottom:1px solid var(--line);padding:.45rem 0}
summary{cursor:pointer}summary:focus-visible{outline:2px solid var(--deep);outline-offset:2px}
ul.proof{list-style:none;margin:.2rem 0 .2rem .3rem;padding-left:1rem;border-left:1px solid var(--line)}
ul.proof li{margin:.15rem 0;font-size:.93rem}
.by{color:var(--soft);font-size:.85rem}
footer{color:var(--soft);font-size:.88rem;margin:3rem auto 2rem;border-top:1px solid var(--line);padding-top:1rem}
.wide{overflow-x:auto}
@media (max-width:640px){dl.facts{grid-template-columns:1fr}dl.facts dd{margin-bottom:.5rem}h1{font-size:1.6rem}
table.stack thead{display:none}table.stack tr{display:block;border-bottom:2px solid var(--line);padding:.4rem 0}table.stack td,table.stack th{display:block;border:0;padding:.15rem 0}}
@media print{@page{size:A4;margin:18mm 16mm}body{font-size:10pt}main,header,footer{max-width:none;padding:0}
h2{break-after:avoid}h3{break-after:avoid}tr,.reading,li{break-inside:avoid}thead{display:table-header-group}
.skip{display:none}.verdict{border:1px solid var(--line);border-left:4px solid var(--deep)}details{break-inside:auto}}
)css";
}

}  // namespace duolex::documents
