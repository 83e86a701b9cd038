// Resources in memory, read as the hub reads them for GraphQL: for tests of the engine that need no store. Sees everything; a value that nobody gets
// is left out of the rows.
import type {
  Graph,
  GraphAnswer,
  GraphEdge,
  GraphNode,
  GraphPage,
  GraphRoot,
  GraphSelection,
} from '#hub/graph/graph.ts';
import { hrefOf } from '#model/href.ts';
import { base, bySystemId, identified, paths } from './county.ts';
import { leadingOf } from './small-face.ts';

export type Row = {
  readonly uid: number;
  readonly collection: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** By relation, as the collection has them. */
  readonly links: Readonly<Record<string, readonly Row[]>>;
  readonly addresses: Readonly<Record<string, readonly string[]>>;
};

export type Rows = ReadonlyMap<string, readonly Row[]>;

/** The value by which rows of a collection are ordered. */
export const keyOf = ({ collection, values }: Pick<Row, 'collection' | 'values'>): string =>
  String(
    (values[leadingOf(collection)] as { readonly identifikatorverdi?: unknown } | undefined)?.identifikatorverdi ?? '',
  );

export const sorted = (rows: readonly Row[]): readonly Row[] => rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** Which of one collection, or of several one after the other, with the places that they have. */
export const pageIn = <T extends Pick<Row, 'collection' | 'values'>>(
  lists: readonly (readonly T[])[],
  first: number,
  after: string | null,
) => {
  const isOne = lists.length === 1;
  const [collection = '', key = ''] = isOne || after === null ? [] : after.split('\0');
  const from = lists.findIndex((rows) => rows[0]?.collection === collection);
  const all = lists.flatMap((rows, at) =>
    rows.map((row) => ({ row, at, place: isOne ? keyOf(row) : `${row.collection}\0${keyOf(row)}` })),
  );
  const rest = all.filter(({ row, at, place }) => {
    if (after === null) return true;
    return isOne ? place > after : at > from || (at === from && keyOf(row) > key);
  });
  return { shown: rest.slice(0, first), more: rest.length > first, total: all.length };
};

const addressOf = (row: Row): string =>
  row.collection === paths.person
    ? hrefOf(base, row.collection, 'fodselsnummer', keyOf(row))
    : bySystemId(row.collection, keyOf(row));

const record = <T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> =>
  Object.assign(Object.create(null) as Record<string, T>, Object.fromEntries(entries));

const nodeOf = (row: Row, selection: GraphSelection): GraphNode => ({
  uid: row.uid,
  collection: row.collection,
  values: Object.fromEntries(
    selection.attributes.filter((one) => one in row.values).map((one) => [one, row.values[one]]),
  ),
  hides: (attribute) => !(attribute in row.values),
  addresses: record((selection.addresses ?? []).map((one) => [one, row.addresses[one] ?? []])),
  edges: record(
    selection.edges.filter(({ relation }) => relation in row.links).map((edge) => [edge.name, edgePage(row, edge)]),
  ),
  nested: record(
    selection.edges
      .filter(({ relation }) => relation.includes('.'))
      .map((edge) => [
        edge.name,
        new Map((row.links[edge.relation] ?? []).map((to) => [addressOf(to), nodeOf(to, edge.to)])),
      ]),
  ),
});

const edgePage = (row: Row, edge: GraphEdge): GraphPage => {
  const { shown, more, total } = pageIn(
    [sorted(row.links[edge.relation] ?? [])],
    edge.page?.first ?? 1e6,
    edge.page?.after ?? null,
  );
  return {
    nodes: shown.map((one) => nodeOf(one.row, edge.to)),
    more,
    total: edge.count ? total : null,
    place: (index) => shown[index]?.place ?? '',
  };
};

/** A graph over rows; counts how often it is asked. */
export const createMemoryGraph = (rows: Rows): Graph & { readonly asked: (readonly GraphRoot[])[] } => {
  const asked: (readonly GraphRoot[])[] = [];
  const rowsOf = (collection: string): readonly Row[] => sorted(rows.get(collection) ?? []);
  const answer = (root: GraphRoot): GraphAnswer => {
    if (root.kind === 'list') {
      const { shown, more, total } = pageIn(
        root.selections.map(({ collection }) => rowsOf(collection)),
        root.page.first,
        root.page.after,
      );
      const nodes = shown.map(({ row }) => {
        const selection = root.selections.find(({ collection }) => collection === row.collection);
        return nodeOf(row, selection ?? { collection: '', attributes: [], edges: [] });
      });
      return {
        kind: 'page',
        page: { nodes, more, total: root.count ? total : null, place: (index) => shown[index]?.place ?? '' },
      };
    }
    if (root.kind === 'rows') throw new Error('GraphQL asks for no rows');
    const own = rowsOf(root.selection.collection);
    const found =
      root.kind === 'uids'
        ? root.uids.map((uid) => own.find((row) => row.uid === uid))
        : root.values.map((value) => own.find((row) => keyOf(row) === value));
    return { kind: 'nodes', nodes: found.map((row) => (row === undefined ? null : nodeOf(row, root.selection))) };
  };
  return {
    asked,
    read: async (roots) => {
      asked.push(roots);
      return roots.map(answer);
    },
  };
};

