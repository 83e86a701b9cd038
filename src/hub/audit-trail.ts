// The audit of an organisation for its owner: who has seen what, exports, checkpoints, proof. What the admin API and the command line call.
// Every search is itself recorded before anything is given. Knows no HTTP and no dialect; compose.ts and the commands supply the ports.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type {
  AuditCheckpoint,
  AuditEntry,
  AuditRecord,
  AuditSubjects,
  ChainPart,
  PlatformStore,
  TenantStore,
} from '#store/store.ts';
import { toOcsf } from './audit-ocsf.ts';
import { subjectText } from './writing-events.ts';

/** Who asks about the audit, for the audit. */
export type AuditAsker = Pick<AuditRecord, 'issuer' | 'client' | 'token' | 'request' | 'api' | 'rule'>;

export type AuditQuestion = {
  /** Client id. */
  readonly application?: string | null;
  /** A class by name, a collection by path, or `path/*`. */
  readonly class?: string | null;
  /** Epoch ms, first and last that count. */
  readonly from?: number | null;
  readonly to?: number | null;
  readonly decision?: AuditRecord['decision'] | null;
  /** Only answers that showed this person, or anything about the person. */
  readonly person?: AuditedPerson | null;
  /** A search gives the newest first unless said otherwise, an export the oldest. */
  readonly order?: 'oldest' | 'newest';
  /** Only records beyond this sequence in that order: for going on where an answer stopped. */
  readonly beyond?: number | null;
  /** Most records; null = all. */
  readonly limit?: number | null;
};

/** A person by an identifier: in one collection, or (null) in every one that has an identifier of that name. Any resource will do. */
export type AuditedPerson = {
  readonly collection: CollectionPath | null;
  readonly field: string;
  readonly value: string;
};

export type AuditFound = {
  /** False when a person was asked for who has never been here under this identifier. */
  readonly known: boolean;
  readonly entries: AsyncIterable<readonly AuditEntry[]>;
};

export type AuditFormat = 'ocsf' | 'json';

/** A public key as JWK, and when it was in use (epoch ms). */
export type PublicAuditKey = {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
  readonly createdAt: number;
  readonly retiredAt: number | null;
};

/** What the independent verifier (verify/audit-verify.ts) found. */
export type AuditVerdict = {
  readonly ok: boolean;
  readonly organisation: string;
  readonly commits: number;
  readonly records: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly checkpoints: number;
  /** Records after the last checkpoint: their order is checked, but nothing signed speaks for them yet. */
  readonly unsealed: number;
  readonly broken: readonly {
    readonly kind: string;
    readonly at: number;
    readonly where: string;
    readonly message: string;
  }[];
  /** More was found than is listed. */
  readonly more: number;
};

export type AuditTrail = {
  /** Records that match. Fails with HUB-103 when class or person name nothing of the model, HUB-204 for an unknown organisation. */
  readonly search: (organisation: string, question: AuditQuestion, asker: AuditAsker) => Promise<Result<AuditFound>>;
  /** The same as text: one JSON object a line, each with its line break. */
  readonly export: (
    organisation: string,
    format: AuditFormat,
    question: AuditQuestion,
    asker: AuditAsker,
  ) => Promise<Result<AsyncIterable<string>>>;
  /** The whole audit as text that the independent verifier proves elsewhere; pieces of whole lines. Recorded as an export. Fails with HUB-204 for an unknown organisation. */
  readonly chain: (organisation: string, asker: AuditAsker) => Promise<Result<AsyncIterable<string>>>;
  /** A piece of it, from where the last one ended; recorded by whoever answers with it. Fails with HUB-103 for a place that no piece gave. */
  readonly chainPart: (organisation: string, from: string | null) => Promise<ChainPart>;
  /** Newest first. The organisation keeps them: they are its proof that nothing was altered later. */
  readonly checkpoints: (
    organisation: string,
    query: { readonly before?: number | null; readonly limit: number },
  ) => Promise<readonly AuditCheckpoint[]>;
  /** Signs the audit as it is now; null while there is no record. */
  readonly seal: (organisation: string) => Promise<AuditCheckpoint | null>;
  readonly verify: (organisation: string) => Promise<AuditVerdict>;
  readonly keys: () => Promise<readonly PublicAuditKey[]>;
};

