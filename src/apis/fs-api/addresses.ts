// Addresses of resources: parts of a key, each percent-encoded and joined by commas, as they stand in paths and in every `href`; and what clients write instead.
// Used by the mappings' form of documents, by reads and by writes. Pure. What is read is more than what is written.
import { normalise } from '#base/text.ts';
import { readTermCode } from '#mappings/fs-values.ts';
import { addressKey, addressParts, fsResources, type FsResource } from '#mappings/fs-resources.ts';
import { partsOf, type ResourceName } from './mappings/keys.ts';

/** Where the API lies. */
export const prefix = '/fsapi';

/** The part of an address below the prefix, from the value of the key: `/semestre/2026,H%C3%98ST`. */
export const pathOf = (resource: ResourceName, key: string): string => {
  const kinds = partsOf(resource);
  const parts = addressParts(resourceOf(resource), key).map((part, index) =>
    kinds[index]?.kind === 'term' ? (readTermCode(part) ?? part) : part,
  );
  return `/${resource}/${parts.map(encodeURIComponent).join(',')}`;
};

const resources: ReadonlyMap<string, FsResource> = new Map(fsResources.map((one) => [one.name, one]));
const natural = { key: 'naturligNokkel' };
const resourceOf = (name: ResourceName): Pick<FsResource, 'key'> => resources.get(name) ?? natural;

/** No more ways to read an address than these are tried. */
const mostReadings = 6;

/**
 * The keys that an address may mean, the likeliest first: exactly what `pathOf` writes is read as that, and nothing before it. Texts are read as UTF-8 and, where
 * they are none, as Latin-1; encoded twice and with encoded commas between the parts too; codes of terms in either spelling. `sent` is what follows the name of the
 * collection, percent-encoded. Empty where the parts are too few or too many.
 */
export const keysOf = (resource: ResourceName, sent: string): readonly string[] => {
  const kinds = partsOf(resource);
  const readings: string[] = [];
  const add = (parts: readonly string[]): void => {
    if (parts.length !== kinds.length || parts.includes('')) return;
    for (const spelled of spellings(parts, kinds)) {
      const key = addressKey(resourceOf(resource), spelled);
      if (!readings.includes(key) && readings.length < mostReadings) readings.push(key);
    }
  };
  // A key of one part has its commas within, as they are or encoded.
  const split = (text: string): readonly string[] => (kinds.length === 1 ? [text] : text.split(','));
  let text = sent;
  // As it was sent, with one layer of encoding less, with two.
  for (let layer = 0; layer < 3; layer += 1) {
    add(split(text).map(decoded));
    const next = decoded(text);
    if (next === text) break;
    text = next;
  }
  return readings;
};

/** What is looked for in NFC, since texts are kept in it. Terms as they are kept; then as they were sent, for those who keep another spelling. */
const spellings = (
  parts: readonly string[],
  kinds: readonly { readonly kind: string }[],
): readonly (readonly string[])[] => {
  const plain = parts.map(normalise);
  const known = plain.map((part, index) => {
    const { kind } = kinds[index] ?? {};
    return kind === 'term' ? (readTermCode(part) ?? part) : kind === 'number' ? part.trim() : part;
  });
  return known.every((part, index) => part === plain[index]) ? [known] : [known, plain];
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Percent-encoding taken off once. Bytes that are no UTF-8 are Latin-1; a sign that encodes nothing stands for itself. */
const decoded = (text: string): string => {
  if (!text.includes('%') && !highLetters.test(text)) return text;
  // What came without encoding came as bytes, or as letters where there was no wire.
  const bytes = Buffer.concat(
    [...text.matchAll(/%([0-9A-Fa-f]{2})|([^%]+|%)/g)].map(([, hex, plain = '']) =>
      hex === undefined ? bytesOf(plain) : Buffer.from(hex, 'hex'),
    ),
  );
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
};

const highLetters = /[\u0080-\u00ff]/;

// Letters up to U+00FF are what node makes of single bytes of the wire.
const bytesOf = (text: string): Buffer =>
  Buffer.from(text, [...text].every((letter) => letter.charCodeAt(0) <= 0xff) ? 'latin1' : 'utf8');
