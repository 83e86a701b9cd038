// The law of access requests, over whatever anybody does in whatever order: nothing is open without the approvals that it needs and a live agreement, and
// nothing for longer than the agreement or what was asked for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Actor } from '#apis/admin/ports.ts';
import { agreementOf } from '#catalogue/access/agreement.ts';
import { requestOf } from '#catalogue/access/access-request.ts';
import { cases } from '../../cases.ts';
import { adminBench, administratorOf, emptyTenant, operator, type AdminBench } from './bench.ts';

const start = Date.parse('2026-11-02T08:00:00Z');
const day = 86_400_000;
const vendor = 'vendor.test';
const settings = { removalGuard: 0.05, extraBackLinks: true, strictness: [] };

const acts = [
  'approve',
  'approve-less',
  'ask',
  'answer',
  'refuse',
  'escalate',
  'escalate-to',
  'withdraw',
  'revoke',
  'agree',
  'end-agreement',
  'widen-grant',
  'wait',
] as const;
type Step = { readonly act: (typeof acts)[number]; readonly who: number; readonly other: number };

type Story = {
  readonly packages: readonly string[];
  readonly clearance: number;
  readonly byOperator: boolean;
  readonly isAgreed: boolean;
  readonly steps: readonly Step[];
};

const packages = [['county.groups'], ['county.pupils-national-id'], ['county.groups', 'county.pupils-contact']];

const story = fc.record({
  packages: fc.constantFrom(...packages),
  clearance: fc.constantFrom(0, 0, 2),
  byOperator: fc.boolean(),
  isAgreed: fc.constantFrom(true, true, true, false),
  steps: fc.array(
    fc.record({
      act: fc.constantFrom('approve', 'approve', 'approve', ...acts),
      who: fc.constantFrom(0, 0, 1, 1, 2, 3, 4, 5),
      other: fc.nat(5),
    }),
    {
      minLength: 4,
      maxLength: 16,
    },
  ),
});

/** Stories in which something is opened, by one and by two, and taken back in each of the ways that there are. */
const examples: [Story][] = (['revoke', 'withdraw', 'end-agreement'] as const).flatMap((end) =>
  packages.map((chosen): [Story] => [
    {
      packages: chosen,
      clearance: 0,
      byOperator: false,
      isAgreed: true,
      steps: [
        { act: 'approve', who: 0, other: 0 },
        { act: 'approve', who: 1, other: 0 },
        { act: end, who: end === 'withdraw' ? 3 : 2, other: 0 },
      ],
    },
  ]),
);

/** Who has really done what, kept apart from what the register says. */
type Told = { readonly approvers: Set<string>; readonly handedOn: Set<string>; readonly askedBy: string };

