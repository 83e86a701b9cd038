// The index of contracts: since when a part is what it is, and parts that there are not.
import assert from 'node:assert/strict';
import test from 'node:test';
import { contractText } from '#apis/fs-graphql/contract-text.ts';
import { faceUnderTest, fsRoots } from './face-under-test.ts';

const roots = fsRoots();
const withParts = (...parts: readonly (readonly [string, string])[]) => ({
  ...roots,
  contracts: { since: '2026-11-22', parts: new Map(parts) },
});

type Index = {
  readonly catalogueVersion: number | null;
  readonly since: string | null;
  readonly elements: readonly { readonly coordinate: string; readonly status: string; readonly since: string | null }[];
};

const indexOf = (some: ReturnType<typeof withParts>): Index =>
  JSON.parse(
    contractText(
      { ...faceUnderTest(), since: (coordinate) => some.contracts.parts.get(coordinate) ?? some.contracts.since },
      some,
      3,
    ),
  ) as Index;

test('a part that has changed later has a day of its own, and is told of also where it is in production', () => {
  const index = indexOf(withParts(['Query.kull', '2027-04-01'], ['Emne.kode', '2027-05-01']));
  assert.deepEqual([index.catalogueVersion, index.since], [3, '2026-11-22']);
  const of = (coordinate: string) => index.elements.find((one) => one.coordinate === coordinate);
  assert.deepEqual([of('Query.kull')?.status, of('Query.kull')?.since], ['beta', '2027-04-01']);
  assert.deepEqual([of('Emne.kode')?.status, of('Emne.kode')?.since], ['production', '2027-05-01']);
  assert.equal(of('Query.campuser')?.since, '2026-11-22');
  assert.equal(of('Emne.versjonskode'), undefined);
});

test('a day of a part that there is not is an error', () => {
  assert.throws(() => indexOf(withParts(['Query.kulll', '2027-04-01'])), /no Query\.kulll/);
});
