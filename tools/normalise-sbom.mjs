// Takes out of a CycloneDX JSON file what changes with every run (serial number, time of writing) and notes that
// it did. Usage: node normalise-sbom.mjs < raw.json > sbom.cdx.json
import { readFileSync, writeFileSync } from 'node:fs';

const sbom = JSON.parse(readFileSync(0, 'utf8'));
delete sbom.serialNumber;
delete sbom.metadata.timestamp;
sbom.metadata.properties = [
  ...(sbom.metadata.properties ?? []),
  { name: 'duolex:normalised', value: 'serial number and time of writing left out, so that equal contents give equal bytes' },
];
writeFileSync(1, JSON.stringify(sbom, null, 2) + '\n');
