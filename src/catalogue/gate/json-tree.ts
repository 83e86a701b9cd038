// Reading of JSON documents whose shape is not known beforehand: members, lists, references within a document. Used by what compares descriptions.

export type JsonMap = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one where it is none. */
export const mapOf = (value: unknown): JsonMap => (isMap(value) ? value : {});

export const isMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as a list; an empty one where it is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Those items of a list that are texts. */
export const textsOf = (value: unknown): readonly string[] =>
  listOf(value).filter((one): one is string => typeof one === 'string');

/** The text, or null where it is something else. */
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Reads a document. Throws an Error that names the artefact where the text is no JSON object. */
export const readDocument = (text: string, artefact: string): JsonMap => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${artefact} is not JSON.`);
  }
  if (!isMap(value)) throw new Error(`${artefact} is not a JSON object.`);
  return value;
};

/** What a pointer like `#/components/schemas/Pupil` leads to in the document, or a member that is called as the reference; null when nothing is there. */
export const pointedAt = (document: JsonMap, reference: string): JsonMap | null => {
  if (!reference.startsWith('#/')) return isMap(document[reference]) ? document[reference] : null;
  let at: unknown = document;
  for (const part of reference.slice(2).split('/')) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    at = isMap(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return isMap(at) ? at : null;
};

/** The same text for values that are the same but for the order of their members. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value)) ?? 'undefined';

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((name) => [name, sorted(value[name])]),
  );
};
