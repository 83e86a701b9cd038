// What operations of this folder have in common where they are described. Called by them; asks nothing.
import type { Text } from '#model/model.ts';
import type { Answer } from '../operation.ts';

const etag = { ETag: 'The version of the document; send it as If-Match with the next change.' } as const;

/** 200 with the document, where the hub has made the change. */
export const changedAnswer = (schema: string): Answer => ({
  describe: { nb: 'Endret.', en: 'Changed.' },
  schema,
  headers: etag,
});

/** 201 with the document, where the hub has made it. */
export const madeAnswer = (schema: string): Answer => ({
  describe: { nb: 'Opprettet.', en: 'Created.' },
  schema,
  headers: { ...etag, Location: 'The address of what was made.' },
});

/** 202, where a source system decides. */
export const takenAnswer: Answer = {
  describe: {
    nb: 'Tatt imot: kildesystemet avgjør. Location gir adressen der utfallet fortelles.',
    en: 'Taken: the source system decides. Location gives the address at which the outcome is told.',
  },
  schema: null,
  headers: {
    Location: 'The address of the outcome.',
    'Retry-After': 'Seconds after which asking makes sense.',
  },
};

/** 204: nothing to show. */
export const doneAnswer: Answer = {
  describe: { nb: 'Gjort, eller det var slik fra før.', en: 'Done, or it was so before.' },
  schema: null,
};

/** What every description of a change ends with. */
export const mergePatch: Text = {
  nb: 'Felt som ikke er med, står urørt; null tar verdien bort (RFC 7396). Ukjente felt og felt som ikke kan skrives, avvises ved navn, og da er ingenting endret.',
  en: 'Fields that are not there stay as they are; null takes a value away (RFC 7396). Unknown fields and fields that cannot be written are refused by name, and nothing is changed then.',
};