test('nothing is open without the approvals that it needs and a live agreement, and nothing for longer', async (context) => {
  const clock = { now: start };
  const bench = await adminBench(
    context,
    () => emptyTenant,
    () => clock.now,
  );
  await bench.platform.putOrganisation({ id: vendor, name: vendor, orgNumber: null, settings, createdAt: 1 });
  let stories = 0;
  let opened = 0;

  const tell = async (chosen: Story): Promise<void> => {
    stories += 1;
    clock.now = start;
    const [owner, client] = [`owner${stories}.test`, `client-${stories}`];
    await bench.platform.putOrganisation({ id: owner, name: owner, orgNumber: null, settings, createdAt: 1 });
    const plain = {
      describe: '',
      environment: 'test',
      secrets: [],
      jwks: null,
      disabled: false,
      createdAt: 1,
    } as const;
    await bench.platform.putApplication({ ...plain, id: client, name: client, kind: 'client', owner: vendor });
    const named = (name: string, organisation: string, scopes = ['admin.write']): Actor => ({
      ...administratorOf(organisation, scopes),
      client: `${name}-${stories}`,
    });
    const own = ['ann', 'bo', 'cay'].map((name) => named(name, owner));
    for (const { client: id, scopes } of own)
      await bench.platform.putApplication({ ...plain, id, name: id, kind: 'admin', owner, scopes });
    const asker = chosen.byOperator ? operator : named('vera', vendor);
    const actors = [...own, asker, operator, named('mighty', vendor, ['admin.platform'])];
    const send = async (actor: Actor, path: string, body: object, method = 'POST') => {
      const answer = await bench.ask({ actor, method, path, text: JSON.stringify(body) });
      return answer.kind === 'json' ? (answer.value as Readonly<Record<string, unknown>>) : null;
    };
    const made = await send(asker, '/admin/access-requests', {
      application: client,
      organisations: [owner],
      packages: chosen.packages,
      clearance: chosen.clearance,
      purpose: 'Timetables',
      legalBasis: 'Law',
      to: '2027-06-30',
    });
    const [asked] = (made?.['items'] ?? []) as readonly { readonly id: string }[];
    assert.ok(asked !== undefined);
    const { id } = asked;
    if (chosen.isAgreed)
      await send(own[0] ?? operator, '/admin/agreements', {
        organisation: owner,
        processor: vendor,
        reference: 'DBA-0',
        to: '2027-03-31',
      });
    const told: Told = { approvers: new Set(), handedOn: new Set(), askedBy: asker.client };
    for (const step of chosen.steps) {
      await take(step, { actors, send, id, client, owner, told });
      opened += await holds(bench, clock.now, id, client, told);
    }
  };

  const take = async (
    { act, who, other }: Step,
    on: {
      readonly actors: readonly Actor[];
      readonly send: (actor: Actor, path: string, body: object, method?: string) => Promise<object | null>;
      readonly id: string;
      readonly client: string;
      readonly owner: string;
      readonly told: Told;
    },
  ): Promise<void> => {
    const { actors, send, id, client, owner, told } = on;
    const actor = actors[who] ?? operator;
    const path = `/admin/access-requests/${id}`;
    if (act === 'wait') clock.now += (other + 1) * 20 * day;
    else if (act === 'agree')
      await send(actor, '/admin/agreements', {
        organisation: owner,
        processor: vendor,
        reference: `DBA-${other}`,
        to: ['2026-12-31', '2027-03-31', '2027-12-31', null][other % 4],
      });
    else if (act === 'end-agreement') {
      const all = await bench.platform.registerEntries({ kind: 'agreement', organisation: owner });
      await send(actor, `/admin/agreements/${all[other % Math.max(1, all.length)]?.id ?? ''}/end`, {});
    } else if (act === 'widen-grant') {
      const grants = (await bench.platform.grantsOf(client)).map((grant) => encodeURIComponent(grant.id));
      await send(
        actor,
        `/admin/grants/${grants[other % Math.max(1, grants.length)] ?? ''}`,
        { to: null, withhold: [] },
        'PATCH',
      );
    } else if (act === 'approve' || act === 'approve-less') {
      const less = act === 'approve' ? {} : { to: '2027-01-31', clearance: 0 };
      const body = { ...less, ...(other > 3 ? { agreement: `DBA-${other}` } : {}) };
      if ((await send(actor, `${path}/approve`, body)) === null) return;
      assert.ok(
        !told.approvers.has(actor.client) && !told.handedOn.has(actor.client),
        'nobody approves twice, or for another',
      );
      told.approvers.add(actor.client);
    } else {
      const to = act === 'escalate-to' ? actors[other % 3]?.client : null;
      const word = act === 'escalate-to' ? 'escalate' : act;
      const body = word === 'escalate' ? { to, reason: 'because' } : { reason: 'because' };
      if ((await send(actor, `${path}/${word}`, body)) !== null && word === 'escalate') told.handedOn.add(actor.client);
    }
  };

  // Both engines keep the same platform for all stories; organisations and applications are new in each.
  await fc.assert(fc.asyncProperty(story, tell), { numRuns: cases(60), examples });
  assert.ok(opened > 0, 'something was open at times');
});

/** Holds the law against what is open now; gives how many grants were. */
const holds = async (
  { platform }: AdminBench,
  now: number,
  id: string,
  client: string,
  { approvers, askedBy }: Told,
): Promise<number> => {
  const live = (await platform.grantsOf(client)).filter(({ to }) => to === null || to > now);
  if (live.length === 0) return 0;
  const entry = await platform.registerEntry('access-request', id);
  assert.ok(entry !== null);
  const request = requestOf(entry);
  assert.equal(request.state, 'approved');
  for (const grant of live) {
    assert.equal(grant.request, id);
    const rests = await platform.registerEntry('agreement', grant.agreementId ?? '');
    assert.ok(rests !== null, 'it rests on an agreement');
    const agreement = agreementOf(rests);
    assert.equal(agreement.state, 'live');
    assert.deepEqual([agreement.organisation, agreement.processor], [request.organisation, request.vendor]);
    assert.ok(
      grant.to !== null && grant.to <= (agreement.to ?? Number.POSITIVE_INFINITY),
      'no longer than the agreement',
    );
    assert.ok(request.asked.to !== null && grant.to <= request.asked.to, 'no longer than asked for');
    const delicate = (grant.clearance ?? 0) > 0 || grant.withhold.length < 3;
    assert.ok(approvers.size >= (delicate ? 2 : 1), `${approvers.size} approved`);
  }
  for (const one of approvers) {
    assert.notEqual(one, askedBy);
    assert.ok(!one.startsWith('mighty') && !one.startsWith('vera'), one);
  }
  return live.length;
};
