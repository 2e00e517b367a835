// Holds Duolex's reader of Parquet against two writers that share no code with it or each other (hyparquet-writer, in
// JavaScript; parquet-wasm, which is Rust's arrow and parquet) and against a reader (hyparquet): what was put in must come
// out, whatever the encoding, the packing and the kind of page. Usage: compare.mjs PARQUET_ROWS FOLDER
// Run where node finds the packages of package.json.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import * as arrow from 'apache-arrow'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { parquetWriteBuffer } from 'hyparquet-writer'
import * as wasm from 'parquet-wasm/node'

const [program, folder] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })

// The same numbers in every run.
let state = 12345n
const random = () => Number((state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn) >> 33n) / 2 ** 31
const whole = most => Math.floor(random() * most)
const rows = 2500
const make = f => Array.from({ length: rows }, (_, i) => f(i))
const absent = (share, f) => i => (random() < share ? null : f(i))
const columns = {
  small: ['INT32', make(absent(0.1, () => whole(2 ** 32) - 2 ** 31))],
  constant: ['INT32', make(() => 7)],
  large: ['INT64', make(() => BigInt(whole(2 ** 31)) * BigInt(whole(2 ** 31)) - 2n ** 60n)],
  rising: ['INT64', make(i => 1_700_000_000_000n + BigInt(i * 1000 + whole(50)))],
  single: ['FLOAT', make(absent(0.2, () => Math.fround(random() * 100 - 50)))],
  double: ['DOUBLE', make(absent(0.05, i => (i % 97 === 0 ? -Infinity : random() ** 9)))],
  truth: ['BOOLEAN', make(absent(0.3, () => random() < 0.5))],
  word: ['STRING', make(absent(0.1, () => ['', 'α', 'ham', 'spam and eggs'][whole(4)]))],
  text: ['STRING', make(i => `line ${1000 + i} ` + 'x'.repeat(whole(40)))],
}

const hex = bytes => Buffer.from(bytes).toString('hex')
// As parquet_rows prints a value.
function shown(type, v) {
  if (v === null || v === undefined) return []
  switch (type) {
    case 'BOOLEAN': return [v ? '1' : '0']
    case 'STRING': return [hex(typeof v === 'string' ? Buffer.from(v) : v)]
    case 'FLOAT':
    case 'DOUBLE': return [Number.isNaN(v) ? 'NaN' : Number.isFinite(v) ? v : v > 0 ? 'Infinity' : '-Infinity']
    default: return [String(v)]
  }
}

let files = 0, wrong = 0
function check(name, bytes, lists, theirs) {
  const path = `${folder}/${name}.parquet`
  writeFileSync(path, bytes)
  ++files
  let lines
  try {
    lines = execFileSync(program, [path], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd().split('\n')
  } catch (e) {
    console.log(`${name}: refused: ${e.stderr}`)
    return ++wrong
  }
  if (lines.length !== rows) return console.log(`${name}: ${lines.length} rows of ${rows}`), ++wrong
  for (let i = 0; i < rows; ++i) {
    const ours = JSON.parse(lines[i])
    for (const [column, [type, values]] of Object.entries(columns)) {
      for (const [who, v] of [['the writer was given', values[i]], ['hyparquet reads', theirs ? theirs[i][column] : values[i]]])
        if (JSON.stringify(ours[column]) !== JSON.stringify(shown(type, v))) return console.log(`${name}: row ${i}, ${column}: ${JSON.stringify(ours[column])}, ${who} ${JSON.stringify(shown(type, v))}`), ++wrong
    }
    if (lists && JSON.stringify(ours['list.list.item'] ?? ours['list.list.element']) !== JSON.stringify((lists[i] ?? []).map(String)))
      return console.log(`${name}: row ${i}, list: ${lines[i]}, the writer was given ${JSON.stringify(lists[i])}`), ++wrong
  }
}
const read = async bytes => {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  return parquetReadObjects({ file, compressors })
}

// hyparquet-writer: each encoding that it has for a type, packed and not.
const encodings = {
  INT32: ['PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'], INT64: ['PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'], FLOAT: ['PLAIN', 'BYTE_STREAM_SPLIT', 'PLAIN'],
  DOUBLE: ['BYTE_STREAM_SPLIT', 'PLAIN', 'PLAIN'], BOOLEAN: ['PLAIN', 'RLE', 'PLAIN'], STRING: ['DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY', undefined],
}
for (const codec of ['UNCOMPRESSED', 'SNAPPY'])
  for (const k of [0, 1, 2, 3]) {
    const columnData = Object.entries(columns).map(([name, [type, data]]) => ({ name, type, data, encoding: k < 3 ? encodings[type][k] : undefined }))
    const bytes = Buffer.from(parquetWriteBuffer({ columnData, codec, pageSize: 3000, rowGroupSize: [100, 900] }))
    check(`hyparquet-${codec}-${k}`, bytes, null, await read(bytes))
  }

// parquet-wasm: each packing, both kinds of pages, dictionaries and the encodings by column.
const lists = make(absent(0.1, () => Array.from({ length: whole(4) }, () => whole(9))))
const types = { INT32: new arrow.Int32(), INT64: new arrow.Int64(), FLOAT: new arrow.Float32(), DOUBLE: new arrow.Float64(), BOOLEAN: new arrow.Bool(), STRING: new arrow.Utf8() }
const vectors = Object.fromEntries(Object.entries(columns).map(([name, [type, data]]) => [name, arrow.vectorFromArray(data, types[type])]))
vectors.list = arrow.vectorFromArray(lists, new arrow.List(new arrow.Field('item', new arrow.Int32(), true)))
const stream = arrow.tableToIPC(new arrow.Table(vectors), 'stream')
for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZ4_RAW', 'ZSTD'])
  for (const version of ['V1', 'V2'])
    for (const k of [0, 1, 2]) {
      let p = new wasm.WriterPropertiesBuilder().setCompression(wasm.Compression[codec]).setWriterVersion(wasm.WriterVersion[version]).setDataPageSizeLimit(2000).setWriteBatchSize(100).setMaxRowGroupSize(700).setDictionaryEnabled(k === 0)
      if (k > 0)
        for (const [name, [type]] of Object.entries(columns)) p = p.setColumnEncoding(name, wasm.Encoding[encodings[type][k] ?? 'PLAIN'])
      const bytes = Buffer.from(wasm.writeParquet(wasm.Table.fromIPCStream(stream), p.build()))
      check(`rust-${codec}-${version}-${k}`, bytes, lists, await read(bytes))
    }
console.log(`${files} files of ${rows} rows by two writers, ${wrong} read otherwise than they were written`)
process.exit(wrong > 0 || files === 0 ? 1 : 0)
