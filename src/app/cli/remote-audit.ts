// The audit of an organisation as a running hub tells it through the admin API: the same port as over the files of a data directory. Used by
// the audit commands.
import type { AuditEntry, AuditRecord, ChainPart } from '#store/store.ts';
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { auditLines } from '#hub/audit-trail.ts';
import type { AuditFound, AuditQuestion, AuditTrail, AuditVerdict, PublicAuditKey } from '#hub/audit-trail.ts';
import { askOne, type AdminDoor } from './admin-door.ts';
import { failureOf } from './terminal.ts';

type Checkpoint = Awaited<ReturnType<AuditTrail['checkpoints']>>[number];
type Page = {
  readonly known: boolean;
  readonly items: readonly (Omit<AuditRecord, 'at' | 'seen'> & { readonly sequence: number; readonly at: string })[];
  readonly beyond: number | null;
};

const pageSize = 1_000;

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw failureOf(result.problem);
  return result.value;
};

const entryOf = ({ sequence, at, ...rest }: Page['items'][number]): AuditEntry => ({
  sequence,
  record: { ...rest, at: Date.parse(at), seen: null },
});

const instant = (ms: number | null | undefined): string | undefined =>
  ms === null || ms === undefined ? undefined : formatInstant(ms);

const bodyOf = ({ from, to, person, ...question }: AuditQuestion): object => ({
  ...Object.fromEntries(Object.entries(question).filter(([, value]) => value !== null)),
  from: instant(from),
  to: instant(to),
  person:
    person === null || person === undefined
      ? undefined
      : {
          field: person.field,
          value: person.value,
          ...(person.collection === null ? {} : { collection: person.collection }),
        },
});

const address = (organisation: string, what: string): string =>
  `/admin/organisations/${encodeURIComponent(organisation)}/audit/${what}`;

/** The port over a door. Refusals are failures or, once records come, what the command line throws. */
export const remoteAudit = (door: AdminDoor): AuditTrail => {
  const ask = (organisation: string, question: AuditQuestion, beyond: number | null, left: number) =>
    askOne<Page>(door, 'POST', address(organisation, 'search'), {
      ...bodyOf({ ...question, beyond }),
      limit: Math.min(left, pageSize),
    });

  async function* pages(
    organisation: string,
    question: AuditQuestion,
    first: Page,
  ): AsyncIterable<readonly AuditEntry[]> {
    let left = question.limit ?? Number.POSITIVE_INFINITY;
    for (let page = first; ;) {
      yield page.items.map(entryOf);
      left -= page.items.length;
      if (page.beyond === null || left <= 0) return;
      page = valueOf(await ask(organisation, question, page.beyond, left));
    }
  }

  const search: AuditTrail['search'] = async (organisation, question): Promise<Result<AuditFound>> => {
    const first = await ask(organisation, question, question.beyond ?? null, question.limit ?? pageSize);
    if (!first.ok) return first;
    return ok({ known: first.value.known, entries: pages(organisation, question, first.value) });
  };

  const chainPart = (organisation: string, from: string | null): Promise<Result<ChainPart>> => {
    const query = from === null ? '' : `?from=${encodeURIComponent(from)}`;
    return askOne<ChainPart>(door, 'GET', `${address(organisation, 'chain')}${query}`);
  };

  async function* chainFrom(organisation: string, first: ChainPart): AsyncIterable<string> {
    for (let part = first; ;) {
      if (part.text !== '') yield part.text;
      if (part.next === null) return;
      part = valueOf(await chainPart(organisation, part.next));
    }
  }

  return {
    search,
    export: async (organisation, format, question, asker) => {
      const found = await search(organisation, { order: 'oldest', ...question }, asker);
      return found.ok ? ok(auditLines(found.value.entries, organisation, format)) : failed(found.problem);
    },
    chain: async (organisation) => {
      const first = await chainPart(organisation, null);
      return first.ok ? ok(chainFrom(organisation, first.value)) : first;
    },
    chainPart: async (organisation, from) => valueOf(await chainPart(organisation, from)),
    checkpoints: async (organisation, { before, limit }) => {
      const cursor =
        before === null || before === undefined ? '' : `&cursor=${Buffer.from(String(before)).toString('base64url')}`;
      const path = `${address(organisation, 'checkpoints')}?limit=${limit}${cursor}`;
      return valueOf(await askOne<{ readonly items: readonly Checkpoint[] }>(door, 'GET', path)).items;
    },
    seal: async (organisation) => {
      const path = address(organisation, 'checkpoints');
      const made = valueOf(await askOne<{ readonly items: readonly Checkpoint[] }>(door, 'POST', path, {}));
      return made.items[0] ?? null;
    },
    verify: async (organisation) => valueOf(await askOne<AuditVerdict>(door, 'GET', address(organisation, 'verify'))),
    keys: async () => {
      const published = await door.ask('GET', '/.well-known/audit-keys.json');
      const { keys } = valueOf(published) as { readonly keys?: readonly PublicAuditKey[] };
      if (keys === undefined) throw failureOf(problem('HUB-100', 'The hub publishes no keys of its audits.'));
      return keys;
    },
  };
};