export type AuditTrailDeps = {
  readonly model: Model;
  readonly clock: Clock;
  readonly random: Random;
  readonly platform: Pick<PlatformStore, 'auditKeys' | 'application' | 'organisation'>;
  readonly tenant: (organisation: string) => Promise<AuditedTenant>;
  /** Puts a record into the audit of an organisation: durable when it resolves. */
  readonly record: (organisation: string, record: AuditRecord) => Promise<void>;
  readonly pseudonym: (organisation: string, subject: string) => string;
  /** Runs the independent verifier over the files of an organisation. */
  readonly verify: (organisation: string) => Promise<AuditVerdict>;
};

/** The part of an organisation's store that it takes. */
export type AuditedTenant = {
  readonly reads: Pick<TenantStore['reads'], 'lastUid' | 'aboutOf' | 'lives'>;
  readonly trail: Pick<TenantStore['trail'], 'scan' | 'checkpoints' | 'seal' | 'chain' | 'chainPart'>;
};

/** Puts it together. */
export const createAuditTrail = (deps: AuditTrailDeps): AuditTrail => {
  const ask = async (
    organisation: string,
    operation: string,
    question: AuditQuestion,
    asker: AuditAsker,
  ): Promise<Result<AuditFound>> => {
    const collections = collectionsOf(deps.model, question.class ?? null);
    if (collections === 'unknown')
      return failed(problem('HUB-103', `The model has no class or collection ${question.class ?? ''}.`));
    const { person = null } = question;
    const places = person === null ? [] : placesOf(deps.model, person);
    if (person !== null && places.length === 0)
      return failed(problem('HUB-103', 'A person is named by a collection, one of its identifiers, and a value.'));
    if ((await deps.platform.organisation(organisation)) === null)
      return failed(problem('HUB-204', `There is no organisation ${organisation}.`));
    const { reads, trail } = await deps.tenant(organisation);
    const persons = person === null ? [] : await uidsOf(reads, places, person);
    await deps.record(organisation, {
      ...asker,
      id: deps.random.uuid(),
      at: deps.clock.now(),
      operation,
      collection: person?.collection ?? question.class ?? '*',
      decision: 'allow',
      count: null,
      subjects: persons.map((uid) => deps.pseudonym(organisation, `${uid}`)),
      seen: null,
      details: detailsOf(question, await knownApplication(question.application ?? null)),
    });
    const named = places.map((path) => deps.pseudonym(organisation, subjectText(path, person ?? nobody)));
    const seen =
      person === null
        ? null
        : { ...(await subjectsOf(reads, persons)), named: { subjects: named, operations: unstoredShown } };
    const { application = null, from = null, to = null, decision = null, order = 'newest', beyond = null } = question;
    const scan = trail.scan({ order, beyond, from, to, client: application, collections, decision, seen });
    const known = person === null || persons.length > 0;
    return ok({ known, entries: atMost(scan, question.limit ?? null) });
  };

  /** What somebody types may be anything: only what is an application is recorded. */
  const knownApplication = async (asked: string | null): Promise<string | null> =>
    asked === null ? null : (await deps.platform.application(asked)) === null ? 'unknown' : asked;

  return {
    search: (organisation, question, asker) => ask(organisation, 'audit-search', question, asker),
    export: async (organisation, format, question, asker) => {
      const found = await ask(organisation, 'audit-export', { order: 'oldest', ...question }, asker);
      return found.ok ? ok(auditLines(found.value.entries, organisation, format)) : found;
    },
    chain: async (organisation, asker) => {
      const found = await ask(organisation, 'audit-export', {}, asker);
      return found.ok ? ok((await deps.tenant(organisation)).trail.chain()) : found;
    },
    chainPart: async (organisation, from) => (await deps.tenant(organisation)).trail.chainPart(from),
    checkpoints: async (organisation, query) => (await deps.tenant(organisation)).trail.checkpoints(query),
    seal: async (organisation) => (await deps.tenant(organisation)).trail.seal(),
    verify: deps.verify,
    keys: async () => (await deps.platform.auditKeys()).map(publicAuditKey),
  };
};

