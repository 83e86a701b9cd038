// Two readers of RDF that are not ours, with the types that the tests need: a graph as sorted statements with canonical names for what has none.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

type Quads = readonly unknown[];
const n3 = require('n3') as {
  readonly Parser: new (options: { readonly format: string }) => { readonly parse: (text: string) => Quads };
  readonly Writer: new (options: { readonly format: string }) => { readonly quadsToString: (quads: Quads) => string };
};
const jsonld = require('jsonld') as {
  readonly canonize: (
    input: unknown,
    options: {
      readonly algorithm: string;
      readonly format: string;
      readonly inputFormat?: string;
      readonly documentLoader?: (url: string) => Promise<never>;
      readonly safe?: boolean;
    },
  ) => Promise<string>;
};

const form = { algorithm: 'RDFC-1.0', format: 'application/n-quads' };

/** Statements of a Turtle document. Rejects where it is none. */
export const statementsOfTurtle = async (text: string): Promise<readonly string[]> => {
  const quads = new n3.Parser({ format: 'Turtle' }).parse(text);
  const lines = new n3.Writer({ format: 'N-Quads' }).quadsToString(quads);
  return split(await jsonld.canonize(lines, { ...form, inputFormat: form.format }));
};

/** Statements of a JSON-LD document, which must not need anything from elsewhere. */
export const statementsOfJsonLd = async (text: string): Promise<readonly string[]> =>
  split(
    await jsonld.canonize(JSON.parse(text), {
      ...form,
      safe: true,
      documentLoader: async (url) => {
        throw new Error(`It asks for ${url}.`);
      },
    }),
  );

const split = (lines: string): readonly string[] => lines.split('\n').filter((line) => line !== '');