type Draft = Omit<Row, 'links'> & { readonly links: Record<string, Row[]> };

/** A school world: `random` gives a number below its argument. Some values that the schema promises are not there. */
export const drawRows = (random: (below: number) => number): Rows => {
  let uid = 0;
  const make = (collection: string, count: number, values: (at: number) => Record<string, unknown>): Draft[] =>
    Array.from({ length: count }, (_, at) => {
      uid += 1;
      const own = values(at);
      // Now and then one of them is missing.
      const names = Object.keys(own);
      const dropped = random(6) === 0 ? names[random(names.length)] : null;
      return {
        uid,
        collection,
        values: Object.fromEntries(
          Object.entries(own).filter(([name]) => name !== dropped || name === leadingOf(collection)),
        ),
        links: {},
        addresses: {},
      };
    });
  const link = (
    from: readonly Draft[],
    relation: string,
    to: readonly Draft[],
    inverse: string | null,
    most: number,
    rarely = 6,
  ): void => {
    for (const row of from) {
      row.links[relation] ??= [];
      for (const other of to) if (inverse !== null) other.links[inverse] ??= [];
      if (to.length === 0 || random(rarely) === 0) continue;
      const targets = new Set(Array.from({ length: 1 + random(most) }, () => to[random(to.length)]));
      for (const target of targets) {
        if (target === undefined || row.links[relation].includes(target)) continue;
        row.links[relation].push(target);
        if (inverse !== null) target.links[inverse]?.push(row);
      }
    }
  };
  const countries = make(paths.country, 2, (at) => ({
    systemId: identified(['NO', 'SE'][at] ?? ''),
    kode: 'NO',
    navn: 'Norge "æøå"\n',
  }));
  const schools = make(paths.school, 1 + random(5), (at) => ({
    systemId: identified(`s${at}`),
    skolenummer: identified(`100${at}`),
    navn: `Skole ${at}`,
  }));
  const persons = make(paths.person, random(7), (at) => ({
    fodselsnummer: identified(`0181${9_000_000 + at}`),
    navn: { fornavn: `F${at}`, etternavn: at % 2 === 0 ? null : '\ud83d\ude00' },
    fodselsdato: '2010-02-03T00:00:00Z',
    bostedsadresse: {
      adresselinje: ['a', 'b'].slice(0, random(3)),
      poststed: 'Prøvestad',
      ...(random(2) === 0 ? {} : { _links: { land: [{ href: bySystemId(paths.country, 'NO') }] } }),
    },
  }));
  for (const row of persons)
    if (JSON.stringify(row.values['bostedsadresse'] ?? '').includes('_links'))
      row.links['bostedsadresse.land'] = countries.slice(0, 1);
  const pupils = make(paths.pupil, random(6), (at) => ({
    systemId: identified(`e${at}`),
    feidenavn: identified(`elev${at}@x.test`),
  }));
  const enrolments = make(paths.enrolment, random(9), (at) => ({
    systemId: identified(`f-${at}`),
    beskrivelse: `f ${at}`,
    tosprakligFagopplaring: at % 2 === 0,
  }));
  const groups = make(paths.group, random(4), (at) => ({
    systemId: identified(`k${at}`),
    navn: `K ${at}`,
    beskrivelse: '',
  }));
  const memberships = make(paths.membership, random(9), (at) => ({ systemId: identified(`m${at}`) }));
  const subjects = make(paths.subject, 2, (at) => ({ systemId: identified(`g${at}`), navn: 'Norsk' })).map((row) => ({
    ...row,
    addresses: { grepreferanse: ['https://psi.udir.no/kl06/NOR0214', 'https://x.test/2'] },
  }));
  const measures = make(paths.measure, random(3), (at) => ({ systemId: identified(`t${at}`) }));
  link(pupils, 'person', persons, null, 1);
  link(persons, 'foreldre', persons, null, 2);
  link(enrolments, 'elev', pupils, 'elevforhold', 1);
  link(enrolments, 'skole', schools, 'elevforhold', 1);
  link(groups, 'skole', schools, 'klasse', 1);
  link(memberships, 'elevforhold', enrolments, null, 1, 12);
  link(memberships, 'klasse', groups, 'klassemedlemskap', 1, 12);
  link(measures, 'elev', enrolments, null, 1);
  link(measures, 'fag', subjects, null, 2);
  const all = [countries, schools, persons, pupils, enrolments, groups, memberships, subjects, measures];
  return new Map(all.map((rows, at) => [collections[at] ?? '', rows]));
};

const collections = [
  paths.country,
  paths.school,
  paths.person,
  paths.pupil,
  paths.enrolment,
  paths.group,
  paths.membership,
  paths.subject,
  paths.measure,
];
