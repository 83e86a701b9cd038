// Sync pages as a Core 2 adapter sends them (FINT's wire form, written by hand), and a few resources to put on them. Used by the end-to-end
// tests. All people are invented: months of national ids are raised by 80.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Answer, Caller } from './caller.ts';

export type Entry = { readonly identifier: string; readonly resource: Readonly<Record<string, unknown>> | null };

export type PageOptions = {
  readonly corrId?: string;
  readonly orgId?: string;
  readonly totalSize?: number;
  readonly page?: number;
  readonly totalPages?: number;
  readonly time?: number;
  readonly method?: 'POST' | 'PATCH' | 'DELETE';
  readonly adapterId?: string;
};

export type RunStatus = {
  readonly corrId: string;
  readonly state: string;
  readonly type: string;
  readonly totalSize: number;
  readonly receivedEntries: number;
  readonly pages: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly rejected: number;
  readonly warnings: number;
  readonly wouldRemove: number;
  readonly reason: string | null;
  readonly problems: readonly {
    readonly page: number;
    readonly index: number;
    readonly severity: string;
    readonly code: string;
    readonly at: string;
    readonly message: string;
    readonly subject: string;
  }[];
  readonly dangling: readonly { readonly relation: string; readonly count: number }[];
};

export const adapterId = 'https://vendor.test/fjord.test/utdanning/elev';

/** The page object of FINT as text. */
export const pageText = (entries: readonly Entry[], options: PageOptions = {}): string =>
  JSON.stringify({
    metadata: {
      adapterId: options.adapterId ?? adapterId,
      corrId: options.corrId ?? randomUUID(),
      orgId: options.orgId ?? 'fjord.test',
      totalSize: options.totalSize ?? entries.length,
      page: options.page ?? 1,
      pageSize: entries.length,
      totalPages: options.totalPages ?? 1,
      uriRef: 'whatever/the/adapter/says',
      time: options.time ?? Date.now(),
    },
    resources: entries,
    syncType: 'FULL',
  });

export const json = { 'content-type': 'application/json' } as const;

/** Sends one page; whatever the hub says. */
export const sendPage = (
  adapter: Caller,
  collection: string,
  entries: readonly Entry[],
  options: PageOptions = {},
): Promise<Answer> =>
  adapter.send(options.method ?? 'POST', `/provider/${collection}`, {
    headers: json,
    body: pageText(entries, options),
  });

/** Sends one page that must be taken, and gives what became of its run. */
export const deliverPage = async (
  adapter: Caller,
  collection: string,
  entries: readonly Entry[],
  options: PageOptions = {},
): Promise<RunStatus> => {
  const corrId = options.corrId ?? randomUUID();
  const answer = await sendPage(adapter, collection, entries, { ...options, corrId });
  assert.equal(answer.status, options.method === 'DELETE' ? 200 : 201, answer.text);
  return adapter.read<RunStatus>(`/provider/sync/${corrId}`);
};

// --- Resources ------------------------------------------------------------------------------------------------------------------

const id = (identifikatorverdi: string): { readonly identifikatorverdi: string } => ({ identifikatorverdi });

/** Valid synthetic national ids: month + 80, both check digits right. */
export const nationalIds: readonly string[] = (() => {
  const weights = [
    [3, 7, 6, 1, 8, 9, 4, 5, 2],
    [5, 4, 3, 2, 7, 6, 5, 4, 3, 2],
  ] as const;
  const found: string[] = [];
  for (let number = 500; found.length < 200; number += 1) {
    let digits = `${number % 2 === 0 ? '15' : '16'}8108${number}`;
    for (const row of weights) {
      const sum = row.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
      digits += String((11 - (sum % 11)) % 11);
    }
    if (digits.length === 11) found.push(digits);
  }
  return found;
})();

export const pupil = (number: number, more: Readonly<Record<string, unknown>> = {}): Entry => ({
  identifier: `e-${number}`,
  resource: {
    systemId: id(`e-${number}`),
    elevnummer: id(`${500_000 + number}`),
    feidenavn: id(`elev${number}@fjord.test`),
    kontaktinformasjon: { epostadresse: `elev${number}@fjord.test` },
    _links: { person: [{ href: `utdanning/elev/person/fodselsnummer/${nationalIds[number] ?? ''}` }] },
    ...more,
  },
});

export const person = (number: number, more: Readonly<Record<string, unknown>> = {}): Entry => ({
  identifier: nationalIds[number] ?? '',
  resource: {
    fodselsnummer: id(nationalIds[number] ?? ''),
    navn: { fornavn: `Prøve${number}`, etternavn: number % 2 === 0 ? 'Dal' : 'Ås' },
    fodselsdato: '2008-01-15T00:00:00Z',
    ...more,
  },
});

export const relation = (number: number, more: Readonly<Record<string, unknown>> = {}): Entry => ({
  identifier: `ef-${number}`,
  resource: {
    systemId: id(`ef-${number}`),
    hovedskole: true,
    _links: {
      elev: [{ href: `https://elsewhere.test/utdanning/elev/elev/elevnummer/${500_000 + number}` }],
      skole: [{ href: '${utdanning.utdanningsprogram.skole}/skolenummer/14000' }],
    },
    ...more,
  },
});

export const school: Entry = {
  identifier: 's-1',
  resource: {
    systemId: id('s-1'),
    skolenummer: id('14000'),
    navn: 'Fjordvik videregående skole',
    _links: {},
  },
};

/** `count` entries from 0. */
export const several = (count: number, make: (number: number) => Entry, from = 0): readonly Entry[] =>
  Array.from({ length: count }, (_, index) => make(from + index));
