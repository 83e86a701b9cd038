// The back-link rules of FINT (facts 5.5), one by one as the model gives them: the adapter delivers one side, the other shows on the target.
// With the extra inverse links off, these and no others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Collection, LinkRule } from '#model/model.ts';
import type { TenantStore } from '#store/store.ts';
import { onEveryDialect } from '../store/conformance/dialects.ts';
import {
  collectionAt,
  deliver,
  entry,
  hrefsIn,
  inWorld,
  linksOf,
  model,
  organise,
  place,
  planFor,
  to,
} from '../store/conformance/world.ts';
import type { Entry } from '../store/conformance/world.ts';

type Rule = {
  readonly source: Collection;
  readonly rule: LinkRule;
  readonly target: Collection;
  readonly inverse: string;
};

const rulesWhere = (wanted: (rule: LinkRule) => boolean): readonly Rule[] =>
  [...model.collections.values()].flatMap((source) =>
    [...source.links.values()].flatMap((rule): Rule[] =>
      rule.target === null || rule.inverse === null || !wanted(rule)
        ? []
        : [{ source, rule, target: collectionAt(rule.target), inverse: rule.inverse }],
    ),
  );

const rules = rulesWhere(({ fintBackLink }) => fintBackLink);

const nameOf = ({ source, rule }: Rule): string => `${source.path} ${rule.relation.jsonName}`;

/** The first identifier is the primary one; the rest are others. Sources have keys of their own, since some relations stay in a collection. */
const idsOf = (collection: Collection, key: string): Record<string, string> =>
  Object.fromEntries(collection.identifiers.map(({ segment }) => [segment, `${segment}:${key}`]));

const firstField = (collection: Collection): string => collection.identifiers[0]?.segment ?? '';

const sourceOf = ({ source, rule, target }: Rule, key: string, field: string): Entry =>
  entry(source.path, idsOf(source, `from ${key}`), {
    links: { [rule.relation.jsonName]: [to(target.path, field, `${field}:${key}`)] },
  });

const shownOn = async (tenant: TenantStore, { target, inverse }: Rule, key: string): Promise<readonly string[]> =>
  linksOf(tenant, target.path, firstField(target), `${firstField(target)}:${key}`, inverse);

onEveryDialect('the back-link rules', (dialect) => {
  test('there are 117 of them', () => assert.equal(rules.length, 117));

  test('each puts the inverse link on the target, source first and target first, by the primary and by every other identifier', () =>
    inWorld(dialect, async ({ store }) => {
      await organise(store, 'a.test', false);
      const tenant = await store.tenant('a.test');
      let others = 0;
      const cases = rules.flatMap((rule, index) =>
        rule.target.identifiers.flatMap(({ segment }, which) => {
          if (which > 0) others += 1;
          return ['source first', 'target first'].map((order) => ({
            rule,
            order,
            field: segment,
            key: `${index}-${segment}-${order}`,
          }));
        }),
      );
      const [early, late]: [Entry[], Entry[]] = [[], []];
      for (const { rule, order, field, key } of cases) {
        const ends = [sourceOf(rule, key, field), entry(rule.target.path, idsOf(rule.target, `${key}`))] as const;
        early.push(order === 'source first' ? ends[0] : ends[1]);
        late.push(order === 'source first' ? ends[1] : ends[0]);
      }
      await deliver(tenant, ...early);
      await deliver(tenant, ...late);
      assert.ok(others > 20, 'some targets have more than one identifier');
      for (const { rule, order, field, key } of cases) {
        const expected = [place(rule.source.path, firstField(rule.source), `${firstField(rule.source)}:from ${key}`)];
        assert.deepEqual(await shownOn(tenant, rule, key), expected, `${nameOf(rule)} by ${field}, ${order}`);
      }
    }));

  test('beyond them an inverse link shows only while the organisation has them on', () =>
    inWorld(dialect, async ({ store }) => {
      await organise(store, 'a.test', false);
      const tenant = await store.tenant('a.test');
      const all = rulesWhere(() => true);
      assert.ok(all.length > 2 * rules.length, `${all.length} relations with an inverse`);
      const entries = all.flatMap((rule, index) => [
        entry(rule.target.path, idsOf(rule.target, `k${index}`)),
        sourceOf(rule, `k${index}`, firstField(rule.target)),
      ]);
      await deliver(tenant, ...entries);
      const check = async (extra: boolean): Promise<void> => {
        for (const [index, rule] of all.entries()) {
          const expected = rule.rule.fintBackLink || extra;
          assert.equal((await shownOn(tenant, rule, `k${index}`)).length, expected ? 1 : 0, nameOf(rule));
        }
      };
      await check(false);
      for (const extra of [true, false]) {
        await organise(store, 'a.test', extra);
        // The setting is followed with the next write, whatever it writes.
        await tenant.write((tx) => Promise.resolve(tx.settle()));
        await check(extra);
      }
    }));

  test('one relation that both ends state shows once on each, for every pair of the model', () =>
    inWorld(dialect, async ({ store }) => {
      const tenant = await store.tenant('a.test');
      const all = rulesWhere(() => true).filter(({ source, target }) => source !== target);
      await deliver(
        tenant,
        ...all.flatMap(({ source, rule, target, inverse }, index) => [
          entry(source.path, idsOf(source, `k${index}`), {
            links: {
              [rule.relation.jsonName]: [to(target.path, firstField(target), `${firstField(target)}:k${index}`)],
            },
          }),
          entry(target.path, idsOf(target, `k${index}`), {
            links: {
              [inverse]: [
                to(
                  source.path,
                  source.identifiers.at(-1)?.segment ?? '',
                  `${source.identifiers.at(-1)?.segment}:k${index}`,
                ),
              ],
            },
          }),
        ]),
      );
      for (const [index, rule] of all.entries()) {
        assert.equal((await shownOn(tenant, rule, `k${index}`)).length, 1, nameOf(rule));
        const field = firstField(rule.source);
        const stored = await tenant.reads.read(planFor(rule.source.path), { field, value: `${field}:k${index}` });
        assert.equal(hrefsIn(stored?.body.toString() ?? null, rule.rule.relation.jsonName).length, 1, nameOf(rule));
      }
    }));
});
