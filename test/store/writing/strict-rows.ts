// Rows of an embedded engine that hand out only what was asked for ahead: so that the writing half is proven to ask for everything that an engine
// over a network would have to fetch. What was not asked for throws; it never looks like "there is none". Used by the conformance suite.
import { yieldToLoop } from '#base/clock.ts';
import type { NamedIdentifier, Needs, Rows } from '#store/writing/rows.ts';

type Sight = {
  /** Rows of resources, or that there is none. */
  readonly resources: Set<number>;
  /** Content hash and protection column. */
  readonly holders: Set<number>;
  /** What a resource links to, and the identifiers that it gave up. */
  readonly around: Set<number>;
  /** Identifier rows by id, or that there is none. */
  readonly identifiers: Set<number>;
  /** What links to an identifier. */
  readonly linksTo: Set<number>;
  readonly named: Set<string>;
  readonly changes: Set<number>;
};

/** Called once for each work: what one has made ready the next has not. `atOnce` = how many are made ready together, after which all is forgotten. */
export const strictRows = (rows: Rows, atOnce = rows.atOnce): Rows => {
  const sight: Sight = {
    resources: new Set(),
    holders: new Set(),
    around: new Set(),
    identifiers: new Set(),
    linksTo: new Set(),
    named: new Set(),
    changes: new Set(),
  };
  let asking = false;

  const seeRow = (uid: number): void => {
    sight.resources.add(uid);
    sight.holders.add(uid);
    for (const key of rows.outline(uid)?.keys ?? []) sight.identifiers.add(key);
  };
  const seeIdentifier = (id: number): void => {
    sight.identifiers.add(id);
    sight.linksTo.add(id);
  };
  const seeAround = (uid: number): void => {
    seeRow(uid);
    sight.around.add(uid);
    for (const id of rows.outline(uid)?.keys ?? []) seeIdentifier(id);
    for (const id of rows.formerOf(uid)) seeIdentifier(id);
    for (const { target } of rows.linksFrom(uid)) sight.identifiers.add(target);
  };
  const seeNamed = (named: NamedIdentifier): void => {
    sight.named.add(keyOf(named));
    const row = rows.named(named.collection, named.field, named.value);
    if (row === null) return;
    sight.identifiers.add(row.id);
    if (row.uid !== null) sight.holders.add(row.uid);
  };
  const hasRow = (uid: number): boolean =>
    sight.resources.has(uid) && (rows.outline(uid)?.keys ?? []).every((key) => sight.identifiers.has(key));
  const hasIdentifier = (id: number): boolean => sight.identifiers.has(id) && sight.linksTo.has(id);
  const hasAround = (uid: number): boolean =>
    hasRow(uid) &&
    sight.around.has(uid) &&
    (rows.outline(uid)?.keys ?? []).every(hasIdentifier) &&
    rows.formerOf(uid).every(hasIdentifier) &&
    rows.linksFrom(uid).every(({ target }) => sight.identifiers.has(target));

  const ready = (needs: Needs): Promise<void> | null => {
    if (asking) throw new Error('asked for rows before those asked for have come');
    // Taken down at once, and there only later: as over a network. What is walked through may look at rows that are at hand.
    const resources = [...(needs.resources ?? [])];
    const around = [...(needs.around ?? [])];
    const identifiers = [...(needs.identifiers ?? [])];
    const named = [...(needs.named ?? [])];
    const changes = [...(needs.changes ?? [])];
    if (
      resources.every(hasRow) &&
      around.every(hasAround) &&
      identifiers.every(hasIdentifier) &&
      named.every((each) => sight.named.has(keyOf(each))) &&
      changes.every((each) => sight.changes.has(each))
    )
      return null;
    asking = true;
    return yieldToLoop().then(() => {
      resources.forEach(seeRow);
      around.forEach(seeAround);
      identifiers.forEach(seeIdentifier);
      named.forEach(seeNamed);
      for (const position of changes) sight.changes.add(position);
      asking = false;
    });
  };

  const forget = (): void => {
    for (const set of Object.values(sight)) set.clear();
  };

  const must = <T>(set: ReadonlySet<T>, key: T, what: string): void => {
    if (asking) throw new Error(`${what} ${String(key)} while rows are being asked for`);
    if (!set.has(key)) throw new Error(`${what} ${String(key)} was not asked for`);
  };
  /** A method of a row that has to be at hand by its first argument. */
  const by =
    <Key extends number, Rest extends readonly unknown[], T>(
      set: ReadonlySet<number>,
      what: string,
      method: (key: Key, ...rest: Rest) => T,
    ): ((key: Key, ...rest: Rest) => T) =>
    (key, ...rest) => {
      must(set, key, what);
      return method(key, ...rest);
    };
  const byUid =
    <Row extends { readonly uid: number }>(what: string, method: (row: Row) => void): ((row: Row) => void) =>
    (row) => {
      must(sight.resources, row.uid, what);
      method(row);
    };
  const byName =
    <T>(method: (collection: number, field: number, value: string) => T): typeof method =>
    (collection, field, value) => {
      must(sight.named, keyOf({ collection, field, value }), 'the identifier');
      return method(collection, field, value);
    };

  return {
    ...rows,
    looksAhead: true,
    atOnce,
    ready,
    makeRoom: () => {
      forget();
      return null;
    },
    flush: forget,

    resource: by(sight.resources, 'the resource', rows.resource),
    outline: by(sight.resources, 'the outline', rows.outline),
    position: by(sight.resources, 'the position of', rows.position),
    hash: by(sight.holders, 'the hash of', rows.hash),
    bits: by(sight.holders, 'the bits of', rows.bits),
    beginResource: (uid) => {
      for (const set of [sight.resources, sight.holders, sight.around]) set.add(uid);
      rows.beginResource(uid);
    },
    insertResource: byUid('inserted, but not begun:', rows.insertResource),
    updateResource: byUid('the resource', rows.updateResource),
    updateDelivered: byUid('the resource', rows.updateDelivered),
    updateBody: byUid('the resource', rows.updateBody),
    rewriteBody: byUid('the resource', rows.rewriteBody),
    moveBody: byUid('the resource', rows.moveBody),
    placeResource: by(sight.resources, 'the resource', rows.placeResource),
    writeBits: by(sight.resources, 'the resource', rows.writeBits),
    writeMarks: by(sight.resources, 'the resource', rows.writeMarks),
    deleteResource: by(sight.resources, 'the resource', rows.deleteResource),

    identifier: by(sight.identifiers, 'the identifier row', rows.identifier),
    named: byName(rows.named),
    holder: byName(rows.holder),
    formerOf: by(sight.around, 'what was given up by', rows.formerOf),
    insertIdentifier: (collection, field, value, uid) => {
      must(sight.named, keyOf({ collection, field, value }), 'the new identifier');
      const id = rows.insertIdentifier(collection, field, value, uid);
      seeIdentifier(id);
      return id;
    },
    giveIdentifier: by(sight.identifiers, 'the identifier row', rows.giveIdentifier),
    takeIdentifier: by(sight.identifiers, 'the identifier row', rows.takeIdentifier),
    writeIdentifierLevel: by(sight.identifiers, 'the identifier row', rows.writeIdentifierLevel),
    deleteIdentifier: by(sight.identifiers, 'the identifier row', rows.deleteIdentifier),

    linksTo: by(sight.linksTo, 'links to', rows.linksTo),
    guardedLinksTo: by(sight.linksTo, 'links to', rows.guardedLinksTo),
    sourcesOf: by(sight.linksTo, 'links to', rows.sourcesOf),
    linksFrom: by(sight.around, 'links from', rows.linksFrom),
    guardedLinksFrom: by(sight.around, 'links from', rows.guardedLinksFrom),
    linkedUids: by(sight.around, 'links from', rows.linkedUids),
    hasLink: by(sight.around, 'links from', rows.hasLink),
    insertLink: (target, relation, source, sourceIdentifier) => {
      must(sight.identifiers, target, 'the identifier row');
      must(sight.around, source, 'links from');
      rows.insertLink(target, relation, source, sourceIdentifier);
    },
    deleteLink: (target, relation, source) => {
      must(sight.around, source, 'links from');
      rows.deleteLink(target, relation, source);
    },
    deleteLinksFrom: by(sight.around, 'links from', rows.deleteLinksFrom),
    deleteLinksTo: by(sight.linksTo, 'links to', rows.deleteLinksTo),

    change: by(sight.changes, 'the change', rows.change),
  };
};

const keyOf = ({ collection, field, value }: NamedIdentifier): string => `${collection} ${field} ${value}`;
