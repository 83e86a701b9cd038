// One field of an API is renamed, from the day on which it has its old name alone to the day on which nobody misses that: both names are offered, the end of the old one
// is announced, its use is counted, those who use it are told, and it goes with the second main version after. All is as in production but the clock, which is moved.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadCatalogue } from '#app/bundled-catalogue.ts';
import { currentRelease } from '#app/current-release.ts';
import { readRelease, writeRelease } from '#app/kept-releases.ts';
import { civilDay, dayMs, formatInstant } from '#base/clock.ts';
import { changesInForce, keptChange } from '#catalogue/announcements.ts';
import { releaseOf } from '#catalogue/calendar.ts';
import { judge, type Judgement } from '#catalogue/gate/judge.ts';
import type { ReleaseSet } from '#catalogue/gate/release-set.ts';
import { runCommand, type Ended } from '../e2e/hub-process.ts';
import { institutionNumber, openVersionedHub, type Version } from './versioned-hub.ts';

const api = 'fs-graphql';
const coordinate = 'FlerspraakligTekst.nob';
const replacement = 'FlerspraakligTekst.nb';
// What the data that come with the hub call it: what is announced there and here is one change.
const id = 'fs-graphql-flerspraaklig-tekst-nob';

const documentOf = (name: string): string =>
  `{ emnerV2(first: 3, filter: { eierOrganisasjonskode: "${institutionNumber}" }) { nodes { kode navnAlleSprak { navn: ${name} } } } }`;

const draft = {
  id,
  api,
  coordinates: [coordinate],
  kind: 'breaking',
  text: { nb: 'Feltet nob fjernes. nb viser det samme.', en: 'The field nob goes. nb shows the same.' },
  migration: { nb: 'Be om nb i stedet.', en: 'Ask for nb instead.' },
  replacement,
  planned: { release: 2 },
};

type Json = { readonly [name: string]: unknown };

type Answer = {
  readonly data?: { readonly emnerV2: { readonly nodes: readonly unknown[] } };
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly extensions?: { readonly deprecations?: readonly Json[] };
};

type Health = {
  readonly light: string;
  readonly parts: readonly {
    readonly uses: readonly string[];
    readonly count: number;
    readonly urgency: string | null;
  }[];
};

