// What is kept of resources beside their bodies, for deciding what may show and for finding who has seen whom: what answers to an identifier,
// what is or was about a resource, and from when to when it was there. Used by reads.ts. One statement for many, whatever they are.
import { sortedUids } from '#base/uid-sets.ts';
import type { Model } from '#model/model.ts';
import type { Resolved, TenantReads } from '../store.ts';
import { ownIn } from '../writing/protection-bits.ts';
import { subjectRules } from '../writing/subject-rules.ts';
import { collectionOf } from '../writing/uids.ts';
import { numberOf } from './cells.ts';
import type { Database, Row, Sql } from './database.ts';
import { keptText } from './kept-text.ts';
import type { ReadWords } from './words.ts';

export type SubjectReadsDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  readonly words: ReadWords;
  readonly model: Model;
};

/** Resources whose links are followed by one statement. */
const subjectsAtOnce = 1_024;
const livesAtOnce = 8_192;

const resolveAll: Sql = {
  name: 'resolve_all',
  text: `SELECT w.n::integer AS n, i.uid, i.last_uid, i.protection FROM unnest($2::integer[], $3::integer[], $4::text[]) WITH ORDINALITY AS w (collection, field, value, n)
    CROSS JOIN LATERAL (
      SELECT uid, last_uid, protection FROM identifier
      WHERE tenant = $1 AND collection = w.collection AND field = w.field AND value = w.value LIMIT 1) i`,
};
const resolveOne: Sql = {
  name: 'resolve_one',
  text: 'SELECT 1 AS n, uid, last_uid, protection FROM identifier WHERE tenant = $1 AND collection = $2 AND field = $3 AND value = $4',
};
const readMarked: Sql = {
  name: 'any_marked',
  text: 'SELECT EXISTS (SELECT 1 FROM collection WHERE tenant = $1 AND marked) AS marked',
};
// Joins are looks by a key, as in reads.ts. Three kinds of row: what was about one before; a link ($3: by a relation that may tell so) to one; a link of one.
const readAbout: Sql = {
  name: 'about_all',
  text: `SELECT 0 AS kind, w.uid, 0 AS relation, p.uid AS other FROM unnest($2::bigint[]) AS w (uid)
      CROSS JOIN LATERAL (SELECT uid FROM past_subject WHERE tenant = $1 AND about = w.uid OFFSET 0) p
    UNION ALL
    SELECT 1, w.uid, l.relation, l.source FROM unnest($2::bigint[]) AS w (uid)
      CROSS JOIN LATERAL (SELECT keys FROM resource WHERE tenant = $1 AND uid = w.uid LIMIT 1) r
      CROSS JOIN LATERAL unnest(r.keys) AS k (id)
      CROSS JOIN LATERAL (
        SELECT relation, source FROM link WHERE tenant = $1 AND target = k.id OFFSET 0) l
      WHERE l.relation = ANY ($3::integer[])
    UNION ALL
    SELECT 2, w.uid, l.relation, i.uid FROM unnest($2::bigint[]) AS w (uid)
      CROSS JOIN LATERAL (
        SELECT relation, target FROM link WHERE tenant = $1 AND source = w.uid OFFSET 0) l
      CROSS JOIN LATERAL (SELECT uid FROM identifier WHERE tenant = $1 AND id = l.target LIMIT 1) i
      WHERE l.relation = ANY ($4::integer[]) AND i.uid IS NOT NULL`,
};
const readLives: Sql = {
  name: 'lives',
  text: `SELECT r.uid IS NOT NULL AS here, coalesce(r.born, p.born, 0) AS born, coalesce(p.gone, 0) AS gone
    FROM unnest($2::bigint[]) WITH ORDINALITY AS w (uid, n)
    LEFT JOIN LATERAL (SELECT uid, born FROM resource WHERE tenant = $1 AND uid = w.uid LIMIT 1) r ON true
    LEFT JOIN LATERAL (SELECT born, gone FROM past_life WHERE tenant = $1 AND uid = w.uid LIMIT 1) p ON true
    ORDER BY w.n`,
};

