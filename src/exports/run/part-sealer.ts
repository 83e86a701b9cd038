// What is done with the text of a part before it is kept: held against the schema as a document of its own, counted into the hash of the file,
// compressed. Half of the work of an export, and it needs nothing of the other half: so it may be done in a thread of its own
// (src/app/part-worker.ts), in which this runs. Used by part-keeper.ts.
import { createHash } from 'node:crypto';
import { deflateSmall, type DeflatedSegment } from '#base/gzip.ts';
import type { RosterFinding, SchemaCheck } from '#formats/roster.ts';

/** A part in UTF-8, in memory of its own that may be given away, and what makes a document of it. */
export type PartText = { readonly before: string; readonly text: Uint8Array<ArrayBuffer>; readonly after: string };

export type SealedPart =
  | { readonly kind: 'sealed'; readonly segment: DeflatedSegment }
  /** It did not pass; what it would be is nowhere. */
  | { readonly kind: 'invalid'; readonly findings: readonly RosterFinding[] };

/** For one file. Parts are sealed in the order in which they are given. */
export type PartSealer = {
  readonly seal: (part: PartText) => Promise<SealedPart>;
  /** Of all that has been sealed, in hex; once, at the end. */
  readonly sha256: () => Promise<string>;
  /** Gives back what the check takes. */
  readonly close: () => void;
};

/** Seals in the thread that asks. */
export const createPartSealer = (schema: SchemaCheck): PartSealer => {
  const hash = createHash('sha256');
  return {
    seal: async ({ before, text, after }) => {
      const plain = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
      const document = Buffer.concat([Buffer.from(before), plain, Buffer.from(after)]);
      const findings = schema.check(document);
      if (findings.length > 0) return { kind: 'invalid', findings };
      hash.update(plain);
      return { kind: 'sealed', segment: deflateSmall(plain) };
    },
    sha256: async () => hash.digest('hex'),
    close: schema.close,
  };
};