test(
  'a field gets another name over two years, and nobody is taken by surprise',
  { timeout: 400_000 },
  async (context) => {
    const catalogue = loadCatalogue();
    assert.ok(catalogue.ok);
    const { releases } = catalogue.value;
    const start = Date.parse('2026-11-22T06:00:00Z');
    const [first, second] = [1, 2].map((version) => releaseOf(releases, version)?.at ?? 0);
    assert.ok(first !== undefined && second !== undefined && start < first && first < second);
    // The hours of Norway are those of summer by then.
    const day = civilDay(second).date;
    assert.deepEqual([formatInstant(second), day], ['2028-03-30T22:00:00Z', '2028-03-31']);

    const world = await openVersionedHub(context, start);
    const { clock, told, until, place, as } = world;
    const kept = join(place.folder, 'releases');

    const send = async (
      who: string,
      method: string,
      path: string,
      body?: object,
    ): Promise<Json & { status: number }> => {
      const answer = await (
        await as(who)
      ).send(method, path, {
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      });
      return { ...(JSON.parse(answer.text) as Json), status: answer.status };
    };
    const asked = new Map<string, number>();
    const ask = async (who: string, name: string): Promise<Answer> => {
      const answer = (await send(who, 'POST', '/graphql', { query: documentOf(name) })) as Answer;
      const part = `${civilDay(clock.now()).date} ${who} FlerspraakligTekst.${name}`;
      if (answer.errors === undefined) asked.set(part, (asked.get(part) ?? 0) + 1);
      return answer;
    };
    const nodes = async (who: string, name: string): Promise<readonly unknown[]> => {
      const { data, errors } = await ask(who, name);
      assert.equal(errors, undefined, JSON.stringify(errors));
      return data?.emnerV2.nodes ?? [];
    };
    const refusal = async (name: string): Promise<string | undefined> =>
      (await ask('lms', name)).errors?.[0]?.extensions.code;
    const endings = async (who: string, name: string): Promise<readonly Json[]> =>
      (await ask(who, name)).extensions?.deprecations ?? [];
    const change = (method: string, path = '', body: object = {}): Promise<Json & { status: number }> =>
      send('operator', method, `/admin/changes${path}`, method === 'GET' ? undefined : body);
    /** What stands under its id. */
    const standing = async (): Promise<readonly Json[]> =>
      ((await change('GET', `?api=${api}`))['items'] as readonly Json[]).filter((one) => one['id'] === id);
    const register = (name: string): Promise<Json & { status: number }> =>
      send('operator', 'POST', '/admin/applications/lms/documents', { api, name: 'Courses', text: documentOf(name) });
    const health = async (who: string): Promise<Health> => (await as(who)).read('/catalogue/health');
    const lights = async (who: string): Promise<readonly unknown[]> => {
      const { light, parts } = await health(who);
      return [light, ...parts.flatMap(({ uses, urgency }) => [uses.join(), urgency])];
    };
    const uses = async (who: string, since = '2026-11-22'): Promise<ReadonlyMap<string, number>> => {
      const rows = await world.hub().platform.partUse('sandbox', { since, application: who, api });
      const sums = new Map<string, number>();
      for (const { part, count } of rows) sums.set(part, (sums.get(part) ?? 0) + count);
      return sums;
    };
    /** Asks for a name, and waits until all is counted that was asked for that day. */
    const use = async (who: string, name: string): Promise<void> => {
      const part = `FlerspraakligTekst.${name}`;
      await nodes(who, name);
      const today = civilDay(clock.now()).date;
      const counted = async (): Promise<number | undefined> => (await uses(who, today)).get(part);
      await until(async () => (await counted()) === asked.get(`${today} ${who} ${part}`), `${who} has used ${part}`);
    };
    const describedBy = (version: Version, release: number): Promise<ReleaseSet> =>
      currentRelease(catalogue.value, release, clock.now(), world.folders(version));
    const released = (release: number): ReleaseSet => {
      const read = readRelease(kept, release);
      assert.ok(read.ok);
      return read.value;
    };
    const judged = async (before: ReleaseSet, after: ReleaseSet, at: number): Promise<Judgement> => {
      const entries = await world.hub().platform.registerEntries({ kind: 'change' });
      return judge(before, after, {
        changes: changesInForce(catalogue.value.changes, entries.map(keptChange)),
        releases,
        at,
      });
    };
    const command = (...words: readonly string[]): Promise<Ended> =>
      runCommand(['catalogue', ...words, '--releases', kept], { env: place.env });
    const check = (version: Version, on: string): Promise<Ended> =>
      command(
        'check',
        '--against',
        'newest',
        '--on',
        on,
        '--model',
        world.folders(version).join(','),
        '--environment',
        'sandbox',
        ...place.words,
      );
    const seen = (): readonly (readonly unknown[])[] => told.map(({ to, type, affects }) => [to, type, affects]);

    // Before: the old name alone, as the preview was released. An application lives by it.
    const names = await nodes('lms', 'nob');
    assert.equal(names.length, 3);
    assert.equal(await refusal('nb'), 'HUB-131');
    assert.equal((await register('nob'))['status'], 201);
    assert.ok(writeRelease(kept, await describedBy('old', 0)).ok);

    // Expand: both names, the same values. Nothing that was released is touched.
    await world.restart('both');
    assert.deepEqual([await nodes('lms', 'nob'), await nodes('portal', 'nb')], [names, names]);
    const expanded = await judged(released(0), await describedBy('both', 1), clock.now());
    assert.deepEqual(expanded.breaches, []);
    assert.ok(expanded.findings.some((one) => one.coordinate === replacement));
    assert.deepEqual([...new Set(expanded.findings.map(({ kind }) => kind))], ['compatible']);

    // Announce: not for a day that comes too soon, and a draft announces nothing.
    await use('lms', 'nob');
    await use('portal', 'nb');
    const announcedAt = start + 5 * 3_600_000;
    clock.moveTo(announcedAt);
    const early = await change('POST', '', { ...draft, planned: { release: 1 } });
    assert.partialDeepStrictEqual(early, {
      code: 'HUB-103',
      errors: [{ at: '/planned', message: `is too early: the earliest lawful moment is ${formatInstant(second)}` }],
    });
    const dry = await change('POST', '', { ...draft, dryRun: true });
    assert.partialDeepStrictEqual(dry, {
      status: 200,
      published: false,
      hits: [{ application: 'lms', told: ['webhook'] }],
    });
    assert.deepEqual(await standing(), []);
    assert.deepEqual(
      (await endings('lms', 'nob')).map(({ announced, earliestRemoval }) => [announced, earliestRemoval]),
      [[null, null]],
    );
    assert.deepEqual(await lights('lms'), ['fine']);
    const made = await change('POST', '', draft);
    assert.partialDeepStrictEqual(made, { status: 201, published: true, earliest: formatInstant(second) });

    // Whoever uses the old name is told: in answers, at once by webhook, and when asked how things stand. Others hear nothing.
    const note = { coordinate, announced: '2026-11-22', earliestRemoval: day, replacement };
    await until(async () => (await endings('lms', 'nob'))[0]?.['announced'] !== null, 'answers tell of it');
    assert.partialDeepStrictEqual(await endings('lms', 'nob'), [{ ...note, message: draft.text.en }]);
    assert.deepEqual(await endings('portal', 'nb'), []);
    assert.deepEqual([await nodes('lms', 'nob'), await nodes('lms', 'nb')], [names, names]);
    await until(() => told.length > 0, 'the announcement is brought');
    assert.deepEqual(seen(), [['vendor.test', 'change.announced', ['lms']]]);
    assert.deepEqual(await lights('lms'), ['fix-by', coordinate, 'yellow']);
    assert.deepEqual(await lights('portal'), ['fine']);
    assert.equal((await uses('portal')).has(coordinate), false);

    // The data of the next version say what was announced; it stays one change.
    clock.moveTo(first - 20 * dayMs);
    await world.restart('announced');
    assert.equal((await standing()).length, 1);
    const index = (await send('lms', 'GET', `/catalogue/apis/${api}/contracts.json`))['elements'] as readonly Json[];
    assert.partialDeepStrictEqual(
      index.find((one) => one['coordinate'] === coordinate),
      note,
    );
    const release = await command('release', '1', '--on', civilDay(first).date);
    assert.equal(release.code, 0, release.stderr);

    // The main version comes: what had been announced before goes with the next, what is announced now a year later.
    clock.moveTo(first - 1_000);
    const inTime = await change('POST', '', { ...draft, id: 'in-time', dryRun: true });
    clock.moveTo(first);
    const late = await change('POST', '', { ...draft, id: 'too-late', dryRun: true });
    assert.deepEqual([inTime['status'], late['code']], [200, 'HUB-103']);
    const third = releaseOf(releases, 3)?.at ?? 0;
    assert.match(JSON.stringify(late['errors']), new RegExp(`earliest lawful moment is ${formatInstant(third)}`));

    // Removed too early: the gate says no, says when, and says who would be hit; and nobody can say that it is done.
    clock.moveTo(first + 60 * dayMs);
    await use('lms', 'nob');
    const count = (await health('lms')).parts[0]?.count ?? 0;
    const stopped = await check('new', civilDay(clock.now()).date);
    assert.equal(stopped.code, 6, stopped.stdout + stopped.stderr);
    assert.match(stopped.stdout, /^fs-graphql +FlerspraakligTekst\.nob +field-removed +production +too-early /m);
    assert.ok(stopped.stdout.includes(`It is announced (${id}) and may be released on ${day}.`), stopped.stdout);
    assert.ok(
      stopped.stdout.includes(`  Hits lms: ${count} times, last on ${civilDay(clock.now()).date}.`),
      stopped.stdout,
    );
    assert.match(
      stopped.stdout,
      /cannot be run any more:\nfs-graphql {2}lms \(vendor\.test\): Courses\n {2}Cannot query field "nob" on type "FlerspraakligTekst"/,
    );
    assert.doesNotMatch(stopped.stdout, /portal/);
    assert.partialDeepStrictEqual(await change('POST', `/${id}/done`), { code: 'HUB-409' });

    // Reminders, to the one who still uses it; and how it stands grows worse.
    const reminded: (readonly [number, number])[] = [];
    for (const left of [181, 180, 31, 30, 7]) {
      const before = told.length;
      clock.moveTo(second - left * dayMs);
      await use('lms', 'nob');
      const due = [180, 30, 7].includes(left) ? 1 : 0;
      await until(() => told.length >= before + due, `the reminder of ${left} days`);
      reminded.push([left, told.length - before]);
      assert.deepEqual(await lights('lms'), ['fix-by', coordinate, left > 30 ? 'yellow' : 'red']);
    }
    assert.deepEqual(reminded, [
      [181, 0],
      [180, 1],
      [31, 0],
      [30, 1],
      [7, 1],
    ]);
    assert.deepEqual(
      seen().slice(1),
      Array.from({ length: 3 }, () => ['vendor.test', 'change.reminder', ['lms']]),
    );

    // A second before the day it breaks the contract; at the second of the release it is lawful.
    const contracted = await describedBy('new', 2);
    const verdictAt = async (at: number): Promise<readonly unknown[]> => {
      const { findings, breaches } = await judged(released(1), contracted, at);
      return [
        breaches.length > 0,
        [...new Set(findings.map((one) => [one.coordinate, one.kind, one.verdict].join(' ')))],
      ];
    };
    clock.moveTo(second - 1_000);
    assert.deepEqual(await verdictAt(clock.now()), [true, [`${coordinate} breaking too-early`]]);
    assert.match(String((await change('POST', `/${id}/done`))['detail']), new RegExp(formatInstant(second)));
    assert.deepEqual(await lights('lms'), ['fix-by', coordinate, 'red']);
    clock.moveTo(second);
    assert.deepEqual(await verdictAt(clock.now()), [false, [`${coordinate} breaking announced`]]);
    assert.deepEqual(await nodes('lms', 'nob'), names);
    assert.deepEqual(await lights('lms'), ['overdue', coordinate, null]);
    const lawful = await check('new', day);
    assert.equal(lawful.code, 0, lawful.stdout + lawful.stderr);

    // Contract: the old name goes, which is said and told of.
    await world.restart('new');
    assert.partialDeepStrictEqual(await change('POST', `/${id}/done`), {
      state: 'done',
      breach: false,
      doneAt: formatInstant(second),
    });
    assert.equal(await refusal('nob'), 'HUB-131');
    assert.equal((await register('nob'))['code'], 'HUB-103');
    assert.equal((await register('nb'))['status'], 201);
    assert.deepEqual(await nodes('lms', 'nb'), names);
    await until(() => told.length === 5, 'the removal is told of');
    assert.deepEqual(seen().at(-1), ['vendor.test', 'change.done', ['lms']]);
    await until(async () => (await health('lms')).light === 'fine', 'nothing is left to mend');
    assert.deepEqual((await health('lms')).parts, []);
    assert.deepEqual(await endings('lms', 'nb'), []);

    // What has been stays on record.
    const changes = (await send('lms', 'GET', '/catalogue/changes'))['changes'] as readonly Json[];
    assert.partialDeepStrictEqual(
      changes.filter((one) => one['id'] === id),
      [
        {
          coordinates: [coordinate],
          replacement,
          announced: new Date(announcedAt).toISOString(),
          planned: { release: 2, day },
          done: new Date(second).toISOString(),
          emergency: null,
        },
      ],
    );
    const left = (await send('lms', 'GET', `/catalogue/apis/${api}/contracts.json`))['elements'] as readonly Json[];
    assert.deepEqual([left.length > 0, left.some((one) => one['coordinate'] === coordinate)], [true, false]);
    const feed = (await send('lms', 'GET', '/catalogue/changes.json'))['items'] as readonly Json[];
    assert.deepEqual(
      feed.map((one) => String(one['id'])).filter((one) => one.includes(`${id}.`)),
      [`urn:x-bindeledd:notice:change.${id}.done`, `urn:x-bindeledd:notice:change.${id}.announced`],
    );
  },
);