const nobody = { field: '', value: '' };

// What can show a resource that is not stored: an event on its way to its source, and a source's own answer. Their records name it by a
// pseudonym; those of writes do too, but their answers show nothing.
const unstoredShown = ['poll-events', 'outcome'];

/** The published half of a key. */
export const publicAuditKey = ({
  id,
  publicJwk,
  createdAt,
  retiredAt,
}: Awaited<ReturnType<PlatformStore['auditKeys']>>[number]): PublicAuditKey => {
  const { kty, crv, x }: { kty: string; crv: string; x: string } = JSON.parse(publicJwk);
  return { kty, crv, x, kid: id, alg: 'EdDSA', use: 'sig', createdAt, retiredAt };
};

/** Names that records may have in the place of the collection; null = all of them. */
const collectionsOf = (model: Model, asked: string | null): readonly string[] | null | 'unknown' => {
  if (asked === null) return null;
  const paths = [...model.collections.keys()];
  const below = asked.endsWith('/*') ? asked.slice(0, -1) : null;
  if (below !== null) return paths.some((path) => path.startsWith(below)) ? [asked] : 'unknown';
  if (model.collections.has(asked) || model.components.has(asked)) return [asked];
  const name = asked.toLowerCase();
  const named = [...model.collections.values()].filter((one) => one.class.name.toLowerCase() === name);
  return named.length === 0 ? 'unknown' : named.map(({ path }) => path);
};

/** The collections in which a person may be found. */
const placesOf = (model: Model, { collection, field }: AuditedPerson): readonly CollectionPath[] =>
  [...model.collections.values()]
    .filter(({ path }) => collection === null || path === collection)
    .filter(({ identifiers }) => identifiers.some(({ segment }) => segment === field))
    .map(({ path }) => path);

/** Uids that have, or last had, the identifier; ascending. */
const uidsOf = async (
  reads: AuditedTenant['reads'],
  places: readonly CollectionPath[],
  { field, value }: AuditedPerson,
): Promise<readonly number[]> => {
  const uids = await Promise.all(places.map(async (path) => reads.lastUid(path, { field, value })));
  return [...new Set(uids.filter((uid) => uid !== null))].toSorted((a, b) => a - b);
};

/** Everything that is or was about the persons, and when it was there. */
const subjectsOf = async (reads: AuditedTenant['reads'], persons: readonly number[]): Promise<AuditSubjects> => {
  const about = await Promise.all(persons.map(async (uid) => [...(await reads.aboutOf(uid))]));
  const uids = [...new Set([...persons, ...about.flat()])].toSorted((a, b) => a - b);
  return { uids: Float64Array.from(uids), lives: await reads.lives(uids) };
};

/** What was asked for, without whom. */
const detailsOf = ({ from, to, decision, person, class: asked }: AuditQuestion, application: string | null): string =>
  [
    ...((person ?? null) === null ? [] : ['person']),
    ...Object.entries({ class: asked, application, from, to, decision }).flatMap(([name, value]) =>
      (value ?? null) === null ? [] : [`${name} ${value}`],
    ),
  ].join(' ');

async function* atMost(
  batches: AsyncIterable<readonly AuditEntry[]>,
  limit: number | null,
): AsyncIterable<readonly AuditEntry[]> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  if (left <= 0) return;
  for await (const batch of batches) {
    yield batch.length > left ? batch.slice(0, left) : batch;
    left -= batch.length;
    if (left <= 0) return;
  }
}

/** Records as lines of text: one JSON object each, with its line break. */
export async function* auditLines(
  batches: AsyncIterable<readonly AuditEntry[]>,
  organisation: string,
  format: AuditFormat,
): AsyncIterable<string> {
  for await (const batch of batches)
    yield batch
      .map(
        (entry) => `${JSON.stringify(format === 'ocsf' ? toOcsf(entry, organisation) : { ...entry, organisation })}\n`,
      )
      .join('');
}