/** The reads of one organisation, by its number. */
export const createSubjectReads = ({
  database,
  tenant,
  words,
  model,
}: SubjectReadsDeps): Pick<TenantReads, 'resolve' | 'aboutOf' | 'lastUid' | 'lives'> => {
  const rules = subjectRules(model);
  const { about, back } = aboutRelations(model);

  type Ref = Parameters<TenantReads['resolve']>[0][number];

  const found = async (refs: readonly Ref[]): Promise<ReadonlyMap<number, Row>> => {
    await words.ready(
      refs.map(({ collection }) => collection),
      refs.map(({ field }) => field),
    );
    const asked: {
      readonly at: number;
      readonly collection: number;
      readonly field: number;
      readonly value: string;
    }[] = [];
    for (const [at, ref] of refs.entries()) {
      const [collection, field] = [words.collections.id(ref.collection), words.words.id(ref.field)];
      if (collection !== null && field !== null) asked.push({ at, collection, field, value: keptText(ref.value) });
    }
    const [only, ...others] = asked;
    if (only === undefined) return new Map();
    const rows =
      others.length === 0
        ? await database.query(tenant, resolveOne, [tenant, only.collection, only.field, only.value])
        : await database.query(tenant, resolveAll, [
            tenant,
            asked.map(({ collection }) => collection),
            asked.map(({ field }) => field),
            asked.map(({ value }) => value),
          ]);
    return new Map(rows.map((row) => [asked[numberOf(row, 'n') - 1]?.at ?? -1, row]));
  };

  /** Of somebody who never came nothing is known: where there are markings, that counts as strictly protected. */
  const isMarked = async (): Promise<boolean> => {
    const [row] = await database.query(tenant, readMarked, [tenant]);
    return row?.['marked'] === true;
  };

  const idsOf = (texts: readonly string[]): readonly number[] => texts.flatMap((text) => words.words.id(text) ?? []);

  const aboutThese = async (uids: readonly number[]): Promise<readonly number[]> => {
    const relations = [...about, ...back];
    await words.ready([], relations);
    const values = [tenant, uids, idsOf([...about]), idsOf([...back])];
    const rows = await database.query(tenant, readAbout, values, uids.length > 64 ? { long: true } : {});
    const links = rows.filter((row) => numberOf(row, 'kind') > 0);
    await words.readyIds(
      links.flatMap((row) => [collectionOf(numberOf(row, 'uid')), collectionOf(numberOf(row, 'other'))]),
      links.map((row) => numberOf(row, 'relation')),
    );
    const pathOf = (uid: number): string => words.collections.text(collectionOf(uid));
    return rows.flatMap((row) => {
      const [uid, other] = [numberOf(row, 'uid'), numberOf(row, 'other')];
      const relation = words.words.text(numberOf(row, 'relation'));
      switch (numberOf(row, 'kind')) {
        case 1:
          return rules.isAbout(pathOf(other), relation) ? [other] : [];
        case 2:
          return rules.pointsBack(pathOf(uid), relation, pathOf(other)) ? [other] : [];
        default:
          return [other];
      }
    });
  };

  return {
    resolve: async (refs) => {
      const rows = await found(refs);
      const isKnown = (at: number): boolean => {
        const row = rows.get(at);
        return row !== undefined && (row['uid'] !== null || row['last_uid'] !== null);
      };
      const marked =
        refs.some(({ collection }, at) => rules.isPersonal(collection) && !isKnown(at)) && (await isMarked());
      return refs.map(({ collection }, at): Resolved => {
        const row = rows.get(at);
        if (row === undefined || !isKnown(at)) return marked && rules.isPersonal(collection) ? unknown : nobody;
        return { uid: uidIn(row, 'uid'), protection: ownIn(numberOf(row, 'protection')) };
      });
    },
    aboutOf: async (uid) => {
      const known = new Set([uid]);
      for (let next: readonly number[] = [uid]; next.length > 0;) {
        const others: number[] = [];
        for (let from = 0; from < next.length; from += subjectsAtOnce) {
          for (const other of await aboutThese(next.slice(from, from + subjectsAtOnce))) {
            if (known.has(other)) continue;
            known.add(other);
            others.push(other);
          }
        }
        next = others;
      }
      return sortedUids(known);
    },
    lastUid: async (collection, { field, value }) => {
      const row = (await found([{ collection, field, value }])).get(0);
      return row === undefined ? null : (uidIn(row, 'uid') ?? uidIn(row, 'last_uid'));
    },
    lives: async (uids) => {
      const lives: { born: number; gone: number | null }[] = [];
      for (let from = 0; from < uids.length; from += livesAtOnce) {
        const slice = uids.slice(from, from + livesAtOnce);
        const rows = await database.query(tenant, readLives, [tenant, slice], slice.length > 64 ? { long: true } : {});
        // What nothing is known of was gone before anything was noted.
        for (const row of rows)
          lives.push({ born: numberOf(row, 'born'), gone: row['here'] === true ? null : numberOf(row, 'gone') });
      }
      return lives;
    },
  };
};

const unknown: Resolved = { uid: null, protection: 3 };
const nobody: Resolved = { uid: null, protection: 0 };

const uidIn = (row: Row, column: string): number | null => {
  const value = row[column];
  return typeof value === 'number' ? value : null;
};

/** Relations by which anything is about what they lead to, and those that may be their other end. */
const aboutRelations = (model: Model): { readonly about: ReadonlySet<string>; readonly back: ReadonlySet<string> } => {
  const about = new Set([...model.protection.about.values()].flatMap((rules) => rules.map(({ relation }) => relation)));
  const back = new Set<string>();
  for (const { links } of model.collections.values())
    for (const [relation, { inverse }] of links) if (inverse !== null && about.has(inverse)) back.add(relation);
  return { about, back };
};
